"""What is asked of whoever checks a certificate."""

from sscb_training.core.forms import Form, text


class CheckForm(Form):
    """The code on the paper."""

    code = text(
        "Certificate code",
        required="Enter the certificate code",
        hint="28 letters and numbers, in groups of 4, at the bottom of the certificate",
        max_length=200,
        autocomplete="off",
    )
