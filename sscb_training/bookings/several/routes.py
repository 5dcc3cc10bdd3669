"""The page that asks once about several bookings and then says what became of each."""

from datetime import datetime
from typing import NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.changes.forms import StaffCancelForm
from sscb_training.bookings.changes.service import cancel
from sscb_training.bookings.models import Booking, BookingStatus, CancelReason
from sscb_training.bookings.places.service import offer_ahead
from sscb_training.bookings.requests.service import answer
from sscb_training.bookings.routes import bp
from sscb_training.bookings.service import BookingRefused
from sscb_training.bookings.several import queries
from sscb_training.bookings.several.forms import ApproveForm, OfferForm
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import row_key
from sscb_training.core.forms import Form
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person

FORMS: dict[str, type[Form]] = {"cancel": StaffCancelForm, "approve": ApproveForm, "offer": OfferForm}


class Result(NamedTuple):
    """What became of one booking; with a refusal, it stayed as it was."""

    booking: Booking
    refusal: str


@bp.route("/sessions/<int:training_session_id>/bookings", methods=["GET", "POST"])
@allow(*STAFF)
def several(training_session_id: int) -> ResponseReturnValue:
    """Ask about the chosen bookings, do it to each by itself, and say what became of each."""
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    asked = request.values.get("do", "cancel")
    if asked not in FORMS:
        abort(404)
    keys = [key for key in map(row_key, request.values.getlist("booking")) if key is not None]
    chosen = queries.live_bookings(training_session, keys)
    if not chosen:
        flash(
            "None of those bookings can be changed here any more. Nothing was changed."
            if keys
            else "Choose at least one booking, then what to do with it.",
            "important",
        )
        return redirect(url_for("bookings.session", training_session_id=training_session_id))
    form = FORMS[asked].from_request()
    if form.accepted():
        results = [_done(asked, booking, form) for booking in chosen]
        return render_template(
            "bookings/several_done.html", training_session=training_session, results=results
        )
    return render_template(
        "bookings/several.html", training_session=training_session, form=form, asked=asked, chosen=chosen
    )


def _done(asked: str, booking: Booking, form: Form) -> Result:
    try:
        with transaction():
            _do(asked, booking, form)
    except BookingRefused as refusal:
        return Result(booking, str(refusal))
    return Result(booking, "")


def _do(asked: str, booking: Booking, form: Form) -> None:
    by, now, answers = current_person(), clock.now(), form.answers
    if asked == "offer":
        offer_ahead(booking, reason=answers["reason"], by=by, now=now)
    elif asked == "approve":
        _approve(booking, by=by, now=now)
    else:
        cancel(
            booking,
            reason=answers["reason"],
            reason_code=CancelReason(answers["reason_code"]) if answers["reason_code"] else None,
            by=by,
            now=now,
            board_decided=answers["whose"] == "board",
        )


def _approve(booking: Booking, *, by: Person, now: datetime) -> None:
    """Answer what covers this booking, unless that was answered a moment ago with another that it covers."""
    if booking.status is BookingStatus.CONFIRMED:
        return
    approval = booking.approval
    if approval is None or not booking.awaits_approval:
        raise BookingRefused(f"Booking {booking.reference} does not wait for approval.")
    answer(approval, approved=True, by=by, by_name=by.name, now=now)
