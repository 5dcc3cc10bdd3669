"""What writes the letters that no verb writes at once."""

from datetime import datetime

from sscb_training.bookings.letters.queries import TO_DELEGATE, TO_MANAGER, joining_key
from sscb_training.bookings.models import Booking
from sscb_training.bookings.service import addresses_for, calendar_letter, write_to
from sscb_training.core import mail
from sscb_training.core.times import london_date
from sscb_training.courses.models import SessionPart
from sscb_training.people.rules import is_address_of


def send_joining_instructions(booking: Booking, *, which: str, now: datetime) -> None:
    """Tell the delegate how to join and the manager that the day is near; each once.

    The manager gets no address online: only delegates see it.
    """
    first_day = london_date(booking.training_session.starts_at)
    key = joining_key(booking.id, first_day, which, TO_DELEGATE)
    for number, address in enumerate(addresses_for(booking)):
        mail.queue(
            "bookings/joining",
            to=address,
            at=now,
            once_key=f"{key}/{number}" if number else key,
            booking=booking,
        )
    role = booking.membership
    if role is not None and not is_address_of(booking.person, role.manager_email):
        mail.queue(
            "bookings/joining_manager",
            to=role.manager_email,
            at=now,
            once_key=joining_key(booking.id, first_day, which, TO_MANAGER),
            booking=booking,
            manager_name=role.manager_name,
        )


def tell_manager_who_did_not_attend(booking: Booking, *, now: datetime) -> None:
    """Write to the manager that the delegate did not come; once, however often the register is closed."""
    role = booking.membership
    if role is not None:
        mail.queue(
            "bookings/did_not_attend",
            to=role.manager_email,
            at=now,
            once_key=f"did not attend/{booking.id}",
            booking=booking,
            manager_name=role.manager_name,
        )


def tell_of_missed_part(booking: Booking, part: SessionPart, *, now: datetime) -> None:
    """Tell the delegate how to make up this part, and the manager that it was missed; once each, however often closed."""
    key = f"missed part/{booking.id}/{part.id}"
    for number, address in enumerate(addresses_for(booking)):
        mail.queue(
            "bookings/part_missed",
            to=address,
            at=now,
            once_key=f"{key}/delegate/{number}",
            booking=booking,
            part=part,
        )
    role = booking.membership
    if role is not None and not is_address_of(booking.person, role.manager_email):
        mail.queue(
            "bookings/part_missed_manager",
            to=role.manager_email,
            at=now,
            once_key=f"{key}/manager",
            booking=booking,
            part=part,
            manager_name=role.manager_name,
        )


def tell_of_cancelled_part(booking: Booking, part: SessionPart, *, now: datetime) -> None:
    """Tell the delegate, and the manager of one who has a place, that this part does not take place.

    It leaves the calendar of whoever was invited; the other parts stay in it.
    """
    write_to(
        booking,
        "bookings/part_cancelled",
        at=now,
        part=part,
        held_a_place=booking.holds_a_place,
        calendar=calendar_letter(booking, method="CANCEL", at=now, part=part)
        if booking.is_confirmed
        else None,
        calendar_method="CANCEL",
    )
    role = booking.membership
    if booking.holds_a_place and role is not None and not is_address_of(booking.person, role.manager_email):
        mail.queue(
            "bookings/part_cancelled_manager",
            to=role.manager_email,
            at=now,
            booking=booking,
            part=part,
            manager_name=role.manager_name,
        )
