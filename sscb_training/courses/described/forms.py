"""What we ask about courses and versions."""

import re
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from sscb_training.core import forms
from sscb_training.core.db import db
from sscb_training.core.edits import EditForm
from sscb_training.courses.models import Course, CourseVersion, Level, Theme
from sscb_training.courses.settings import queries as settings

CODE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", re.ASCII)
ONE_A_LINE = "One item a line"


def code_shape(_form: forms.Form, field: Field) -> None:
    if not CODE.fullmatch(field.data or ""):
        raise ValidationError(
            "Code must be letters and digits, with single hyphens between them, like GCP2-PRAC"
        )


class CodeForm(forms.Form):
    """What a course is called in addresses and lists."""

    code = forms.text(
        "Code",
        required="Enter a code",
        hint="Short, and part of the course’s address for good. For example, GCP2-PRAC",
        max_length=20,
        width="10",
        checks=[code_shape],
    )


class CourseForm(EditForm):
    """What we ask of a course, its code apart."""

    title = forms.text("Title", required="Enter the course’s title")
    theme = forms.pick(
        "Theme",
        lambda: {theme.id: theme.name for theme in settings.themes()},
        required="Select a theme",
    )
    summary = forms.long_text(
        "Summary",
        required="Enter a summary",
        hint="Two or three sentences for the list of courses",
        max_length=600,
        lines=4,
    )
    for_whom = forms.long_text(
        "Who it is for", required="Enter who the course is for", max_length=1000, lines=4
    )
    levels = forms.checkboxes(
        "Levels (optional)",
        lambda: {level.id: f"{level.scheme.name}: {level.name}" for level in settings.levels()},
    )
    is_discreet = forms.tick(
        "Letters and calendars do not name the course",
        hint="For a subject that nobody who looks on should see, like domestic abuse. The text of a letter names it",
    )

    may_miss_minutes = forms.whole_number(
        "Minutes of a part that may be missed (optional)",
        hint="Only where the course demands full attendance, 0 if nothing may be missed. The register then asks how many "
        "minutes somebody missed who came late or left early, and whoever missed more has not completed the part",
        least=0,
        most=600,
        name="Minutes that may be missed",
    )

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {
            "theme": db.session.get(Theme, self.theme.data),
            "levels": [db.session.get(Level, level_id) for level_id in self.levels.data or ()],
        }


class NewCourseForm(CodeForm, CourseForm):
    """What we ask of a new course: its code first, which then stays."""


class CorrectionForm(EditForm):
    """What we ask of a version that is there."""

    covers = forms.long_text("What it covers", required="Enter what it covers", hint=ONE_A_LINE, lines=7)
    outcomes = forms.long_text(
        "Outcomes",
        required="Enter what people can do afterwards",
        hint=f"What people can do afterwards. {ONE_A_LINE}",
        lines=6,
    )
    length_minutes = forms.whole_number(
        "Length in minutes",
        required="Enter the length in minutes",
        hint="Teaching time of all parts together. A half day is about 180, a day 360",
        least=15,
        most=6000,
    )
    what_to_bring = forms.long_text("What to bring (optional)", lines=3)
    what_changed = forms.long_text(
        "What changed since the version before",
        hint="In a sentence or two. Needs may count only people trained on the new content",
        lines=3,
    )


class VersionForm(CorrectionForm):
    """What we ask of a new version."""

    valid_from = forms.day(
        "Valid from", required="Enter the day from which it is taught", hint="For example, 1 9 2026"
    )


class MaterialForm(forms.Form):
    """What we ask of something that a version is taught with."""

    name = forms.text(
        "Name", required="Enter a name", hint="For example, Slides or Trainer’s notes", max_length=120
    )
    address = forms.text(
        "Web address",
        required="Enter its web address",
        hint="Begins with https://. Who may open it is decided where it is kept",
        max_length=500,
        checks=[forms.web_address],
    )
    for_delegates = forms.tick(
        "Delegates with a place may see it too", hint="Without this only trainers see it"
    )


def description_of(course: Course) -> dict[str, Any]:
    """A course as it is described now, as usual answers."""
    return {
        "title": course.title,
        "theme": course.theme_id,
        "summary": course.summary,
        "for_whom": course.for_whom,
        "levels": [level.id for level in course.levels],
        "is_discreet": course.is_discreet,
        "may_miss_minutes": course.may_miss_minutes,
    }


def content_of(version: CourseVersion) -> dict[str, Any]:
    """A version's words now, as usual answers."""
    return {
        "covers": version.covers,
        "outcomes": version.outcomes,
        "length_minutes": version.length_minutes,
        "what_to_bring": version.what_to_bring,
        "what_changed": version.what_changed,
    }


def next_version_of(course: Course) -> dict[str, Any]:
    """The words to begin a course's next version from: those of its last, without what changed then."""
    return content_of(course.versions[-1]) | {"what_changed": ""} if course.versions else {}
