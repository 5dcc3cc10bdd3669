"""The report, put together of its parts: each figure is asked for once, in a flat number of queries."""

from datetime import datetime

from sscb_training.reports.board import rules
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.audits import actions, audits, changes
from sscb_training.reports.board.evidence import evaluations_of, lapses_of, trainer_days_of
from sscb_training.reports.board.needs import coverage_of, coverage_of_county
from sscb_training.reports.board.own import coverage_of_agency, use_of_agency
from sscb_training.reports.board.rules import Report, Section
from sscb_training.reports.board.use import by_agency, by_course, glance, reasons, uses_of

COUNTED = (
    "Came as booked: attended all of it and had booked, of those booked and not cancelled. Who came without booking is not "
    "counted.",
    "No-show: did not attend at all, of those booked and not cancelled. A cancellation, however late, is not a no-show. An "
    "absence that was excused is one.",
    "Seats filled: attended all of it, booked or not, of the capacity.",
    "Dates whose register is open have no outcomes yet and are in no figure. What the board cancelled is in no rate.",
    "Coverage: people in force as a share of the headcount that agencies declared, never of a guess. A person who works at "
    "two agencies counts once in the county.",
)
AS_PUBLISHED = (
    "These are published figures. Where fewer than {below} people would be in a figure, or could be worked out from others, "
    "it says “Withheld”, or its line stands together with others. Coverage is shown where the need’s published tables of "
    "the same days show it. Figures of two days close together can be taken from each other: publish one day a quarter."
)


def report(asked: Asked, *, now: datetime) -> Report:
    """The whole report, in a flat number of queries."""
    uses = uses_of(asked, now)
    coverage = coverage_of(asked)
    if asked.agency:
        sections = [
            glance(asked, uses),
            *coverage_of_agency(asked, coverage),
            use_of_agency(asked, uses),
            lapses_of(asked, now),
            trainer_days_of(asked, now),
        ]
    else:
        sections = [
            glance(asked, uses),
            changes(asked, coverage),
            *coverage_of_county(asked, coverage),
            by_agency(asked, uses),
            by_course(asked, uses),
            reasons(asked, now),
            evaluations_of(asked),
            trainer_days_of(asked, now),
            *([] if asked.is_published else [lapses_of(asked, now)]),
            actions(asked),
            audits(asked),
        ]
    made = Report(
        whose=asked.agency.name if asked.agency else "",
        is_published=asked.is_published,
        begin=asked.begin,
        end=asked.end,
        as_at=asked.as_at,
        known_on=asked.known_on,
        since=asked.since,
        sections=[*sections, how_counted(asked)],
    )
    return rules.without_rows_behind(made) if asked.is_published else made


def how_counted(asked: Asked) -> Section:
    words = [*COUNTED, *([AS_PUBLISHED.format(below=asked.below)] if asked.is_published else [])]
    return Section("how", "How the figures are counted", words=words)
