"""What the worker does: remind managers once."""

from datetime import datetime

from sscb_training.attendance.confirmations import queries, service
from sscb_training.attendance.models import Confirmation
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction


def remind_of_confirmations(now: datetime) -> int:
    """Remind whoever was asked a week ago and has not answered; how many."""
    reminded = 0
    for confirmation_id in queries.to_remind(now=now):
        with transaction():
            reminded += service.remind(db.session.get_one(Confirmation, confirmation_id), now=now)
    return reminded
