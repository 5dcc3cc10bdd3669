"""What delegates said, and the days that trainers gave: parts of a report."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sscb_training.accreditation.queries import schemes
from sscb_training.core.times import plain_date
from sscb_training.courses.described.queries import titles_of
from sscb_training.evaluations.models import Stage
from sscb_training.evaluations.results import queries as evaluations
from sscb_training.evaluations.results.confidence import Changes, Scope, changes_in_confidence
from sscb_training.evaluations.results.queries import Response, Share
from sscb_training.evaluations.results.rules import FEWEST, Change
from sscb_training.needs.coverage.published.rules import is_small
from sscb_training.reports.board import rules, suppression
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.rules import Cell, Column, Link, Section, Table
from sscb_training.reports.board.suppression import WITHHELD
from sscb_training.reports.lapses.queries import running_out
from sscb_training.reports.rules import Rate
from sscb_training.trainers.queries import trainer_days


def evaluations_of(asked: Asked) -> Section:
    scope = Scope(asked.begin, asked.end)
    responses = evaluations.responses(scope)
    changes, lasting = changes_in_confidence(scope)
    later = evaluations.said(scope, Stage.FOLLOW_UP, with_words=False)
    titles = titles_of({key for key, _ in responses})
    fewest = max(FEWEST, asked.below) if asked.is_published else FEWEST
    table = []
    for key in titles:
        behind = rules.to("evaluations.course", course_id=key, **asked.period)
        table.append(
            [
                rules.text(titles[key]),
                *(_sent_in(responses.get((key, stage)), asked, behind) for stage in (Stage.POST, Stage.FOLLOW_UP)),
                *_change(changes, key, behind, fewest),
                *_change(lasting, key, behind, fewest)[1:],
            ]
        )  # fmt: skip
    said = [
        [rules.text(title), rules.text(share.label), cell]
        for title, shares in later.choices
        for share, cell in zip(shares, _shares(shares, later.people, asked), strict=True)
    ]
    return Section(
        "evaluations",
        "What delegates said",
        words=[
            "Confidence is what people said of themselves, on the outcomes of their course, as the mean change with a 95% "
            f"interval. A figure is of {fewest} people or more; what fewer said is left out.",
        ],
        tables=[
            Table(
                "confidence", "Change in confidence by course",
                [
                    Column("Course"), Column("Sent in after", True), Column("Sent in at 3 months", True),
                    Column("People", True), Column("Change in confidence", True), Column("From after to 3 months", True),
                ],
                table, empty="Nobody was asked for an evaluation in this period.",
            ),
            Table(
                "follow-up", "What became of it 3 months later",
                [Column("Question"), Column("Answer"), Column("Share", True)],
                said if later.people >= fewest else [], empty="Too few answered 3 months later.",
            ),
        ],
    )  # fmt: skip


def _sent_in(response: Response | None, asked: Asked, behind: Link) -> Cell:
    found = response or Response()
    if asked.is_published and (found.asked and is_small(found.sent_in, found.asked, below=asked.below)):
        return rules.text(WITHHELD)
    return rules.rate(Rate(found.sent_in, found.asked, "asked"), behind=behind)


def _shares(shares: Sequence[Share], people: int, asked: Asked) -> list[Cell]:
    """Of those who answered; published, answers that few gave are withheld, with others that would tell how many."""
    parts = dict(enumerate(share.people for share in shares))
    shown = suppression.parts_shown(parts, below=asked.below) if asked.is_published else parts
    behind = rules.to("evaluations.results", **asked.period)
    return [
        rules.rate(Rate(part, people, "who answered"), behind=behind)
        if place in shown
        else rules.text(WITHHELD)
        for place, part in parts.items()
    ]


def _change(changes: Changes, key: int, behind: Link, fewest: int) -> list[Cell]:
    found: Change | None = changes.by.get(key)
    if found is None or found.pairs < fewest:
        return [rules.text(f"Fewer than {fewest}"), rules.text(WITHHELD)]
    low, high = (f"{value:+.1f}".replace("-", "−") for value in (found.low, found.high))
    return [
        rules.number(found.pairs, behind=behind),
        rules.decimal(found.difference, signed=True, note=f"from {low} to {high}", behind=behind),
    ]


def lapses_of(asked: Asked, now: datetime) -> Section:
    """What runs out in the twelve months after the report's day, by scheme."""
    names = {scheme.id: scheme.name for scheme in schemes()}
    until = asked.as_at + timedelta(days=365)
    ending = running_out(asked.agency.id if asked.agency else None, until=until, on=asked.as_at, now=now)
    whose = {"agency": asked.agency.id} if asked.agency else {}
    table = []
    for scheme_id, name in names.items():
        found = ending.get(scheme_id)
        if found is None:
            continue
        lapses = found.lapses
        by_then = {"to": until.isoformat()}
        figures = [
            rules.number(number, behind=rules.to(
                "reports.lapsing_people", scheme=scheme_id, on=asked.as_at.isoformat(), **whose, **narrowed,
            ))
            for number, narrowed in (
                (found.in_force, {}),
                (lapses.lapse, by_then),
                (lapses.booked, {**by_then, "renewal": "booked"}),
                (lapses.to_book, {**by_then, "renewal": "to_book"}),
            )
        ]  # fmt: skip
        table.append([rules.text(name), *figures])
    return Section(
        "lapses",
        "What runs out",
        words=[f"Accreditations in force on {plain_date(asked.as_at)} that run out by {plain_date(until)}."],
        tables=[
            Table(
                "lapses", "What runs out", [
                    Column("Scheme"), Column("In force", True), Column("Run out", True),
                    Column("Booked a renewal", True), Column("To book", True),
                ],
                table, empty="No accreditation is in force.",
            )
        ],
    )  # fmt: skip


def trainer_days_of(asked: Asked, now: datetime) -> Section:
    found: dict[tuple[int | None, str], float] = {}
    for line in trainer_days(asked.begin, asked.end, now=now):
        if asked.agency is None or line.agency_id == asked.agency.id:
            key = (line.agency_id, line.agency)
            found[key] = found.get(key, 0) + line.days
    table = [
        [
            rules.text(name),
            rules.decimal(days, behind=rules.to("trainers.agency_ledger", agency_id=key, **asked.period))
            if key
            else rules.decimal(days),
        ]
        for (key, name), days in found.items()
    ]
    if table and asked.agency is None:
        table.append(
            [
                rules.text("All agencies"),
                rules.decimal(sum(found.values()), behind=rules.to("trainers.ledger", **asked.period)),
            ]
        )
    return Section(
        "trainer-days",
        "Trainer days",
        words=["Days that trainers delivered, whether or not the register is closed, by the agency that lent them."],
        tables=[
            Table(
                "trainer-days", "Trainer days by agency", [Column("Agency"), Column("Days", True)], table,
                empty="No trainer days in this period.", has_total=asked.agency is None,
            )
        ],
    )  # fmt: skip
