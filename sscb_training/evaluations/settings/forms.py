"""What a course asks of its delegates, and when the board asks at all."""

from typing import Any

from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.evaluations.models import FollowUp
from sscb_training.evaluations.rules import MOST_WEEKS


class PlanForm(EditForm):
    """What one course asks for."""

    asks_before = forms.tick("Ask before the course")
    asks_after = forms.tick("Ask straight after the course")
    certificate_waits = forms.tick(
        "The certificate waits until that is sent in (an accreditation does not wait)"
    )
    follow_up = forms.radios(
        "Who is asked again some weeks later?",
        {one.value: one.label for one in FollowUp},
        required="Select who is asked again some weeks later",
    )
    follow_up_weeks = forms.whole_number(
        "After how many weeks? (optional)",
        hint="Leave it empty for the board’s usual number",
        least=1,
        most=MOST_WEEKS,
        name="Weeks",
    )

    @property
    def answers(self) -> dict[str, Any]:
        given = super().answers
        return {**given, "follow_up": FollowUp(given["follow_up"])}


class NumbersForm(EditForm):
    """The board's numbers about evaluations; each field is named as in `core.board.BoardNumbers`."""

    evaluation_days_before = forms.whole_number(
        "Days before a course when delegates are asked for the first time",
        required="Enter how many days before a course delegates are asked",
        least=1,
        most=30,
    )
    evaluation_open_days = forms.whole_number(
        "Days to answer after a course, and again at the follow-up",
        required="Enter how many days there are to answer",
        hint="Later answers are not taken, and a certificate waits no longer than this",
        least=7,
        most=180,
    )
    evaluation_reminders = forms.whole_number(
        "Reminders to whoever has not answered",
        required="Enter how many reminders there are",
        hint="0 sends none",
        least=0,
        most=5,
    )
    evaluation_reminder_days = forms.whole_number(
        "Days between reminders",
        required="Enter how many days lie between reminders",
        least=1,
        most=30,
    )
    follow_up_weeks = forms.whole_number(
        "Weeks until the follow-up",
        required="Enter how many weeks there are until the follow-up",
        least=1,
        most=MOST_WEEKS,
    )
    follow_up_with_manager_weeks = forms.whole_number(
        "Weeks until the follow-up where the manager is asked as well",
        required="Enter how many weeks there are until the follow-up with the manager",
        least=1,
        most=MOST_WEEKS,
    )
