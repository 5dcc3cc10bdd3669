"""Questions about a frozen copy."""

from sscb_training.core import forms
from sscb_training.core.forms import Form

LONGEST_TITLE = 120


class FreezeForm(Form):
    """What to call it; its days and figures are those of the report that is open."""

    title = forms.text(
        "Title",
        required="Enter a title",
        hint="For example, Board meeting of 9 December",
        max_length=LONGEST_TITLE,
        checks=[forms.nothing_of_a_childs],
    )
    note = forms.long_text(
        "Note (optional)",
        hint="What somebody should know who reads it later.",
        lines=3,
        checks=[forms.nothing_of_a_childs],
    )


class DeleteCopyForm(Form):
    """Why a frozen copy goes."""

    because = forms.long_text(
        "Reason",
        required="Enter a reason",
        hint="It stays in the list with the day. The history keeps your name.",
        lines=3,
        checks=[forms.nothing_of_a_childs],
    )
