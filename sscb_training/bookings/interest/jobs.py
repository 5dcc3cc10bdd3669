"""What the worker does for the interest list: tell those on it of new dates."""

from datetime import datetime

from sscb_training.bookings.interest import queries, service
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession


def tell_of_new_dates(now: datetime) -> int:
    """Write about every date that opened; how many letters. Each date by itself."""
    told = 0
    for session_id in queries.dates_to_tell_of(now):
        with transaction():
            told += service.tell_of_date(db.session.get_one(TrainingSession, session_id), now=now)
    return told
