"""Staff pages of courses and versions. Their endpoints are `courses.…`: to its users it is one place."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.pages import page_asked_for, page_of, row_asked_for
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.described import forms, queries, rules, service
from sscb_training.courses.models import CourseVersion, Material
from sscb_training.courses.queries import training_sessions
from sscb_training.courses.routes import bp, done
from sscb_training.courses.service import CourseRefused
from sscb_training.courses.settings import queries as settings
from sscb_training.people.signed_in import current_person

STATES = {"published": True, "draft": False}


@bp.get("/manage/courses")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """Every course, by words, theme and whether it is published."""
    search, theme_id = request.args.get("q", "").strip(), row_asked_for("theme")
    state = request.args.get("state", "")
    found = queries.courses_found(search=search, theme_id=theme_id, published=STATES.get(state))
    themes = settings.themes()
    return render_template(
        "courses/index.html",
        page=page_of(found, page=page_asked_for()),
        search=search,
        state=state if state in STATES else "",
        theme=next((theme for theme in themes if theme.id == theme_id), None),
        theme_choices=[(theme.id, theme.name) for theme in themes],
    )


@bp.route("/manage/courses/new", methods=["GET", "POST"])
@allow(*STAFF)
def create() -> ResponseReturnValue:
    """Describe a new course."""
    form = forms.NewCourseForm.from_request()
    if form.accepted():
        try:
            with transaction():
                course = service.add_course(**form.answers, by=current_person(), now=clock.now())
        except CourseRefused as refusal:
            form.refuse(refusal, "code")
        else:
            return done(
                f"{course.title} is added. Add its first version next.", "courses.show", course_id=course.id
            )
    return render_template("courses/create.html", form=form)


@bp.get("/manage/courses/<int:course_id>")
@allow(*STAFF)
def show(course_id: int) -> ResponseReturnValue:
    """A course with its versions, its dates and what was done to it."""
    course = queries.course_or_404(course_id)
    dates = training_sessions(course_id=course.id, latest_first=True)
    return render_template(
        "courses/show.html",
        course=course,
        used=queries.sessions_by_version(course),
        items=rules.items,
        dates=page_of(dates, page=page_asked_for()),
        events=events_about(course),
        now=clock.now(),
    )


@bp.route("/manage/courses/<int:course_id>/edit", methods=["GET", "POST"])
@allow(*STAFF)
def edit(course_id: int) -> ResponseReturnValue:
    """Describe a course better."""
    course = queries.course_or_404(course_id)
    form = forms.CourseForm.from_request(**forms.description_of(course))
    if form.accepted():
        try:
            with transaction():
                form.settle(course, forms.description_of)
                service.change_course(course, **form.answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            return done("The changes are saved", "courses.show", course_id=course.id)
    return render_template("courses/edit.html", form=form, course=course)


@bp.post("/manage/courses/<int:course_id>/publish")
@allow(*STAFF)
def publish(course_id: int) -> ResponseReturnValue:
    """Show a course to the public."""
    course = queries.course_or_404(course_id)
    with transaction():
        service.publish_course(course, by=current_person(), now=clock.now())
    return done(f"{course.title} is published", "courses.show", course_id=course.id)


@bp.post("/manage/courses/<int:course_id>/unpublish")
@allow(*STAFF)
def unpublish(course_id: int) -> ResponseReturnValue:
    """Take a course off the public pages."""
    course = queries.course_or_404(course_id)
    with transaction():
        service.unpublish_course(course, by=current_person(), now=clock.now())
    return done(f"{course.title} is no longer published", "courses.show", course_id=course.id)


@bp.route("/manage/versions/<int:version_id>/edit", methods=["GET", "POST"])
@allow(*STAFF)
def edit_version(version_id: int) -> ResponseReturnValue:
    """Correct a version's words."""
    version = get_or_404(CourseVersion, version_id)
    form = forms.CorrectionForm.from_request(**forms.content_of(version))
    if form.accepted():
        try:
            with transaction():
                form.settle(version, forms.content_of)
                service.correct_version(version, **form.answers, by=current_person(), now=clock.now())
        except (CourseRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            return done("The changes are saved", "courses.show", course_id=version.course_id)
    return render_template(
        "courses/edit_version.html", form=form, version=version, used=queries.is_used(version)
    )


@bp.route("/manage/versions/<int:version_id>/materials/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_material(version_id: int) -> ResponseReturnValue:
    """Say what a version is taught with."""
    version = get_or_404(CourseVersion, version_id)
    form = forms.MaterialForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.add_material(version, **form.answers, by=current_person(), now=clock.now())
        except CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done("The material is added", "needs.version", version_id=version.id)
    return render_template("courses/add_material.html", form=form, version=version)


@bp.post("/manage/materials/<int:material_id>/remove")
@allow(*STAFF)
def remove_material(material_id: int) -> ResponseReturnValue:
    """Take something away that a version is taught with."""
    material = get_or_404(Material, material_id)
    with transaction():
        service.remove_material(material, by=current_person(), now=clock.now())
    return done(f"{material.name} is removed", "needs.version", version_id=material.course_version_id)
