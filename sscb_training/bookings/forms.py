"""What we ask before booking somebody in, out or off."""

from collections.abc import Sequence
from typing import Self

from sscb_training.core.forms import Form, also_offer, hidden, long_text, radios, text
from sscb_training.people.models import Membership

ACCESS_NEEDS = "Is there anything we can do to help you take part? (optional)"
LONGEST_NEEDS = 500


class RoleForm(Form):
    """Which of several roles a booking is for: it decides whose staff the delegate counts as."""

    membership_id = radios(
        "Which of your roles is this for?", {}, required="Select which of your roles this is for"
    )

    @classmethod
    def offering(cls, memberships: Sequence[Membership], chosen: int | None = None) -> Self:
        form = cls.from_request(membership_id=chosen)
        also_offer(
            form.membership_id, {role.id: f"{role.job_title}, {role.agency.name}" for role in memberships}
        )
        return form


class AccessNeedsForm(Form):
    """What would help the delegate to take part."""

    access_needs = long_text(
        ACCESS_NEEDS,
        hint="For example, step-free access, large print or a British Sign Language interpreter",
        max_length=LONGEST_NEEDS,
        lines=4,
        name="Access needs",
    )


class ConfirmForm(Form):
    """The answers once more, unseen, with the key that makes this form one booking however often it is sent."""

    membership_id = hidden(max_length=9)
    access_needs = hidden(max_length=LONGEST_NEEDS)
    form_key = hidden(max_length=60)


class CancelForm(Form):
    """Why a delegate gives up a place."""

    reason = text("Reason (optional)")


class StaffCancelForm(Form):
    """Why staff end a booking, and whose wish it is: only the board's own decision stays out of the rates."""

    whose = radios(
        "Who decided this?",
        {"delegate": "The delegate asked for it", "board": "The board decided"},
        required="Select who decided this",
    )
    reason = text("Reason", required="Enter a reason", hint="The delegate is told the board’s reason")
