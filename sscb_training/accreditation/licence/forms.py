"""What a holder accepts."""

from sscb_training.core.forms import Form, hidden, tick


class AcceptForm(Form):
    """The holder's word, about the text that was shown."""

    version = hidden(max_length=10)
    accepts = tick("I have read these terms and accept them", required="Tick that you accept the terms")
