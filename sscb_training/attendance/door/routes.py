"""Pages for whoever takes a register and lets somebody in."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.attendance import queries as registers
from sscb_training.attendance.door import queries, service
from sscb_training.attendance.door.forms import NewcomerForm
from sscb_training.attendance.routes import bp
from sscb_training.bookings.models import Booking
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.errors import Refused
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.route("/registers/<int:training_session_id>/add", methods=["GET", "POST"])
@allow(Role.TRAINER, *STAFF)
def add(training_session_id: int) -> ResponseReturnValue:
    training_session = registers.session_seen_by(current_person(), training_session_id)
    search = request.values.get("q", "").strip()[:100]
    found = queries.people_at_the_door(search, on=clock.today())
    if request.method == "POST":
        chosen = next((one for one in found if one.key == request.form.get("who")), None)
        if chosen is None:
            abort(404)  # only somebody whom the search shows can be let in
        with transaction():
            booking = service.let_in(
                training_session,
                chosen.person,
                membership=chosen.membership,
                by=current_person(),
                now=clock.now(),
            )
        return _let_in(booking)
    return render_template(
        "attendance/add.html",
        training_session=training_session,
        search=search,
        found=found,
        most=queries.FOUND_AT_MOST,
        warning=registers.standing_room(registers.sheet(training_session)),
    )


@bp.route("/registers/<int:training_session_id>/add/new", methods=["GET", "POST"])
@allow(Role.TRAINER, *STAFF)
def add_new(training_session_id: int) -> ResponseReturnValue:
    training_session = registers.session_seen_by(current_person(), training_session_id)
    form = NewcomerForm.from_request(name=request.args.get("name", "")[:120])
    if form.accepted():
        agency, group = (
            get_or_404(Agency, form.agency_id.data),
            get_or_404(StaffGroup, form.staff_group_id.data),
        )
        try:
            with transaction():
                booking = service.let_in_newcomer(
                    training_session,
                    name=form.name.data,
                    email=form.email.data or "",
                    job_title=form.job_title.data,
                    agency=agency,
                    staff_group=group,
                    by=current_person(),
                    now=clock.now(),
                )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _let_in(booking)
    return render_template("attendance/add_new.html", form=form, training_session=training_session)


def _let_in(booking: Booking) -> ResponseReturnValue:
    training_session_id = booking.training_session_id
    flash(f"{booking.person.name} is on the register", "success")
    return redirect(
        url_for("attendance.take", training_session_id=training_session_id, _anchor=f"delegate-{booking.id}")
    )
