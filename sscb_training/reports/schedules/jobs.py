"""What the worker does: make what is due, each by itself, so that one that fails keeps no other back."""

from datetime import datetime

from sscb_training.core.db import db, lock
from sscb_training.core.errors import note
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.reports.schedules import queries, service
from sscb_training.reports.schedules.models import ReportSchedule


def make_scheduled_reports(now: datetime) -> int:
    """Make each report whose day has come; how many were seen to."""
    done = 0
    for schedule_id in queries.due(london_date(now)):
        try:
            schedule = db.session.get_one(ReportSchedule, schedule_id)
            figures = service.gather(schedule, now=now)
            with transaction():
                done += service.make(schedule, figures, now=now)
        except Exception as failure:
            note("scheduled report failed", failure, schedule=schedule_id)
            with transaction():
                schedule = db.session.get_one(ReportSchedule, schedule_id)
                lock(schedule)
                service.fail(schedule, "The report could not be made.", now=now)
    return done
