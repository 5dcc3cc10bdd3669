"""What we ask before a booking is cancelled, passed on or moved."""

from collections.abc import Mapping, Sequence

from sscb_training.bookings.models import CancelReason
from sscb_training.core.forms import Form, also_offer, email, radios, text
from sscb_training.core.times import plain_date
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Membership

REASONS = {reason.value: reason.label for reason in CancelReason if reason is not CancelReason.MOVED}


class CancelForm(Form):
    """Why a delegate gives up a place."""

    reason_code = radios("What is the reason? (optional)", REASONS, required="")
    reason = text("Reason in your own words (optional)", hint="Only the board’s staff can read it")


class StaffCancelForm(Form):
    """Why staff end a booking, and whose wish it is: only the board's own decision stays out of the rates."""

    whose = radios(
        "Who decided this?",
        {"delegate": "The delegate asked for it", "board": "The board decided"},
        required="Select who decided this",
    )
    reason_code = radios("What is the delegate’s reason? (optional)", REASONS, required="")
    reason = text("Reason", required="Enter a reason", hint="The delegate is told the board’s reason")


class SubstituteForm(Form):
    """Which colleague takes the place, in which of their jobs."""

    membership_id = radios("Who takes the place?", {}, required="Select who takes the place")

    def offer(self, memberships: Sequence[Membership]) -> None:
        """Let these colleagues be chosen."""
        also_offer(
            self.membership_id, {role.id: f"{role.person.name}: {role.job_title}" for role in memberships}
        )


class NewColleagueForm(Form):
    """A colleague whom the service does not know yet."""

    name = text("Full name", required="Enter the full name")
    email = email(
        "Work email address",
        hint="Their own, not a shared mailbox: the confirmation goes there",
        autocomplete="off",
    )
    job_title = text("Job title", required="Enter the job title")


class MoveForm(Form):
    """To which other date a place moves."""

    training_session_id = radios("Which date?", {}, required="Select a date")

    def offer(self, dates: Sequence[TrainingSession], left: Mapping[int, int]) -> None:
        """Let these dates be chosen."""
        also_offer(
            self.training_session_id,
            {
                one.id: f"{plain_date(one.starts_at)}, {one.place}, {_places(left[one.id])} left"
                for one in dates
            },
        )


def _places(number: int) -> str:
    return "1 place" if number == 1 else f"{number} places"
