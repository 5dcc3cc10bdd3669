"""What makes the bookings hold what they earned."""

from collections.abc import Sequence
from datetime import datetime

from sscb_training.accreditation.service import award, withdraw
from sscb_training.attendance.verdicts import queries
from sscb_training.attendance.verdicts.queries import Verdict
from sscb_training.core.db import db
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person


def correct_awards(
    training_session: TrainingSession,
    verdicts: Sequence[Verdict],
    *,
    others_stand: bool = False,
    by: Person | None,
    now: datetime,
) -> dict[str, list[int]]:
    """Make what the bookings hold what they earned; which accreditations that made and withdrew."""
    awards = queries.awards(training_session, verdicts, others_stand=others_stand)
    for accreditation in awards.to_withdraw:
        withdraw(accreditation, by=by, now=now)
    for accreditation in awards.to_replace:
        withdraw(accreditation, by=by, now=now, replaced=True)
    db.session.flush()
    made = [
        award(
            booking.person,
            earned.scheme,
            awarded_on=earned.awarded_on,
            counts_from=earned.counts_from,
            booking=booking,
            attempt=earned.attempt,
            by=by,
            now=now,
        )
        for booking, earned in awards.to_make
    ]
    return {
        "awarded": [accreditation.id for accreditation in made],
        "withdrawn": [accreditation.id for accreditation in (*awards.to_withdraw, *awards.to_replace)],
    }
