"""Pages on which staff say what a course asks for, and administrators when."""

from dataclasses import asdict

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.board import board_numbers
from sscb_training.core.edits import Overtaken
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.described.queries import course_or_404
from sscb_training.courses.settings.service import set_board_numbers
from sscb_training.evaluations import queries, service
from sscb_training.evaluations.routes import bp
from sscb_training.evaluations.settings.forms import NumbersForm, PlanForm
from sscb_training.people.signed_in import current_person


@bp.route("/manage/courses/<int:course_id>/evaluation", methods=["GET", "POST"])
@allow(*STAFF)
def set_plan(course_id: int) -> ResponseReturnValue:
    """What a course asks its delegates, and whether the certificate waits for it."""
    course = course_or_404(course_id)
    form = PlanForm.from_request(**asdict(queries.plan_of(course)))
    if form.accepted():
        try:
            with transaction():
                form.settle(course, lambda held: asdict(queries.plan_of(held)))
                service.set_plan(course, **form.answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            flash("What the course asks for is saved. It holds for what is asked from now on.", "success")
            return redirect(url_for("courses.show", course_id=course_id))
    return render_template("evaluations/set_plan.html", form=form, course=course, numbers=board_numbers())


@bp.route("/settings/evaluation", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def set_numbers() -> ResponseReturnValue:
    """When delegates are asked, how long they can answer, and how often they are reminded."""
    form = NumbersForm.from_request(**asdict(board_numbers()))
    if form.accepted():
        try:
            with transaction():
                form.settle_with(asdict(board_numbers()))
                set_board_numbers(form.answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            flash("The numbers are saved.", "success")
            return redirect(url_for("courses.settings"))
    return render_template("evaluations/set_numbers.html", form=form)
