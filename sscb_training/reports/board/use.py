"""How training dates were used: the parts of a report by agency, by course and by reason, out of one reading of bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sscb_training.courses.described.queries import titles_of
from sscb_training.reports.board import rules, suppression
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.rules import Cell, Column, Section, Table
from sscb_training.reports.board.suppression import WITHHELD
from sscb_training.reports.rules import Rate
from sscb_training.reports.use import queries as use
from sscb_training.reports.use import rules as use_rules
from sscb_training.reports.use.queries import AgencyUse, Filters
from sscb_training.reports.use.rules import Use

OTHERS = "Other agencies together"


OTHER_COURSES = "Other courses together"
REASONS = (
    "Reasons are counted and never shown beside a name. Illness and bereavement are counted with other reasons, so that "
    "nobody can be recognised."
)
SEVERAL_AGENCIES = (
    "Several agencies come to one date, so the dates of the lines add up to more than there were."
)


@dataclass(frozen=True)
class Uses:
    """The use of a period's dates by agency and by course, out of one reading of its bookings."""

    by_agency: Mapping[int | None, AgencyUse]
    by_course: Mapping[int, Use]
    own_by_course: Mapping[int, Use]
    titles: Mapping[int, str]
    total: Use


def uses_of(asked: Asked, now: datetime) -> Uses:
    filters = Filters(asked.begin, asked.end)
    dates = use.dates_by_course(filters, now=now)
    lines = use.use_by_agency_and_course(filters, now=now)
    by_agency: dict[int | None, AgencyUse] = {}
    by_course: dict[int, Use] = dict.fromkeys(dates, Use())
    for (agency_id, course_id), line in lines.items():
        known = by_agency.get(agency_id)
        by_agency[agency_id] = replace(line, use=known.use + line.use) if known else line
        by_course[course_id] = by_course.get(course_id, Use()) + line.use
    by_course = {
        course_id: replace(
            found,
            dates=dates[course_id].dates,
            capacity=dates[course_id].capacity,
            dates_cancelled=dates[course_id].dates_cancelled,
            open_registers=dates[course_id].open_registers,
        )
        for course_id, found in by_course.items()
    }
    own = {
        course_id: line.use
        for (agency_id, course_id), line in lines.items()
        if asked.agency and agency_id == asked.agency.id
    }
    titles = titles_of(by_course)
    return Uses(by_agency, by_course, own, titles, sum(by_course.values(), Use()))


BOOKED_PARTS = ("cancelled", "came_as_booked", "part_attended", "did_not_attend")


def _parts(found: Use) -> dict[str, int]:
    """What became of those booked, and what is left of them."""
    parts = {name: getattr(found, name) for name in BOOKED_PARTS}
    return parts | {"other": max(0, found.booked - sum(parts.values()))}


def withheld(found: Use, *, below: int) -> frozenset[str]:
    """The figures of a whole that may not be shown, because few people are in them or in what is left without them."""
    parts = _parts(found)
    shown = suppression.parts_shown(
        parts, below=below, hidden_anyway=["came_as_booked"] if _nobody_came(found) else []
    )
    hidden = {name for name in parts if name not in shown}
    if suppression.is_few(found.unscheduled, below=below):
        hidden.add("unscheduled")
    if hidden & {"unscheduled", "came_as_booked"}:
        hidden.add("attended")
    return frozenset(hidden)


def _nobody_came(found: Use) -> bool:
    """Whether nobody of those expected came, which says something of each of them; that nobody stayed away does not."""
    return found.expected > 0 and found.came_as_booked == 0


