"""What is asked of somebody who checks in."""

from sscb_training.core.forms import Form, hidden, text


class CodeForm(Form):
    """The code on the wall."""

    code = text(
        "Code on the screen",
        required="Enter the code that is on the screen in the room",
        hint="6 letters and numbers. It changes every half minute",
        max_length=20,
        width="10",
        autocomplete="off",
    )


class ReferenceForm(Form):
    """Which booking, of somebody who is not signed in."""

    reference = text(
        "Your booking reference",
        required="Enter your booking reference",
        hint="8 letters and numbers, like ABCD-2345. It is in every letter about your place",
        max_length=20,
        width="10",
        autocomplete="off",
    )
    ticket = hidden(max_length=300)
