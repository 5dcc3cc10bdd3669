"""Questions to board staff about where a finding leads."""

from sscb_training.case_audits.forms import nothing_of_a_childs, words
from sscb_training.core import forms
from sscb_training.core.forms import Form
from sscb_training.needs.models import Elsewhere


class LinkFindingForm(Form):
    """Which need a finding leads to."""

    need = forms.pick("Which need does it lead to?", {}, required="Select a need")


class NotTrainingForm(Form):
    """Why training cannot mend a finding."""

    reason = words(
        "Reason", required="Enter the reason why training cannot mend this",
        hint="For example, a missing flow of information that no course mends.",
    )  # fmt: skip
    category = forms.radios(
        "What does it need instead?",
        {one.value: one.label for one in Elsewhere},
        required="Select what it needs instead",
    )
    went_to = forms.long_text(
        "Where it went instead (optional)", hint="Who takes it on.", lines=2, checks=[nothing_of_a_childs]
    )
