"""The list of what staff have to check of people who came without booking."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.attendance.routes import bp
from sscb_training.attendance.unconfirmed import queries
from sscb_training.attendance.unconfirmed.forms import CorrectJobForm
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.transaction import transaction
from sscb_training.people import service as people
from sscb_training.people.signed_in import current_person


@bp.get("/people/to-check")
@allow(*STAFF)
def unconfirmed() -> ResponseReturnValue:
    page = page_of(queries.unconfirmed(), page=page_asked_for())
    return render_template(
        "attendance/unconfirmed.html",
        page=page,
        came_to=queries.came_to(page.items),
        namesakes=queries.namesakes(page.items),
    )


@bp.post("/people/to-check/<int:membership_id>/confirm")
@allow(*STAFF)
def confirm_agency(membership_id: int) -> ResponseReturnValue:
    job = queries.unconfirmed_or_404(membership_id)
    with transaction():
        people.confirm_membership(job, by=current_person(), now=clock.now())
    return _done(f"{job.person.name} works at {job.agency.name}: confirmed")


@bp.route("/people/to-check/<int:membership_id>/correct", methods=["GET", "POST"])
@allow(*STAFF)
def correct_agency(membership_id: int) -> ResponseReturnValue:
    job = queries.unconfirmed_or_404(membership_id)
    form = CorrectJobForm.from_request(
        agency_id=job.agency_id, job_title=job.job_title, staff_group_id=job.staff_group_id
    )
    if form.accepted():
        agency = get_or_404(Agency, form.agency_id.data)
        group = get_or_404(StaffGroup, form.staff_group_id.data)
        try:
            with transaction():
                people.correct_membership(
                    job,
                    agency=agency,
                    staff_group=group,
                    job_title=form.job_title.data,
                    by=current_person(),
                    now=clock.now(),
                )
        except people.PersonRefused as refusal:
            form.refuse(refusal)
        else:
            return _done(f"{job.person.name} works at {agency.name}: corrected and confirmed")
    return render_template("attendance/correct_agency.html", form=form, job=job)


def _done(words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("attendance.unconfirmed"))
