"""What somebody is asked who says that their team talked about a briefing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from sscb_training.agencies.models import Agency
from sscb_training.case_audits.briefings.models import DiscussionQuestion
from sscb_training.case_audits.forms import line, words
from sscb_training.core import forms
from sscb_training.core.forms import Form


class DiscussionForm(Form):
    """When a team talked, how many were there, and what comes of it."""

    agency = forms.radios("Which agency was it at?", {}, required="Select the agency")
    team = line("Team", required="Enter the team", hint="For example, Health visitors, Ludlow")
    held_on = forms.day("When did you talk about it?", required="Enter when you talked about it")
    number_of_people = forms.whole_number(
        "How many people took part?", required="Enter how many people took part", least=1, most=1000,
        name="Number of people",
    )  # fmt: skip
    questions = forms.checkboxes(
        "Which questions did you talk about? (optional)", {}, hint="Select all that apply."
    )
    will_do = words(
        "What will you do differently? (optional)",
        hint="Your manager, your agency’s lead and the board’s staff read this.",
    )

    def offer(self, agencies: Sequence[Agency], questions: Mapping[DiscussionQuestion, str]) -> None:
        """What can be chosen; a question with nothing to choose is not asked."""
        if len(agencies) > 1:
            self.agency.choices = [SelectChoice(agency.id, agency.name) for agency in agencies]
        else:
            del self.agency
        if questions:
            self.questions.choices = [SelectChoice(one.id, words) for one, words in questions.items()]
        else:
            del self.questions

    def told(self, agencies: Sequence[Agency], questions: Iterable[DiscussionQuestion]) -> dict[str, Any]:
        """The answers, with the rows that were chosen."""
        answers = self.answers
        wanted = answers.get("questions") or ()
        agency_id = answers.get("agency", agencies[0].id)
        return answers | {
            "agency": next(agency for agency in agencies if agency.id == agency_id),
            "questions": [one for one in questions if one.id in wanted],
        }
