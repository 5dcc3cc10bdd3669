"""Questions to board staff about needs and the findings behind them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sscb_training.accreditation.queries import schemes
from sscb_training.agencies.models import Sector
from sscb_training.agencies.queries import staff_groups
from sscb_training.case_audits.forms import code, line, words
from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.needs import queries


def _staff_groups() -> Mapping[Any, str]:
    return {group.id: group.name for group in staff_groups()}


def _schemes() -> Mapping[Any, str]:
    return {scheme.id: scheme.name for scheme in schemes()}


def _versions() -> Mapping[Any, str]:
    return {version.id: f"{version.course.title}, version {version.number}" for version in queries.versions()}


class ChangeNeedForm(EditForm):
    """What a need is, how far it is to come, and who answers for it."""

    title = line("Title", required="Enter a title", hint="What people must be able to do.")
    description = words("Description (optional)")
    target_percent = forms.whole_number(
        "Target (optional)", hint="A percentage of the headcount.", least=1, most=100
    )
    target_date = forms.day("Target date (optional)")
    measure = line("How it is measured (optional)")
    owner = line(
        "Owner (optional)",
        hint="A person or a body, for example the Training sub-group. Blank is shown as blank.",
    )
    basis = line("Basis (optional)", hint="Whether the audit says so, or it was inferred.")

    def look_ahead(self, today: date) -> None:
        """The example of a target date is a day to come."""
        forms.hint_at(self.target_date, f"For example, 31 12 {today.year + 1}")


class AddNeedForm(ChangeNeedForm):
    """A new need, with the code that it keeps, whom it is for, and what meets it."""

    code = code("For example, N7. It cannot be changed later.")
    staff_groups = forms.checkboxes(
        "Which staff groups is it for?", _staff_groups, required="Select at least one staff group",
        hint="Select all that apply.",
    )  # fmt: skip
    excluded_sectors = forms.checkboxes(
        "Which sectors is it not for? (optional)",
        {sector.value: sector.label for sector in Sector},
        hint="For example, a sector that already works well. Select none when it is for all of them.",
    )
    scheme = forms.pick(
        "Met by an accreditation (optional)", _schemes, blank="No accreditation",
        hint="Everybody whose accreditation is in force counts.",
    )  # fmt: skip
    from_version = forms.pick(
        "Met by a course, from this version on (optional)", _versions, blank="No course",
        hint="Everybody who attended this version or a later one counts.",
    )  # fmt: skip
