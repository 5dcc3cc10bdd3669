"""What the worker does for invitations: ask once more, and call back those to dates that were cancelled."""

from datetime import datetime, timedelta

from sscb_training.core.board import board_numbers
from sscb_training.core.times import at_london, london_date
from sscb_training.core.transaction import transaction
from sscb_training.core.working_days import working_days_before
from sscb_training.trainers.invitations import queries, service


def see_to_invitations(now: datetime) -> int:
    """Remind whoever was asked so many working days ago, and withdraw what a cancelled date has left; how many."""
    latest = working_days_before(london_date(now), board_numbers().invitation_reminder_working_days)
    done = 0
    for invitation_id in queries.to_remind(at_london(latest + timedelta(days=1)), now=now):
        with transaction():
            done += service.remind(queries.invitation_of_link(invitation_id), now=now)
    for invitation_id in queries.to_call_back():
        with transaction():
            service.withdraw(queries.invitation_of_link(invitation_id), by=None, now=now)
            done += 1
    return done
