"""What notes interest, ends it, and tells of new dates."""

from datetime import datetime

from sqlalchemy import select

from sscb_training.bookings.interest import queries
from sscb_training.bookings.interest.models import DateTold, Interest
from sscb_training.bookings.queries import places_taken
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock, row_or_none
from sscb_training.core.times import london_date
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.people.models import Membership, Person


def note_interest(
    course: Course,
    person: Person,
    *,
    membership: Membership,
    from_version: CourseVersion | None = None,
    now: datetime,
) -> Interest:
    """Put the person onto the course's list, for dates from this version on or for all.

    Asking twice is asking once; asking for something else changes what they hear of and keeps the turn; after a place on
    a date that is asked for now, it begins anew at the end.
    """
    lock(person)
    if membership.person_id != person.id or not membership.is_current(london_date(now)):
        raise BookingRefused("Choose a role that you hold now.")
    interest = queries.interest_of(person, course)
    if interest and (interest.from_version, interest.membership) == (from_version, membership):
        return interest
    if interest is None:
        _forget(course, person)
        interest = Interest(course=course, person=person, noted_at=now)
        db.session.add(interest)
    elif not queries.keeps_its_turn(interest, from_version):
        interest.noted_at = now
    interest.membership, interest.from_version = membership, from_version
    first = from_version.number if from_version else None
    history.record(
        "asked to hear of new dates", interest, by=person, at=now, course=course.code, from_version=first
    )
    return interest


def leave_list(course: Course, person: Person, *, now: datetime) -> None:
    """Take the person off the course's list. Leaving twice is leaving once."""
    lock(person)
    if interest := queries.interest_of(person, course):
        history.record("left the interest list", interest, by=person, at=now, course=course.code)
        _forget(course, person)


def tell_of_date(training_session: TrainingSession, *, now: datetime) -> int:
    """Write to everybody who is still to hear of this date, first come first; how many. Each hears of it once.

    A date that is full is told of once it has a place.
    """
    lock(training_session)
    if training_session.status is not SessionStatus.PUBLISHED or training_session.repeats_part is not None:
        return 0
    if places_taken(training_session) >= training_session.capacity:
        return 0
    waiting = queries.to_tell(training_session)
    for interest in waiting:
        db.session.add(
            DateTold(interest_id=interest.id, training_session_id=training_session.id, told_at=now)
        )
        mail.queue(
            "bookings/new_date",
            to=interest.person.email,
            at=now,
            training_session=training_session,
            person=interest.person,
            interest=interest,
        )
    return len(waiting)


def _forget(course: Course, person: Person) -> None:
    old = select(Interest).where(Interest.person_id == person.id, Interest.course_id == course.id)
    if interest := row_or_none(old):
        db.session.delete(interest)
        db.session.flush()
