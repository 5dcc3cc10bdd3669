"""How training dates were used: for board staff of everybody, for an agency's lead of its own people alone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Sector
from sscb_training.agencies.queries import every_agency
from sscb_training.bookings.sessions.queries import courses_with_sessions
from sscb_training.core import clock, sheets
from sscb_training.core.access import STAFF, allow
from sscb_training.core.pages import PAGE_LENGTH, Page, page_asked_for, row_asked_for, url_with
from sscb_training.core.roles import Role
from sscb_training.core.times import london_date, month, month_after, plain_date
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person
from sscb_training.reports.routes import Period, bp, file_asked_for, period_asked_for
from sscb_training.reports.rules import Preset, Rate
from sscb_training.reports.use import queries, rules
from sscb_training.reports.use.queries import NOT_CONFIRMED, DateUse, Filters
from sscb_training.reports.use.rules import By, Column, Line, Use

REASONS = ("Reason", "Cancelled", "Share", "Counted", "Whose", "From", "To")
MOST_MONTHS = 13  # that a line can show


@bp.get("/reports/use")
@allow(Role.AGENCY_LEAD, *STAFF)
def use() -> ResponseReturnValue:
    """The figures by course, date, agency, sector or month, with charts, reasons and files."""
    viewer, now, today = current_person(), clock.now(), clock.today()
    agencies = agencies_seen_by(viewer)
    period = period_asked_for(today)
    filters = filters_asked_for(period, agencies, of_everybody=viewer.is_board_staff)
    ways = [one for one in By if viewer.is_board_staff or not one.of_people]
    by = next((one for one in ways if one == request.args.get("by")), By.COURSE)
    dates = queries.use_by_date(filters, now=now)
    total = sum((one.use for one in dates), Use())
    columns = rules.columns_for(by, total=total, is_narrowed=filters.is_narrowed)
    sort = request.args.get("sort", "name")
    lines = rules.in_order(_lines(by, dates, filters, now), columns, sort=sort)
    ended = queries.endings(filters, now=now)
    reasons = rules.reasons(ended.given_up)
    courses = courses_with_sessions()
    whose = people_in_words(filters, agencies)
    if not period.unread:
        days = (period.begin, period.end)
        if request.args.get("of") == "reasons":
            told: list[list[sheets.Cell]] = [
                [one.label, one.rate.part, _share(one.rate), one.rate.words, whose, *days] for one in reasons
            ]
            answer = file_asked_for(f"reasons-{period.begin}-to-{period.end}", REASONS, told)
        else:
            every = [*lines, Line(by.all_words, total, ())]
            answer = file_asked_for(
                f"use-by-{by}-{period.begin}-to-{period.end}",
                [*_headings(by, columns), "Whose", "From", "To"],
                ([*_cells(line, columns), whose, *days] for line in every),
            )
        if answer:
            return answer
    return render_template(
        "reports/use.html",
        period=period,
        presets=[(preset.label, preset.value) for preset in Preset],
        filters=filters,
        whose=whose,
        by=by,
        ways=ways,
        columns=columns,
        sort=sort,
        page=_page(lines),
        total=total,
        rules=rules,
        reasons=reasons,
        ended=ended,
        months=[(f"{first:%b %Y}", use.attended) for first, use in rules.by_month(_days(dates)).items()],
        most_months=MOST_MONTHS,
        agencies=agencies,
        courses=courses,
        sectors=[(sector.value, sector.label) for sector in Sector],
        chips=_chips(filters, dict(courses), agencies, of_everybody=viewer.is_board_staff),
        today=today,
    )


def agencies_seen_by(viewer: Person) -> dict[int, str]:
    """The agencies whose figures this person may see, by name."""
    return {
        agency.id: agency.name
        for agency in every_agency()
        if viewer.is_board_staff or agency.id in viewer.leads_agency_ids
    }


def agency_asked_for(agencies: Mapping[int, object], *, of_everybody: bool) -> int | None:
    """The agency of the address, or the first of a lead's; one that the viewer may not see is not there (promise P8)."""
    agency_id = row_asked_for("agency")
    if not of_everybody and not request.args.get("agency"):
        agency_id = next(iter(agencies), None)
    if agency_id not in agencies and (agency_id is not None or not of_everybody):
        abort(404)
    return agency_id


