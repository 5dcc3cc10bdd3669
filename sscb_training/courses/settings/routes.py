"""The settings: pages for administrators. Their endpoints are `courses.…`: to its users it is one place."""

import sqlite3
from dataclasses import asdict

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.queries import staff_groups
from sscb_training.core import clock, jobs
from sscb_training.core.access import allow
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, get_or_404, journal_mode
from sscb_training.core.edits import Overtaken
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Level, LevelScheme, Theme
from sscb_training.courses.routes import bp, done
from sscb_training.courses.service import CourseRefused
from sscb_training.courses.settings import forms, queries, service
from sscb_training.people.signed_in import current_person


@bp.get("/settings")
@allow(Role.ADMINISTRATOR)
def settings() -> ResponseReturnValue:
    """The board's own words, and what this installation is."""
    return render_template(
        "courses/settings.html",
        themes=queries.themes(),
        schemes=queries.level_schemes(),
        staff_groups=staff_groups(),
        numbers=board_numbers(),
        installation=current_app.extensions["settings"],
        database=db.engine.dialect.name,
        sqlite_version=sqlite3.sqlite_version,
        journal_mode=journal_mode(),
        last_beat=jobs.last_beat(),
    )


@bp.route("/settings/numbers", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def set_numbers() -> ResponseReturnValue:
    """Set how long approvals and offers stand, and when joining instructions go out."""
    form = forms.NumbersForm.from_request(**asdict(board_numbers()))
    if form.accepted():
        try:
            with transaction():
                form.settle_with(asdict(board_numbers()))
                service.set_board_numbers(form.answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            return done("The numbers are saved", "courses.settings")
    return render_template("courses/set_numbers.html", form=form)


@bp.route("/settings/themes/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def create_theme() -> ResponseReturnValue:
    """Add a theme."""
    form = forms.NameForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.add_theme(**form.answers, by=current_person(), now=clock.now())
        except CourseRefused as refusal:
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
        except CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done("The changes are saved", "courses.settings")
    return render_template("courses/rename_theme.html", form=form, theme=theme)


@bp.post("/settings/themes/<int:theme_id>/up")
@allow(Role.ADMINISTRATOR)
def move_theme_up(theme_id: int) -> ResponseReturnValue:
    """Put a theme one place earlier."""
    theme = get_or_404(Theme, theme_id)
    with transaction():
        service.move_theme_up(theme, by=current_person(), now=clock.now())
    return redirect(url_for("courses.settings", _anchor="themes"))


@bp.route("/settings/level-schemes/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def create_level_scheme() -> ResponseReturnValue:
    """Add a scheme of levels."""
    form = forms.NameForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.add_level_scheme(**form.answers, by=current_person(), now=clock.now())
        except CourseRefused as refusal:
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
        except CourseRefused as refusal:
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
        except CourseRefused as refusal:
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
        except CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done("The changes are saved", "courses.settings")
    return render_template("courses/rename_level.html", form=form, level=level)


@bp.post("/settings/levels/<int:level_id>/up")
@allow(Role.ADMINISTRATOR)
def move_level_up(level_id: int) -> ResponseReturnValue:
    """Put a level one place earlier in its scheme."""
    level = get_or_404(Level, level_id)
    with transaction():
        service.move_level_up(level, by=current_person(), now=clock.now())
    return redirect(url_for("courses.settings", _anchor=f"levels-{level.scheme_id}"))
