"""What a lead's list is asked for, read from its address."""

from werkzeug.datastructures import MultiDict

from sscb_training.home.agency.queries import Filters
from sscb_training.home.rules import Standing


def filters_from(asked: MultiDict[str, str], *, scheme_id: int | None) -> Filters:
    """The filters of the address; what makes no sense is not asked. `scheme_id` is the usual scheme."""
    wanted = asked.get("standing", "")
    return Filters(
        search=asked.get("q", "").strip()[:100],
        staff_group_id=_number(asked.get("group", "")),
        scheme_id=_number(asked.get("scheme", "")) or scheme_id,
        standing=Standing(wanted) if wanted in list(Standing) else None,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
