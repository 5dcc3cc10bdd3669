"""Pages on which several people are booked at once, and on which staff close a date to other agencies."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency
from sscb_training.bookings import queries as bookings
from sscb_training.bookings.routes import bp
from sscb_training.bookings.service import BookingRefused
from sscb_training.bookings.teams import service
from sscb_training.bookings.teams.forms import OnlyAgencyForm
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.forms import also_offer
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.route("/sessions/<int:training_session_id>/only-agency", methods=["GET", "POST"])
@allow(*STAFF)
def close_to_others(training_session_id: int) -> ResponseReturnValue:
    """Keep a date for one agency's staff, or open it to all again."""
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    only = training_session.only_agency
    form = OnlyAgencyForm.from_request(only_agency=only.id if only else None)
    if only is not None:
        also_offer(form.only_agency, {only.id: only.name})
    if form.accepted():
        chosen = get_or_404(Agency, form.only_agency.data) if form.only_agency.data else None
        try:
            with transaction():
                service.close_to_others(training_session, chosen, by=current_person(), now=clock.now())
        except BookingRefused as refusal:
            form.refuse(refusal, "only_agency")
        else:
            flash(
                f"This date is for {chosen.name} only." if chosen else "This date is for all agencies.",
                "success",
            )
            return redirect(url_for("bookings.session", training_session_id=training_session_id))
    return render_template("bookings/close_to_others.html", form=form, training_session=training_session)
