"""Pages on which delegates see their bookings. The pages that ask and change join this blueprint.

To its users it is one place, so their endpoints are all `bookings.…`.
"""

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries, rules, service
from sscb_training.bookings.models import BookingStatus
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.pages import board_contact
from sscb_training.core.times import london_date
from sscb_training.people.signed_in import current_person

bp = Blueprint("bookings", __name__)


@bp.get("/bookings/<int:booking_id>")
@allow(SIGNED_IN)
def show(booking_id: int) -> ResponseReturnValue:
    viewer = current_person()
    booking = queries.booking_seen_by(viewer, booking_id)
    now = clock.now()
    is_to_come = not rules.has_started(booking.starts_at, now=now)
    can_pass_on = is_to_come and booking.membership is not None and queries.may_pass_on(viewer, booking)
    return render_template(
        "bookings/show.html",
        booking=booking,
        board_contact=board_contact(),
        training_session=booking.training_session,
        is_own=booking.person_id == viewer.id,
        may_answer=queries.may_answer(viewer, booking),
        sees_charges=queries.may_see_charges(viewer, booking),
        today=london_date(now),
        is_over=booking.ends_at <= now,
        can_rejoin=booking.status is BookingStatus.LAPSED
        and booking.part_id is None
        and booking.offer_until is not None
        and rules.is_open(booking.training_session.status, booking.training_session.starts_at, now=now),
        can_cancel=booking.is_live and is_to_come and queries.may_cancel(viewer, booking),
        can_substitute=can_pass_on and (booking.is_confirmed or booking.awaits_approval),
        can_move=can_pass_on and booking.is_confirmed,
        joined=queries.joined_seen_by(viewer, booking),
        letters=queries.letters_seen_by(viewer, booking),
        sees_all_letters=viewer.is_board_staff,
        is_left_behind=is_to_come and booking.is_left_behind,
    )


@bp.get("/bookings/<int:booking_id>/calendar.ics")
@allow(SIGNED_IN)
def calendar(booking_id: int) -> ResponseReturnValue:
    """The parts for a calendar: it holds the address online, so for the delegate with a place only."""
    booking = queries.booking_seen_by(current_person(), booking_id)
    if booking.person_id != current_person().id or booking.status is not BookingStatus.CONFIRMED:
        abort(404)
    file = Response(service.calendar_file(booking, at=clock.now()), mimetype="text/calendar")
    file.headers["Content-Disposition"] = f"attachment; filename=booking-{booking.reference}.ics"
    return file
