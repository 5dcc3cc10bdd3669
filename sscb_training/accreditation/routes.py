"""Pages of accreditation: the register of accreditations, revoking one and reinstating it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries, service
from sscb_training.accreditation.forms import ReinstateForm, RevokeForm, filters_from
from sscb_training.agencies.queries import current_agencies
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.pages import day_asked_for, known_on_asked_for, page_asked_for, page_of, unread_days
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person

bp = Blueprint("accreditation", __name__)
FILES = {"csv": csv_answer, "xlsx": excel_answer}
DAYS = {"as_at": "As at", "known_on": "As known on"}
WAITING = "pending_external"


@bp.get("/accreditations")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """Who holds what on a day, as far as was known on another. What waits for a decision has a list of its own."""
    today, unread = clock.today(), unread_days(DAYS)
    if request.args.get("state") == WAITING:
        return redirect(url_for("accreditation.externals", state=WAITING))
    known_on = known_on_asked_for()
    filters = filters_from(
        request.args,
        as_at=day_asked_for("as_at", today),
        known_on=known_on if known_on < today else None,
    )
    answer = FILES.get(request.args.get("format", ""))
    if answer and not unread:
        return answer("accreditations", queries.EXPORTED, queries.exported(filters, today=today))
    return render_template(
        "accreditation/index.html",
        page=page_of(queries.register(filters), page=page_asked_for()),
        filters=filters,
        today=today,
        unread=unread,
        choices={
            "schemes": [(scheme.id, scheme.name) for scheme in queries.schemes()],
            "agencies": [(agency.id, agency.name) for agency in current_agencies(filters.as_at)],
            "states": [
                *((state.value, state.label) for state in queries.ON_THE_REGISTER),
                (WAITING, "Waiting for a decision"),
            ],
        },
        agencies_of=queries.agencies_of,
    )


@bp.route("/accreditations/<int:accreditation_id>/revoke", methods=["GET", "POST"])
@allow(*STAFF)
def revoke(accreditation_id: int) -> ResponseReturnValue:
    accreditation = queries.accreditation_for_staff(accreditation_id)
    form = RevokeForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.revoke(accreditation, by=current_person(), now=clock.now(), **form.answers)
        except service.AccreditationRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"The accreditation of {accreditation.person.name} is revoked", "success")
            return redirect(url_for("needs.accreditation", accreditation_id=accreditation.id))
    return render_template(
        "accreditation/revoke.html",
        form=form,
        accreditation=accreditation,
        others=queries.still_counting(accreditation, on=clock.today()),
    )


@bp.route("/accreditations/<int:accreditation_id>/reinstate", methods=["GET", "POST"])
@allow(*STAFF)
def reinstate(accreditation_id: int) -> ResponseReturnValue:
    accreditation = queries.accreditation_for_staff(accreditation_id)
    form = ReinstateForm.from_request()
    if form.accepted():
        try:
            with transaction():
                made = service.reinstate(accreditation, by=current_person(), now=clock.now(), **form.answers)
        except service.AccreditationRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"The accreditation of {accreditation.person.name} is reinstated", "success")
            return redirect(url_for("needs.accreditation", accreditation_id=made[0].id))
    return render_template("accreditation/reinstate.html", form=form, accreditation=accreditation)
