"""How every need is covered, and how that moved: a part of a report."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sscb_training.agencies.models import Agency
from sscb_training.core.times import plain_date, short_date
from sscb_training.needs.coverage import queries as coverage
from sscb_training.needs.coverage.published.queries import Published, published, published_of_every_need
from sscb_training.needs.coverage.published.rules import is_small
from sscb_training.needs.coverage.queries import AgencyCoverage, CountyCoverage, Parts
from sscb_training.needs.models import Intervention, NeedAudience, NeedStatus, TrainingNeed
from sscb_training.needs.queries import needs_in_order, waiting
from sscb_training.needs.reviews.queries import statuses_on
from sscb_training.reports.board import queries, rules
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.rules import Cell, Column, Link, Section, Table
from sscb_training.reports.board.suppression import WITHHELD


@dataclass(frozen=True)
class CountyFigure:
    """The county's figure of a need, as far as a report shows it: what is kept back is empty, and says so."""

    headcount: int | None
    in_force: int | None
    percent: int | None
    gap: int | None
    booked: int | None
    left_out: int
    is_everywhere: bool = False
    needs_checking: bool = False
    is_kept_back: bool = False


NOBODY = CountyFigure(None, 0, None, None, 0, 0)


def _figure(found: CountyCoverage) -> CountyFigure:
    is_everywhere = found.headcount is None and found.everywhere > 0
    in_force = found.everywhere if is_everywhere else found.in_force
    return CountyFigure(
        found.headcount, in_force, found.percent, found.gap, found.booked, found.left_out,
        is_everywhere, found.needs_checking,
    )  # fmt: skip


def as_published(found: Published) -> CountyFigure:
    county = found.county
    return CountyFigure(
        county.headcount, county.in_force, county.percent, county.gap, found.booked, found.left_out,
        needs_checking=county.needs_checking, is_kept_back=county.is_kept_back,
    )  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """The figure of each need on the report's day, and its percentage on the day that it is set beside.

    What answers a need and whom it is for may have changed between. In a published report such a need is not comparable:
    the earlier day counted anew, beside what was published of it then, could tell of the few who made the difference.
    """

    needs: Sequence[TrainingNeed]
    county: Mapping[int, CountyFigure]
    before: Mapping[int, int | None]
    beside: Mapping[int, CountyFigure]
    own: Mapping[int, AgencyCoverage]
    own_before: Mapping[int, AgencyCoverage]
    statuses: Mapping[int, NeedStatus]
    statuses_before: Mapping[int, NeedStatus]
    waiting: Collection[int]
    answers: Sequence[Intervention]
    audience: Sequence[NeedAudience]
    not_comparable: Collection[int]


def coverage_of(asked: Asked) -> Coverage:
    """All of it, counted with answers and audience as known on `known_on`: so what changed until then is told, after
    `as_at` too."""
    until = max(asked.since, asked.known_on)
    answers = queries.answers_changed(asked.since, until)
    audience = queries.audience_changed(asked.since, until)
    changed = {one.need_id for one in answers} | {one.need_id for one in audience}
    not_comparable = changed if asked.is_published else set[int]()

    def published_on(as_at: date) -> Mapping[int, CountyFigure]:
        tables = published_of_every_need(as_at=as_at, known_on=asked.known_on, below=asked.below)
        return {need_id: as_published(found) for need_id, found in tables.items()}

    def county() -> tuple[Mapping[int, CountyFigure], Mapping[int, int | None]]:
        """The figures, and the percentages of the day that they are set beside."""
        if asked.agency:
            return {}, {}
        if asked.is_published:
            before = published_on(asked.since)
            percents = {key: found.percent for key, found in before.items() if key not in not_comparable}
            return published_on(asked.as_at), percents
        figures, percents = coverage.coverage_of_every_need_since(
            asked.since, as_at=asked.as_at, known_on=asked.known_on
        )
        return {need_id: _figure(found) for need_id, found in figures.items()}, percents

    def own(as_at: date) -> Mapping[int, AgencyCoverage]:
        if asked.agency is None:
            return {}
        return coverage.coverage_of_agency(asked.agency, as_at=as_at, known_on=asked.known_on)

    return Coverage(
        needs_in_order(known_on=asked.known_on),
        *county(),
        beside_an_agency(asked.agency, below=asked.below, **asked.quarter) if asked.agency else {},
        own(asked.as_at),
        own(asked.since),
        statuses_on(as_at=asked.as_at, known_on=asked.known_on),
        statuses_on(as_at=asked.since, known_on=asked.known_on),
        waiting(as_at=asked.as_at, known_on=asked.known_on).keys(),
        answers,
        audience,
        not_comparable,
    )


