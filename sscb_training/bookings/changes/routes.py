"""Pages on which a booking is cancelled, passed on to a colleague, or moved to another date, alone or with its session."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.changes import queries, service
from sscb_training.bookings.changes.forms import (
    CancelForm,
    MoveForm,
    NewColleagueForm,
    StaffCancelForm,
    SubstituteForm,
)
from sscb_training.bookings.charges.rules import cancellation_fee
from sscb_training.bookings.models import Booking, CancelReason
from sscb_training.bookings.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, STAFF, allow
from sscb_training.core.errors import Refused
from sscb_training.core.forms import tidy
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus
from sscb_training.people.signed_in import current_person


@bp.route("/bookings/<int:booking_id>/cancel", methods=["GET", "POST"])
@allow(SIGNED_IN)
def cancel(booking_id: int) -> ResponseReturnValue:
    viewer = current_person()
    booking = bookings.booking_seen_by(viewer, booking_id)
    if not bookings.may_cancel(viewer, booking):
        abort(404)
    if not booking.is_live:
        return redirect(url_for("bookings.show", booking_id=booking_id))
    is_own = booking.person_id == viewer.id
    may_be_the_boards = viewer.is_board_staff and not is_own
    form = StaffCancelForm.from_request() if may_be_the_boards else CancelForm.from_request()
    if form.accepted():
        board_decided = form.answers.get("whose") == "board"
        with transaction():
            service.cancel(
                booking,
                reason=form.reason.data,
                reason_code=CancelReason(form.reason_code.data) if form.reason_code.data else None,
                by=viewer,
                now=clock.now(),
                board_decided=board_decided,
            )
        flash(f"Booking {booking.reference} is cancelled. A receipt is on its way by email.", "success")
        return redirect(url_for("bookings.show", booking_id=booking_id))
    return render_template(
        "bookings/cancel.html",
        form=form,
        booking=booking,
        is_own=is_own,
        may_be_the_boards=may_be_the_boards,
        fee=_fee(booking),
    )


@bp.route("/bookings/<int:booking_id>/substitute", methods=["GET", "POST"])
@allow(SIGNED_IN)
def substitute(booking_id: int) -> ResponseReturnValue:
    """Find a colleague by name, and put them into the place."""
    booking = _booking_to_pass_on(booking_id)
    search = str(tidy(request.args.get("search", "")))[:100]
    found = queries.colleagues(booking, search=search, on=clock.today())
    form = SubstituteForm.from_request()
    form.offer(found)
    if found and form.accepted():
        membership = next(role for role in found if role.id == form.membership_id.data)
        try:
            with transaction():
                taken = service.substitute(booking, membership, by=current_person(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _passed_on(booking, taken)
    return render_template("bookings/substitute.html", form=form, booking=booking, search=search, found=found)


@bp.route("/bookings/<int:booking_id>/substitute/new", methods=["GET", "POST"])
@allow(SIGNED_IN)
def substitute_new(booking_id: int) -> ResponseReturnValue:
    """Put a colleague who is not found into the place."""
    booking = _booking_to_pass_on(booking_id)
    form = NewColleagueForm.from_request()
    if form.accepted():
        try:
            with transaction():
                taken = service.substitute_somebody_new(
                    booking, **form.answers, by=current_person(), now=clock.now()
                )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _passed_on(booking, taken)
    return render_template("bookings/substitute_new.html", form=form, booking=booking)


@bp.route("/bookings/<int:booking_id>/move", methods=["GET", "POST"])
@allow(SIGNED_IN)
def move(booking_id: int) -> ResponseReturnValue:
    """Choose another date with a free place."""
    booking = _booking_to_pass_on(booking_id)
    dates = queries.other_dates(booking, now=clock.now())
    left = bookings.places_left([one.id for one in dates])
    with_places = [one for one in dates if left[one.id]]
    form = MoveForm.from_request()
    form.offer(with_places, left)
    if with_places and form.accepted():
        training_session = next(one for one in with_places if one.id == form.training_session_id.data)
        try:
            with transaction():
                moved = service.move(booking, training_session, by=current_person(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(f"The place is moved. The new reference is {moved.reference}.", "success")
            return redirect(url_for("bookings.show", booking_id=moved.id))
    return render_template(
        "bookings/move.html",
        form=form,
        booking=booking,
        dates=with_places,
        full=[one for one in dates if not left[one.id]],
        fee=_fee(booking),
    )


@bp.route("/sessions/<int:training_session_id>/move", methods=["GET", "POST"])
@allow(*STAFF)
def move_session(training_session_id: int) -> ResponseReturnValue:
    """Offer everybody whose session was called off a place on another date."""
    called_off = bookings.session_seen_by(current_person(), training_session_id)
    back = url_for("bookings.session", training_session_id=training_session_id)
    if called_off.status is not SessionStatus.CANCELLED:
        return redirect(back)
    concerned = queries.concerned(called_off, now=clock.now())
    dates = queries.dates_instead(called_off, now=clock.now())
    form = MoveForm.from_request()
    form.offer(dates, bookings.places_left([one.id for one in dates]))
    if concerned.to_move and dates and form.accepted():
        training_session = next(one for one in dates if one.id == form.training_session_id.data)
        try:
            with transaction():
                offers = service.offer_instead(
                    called_off, training_session, by=current_person(), now=clock.now()
                )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(_what_followed(offers), "success")
            return redirect(url_for("bookings.session", training_session_id=training_session.id))
    return render_template(
        "bookings/move_session.html", form=form, called_off=called_off, concerned=concerned, dates=dates
    )


def _what_followed(offers: service.Offers) -> str:
    said = [
        f"{_delegates(len(offers.offered))} offered this date by letter, with a deadline.",
        f"{_delegates(len(offers.waiting))} on its waiting list, and told so." if offers.waiting else "",
        offers.not_made,
    ]
    return " ".join(sentence for sentence in said if sentence)


def _delegates(number: int) -> str:
    return "1 delegate is" if number == 1 else f"{number or 'No'} delegates are"


def _booking_to_pass_on(booking_id: int) -> Booking:
    """A booking that the viewer may pass on or move; what has ended already has a page that says so."""
    viewer = current_person()
    booking = bookings.booking_seen_by(viewer, booking_id)
    if not bookings.may_pass_on(viewer, booking):
        abort(404)
    if not booking.is_live:
        abort(redirect(url_for("bookings.show", booking_id=booking_id)))
    return booking


def _fee(booking: Booking) -> int:
    """What giving the place up today costs."""
    return cancellation_fee(
        booking.charge_terms, was=booking.status, on=clock.today(), lost_a_part=booking.lost_a_part
    )


def _passed_on(booking: Booking, taken: Booking) -> ResponseReturnValue:
    what = "is asked to be approved for" if taken.awaits_approval else "has"
    flash(f"{taken.person.name} {what} the place. Letters are on their way to both of you.", "success")
    return redirect(url_for("bookings.show", booking_id=booking.id))
