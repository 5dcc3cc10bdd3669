"""What staff are asked about a quiz and about a question."""

from collections.abc import Sequence
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.core.times import plain_date
from sscb_training.courses.models import CourseVersion
from sscb_training.quizzes.bank import queries
from sscb_training.quizzes.models import Opens, Question, QuestionKind
from sscb_training.quizzes.rules import TRUE_FALSE

MOST_CHOICES = 6


class SettingsForm(EditForm):
    """How a quiz is taken."""

    draws = forms.whole_number(
        "How many questions has each attempt?",
        required="Enter how many questions each attempt has",
        hint="Drawn by lot from the bank",
        name="Questions",
        least=1,
        most=100,
    )
    minutes = forms.whole_number(
        "Time limit in minutes (optional)",
        hint="Leave it empty unless the scheme asks for a limit: a limit shuts people out. You can give anybody more time",
        name="Time limit",
        least=1,
        most=600,
    )
    opens = forms.radios(
        "From when on can it be taken?",
        {one.value: one.label for one in Opens},
        required="Select from when on it can be taken",
    )
    open_days = forms.whole_number(
        "For how many days can an attempt be begun? (optional)",
        hint="From the day on which it opens to a delegate. Empty: for ever",
        name="Days",
        least=1,
        most=730,
    )
    shuffled = forms.tick("Shuffle questions and answers")

    @property
    def answers(self) -> dict[str, Any]:
        return {**super().answers, "opens": Opens(self.opens.data)}


def _versions() -> dict[int, str]:
    return {
        version.id: f"{version.course.title}, version {version.number}"
        for version in queries.assessed_versions()
    }


class AddQuizForm(SettingsForm):
    """For which version and scheme, and how it is taken."""

    version = forms.pick("Version of a course", _versions, required="Select a version of a course")
    scheme = forms.pick("Scheme", queries.assessed_schemes, required="Select a scheme")

    @property
    def answers(self) -> dict[str, Any]:
        return {name: one for name, one in super().answers.items() if name not in ("version", "scheme")}


class CopyForm(forms.Form):
    """To which version."""

    version = forms.pick("Copy to", {}, required="Select a version")

    def offer(self, versions: Sequence[CourseVersion]) -> None:
        """Let these versions be chosen."""
        forms.also_offer(
            self.version,
            {
                version.id: f"Version {version.number}, valid from {plain_date(version.valid_from)}"
                for version in versions
            },
        )


class ChoiceForm(forms.Form):
    """One answer that can be chosen."""

    text = forms.text("Answer", max_length=300)
    is_right = forms.tick("This is right")


class _QuestionForm(EditForm):
    text = forms.long_text("Question", required="Enter the question", max_length=1000, lines=3)
    explanation = forms.long_text(
        "What to read again",
        required="Enter what to read again",
        hint="Shown with the result to whoever answered wrongly. They may try again, so say where to look, not the answer",
        max_length=1000,
        lines=3,
        name="What to read again",
    )

    @property
    def words(self) -> dict[str, str]:
        """The question and its explanation."""
        return {"text": self.text.data, "explanation": self.explanation.data}


class TrueFalseForm(_QuestionForm):
    """A statement."""

    right_one = forms.radios(
        "The statement is",
        dict(enumerate(TRUE_FALSE)),
        required="Select whether the statement is true or false",
        inline=True,
    )

    @property
    def question(self) -> dict[str, Any]:
        """What the verb takes."""
        return {**self.words, "choices": list(TRUE_FALSE), "right": [self.right_one.data]}


class ChoicesForm(_QuestionForm):
    """A question with answers of its own; empty ones are left out."""

    only_one = True
    choices = forms.several(ChoiceForm, least=MOST_CHOICES, most=MOST_CHOICES)

    def validate_choices(self, _field: Field) -> None:
        """Two different answers or more, and as many right ones as the kind has."""
        filled, first = self._filled(), self.choices[0].form.text
        right = [is_right for _, is_right in filled if is_right]
        if any(entry.form.is_right.data and not entry.form.text.data for entry in self.choices):
            _fault(first, "An answer without words is ticked as right")
        elif len(filled) < 2:
            _fault(first, "Enter at least 2 answers")
        elif len({words.casefold() for words, _ in filled}) < len(filled):
            _fault(first, "Each answer must be different")
        elif self.only_one and len(right) != 1:
            _fault(first, "Tick the one answer that is right")
        elif not right:
            _fault(first, "Tick at least one answer that is right")

    def _filled(self) -> list[tuple[str, bool]]:
        return [
            (entry.form.text.data, entry.form.is_right.data) for entry in self.choices if entry.form.text.data
        ]

    @property
    def question(self) -> dict[str, Any]:
        """What the verb takes."""
        filled = self._filled()
        return {
            **self.words,
            "choices": [words for words, _ in filled],
            "right": [place for place, (_, is_right) in enumerate(filled) if is_right],
        }


class SeveralForm(ChoicesForm):
    """A question with one right answer or more."""

    only_one = False


FORMS: dict[QuestionKind, type[TrueFalseForm] | type[ChoicesForm]] = {
    QuestionKind.ONE: ChoicesForm,
    QuestionKind.SEVERAL: SeveralForm,
    QuestionKind.TRUE_FALSE: TrueFalseForm,
}


def _fault(field: Field, words: str) -> None:
    field.errors = [*field.errors, words]
    raise ValidationError(words)


def as_asked(question: Question) -> dict[str, Any]:
    """The form's answers as the question has them."""
    right = question.right_places.split(",")
    if question.kind is QuestionKind.TRUE_FALSE:
        more: dict[str, Any] = {"right_one": int(question.right_places)}
    else:
        more = {
            "choices": [
                {"text": words, "is_right": str(place) in right}
                for place, words in enumerate(question.choices)
            ]
        }
    return {"text": question.text, "explanation": question.explanation, **more}
