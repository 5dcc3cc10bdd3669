"""What we ask about an accreditation scheme."""

from sscb_training.core.db import rows
from sscb_training.core.edits import EditForm
from sscb_training.core.forms import checkboxes, long_text, text, tick, whole_number
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
    trainers_hold_it = tick(
        "Whoever trains on these courses must hold it themselves",
        hint="Then nobody is put on a date without an accreditation that counts on each of its days",
    )
    first_use_weeks = whole_number(
        "How many weeks after the award to ask whether it is used (optional)",
        hint="4 to 6. The holder and their manager each get a letter. Leave it empty to ask nobody.",
        least=4,
        most=6,
        name="The number of weeks",
    )
