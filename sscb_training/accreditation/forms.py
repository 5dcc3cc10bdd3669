"""Questions about revoking, and what to list."""

from datetime import date

from werkzeug.datastructures import MultiDict

from sscb_training.accreditation.queries import ON_THE_REGISTER, SORTS, Filters
from sscb_training.core.db import row_key
from sscb_training.core.forms import Form, day, long_text, text


class DecisionForm(Form):
    """Why the board decided so, and where that is written down."""

    reason = long_text(
        "Reason",
        required="Enter the reason",
        hint="Only board staff see it. Do not write about a child or a family.",
        lines=4,
        max_length=2000,
    )
    reference = text(
        "Reference of the decision",
        required="Enter the reference of the decision",
        hint="For example, the minute or letter that has it",
        max_length=100,
        width="20",
    )


class RevokeForm(DecisionForm):
    """The decision to end an accreditation."""

    on = day("Date from which it no longer counts", required="Enter the date from which it no longer counts")


class ReinstateForm(DecisionForm):
    """The decision to give back what was revoked."""

    on = day("Date from which it counts again", required="Enter the date from which it counts again")


def filters_from(asked: MultiDict[str, str], *, as_at: date, known_on: date | None = None) -> Filters:
    """What the address asks for; whatever makes no sense is taken as not asked."""
    state, sort = asked.get("state", ""), asked.get("sort", "")
    return Filters(
        as_at=as_at,
        known_on=known_on,
        sort=sort if sort.removeprefix("-") in SORTS else "name",
        scheme_id=row_key(asked.get("scheme", "")),
        state=next((one for one in ON_THE_REGISTER if one.value == state), None),
        agency_id=row_key(asked.get("agency", "")),
        search=asked.get("q", "").strip()[:100],
        earlier="earlier" in asked,
    )
