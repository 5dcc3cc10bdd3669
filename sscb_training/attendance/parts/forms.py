"""What staff are asked before a part is cancelled."""

from sscb_training.core.forms import Form, text


class CancelPartForm(Form):
    """Why the part does not take place; everybody concerned reads it."""

    reason = text(
        "Reason",
        required="Enter a reason",
        hint="It stands in the letters to delegates, managers and trainers",
        max_length=200,
    )
