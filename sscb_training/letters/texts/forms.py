"""What we ask of whoever changes the text of a letter."""

from sscb_training.core.forms import Form, hidden, long_text, text


class TextForm(Form):
    """The two parts of a letter, and a mark of what was shown when somebody began to write."""

    subject = text("Subject", required="Enter a subject", max_length=150)
    body = long_text("Text", required="Enter the text of the letter", max_length=10_000, lines=22)
    shown = hidden()
