"""Pages on which a coordinator decides about the bookings of people who leave their job."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings.leavers import queries, service
from sscb_training.bookings.leavers.forms import CANCEL, LeaverForm
from sscb_training.bookings.models import Booking
from sscb_training.bookings.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.errors import Refused
from sscb_training.core.pages import page_asked_for
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Membership, Person
from sscb_training.people.signed_in import current_person


@bp.get("/leavers")
@allow(Role.AGENCY_LEAD, *STAFF)
def leavers() -> ResponseReturnValue:
    """All that waits for this coordinator's decision."""
    page = queries.left_behind(current_person(), now=clock.now(), page=page_asked_for())
    return render_template("bookings/leavers.html", page=page)


@bp.route("/bookings/<int:booking_id>/leaver", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def decide_leaver(booking_id: int) -> ResponseReturnValue:
    """Carry one over, or cancel it without charge."""
    viewer, now = current_person(), clock.now()
    booking = queries.left_behind_seen_by(viewer, booking_id, now=now)
    every_job = queries.new_jobs(booking)
    jobs = _jobs_to_choose(viewer, every_job)
    form = LeaverForm.from_request()
    form.offer({job.id: words for job, words in jobs.items()})
    if form.accepted():
        try:
            with transaction():
                said = _decide(booking, jobs, form.answer.data, by=viewer)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(said, "success")
            return redirect(url_for("bookings.leavers"))
    return render_template(
        "bookings/decide_leaver.html",
        form=form,
        booking=booking,
        jobs=jobs,
        has_jobs=bool(every_job),
    )


def _decide(booking: Booking, jobs: dict[Membership, str], answer: int | str, *, by: Person) -> str:
    """Do what was chosen; what the next page says of it."""
    name = booking.person.name
    if answer == CANCEL:
        service.cancel_for_leaver(booking, by=by, now=clock.now())
        return f"The booking of {name} is cancelled without charge. A receipt is on its way by email."
    membership = next(job for job in jobs if job.id == answer)
    service.carry_over(booking, membership, by=by, now=clock.now())
    asked = " and waits for approval there" if booking.awaits_approval else ""
    return f"The booking of {name} is carried over{asked}. A letter is on its way to {name}."


def _jobs_to_choose(viewer: Person, jobs: Sequence[Membership]) -> dict[Membership, str]:
    """The jobs in words. A lead is not told where else people work: one that is not theirs goes without its name, and
    of several nobody could choose."""
    known = [job for job in jobs if viewer.is_board_staff or job.agency_id in viewer.leads_agency_ids]
    found = {job: f"{job.job_title}, {job.agency.name}" for job in known}
    if not known and len(jobs) == 1:
        found[jobs[0]] = "the job that they have then"
    return found
