"""What changes bookings: asking for a place, giving it up, promoting who waits, calling a session off.

Every verb that counts places holds the training session's row first, so that two people after the last
place are answered one after the other. Constraints of the database stand behind each lock.
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy.exc import IntegrityError

from sscb_training.bookings import queries, rules
from sscb_training.bookings.models import AccessNeeds, Booking, BookingStatus, Outcome
from sscb_training.core import calendar, history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.pages import public_link
from sscb_training.core.times import london_date
from sscb_training.courses.dates import rules as date_rules
from sscb_training.courses.models import SessionPart, SessionStatus, TrainingSession
from sscb_training.people.models import Membership, Person

INVITED, CALLED_OFF = 0, 1
"""Sequence numbers of a calendar entry: a cancellation comes after its invitation."""


class BookingRefused(Refused):
    """A booking that cannot be made or changed."""


def request_place(
    training_session: TrainingSession,
    person: Person,
    *,
    membership: Membership,
    access_needs: str = "",
    form_key: str | None = None,
    by: Person | None,
    now: datetime,
) -> Booking:
    """Book the person in, or onto the waiting list when the session is full.

    The same form sent again (its `form_key`) gives the booking that it made, and nothing more happens.
    """
    lock(training_session)
    if form_key and (made_before := queries.booking_of_form(training_session, person, form_key=form_key)):
        return made_before
    _refuse_unless_open(training_session, now)
    _refuse_a_second(training_session, person)
    _refuse_unless_own(membership, person, now)

    status = rules.status_for(
        capacity=training_session.capacity,
        taken=queries.places_taken(training_session),
        waiting=queries.number_waiting(training_session),
    )
    is_confirmed = status is BookingStatus.CONFIRMED
    booking = _added(
        Booking(
            reference=_new_reference(),
            training_session=training_session,
            person=person,
            membership=membership,
            status=status,
            form_key=form_key,
            requested_at=now,
            requested_by_id=by.id if by else None,
            confirmed_at=now if is_confirmed else None,
            waitlisted_at=None if is_confirmed else now,
            access_needs=_access_needs(access_needs, training_session),
        )
    )
    history.record("requested", booking, by=by, at=now, status=status.label, agency=membership.agency.name)
    if is_confirmed:
        _send_invitation("bookings/confirmed", booking, at=now)
    else:
        mail.queue("bookings/waitlisted", to=person.email, at=now, booking=booking)
    return booking


def cancel(
    booking: Booking, *, reason: str, by: Person | None, now: datetime, board_decided: bool = False
) -> None:
    """Give up the place or the wait, send a dated receipt, and let the first who waits have the place.

    `board_decided` tells a place that the board took away from one that the delegate gave up, also when
    staff do it for the delegate.
    """
    training_session = booking.training_session
    lock(training_session)
    db.session.refresh(booking)  # or two cancellations at once would promote two people
    if not booking.is_live:
        raise BookingRefused(f"Booking {booking.reference} has ended already. Nothing is left to cancel.")
    if rules.has_started(training_session.starts_at, now=now):
        raise BookingRefused(
            "This session has started, so the booking can no longer be cancelled. "
            "The register will show who did not come."
        )
    held_a_place = booking.holds_a_place
    _end(booking, reason=reason, by=by, now=now, board_decided=board_decided)
    mail.queue(
        "bookings/cancelled",
        to=booking.person.email,
        at=now,
        calendar=_calendar(booking, method="CANCEL", at=now) if held_a_place else None,
        calendar_method="CANCEL",
        booking=booking,
        held_a_place=held_a_place,
        board_decided=board_decided,
    )
    promote_waiting(training_session, now=now)


def promote_waiting(training_session: TrainingSession, *, now: datetime) -> Sequence[Booking]:
    """Give free places to those who wait, first come first served; never once the session has started.

    The one way from the waiting list to a place: whatever frees places calls it.
    """
    lock(training_session)
    if not rules.is_open(training_session.status, training_session.starts_at, now=now):
        return []
    first_come = queries.waiting(training_session)
    free = rules.places_to_give(
        capacity=training_session.capacity,
        taken=queries.places_taken(training_session),
        waiting=len(first_come),
    )
    for booking in first_come[:free]:
        booking.status = BookingStatus.CONFIRMED
        booking.confirmed_at = now
        history.record("promoted", booking, by=None, at=now, waited_since=booking.waitlisted_at)
        _send_invitation("bookings/promoted", booking, at=now)
    return first_come[:free]


def change_capacity(
    training_session: TrainingSession, capacity: int, *, by: Person | None, now: datetime
) -> None:
    """Offer more or fewer places. Nobody loses a place that they hold; more places go to those who wait."""
    lock(training_session)
    if capacity > training_session.capacity:
        _refuse_more_than_the_room_holds(training_session, capacity)
    taken = queries.places_taken(training_session)
    if capacity < taken:
        hold = "1 person holds a place" if taken == 1 else f"{taken} people hold places"
        raise BookingRefused(f"{hold}, so enter {taken} or more. To go lower, cancel bookings first.")
    changes = history.amend(training_session, capacity=capacity)
    if changes:
        history.record("capacity changed", training_session, by=by, at=now, **changes)
    promote_waiting(training_session, now=now)


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
        held_a_place = booking.holds_a_place
        _end(booking, reason=reason, by=by, now=now, board_decided=True)
        mail.queue(
            "bookings/session_cancelled",
            to=booking.person.email,
            at=now,
            calendar=_calendar(booking, method="CANCEL", at=now) if held_a_place else None,
            calendar_method="CANCEL",
            booking=booking,
            held_a_place=held_a_place,
        )
    for trainer in training_session.trainers:
        mail.queue(
            "bookings/session_cancelled_trainer",
            to=trainer.person.email,
            at=now,
            trainer=trainer,
            training_session=training_session,
        )


def add_walk_in(
    training_session: TrainingSession,
    person: Person,
    *,
    membership: Membership | None,
    by: Person | None,
    now: datetime,
) -> Booking:
    """Book in somebody who came without a place; the room's limit is for whoever stands at the door to mind.

    Somebody from the waiting list who came all the same keeps that booking.
    """
    lock(training_session)
    if training_session.status is not SessionStatus.PUBLISHED:
        raise BookingRefused("Nobody can be added: this session is not on.")
    if membership is not None and membership.person_id != person.id:
        raise BookingRefused("Choose a role that this person holds.")
    booking = queries.live_booking(training_session, person)
    if booking is None:
        booking = Booking(
            reference=_new_reference(),
            training_session=training_session,
            person=person,
            membership=membership,
            status=BookingStatus.CONFIRMED,
            requested_at=now,
            requested_by_id=by.id if by else None,
        )
    elif booking.status is BookingStatus.CONFIRMED:
        raise BookingRefused(f"{person.name} has a place already: look for the name in the register.")
    booking.status = BookingStatus.CONFIRMED
    booking.confirmed_at = now
    booking.unscheduled = True
    _added(booking)
    history.record("walked in", booking, by=by, at=now)
    return booking


def settle_outcome(booking: Booking, outcome: Outcome | None, *, on: date, now: datetime) -> None:
    """Note what became of the delegate. The same outcome once more was known since it was first recorded."""
    if booking.outcome is not outcome:
        booking.outcome_recorded_at = now if outcome else None
    booking.outcome = outcome
    booking.outcome_on = on if outcome else None


def calendar_file(booking: Booking, *, at: datetime) -> str:
    """The booking's parts for the delegate's own calendar; the entries are those of the invitation."""
    return _calendar(booking, method="PUBLISH", at=at)


def see_access_needs(
    training_session: TrainingSession, *, by: Person, now: datetime
) -> Sequence[AccessNeeds]:
    """What the delegates need to take part; that somebody looked is recorded, what they saw is not."""
    needs = queries.access_needs_of(training_session)
    history.record("access needs viewed", training_session, by=by, at=now, number=len(needs))
    return needs


def _refuse_unless_open(training_session: TrainingSession, now: datetime) -> None:
    if training_session.status is SessionStatus.CANCELLED:
        raise BookingRefused("This session was cancelled. Choose another date of the course.")
    if training_session.status is SessionStatus.DRAFT:
        raise BookingRefused("Booking for this session has not opened yet.")
    if rules.has_started(training_session.starts_at, now=now):
        raise BookingRefused("This session has started. Choose another date of the course.")


def _refuse_more_than_the_room_holds(training_session: TrainingSession, capacity: int) -> None:
    rooms = (
        date_rules.Room(part.venue.name, part.venue.capacity) for part in training_session.parts if part.venue
    )
    if problem := date_rules.problem_with_rooms(capacity, rooms):
        raise BookingRefused(problem)


def _refuse_a_second(training_session: TrainingSession, person: Person) -> None:
    if existing := queries.live_booking(training_session, person):
        raise BookingRefused(
            f"{person.name} already has booking {existing.reference} for this session. "
            "Cancel that one first to book again."
        )


def _refuse_unless_own(membership: Membership, person: Person, now: datetime) -> None:
    if membership.person_id != person.id or not membership.is_current(london_date(now)):
        raise BookingRefused("Choose a role that this person holds now.")


def _access_needs(text: str, training_session: TrainingSession) -> AccessNeeds | None:
    if not text:
        return None
    return AccessNeeds(
        text=text, delete_after=rules.access_needs_deleted_after(london_date(training_session.ends_at))
    )


def _added(booking: Booking) -> Booking:
    """The booking, written now. What the lock did not prevent, the database's constraints do."""
    try:
        with db.session.begin_nested():
            db.session.add(booking)
    except IntegrityError:
        raise BookingRefused(
            "This booking could not be made just now. Open the date and try again."
        ) from None
    return booking


