"""What an address asks of the list of actions."""

from collections.abc import Mapping

from sscb_training.case_audits.actions.queries import ActionFilters, Due
from sscb_training.case_audits.forms import one_of
from sscb_training.case_audits.models import ActionStatus

NOBODY = "none"


def action_filters(asked: Mapping[str, str], theme_slugs: Mapping[str, int]) -> ActionFilters:
    """What the address narrows the list of actions by; the owner "none" is nobody."""
    owner = asked.get("owner", "")
    return ActionFilters(
        status=one_of(ActionStatus, asked.get("status")),
        owner="" if owner == NOBODY else owner or None,
        due=one_of(Due, asked.get("due")),
        theme_id=theme_slugs.get(asked.get("theme", "")),
    )
