"""Who is to be asked, what somebody has still to send in, and what a certificate waits for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.mail import WhyNot
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.evaluations import rules
from sscb_training.evaluations.models import Evaluation, EvaluationPlan, Stage
from sscb_training.people.models import Membership, Person

SIGNED_FOR = "send in an evaluation"
"""What the link of an evaluation is signed for, with the booking and the stage: it opens nothing else."""

LETTERS = {
    Stage.PRE: "evaluations/before",
    Stage.POST: "evaluations/after",
    Stage.FOLLOW_UP: "evaluations/follow_up",
    Stage.MANAGER: "evaluations/manager",
}
"""The letter that asks for a stage; sent again it is the reminder."""

CAME = (Outcome.ATTENDED, Outcome.PART_ATTENDED)

_COURSE = joinedload(TrainingSession.course_version).joinedload(CourseVersion.course)
_IN_FULL = (
    joinedload(Booking.person),
    joinedload(Booking.membership).joinedload(Membership.agency),
    joinedload(Booking.training_session).options(_COURSE, selectinload(TrainingSession.parts)),
)


def numbers() -> rules.Numbers:
    """The board's numbers about evaluations, in force now."""
    of_board = board_numbers()
    return rules.Numbers(
        of_board.evaluation_days_before,
        of_board.evaluation_open_days,
        of_board.follow_up_weeks,
        of_board.follow_up_with_manager_weeks,
    )


def plan_row(course: Course) -> EvaluationPlan | None:
    """What staff said that the course asks for, if they have."""
    return row_or_none(select(EvaluationPlan).where(EvaluationPlan.course_id == course.id))


def plan_of(course: Course) -> rules.Plan:
    """What the course asks for."""
    return _as_plan(plan_row(course))


def plans(course_ids: Collection[int]) -> Mapping[int, rules.Plan]:
    """What each of these courses asks for, in one query."""
    found = rows(select(EvaluationPlan).where(EvaluationPlan.course_id.in_(course_ids)))
    return dict.fromkeys(course_ids, rules.USUAL) | {row.course_id: _as_plan(row) for row in found}


def _as_plan(row: EvaluationPlan | None) -> rules.Plan:
    if row is None:
        return rules.USUAL
    return rules.Plan(
        row.asks_before, row.asks_after, row.follow_up, row.follow_up_weeks, row.certificate_waits
    )


def evaluation_of(booking: Booking, stage: Stage) -> Evaluation | None:
    """What was asked or sent in, as it is at this moment."""
    return row_or_none(
        select(Evaluation)
        .where(Evaluation.booking_id == booking.id, Evaluation.stage == stage)
        .execution_options(populate_existing=True)
    )


def window_of(booking: Booking, stage: Stage) -> rules.Window | None:
    """When a stage of the booking can be sent in; None where it is not asked for."""
    training_session = booking.training_session
    return rules.window(
        stage,
        plan_of(training_session.course),
        numbers(),
        starts_at=training_session.starts_at,
        ends_at=training_session.ends_at,
    )


def closed_because(booking: Booking, stage: Stage, *, now: datetime) -> str:
    """Why nothing can be sent in, in a sentence; empty while it can."""
    window = window_of(booking, stage)
    session = booking.training_session
    if (
        window is None
        or session.status is not SessionStatus.PUBLISHED
        or not rules.concerns(
            stage, booking.status, booking.outcome, is_of_a_part=booking.part_id is not None
        )
    ):
        return "There is nothing to send in for this booking."
    if now < window.opens_at:
        return "It is too early to send this in."
    return "The time to send this in is over." if now >= window.closes_at else ""


def own_booking(person: Person, booking_id: int) -> Booking:
    """The person's own booking; otherwise 404."""
    return row_or_404(
        select(Booking).where(Booking.id == booking_id, Booking.person_id == person.id).options(*_IN_FULL)
    )


