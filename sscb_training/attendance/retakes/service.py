"""What notes a re-assessment."""

from datetime import date, datetime, timedelta

from sscb_training.accreditation.assessments.service import record_score
from sscb_training.accreditation.models import AccreditationScheme, AssessmentAttempt
from sscb_training.accreditation.queries import attempts
from sscb_training.attendance import queries
from sscb_training.attendance.service import RegisterRefused
from sscb_training.attendance.verdicts.queries import not_passed, verdict
from sscb_training.attendance.verdicts.service import correct_awards
from sscb_training.bookings.models import Booking
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date
from sscb_training.people.models import Person

SENT_AGAIN = timedelta(minutes=1)
"""The same person with the same score of the same day within this time has sent the form twice."""


def retake(
    booking: Booking,
    scheme: AccreditationScheme,
    *,
    percent: int,
    assessed_on: date,
    by: Person | None,
    now: datetime,
) -> AssessmentAttempt:
    """Note one more attempt of somebody who attended and has not passed; one that passes accredits them.

    The same form sent twice is one attempt.
    """
    training_session = booking.training_session
    lock(training_session)
    db.session.refresh(booking)
    for noted in attempts([booking.id]):
        was = (noted.scheme_id, noted.percent, noted.assessed_on, noted.recorded_by_id)
        if was == (scheme.id, percent, assessed_on, by and by.id) and now - noted.recorded_at < SENT_AGAIN:
            return noted
    sheet = queries.sheet(training_session)
    if sheet.register is None or not sheet.is_closed:
        raise RegisterRefused("The register is open: enter the score there.")
    if scheme not in not_passed(sheet, booking):
        raise RegisterRefused(f"{booking.person.name} has not attended every part, or has passed already.")
    if assessed_on < london_date(training_session.starts_at):
        raise RegisterRefused("The day of the assessment must not be before the course.")
    before = sheet.percent(booking.id)
    attempt = record_score(
        scheme,
        booking,
        percent=percent,
        assessed_on=assessed_on,
        together=sheet.together(booking),
        by=by,
        now=now,
    )
    db.session.flush()
    found = verdict(queries.sheet(training_session), booking)
    correct_awards(training_session, [found], others_stand=True, by=by, now=now)
    history.record("assessed again", sheet.register, by=by, at=now, scores={booking.id: [before, percent]})
    return attempt
