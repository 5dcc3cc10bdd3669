"""What we ask about agencies, staff groups and headcounts."""

from typing import Any

from sscb_training.agencies import queries
from sscb_training.agencies.models import Agency, Confidence, Sector, StaffGroup
from sscb_training.core import forms
from sscb_training.core.db import db
from sscb_training.core.edits import EditForm

SECTORS = {sector: sector.label for sector in Sector}
CONFIDENCES = {one.value: one.label for one in Confidence}


class AgencyForm(EditForm):
    """What we ask of an agency."""

    name = forms.text("Name", required="Enter the agency’s name")
    short_name = forms.text(
        "Short name (optional)", hint="As people say it, like SCHT", max_length=40, width="20"
    )
    sector = forms.pick("Sector", SECTORS, required="Select a sector")
    valid_from = forms.day(
        "First day",
        required="Enter the first day",
        hint="The day on which it became a partner, or a day before everything that you record. For example, 1 4 2012",
    )

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {"sector": Sector(self.sector.data)}


class EndForm(forms.Form):
    """What we ask when an agency ends."""

    valid_to = forms.day("Last day", required="Enter the last day")
    successor = forms.pick(
        "Which agency followed it? (optional)",
        lambda: {agency.id: agency.name for agency in queries.every_agency()},
        hint="The body that its staff and duties went to. For example, the ICB followed the CCG.",
        blank="None",
    )

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {
            "successor": self.successor.data and db.session.get(Agency, self.successor.data)
        }


class HeadcountForm(forms.Form):
    """What we ask of a headcount return."""

    staff_group = forms.pick(
        "Staff group",
        lambda: {group.id: group.name for group in queries.staff_groups()},
        required="Select a staff group",
    )
    number = forms.whole_number(
        "Headcount",
        required="Enter how many people",
        hint="How many of them the agency employs: people, not full-time equivalents, and no names",
        most=100_000,
    )
    as_at = forms.day("As at", required="Enter the day that the number was true of")
    source = forms.text(
        "Source",
        required="Enter where the number comes from",
        hint="For example, yearly return of 1 September 2026, or email from the HR department",
        checks=[forms.nothing_of_a_childs],
    )

    confidence = forms.radios("How sure is it?", CONFIDENCES, required="Select how sure the number is")

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {
            "staff_group": db.session.get(StaffGroup, self.staff_group.data),
            "confidence": Confidence(self.confidence.data),
        }


class WithdrawForm(forms.Form):
    """What we ask before a return is withdrawn."""

    reason = forms.text(
        "Why do you withdraw it?",
        required="Enter why you withdraw it",
        hint="For example, the day was typed as 2025 and is 2026",
    )
    others_too = forms.tick("Withdraw what was sent in with it, too")


class StaffGroupForm(forms.Form):
    """What we ask of a staff group."""

    name = forms.text("Name", required="Enter the staff group’s name", hint="For example, Health visitors")


def details_of(agency: Agency) -> dict[str, Any]:
    """An agency as it is now, as usual answers."""
    return {
        "name": agency.name,
        "short_name": agency.short_name,
        "sector": agency.sector,
        "valid_from": agency.valid_from,
    }