def filters_asked_for(period: Period, agencies: dict[int, str], *, of_everybody: bool) -> Filters:
    """What the address asks."""
    sector = request.args.get("sector", "")
    return Filters(
        period.begin,
        period.end,
        course_id=row_asked_for("course"),
        agency_id=agency_asked_for(agencies, of_everybody=of_everybody),
        is_unconfirmed=of_everybody and "unconfirmed" in request.args,
        sector=Sector(sector) if of_everybody and sector in list(Sector) else None,
    )


def _lines(by: By, dates: Sequence[DateUse], filters: Filters, now: datetime) -> list[Line]:
    """A line for each thing that the figures are set out by, each leading on to what it is made of."""
    if by is By.DATE:
        return [
            Line(
                f"{plain_date(one.starts_at)}: {one.title}",
                one.use,
                (one.starts_at, one.training_session_id),
                training_session_id=one.training_session_id,
            )
            for one in dates
        ]
    if by is By.MONTH:
        return [
            Line(
                month(first),
                used,
                (first,),
                {"by": By.DATE, "from": first, "to": month_after(first) - timedelta(days=1), "period": None},
            )
            for first, used in rules.by_month(_days(dates)).items()
        ]
    if by is By.COURSE:
        courses: dict[tuple[str, int], Use] = {}
        for one in dates:
            key = (one.title, one.course_id)
            courses[key] = courses.get(key, Use()) + one.use
        return [
            Line(title, used, (title, course_id), {"by": By.DATE, "course": course_id})
            for (title, course_id), used in courses.items()
        ]
    agencies = queries.use_by_agency(filters, now=now)
    if by is By.AGENCY:
        return [
            Line(
                one.name,
                one.use,
                (one.agency_id is None, one.name),
                {"by": By.COURSE, "agency": one.agency_id} if one.agency_id else {},
            )
            for one in agencies
        ]
    return [
        Line(
            sector.label if sector else NOT_CONFIRMED,
            sum((one.use for one in agencies if one.sector is sector), Use()),
            (sector is None, sector.label if sector else ""),
            {"by": By.AGENCY, "sector": sector} if sector else {},
        )
        for sector in {one.sector for one in agencies}
    ]


def _days(dates: Sequence[DateUse]) -> list[tuple[date, Use]]:
    return [(london_date(one.starts_at), one.use) for one in dates]


def _page(lines: Sequence[Line]) -> Page[Line]:
    """One page of the lines; one past the end shows the last."""
    page = min(page_asked_for(), max(1, -(-len(lines) // PAGE_LENGTH)))
    return Page(lines[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH], page, len(lines))


def _headings(by: By, columns: Sequence[Column]) -> list[str]:
    """The columns of a file: a rate has one for the share and one for its two figures and what they are of."""
    found = [by.heading]
    for column in columns:
        found.append(column.heading)
        if column.of_them:
            found.append(f"{column.heading}, of them {column.of_them_heading}")
        if column.rate:
            found.append(f"{column.heading}, counted")
    return found


def _cells(line: Line, columns: Sequence[Column]) -> list[sheets.Cell]:
    found: list[sheets.Cell] = [line.name]
    for column in columns:
        if column.number:
            found.append(column.number(line.use))
        if column.of_them:
            found.append(column.of_them(line.use))
        if column.rate:
            found += [_share(column.rate(line.use)), column.rate(line.use).words]
    return found


def _share(rate: Rate) -> sheets.Cell:
    return rate.percent if rate.share is None else sheets.Share(rate.share)


def people_in_words(filters: Filters, agencies: dict[int, str]) -> str:
    """Of whom the figures are, in words."""
    of = [agencies[filters.agency_id]] if filters.agency_id is not None else []
    of += [filters.sector.label] if filters.sector else []
    of += [NOT_CONFIRMED] if filters.is_unconfirmed else []
    return ", ".join(of) or "Everybody"


def _chips(
    filters: Filters, courses: dict[int, str], agencies: dict[int, str], *, of_everybody: bool
) -> list[tuple[str, str]]:
    """What the figures are narrowed to, each with the address without it; a lead's own agency cannot be taken away."""
    words = {
        "course": courses.get(filters.course_id, "Another course") if filters.course_id is not None else "",
        "agency": agencies[filters.agency_id] if of_everybody and filters.agency_id is not None else "",
        "sector": filters.sector.label if filters.sector else "",
    }
    return [(text, url_with(**{name: None, "page": None})) for name, text in words.items() if text]
