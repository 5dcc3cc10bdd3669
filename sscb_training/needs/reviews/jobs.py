"""What the worker does: let the status of needs follow their coverage."""

from datetime import datetime

from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.needs.coverage.queries import coverage_of_every_need
from sscb_training.needs.queries import needs_in_order
from sscb_training.needs.reviews import service


def follow_coverage(now: datetime) -> int:
    """Make each need ready to review whose target is reached, and open again whose is not any more; how many."""
    today = london_date(now)
    figures = coverage_of_every_need(as_at=today, known_on=today)
    moved = [
        need
        for need in needs_in_order()
        if need.id in figures and service.moved(need, figures[need.id], on=today)
    ]
    for need in moved:
        with transaction():
            service.follow_coverage(need, now=now)
    return len(moved)
