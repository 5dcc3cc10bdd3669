"""What a matrix is asked for, read from its address."""

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from sscb_training.core.db import row_key
from sscb_training.home.matrix.queries import Filters
from sscb_training.home.matrix.rules import Asked, Column

SORTS = ("name", "group")


def filters_from(asked: MultiDict[str, str], columns: Sequence[Column]) -> Filters:
    """The filters of the address; what makes no sense is not asked."""
    state, sort, column = asked.get("state", ""), asked.get("sort", ""), asked.get("in", "")
    keys = [one.key for one in columns]
    return Filters(
        search=asked.get("q", "").strip()[:100],
        manager=asked.get("manager", "").strip()[:100],
        staff_group_id=row_key(asked.get("group", "")),
        asked=Asked(state) if state in list(Asked) else None,
        column=next((one for one in columns if one.key == column), None),
        sort=sort if sort.removeprefix("-") in (*SORTS, *keys) else "name",
    )
