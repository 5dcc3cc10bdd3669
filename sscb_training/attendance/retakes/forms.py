"""What is asked of a re-assessment."""

from wtforms.validators import ValidationError

from sscb_training.attendance import rules
from sscb_training.core.forms import Form, day, text


def _is_a_score(_form: Form, field: object) -> None:
    try:
        rules.percent(field.data)  # type: ignore[attr-defined]
    except ValueError:
        raise ValidationError("Enter the score as a percentage from 0 to 100, or like 9/10") from None


class RetakeForm(Form):
    """The score and the day."""

    score = text("Score", required="Enter the score", hint="90, or 9/10", width="5", checks=[_is_a_score])
    assessed_on = day("When were they assessed?", required="Enter the day of the assessment")

    @property
    def percent(self) -> int:
        return rules.percent(self.score.data)
