"""The page on which staff say how many places a session has and who they are for."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Sector
from sscb_training.bookings import queries as bookings
from sscb_training.bookings.models import Booking
from sscb_training.bookings.places import queries, service
from sscb_training.bookings.places.forms import PlacesForm, places_of
from sscb_training.bookings.routes import bp
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.edits import Overtaken
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.signed_in import current_person


@bp.route("/sessions/<int:training_session_id>/places", methods=["GET", "POST"])
@allow(*STAFF)
def change_places(training_session_id: int) -> ResponseReturnValue:
    """How many places, for whom, and until when that holds."""
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    form = PlacesForm.from_request(**places_of(training_session))
    waiting = bookings.number_waiting(training_session)
    if "change" not in request.form and form.accepted():
        try:
            if waiting and "looked_at" not in request.form:
                return _preview(training_session, form)
            with transaction():
                form.settle(training_session, places_of)
                offered = service.change_places(
                    training_session, **form.places, by=current_person(), now=clock.now()
                )
        except Overtaken as refusal:
            form.refuse(refusal)
        except BookingRefused as refusal:
            form.refuse(refusal, "capacity")
        else:
            flash(_what_followed(training_session, offered), "success")
            return redirect(url_for("bookings.session", training_session_id=training_session_id))
    return render_template(
        "bookings/change_places.html",
        form=form,
        training_session=training_session,
        mix=queries.mix(training_session, today=clock.today()),
        waiting=waiting,
        room=bookings.room_for(training_session),
        sectors=list(Sector),
    )


def _preview(training_session: TrainingSession, form: PlacesForm) -> ResponseReturnValue:
    """Who would be offered a place; the answers come along unseen."""
    with transaction():
        form.settle(training_session, places_of)
        foreseen = service.rehearse_places(
            training_session, **form.places, by=current_person(), now=clock.now()
        )
    return render_template(
        "bookings/check_places.html",
        training_session=training_session,
        given=[(name, value) for name, value in request.form.items() if name in form.data],
        capacity=form.capacity.data,
        waiting=bookings.number_waiting(training_session),
        foreseen=foreseen,
    )


def _what_followed(training_session: TrainingSession, offered: Sequence[Booking]) -> str:
    sentence = f"This session now has {training_session.capacity} places."
    if offered:
        sentence += f" Offered to {', '.join(booking.person.name for booking in offered)}."
    if still := bookings.number_waiting(training_session):
        sentence += f" {still} still {'waits' if still == 1 else 'wait'}."
    return sentence
