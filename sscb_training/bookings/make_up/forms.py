"""What is asked before a part is made up on another date."""

from collections.abc import Sequence

from sscb_training.bookings.make_up.queries import Choice
from sscb_training.core.forms import Form, also_offer, radios, text, whole_number
from sscb_training.core.times import plain_date
from sscb_training.courses.dates.forms import PartForm


class OwnPartDateForm(Form):
    """On which date the part is made up."""

    part_id = radios("Which date?", {}, required="Select a date")

    def offer(self, choices: Sequence[Choice]) -> None:
        """Let these dates be chosen."""
        also_offer(self.part_id, {choice.part.id: _in_words(choice) for choice in choices})


class PartDateForm(OwnPartDateForm):
    """The same, of staff, who may make an exception."""

    reason = text(
        "Reason for an exception (optional)",
        hint="Only for a date of another version of the course, or one that is late. It is kept in the history",
        max_length=200,
    )


def _in_words(choice: Choice) -> str:
    part = choice.part
    place = part.venue.name if part.venue else "online"
    left = "1 place left" if choice.free == 1 else f"{choice.free} places left"
    return " ".join([f"{plain_date(part.starts_at)}, {place}, {left}.", *choice.exceptions])


class NewPartDateForm(PartForm):
    """When and where a date for one part is, and how many can come."""

    capacity = whole_number("Places", required="Enter how many places there are", least=1, most=1000)
