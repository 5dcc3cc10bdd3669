"""What we ask about themes and levels."""

from sscb_training.core import forms


class NameForm(forms.Form):
    """What we ask of a theme, a scheme of levels or a level."""

    name = forms.text("Name", required="Enter a name", max_length=80)
