"""Which bookings are to be written about, and which letters about bookings have lost their reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from sscb_training.bookings import rules as booking_rules
from sscb_training.bookings.letters import rules
from sscb_training.bookings.models import LIVE, Approval, Booking, BookingStatus, Outcome
from sscb_training.bookings.queries import STARTS_AT
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, rows
from sscb_training.core.history import HistoryEntry
from sscb_training.core.mail import Letter, WhyNot
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.models import Course, CourseVersion, SessionPart, SessionStatus, TrainingSession
from sscb_training.people.models import Membership, Person

TO_DELEGATE, TO_MANAGER = "delegate", "manager"


def is_about(training_session_id: int) -> ColumnElement[bool]:
    """The condition on Letter that it is about a session, one of its bookings, or an approval of some.

    Each of the three is asked by itself: joined by OR, PostgreSQL would read every letter that there is.
    """
    of_session = Booking.training_session_id == training_session_id
    bookings = select(Booking.id).where(of_session)
    approvals = select(Booking.approval_id).where(of_session, Booking.approval_id.is_not(None))
    about = (
        (Letter.about_type == TrainingSession.__tablename__) & (Letter.about_id == training_session_id),
        (Letter.about_type == Booking.__tablename__) & Letter.about_id.in_(bookings),
        (Letter.about_type == Approval.__tablename__) & Letter.about_id.in_(approvals),
    )
    return Letter.id.in_(union_all(*(select(Letter.id).where(one).correlate(None) for one in about)))


@dataclass(frozen=True)
class LettersSent:
    """What became of a session's letters: how many went, and those that did not, the latest first."""

    went: int
    not_gone: Sequence[Letter]
    number_not_gone: int


def letters_about(training_session: TrainingSession, *, most: int = 10) -> LettersSent:
    """What a session's page says of its letters, in two queries; those that were dropped had lost their reason."""
    open_still = Letter.sent_at.is_(None) & Letter.dropped_at.is_(None)
    about = is_about(training_session.id)
    went, number_not_gone = db.session.execute(
        select(
            func.count(Letter.id).filter(Letter.sent_at.is_not(None)),
            func.count(Letter.id).filter(open_still),
        ).where(about)
    ).one()
    given_up_first = Letter.gave_up_at.is_(None)
    query = (
        select(Letter).where(about, open_still).order_by(given_up_first, Letter.queued_at.desc(), Letter.id)
    )
    return LettersSent(went, rows(query.limit(most)), number_not_gone)


def joining_key(booking_id: int, first_day: date, which: str, to: str) -> str:
    """What makes joining instructions go once to each of the two; for a day to which the date moved, once more."""
    return f"joining/{booking_id}/{first_day}/{which}/{to}"


def joining_due(now: datetime) -> Sequence[tuple[int, str]]:
    """The confirmed bookings whose joining instructions are due and not written yet, with which of the two."""
    numbers, today = board_numbers(), london_date(now)
    first, second = numbers.joining_days_first, numbers.joining_days_second
    until = at_london(today + timedelta(days=max(first, second) + 1))
    whole = _confirmed(TrainingSession.starts_at, now, until).where(Booking.part_id.is_(None))
    of_a_part = _confirmed(SessionPart.starts_at, now, until).join(Booking.part)
    confirmed = whole.union_all(of_a_part).order_by("starts_at", "id")
    due = [(booking_id, london_date(starts_at)) for booking_id, starts_at in db.session.execute(confirmed)]
    written = select(Letter.once_key).where(
        Letter.about_type == Booking.__tablename__, Letter.about_id.in_([booking_id for booking_id, _ in due])
    )
    keys = set(db.session.scalars(written))
    found = []
    for booking_id, first_day in due:
        which = rules.joining_round((first_day - today).days, first=first, second=second)
        if keys.isdisjoint(joining_key(booking_id, first_day, which, to) for to in (TO_DELEGATE, TO_MANAGER)):
            found.append((booking_id, which))
    return found


def _confirmed(
    starts_at: InstrumentedAttribute[datetime], now: datetime, until: datetime
) -> Select[int, datetime]:
    """Confirmed bookings that begin after now and before then, by this column, of delegates whom a letter can reach."""
    return (
        select(Booking.id.label("id"), starts_at.label("starts_at"))
        .join(Booking.training_session)
        .join(Booking.person)
        .where(
            Booking.status == BookingStatus.CONFIRMED,
            TrainingSession.status == SessionStatus.PUBLISHED,
            starts_at > now,
            starts_at < until,
            TrainingSession.ends_at > now,  # the same of the whole session, which an index finds
            TrainingSession.starts_at < until,
            or_(Person.email.is_not(None), Person.contact_email != "", Booking.membership_id.is_not(None)),
        )
    )


def why_no_joining(booking_id: int, now: datetime) -> str:
    """Nobody is told how to join what they have no place on, or what has begun."""
    status, session_status, starts_at = _state(booking_id)
    if status is not BookingStatus.CONFIRMED:
        return _it_is_now(status)
    if session_status is not SessionStatus.PUBLISHED:
        return "The session is not on."
    return "The session has started." if starts_at <= now else ""


