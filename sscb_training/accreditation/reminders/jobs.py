"""What the worker does: remind of what runs out."""

from datetime import datetime

from sscb_training.accreditation.models import Accreditation
from sscb_training.accreditation.reminders import queries, service
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction


def remind_of_expiry(now: datetime) -> int:
    """See to each accreditation that has come to a stage, each by itself; how many letters."""
    letters = 0
    for accreditation_id, days_before in queries.due(now=now):
        with transaction():
            accreditation = db.session.get_one(Accreditation, accreditation_id)
            letters += service.see_to(accreditation, days_before, now=now)
    return letters
