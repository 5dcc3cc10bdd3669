"""What changes bookings that were made: cancelling one, and calling a session off."""

from datetime import datetime

from sscb_training.bookings import queries, rules
from sscb_training.bookings.charges.rules import why_nothing_follows
from sscb_training.bookings.charges.service import charge_cancellation
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.places.service import hold, offer_free_places
from sscb_training.bookings.service import BookingRefused, end, send_ending
from sscb_training.core import history, mail
from sscb_training.core.db import lock
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Person


def cancel(
    booking: Booking, *, reason: str, by: Person | None, now: datetime, board_decided: bool = False
) -> None:
    """Give up the place or the wait, send a dated receipt, and let the next who waits have the place.

    A late cancellation of a confirmed place is charged as its terms say; the receipt says whether.

    `board_decided` tells a place that the board took away from one that the delegate gave up, also when
    staff do it for the delegate.
    """
    training_session = booking.training_session
    hold(booking)
    if not booking.is_live:
        raise BookingRefused(f"Booking {booking.reference} has ended already. Nothing is left to cancel.")
    if rules.has_started(training_session.starts_at, now=now):
        raise BookingRefused(
            "This session has started, so the booking can no longer be cancelled. "
            "The register will show who did not come."
        )
    was = booking.status
    status = BookingStatus.CANCELLED_BY_BOARD if board_decided else BookingStatus.CANCELLED_BY_DELEGATE
    end(booking, status, reason=reason, by=by, now=now)
    charge = None if board_decided else charge_cancellation(booking, was=was, by=by, now=now)
    send_ending(
        "bookings/cancelled",
        booking,
        was=was,
        at=now,
        board_decided=board_decided,
        charge=charge,
        why_no_charge="the board cancelled it"
        if board_decided
        else why_nothing_follows(booking.charge_terms, was=was),
    )
    offer_free_places(training_session, now=now)


def cancel_session(
    training_session: TrainingSession, *, reason: str, by: Person | None, now: datetime
) -> None:
    """Call the session off: every live booking ends, and every delegate and trainer gets a letter.

    Those who waited are told too. It counts neither as a delegate's cancellation nor as not coming.
    """
    lock(training_session)
    if reason_to_refuse := queries.reason_not_to_cancel(training_session, now=now):
        raise BookingRefused(reason_to_refuse)
    training_session.status = SessionStatus.CANCELLED
    training_session.cancelled_at = now
    training_session.cancel_reason = reason
    history.record("cancelled", training_session, by=by, at=now, reason=reason)
    for booking in queries.live_bookings(training_session):
        was = booking.status
        end(booking, BookingStatus.CANCELLED_BY_BOARD, reason=reason, by=by, now=now)
        send_ending("bookings/session_cancelled", booking, was=was, at=now)
    for trainer in training_session.trainers:
        mail.queue(
            "bookings/session_cancelled_trainer",
            to=trainer.person.email,
            at=now,
            training_session=training_session,
            trainer=trainer,
        )
