"""The parts of an agency's own report: its figures, and the county beside them as far as that is published."""

from dataclasses import replace

from sscb_training.core.times import plain_date, short_date
from sscb_training.reports.board import rules
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.needs import Coverage, since, target
from sscb_training.reports.board.rules import Cell, Column, Link, Section, Table
from sscb_training.reports.board.suppression import WITHHELD
from sscb_training.reports.board.use import PLACES, USE_COLUMNS, Uses, left_out, use_cells, withheld
from sscb_training.reports.rules import Rate, is_whole_quarters
from sscb_training.reports.use import rules as use_rules
from sscb_training.reports.use.rules import Use


def use_of_agency(asked: Asked, uses: Uses) -> Section:
    agency = asked.agency
    assert agency is not None  # noqa: S101 - only an agency's own report asks
    total = sum(uses.own_by_course.values(), Use())
    table = [
        [
            rules.text(uses.titles[key]),
            *use_cells(uses.own_by_course[key], asked, of_dates=False, agency=agency.id, course=key),
        ]
        for key in uses.titles
        if key in uses.own_by_course
    ]
    if table:
        table.append([rules.text("All courses"), *use_cells(total, asked, of_dates=False, agency=agency.id)])
    columns = [column for column in USE_COLUMNS if column.text not in PLACES]
    beside = [
        [rules.text(name), rules.rate(own), county]
        for name, own, county in _rates_beside(asked, total, uses.total)
    ]
    return Section(
        "use",
        "Use of training",
        words=left_out(total),
        tables=[
            Table("use", "Use of training by course", [Column("Course"), *columns], table,
                  empty="Nobody of this agency was on a training date in this period.", has_total=True),
            Table(
                "beside", "Beside the county",
                [Column("Rate"), Column(agency.name, True), Column("County, as published", True)], beside,
                note="The county is shown in whole hundredths, for whole quarters that are over, and where enough people of "
                "other agencies are in each figure.",
            ),
        ],
    )  # fmt: skip


def _rates_beside(asked: Asked, own: Use, county: Use) -> list[tuple[str, Rate, Cell]]:
    hidden = withheld(_without(county, own), below=asked.below)
    lines = (
        ("Came as booked", use_rules.came_as_booked, {"came_as_booked", "cancelled"}),
        ("No-show", use_rules.no_show, {"did_not_attend", "cancelled"}),
    )
    return [
        (name, rate(own), _as_published(rate(county), asked, is_small=bool(hidden & parts)))
        for name, rate, parts in lines
    ]


def _without(county: Use, own: Use) -> Use:
    return replace(
        county,
        booked=county.booked - own.booked,
        cancelled=county.cancelled - own.cancelled,
        attended=county.attended - own.attended,
        unscheduled=county.unscheduled - own.unscheduled,
        part_attended=county.part_attended - own.part_attended,
        did_not_attend=county.did_not_attend - own.did_not_attend,
    )


def _as_published(rate: Rate, asked: Asked, *, is_small: bool) -> Cell:
    if asked.as_at < asked.end or not is_whole_quarters(asked.begin, asked.end):
        return rules.text("Shown for whole quarters")
    if is_small or not rate.is_known:
        return rules.text(WITHHELD)
    return rules.percentage((200 * rate.part + rate.whole) // (2 * rate.whole))


def coverage_of_agency(asked: Asked, coverage: Coverage) -> list[Section]:
    agency = asked.agency
    assert agency is not None  # noqa: S101 - only an agency's own report asks
    quarter = asked.quarter
    table = []
    for need in coverage.needs:
        own = coverage.own.get(need.id)
        if own is None:
            continue
        before = coverage.own_before.get(need.id)
        returns = rules.to("agencies.show", agency_id=agency.id)

        def people(show: str | None = None, need_id: int = need.id) -> Link:
            return rules.to("needs.people", need_id=need_id, agency_id=agency.id, show=show, **asked.days)

        table.append(
            [
                rules.text(f"{need.code}: {need.title}"),
                rules.number(own.in_force, behind=people()),
                rules.text("Headcount not supplied") if own.headcount is None else rules.number(
                    own.headcount, note=f"of\N{NO-BREAK SPACE}{short_date(own.returned_on)}" if own.returned_on else "",
                    behind=returns,
                ),
                rules.percentage(own.percent, note="Check headcount" if own.needs_checking else "", behind=people()),
                since(need, asked, before.percent if before else None, own.percent),
                rules.number(own.gap, behind=people("not_in_force")),
                rules.number(own.booked, behind=people("booked")),
                target(need),
                rules.percentage(beside.percent) if (beside := coverage.beside.get(need.id)) else rules.text(WITHHELD),
            ]
        )  # fmt: skip
    return [
        Section(
            "coverage",
            "Coverage of every need",
            words=[
                f"As at {plain_date(asked.as_at)}, as known on {plain_date(asked.known_on)}. Of {agency.name}: in force "
                "as a share of the headcount that it declared.",
                f"The county is shown as it is published, at and as known on the ends of quarters: as at "
                f"{plain_date(quarter['as_at'])}, as known on {plain_date(quarter['known_on'])}. It is withheld where few "
                "people of other agencies are in it.",
                "Coverage is not proof that practice changed.",
            ],
            tables=[
                Table(
                    "coverage", "Coverage of every need",
                    [
                        Column("Need"), Column("In force", True), Column("Headcount", True), Column("Coverage", True),
                        Column(f"Since {short_date(asked.since)}", True), Column("Gap", True), Column("Booked", True),
                        Column("Target", True), Column(f"County on {short_date(quarter['as_at'])}", True),
                    ],
                    table, empty="No need is for the people of this agency.",
                )
            ],
        )
    ]  # fmt: skip
