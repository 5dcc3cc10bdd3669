"""What cancels a part."""

from datetime import datetime

from sscb_training.attendance.parts import queries
from sscb_training.bookings.letters.service import tell_of_cancelled_part
from sscb_training.bookings.models import BookingStatus
from sscb_training.bookings.places.service import keep_offers_until_start, offer_free_places
from sscb_training.bookings.service import end, send_ending
from sscb_training.core import history, mail
from sscb_training.core.db import lock
from sscb_training.core.errors import Refused
from sscb_training.courses.models import SessionPart
from sscb_training.people.models import Person


class PartRefused(Refused):
    """A part that cannot be cancelled."""


def cancel_part(part: SessionPart, *, reason: str, by: Person | None, now: datetime) -> None:
    """Call one part off: everybody concerned is told, its marks count for nothing, and the other parts go on.

    It cannot be undone: a part that is on after all is a new date.
    """
    training_session = part.training_session
    lock(training_session)
    lock(part)
    if why := queries.reason_not_to_cancel(part, now=now):
        raise PartRefused(why)
    part.cancelled_at, part.cancel_reason = now, reason
    training_session.starts_at = training_session.parts_on[0].starts_at
    training_session.ends_at = training_session.parts_on[-1].ends_at
    keep_offers_until_start(training_session)
    history.record("part cancelled", training_session, by=by, at=now, part=part.name, reason=reason)
    for booking in queries.concerned(part):
        if booking.part_id == part.id:
            was = booking.status
            end(booking, BookingStatus.CANCELLED_BY_BOARD, reason=reason, by=by, now=now)
            send_ending("bookings/session_cancelled", booking, was=was, at=now)
        else:
            tell_of_cancelled_part(booking, part, now=now)
    for trainer in training_session.trainers:
        mail.queue(
            "bookings/part_cancelled_trainer",
            to=trainer.person.email,
            at=now,
            training_session=training_session,
            part=part,
            trainer=trainer,
        )
    offer_free_places(training_session, now=now)
