"""What we ask before a booking is cancelled."""

from sscb_training.core.forms import Form, radios, text


class CancelForm(Form):
    """Why a delegate gives up a place."""

    reason = text("Reason (optional)")


class StaffCancelForm(Form):
    """Why staff end a booking, and whose wish it is: only the board's own decision stays out of the rates."""

    whose = radios(
        "Who decided this?",
        {"delegate": "The delegate asked for it", "board": "The board decided"},
        required="Select who decided this",
    )
    reason = text("Reason", required="Enter a reason", hint="The delegate is told the board’s reason")
