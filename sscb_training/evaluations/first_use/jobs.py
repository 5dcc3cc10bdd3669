"""What the worker does: ask some weeks after the award, and remind once."""

from datetime import datetime

from sscb_training.accreditation.models import Accreditation
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.evaluations.first_use import queries, service
from sscb_training.evaluations.first_use.models import FirstUse


def ask_of_first_use(now: datetime) -> int:
    """Write to whoever is to be asked now, each accreditation by itself; how many letters."""
    asked = 0
    for accreditation_id in queries.due(now=now):
        with transaction():
            asked += service.ask(db.session.get_one(Accreditation, accreditation_id), now=now)
    return asked


def remind_of_first_use(now: datetime) -> int:
    """Remind whoever was asked a week ago and has not answered; how many."""
    reminded = 0
    for first_use_id in queries.to_remind(now=now):
        with transaction():
            reminded += service.remind(db.session.get_one(FirstUse, first_use_id), now=now)
    return reminded
