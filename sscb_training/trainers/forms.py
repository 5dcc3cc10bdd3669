"""What staff are asked about the ledger."""

from typing import Any

from sscb_training.core.db import db
from sscb_training.core.forms import Form, day, long_text, pick, radios, whole_number
from sscb_training.courses.models import Trainer
from sscb_training.courses.pool.queries import trainers

MORE, LESS = "more", "less"


def _pool() -> dict[int, str]:
    found = [*trainers(), *trainers(left=True)]
    return {trainer.id: trainer.person.name for trainer in found}


class CorrectionForm(Form):
    """What the ledger does not know, or counts wrongly."""

    direction = radios(
        "What is to change?",
        {MORE: "The agency lent more than the ledger says", LESS: "It lent less"},
        required="Select whether the agency lent more or less",
    )
    half_days = whole_number(
        "How many half days?",
        required="Enter how many half days",
        hint="A whole day is 2",
        least=1,
        most=100,
        name="The number of half days",
    )
    on = day("Day", required="Enter the day that it is about")
    trainer = pick("Trainer (optional)", _pool, blank="Nobody in particular")
    reason = long_text(
        "Reason",
        required="Enter the reason",
        hint="The agency’s leads read it too",
        max_length=500,
        lines=3,
    )

    @property
    def answers(self) -> dict[str, Any]:
        sign = 1 if self.direction.data == MORE else -1
        return {
            "half_days": sign * self.half_days.data,
            "on": self.on.data,
            "trainer": self.trainer.data and db.session.get(Trainer, self.trainer.data),
            "reason": self.reason.data,
        }


class EarningForm(Form):
    """What a trainer day earns from when on."""

    places_per_day = whole_number(
        "Free places for each trainer day",
        required="Enter how many free places a trainer day earns",
        hint="0 if days earn nothing. Two half days are a day",
        most=50,
    )
    valid_from = day("For days from", required="Enter the first day for which this holds")
