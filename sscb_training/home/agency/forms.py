"""What a lead's list is asked for, read from its address."""

from werkzeug.datastructures import MultiDict

from sscb_training.core.db import row_key
from sscb_training.home.agency.queries import Filters
from sscb_training.home.rules import Standing


def filters_from(asked: MultiDict[str, str], *, scheme_id: int | None) -> Filters:
    """The filters of the address; what makes no sense is not asked. `scheme_id` is the usual scheme."""
    wanted = asked.get("standing", "")
    return Filters(
        search=asked.get("q", "").strip()[:100],
        staff_group_id=row_key(asked.get("group", "")),
        scheme_id=row_key(asked.get("scheme", "")) or scheme_id,
        standing=Standing(wanted) if wanted in list(Standing) else None,
    )
