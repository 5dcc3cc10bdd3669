"""What a trainer is asked."""

from sscb_training.core.forms import Form, long_text


class AnswerForm(Form):
    """What a trainer may say to an invitation; a reason is needed to decline."""

    reason = long_text(
        "Reason",
        hint="Needed to decline. The board’s staff read it, so do not write about your health",
        max_length=500,
        lines=3,
    )
