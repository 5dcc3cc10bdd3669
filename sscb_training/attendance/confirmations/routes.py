"""The page on which a manager says whether a delegate is ready, and the board's list of those who wait."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.attendance.confirmations import queries, service
from sscb_training.attendance.confirmations.forms import ConfirmForm, DecideForm
from sscb_training.attendance.routes import bp
from sscb_training.attendance.verdicts.queries import SIGNED_FOR
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, STAFF, allow
from sscb_training.core.errors import Refused
from sscb_training.core.signing import unsigned
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.route("/confirmations/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    """By whoever holds the link of the letter, once; afterwards thanks, and nothing of what was said."""
    confirmation_id = unsigned(SIGNED_FOR, token)
    if not isinstance(confirmation_id, int):
        abort(404)
    confirmation = queries.confirmation_of_link(confirmation_id)
    form = ConfirmForm.from_request()
    if confirmation.is_open and form.accepted():
        try:
            with transaction():
                service.answer(confirmation, by=None, now=clock.now(), **form.answers)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect(request.path)
    return render_template("attendance/confirm.html", form=form, confirmation=confirmation)


@bp.get("/confirmations")
@allow(*STAFF)
def confirmations() -> ResponseReturnValue:
    """Whose accreditation waits for their manager's word."""
    return render_template("attendance/confirmations.html", confirmations=queries.waiting())


@bp.route("/confirmations/<int:confirmation_id>/decide", methods=["GET", "POST"])
@allow(*STAFF)
def decide_confirmation(confirmation_id: int) -> ResponseReturnValue:
    """Answer in the manager's stead."""
    confirmation = queries.confirmation_for_staff(confirmation_id)
    form = DecideForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.answer(confirmation, by=current_person(), now=clock.now(), **form.answers)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(f"Your answer about {confirmation.booking.person.name} is kept", "success")
            return redirect(url_for("attendance.confirmations"))
    return render_template("attendance/decide_confirmation.html", form=form, confirmation=confirmation)
