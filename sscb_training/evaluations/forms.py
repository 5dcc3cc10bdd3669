"""What is asked at each stage: a few choices to tap, and words that may be left out."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from sscb_training.core import forms
from sscb_training.core.identifying import looks_like
from sscb_training.evaluations.models import (
    IntendedUse,
    Obstacle,
    PracticeChange,
    Stage,
    Support,
    Used,
)
from sscb_training.evaluations.rules import AGREES, SCALE, STATEMENTS

CONFIDENCE = "confidence_"
LONGEST = 1000


class EvaluationForm(forms.Form):
    """The questions of one stage; `asking` makes one."""

    outcomes: Mapping[str, str]

    @classmethod
    def asking(cls, stage: Stage, outcomes: Sequence[str]) -> "EvaluationForm":
        """A rating of each outcome, where the stage has them, and then what else it asks, in the order of the page."""
        rated = {} if stage is Stage.MANAGER else {_name(outcome): outcome for outcome in outcomes}
        questions: dict[str, Any] = {
            name: forms.radios(outcome, SCALE, required=f"Select how confident you feel: {outcome}")
            for name, outcome in rated.items()
        }
        questions |= _more(stage)
        asked: type[EvaluationForm] = type("AskedForm", (cls,), questions | {"outcomes": rated})
        return asked.from_request()

    @property
    def confidence(self) -> list[Field]:
        """The questions about outcomes."""
        return [self[name] for name in self.outcomes]

    @property
    def statements(self) -> list[Field]:
        """The statements to agree with."""
        return [self[name] for name in STATEMENTS if name in self]

    @property
    def others(self) -> list[Field]:
        """The questions after these."""
        return [field for field in self if field.name not in self.outcomes and field.name not in STATEMENTS]

    @property
    def ratings(self) -> dict[str, int]:
        """How confident somebody feels, by outcome."""
        return {outcome: self[name].data for name, outcome in self.outcomes.items()}

    @property
    def answers(self) -> dict[str, Any]:
        return {
            name: CHOICES[name](answer) if name in CHOICES else answer
            for name, answer in super().answers.items()
            if name not in self.outcomes
        }


CHOICES: Mapping[str, type[StrEnum]] = {
    "intended_use": IntendedUse,
    "used": Used,
    "obstacle": Obstacle,
    "practice_change": PracticeChange,
    "support": Support,
}


def _name(outcome: str) -> str:
    """The name of the question about an outcome: another one once its words are others."""
    return CONFIDENCE + sha256(outcome.encode()).hexdigest()[:8]


def _more(stage: Stage) -> dict[str, Any]:
    if stage is Stage.PRE:
        return {"comment": _words("What do you most want from this course? (optional)")}
    if stage is Stage.POST:
        return {
            **{
                name: forms.radios(statement, AGREES, required=f"Select how far you agree: {statement}")
                for name, statement in STATEMENTS.items()
            },
            "intended_use": _choice("When do you expect to use what you learned?", IntendedUse),
            "plan": _words("What will you do differently? (optional)"),
            "comment": _words("What should we keep, and what should we change? (optional)"),
        }
    if stage is Stage.FOLLOW_UP:
        return {
            "used": _choice("Have you used what you learned?", Used),
            "effect": _words("What effect did it have? (optional)"),
            "obstacle": _choice("What stood most in the way?", Obstacle),
            "comment": _words("What would help you to use it more? (optional)"),
        }
    return {
        "practice_change": _choice("Has their practice changed since the course?", PracticeChange),
        "support": _choice("What support did they have from you?", Support),
        "comment": _words("What did you notice? (optional)"),
    }


def _choice(label: str, kind: Any) -> Any:
    return forms.radios(label, {one.value: one.label for one in kind}, required=f"Select an answer: {label}")


def _words(label: str) -> Any:
    return forms.long_text(label, max_length=LONGEST, lines=3, name="Your answer", checks=[_of_no_child])


def _of_no_child(_form: forms.Form, field: Field) -> None:
    if found := looks_like(field.data or ""):
        raise ValidationError(f"Take out what looks like {found}: this must not tell of a child or a family")
