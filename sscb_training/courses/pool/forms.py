"""What we ask about a trainer."""

from sscb_training.core import forms


class TopicsForm(forms.Form):
    """What we ask of a trainer."""

    topics = forms.long_text("Topics (optional)", hint="What they train people in", max_length=500, lines=3)
