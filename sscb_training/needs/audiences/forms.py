"""Questions to board staff about what answers a need."""

from collections.abc import Mapping
from typing import Any

from sscb_training.accreditation.queries import schemes
from sscb_training.case_audits.forms import line, words
from sscb_training.core import forms
from sscb_training.core.forms import Form
from sscb_training.needs import queries as needs
from sscb_training.needs.audiences import queries

COUNTS = {"yes": "It counts: who has it meets the need", "no": "It only supports the need"}


def _versions() -> Mapping[Any, str]:
    return {version.id: f"{version.course.title}, version {version.number}" for version in needs.versions()}


def _actions() -> Mapping[Any, str]:
    return {action.id: f"{action.code}: {action.text}" for action in queries.actions_that_change_courses()}


def _schemes() -> Mapping[Any, str]:
    return {scheme.id: scheme.name for scheme in schemes()}


def _briefings() -> Mapping[Any, str]:
    return {briefing.id: briefing.title for briefing in queries.briefings_to_name()}


def _counts() -> Any:
    return forms.radios(
        "Does it count?", COUNTS, required="Select whether it counts", hint="Coverage is made of what counts."
    )


class VersionForm(Form):
    """A course that is taught already."""

    answer = forms.pick(
        "From which version of which course on?", _versions, required="Select a version of a course",
        hint="Who attended this version or a later one meets the need.",
    )  # fmt: skip
    counts = _counts()


class WaitForm(Form):
    """A course whose content an action is to change."""

    answer = forms.pick(
        "Which action changes the course?", _actions, required="Select the action that changes the course",
        hint="The need waits for the course until the version that answers this action is published. Until then nobody "
        "is counted as trained by it. Then who attended that version or a later one counts, without anybody doing "
        "anything.",
    )  # fmt: skip
    counts = _counts()


class SchemeForm(Form):
    """An accreditation."""

    answer = forms.pick(
        "Which accreditation?", _schemes, required="Select an accreditation",
        hint="Who has it in force meets the need.",
    )  # fmt: skip
    counts = _counts()


class BriefingForm(Form):
    """A learning briefing, which supports and never counts."""

    answer = forms.pick(
        "Which briefing?", _briefings, required="Select a briefing",
        hint="It supports the need. Who has read it is not counted as trained.",
    )  # fmt: skip


class OtherForm(Form):
    """Something that is done and is no training."""

    text = words(
        "What is done?",
        required="Enter what is done",
        hint="For example, supervision asks about core groups from May on.",
    )
    owner = line("Who answers for it? (optional)", hint="A person or a body. Blank is shown as blank.")


KINDS: dict[str, tuple[str, str, type[Form]]] = {
    "course": ("A course, from a version on", "Attending that version or a later one", VersionForm),
    "change": (
        "A course that an action is to change",
        "The need waits until the new version is published",
        WaitForm,
    ),
    "accreditation": ("An accreditation", "Being accredited and in force", SchemeForm),
    "briefing": ("A learning briefing", "Supports the need, and never counts", BriefingForm),
    "other": ("Something that is no training", "Supports the need, and never counts", OtherForm),
}
"""What may answer a need, by its word in addresses: its name, what it means, and what is asked about it."""
