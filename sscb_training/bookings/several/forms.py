"""What staff are asked before they do something with several bookings."""

from sscb_training.core.forms import Form, text


class ApproveForm(Form):
    """Nothing: the button is the answer."""


class OfferForm(Form):
    """Why some are offered a place before those who have waited longer."""

    reason = text(
        "Reason",
        required="Enter a reason",
        hint="It stands in the list of those who are passed over",
    )
