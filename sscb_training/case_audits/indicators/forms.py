"""Questions to board staff about indicators and their results."""

from collections.abc import Mapping
from typing import Any

from wtforms.validators import ValidationError

from sscb_training.case_audits.forms import code, line, theme_choices, words
from sscb_training.case_audits.indicators import queries
from sscb_training.case_audits.models import Indicator, IndicatorResult
from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.core.forms import Form

DIRECTIONS = {1: "Higher: the more cases, the better", 0: "Lower: the fewer cases, the better"}


def no_more_than_all(form: Form, field: Any) -> None:
    """Refuse a part that is more than its whole."""
    whole = form["denominator"].data
    if field.data is not None and whole is not None and field.data > whole:
        raise ValidationError(
            f"It cannot be true of {field.data} when the auditors could tell of {whole} cases"
        )


class AddIndicatorForm(Form):
    """A question that audits ask of every case."""

    code = code("For example, IND-NEG-1. It cannot be changed later.")
    text = words(
        "What is true of a case that counts",
        required="Enter what is true of a case that counts",
        hint="Write a whole sentence, such as: The child’s own view is recorded in the assessment.",
        lines=3,
    )
    higher_is_better = forms.radios("Which is better?", DIRECTIONS, required="Select which is better")
    theme = forms.pick("Theme (optional)", theme_choices, blank="None")


class ChangeIndicatorForm(EditForm, AddIndicatorForm):
    """How an indicator is put."""

    code = None


class ResultForm(Form):
    """What an audit saw of an indicator."""

    numerator = forms.whole_number(
        "Of how many cases was it true?",
        required="Enter of how many cases it was true",
        most=100_000,
        name="The number of cases",
        checks=[no_more_than_all],
    )
    denominator = forms.whole_number(
        "Out of how many cases that the auditors could tell of?",
        required="Enter out of how many cases",
        most=100_000,
        name="The number of cases",
        hint="Leave out cases to which it does not apply, and those below.",
    )
    cannot_tell = forms.whole_number(
        "Of how many more could the auditors not tell? (optional)",
        most=100_000,
        name="The number of cases",
        hint="For example, because the record did not say.",
    )
    note = line("Note (optional)")

    @property
    def answers(self) -> dict[str, Any]:
        answers = super().answers
        return answers | {"cannot_tell": answers["cannot_tell"] or 0}


class AddResultForm(ResultForm):
    """The result of an indicator that the audit has none of yet."""

    indicator = forms.pick("Indicator", {}, required="Select an indicator")


class ChangeResultForm(EditForm, ResultForm):
    """A result as it should be."""


def not_asked_yet(results: list[IndicatorResult]) -> Mapping[Any, str]:
    """The indicators that an audit with these results has none of."""
    asked = {result.indicator_id for result in results}
    return {one.id: f"{one.code}: {one.text}" for one in queries.indicators() if one.id not in asked}


def indicator_as_it_is(indicator: Indicator) -> dict[str, Any]:
    """How an indicator is put now, as usual answers."""
    return {
        "text": indicator.text,
        "higher_is_better": int(indicator.higher_is_better),
        "theme": indicator.theme_id,
    }


def result_as_it_is(result: IndicatorResult) -> dict[str, Any]:
    """A result now, as usual answers."""
    return {
        "numerator": result.numerator,
        "denominator": result.denominator,
        "cannot_tell": result.cannot_tell,
        "note": result.note,
    }
