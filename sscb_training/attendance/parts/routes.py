"""The page on which staff cancel a part."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.attendance.parts import queries, service
from sscb_training.attendance.parts.forms import CancelPartForm
from sscb_training.attendance.routes import bp
from sscb_training.bookings.make_up.queries import part_or_404
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.route("/sessions/<int:training_session_id>/parts/<int:part_id>/cancel", methods=["GET", "POST"])
@allow(*STAFF)
def cancel_part(training_session_id: int, part_id: int) -> ResponseReturnValue:
    part = part_or_404(training_session_id, part_id)
    form = CancelPartForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.cancel_part(part, reason=form.reason.data, by=current_person(), now=clock.now())
        except service.PartRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"{part.name} is cancelled, and everybody concerned gets a letter.", "success")
            return redirect(url_for("bookings.session", training_session_id=training_session_id))
    return render_template(
        "attendance/cancel_part.html",
        form=form,
        part=part,
        training_session=part.training_session,
        why_not=queries.reason_not_to_cancel(part, now=clock.now()),
        is_the_last=part.is_on and len(part.training_session.parts_on) == 1,
        told=queries.told(part),
    )
