"""What the verbs of bookings share: how they refuse, write a booking down, end it, and tell its delegate."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from sscb_training.bookings import rules
from sscb_training.bookings.models import (
    HOLDS_A_PLACE,
    AccessNeeds,
    Booking,
    BookingStatus,
    Outcome,
    booking_missed_part,
)
from sscb_training.core import calendar, history, mail
from sscb_training.core.db import db
from sscb_training.core.errors import Refused
from sscb_training.core.pages import public_link
from sscb_training.core.times import london_date
from sscb_training.courses.models import SessionPart, TrainingSession
from sscb_training.people.models import Membership, Person
from sscb_training.people.queries import leads_of


class BookingRefused(Refused):
    """A booking that cannot be made or changed."""


def added(booking: Booking) -> Booking:
    """The booking, written now, of its session as it is. What the lock did not prevent, the database's constraints do."""
    booking.edition = booking.training_session.edition
    try:
        with db.session.begin_nested():
            db.session.add(booking)
    except IntegrityError:
        raise BookingRefused(
            "This booking could not be made just now. Open the date and try again."
        ) from None
    return booking


def new_reference() -> str:
    """A reference that nobody can guess and everybody can read out."""
    letters = "".join(secrets.choice(rules.REFERENCE_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def needs_to_take_part(text: str, training_session: TrainingSession) -> AccessNeeds | None:
    """Access needs, with the day on which they are forgotten; none for an empty text."""
    if not text:
        return None
    return AccessNeeds(
        text=text, delete_after=rules.access_needs_deleted_after(london_date(training_session.ends_at))
    )


def settle_outcome(booking: Booking, outcome: Outcome | None, *, on: date, now: datetime) -> None:
    """Note what became of the delegate. The same outcome once more was known since it was first recorded."""
    if booking.outcome is not outcome:
        booking.outcome_recorded_at = now if outcome else None
    booking.outcome = outcome
    booking.outcome_on = on if outcome else None


def settle_missed_parts(missed: Mapping[Booking, Sequence[SessionPart]]) -> None:
    """Note which parts each of these delegates missed, in place of what was noted before."""
    lines = booking_missed_part.c
    db.session.execute(
        delete(booking_missed_part).where(lines.booking_id.in_([booking.id for booking in missed]))
    )
    new = [
        {"booking_id": booking.id, "session_part_id": part.id}
        for booking, parts in missed.items()
        for part in parts
    ]
    if new:
        db.session.execute(insert(booking_missed_part), new)
    for booking in missed:
        db.session.expire(booking, ["missed_parts"])


def end(
    booking: Booking,
    status: BookingStatus,
    *,
    reason: str = "",
    by: Person | None,
    now: datetime,
) -> None:
    """End a booking in this status. The caller writes to the delegate and passes a freed place on."""
    before = booking.status
    booking.status = status
    booking.ended_at = now
    booking.end_reason = reason
    booking.access_needs = None  # nobody needs them any more
    if status is BookingStatus.CANCELLED_BY_BOARD:
        settle_outcome(booking, Outcome.CANCELLED_BY_BOARD, on=london_date(now), now=now)
    # Without the reason: a delegate's may be about their health, and the history is kept.
    verb = status.value.partition("_")[0]
    history.record(verb, booking, by=by, at=now, status=[before.label, status.label])


def refuse_if_closed_to(training_session: TrainingSession, membership: Membership) -> None:
    """Refuse whoever works elsewhere where a date is for the staff of one agency alone."""
    only = training_session.only_agency
    if only is not None and membership.agency_id != only.id:
        raise BookingRefused(
            f"This date is for staff of {only.name} only. Choose another date of the course."
        )


def addresses_for(booking: Booking) -> Sequence[str]:
    """Where a delegate's letters go: to their own address, to the mailbox named for them, or to their agency's leads."""
    person, role = booking.person, booking.membership
    if address := person.email or person.contact_email:
        return [address]
    return [lead.email for lead in leads_of(role.agency_id) if lead.email] if role else []


def write_to(booking: Booking, template: str, *, at: datetime, **context: Any) -> None:
    """Write to the delegate, or to whoever receives their letters."""
    for address in addresses_for(booking):
        mail.queue(template, to=address, at=at, booking=booking, **context)


def tell_managers(
    template: str,
    booking: Booking,
    roles: Sequence[Membership],
    *,
    moved: Booking | None = None,
    now: datetime,
) -> None:
    """Write to the managers of these, each once, so that they keep the right time free for the right person."""
    managers = {
        role.manager_email: role.manager_name
        for role in reversed(roles)
        if role.manager_email not in ("", role.person.email_key)
    }
    for address, name in managers.items():
        mail.queue(
            template,
            to=address,
            at=now,
            booking=booking,
            manager_name=name,
            moved=moved,
            colleague=moved.person if moved is not None else None,
        )


def send_invitation(template: str, booking: Booking, *, at: datetime) -> None:
    """Write to the delegate, with the parts for their calendar."""
    write_to(
        booking,
        template,
        at=at,
        calendar=calendar_letter(booking, method="REQUEST", at=at),
        calendar_method="REQUEST",
    )


def send_ending(template: str, booking: Booking, *, was: BookingStatus, at: datetime, **context: Any) -> None:
    """Write to the delegate that it is over; a place that is in their calendar leaves it too.

    That is one which was confirmed, or had been before it was carried over to another job.
    """
    invited = was is BookingStatus.CONFIRMED or booking.calendar_letters > 0
    write_to(
        booking,
        template,
        at=at,
        calendar=calendar_letter(booking, method="CANCEL", at=at) if invited else None,
        calendar_method="CANCEL",
        held_a_place=was in HOLDS_A_PLACE,
        **context,
    )


def calendar_file(booking: Booking, *, at: datetime) -> str:
    """The booking's parts for the delegate's own calendar; the entries are those of the last invitation."""
    return calendar_text([booking], booking.person, method="PUBLISH", at=at)


def calendar_letter(
    booking: Booking, *, method: calendar.Method, at: datetime, part: SessionPart | None = None
) -> str:
    """The booking's parts for a letter, or one alone: each invitation and each cancellation comes after all before it.

    Each part is an entry of its own, so that one is cancelled and the others stay.
    """
    booking.calendar_letters += 1
    return calendar_text([booking], booking.person, method=method, at=at, part=part)


def calendar_text(
    bookings: Sequence[Booking],
    person: Person,
    *,
    method: calendar.Method,
    at: datetime,
    part: SessionPart | None = None,
) -> str:
    """The parts of these bookings, or one alone, as calendar entries under their own lasting names.

    What is only to be read shows a cancelled part as cancelled; an invitation leaves it out.
    """
    entries = [
        _entry(booking, one)
        for booking in bookings
        for one in ([part] if part else booking.booked_parts)
        if method != "REQUEST" or one.is_on
    ]
    return calendar.calendar_text(entries, method=method, name=person.name, email=person.email, at=at)


def _entry(booking: Booking, part: SessionPart) -> calendar.Entry:
    course, page = booking.training_session.course, public_link("bookings.show", booking_id=booking.id)
    several = len(booking.training_session.parts) > 1 or booking.part_id is not None
    number = f"part {booking.training_session.repeats_part or part.position}"
    part_name = number if course.is_discreet else part.title or number
    return calendar.Entry(
        uid=f"{booking.reference}-{part.position}@{urlsplit(page).hostname}",
        summary=f"{course.name_outside}: {part_name}" if several else course.name_outside,
        is_cancelled=not part.is_on,
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        location=_where(part),
        description=f"Your reference is {booking.reference}.\n{page}",
        url=page,
        sequence=max(booking.calendar_letters - 1, 0),
    )


def _where(part: SessionPart) -> str:
    if part.venue is None:
        return part.online_url or "Online"
    return ", ".join([part.venue.name, *part.venue.address.splitlines()])
