"""Questions about certificates in a new name."""

from sscb_training.core.forms import Form, checkboxes, long_text


class AskForm(Form):
    """What a holder can tell staff."""

    words = long_text(
        "Anything that we should know (optional)",
        hint="For example when your name changed. Do not send papers: we ask if we need to see something.",
        lines=3,
        max_length=1000,
    )


class ReissueForm(Form):
    """Which certificates are issued again, and why."""

    certificates = checkboxes(
        "Certificates to issue again", {}, required="Select the certificates to issue again"
    )
    reason = long_text(
        "Reason, and what proof of the name you have seen",
        name="Reason",
        required="Enter the reason",
        hint="Board staff see it, on this page. It does not stand on the certificate.",
        lines=3,
        max_length=1000,
    )


class DeclineForm(Form):
    """Why certificates stay as they are."""

    reason = long_text(
        "Reason",
        required="Enter the reason",
        hint="It stands in the letter to the holder.",
        lines=3,
        max_length=1000,
    )
