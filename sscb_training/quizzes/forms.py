"""What a delegate is asked in a quiz, and what staff and trainers are asked about time."""

from typing import Any

from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.quizzes.models import Admission, Answer, QuestionKind


class AnswerForm(forms.Form):
    """One drawn question; `asking` makes one. Its choices are known by their places on the page alone."""

    @classmethod
    def asking(cls, answer: Answer, chosen: list[int]) -> "AnswerForm":
        """The question with what was chosen before. It may be left open and come back to."""
        question = answer.question
        if question.kind is QuestionKind.SEVERAL:
            asked = forms.checkboxes(question.text, answer.choices, hint="Select all that apply")
            usual: Any = chosen
        else:
            asked = forms.radios(question.text, answer.choices, required="")
            usual = chosen[0] if chosen else None
        form: type[AnswerForm] = type("AskedForm", (cls,), {"answer": asked})
        return form.from_request(answer=usual)

    @property
    def places(self) -> list[int]:
        """What was chosen, by its places on the page."""
        chosen = self["answer"].data
        return list(chosen) if isinstance(chosen, list) else [] if chosen is None else [chosen]


SHARES = {0: "No", 25: "25% more", 50: "50% more", 100: "Twice the time"}
NO_LIMIT = -1


class TimeForm(EditForm):
    """How much more time a delegate has. Nobody is asked why."""

    extra_percent = forms.radios(
        "Does this delegate get more time?",
        {**SHARES, NO_LIMIT: "No time limit"},
        required="Select whether this delegate gets more time",
    )
    extra_minutes = forms.whole_number(
        "Minutes more beside that (optional)",
        hint="Empty for none",
        name="Minutes",
        least=0,
        most=600,
    )

    @property
    def answers(self) -> dict[str, Any]:
        untimed = self.extra_percent.data == NO_LIMIT
        return {
            "extra_percent": 0 if untimed else self.extra_percent.data,
            "extra_minutes": 0 if untimed else self.extra_minutes.data or 0,
            "untimed": untimed,
        }


def time_given(admission: Admission | None) -> dict[str, Any]:
    """The form's answers as they stand."""
    if admission is None:
        return {"extra_percent": 0, "extra_minutes": None}
    share = NO_LIMIT if admission.untimed else admission.extra_percent
    return {"extra_percent": share, "extra_minutes": admission.extra_minutes or None}
