"""What leads are asked about a champion, and what a champion is asked."""

import re
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field, ValidationError

from sscb_training.core import forms
from sscb_training.core.db import row_key
from sscb_training.core.forms import Form
from sscb_training.tools.champions.queries import Filters

AGREES, DECLINES = "agrees", "declines"
PHONE = re.compile(r"[+(]?\d[\d ()+.-]{5,}(?: ?(?:ext|x)\.? ?\d{1,6})?", re.IGNORECASE | re.ASCII)


def phone_shape(_form: Form, field: Field) -> None:
    if field.data and not PHONE.fullmatch(field.data):
        raise ValidationError("Enter a phone number, like 01743 251 234 or 07700 900 982")


class NameForm(Form):
    """Who, and for how long."""

    membership_id = forms.pick("Who?", {}, required="Select who is to be a champion")
    valid_from = forms.day("First day", required="Enter the first day")
    valid_to = forms.day("Last day (optional)", hint="Leave it empty until you know. For example, 31 3 2028")


class AnswerForm(Form):
    """Whether they agree, and what is shown of them."""

    answer = forms.radios(
        "Do you agree to be shown as a champion?",
        {AGREES: "Yes, show me in the directory", DECLINES: "No"},
        required="Select whether you agree",
    )
    job_title = forms.text("Job title", max_length=120)
    email = forms.email("Work email address", required="", hint="Leave it empty if it is not to be shown")
    phone = forms.text(
        "Work phone number",
        hint="Leave it empty if it is not to be shown. One of the two is enough",
        max_length=40,
        width="20",
        kind="tel",
        checks=[phone_shape],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Each answer by itself; then whether somebody who agrees says what is shown."""
        if not super().validate(extra_validators):
            return False
        if self.agrees and not self.job_title.data:
            self.job_title.errors = ["Enter your job title"]
        if self.agrees and not (self.email.data or self.phone.data):
            self.email.errors = ["Enter an email address or a phone number"]
        return not self.job_title.errors and not self.email.errors

    @property
    def agrees(self) -> bool:
        return bool(self.answer.data == AGREES)

    @property
    def shown(self) -> dict[str, Any]:
        return {"job_title": self.job_title.data, "email": self.email.data, "phone": self.phone.data}


def filters_from(asked: MultiDict[str, str]) -> Filters:
    """What the address asks for; whatever makes no sense is taken as not asked."""
    return Filters(search=asked.get("q", "").strip()[:100], agency_id=row_key(asked.get("agency", "")))