def booking_of_link(booking_id: int) -> Booking:
    """The booking that a signed link names. Its page shows no more than a first name and the course."""
    return row_or_404(select(Booking).where(Booking.id == booking_id).options(*_IN_FULL))


# What somebody has still to send in


@dataclass(frozen=True)
class ToSendIn:
    """A stage that waits for somebody. `releases_certificate`: their certificate waits for it."""

    booking: Booking
    stage: Stage
    closes_at: datetime
    releases_certificate: bool


def to_send_in(person: Person, *, now: datetime) -> Sequence[ToSendIn]:
    """All that somebody can send in now, what closes first coming first; three queries however much it is."""
    of_board = numbers()
    longest = timedelta(weeks=rules.MOST_WEEKS, days=of_board.open_days)
    bookings = rows(
        select(Booking)
        .join(Booking.training_session)
        .where(
            Booking.person_id == person.id,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.part_id.is_(None),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.starts_at <= now + timedelta(days=of_board.days_before),
            TrainingSession.ends_at > now - longest,
        )
        .options(contains_eager(Booking.training_session).options(_COURSE))
    )
    if not bookings:
        return []
    planned = plans({booking.training_session.course.id for booking in bookings})
    done = _sent_in(booking.id for booking in bookings)
    found = []
    for booking in bookings:
        session = booking.training_session
        plan = planned[session.course.id]
        for stage in (Stage.PRE, Stage.POST, Stage.FOLLOW_UP):
            window = rules.window(stage, plan, of_board, starts_at=session.starts_at, ends_at=session.ends_at)
            if (
                window is not None
                and window.is_open(now)
                and (booking.id, stage) not in done
                and rules.concerns(stage, booking.status, booking.outcome)
            ):
                releases = (
                    stage is Stage.POST and plan.holds_certificate and booking.outcome is Outcome.ATTENDED
                )
                found.append(ToSendIn(booking, stage, window.closes_at, releases))
    return sorted(found, key=lambda one: (one.closes_at, one.booking.id))


def _sent_in(booking_ids: Iterable[int]) -> frozenset[tuple[int, Stage]]:
    query = select(Evaluation.booking_id, Evaluation.stage).where(
        Evaluation.booking_id.in_(list(booking_ids)), Evaluation.sent_in_at.is_not(None)
    )
    return frozenset((booking_id, stage) for booking_id, stage in db.session.execute(query))


def waits_for_evaluation(booking: Booking, *, now: datetime) -> bool:
    """Whether the certificate of this booking waits for what its delegate sends in straight after the course."""
    return booking.id in waiting_for_evaluation([booking], now=now)


def waiting_for_evaluation(bookings: Collection[Booking], *, now: datetime) -> frozenset[int]:
    """Those of these bookings whose certificate waits for an evaluation; two queries however many they are.

    It waits no longer than the evaluation can be sent in, and not for somebody whom no letter reaches. An
    accreditation never waits.
    """
    attended = [one for one in bookings if one.outcome is Outcome.ATTENDED and one.part_id is None]
    if not attended:
        return frozenset()
    of_board = numbers()
    planned = plans({one.training_session.course.id for one in attended})
    done = _sent_in(one.id for one in attended)
    return frozenset(
        one.id
        for one in attended
        if planned[one.training_session.course.id].holds_certificate
        and now < one.training_session.ends_at + timedelta(days=of_board.open_days)
        and (one.id, Stage.POST) not in done
        and (one.person.email or one.person.contact_email)
    )


# Who is to be asked


