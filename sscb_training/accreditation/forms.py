"""Questions about schemes, revoking, and what to list."""

from datetime import date

from werkzeug.datastructures import MultiDict

from sscb_training.accreditation.models import AccreditationState
from sscb_training.accreditation.queries import Filters
from sscb_training.core.db import row_key, rows
from sscb_training.core.edits import EditForm
from sscb_training.core.forms import Form, checkboxes, day, long_text, text, whole_number
from sscb_training.courses.described.queries import courses_found


def _courses() -> dict[int, str]:
    return {course.id: f"{course.title} ({course.code})" for course in rows(courses_found())}


class SchemeForm(EditForm):
    """What it takes to be accredited."""

    code = text(
        "Code",
        required="Enter a code, like GCP2",
        hint="Short, as it is said aloud. For example, GCP2",
        max_length=20,
        width="10",
    )
    name = text("Name", required="Enter the scheme’s name", max_length=120)
    description = long_text(
        "What it allows the holder to do (optional)", lines=3, max_length=1000, name="What it allows"
    )
    pass_mark = whole_number(
        "Pass mark (optional)",
        hint="A percentage of the assessment. Leave it empty if attending every part is enough.",
        most=100,
    )
    valid_months = whole_number(
        "How many months an accreditation counts (optional)",
        hint="36 is three years. Leave it empty if it does not expire.",
        least=1,
        most=600,
        name="The number of months",
    )
    courses = checkboxes("Courses that lead to it (optional)", _courses, hint="Select all that apply")


class RevokeForm(Form):
    """The decision to end an accreditation."""

    on = day("Date from which it no longer counts", required="Enter the date from which it no longer counts")
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


def filters_from(asked: MultiDict[str, str], *, as_at: date) -> Filters:
    """What the address asks for; whatever makes no sense is taken as not asked."""
    state = asked.get("state", "")
    return Filters(
        as_at=as_at,
        scheme_id=row_key(asked.get("scheme", "")),
        state=AccreditationState(state) if state in set(AccreditationState) else None,
        agency_id=row_key(asked.get("agency", "")),
        search=asked.get("q", "").strip()[:100],
    )
