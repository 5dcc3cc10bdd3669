"""Questions to board staff about where a finding leads."""

from collections.abc import Iterable
from typing import Any

from sscb_training.case_audits.forms import words
from sscb_training.case_audits.models import Finding
from sscb_training.core import forms
from sscb_training.core.forms import Form, also_offer
from sscb_training.needs.models import Elsewhere, NeedStatus, NotTraining, TrainingNeed


class LinkFindingForm(Form):
    """Which needs a finding leads to: all that are ticked, and no others."""

    needs = forms.checkboxes(
        "Which needs does it lead to?",
        {},
        hint="Select all that it leads to. Linking it to a closed need re-opens it: you confirm that first.",
    )

    def offer(self, needs: Iterable[TrainingNeed]) -> None:
        also_offer(
            self.needs,
            {
                need.id: f"{need.code}: {need.title}{' (closed)' if need.status is NeedStatus.CLOSED else ''}"
                for need in needs
            },
        )


class FoundAgainForm(Form):
    """Which earlier finding a finding repeats."""

    earlier = forms.radios("Which earlier finding says the same?", {}, required="Select the earlier finding")

    def offer(self, findings: Iterable[Finding]) -> None:
        also_offer(
            self.earlier,
            {
                one.id: f"{one.code}: {one.text} ({one.case_audit.title if one.case_audit else ''})"
                for one in findings
            },
        )


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
        "Where it went instead (optional)",
        hint="Who takes it on.",
        lines=2,
        checks=[forms.nothing_of_a_childs],
    )


def as_decided(decision: NotTraining | None) -> dict[str, Any]:
    """What the form shows of a decision that is there."""
    if decision is None:
        return {}
    return {"reason": decision.reason, "category": decision.category.value, "went_to": decision.went_to}