def due(stage: Stage, *, now: datetime) -> Sequence[int]:
    """The bookings whose delegate, or whose manager, is to be asked now and was not."""
    of_board = numbers()
    found: list[int] = []
    for plan, course_ids in _courses_by_plan().items():
        open_from = rules.window(stage, plan, of_board, starts_at=now, ends_at=now)
        if open_from is None:
            continue
        earliest, latest = now - (open_from.closes_at - now), now - (open_from.asks_at - now)
        found += rows(
            select(Booking.id)
            .join(Booking.training_session)
            .join(TrainingSession.course_version)
            .join(Booking.person)
            .outerjoin(Booking.membership)
            .where(
                CourseVersion.course_id.in_(course_ids),
                Booking.status == BookingStatus.CONFIRMED,
                Booking.part_id.is_(None),
                TrainingSession.status == SessionStatus.PUBLISHED,
                _concerned(stage, earliest, latest, now),
                ~exists().where(Evaluation.booking_id == Booking.id, Evaluation.stage == stage),
            )
            .order_by(Booking.id)
        )
    return found


def _concerned(stage: Stage, earliest: datetime, latest: datetime, now: datetime) -> ColumnElement[bool]:
    starts, ends = TrainingSession.starts_at, TrainingSession.ends_at
    if stage is Stage.PRE:
        return and_(
            starts > now,
            starts <= latest,
            Booking.outcome.is_(None),
            Booking.unscheduled.is_(False),
            _REACHED,
        )
    came = and_(ends > earliest, ends <= latest, Booking.outcome.in_(CAME))
    return and_(came, _MANAGED if stage is Stage.MANAGER else _REACHED)


_REACHED = or_(Person.email.is_not(None), Person.contact_email != "")
_MANAGED = and_(
    Membership.manager_email != "",
    or_(Person.email_key.is_(None), func.lower(Membership.manager_email) != Person.email_key),
)


def _courses_by_plan() -> Mapping[rules.Plan, Sequence[int]]:
    found: dict[rules.Plan, list[int]] = {}
    query = (
        select(Course.id, EvaluationPlan)
        .outerjoin(EvaluationPlan, EvaluationPlan.course_id == Course.id)
        .order_by(Course.id)
    )
    for course_id, row in db.session.execute(query):
        found.setdefault(_as_plan(row), []).append(course_id)
    return found


def to_remind(*, now: datetime) -> Sequence[int]:
    """The evaluations that were asked for, or reminded, so many days ago, and can still be sent in."""
    of_board = board_numbers()
    last_asked = now - timedelta(days=of_board.evaluation_reminder_days)
    open_at_most = timedelta(days=of_board.evaluation_open_days + of_board.evaluation_days_before)
    is_open = exists().where(
        Booking.id == Evaluation.booking_id,
        Booking.status == BookingStatus.CONFIRMED,
        TrainingSession.id == Booking.training_session_id,
        TrainingSession.status == SessionStatus.PUBLISHED,
        or_(
            and_(Evaluation.stage == Stage.PRE, TrainingSession.starts_at > now - rules.ON_ARRIVAL),
            and_(
                Evaluation.stage != Stage.PRE,
                Evaluation.asked_at > now - timedelta(days=of_board.evaluation_open_days),
            ),
        ),
    )
    return rows(
        select(Evaluation.id)
        .where(
            Evaluation.sent_in_at.is_(None),
            Evaluation.asked_at.between(now - open_at_most, last_asked),
            func.coalesce(Evaluation.reminded_at, Evaluation.asked_at) <= last_asked,
            Evaluation.reminders < of_board.evaluation_reminders,
            is_open,
        )
        .order_by(Evaluation.asked_at, Evaluation.id)
    )


def why_not_asked(stage: Stage, booking_id: int, now: datetime) -> str:
    """Nobody is asked for what was sent in, or cannot be any more."""
    booking = booking_of_link(booking_id)
    evaluation = evaluation_of(booking, stage)
    if evaluation is not None and evaluation.sent_in_at is not None:
        return "It was sent in."
    return closed_because(booking, stage, now=now)


WHY_NOT: Mapping[str, WhyNot] = {
    template: partial(why_not_asked, stage) for stage, template in LETTERS.items()
}
"""What is asked of these letters just before they are sent."""
