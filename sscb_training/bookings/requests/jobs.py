"""What the worker does for approvals: remind once, and let go of what nobody answered."""

from datetime import datetime, timedelta

from sscb_training.bookings.requests import queries, service
from sscb_training.core.board import board_numbers
from sscb_training.core.times import at_london, london_date
from sscb_training.core.transaction import transaction
from sscb_training.core.working_days import working_days_before


def lapse_approvals(now: datetime) -> int:
    """Let the places go that nobody approved in time; how many approvals."""
    lapsed = 0
    for approval_id in queries.unanswered_by(now):
        with transaction():
            lapsed += service.lapse(queries.approval_of_link(approval_id), now=now)
    return lapsed


def remind_approvers(now: datetime) -> int:
    """Remind whoever was asked so many working days ago and has not answered; how many."""
    latest = working_days_before(london_date(now), board_numbers().approval_reminder_working_days)
    reminded = 0
    for approval_id in queries.to_remind(at_london(latest + timedelta(days=1)), now=now):
        with transaction():
            reminded += service.remind(queries.approval_of_link(approval_id), now=now)
    return reminded
