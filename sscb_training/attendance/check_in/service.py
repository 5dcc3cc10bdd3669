"""What delegates do at the door by themselves, and what trainers make of it."""

from datetime import datetime

from sscb_training.attendance import queries as registers
from sscb_training.attendance import service as register
from sscb_training.attendance.check_in import queries, rules
from sscb_training.attendance.door.service import let_in
from sscb_training.attendance.models import CheckIn, DoorRequest, Mark
from sscb_training.bookings.models import Booking
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.courses.models import SessionPart, SessionStatus, TrainingSession
from sscb_training.people.models import Membership, Person


class CheckInRefused(Refused):
    """Somebody who cannot check in by themselves."""


def check_in(booking: Booking, part: SessionPart, *, by: Person | None, now: datetime) -> CheckIn:
    """Note that the delegate says they are there. Doing it again changes nothing; it marks nobody.

    `by` is empty when they proved themselves by their reference and not by signing in.
    """
    _hold(part, now=now)
    db.session.refresh(booking)
    if not booking.is_confirmed or part not in booking.parts:
        raise CheckInRefused("You have no place in this session any more. Speak to the trainer.")
    if existing := queries.check_in_of(booking, part):
        return existing
    made = CheckIn(session_part_id=part.id, booking_id=booking.id, checked_in_at=now)
    db.session.add(made)
    history.record("checked in", booking, by=by, at=now, part=part.name, with_reference=by is None)
    return made


def ask_to_be_let_in(
    part: SessionPart, person: Person, *, membership: Membership | None, now: datetime
) -> DoorRequest:
    """Put somebody without a place before the trainer, who decides. Asking again changes nothing."""
    _hold(part, now=now)
    if part.training_session.repeats_part is not None:
        raise CheckInRefused(
            "This date is for those who make up a part. Speak to the trainer, or to the board’s staff."
        )
    if existing := queries.request_of(person, part):
        return existing
    asked = DoorRequest(
        session_part_id=part.id,
        person_id=person.id,
        membership_id=membership.id if membership else None,
        asked_at=now,
    )
    db.session.add(asked)
    history.record("asked to be let in", part.training_session, by=person, at=now, part=part.name)
    return asked


def _hold(part: SessionPart, *, now: datetime) -> None:
    training_session = part.training_session
    lock(training_session)
    db.session.refresh(part)
    if training_session.status is not SessionStatus.PUBLISHED or not part.is_on:
        raise CheckInRefused("This session is not on. Speak to the trainer.")
    if not rules.is_open(part.starts_at, part.ends_at, now=now):
        raise CheckInRefused("Checking in to this session is closed. Speak to the trainer.")
    taken = registers.register_of(training_session)
    if taken is not None and taken.closed_at is not None:
        raise CheckInRefused("The register of this session is closed. Speak to the trainer.")


def let_in_who_asked(request: DoorRequest, *, by: Person | None, now: datetime) -> Booking:
    """Put somebody who asked onto the register, as one who came without booking and is checked in."""
    part = request.session_part
    _still_asked(request)
    booking = let_in(part.training_session, request.person, membership=request.membership, by=by, now=now)
    db.session.add(CheckIn(session_part_id=part.id, booking_id=booking.id, checked_in_at=request.asked_at))
    db.session.delete(request)
    return booking


def turn_away(request: DoorRequest, *, by: Person | None, now: datetime) -> None:
    """Answer somebody who asked to be let in that they cannot be."""
    _still_asked(request)
    training_session = request.session_part.training_session
    history.record("turned away", training_session, by=by, at=now, person=request.person_id)
    db.session.delete(request)


def _still_asked(request: DoorRequest) -> None:
    """Hold the session and the question; one that another trainer has answered is not found."""
    lock(request.session_part.training_session)
    lock(request)


def confirm_check_ins(
    training_session: TrainingSession, part: SessionPart, *, by: Person | None, now: datetime
) -> int:
    """Mark everybody who checked in to this part and has no mark yet as attended; how many that were.

    A mark that a trainer made stands, whatever it is.
    """
    lock(training_session)
    sheet = registers.sheet(training_session)
    cells = {cell for cell in sheet.checked_in if cell[1] == part.id and cell not in sheet.marks}
    on_it = {booking.id for booking in sheet.delegates}
    marks = {cell: Mark.ATTENDED for cell in cells if cell[0] in on_it}
    if marks:
        register.save_register(training_session, marks=marks, scores={}, by=by, now=now)
    return len(marks)
