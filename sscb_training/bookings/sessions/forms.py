"""What staff are asked before they put somebody in or call a session off."""

from collections.abc import Sequence

from sscb_training.bookings.requests.forms import LONGEST_NEEDS
from sscb_training.core.forms import Form, also_offer, hidden, long_text, radios, text
from sscb_training.people.models import Membership


class PutInForm(Form):
    """Whom staff put in, in which role."""

    membership_id = radios("Person and role", {}, required="Select a person")
    access_needs = long_text(
        "Access needs (optional)",
        hint="Only what they asked you to pass on",
        max_length=LONGEST_NEEDS,
        lines=3,
        name="Access needs",
    )
    override_reason = text(
        "Reason for an exception (optional)",
        hint="Only for somebody whom the course’s booking rules keep out. It is kept in the history",
        max_length=200,
    )
    form_key = hidden(max_length=60)

    def offer(self, memberships: Sequence[Membership]) -> None:
        """Let these roles be chosen."""
        also_offer(
            self.membership_id,
            {role.id: f"{role.person.name}: {role.job_title}, {role.agency.name}" for role in memberships},
        )


class CancelSessionForm(Form):
    """Why a session is called off; everybody concerned reads it."""

    reason = text(
        "Reason",
        required="Enter a reason",
        hint="It stands in the letters to delegates and trainers",
    )
