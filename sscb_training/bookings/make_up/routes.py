"""Pages on which a missed part is booked, a cancelled one is offered anew, and a date is made for it."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.make_up import queries, service
from sscb_training.bookings.make_up.forms import NewPartDateForm, OwnPartDateForm, PartDateForm
from sscb_training.bookings.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, STAFF, allow
from sscb_training.core.errors import Refused
from sscb_training.core.pages import board_contact, row_asked_for
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionPart
from sscb_training.people.signed_in import current_person


@bp.route("/bookings/<int:booking_id>/make-up/<int:part_id>", methods=["GET", "POST"])
@allow(*STAFF)
def book_part(booking_id: int, part_id: int) -> ResponseReturnValue:
    """Put somebody onto the part of a later date that they missed."""
    booking = bookings.booking_seen_by(current_person(), booking_id)
    missed = next((part for part in booking.parts_to_make_up if part.id == part_id), None)
    if missed is None:
        abort(404)
    choices = queries.choices(missed, now=clock.now())
    form = PartDateForm.from_request()
    form.offer(choices)
    if choices and form.accepted():
        try:
            with transaction():
                made = service.book_part(
                    booking,
                    missed,
                    _chosen(form, choices),
                    reason=form.reason.data,
                    by=current_person(),
                    now=clock.now(),
                )
        except service.ReasonWanted as refusal:
            form.refuse(refusal, "reason")
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(
                f"{booking.person.name} is booked on {made.title}. The reference is {made.reference}.",
                "success",
            )
            return redirect(url_for("bookings.show", booking_id=made.id))
    return render_template(
        "bookings/book_part.html", form=form, booking=booking, missed=missed, choices=choices
    )


@bp.route("/bookings/<int:booking_id>/book-again/<int:part_id>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def book_own_part(booking_id: int, part_id: int) -> ResponseReturnValue:
    """Let a delegate, or whoever answers for them, book the part that was missed on a later date."""
    viewer = current_person()
    booking = bookings.booking_seen_by(viewer, booking_id)
    missed = next((part for part in booking.parts_to_make_up if part.id == part_id), None)
    if missed is None or not bookings.may_answer(viewer, booking):
        abort(404)
    choices = queries.own_choices(booking, missed, now=clock.now())
    form = OwnPartDateForm.from_request()
    form.offer(choices)
    if choices and form.accepted():
        try:
            with transaction():
                made = service.book_part(booking, missed, _chosen(form, choices), by=viewer, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(f"{made.title} is booked. The reference is {made.reference}.", "success")
            return redirect(url_for("bookings.show", booking_id=made.id))
    return render_template(
        "bookings/book_own_part.html",
        form=form,
        booking=booking,
        missed=missed,
        choices=choices,
        is_own=booking.person_id == viewer.id,
        months=booking.training_session.course.make_up_months,
        board_contact=board_contact(),
    )


@bp.route("/sessions/<int:training_session_id>/parts/<int:part_id>/move", methods=["GET", "POST"])
@allow(*STAFF)
def move_part(training_session_id: int, part_id: int) -> ResponseReturnValue:
    """Offer everybody whose part was cancelled the same part of a later date."""
    missed = queries.part_or_404(training_session_id, part_id)
    if missed.is_on:
        return redirect(url_for("bookings.session", training_session_id=training_session_id))
    concerned = queries.to_make_up(missed)
    choices = queries.choices(missed, now=clock.now())
    form = PartDateForm.from_request()
    form.offer(choices)
    if concerned and choices and form.accepted():
        try:
            with transaction():
                offered = service.offer_part(
                    missed,
                    _chosen(form, choices),
                    reason=form.reason.data,
                    by=current_person(),
                    now=clock.now(),
                )
        except service.ReasonWanted as refusal:
            form.refuse(refusal, "reason")
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(_what_followed(len(offered), len(queries.to_make_up(missed))), "success")
            return redirect(url_for("bookings.session", training_session_id=offered[0].training_session_id))
    return render_template(
        "bookings/move_part.html",
        form=form,
        missed=missed,
        training_session=missed.training_session,
        concerned=concerned,
        choices=choices,
    )


@bp.route("/sessions/<int:training_session_id>/parts/<int:part_id>/new-date", methods=["GET", "POST"])
@allow(*STAFF)
def new_part_date(training_session_id: int, part_id: int) -> ResponseReturnValue:
    """Make a date for one part alone, and go on to offer it, or to book the one who missed it (`booking`)."""
    missed = queries.part_or_404(training_session_id, part_id)
    asked = row_asked_for("booking")
    booking = bookings.booking_seen_by(current_person(), asked) if asked else None
    if missed not in booking.parts_to_make_up if booking else missed.is_on:
        return redirect(url_for("bookings.session", training_session_id=training_session_id))
    back = (
        url_for("bookings.book_part", booking_id=booking.id, part_id=part_id)
        if booking
        else url_for("bookings.move_part", training_session_id=training_session_id, part_id=part_id)
    )
    form = NewPartDateForm.from_request(
        title=missed.name, venue=missed.venue_id, capacity=missed.training_session.capacity
    )
    if form.accepted():
        try:
            with transaction():
                service.add_date_for_part(
                    missed, form.plan, capacity=form.capacity.data, by=current_person(), now=clock.now()
                )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            then = "book it" if booking else "offer it to the delegates"
            flash(f"The new date is made. Choose it to {then}.", "success")
            return redirect(back)
    return render_template(
        "bookings/new_part_date.html",
        form=form,
        missed=missed,
        training_session=missed.training_session,
        booking=booking,
        back=back,
    )


def _chosen(form: OwnPartDateForm, choices: Sequence[queries.Choice]) -> SessionPart:
    return next(choice.part for choice in choices if choice.part.id == form.part_id.data)


def _what_followed(offered: int, left: int) -> str:
    who = "1 delegate is" if offered == 1 else f"{offered} delegates are"
    more = f" {left} could not be: offer them another date." if left else ""
    return f"{who} offered this date by letter, with a deadline.{more}"
