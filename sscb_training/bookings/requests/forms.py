"""What we ask before booking somebody in, and of whoever approves."""

from collections.abc import Sequence
from typing import Self

from sscb_training.core.forms import Form, also_offer, hidden, long_text, radios, tick
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


class DeclareForm(ConfirmForm):
    """The same, where the delegate says that the manager agrees."""

    declared = tick(
        "My manager agrees that I take part", required="Confirm that your manager agrees that you take part"
    )


class AnswerForm(Form):
    """What whoever approves may say; a reason is needed to decline."""

    reason = long_text(
        "Reason",
        hint="Needed to decline. The delegate is told, so do not write about their health",
        max_length=500,
        lines=3,
    )
