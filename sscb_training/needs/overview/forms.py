"""What is asked about whom a need is for."""

from collections.abc import Mapping
from typing import Any

from sscb_training.agencies.models import Sector
from sscb_training.agencies.queries import every_agency, staff_groups
from sscb_training.core import forms
from sscb_training.core.edits import EditForm

SECTORS = {sector.value: sector.label for sector in Sector}


def _staff_groups() -> Mapping[Any, str]:
    return {group.id: group.name for group in staff_groups()}


def _agencies() -> Mapping[Any, str]:
    return {agency.id: agency.name for agency in every_agency()}


class AudienceForm(EditForm):
    """Whom a need is for."""

    staff_groups = forms.checkboxes(
        "Which staff groups is it for?", _staff_groups, required="Select at least one staff group"
    )
    sectors = forms.checkboxes("Only in these sectors", SECTORS)
    agencies = forms.checkboxes("Only in these agencies", _agencies)
    excluded_sectors = forms.checkboxes("Not in these sectors", SECTORS)
    excluded_agencies = forms.checkboxes("Not in these agencies", _agencies)
