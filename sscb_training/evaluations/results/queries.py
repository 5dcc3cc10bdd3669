"""Figures of evaluations, put together of whole sessions that may be shown (`rules.released`)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, case, cast, func, select
from sqlalchemy.orm import selectinload

from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.evaluations.models import (
    Evaluation,
    IntendedUse,
    Obstacle,
    PracticeChange,
    Stage,
    Support,
    Used,
)
from sscb_training.evaluations.results.confidence import (
    Changes,
    Scope,
    change_by_outcome,
    changes_in_confidence,
    of_sessions,
    released,
    sessions_with_pairs,
)
from sscb_training.evaluations.results.rules import Change
from sscb_training.evaluations.rules import STATEMENTS

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
    of_date = (TrainingSession.id, TrainingSession.course_version_id, TrainingSession.starts_at)
    answers = [getattr(Evaluation, name) for _, name, _ in CHOICES[stage]]
    # set apart, or SQLite would read all evaluations that there ever were
    each = _joined(select(*of_date, *answers)).where(sent_in).offset(0).subquery("each")
    choices = [
        (title, label, func.count(case((each.c[name] == word, 1))))
        for title, name, kind in CHOICES[stage]
        for word, label in _labels(kind)
    ]
    by = [each.c[column.name] for column in of_date]
    dates = db.session.execute(
        select(*by, func.count(), *(number for _, _, number in choices)).group_by(*by)
    ).all()
    shown = released({tuple(one[:3]): one[3] for one in dates}, scope)
    if not shown:
        return Said(0)
    where = and_(sent_in, of_sessions(shown))
    statements = STATEMENTS if stage is Stage.POST else {}
    means = [cast(func.avg(getattr(Evaluation, name)), Float) for name in statements]
    people, *chosen = (
        sum(numbers) for numbers in zip(*(one[3:] for one in dates if one[0] in shown), strict=True)
    )
    shares: dict[str, list[Share]] = defaultdict(list)
    for (title, label, _), number in zip(choices, chosen, strict=True):
        shares[title].append(Share(label, number))
    return Said(
        people,
        list(
            zip(
                statements.values(),
                db.session.execute(_joined(select(*means)).where(where)).one(),
                strict=True,
            )
        )
        if means
        else [],
        list(shares.items()),
        _words(stage, where) if with_words else (),
    )


def _labels(kind: Any) -> Sequence[tuple[Any, str]]:
    return [(one, one.label) for one in kind]


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
    change, lasting = changes_in_confidence(scope)
    with_pairs = sessions_with_pairs(scope, first=Stage.PRE, second=Stage.POST)
    return Results(
        responded,
        change,
        change_by_outcome(with_pairs) if with_pairs else (),
        lasting,
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
