"""Whose evaluations are asked for, and how confident those people felt before and after."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, Subquery, and_, case, cast, func, null, select, true
from sqlalchemy.orm import aliased

from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.evaluations.models import (
    Evaluation,
    Rating,
    Stage,
)
from sscb_training.evaluations.queries import CAME
from sscb_training.evaluations.results import rules
from sscb_training.evaluations.results.rules import Change, Of, Sums
from sscb_training.people.models import Membership

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class By(StrEnum):
    """What a change in confidence is told by."""

    COURSE = "course"
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
        """The condition on the joined session, its version and the booking. Who did not come is in no figure.

        Not asked with OR: SQLite would find every booking that there ever was by its outcome, and then its date.
        """
        came_or_may = func.coalesce(Booking.outcome.in_(CAME), true())
        conditions = [Booking.status == BookingStatus.CONFIRMED, came_or_may]
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
        # with nothing after it, or SQLite would sort all ratings by their words first
        .join(later, and_(later.evaluation_id == after.id, later.outcome + "" == earlier.outcome))
        .join(Booking, Booking.id == before.booking_id)
        .outerjoin(Membership, Membership.id == Booking.membership_id)
        .join(TrainingSession, TrainingSession.id == Booking.training_session_id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .where(before.stage == first, before.sent_in_at.is_not(None), after.sent_in_at.is_not(None))
    )


def _sums(before: ColumnElement[Any], after: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    """What pairs come to, each of two values or of none."""
    change = after - before
    return (
        func.count(before),
        *(func.coalesce(cast(func.sum(one), Float), 0.0) for one in (before, after, change, change * change)),
    )


@dataclass(frozen=True)
class _Some:
    """The pairs of one session, or of one agency in it: from before to after, and from after to the follow-up."""

    training_session_id: int
    course_version_id: int
    course_id: int
    agency_id: int | None
    on: date
    change: Sums
    lasting: Sums


def _pairs_by_session(scope: Scope, *, by_agency: bool) -> Sequence[_Some]:
    """Each person as the mean of the outcomes that they rated twice, added up by session, in one query; `by_agency`: and by
    the agency that they booked for.

    What was said after the course is read once, for what it is compared with on either side.
    """
    people = _people(scope, by_agency=by_agency)
    rated, earlier, later = aliased(Rating), aliased(Rating), aliased(Rating)
    means = {
        "before": earlier.confidence,
        "after": case((earlier.id.is_not(None), rated.confidence)),
        "after_too": case((later.id.is_not(None), rated.confidence)),
        "later": later.confidence,
    }
    each = (
        select(
            people.c.date_id,
            people.c.agency_id,
            *(cast(func.avg(one), Float).label(name) for name, one in means.items()),
        )
        .select_from(people)
        .join(rated, rated.evaluation_id == people.c.after_id)
        .outerjoin(earlier, _in_same_words(earlier, people.c.before_id, rated))
        .outerjoin(later, _in_same_words(later, people.c.later_id, rated))
        .group_by(people.c.date_id, people.c.booking_id, people.c.agency_id)
        .subquery("each")
    )
    of = each.c
    added_up = (
        select(
            of.date_id,
            of.agency_id,
            *_named("change", _sums(of.before, of.after)),
            *_named("lasting", _sums(of.after_too, of.later)),
        )
        .group_by(of.date_id, of.agency_id)
        .subquery("added_up")
    )
    query = (
        select(
            TrainingSession.course_version_id, CourseVersion.course_id, TrainingSession.starts_at, *added_up.c
        )
        .join(TrainingSession, TrainingSession.id == added_up.c.date_id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
    )
    return [
        _Some(
            date_id,
            version_id,
            course_id,
            agency_id,
            london_date(starts_at),
            Sums(*sums[:5]),
            Sums(*sums[5:]),
        )
        for version_id, course_id, starts_at, date_id, agency_id, *sums in db.session.execute(query)
    ]


def _named(step: str, sums: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [one.label(f"{step}_{place}") for place, one in enumerate(sums)]


def _people(scope: Scope, *, by_agency: bool) -> Subquery:
    """The bookings of which the evaluation after the course was sent in, with it and with those before and later."""
    before, after, later = aliased(Evaluation), aliased(Evaluation), aliased(Evaluation)
    query = (
        select(
            TrainingSession.id.label("date_id"),
            Booking.id.label("booking_id"),
            (Membership.agency_id if by_agency else null()).label("agency_id"),
            before.id.label("before_id"),
            after.id.label("after_id"),
            later.id.label("later_id"),
        )
        .select_from(TrainingSession)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .join(Booking, Booking.training_session_id == TrainingSession.id)
        .join(after, _sent_in(after, Stage.POST))
        .outerjoin(before, _sent_in(before, Stage.PRE))
        .outerjoin(later, _sent_in(later, Stage.FOLLOW_UP))
        .where(scope.holds())
    )
    if by_agency:
        query = query.outerjoin(Membership, Membership.id == Booking.membership_id)
    # set apart, so that it is found by its dates and not by its ratings
    return query.offset(0).subquery("people")


def _sent_in(evaluation: type[Evaluation], stage: Stage) -> ColumnElement[bool]:
    """Asked as a range, so that SQLite reads no more than an index."""
    return and_(
        evaluation.booking_id == Booking.id, evaluation.stage == stage, evaluation.sent_in_at > LONG_AGO
    )


def _in_same_words(
    rating: type[Rating], evaluation_id: ColumnElement[int], other: type[Rating]
) -> ColumnElement[bool]:
    """An evaluation has each outcome once."""
    return and_(rating.evaluation_id == evaluation_id, rating.outcome == other.outcome)


@dataclass(frozen=True)
class Changes:
    """The change in confidence of all, and by what was asked; whatever is missing may not be shown.

    By agency the key None holds those that may not be shown by themselves, together. `left_out` are the pairs of sessions
    too small to be in any figure.
    """

    overall: Change | None
    by: Mapping[int | None, Change]
    left_out: int


def change_in_confidence(scope: Scope = Scope(), *, by: By = By.COURSE) -> Changes:
    """How confidence changed from before to after, of people who sent in both, in one query.

    By agency it is for the caller to ask for whole quarters (`rules.whole_quarters`), or two periods could be subtracted.
    """
    return changes_in_confidence(scope, by=by)[0]


def changes_in_confidence(scope: Scope = Scope(), *, by: By = By.COURSE) -> tuple[Changes, Changes]:
    """The same, and how it changed from after to the follow-up; both in one query."""
    found = _pairs_by_session(scope, by_agency=by is By.AGENCY)
    change, lasting = [(one, one.change) for one in found], [(one, one.lasting) for one in found]
    return _changes(change, scope, by), _changes(lasting, scope, by)


def _changes(pairs: Sequence[tuple[_Some, Sums]], scope: Scope, by: By) -> Changes:
    found = [(one, sums) for one, sums in pairs if sums.pairs]
    sizes: dict[int, Of] = {}
    for one, sums in found:
        before = sizes.get(one.training_session_id)
        people = sums.pairs + (before.people if before else 0)
        sizes[one.training_session_id] = Of(one.training_session_id, one.course_version_id, one.on, people)
    shown = rules.released(sizes.values(), begin=scope.begin, end=scope.end)
    kept = [(one, sums) for one, sums in found if one.training_session_id in shown]
    grouped: dict[int | None, list[Sums]] = {}
    for key, sums in _by_agency(kept) if by is By.AGENCY else ((_KEYS[by](one), sums) for one, sums in kept):
        grouped.setdefault(key, []).append(sums)
    figures = {key: rules.change(reduce(add, sums)) for key, sums in grouped.items()}
    total = sum((one.people for one in sizes.values()), 0)
    overall = reduce(add, (sums for _, sums in kept), Sums())
    return Changes(
        rules.change(overall),
        {key: figure for key, figure in figures.items() if figure is not None},
        total - overall.pairs,
    )


_KEYS: Mapping[By, Callable[[_Some], int]] = {
    By.COURSE: lambda one: one.course_id,
    By.SESSION: lambda one: one.training_session_id,
}


def _by_agency(found: Sequence[tuple[_Some, Sums]]) -> Sequence[tuple[int | None, Sums]]:
    """The sums by agency, in each calendar quarter by itself: there those with too few people stand together as None."""
    quarters: dict[tuple[int, int], dict[int | None, Sums]] = {}
    for one, sums in found:
        agencies = quarters.setdefault(rules.quarter(one.on), {})
        agencies[one.agency_id] = agencies.get(one.agency_id, Sums()) + sums
    lines = []
    for agencies in quarters.values():
        people = {key: sums.pairs for key, sums in agencies.items() if key is not None}
        shown = rules.lumped(people, beside=agencies.get(None, Sums()).pairs)
        lines += [(key if key in shown else None, sums) for key, sums in agencies.items()]
    return lines


def change_by_outcome(
    session_ids: Collection[int], *, first: Stage = Stage.PRE, second: Stage = Stage.POST
) -> Sequence[tuple[str, Change]]:
    """The change in confidence in each outcome of these sessions, in the order in which they were asked."""
    pairs = confidence_pairs(first, second).where(Scope().holds(), of_sessions(session_ids)).subquery()
    found = db.session.execute(
        select(pairs.c.outcome, *_sums(pairs.c.before, pairs.c.after))
        .group_by(pairs.c.outcome)
        .order_by(func.min(pairs.c.position), pairs.c.outcome)
    )
    figures = [(outcome, rules.change(Sums(*sums))) for outcome, *sums in found]
    return [(outcome, figure) for outcome, figure in figures if figure is not None]


def sessions_with_pairs(scope: Scope, *, first: Stage, second: Stage) -> frozenset[int]:
    """The sessions whose pairs may be shown."""
    pairs = confidence_pairs(first, second).where(scope.holds()).subquery()
    by = (pairs.c.training_session_id, pairs.c.course_version_id, pairs.c.starts_at)
    query = select(*by, func.count(func.distinct(pairs.c.booking_id))).group_by(*by)
    return released({tuple(session): people for *session, people in db.session.execute(query)}, scope)


def released(people: Mapping[tuple[Any, ...], int], scope: Scope) -> frozenset[int]:
    """Of sessions, each with its version and when it began, those whose people may be counted."""
    return rules.released(
        (
            Of(session_id, version_id, london_date(starts_at), number)
            for (session_id, version_id, starts_at), number in people.items()
        ),
        begin=scope.begin,
        end=scope.end,
    )


def of_sessions(session_ids: Collection[int]) -> ColumnElement[bool]:
    return Booking.training_session_id.in_(session_ids)