def _published_lines(
    lines: Sequence[tuple[str, Use]], total: Use, others: str, *, below: int
) -> tuple[list[tuple[str, Use]], frozenset[str]]:
    """The lines with names that may be shown, what is left of them together, and the figures that no line shows."""
    hidden = withheld(total, below=below)

    def is_small(found: Sequence[Use]) -> bool:
        whole = sum(found, Use())
        every = _parts(whole) | {"unscheduled": whole.unscheduled}
        parts = [
            *(number for name, number in every.items() if name not in hidden),
            sum(every[name] for name in hidden if name in BOOKED_PARTS or name == "other"),
        ]
        return any(suppression.is_few(part, below=below) for part in parts) or (
            "came_as_booked" not in hidden and _nobody_came(whole)
        )

    by_place = {place: found for place, (_, found) in enumerate(lines)}
    shown = suppression.publishable(
        by_place, size=lambda found: found.booked + found.unscheduled, is_small=is_small
    )
    together = sum((found for place, found in by_place.items() if place not in shown), Use())
    kept = [line for place, line in enumerate(lines) if place in shown]
    return [*kept, *([(others, together)] if len(kept) < len(lines) else [])], hidden


USE_COLUMNS = (
    Column("Dates", True), Column("Capacity", True), Column("Booked", True), Column("Cancelled", True),
    Column("Attended", True), Column("Part attended", True), Column("Did not attend", True),
    Column("Came as booked, of booked and not cancelled", True), Column("No-show, of booked and not cancelled", True),
    Column("Seats filled, of places", True),
)  # fmt: skip


PLACES = ("Capacity", "Seats filled, of places")


def use_cells(
    found: Use,
    asked: Asked,
    hidden: frozenset[str] = frozenset(),
    *,
    of_dates: bool,
    in_words: bool = False,
    **narrowed: Any,
) -> list[Cell]:
    """One line of figures. `of_dates`: of whole dates, which have a capacity. `in_words`: no heading says what of."""
    behind = {**asked.period, **narrowed}

    def count(name: str, of_them: str = "", words: str = "") -> Cell:
        if name in hidden:
            return rules.text(WITHHELD)
        within = getattr(found, of_them) if of_them and not asked.is_published else 0
        note = f"{within:,} {words}" if within else ""
        return rules.number(
            getattr(found, name), note=note, behind=rules.to("reports.rows", figure=name, **behind)
        )

    def share(rate: Rate, figure: str, *parts: str) -> Cell:
        if hidden & set(parts):
            return rules.text(WITHHELD)
        return rules.rate(
            rate, behind=rules.to("reports.rows", figure=figure, **behind), of_in_words=in_words
        )

    dates = rules.to("reports.use", by="date", **behind)
    cells = [
        rules.number(found.dates, behind=dates),
        rules.number(found.capacity, behind=dates),
        count("booked"),
        count("cancelled", "cancelled_late", "late"),
        count("attended", "unscheduled", "unscheduled"),
        count("part_attended"),
        count("did_not_attend", "excused", "excused"),
        share(use_rules.came_as_booked(found), "came_as_booked", "came_as_booked", "cancelled"),
        share(use_rules.no_show(found), "did_not_attend", "did_not_attend", "cancelled"),
        share(use_rules.seats_filled(found), "attended", "attended"),
    ]
    return [
        cell for column, cell in zip(USE_COLUMNS, cells, strict=True) if of_dates or column.text not in PLACES
    ]


def glance(asked: Asked, uses: Uses) -> Section:
    if asked.agency:
        own = uses.by_agency.get(asked.agency.id)
        total, narrowed = own.use if own else Use(), {"agency": asked.agency.id}
    else:
        total, narrowed = uses.total, {}
    hidden = withheld(total, below=asked.below) if asked.is_published else frozenset()
    of_dates = not asked.agency
    columns = [column for column in USE_COLUMNS if of_dates or column.text not in PLACES]
    cells = dict(
        zip(
            (column.text.partition(",")[0] for column in columns),
            use_cells(total, asked, hidden, of_dates=of_dates, in_words=True, **narrowed),
            strict=True,
        )
    )
    first = ("Came as booked", "No-show", "Seats filled")
    figures = [(name, cells[name]) for name in first if name in cells]
    figures += [(name, cell) for name, cell in cells.items() if name not in first]
    return Section("glance", "At a glance", figures=figures, words=left_out(total))