def _new_reference() -> str:
    letters = "".join(secrets.choice(rules.REFERENCE_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _end(booking: Booking, *, reason: str, by: Person | None, now: datetime, board_decided: bool) -> None:
    before = booking.status
    booking.status = (
        BookingStatus.CANCELLED_BY_BOARD if board_decided else BookingStatus.CANCELLED_BY_DELEGATE
    )
    booking.ended_at = now
    booking.end_reason = reason
    booking.access_needs = None  # nobody needs them any more
    if board_decided:
        settle_outcome(booking, Outcome.CANCELLED_BY_BOARD, on=london_date(now), now=now)
    # Without the reason: a delegate's may be about their health, and the history is kept.
    history.record("cancelled", booking, by=by, at=now, status=[before.label, booking.status.label])


def _send_invitation(template: str, booking: Booking, *, at: datetime) -> None:
    mail.queue(
        template,
        to=booking.person.email,
        at=at,
        calendar=_calendar(booking, method="REQUEST", at=at),
        calendar_method="REQUEST",
        booking=booking,
    )


def _calendar(booking: Booking, *, method: calendar.Method, at: datetime) -> str:
    page = public_link("bookings.show", booking_id=booking.id)
    entries = [_entry(booking, part, page) for part in booking.training_session.parts]
    return calendar.calendar_text(
        entries,
        method=method,
        sequence=CALLED_OFF if method == "CANCEL" else INVITED,
        name=booking.person.name,
        email=booking.person.email,
        at=at,
    )


def _entry(booking: Booking, part: SessionPart, page: str) -> calendar.Entry:
    title = booking.training_session.course.title
    several = len(booking.training_session.parts) > 1
    return calendar.Entry(
        uid=f"{booking.reference}-{part.position}@{urlsplit(page).hostname}",
        summary=f"{title}: {part.title or f'part {part.position}'}" if several else title,
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        location=_where(part),
        description=f"Your reference is {booking.reference}.\n{page}",
        url=page,
    )


def _where(part: SessionPart) -> str:
    if part.venue is None:
        return part.online_url or "Online"
    return ", ".join([part.venue.name, *part.venue.address.splitlines()])