def always(_row_id: int, _now: datetime) -> str:
    """A receipt, or word of what cannot be undone, is true however late it comes."""
    return ""


def why_not_received(booking_id: int, now: datetime) -> str:
    """It says until when there will be an answer."""
    status, _, _ = _state(booking_id)
    if status is not BookingStatus.AWAITING_APPROVAL:
        return _it_is_now(status)
    answer_by = db.session.scalar(
        select(Approval.answer_by).join(Approval.bookings).where(Booking.id == booking_id)
    )
    return "The time to answer is over." if answer_by is None or answer_by <= now else ""


def why_no_lapse(booking_id: int, _now: datetime) -> str:
    """Whoever waits again, or has a place by now, is not told that they could."""
    status, _, _ = _state(booking_id)
    return "" if status is BookingStatus.LAPSED else _it_is_now(status)


def why_no_change(booking_id: int, _now: datetime) -> str:
    """What changed about a booking concerns nobody once it has ended."""
    status, _, _ = _state(booking_id)
    return "" if status in LIVE else _it_is_now(status)


def why_no_date(training_session_id: int, now: datetime) -> str:
    """Nobody is told to book what they cannot book."""
    status, starts_at, published_at = db.session.execute(
        select(TrainingSession.status, TrainingSession.starts_at, Course.published_at)
        .join(TrainingSession.course_version)
        .join(CourseVersion.course)
        .where(TrainingSession.id == training_session_id)
    ).one()
    if status is not SessionStatus.PUBLISHED:
        return "The session is not on."
    if published_at is None:
        return "The course is not in the catalogue any more."
    return "The session has started." if starts_at <= now else ""


def why_not_on(training_session_id: int, _now: datetime) -> str:
    """That one part is off is no news once the whole session is."""
    status = db.session.scalar(
        select(TrainingSession.status).where(TrainingSession.id == training_session_id)
    )
    return "" if status is SessionStatus.PUBLISHED else "The session is not on."


def why_no_offer(booking_id: int, now: datetime) -> str:
    status, _, _ = _state(booking_id)
    if status is not BookingStatus.OFFERED:
        return _it_is_now(status)
    until = db.session.scalar(select(Booking.offer_until).where(Booking.id == booking_id))
    return "The time to answer is over." if until is None or until <= now else ""


def why_no_wait(booking_id: int, now: datetime) -> str:
    status, _, starts_at = _state(booking_id)
    if status is not BookingStatus.WAITLISTED:
        return _it_is_now(status)
    return "The session has started." if starts_at <= now else ""


def why_no_call(booking_id: int, now: datetime) -> str:
    """Nobody is called to a place that is gone, or to a session that has begun."""
    status, offer_until = db.session.execute(
        select(Booking.status, Booking.offer_until).where(Booking.id == booking_id)
    ).one()
    if status is not BookingStatus.WAITLISTED:
        return _it_is_now(status)
    return "No place is left." if offer_until is None or offer_until <= now else ""


def why_no_decision(booking_id: int, now: datetime) -> str:
    """Nobody is asked about a leaver's booking that was decided about, or whose delegate stays after all."""
    status, _, starts_at = _state(booking_id)
    if status not in LIVE:
        return _it_is_now(status)
    if starts_at <= now:
        return "The session has started."
    last_day, ends_at = db.session.execute(
        select(Membership.valid_to, TrainingSession.ends_at)
        .select_from(Booking)
        .join(Booking.training_session)
        .join(Booking.membership)
        .where(Booking.id == booking_id)
    ).one()
    left = booking_rules.outlasts_job(london_date(ends_at), last_day=last_day)
    return "" if left else "Nothing is left to decide."


def why_no_new_state(booking_id: int, now: datetime) -> str:
    """What a date is now concerns nobody whose booking has ended, nor anybody once it is over."""
    status, _, _ = _state(booking_id)
    if status not in LIVE:
        return _it_is_now(status)
    session_id = select(Booking.training_session_id).where(Booking.id == booking_id)
    return why_no_new_state_of_session(db.session.scalar(session_id) or 0, now)


def why_no_new_state_of_session(training_session_id: int, now: datetime) -> str:
    status, ends_at = db.session.execute(
        select(TrainingSession.status, TrainingSession.ends_at).where(
            TrainingSession.id == training_session_id
        )
    ).one()
    if status is not SessionStatus.PUBLISHED:
        return "The session is not on."
    return "The session is over." if ends_at <= now else ""


def why_no_absence(booking_id: int, _now: datetime) -> str:
    """A register may have been re-opened and corrected since it was closed."""
    outcome = db.session.scalar(select(Booking.outcome).where(Booking.id == booking_id))
    return "" if outcome is Outcome.DID_NOT_ATTEND else "The register was corrected."


