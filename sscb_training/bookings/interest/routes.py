"""My bookings and the interest list. Their endpoints are `bookings.…`: one place to its users."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.interest import queries, service
from sscb_training.bookings.requests.forms import RoleForm
from sscb_training.bookings.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.pages import page_asked_for, page_of, row_asked_for
from sscb_training.core.transaction import transaction
from sscb_training.people import queries as people
from sscb_training.people.signed_in import current_person


@bp.get("/my-bookings")
@allow(SIGNED_IN)
def index() -> ResponseReturnValue:
    person, now = current_person(), clock.now()
    to_come = bookings.bookings_to_come(person, now=now)
    return render_template(
        "bookings/index.html",
        upcoming=[booking for booking in to_come if booking.holds_a_place],
        waiting=[booking for booking in to_come if booking.is_waiting],
        interests=queries.interests_of(person),
        past=page_of(bookings.past_bookings(person, now=now), page=page_asked_for()),
    )


@bp.route("/courses/<int:course_id>/new-dates", methods=["GET", "POST"])
@allow(SIGNED_IN)
def note_interest(course_id: int) -> ResponseReturnValue:
    """In which of my roles I want to hear of new dates, or of those of a version on; with one role it is only a button.

    Whoever has asked already sees what for, and can change it to what the address asks, or stop.
    """
    course, person = queries.published_course(course_id), current_person()
    key = row_asked_for("version")
    version = queries.version_of(course, key) if key else None
    interest = queries.interest_of(person, course)
    roles = people.memberships_of(person, clock.today())
    asked_as = interest.membership if interest else roles[0] if len(roles) == 1 else None
    form = RoleForm.offering(roles, asked_as.id if asked_as else None)
    if roles and form.accepted():
        membership = next(role for role in roles if role.id == form.membership_id.data)
        with transaction():
            service.note_interest(
                course, person, membership=membership, from_version=version, now=clock.now()
            )
        what = f"a date of version {version.number} or later" if version else "a new date"
        flash(f"We will write to you when {what} opens.", "success")
        return redirect(url_for("catalogue.course", code=course.code))
    return render_template(
        "bookings/note_interest.html",
        form=form,
        course=course,
        version=version,
        roles=roles,
        interest=interest,
        keeps_its_turn=interest is not None and queries.keeps_its_turn(interest, version),
    )


@bp.post("/courses/<int:course_id>/new-dates/leave")
@allow(SIGNED_IN)
def leave_list(course_id: int) -> ResponseReturnValue:
    """Hear no more of new dates of a course."""
    course = queries.published_course(course_id)
    with transaction():
        service.leave_list(course, current_person(), now=clock.now())
    flash(f"We will not write to you about new dates of {course.title}.", "success")
    if request.form.get("from") == "course":
        return redirect(url_for("catalogue.course", code=course.code))
    return redirect(url_for("bookings.index"))
