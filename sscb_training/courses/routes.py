"""Staff pages of courses, versions, venues, the training pool and dates; and the settings."""

import sqlite3
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.queries import staff_groups
from sscb_training.core import clock, jobs
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import db, get_or_404, journal_mode
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.roles import Role
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses import forms, queries, rules, service
from sscb_training.courses.models import (
    CourseVersion,
    Level,
    LevelScheme,
    SessionStatus,
    Theme,
    Trainer,
    Venue,
)
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person

bp = Blueprint("courses", __name__)
STATES = {"published": True, "draft": False}
USUAL_PLACES = 20


def done(words: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Say what happened, on the page that comes next."""
    flash(words, "success")
    return redirect(url_for(endpoint, **values))


# Courses and versions


@bp.get("/manage/courses")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """Every course, by words, theme and whether it is published."""
    search, theme_id = request.args.get("q", "").strip(), request.args.get("theme", type=int)
    state = request.args.get("state", "")
    found = queries.courses_found(search=search, theme_id=theme_id, published=STATES.get(state))
    themes = queries.themes()
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
        except service.CourseRefused as refusal:
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
    dates = queries.training_sessions(course_id=course.id, latest_first=True)
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
        with transaction():
            service.change_course(course, **form.answers, by=current_person(), now=clock.now())
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


@bp.route("/manage/courses/<int:course_id>/versions/new", methods=["GET", "POST"])
@allow(*STAFF)
def create_version(course_id: int) -> ResponseReturnValue:
    """Add a version, beginning from the words of the last."""
    course = queries.course_or_404(course_id)
    form = forms.VersionForm.from_request(**forms.next_version_of(course))
    if form.accepted():
        try:
            with transaction():
                version = service.add_version(course, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal)
        else:
            return done(f"Version {version.number} is added", "courses.show", course_id=course.id)
    return render_template("courses/create_version.html", form=form, course=course)


@bp.route("/manage/versions/<int:version_id>/edit", methods=["GET", "POST"])
@allow(*STAFF)
def edit_version(version_id: int) -> ResponseReturnValue:
    """Correct a version's words."""
    version = get_or_404(CourseVersion, version_id)
    form = forms.CorrectionForm.from_request(**forms.content_of(version))
    if form.accepted():
        try:
            with transaction():
                service.correct_version(version, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal)
        else:
            return done("The changes are saved", "courses.show", course_id=version.course_id)
    return render_template(
        "courses/edit_version.html", form=form, version=version, used=queries.is_used(version)
    )


# Venues


@bp.get("/manage/venues")
@allow(*STAFF)
def venues() -> ResponseReturnValue:
    """The venues in use, and those closed."""
    return render_template("courses/venues.html", venues=queries.venues(), closed=queries.venues(closed=True))


@bp.route("/manage/venues/new", methods=["GET", "POST"])
@allow(*STAFF)
def create_venue() -> ResponseReturnValue:
    """Add a venue."""
    form = forms.VenueForm.from_request()
    if form.accepted():
        try:
            with transaction():
                venue = service.add_venue(**form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done(f"{venue.name} is added", "courses.venues")
    return render_template("courses/create_venue.html", form=form)


@bp.route("/manage/venues/<int:venue_id>", methods=["GET", "POST"])
@allow(*STAFF)
def edit_venue(venue_id: int) -> ResponseReturnValue:
    """Correct what is known of a venue."""
    venue = get_or_404(Venue, venue_id)
    form = forms.VenueForm.from_request(
        name=venue.name, address=venue.address, capacity=venue.capacity, access=venue.access
    )
    if form.accepted():
        try:
            with transaction():
                service.change_venue(venue, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done("The changes are saved", "courses.venues")
    return render_template("courses/edit_venue.html", form=form, venue=venue, events=events_about(venue))


@bp.post("/manage/venues/<int:venue_id>/close")
@allow(*STAFF)
def close_venue(venue_id: int) -> ResponseReturnValue:
    """Offer a venue for no more dates."""
    venue = get_or_404(Venue, venue_id)
    with transaction():
        service.close_venue(venue, by=current_person(), now=clock.now())
    return done(f"{venue.name} is closed", "courses.venues")


@bp.post("/manage/venues/<int:venue_id>/reopen")
@allow(*STAFF)
def reopen_venue(venue_id: int) -> ResponseReturnValue:
    """Offer a venue again."""
    venue = get_or_404(Venue, venue_id)
    with transaction():
        service.reopen_venue(venue, by=current_person(), now=clock.now())
    return done(f"{venue.name} is open again", "courses.venues")


# The training pool


@bp.get("/manage/trainers")
@allow(*STAFF)
def trainers() -> ResponseReturnValue:
    """The training pool, and those who left it."""
    return render_template(
        "courses/trainers.html", trainers=queries.trainers(), left=queries.trainers(left=True)
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
        except service.CourseRefused as refusal:
            form.refuse(refusal)
        else:
            return done(f"{person.name} is in the training pool", "courses.trainers")
    return render_template("courses/create_trainer.html", form=form, person=person)


@bp.route("/manage/trainers/<int:trainer_id>", methods=["GET", "POST"])
@allow(*STAFF)
def edit_trainer(trainer_id: int) -> ResponseReturnValue:
    """Note what a trainer trains people in."""
    trainer = get_or_404(Trainer, trainer_id)
    form = forms.TopicsForm.from_request(topics=trainer.topics)
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


# Dates


@bp.get("/manage/sessions/new")
@allow(*STAFF)
def create_session() -> ResponseReturnValue:
    """Choose what the new date is of, and how many parts it has."""
    asked = {"version": request.args.get("version", type=int), "number_of_parts": 1}
    form = forms.WhatToRunForm(request.args if "number_of_parts" in request.args else None, data=asked)
    if "number_of_parts" in request.args and form.validate():
        return redirect(
            url_for("courses.plan_session", version_id=form.version.data, parts=form.number_of_parts.data)
        )
    return render_template("courses/create_session.html", form=form)


@bp.route("/manage/versions/<int:version_id>/sessions/new", methods=["GET", "POST"])
@allow(*STAFF)
def plan_session(version_id: int) -> ResponseReturnValue:
    """Plan a date: its places and parts, who trains, what delegates should know. It is saved as a draft."""
    version = get_or_404(CourseVersion, version_id)
    parts = forms.blank_parts(request.args.get("parts", 1, type=int))
    form = forms.SessionForm.from_request(capacity=USUAL_PLACES, parts=parts)
    if not form.reshape(request.form.get("reshape", "")) and form.accepted():
        try:
            with transaction():
                draft = service.add_session(version, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal)
        else:
            return done("The draft is saved", "courses.publish_session", training_session_id=draft.id)
    return render_template("courses/plan_session.html", form=form, version=version)


@bp.route("/manage/sessions/<int:training_session_id>/edit", methods=["GET", "POST"])
@allow(*STAFF)
def edit_session(training_session_id: int) -> ResponseReturnValue:
    """Plan a draft anew. What a published date may still change has a page of its own."""
    training_session = queries.training_session_or_404(training_session_id)
    if training_session.status is not SessionStatus.DRAFT:
        return redirect(url_for("courses.change_details", training_session_id=training_session.id))
    form = forms.DraftForm.from_request(**forms.plan_of(training_session))
    form.keep(training_session)
    if not form.reshape(request.form.get("reshape", "")) and form.accepted():
        try:
            with transaction():
                service.change_draft(training_session, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal)
        else:
            return done(
                "The draft is saved", "courses.publish_session", training_session_id=training_session.id
            )
    return render_template("courses/edit_session.html", form=form, training_session=training_session)


@bp.route("/manage/sessions/<int:training_session_id>/details", methods=["GET", "POST"])
@allow(*STAFF)
def change_details(training_session_id: int) -> ResponseReturnValue:
    """Change what a published date may still change: trainers, joining instructions, addresses on-line."""
    training_session = queries.training_session_or_404(training_session_id)
    form = forms.DetailsForm.from_request(**forms.details_of(training_session))
    form.keep(training_session)
    if form.accepted():
        try:
            with transaction():
                service.change_details(training_session, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal)
        else:
            return done(
                "The changes are saved", "courses.publish_session", training_session_id=training_session.id
            )
    return render_template("courses/change_details.html", form=form, training_session=training_session)


@bp.route("/manage/sessions/<int:training_session_id>/publish", methods=["GET", "POST"])
@allow(*STAFF)
def publish_session(training_session_id: int) -> ResponseReturnValue:
    """Look a date over, with what to think of before it opens for booking; then open it."""
    training_session = queries.training_session_or_404(training_session_id)
    if request.method == "POST":
        with transaction():
            service.publish_session(training_session, by=current_person(), now=clock.now())
        return done(
            "The date is published", "courses.publish_session", training_session_id=training_session.id
        )
    return render_template(
        "courses/publish_session.html",
        training_session=training_session,
        cautions=queries.cautions(training_session, clock.now()),
        clashes=queries.clashes(training_session),
        events=events_about(training_session),
    )


@bp.route("/manage/sessions/<int:training_session_id>/delete", methods=["GET", "POST"])
@allow(*STAFF)
def delete_session(training_session_id: int) -> ResponseReturnValue:
    """Delete a draft, after asking."""
    training_session = queries.training_session_or_404(training_session_id)
    if request.method == "POST":
        course_id = training_session.course_version.course_id
        with transaction():
            service.delete_draft(training_session, by=current_person(), now=clock.now())
        return done("The draft is deleted", "courses.show", course_id=course_id)
    return render_template("courses/delete_session.html", training_session=training_session)


# Settings


@bp.get("/settings")
@allow(Role.ADMINISTRATOR)
def settings() -> ResponseReturnValue:
    """The board's own words, and what this installation is."""
    return render_template(
        "courses/settings.html",
        themes=queries.themes(),
        schemes=queries.level_schemes(),
        staff_groups=staff_groups(),
        installation=current_app.extensions["settings"],
        database=db.engine.dialect.name,
        sqlite_version=sqlite3.sqlite_version,
        journal_mode=journal_mode(),
        last_beat=jobs.last_beat(),
    )


@bp.route("/settings/themes/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def create_theme() -> ResponseReturnValue:
    """Add a theme."""
    form = forms.NameForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.add_theme(**form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done(f"{form.name.data} is added", "courses.settings")
    return render_template("courses/create_theme.html", form=form)


@bp.route("/settings/themes/<int:theme_id>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def rename_theme(theme_id: int) -> ResponseReturnValue:
    """Call a theme by another name."""
    theme = get_or_404(Theme, theme_id)
    form = forms.NameForm.from_request(name=theme.name)
    if form.accepted():
        try:
            with transaction():
                service.rename_theme(theme, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done("The changes are saved", "courses.settings")
    return render_template("courses/rename_theme.html", form=form, theme=theme)


@bp.route("/settings/level-schemes/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def create_level_scheme() -> ResponseReturnValue:
    """Add a scheme of levels."""
    form = forms.NameForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.add_level_scheme(**form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done(f"{form.name.data} is added", "courses.settings")
    return render_template("courses/create_level_scheme.html", form=form)


@bp.route("/settings/level-schemes/<int:scheme_id>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def rename_level_scheme(scheme_id: int) -> ResponseReturnValue:
    """Call a scheme of levels by another name."""
    scheme = get_or_404(LevelScheme, scheme_id)
    form = forms.NameForm.from_request(name=scheme.name)
    if form.accepted():
        try:
            with transaction():
                service.rename_level_scheme(scheme, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done("The changes are saved", "courses.settings")
    return render_template("courses/rename_level_scheme.html", form=form, scheme=scheme)


@bp.route("/settings/level-schemes/<int:scheme_id>/levels/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def create_level(scheme_id: int) -> ResponseReturnValue:
    """Add a level above the others of its scheme."""
    scheme = get_or_404(LevelScheme, scheme_id)
    form = forms.NameForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.add_level(scheme, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done(f"{form.name.data} is added", "courses.settings")
    return render_template("courses/create_level.html", form=form, scheme=scheme)


@bp.route("/settings/levels/<int:level_id>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def rename_level(level_id: int) -> ResponseReturnValue:
    """Call a level by another name."""
    level = get_or_404(Level, level_id)
    form = forms.NameForm.from_request(name=level.name)
    if form.accepted():
        try:
            with transaction():
                service.rename_level(level, **form.answers, by=current_person(), now=clock.now())
        except service.CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done("The changes are saved", "courses.settings")
    return render_template("courses/rename_level.html", form=form, level=level)
