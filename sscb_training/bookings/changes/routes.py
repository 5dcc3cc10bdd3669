"""Pages on which a booking is cancelled."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries
from sscb_training.bookings.changes import service
from sscb_training.bookings.changes.forms import CancelForm, StaffCancelForm
from sscb_training.bookings.charges.rules import cancellation_fee
from sscb_training.bookings.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.route("/bookings/<int:booking_id>/cancel", methods=["GET", "POST"])
@allow(SIGNED_IN)
def cancel(booking_id: int) -> ResponseReturnValue:
    viewer = current_person()
    booking = queries.booking_seen_by(viewer, booking_id)
    if not queries.may_cancel(viewer, booking):
        abort(404)
    if not booking.is_live:
        return redirect(url_for("bookings.show", booking_id=booking_id))
    is_own = booking.person_id == viewer.id
    form = CancelForm.from_request() if is_own else StaffCancelForm.from_request()
    if form.accepted():
        board_decided = form.answers.get("whose") == "board"
        with transaction():
            service.cancel(
                booking, reason=form.reason.data, by=viewer, now=clock.now(), board_decided=board_decided
            )
        flash(f"Booking {booking.reference} is cancelled. A receipt is on its way by email.", "success")
        return redirect(url_for("bookings.show", booking_id=booking_id))
    return render_template(
        "bookings/cancel.html",
        form=form,
        booking=booking,
        is_own=is_own,
        fee=cancellation_fee(booking.charge_terms, was=booking.status, on=clock.today()),
    )