def beside_an_agency(
    agency: Agency, *, as_at: date, known_on: date, below: int
) -> Mapping[int, CountyFigure]:
    """The county's figures of each need that whoever knows one agency may see: as published, and the others not few."""
    every = coverage.counted_of_every_need(as_at=as_at, known_on=known_on)
    found = {need_id: as_published(published(counted, below=below)) for need_id, counted in every.items()}
    return {
        need_id: figure
        for need_id, figure in found.items()
        if figure.in_force is not None and figure.headcount is not None
        and not _others_are_few(figure.in_force, figure.headcount, every[need_id].of(Parts(agency.id)).county(), below)
    }  # fmt: skip


def _others_are_few(in_force: int, headcount: int, own: CountyCoverage, below: int) -> bool:
    return is_small(in_force - own.in_force, headcount - (own.headcount or 0), below=below)


def moved(before: int | None, after: int | None) -> Cell:
    """From one whole percentage to another, in points."""
    if before is None or after is None:
        return rules.text(rules.NOT_KNOWN)
    if before == after:
        return Cell("No change", rules.Kind.NUMBER, 0)
    points = abs(after - before)
    words = f"{'Up' if after > before else 'Down'} {points} {'point' if points == 1 else 'points'}"
    return Cell(words, rules.Kind.NUMBER, after - before)


def since(need: TrainingNeed, asked: Asked, before: int | None, after: int | None) -> Cell:
    """How a need's percentage moved from the day that the report is set beside; that it is new if it did not exist then."""
    return moved(before, after) if need.existed_on(asked.since) else rules.text("New")


def target(need: TrainingNeed) -> Cell:
    if not need.target_percent:
        return rules.text("None set")
    return rules.percentage(
        need.target_percent,
        note=f"by\N{NO-BREAK SPACE}{short_date(need.target_date)}" if need.target_date else "",
    )


def coverage_of_county(asked: Asked, found: Coverage) -> list[Section]:
    table = []
    for need in found.needs:
        figure = found.county.get(need.id, NOBODY)
        behind = rules.to("needs.coverage", need_id=need.id, **asked.days)
        left_out = (
            f"{figure.left_out} {'agency' if figure.left_out == 1 else 'agencies'} left out"
            if figure.left_out
            else ""
        )

        def shown(cell: Cell, withheld: bool = figure.is_kept_back) -> Cell:
            return rules.text(WITHHELD) if withheld else cell

        note = "Check headcount" if figure.needs_checking else ""
        table.append(
            [
                rules.text(f"{need.code}: {need.title}", behind=rules.to("needs.show", need_id=need.id)),
                rules.text(
                    found.statuses[need.id].label,
                    note="waiting for the course" if need.id in found.waiting else "",
                ),
                shown(rules.number(figure.in_force, note="everywhere" if figure.is_everywhere else "", behind=behind)),
                _headcount(figure.headcount, left_out, behind),
                shown(rules.percentage(figure.percent, note=note, behind=behind)),
                shown(
                    rules.text("Not comparable")
                    if need.id in found.not_comparable
                    else since(need, asked, found.before.get(need.id), figure.percent)
                ),
                shown(rules.number(figure.gap, behind=rules.to("needs.forecast", need_id=need.id, **asked.days))),
                rules.text(WITHHELD) if figure.booked is None else rules.number(figure.booked, behind=behind),
                target(need),
            ]
        )  # fmt: skip
    return [
        Section(
            "coverage",
            "Coverage of every need",
            words=[
                f"As at {plain_date(asked.as_at)}, as known on {plain_date(asked.known_on)}. In force as a share of the "
                "headcount that agencies declared, each person once. Agencies without a headcount are left out of "
                "both sides.",
                "Coverage is not proof that practice changed.",
                *(
                    [f"Not comparable: what answers the need, or whom it is for, changed since {plain_date(asked.since)}."]
                    if found.not_comparable
                    else []
                ),
            ],
            tables=[
                Table(
                    "coverage", "Coverage of every need",
                    [
                        Column("Need"), Column("Status"), Column("In force", True), Column("Headcount", True),
                        Column("Coverage", True), Column(f"Since {short_date(asked.since)}", True), Column("Gap", True),
                        Column("Booked", True), Column("Target", True),
                    ],
                    table, empty="No needs are recorded.",
                )
            ],
        )
    ]  # fmt: skip


def _headcount(found: int | None, left_out: str, behind: Link) -> Cell:
    if found is None:
        return rules.text("Headcount not supplied", note=left_out)
    return rules.number(found, note=left_out, behind=behind)
