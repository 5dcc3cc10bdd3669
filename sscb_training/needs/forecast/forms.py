"""What a forecast asks: the numbers of a plan, and the board's assumptions behind them."""

from typing import Any, NamedTuple

from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.needs.forecast.rules import MOST_SESSIONS


class Input(NamedTuple):
    """One number of the plan that an address can give, between two bounds; `told` says it of a plan that has it."""

    question: str
    hint: str
    name: str
    told: str
    least: int = 0
    most: int = 100


INPUTS = {
    "sessions": Input(
        "How many more sessions could you run?",
        "Altogether, beside those scheduled.",
        "The number of sessions",
        "More sessions: {}",
        most=MOST_SESSIONS,
    ),
    "capacity": Input(
        "How many places does a session have?", "", "The number of places", "{} places a session", 1, 1000
    ),
    "filled": Input(
        "What percentage of the places is taken?",
        "By the time a date begins.",
        "The percentage of places taken",
        "{}% of places taken",
    ),
    "no_show": Input(
        "What percentage does not come?",
        "Of those who are booked and do not cancel.",
        "The percentage who do not come",
        "{}% do not come",
    ),
    "of_audience": Input(
        "What percentage is new to the need?",
        "Of those who come: people of its audience who do not meet it yet.",
        "The percentage new to the need",
        "{}% new to the need",
    ),
    "passed": Input(
        "What percentage completes and passes?",
        "Of those who are new: they come to all of it and pass what there is to pass.",
        "The percentage who complete and pass",
        "{}% complete and pass",
    ),
    "renewed": Input(
        "What percentage renews?",
        "Of those whose accreditation runs out while they work in the audience.",
        "The percentage who renew",
        "{}% renew",
    ),
}


def _assumed(name: str, hint: str = "") -> Any:
    asked = INPUTS[name]
    return forms.whole_number(
        asked.question, required=f"Enter {asked.name[0].lower()}{asked.name[1:]}", hint=hint or asked.hint,
        least=asked.least, most=asked.most, name=asked.name,
    )  # fmt: skip


class AssumptionsForm(EditForm):
    """What a forecast takes where too little was counted; each field is named as in `core.board.BoardNumbers`."""

    assumed_filled = _assumed("filled")
    assumed_no_show = _assumed("no_show")
    assumed_of_audience = _assumed("of_audience")
    assumed_passed = _assumed("passed")
    assumed_renewed = _assumed("renewed")
    assumed_capacity = _assumed("capacity", hint="Taken where a course has had no date yet.")