def why_no_missed_part(booking_id: int, _now: datetime) -> str:
    """A register may have been corrected since, or the part was made up."""
    outcome = db.session.scalar(select(Booking.outcome).where(Booking.id == booking_id))
    return "" if outcome is Outcome.PART_ATTENDED else "No part is missing any more."


def why_no_approval(approval_id: int, now: datetime) -> str:
    """Nobody is asked for an answer that was given, that comes too late, or that would decide nothing."""
    answered_at, answer_by = db.session.execute(
        select(Approval.answered_at, Approval.answer_by).where(Approval.id == approval_id)
    ).one()
    if answered_at is not None:
        return "It was answered."
    if answer_by is not None and answer_by <= now:
        return "The time to answer is over."
    waiting = select(Booking.id).where(
        Booking.approval_id == approval_id, Booking.status == BookingStatus.AWAITING_APPROVAL
    )
    return "" if db.session.scalar(waiting.limit(1)) else "Nothing waits for this approval any more."


WHY_NOT: Mapping[str, WhyNot] = {
    "bookings/approval_lapsed": always,
    "bookings/approve": why_no_approval,
    "bookings/approve_reminder": why_no_approval,
    "bookings/cancelled": always,
    "bookings/carried_over": why_no_change,
    "bookings/changed": why_no_new_state,
    "bookings/changed_approver": why_no_approval,
    "bookings/changed_manager": why_no_new_state_of_session,
    "bookings/changed_trainer": why_no_new_state_of_session,
    "bookings/changed_trainer_off": why_no_new_state_of_session,
    "bookings/changed_trainer_on": why_no_new_state_of_session,
    "bookings/confirmed": why_no_joining,
    "bookings/declined": always,
    "bookings/did_not_attend": why_no_absence,
    "bookings/first_to_accept": why_no_call,
    "bookings/joining": why_no_joining,
    "bookings/joining_manager": why_no_joining,
    "bookings/left_behind": why_no_decision,
    "bookings/moved": why_no_joining,
    "bookings/moved_from": always,
    "bookings/moved_manager": why_no_joining,
    "bookings/new_date": why_no_date,
    "bookings/offer_lapsed": why_no_lapse,
    "bookings/offered": why_no_offer,
    "bookings/offered_instead": why_no_offer,
    "bookings/part_offer_lapsed": why_no_lapse,
    "bookings/part_offered": why_no_offer,
    "bookings/part_cancelled": why_no_change,
    "bookings/part_cancelled_manager": why_no_change,
    "bookings/part_missed": why_no_missed_part,
    "bookings/part_missed_manager": why_no_missed_part,
    "bookings/part_cancelled_trainer": why_not_on,
    "bookings/received": why_not_received,
    "bookings/session_cancelled": always,
    "bookings/session_cancelled_manager": always,
    "bookings/session_cancelled_trainer": always,
    "bookings/substitute": why_no_joining,
    "bookings/substituted": always,
    "bookings/substituted_manager": always,
    "bookings/team_booked": always,
    "bookings/waiting_instead": why_no_wait,
    "bookings/waitlisted": why_no_wait,
}
"""What is asked of these letters just before they are sent."""


def why_not_again(letter: Letter) -> str:
    """Once a date was changed, or a part of it is off, an earlier letter would say what was. Receipts stay true."""
    if WHY_NOT.get(letter.template, always) is always or letter.about_id is None:
        return ""
    by_kind = {
        TrainingSession.__tablename__: TrainingSession.id == letter.about_id,
        Booking.__tablename__: TrainingSession.id.in_(
            select(Booking.training_session_id).where(Booking.id == letter.about_id)
        ),
        Approval.__tablename__: TrainingSession.id.in_(
            select(Booking.training_session_id).where(Booking.approval_id == letter.about_id)
        ),
    }
    if letter.about_type not in by_kind:
        return ""
    changed = (
        select(HistoryEntry.id)
        .join(TrainingSession, TrainingSession.id == HistoryEntry.subject_id)
        .where(
            HistoryEntry.subject_type == TrainingSession.__tablename__,
            HistoryEntry.verb.in_(("changed", "part cancelled")),
            HistoryEntry.at > letter.queued_at,
            by_kind[letter.about_type],
        )
    )
    if db.session.scalar(changed.limit(1)) is None:
        return ""
    return (
        "The date was changed after this letter was written, so it may say what is no longer true. "
        "Send the letter about the change again, or write to the person."
    )


def _state(booking_id: int) -> tuple[BookingStatus, SessionStatus, datetime]:
    """Asked by columns, so that it is as of now and not as a row was read before."""
    status, session_status, starts_at = db.session.execute(
        select(Booking.status, TrainingSession.status, STARTS_AT)
        .join(Booking.training_session)
        .where(Booking.id == booking_id)
    ).one()
    return status, session_status, starts_at


def _it_is_now(status: BookingStatus) -> str:
    return f"The booking’s state has changed: {status.label}."
