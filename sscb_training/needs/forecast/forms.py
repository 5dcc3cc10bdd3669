"""What we ask of the board's assumptions."""

from typing import Any

from sscb_training.core import forms
from sscb_training.core.edits import EditForm


def _percent(label: str, hint: str) -> Any:
    return forms.whole_number(
        label, required=f"Enter a percentage: {label[0].lower()}{label[1:]}", hint=hint, least=0, most=100
    )


class AssumptionsForm(EditForm):
    """What a forecast takes where too little was counted; each field is named as in `core.board.BoardNumbers`."""

    assumed_renewed = _percent(
        "Percent who renew what runs out",
        "Of those whose accreditation runs out while they work in the audience",
    )
    assumed_filled = _percent("Percent of places that are taken", "Of the places of a date, when it begins")
    assumed_no_show = _percent("Percent who stay away", "Of those booked and not cancelled")
    assumed_of_audience = _percent(
        "Percent of delegates who are new to the need",
        "Of those who come: people of the need’s audience who do not meet it yet",
    )
    assumed_passed = _percent(
        "Percent who complete and pass", "Of these: who come to all of it and pass what there is to pass"
    )
    assumed_capacity = forms.whole_number(
        "Places of a session",
        required="Enter how many places a session has",
        hint="Where a course has had no date yet",
        least=1,
        most=1000,
    )
