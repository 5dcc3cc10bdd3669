"""Pages of coverage: the agencies, and the people behind each number; for a lead those of their own agency."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency, Sector, StaffGroup
from sscb_training.agencies.queries import NotTold, agency_seen_by, not_told
from sscb_training.core import clock, sheets
from sscb_training.core.access import STAFF, allow
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, get_or_404
from sscb_training.core.pages import page_asked_for, page_of, row_asked_for, unread_days, url_with
from sscb_training.core.roles import Role
from sscb_training.needs.coverage import queries, rules
from sscb_training.needs.coverage.published.queries import Published, published
from sscb_training.needs.coverage.published.rules import WITHHELD
from sscb_training.needs.models import Intervention, TrainingNeed
from sscb_training.needs.queries import actions_waited_for, versions_that_count, waiting
from sscb_training.needs.routes import DAYS, bp, days_asked_for
from sscb_training.people.queries import ids_seen_by
from sscb_training.people.signed_in import current_person

COLUMNS = (
    "In force", "Headcount", "Headcount dated", "Headcount by", "Coverage %", "Gap", "Booked", "Waiting",
    "In force everywhere", "Agencies left out", "As at", "As known on", "Waits for the course of",
)  # fmt: skip
PUBLISHED_COLUMNS = (
    "Table", "Name", "In force", "Headcount", "Coverage %", "Gap", "As at", "As known on", "Why withheld",
)  # fmt: skip
BY = {"agency": "Agency", "sector": "Sector", "staff_group": "Staff group"}
SHOWS = {
    "in_force": ("in force", rules.Standing.IN_FORCE),
    "not_in_force": ("not in force", None),
    "booked": ("booked", rules.Standing.BOOKED),
    "waiting": ("waiting", rules.Standing.WAITING),
    "everywhere": ("in force everywhere", rules.Standing.IN_FORCE),
}
PEOPLE_COLUMNS = (
    "Name", "Agency", "Staff group", "Job title", "Holds", "Since", "Until", "Booked or waiting", "As at", "As known on",
)  # fmt: skip


@bp.get("/needs/<int:need_id>/coverage")
@allow(*STAFF)
def coverage(need_id: int) -> ResponseReturnValue:
    """How far agencies, sectors or staff groups and the county have come, as at a day and as known on a day."""
    need, days, unread = get_or_404(TrainingNeed, need_id), days_asked_for(), unread_days(DAYS)
    everybody, of = queries.counted(need, **days), _part_asked_for()
    found = everybody.of(of)
    by = request.args.get("by") if request.args.get("by") in BY else "agency"
    lines: Any = {"sector": found.by_sector, "staff_group": found.by_staff_group}.get(
        by or "", found.by_agency
    )()
    county = found.county()
    held = waiting(**days).get(need.id, [])
    if request.args.get("format") in {"csv", "xlsx"} and not unread:
        name = f"coverage-{need.code}-by-{(by or '').replace('_', '-')}-{days['as_at'].isoformat()}"
        return _file(name, (BY[by or ""], *COLUMNS), _sheet_rows(lines, county, held, **days))
    trained_counts = board_numbers().trained_counts
    is_part = of != queries.EVERYBODY
    return render_template(
        "needs/coverage.html",
        need=need,
        by=by,
        by_what=BY,
        lines=lines,
        county=county,
        of=of,
        is_part=is_part,
        sectors=[(line.sector.value, line.name) for line in everybody.by_sector()],
        staff_groups=[(str(line.staff_group_id), line.name) for line in everybody.by_staff_group()],
        agencies=found.by_agency(),
        spread=found.spread(),
        missing=found.missing(),
        not_told=_not_told(found) if set(days.values()) == {clock.today()} else {},
        waiting=held,
        trained_counts=trained_counts,
        trained_only=queries.trained_only(need, **days) if trained_counts and not is_part else 0,
        trend=[] if is_part else [*queries.coverage_trend(need, **days), county],
        is_old=rules.is_old,
        asked=_asked(of),
        today=clock.today(),
        unread=unread,
        **days,
    )


@bp.get("/needs/<int:need_id>/coverage/published")
@allow(*STAFF)
def published_coverage(need_id: int) -> ResponseReturnValue:
    """The figures that may leave the board: small counts are not among them, nor what would tell them."""
    need, days, unread = get_or_404(TrainingNeed, need_id), days_asked_for(), unread_days(DAYS)
    below = board_numbers().published_below
    found = published(queries.counted(need, **days), below=below)
    if request.args.get("format") in {"csv", "xlsx"} and not unread:
        name = f"published-coverage-{need.code}-{days['as_at'].isoformat()}"
        return _file(name, PUBLISHED_COLUMNS, _published_rows(found, below, **days))
    return render_template(
        "needs/published_coverage.html",
        need=need,
        found=found,
        below=below,
        spread=found.spread(),
        today=clock.today(),
        unread=unread,
        **days,
    )


@bp.get("/needs/<int:need_id>/coverage/<int:agency_id>")
@allow(Role.AGENCY_LEAD, *STAFF)
def people(need_id: int, agency_id: int) -> ResponseReturnValue:
    """The people behind an agency's number: whoever worked there on the day, for its lead too (decision 46)."""
    return _people(need_id, agency_seen_by(current_person(), agency_id))


@bp.get("/needs/<int:need_id>/people")
@allow(*STAFF)
def everybody(need_id: int) -> ResponseReturnValue:
    """The people behind a number of the county, a sector or a staff group."""
    return _people(need_id, None)


