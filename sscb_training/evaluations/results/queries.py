"""Figures of evaluations, put together of whole sessions that may be shown (`rules.released`)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, Subquery, and_, cast, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.evaluations.models import (
    Evaluation,
    IntendedUse,
    Obstacle,
    PracticeChange,
    Rating,
    Stage,
    Support,
    Used,
)
from sscb_training.evaluations.queries import CAME
from sscb_training.evaluations.results import rules
from sscb_training.evaluations.results.rules import Change, Of, Sums
from sscb_training.evaluations.rules import STATEMENTS
from sscb_training.people.models import Membership


class By(StrEnum):
    """What a change in confidence is told by."""

    COURSE = "course"
    VERSION = "version"
    SESSION = "session"
    AGENCY = "agency"


@dataclass(frozen=True)
class Scope:
    """Whose evaluations: of sessions that began in a period, both days included; of a course, a version, one session."""

    begin: date | None = None
    end: date | None = None
    course_id: int | None = None
    version_id: int | None = None
    session_id: int | None = None

    def holds(self) -> ColumnElement[bool]:
        """The condition on the joined session, its version and the booking. Who did not come is in no figure."""
        conditions = [
            Booking.status == BookingStatus.CONFIRMED,
            or_(Booking.outcome.is_(None), Booking.outcome.in_(CAME)),
        ]
        if self.begin is not None:
            conditions.append(TrainingSession.starts_at >= at_london(self.begin))
        if self.end is not None:
            conditions.append(TrainingSession.starts_at < at_london(self.end + timedelta(days=1)))
        if self.course_id is not None:
            conditions.append(CourseVersion.course_id == self.course_id)
        if self.version_id is not None:
            conditions.append(CourseVersion.id == self.version_id)
        if self.session_id is not None:
            conditions.append(TrainingSession.id == self.session_id)
        return and_(*conditions)


# Confidence, before and after


def confidence_pairs(first: Stage = Stage.PRE, second: Stage = Stage.POST) -> Select[*tuple[Any, ...]]:
    """One row for each outcome that a delegate rated at both stages in the same words, joined to session and version.

    Rows of one person are of one `booking_id`. Somebody who sent in one stage only is in no row.
    """
    before, after = aliased(Evaluation), aliased(Evaluation)
    earlier, later = aliased(Rating), aliased(Rating)
    return (
        select(
            Booking.id.label("booking_id"),
            TrainingSession.id.label("training_session_id"),
            TrainingSession.starts_at.label("starts_at"),
            CourseVersion.id.label("course_version_id"),
            CourseVersion.course_id.label("course_id"),
            Membership.agency_id.label("agency_id"),
            earlier.position.label("position"),
            earlier.outcome.label("outcome"),
            earlier.confidence.label("before"),
            later.confidence.label("after"),
        )
        .select_from(before)
        .join(after, and_(after.booking_id == before.booking_id, after.stage == second))
        .join(earlier, earlier.evaluation_id == before.id)
        .join(later, and_(later.evaluation_id == after.id, later.outcome == earlier.outcome))
        .join(Booking, Booking.id == before.booking_id)
        .outerjoin(Membership, Membership.id == Booking.membership_id)
        .join(TrainingSession, TrainingSession.id == Booking.training_session_id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .where(before.stage == first, before.sent_in_at.is_not(None), after.sent_in_at.is_not(None))
    )


def _sums(pairs: Subquery) -> tuple[ColumnElement[Any], ...]:
    change = pairs.c.after - pairs.c.before
    return (
        func.count(),
        cast(func.sum(pairs.c.before), Float),
        cast(func.sum(pairs.c.after), Float),
        cast(func.sum(change), Float),
        cast(func.sum(change * change), Float),
    )


@dataclass(frozen=True)
class _Some:
    """The pairs of one agency in one session."""

    training_session_id: int
    course_version_id: int
    course_id: int
    agency_id: int | None
    on: date
    sums: Sums


def _pairs_by_session(scope: Scope, first: Stage, second: Stage) -> Sequence[_Some]:
    """Each person as the mean of the outcomes that they rated twice, added up by session and agency, in one query."""
    pairs = confidence_pairs(first, second).where(scope.holds()).subquery()
    facts = (
        pairs.c.training_session_id, pairs.c.course_version_id, pairs.c.course_id, pairs.c.agency_id,
        pairs.c.starts_at,
    )  # fmt: skip
    people = (
        select(
            *facts,
            cast(func.avg(pairs.c.before), Float).label("before"),
            cast(func.avg(pairs.c.after), Float).label("after"),
        )
        .group_by(pairs.c.booking_id, *facts)
        .subquery()
    )
    by = [people.c[fact.name] for fact in facts]
    return [
        _Some(session_id, version_id, course_id, agency_id, london_date(starts_at), Sums(*sums))
        for session_id, version_id, course_id, agency_id, starts_at, *sums in db.session.execute(
            select(*by, *_sums(people)).group_by(*by)
        )
    ]


@dataclass(frozen=True)
class Changes:
    """The change in confidence of all, and by what was asked; whatever is missing may not be shown.

    By agency the key None holds those that may not be shown by themselves, together. `left_out` are the pairs of sessions
    too small to be in any figure.
    """

    overall: Change | None
    by: Mapping[int | None, Change]
    left_out: int


def change_in_confidence(
    scope: Scope = Scope(), *, by: By = By.COURSE, first: Stage = Stage.PRE, second: Stage = Stage.POST
) -> Changes:
    """How confidence changed between two stages, of people who sent in both, in one query."""
    found = _pairs_by_session(scope, first, second)
    sizes: dict[int, Of] = {}
    for one in found:
        before = sizes.get(one.training_session_id)
        people = one.sums.pairs + (before.people if before else 0)
        sizes[one.training_session_id] = Of(one.training_session_id, one.course_version_id, one.on, people)
    shown = rules.released(sizes.values(), begin=scope.begin, end=scope.end)
    kept = [one for one in found if one.training_session_id in shown]
    grouped: dict[int | None, list[Sums]] = {}
    for key, sums in _by_agency(kept) if by is By.AGENCY else ((_KEYS[by](one), one.sums) for one in kept):
        grouped.setdefault(key, []).append(sums)
    figures = {key: rules.change(reduce(add, sums)) for key, sums in grouped.items()}
    total = sum((one.people for one in sizes.values()), 0)
    overall = reduce(add, (one.sums for one in kept), Sums())
    return Changes(
        rules.change(overall),
        {key: figure for key, figure in figures.items() if figure is not None},
        total - overall.pairs,
    )


_KEYS: Mapping[By, Callable[[_Some], int]] = {
    By.COURSE: lambda one: one.course_id,
    By.VERSION: lambda one: one.course_version_id,
    By.SESSION: lambda one: one.training_session_id,
}


def _by_agency(found: Sequence[_Some]) -> Sequence[tuple[int | None, Sums]]:
    """The sums by agency, in each calendar quarter by itself: there those with too few people stand together as None."""
    quarters: dict[tuple[int, int], dict[int | None, Sums]] = {}
    for one in found:
        agencies = quarters.setdefault(rules.quarter(one.on), {})
        agencies[one.agency_id] = agencies.get(one.agency_id, Sums()) + one.sums
    lines = []
    for agencies in quarters.values():
        shown = rules.lumped({key: sums.pairs for key, sums in agencies.items() if key is not None})
        lines += [(key if key in shown else None, sums) for key, sums in agencies.items()]
    return lines


def change_by_outcome(
    session_ids: Collection[int], *, first: Stage = Stage.PRE, second: Stage = Stage.POST
) -> Sequence[tuple[str, Change]]:
    """The change in confidence in each outcome of these sessions, in the order in which they were asked."""
    pairs = confidence_pairs(first, second).where(Scope().holds(), _of(session_ids)).subquery()
    found = db.session.execute(
        select(pairs.c.outcome, *_sums(pairs))
        .group_by(pairs.c.outcome)
        .order_by(func.min(pairs.c.position), pairs.c.outcome)
    )
    figures = [(outcome, rules.change(Sums(*sums))) for outcome, *sums in found]
    return [(outcome, figure) for outcome, figure in figures if figure is not None]


def sessions_with_pairs(scope: Scope, *, first: Stage, second: Stage) -> frozenset[int]:
    """The sessions whose pairs may be shown."""
    pairs = confidence_pairs(first, second).where(scope.holds()).subquery()
    by = (pairs.c.training_session_id, pairs.c.course_version_id, pairs.c.starts_at)
    return _released(select(*by, func.count(func.distinct(pairs.c.booking_id))).group_by(*by), scope)


def _released(query: Select[Any], scope: Scope) -> frozenset[int]:
    return rules.released(
        (
            Of(session_id, version_id, london_date(starts_at), people)
            for session_id, version_id, starts_at, people in db.session.execute(query)
        ),
        begin=scope.begin,
        end=scope.end,
    )


def _of(session_ids: Collection[int]) -> ColumnElement[bool]:
    return Booking.training_session_id.in_(session_ids)


# What else was said


@dataclass(frozen=True)
class Response:
    """How many were asked, or answered without, and how many of them sent it in."""

    asked: int = 0
    sent_in: int = 0


def responses(scope: Scope) -> Mapping[tuple[int, Stage], Response]:
    """How many sent in each stage, by course, in one query. That somebody answered tells nothing of what they said."""
    query = (
        _joined(
            select(CourseVersion.course_id, Evaluation.stage, func.count(), func.count(Evaluation.sent_in_at))
        )
        .where(scope.holds())
        .group_by(CourseVersion.course_id, Evaluation.stage)
    )
    return {
        (course_id, stage): Response(asked, sent_in)
        for course_id, stage, asked, sent_in in db.session.execute(query)
    }


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Evaluation)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(TrainingSession, TrainingSession.id == Booking.training_session_id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
    )


@dataclass(frozen=True)
class Share:
    """How many of those who answered chose this."""

    label: str
    people: int


@dataclass(frozen=True)
class Said:
    """What the people of one stage said, of sessions that may be shown: how many, shares of choices, and free words."""

    people: int
    means: Sequence[tuple[str, float]] = ()
    choices: Sequence[tuple[str, Sequence[Share]]] = ()
    words: Sequence[tuple[str, Sequence[str]]] = ()


CHOICES: Mapping[Stage, Sequence[tuple[str, str, type[StrEnum]]]] = {
    Stage.PRE: (),
    Stage.POST: (("When they expect to use it", "intended_use", IntendedUse),),
    Stage.FOLLOW_UP: (
        ("Whether they used it", "used", Used),
        ("What stood most in the way", "obstacle", Obstacle),
    ),
    Stage.MANAGER: (
        ("Whether practice changed", "practice_change", PracticeChange),
        ("Support that they gave", "support", Support),
    ),
}
WORDS: Mapping[Stage, Sequence[tuple[str, str]]] = {
    Stage.PRE: (("What they want from the course", "comment"),),
    Stage.POST: (("What they will do differently", "plan"), ("What to keep, and what to change", "comment")),
    Stage.FOLLOW_UP: (("What effect it had", "effect"), ("What would help", "comment")),
    Stage.MANAGER: (("What managers noticed", "comment"),),
}


def said(scope: Scope, stage: Stage, *, with_words: bool) -> Said:
    """What was said at a stage, apart from confidence: a handful of queries however many answered.

    Free words come in the order of the alphabet, which is that of nobody's answering.
    """
    sent_in = and_(scope.holds(), Evaluation.stage == stage, Evaluation.sent_in_at.is_not(None))
    by = (TrainingSession.id, TrainingSession.course_version_id, TrainingSession.starts_at)
    shown = _released(_joined(select(*by, func.count())).where(sent_in).group_by(*by), scope)
    if not shown:
        return Said(0)
    where = and_(sent_in, _of(shown))
    statements = STATEMENTS if stage is Stage.POST else {}
    people, *means = db.session.execute(
        _joined(
            select(func.count(), *(cast(func.avg(getattr(Evaluation, name)), Float) for name in statements))
        ).where(where)
    ).one()
    return Said(
        people,
        list(zip(statements.values(), means, strict=True)),
        [(title, _shares(getattr(Evaluation, name), kind, where)) for title, name, kind in CHOICES[stage]],
        _words(stage, where) if with_words else (),
    )


def _shares(column: Any, kind: Any, where: ColumnElement[bool]) -> Sequence[Share]:
    found: dict[Any, int] = dict(
        db.session.execute(_joined(select(column, func.count())).where(where).group_by(column)).all()
    )
    return [Share(one.label, found.get(one, 0)) for one in kind]


def _words(stage: Stage, where: ColumnElement[bool]) -> Sequence[tuple[str, Sequence[str]]]:
    columns = [getattr(Evaluation, name) for _, name in WORDS[stage]]
    found = db.session.execute(_joined(select(*columns)).where(where)).all()
    return [
        (title, sorted({row[place] for row in found if row[place]}, key=str.casefold))
        for place, (title, _) in enumerate(WORDS[stage])
    ]


@dataclass(frozen=True)
class Results:
    """All that is shown of a course, a version or a session. `lasting` is the change from after to the follow-up."""

    responses: Mapping[Stage, Response]
    change: Changes
    outcomes: Sequence[tuple[str, Change]]
    lasting: Changes
    said: Mapping[Stage, Said]

    @property
    def is_empty(self) -> bool:
        return not any(response.asked for response in self.responses.values())


def results(scope: Scope, *, with_words: bool) -> Results:
    """What was sent in of one course, version or session, as far as it may be shown."""
    responded: dict[Stage, Response] = {stage: Response() for stage in Stage}
    for (_, stage), response in responses(scope).items():
        responded[stage] = response
    with_pairs = sessions_with_pairs(scope, first=Stage.PRE, second=Stage.POST)
    return Results(
        responded,
        change_in_confidence(scope),
        change_by_outcome(with_pairs) if with_pairs else (),
        change_in_confidence(scope, first=Stage.POST, second=Stage.FOLLOW_UP),
        {stage: said(scope, stage, with_words=with_words) for stage in Stage},
    )


def sessions_evaluated(scope: Scope) -> Sequence[tuple[TrainingSession, Response]]:
    """The sessions with how many sent in what is asked after them, the latest first, in one query."""
    query = (
        select(TrainingSession, func.count(), func.count(Evaluation.sent_in_at))
        .join(Booking, Booking.training_session_id == TrainingSession.id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .join(Evaluation, and_(Evaluation.booking_id == Booking.id, Evaluation.stage == Stage.POST))
        .where(scope.holds())
        .group_by(TrainingSession.id)
        .order_by(TrainingSession.starts_at.desc(), TrainingSession.id)
        .options(selectinload(TrainingSession.course_version))
    )
    return [
        (training_session, Response(asked, sent_in))
        for training_session, asked, sent_in in db.session.execute(query)
    ]
