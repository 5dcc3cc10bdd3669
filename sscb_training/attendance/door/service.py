"""What lets somebody in who has no booking."""

from datetime import date, datetime

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.attendance import queries as registers
from sscb_training.attendance import rules
from sscb_training.attendance.service import RegisterRefused, open_register
from sscb_training.bookings.models import Booking
from sscb_training.bookings.places.service import add_walk_in
from sscb_training.core.times import london_date
from sscb_training.courses.models import TrainingSession
from sscb_training.people import queries as people
from sscb_training.people.models import Membership, Person
from sscb_training.people.service import add_membership, register_person


def let_in(
    training_session: TrainingSession,
    person: Person,
    *,
    membership: Membership | None,
    by: Person | None,
    now: datetime,
) -> Booking:
    """Put somebody whom the board knows onto the open register, though they had not booked."""
    open_register(training_session, now=now)
    if not any(rules.may_be_marked(part.starts_at, now=now) for part in training_session.parts_on):
        raise RegisterRefused("This session has not begun yet. Whoever wants to come can still book a place.")
    return add_walk_in(training_session, person, membership=membership, by=by, now=now)


def let_in_newcomer(
    training_session: TrainingSession,
    *,
    name: str,
    email: str,
    agency: Agency,
    staff_group: StaffGroup,
    job_title: str,
    by: Person | None,
    now: datetime,
) -> Booking:
    """Put somebody who is not found onto the open register, with what they say of themselves.

    Whoever has this email address already is that person and gets no second record. Where they work is
    unconfirmed until staff have checked it.
    """
    open_register(training_session, now=now)
    _refuse_the_same_again(training_session, name=name, agency=agency)
    person = people.person_by_email(email) if email else None
    if person is None:
        person = register_person(name=name, email=email or None, now=now, by=by)
    day = min(london_date(now), london_date(training_session.starts_at))
    membership = _membership_at(person, agency, on=day) or add_membership(
        person,
        agency=agency,
        staff_group=staff_group,
        job_title=job_title,
        valid_from=day,
        confirmed=False,
        by=by,
        now=now,
    )
    return let_in(training_session, person, membership=membership, by=by, now=now)


def _membership_at(person: Person, agency: Agency, *, on: date) -> Membership | None:
    """Their job there on the day; or one that began since, when the register is taken later."""
    jobs = people.every_membership_of(person)
    return next((job for job in jobs if job.agency_id == agency.id and not job.is_over(on)), None)


def _refuse_the_same_again(training_session: TrainingSession, *, name: str, agency: Agency) -> None:
    """The same form sent twice, or by two trainers, must not make two people of one."""
    for booking in registers.sheet(training_session).delegates:
        membership = booking.membership
        if (
            membership is not None
            and membership.agency_id == agency.id
            and booking.person.name.casefold() == name.casefold()
        ):
            raise RegisterRefused(f"{booking.person.name} from {agency.name} is on this register already.")
