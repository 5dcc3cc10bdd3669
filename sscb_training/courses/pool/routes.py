"""Staff pages of the training pool. Their endpoints are `courses.…`: to its users it is one place."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Trainer
from sscb_training.courses.pool import forms, queries, service
from sscb_training.courses.routes import bp, done
from sscb_training.courses.service import CourseRefused
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person


@bp.get("/manage/trainers")
@allow(*STAFF)
def trainers() -> ResponseReturnValue:
    """The training pool, and those who left it."""
    here, left = queries.trainers(), queries.trainers(left=True)
    agencies = queries.agencies_of([*here, *left], on=clock.today())
    return render_template(
        "courses/trainers.html",
        trainers=here,
        left=left,
        agencies=agencies,
        lapsed=queries.lapsed(here, on=clock.today()),
    )


@bp.get("/manage/trainers/new")
@allow(*STAFF)
def find_trainer() -> ResponseReturnValue:
    """Find the person to put into the pool."""
    search = request.args.get("q", "").strip()
    found = queries.people_for_the_pool(search) if search else []
    return render_template("courses/find_trainer.html", search=search, people=found)


@bp.route("/manage/trainers/new/<int:person_id>", methods=["GET", "POST"])
@allow(*STAFF)
def create_trainer(person_id: int) -> ResponseReturnValue:
    """Put a person into the pool."""
    person = get_or_404(Person, person_id)
    form = forms.TopicsForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.add_trainer(person, **form.answers, by=current_person(), now=clock.now())
        except CourseRefused as refusal:
            form.refuse(refusal)
        else:
            return done(f"{person.name} is in the training pool", "courses.trainers")
    return render_template("courses/create_trainer.html", form=form, person=person)


@bp.route("/manage/trainers/<int:trainer_id>", methods=["GET", "POST"])
@allow(*STAFF)
def edit_trainer(trainer_id: int) -> ResponseReturnValue:
    """Note what a trainer trains people in."""
    trainer = get_or_404(Trainer, trainer_id)
    form = forms.TopicsForm.from_request(
        topics=trainer.topics, courses=[course.id for course in trainer.courses]
    )
    if form.accepted():
        with transaction():
            service.change_topics(trainer, **form.answers, by=current_person(), now=clock.now())
        return done("The changes are saved", "courses.trainers")
    return render_template(
        "courses/edit_trainer.html", form=form, trainer=trainer, events=events_about(trainer)
    )


@bp.route("/manage/trainers/<int:trainer_id>/leave", methods=["GET", "POST"])
@allow(*STAFF)
def leave_pool(trainer_id: int) -> ResponseReturnValue:
    """Take a person out of the pool, after asking."""
    trainer = get_or_404(Trainer, trainer_id)
    if request.method == "POST":
        with transaction():
            service.leave_pool(trainer, by=current_person(), now=clock.now())
        return done(f"{trainer.person.name} has left the training pool", "courses.trainers")
    return render_template("courses/leave_pool.html", trainer=trainer)
