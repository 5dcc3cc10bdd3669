"""What is asked about whom a need is for, and what the list of needs is narrowed to."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from sscb_training.agencies.models import Sector
from sscb_training.agencies.queries import every_agency, staff_groups
from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.needs.models import NeedStatus
from sscb_training.needs.overview.queries import SORTS, Filters

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


NOBODY = "-"
"""The owner of needs that nobody owns, in addresses."""


def filters_from(asked: MultiDict[str, str]) -> Filters:
    """What the address asks for; whatever makes no sense is taken as not asked."""
    status, owner, sort = asked.get("status", ""), asked.get("owner", ""), asked.get("sort", "")
    return Filters(
        status=next((one for one in NeedStatus if one.value == status), None),
        owner="" if owner == NOBODY else owner or None,
        waits="waits" in asked,
        below_target="below" in asked,
        sort=sort if sort.removeprefix("-") in SORTS else "code",
    )