def _people(need_id: int, agency: Agency | None) -> ResponseReturnValue:
    need, days, of = get_or_404(TrainingNeed, need_id), days_asked_for(), _part_asked_for(agency)
    viewer, today = current_person(), clock.today()
    if unread_days(DAYS):
        asked: dict[str, Any] = {name: request.args[name] for name in DAYS if name in request.args}
        if agency and not viewer.is_board_staff:
            return redirect(url_for("reports.board", agency=agency.id))
        return redirect(url_for("needs.coverage", need_id=need.id, **asked))
    show = request.args.get("show", "")
    show = show if show in SHOWS else "in_force"
    shown, standing = SHOWS[show]
    only_known = agency is None and show == "in_force"
    query = queries.people_behind(need, of, standing=standing, only_known=only_known, **days)
    if request.args.get("format") in {"csv", "xlsx"}:
        name = f"{show.replace('_', '-')}-{need.code}-{days['as_at'].isoformat()}"
        return _file(name, PEOPLE_COLUMNS, _people_rows(query, **days))
    behind = page_of(query, page=page_asked_for(), scalars=False)
    people = [queries.Behind(*row) for row in behind.items]
    may_book = agency is not None and standing is None and set(days.values()) == {today}
    group = get_or_404(StaffGroup, of.staff_group_id) if of.staff_group_id else None
    where = [agency.name if agency else "", of.sector.label if of.sector else "", group.name if group else ""]
    return render_template(
        "needs/people.html",
        need=need,
        agency=agency,
        where=", ".join(filter(None, where)) or "County",
        page=behind,
        people=people,
        seen=ids_seen_by(viewer, [person.person_id for person in people], on=today),
        shown=shown,
        shows=[
            (words[:1].upper() + words[1:], url_with(show=one, page=None), one == show)
            for one, (words, _) in SHOWS.items()
            if one != "everywhere" or show == one
        ],
        standing=standing,
        ticked=request.args.get("tick") != "none",
        Standing=rules.Standing,
        of_everybody=viewer.is_board_staff,
        versions=versions_that_count(need) if may_book else [],
        declared=queries.declared(need, of, **days) if agency else None,
        today=today,
        **days,
    )


def _not_told(counted: queries.Counted) -> dict[int, list[NotTold]]:
    """What agencies cannot tell yet of what is counted, which is known of today alone."""
    jobs = {cell.job for cell in counted.cells}
    found = not_told({agency_id for agency_id, _ in jobs})
    return {
        agency_id: [one for one in untold if (agency_id, one.staff_group.id) in jobs]
        for agency_id, untold in found.items()
    }


def _part_asked_for(agency: Agency | None = None) -> queries.Parts:
    """The part of the audience that an address names; what it names badly is not asked for."""
    sector = request.args.get("sector")
    return queries.Parts(
        agency_id=agency.id if agency else None,
        sector=Sector(sector) if sector in set(Sector) else None,
        staff_group_id=row_asked_for("staff_group"),
    )


def _asked(of: queries.Parts) -> dict[str, Any]:
    """The part of the audience, for an address that leads on."""
    asked = {"sector": of.sector.value if of.sector else None, "staff_group": of.staff_group_id}
    return {name: value for name, value in asked.items() if value}


def _file(name: str, columns: Sequence[str], rows: Iterator[list[sheets.Cell]]) -> ResponseReturnValue:
    answer = sheets.csv_answer if request.args["format"] == "csv" else sheets.excel_answer
    return answer(name, columns, rows)


def _sheet_rows(
    lines: Any,
    county: queries.CountyCoverage,
    held: Sequence[Intervention],
    *,
    as_at: date,
    known_on: date,
) -> Iterator[list[sheets.Cell]]:
    for name, dated, by, figure in [
        *((line.name, line.returned_on, _counted_by(line), line) for line in lines),
        (f"County, each person once, agencies left out: {county.left_out}", None, "", county),
    ]:
        headcount = "Headcount not supplied" if figure.headcount is None else figure.headcount
        yield [
            name, figure.in_force, headcount, dated, by, figure.percent, figure.gap, figure.booked,
            figure.waiting, figure.everywhere, figure.left_out, as_at, known_on, actions_waited_for(held),
        ]  # fmt: skip


def _people_rows(query: Any, *, as_at: date, known_on: date) -> Iterator[list[sheets.Cell]]:
    for person in (queries.Behind(*row) for row in db.session.execute(query)):
        claims = "Booked" if person.is_booked else person.waits_for
        yield [
            person.name, person.agency, person.staff_group, person.job_title, person.holds, person.since, person.until,
            claims, as_at, known_on,
        ]  # fmt: skip


def _published_rows(
    found: Published, below: int, *, as_at: date, known_on: date
) -> Iterator[list[sheets.Cell]]:
    tables = [("Agency", found.by_agency), ("Sector", found.by_sector), ("Staff group", found.by_staff_group)]
    for table, lines in [*tables, ("County", [found.county])]:
        for line in lines:
            headcount = "Headcount not supplied" if line.headcount is None else line.headcount
            figures = [line.in_force, headcount, line.percent, line.gap]
            why = ""
            if line.is_kept_back:
                figures = [WITHHELD, headcount, WITHHELD, WITHHELD]
                why = f"Fewer than {below} people are in force or still to train, or the figure would tell such a count"
            yield [table, line.name, *figures, as_at, known_on, why]


def _counted_by(line: queries.Line) -> str:
    if line.headcount is None:
        return ""
    return "People named here" if line.is_named else "Return"
