"""Questions to board staff about addresses."""

import re
from typing import Any

from wtforms.validators import ValidationError

from sscb_training.case_audits.forms import line
from sscb_training.core import forms
from sscb_training.core.forms import Form


def web_address(_form: Form, field: Any) -> None:
    """Refuse what a browser would not follow as a link."""
    if field.data and not re.match(r"https?://[^\s/]+", field.data):
        raise ValidationError("Address must begin with https:// or http://")


class AddLinkForm(Form):
    """An address that an audit or an action names."""

    label = line(
        "What is it?", required="Enter what it is", hint="For example, the policy or page that it leads to."
    )
    url = forms.text(
        "Address (optional)", hint="Begins with https:// or http://. Leave it empty when it was lost.", max_length=1000,
        checks=[web_address],
    )  # fmt: skip


class DeadLinkForm(Form):
    """Since when an address has led nowhere."""

    dead_on = forms.day(
        "On which day did you see that it is dead?", required="Enter the day on which you saw it"
    )