def by_agency(asked: Asked, uses: Uses) -> Section:
    by_name = sorted(uses.by_agency.values(), key=lambda one: (one.agency_id is None, one.name.casefold()))
    total = sum((one.use for one in by_name), Use())
    hidden: frozenset[str] = frozenset()
    lines: list[tuple[str, Use, AgencyUse | None]] = []
    if asked.is_published:
        named, hidden = _published_lines(
            [(one.name, one.use) for one in by_name], total, OTHERS, below=asked.below
        )
        lines += [(name, found, None) for name, found in named]
    else:
        lines += [(one.name, one.use, one) for one in by_name]
    table = []
    for name, found, one in lines:
        narrowed: dict[str, Any] = {}
        if one is not None:
            narrowed = {"agency": one.agency_id} if one.agency_id else {"unconfirmed": 1}
        cells = use_cells(found, asked, hidden, of_dates=False, **narrowed)
        share = (
            rules.rate(use_rules.share(found, of=total), of_in_words=False)
            if "attended" not in hidden
            else rules.text(WITHHELD)
        )
        table.append([rules.text(name), *cells, share])
    if table:
        whole = replace(total, dates=uses.total.dates)
        cells = use_cells(whole, asked, hidden, of_dates=False)
        table.append([rules.text("All agencies"), *cells, rules.text("")])
    columns = [column for column in USE_COLUMNS if column.text not in PLACES]
    return Section(
        "use-by-agency",
        "Use of training by agency",
        words=[*left_out(uses.total), SEVERAL_AGENCIES],
        tables=[
            Table(
                "use-by-agency", "Use of training by agency",
                [Column("Agency"), *columns, Column("Share of all who attended", True)],
                table, empty="No training dates in this period.", has_total=True,
            )
        ],
    )  # fmt: skip


def by_course(asked: Asked, uses: Uses) -> Section:
    total, hidden = uses.total, frozenset[str]()
    lines: list[tuple[str, Use, int | None]] = [
        (uses.titles[course_id], uses.by_course[course_id], course_id) for course_id in uses.titles
    ]
    if asked.is_published:
        named, hidden = _published_lines(
            [(name, found) for name, found, _ in lines], total, OTHER_COURSES, below=asked.below
        )
        lines = [(name, found, None) for name, found in named]
    table = []
    for name, found, key in lines:
        narrowed: dict[str, Any] = {} if key is None else {"course": key}
        table.append([rules.text(name), *use_cells(found, asked, hidden, of_dates=True, **narrowed)])
    if table:
        table.append([rules.text("All courses"), *use_cells(total, asked, hidden, of_dates=True)])
    return Section(
        "use-by-course",
        "Use of training by course",
        words=left_out(total),
        tables=[
            Table(
                "use-by-course", "Use of training by course", [Column("Course"), *USE_COLUMNS], table,
                empty="No training dates in this period.", has_total=True,
            )
        ],
    )  # fmt: skip


def left_out(total: Use) -> list[str]:
    words = use_rules.left_out(total)
    return [f"{words}."] if words else []


def reasons(asked: Asked, now: datetime) -> Section:
    ended = use.endings(Filters(asked.begin, asked.end), now=now)
    found = use_rules.reasons(ended.given_up)
    unanswered = (
        f"Requests declined: {ended.declined:,}. Lapsed because nobody answered in time: {ended.lapsed:,}."
    )
    if asked.is_published:
        shown = suppression.parts_shown({one.label: one.rate.part for one in found}, below=asked.below)
        rest = sum(one.rate.part for one in found if one.label not in shown)
        whole = sum(one.rate.part for one in found)
        found = [one for one in found if one.label in shown]
        if rest >= asked.below:
            found.append(use_rules.Reason("Other reasons together", Rate(rest, whole, "cancelled")))
    table = [[rules.text(one.label), rules.number(one.rate.part), rules.rate(one.rate)] for one in found]
    return Section(
        "reasons",
        "Why places were given up",
        words=[REASONS, *([] if asked.is_published else [unanswered])],
        tables=[
            Table(
                "reasons", "Why places were given up",
                [Column("Reason"), Column("Cancelled", True), Column("Share of all cancelled", True)],
                table, empty="Nobody gave up a place.",
            )
        ],
    )  # fmt: skip
