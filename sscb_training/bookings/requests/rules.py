"""What decides about requests and approvals: values in, values out."""

from datetime import datetime

from sscb_training.courses.models import ApprovalStyle


def needs_approval(style: ApprovalStyle, *, has_no_manager: bool) -> bool:
    """Whether somebody else must agree before the place is confirmed.

    "I have no line manager" is an answer: such a delegate answers for themselves. A coordinator decides about everybody.
    """
    if style is ApprovalStyle.MANAGER:
        return not has_no_manager
    return style is ApprovalStyle.COORDINATOR


def would_ask_the_same(
    style: ApprovalStyle, *, asked_before: ApprovalStyle, approver_email: str, manager_email: str
) -> bool:
    """Whether whoever approved in this job before would be asked again now: the manager by address, or a coordinator."""
    by_name = style is ApprovalStyle.MANAGER
    return style is asked_before and (not by_name or approver_email == manager_email)


def is_over(answer_by: datetime | None, *, now: datetime) -> bool:
    """Whether the time to approve is over; never, for what was asked without a deadline."""
    return answer_by is not None and answer_by <= now
