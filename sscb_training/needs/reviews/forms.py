"""Questions to board staff about what the board decided about a need."""

from typing import Any

from sscb_training.case_audits.forms import line, words
from sscb_training.core import forms
from sscb_training.core.forms import Form
from sscb_training.needs.reviews.rules import STATEMENT

MINUTE = "For example, minute 7.2 of 10 March 2026."


def _decided_on(label: str) -> Any:
    return forms.day(
        label,
        required="Enter the date of the decision",
        hint="The day of the meeting. For example, 10 3 2026",
    )


class CloseNeedForm(Form):
    """Closing a need: when, by which minute, and on what evidence."""

    decided_on = _decided_on("When did the board decide?")
    minute_reference = line(
        "Minute reference", required="Enter the reference of the minute", hint=MINUTE, width="20"
    )
    evidence = words(
        "Evidence of effect", required="Enter the evidence of effect",
        hint="What the re-audit showed, or what people and their managers said after 3 months.",
    )  # fmt: skip
    review_on = forms.day("When will the board look again? (optional)", hint="For example, 10 9 2027")
    statement = forms.tick(STATEMENT, required="Confirm that coverage is not proof that practice changed")


class KeepOpenForm(Form):
    """Keeping a need open after looking at it."""

    decided_on = _decided_on("When did the board decide?")
    minute_reference = line(
        "Minute reference", required="Enter the reference of the minute", hint=MINUTE, width="20"
    )
    reason = words("Why does it stay open?", required="Enter why it stays open")
    review_on = forms.day(
        "When will the board look again?", required="Enter when the board will look again",
        hint="Until then the need is not ready to review because of the same coverage. For example, 10 9 2027",
    )  # fmt: skip


class ReOpenForm(Form):
    """Re-opening a closed need by hand."""

    decided_on = _decided_on("When was it decided?")
    minute_reference = line("Minute reference (optional)", hint=MINUTE, width="20")
    reason = words("Reason", required="Enter the reason for re-opening it")
