"""What the worker does for evaluations: ask when a stage begins, and remind until it is sent in."""

from datetime import datetime

from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.evaluations import queries, service
from sscb_training.evaluations.models import Evaluation, Stage


def ask_for_evaluations(now: datetime) -> int:
    """Write to whoever is to be asked now, each by itself; how many."""
    asked = 0
    for stage in Stage:
        for booking_id in queries.due(stage, now=now):
            with transaction():
                asked += service.ask(queries.booking_of_link(booking_id), stage, now=now)
    return asked


def remind_of_evaluations(now: datetime) -> int:
    """Remind whoever was asked so many days ago and has not sent in anything; how many."""
    reminded = 0
    for evaluation_id in queries.to_remind(now=now):
        with transaction():
            reminded += service.remind(db.session.get_one(Evaluation, evaluation_id), now=now)
    return reminded
