"""What the worker does: remind agencies once."""

from datetime import datetime

from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.needs.headcounts import queries, service


def remind_of_headcounts(now: datetime) -> int:
    """Remind the leads of agencies whose headcounts are due soon and not sent in; how many agencies."""
    reminded = 0
    for request_id in queries.to_remind(on=london_date(now)):
        with transaction():
            reminded += service.remind(queries.request_in_full(request_id), now=now)
    return reminded
