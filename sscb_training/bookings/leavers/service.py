"""What a coordinator does with the bookings of leavers, and what tells them that there is something to do."""

from datetime import datetime

from sscb_training.bookings import rules as booking_rules
from sscb_training.bookings.changes.service import cancel
from sscb_training.bookings.charges.service import settle_terms_anew
from sscb_training.bookings.eligibility import queries as eligibility
from sscb_training.bookings.leavers import queries, rules
from sscb_training.bookings.models import Booking, CancelReason
from sscb_training.bookings.places.service import hold, offer_free_places
from sscb_training.bookings.requests.service import (
    NotEligible,
    ask_for_approval,
    confirm,
    refuse_without_a_manager,
)
from sscb_training.bookings.service import BookingRefused, refuse_if_closed_to, write_to
from sscb_training.core import history, mail
from sscb_training.core.times import london_date
from sscb_training.people import queries as people
from sscb_training.people.models import Membership, Person

WHY_FREE = "you left the job for which it was made"


def carry_over(booking: Booking, membership: Membership, *, by: Person | None, now: datetime) -> None:
    """Let the booking count in the delegate's new job, which from now on approves and pays.

    The delegate keeps the place, whatever the new agency's share: nobody loses a place. What the old agency no longer
    uses of its share goes to whoever waits.
    """
    hold(booking)
    _refuse_unless_left_behind(booking, now)
    if membership not in queries.new_jobs(booking):
        raise BookingRefused(f"Choose a job that {booking.person.name} has for the whole of the session.")
    training_session, before = booking.training_session, booking.membership
    refuse_if_closed_to(training_session, membership)
    if obstacles := eligibility.obstacles(training_session, membership, on=london_date(now)):
        raise NotEligible(" ".join(obstacles))
    style = rules.style_of_approval(
        training_session.course.approval,
        has_manager=bool(membership.manager_email),
        has_no_manager=membership.has_no_manager,
        by_board=by is not None and by.is_board_staff,
        makes_up=booking.part_id is not None,
    )
    asks = style is not None and (booking.is_confirmed or booking.awaits_approval)
    if style is not None:
        refuse_without_a_manager(style, membership)
    booking.membership = membership
    if booking.part_id is None:  # one that makes up a part costs nothing
        settle_terms_anew(booking, now=now)
    agencies = [before.agency.name if before else "", membership.agency.name]
    history.record("carried over", booking, by=by, at=now, agency=agencies)
    if asks and style is not None:
        ask_for_approval([booking], style, letter="bookings/carried_over", by=by, now=now)
    else:
        if booking.awaits_approval:
            booking.approval = None  # whoever was asked for the old job has nothing to say about this one
            confirm(booking, now=now)
            history.record("confirmed", booking, by=by, at=now)
        write_to(booking, "bookings/carried_over", at=now)
    offer_free_places(training_session, now=now)


def cancel_for_leaver(booking: Booking, *, by: Person | None, now: datetime) -> None:
    """Give the place back because its delegate leaves the job; however late, it costs nothing."""
    hold(booking)
    _refuse_unless_left_behind(booking, now)
    cancel(booking, reason="", reason_code=CancelReason.LEFT_THE_JOB, free_because=WHY_FREE, by=by, now=now)


def tell_leads(booking: Booking, *, now: datetime) -> None:
    """Write to the leads of the agency that is left that this booking waits for their decision; once."""
    role = booking.membership
    if role is None or not booking.is_left_behind:
        return
    key = queries.told_key(booking.id, role.id)
    for number, lead in enumerate(people.leads_of(role.agency_id)):
        if lead.id != booking.person_id:
            mail.queue(
                "bookings/left_behind",
                to=lead.email,
                at=now,
                once_key=f"{key}/{number}" if number else key,
                booking=booking,
                agency=role.agency,
                lead=lead,
            )


def _refuse_unless_left_behind(booking: Booking, now: datetime) -> None:
    if not booking.is_live or booking_rules.has_started(booking.training_session.starts_at, now=now):
        raise BookingRefused(f"Booking {booking.reference} has ended or begun. Nothing was changed.")
    if not booking.is_left_behind:
        raise BookingRefused(f"Somebody has decided about booking {booking.reference} already.")
