"""The page of a course's booking rules, for staff. Its endpoint is `bookings.…`: to its users it is one place."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings.eligibility import queries, service
from sscb_training.bookings.eligibility.forms import RulesForm
from sscb_training.bookings.routes import bp
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.transaction import transaction
from sscb_training.courses.described.queries import course_or_404
from sscb_training.people.signed_in import current_person


@bp.route("/manage/courses/<int:course_id>/booking-rules", methods=["GET", "POST"])
@allow(*STAFF)
def set_rules(course_id: int) -> ResponseReturnValue:
    """Who approves, who may book, what is needed first, and how many from one agency."""
    course = course_or_404(course_id)
    form = RulesForm.about(course, queries.who_may_book(course))
    if form.accepted():
        try:
            with transaction():
                service.set_rules(course, **form.answers, by=current_person(), now=clock.now())
        except BookingRefused as refusal:
            form.refuse(refusal, "attended")
        else:
            flash("The booking rules are saved. They hold for bookings from now on.", "success")
            return redirect(url_for("courses.show", course_id=course_id))
    return render_template("bookings/set_rules.html", form=form, course=course)
