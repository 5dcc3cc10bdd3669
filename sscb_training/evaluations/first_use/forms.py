"""Two questions to tap."""

from typing import Any

from sscb_training.core import forms
from sscb_training.evaluations.first_use.models import Answer, Asked
from sscb_training.evaluations.models import Obstacle

OBSTACLES = {one.value: one.label for one in Obstacle if one is not Obstacle.NOTHING}


class FirstUseForm(forms.Form):
    """Whether the tool is used, and what stands in the way. A holder knows whether they used it."""

    used = forms.radios(
        "Have you used it?",
        {one.value: one.label for one in Answer if one is not Answer.CANNOT_SAY},
        required="Select whether you have used it",
    )
    obstacle = forms.radios("If not yet, what stands most in the way?", OBSTACLES, required="")

    def validate(self, extra_validators: Any = None) -> bool:
        """Each answer by itself; then whether somebody who has not used it says what stands in the way."""
        if not super().validate(extra_validators):
            return False
        is_missing = self.used.data == Answer.NOT_YET and not self.obstacle.data
        if is_missing:
            self.obstacle.errors = ["Select what stands most in the way"]
        return not is_missing


class ManagersForm(FirstUseForm):
    """The same, of somebody else."""

    used = forms.radios(
        "Have they used it?",
        {one.value: one.label for one in Answer},
        required="Select whether they have used it",
    )


def form_for(asked: Asked) -> type[FirstUseForm]:
    """The questions for whom is asked."""
    return ManagersForm if asked is Asked.MANAGER else FirstUseForm
