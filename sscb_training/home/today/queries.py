"""What deserves attention today: a manager's staff, a lead's agencies, the board's needs, dates and letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Subquery, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.agencies.models import Agency, Headcount, NamedWorkforce, StaffGroup
from sscb_training.agencies.queries import not_told
from sscb_training.agencies.rules import is_old
from sscb_training.attendance.models import Register
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.queries import nearly_empty, taken
from sscb_training.bookings.sessions.queries import at_risk
from sscb_training.bookings.sessions.rules import is_short
from sscb_training.core.db import db, number, rows
from sscb_training.core.mail import Letter
from sscb_training.courses.models import (
    CourseVersion,
    SessionStatus,
    TrainingSession,
)
from sscb_training.home import queries as own
from sscb_training.home import rules
from sscb_training.needs.coverage.queries import CountyCoverage, coverage_of_every_need
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.needs.queries import needs_in_order, waiting
from sscb_training.people.models import Membership, Person

SOON = timedelta(weeks=4)
LATELY = timedelta(days=30)
AT_MOST, FEW = 10, 5
MOST_STAFF = 200


# A manager's staff


def staff_bookings(manager: Person, *, now: datetime, on: date) -> Sequence[Booking]:
    """What people have booked in the jobs that name this person as manager, for the weeks to come, soonest first."""
    if not manager.email_key:
        return []
    jobs = select(Membership.id).where(
        Membership.manager_email.in_({manager.email, manager.email_key}), Membership.is_current(on)
    )
    return rows(
        own.coming(now)
        .join(Booking.person)
        .where(Booking.membership_id.in_(jobs), Booking.person_id != manager.id)
        .options(*own.WITH_SESSION, contains_eager(Booking.person))
        .limit(MOST_STAFF)
    )


def manages_somebody(person: Person, *, on: date) -> bool:
    """Whether anybody names this person as their manager now."""
    if not person.email_key:
        return False
    query = select(Membership.id).where(
        Membership.manager_email.in_({person.email, person.email_key}), Membership.is_current(on)
    )
    return db.session.scalar(query.limit(1)) is not None


# An agency lead's agencies


@dataclass(frozen=True)
class Due:
    """Somebody's accreditation that runs out soon."""

    person_id: int
    name: str
    scheme: str
    until: date | None


def number_due(agency_ids: frozenset[int], *, on: date) -> int:
    """How many people of these agencies hold something that runs out within 90 days, and nothing that lasts longer."""
    ending = _ending(agency_ids, on)
    return number(select(func.count(func.distinct(ending.c.person_id))))


def first_due(agency_ids: frozenset[int], *, on: date) -> Sequence[Due]:
    """The first of them to run out."""
    ending = _ending(agency_ids, on)
    query = (
        select(Person.id, Person.name, AccreditationScheme.name, ending.c.until)
        .join(ending, ending.c.person_id == Person.id)
        .join(AccreditationScheme, AccreditationScheme.id == ending.c.scheme_id)
        .order_by(ending.c.until, Person.name, Person.id)
        .limit(FEW)
    )
    return [Due(*row) for row in db.session.execute(query)]


def _ending(agency_ids: frozenset[int], on: date) -> Subquery:
    """What these agencies' people hold and until when, by person and scheme, where all of it runs out within 90 days."""
    working = select(Membership.person_id).where(
        Membership.agency_id.in_(agency_ids), Membership.is_current(on)
    )
    until = func.max(Accreditation.expires_on)
    return (
        select(Accreditation.person_id, Accreditation.scheme_id, until.label("until"))
        .where(Accreditation.person_id.in_(working), Accreditation.in_force(on))
        .group_by(Accreditation.person_id, Accreditation.scheme_id)
        .having(
            until <= rules.due_by(on),
            func.count(Accreditation.id) == func.count(Accreditation.expires_on),
        )
        .subquery()
    )


@dataclass(frozen=True)
class MissingHeadcount:
    """A staff group of an agency whose headcount is missing (`as_at` is empty) or old.

    `is_untold`: the agency said that it cannot tell yet.
    """

    agency_id: int
    agency: str
    staff_group: str
    as_at: date | None
    is_untold: bool

    @property
    def words(self) -> str:
        return f"{self.staff_group} (cannot be told yet)" if self.is_untold else self.staff_group


def missing_headcounts(agency_ids: frozenset[int], *, on: date) -> Sequence[MissingHeadcount]:
    """The staff groups that work at these agencies and whose latest headcount is missing or old, by agency.

    None is missing where an agency keeps its people here.
    """
    is_named = exists().where(
        NamedWorkforce.agency_id == Membership.agency_id, NamedWorkforce.withdrawn_at.is_(None)
    )
    query = (
        select(Agency.id, Agency.name, StaffGroup.id, StaffGroup.name, func.max(Headcount.as_at))
        .select_from(Membership)
        .join(Membership.agency)
        .join(Membership.staff_group)
        .outerjoin(
            Headcount,
            and_(
                Headcount.agency_id == Membership.agency_id,
                Headcount.staff_group_id == Membership.staff_group_id,
                Headcount.withdrawn_at.is_(None),
            ),
        )
        .where(
            Membership.agency_id.in_(agency_ids),
            Membership.is_current(on),
            or_(Headcount.id.is_not(None), ~is_named),
        )
        .group_by(Agency.id, Agency.name, StaffGroup.id, StaffGroup.name, StaffGroup.position)
        .order_by(Agency.name, StaffGroup.position, StaffGroup.name)
    )
    untold = {
        (agency_id, one.staff_group.id)
        for agency_id, groups in not_told(agency_ids).items()
        for one in groups
    }
    found = [
        MissingHeadcount(agency_id, agency, name, as_at, (agency_id, group_id) in untold)
        for agency_id, agency, group_id, name, as_at in db.session.execute(query)
    ]
    return [one for one in found if one.as_at is None or is_old(one.as_at, on=on)]


# What board staff mind


@dataclass(frozen=True)
class NeedBehind:
    """A need that has not reached its target; one that `waits` does so for its course, and nobody counts by it yet."""

    need: TrainingNeed
    figure: CountyCoverage
    waits: bool

    @property
    def missing(self) -> int:
        """How many percentage points are missing."""
        return (self.need.target_percent or 0) - (self.figure.percent or 0)


def needs_behind(*, on: date) -> Sequence[NeedBehind]:
    """The open needs that are below their target today, the furthest behind first."""
    figures = coverage_of_every_need(as_at=on, known_on=on)
    held = waiting(as_at=on, known_on=on)
    found = [
        NeedBehind(need, figures[need.id], need.id in held)
        for need in needs_in_order()
        if need.status is not NeedStatus.CLOSED
        and need.id in figures
        and rules.is_behind(percent=figures[need.id].percent, target=need.target_percent)
    ]
    return sorted(found, key=lambda one: -one.missing)


@dataclass(frozen=True)
class Unclosed:
    """How many registers of sessions that are over were not closed, and since when the first of them waits."""

    number: int
    since: datetime | None


def unclosed_registers(*, now: datetime) -> Unclosed:
    """The registers of sessions that are over and that nobody closed."""
    query = (
        select(func.count(TrainingSession.id), func.min(TrainingSession.ends_at))
        .outerjoin(Register, Register.training_session_id == TrainingSession.id)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.ends_at <= now,
            Register.closed_at.is_(None),
        )
    )
    return Unclosed(*db.session.execute(query).one())


@dataclass(frozen=True)
class Filling:
    """How full a session to come is."""

    training_session: TrainingSession
    taken: int
    waiting: int

    @property
    def is_short(self) -> bool:
        return is_short(fewest=self.training_session.fewest, taken=self.taken)

    @property
    def left(self) -> int:
        return max(0, self.training_session.capacity - self.taken)


def worth_a_look(*, now: datetime) -> Sequence[Filling]:
    """The sessions that need more delegates soon, and of the next four weeks those nearly empty, or with somebody waiting.

    The soonest first.
    """
    waiting = (
        select(func.count(Booking.id))
        .where(Booking.training_session_id == TrainingSession.id, Booking.status == BookingStatus.WAITLISTED)
        .scalar_subquery()
    )
    per_session = (
        select(TrainingSession.id, taken().label("taken"), waiting.label("waiting"))
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.starts_at > now,
            or_(TrainingSession.starts_at <= now + SOON, at_risk(now)),
        )
        .subquery()
    )
    query = (
        select(TrainingSession, per_session.c.taken, per_session.c.waiting)
        .join(per_session, per_session.c.id == TrainingSession.id)
        .where(
            or_(
                per_session.c.waiting > 0,
                at_risk(now),
                nearly_empty(per_session.c.taken),
            )
        )
        .options(joinedload(TrainingSession.course_version).joinedload(CourseVersion.course))
        .order_by(TrainingSession.starts_at, TrainingSession.id)
        .limit(AT_MOST)
    )
    return [Filling(*row) for row in db.session.execute(query)]


def dates_without_a_trainer(*, now: datetime) -> int:
    """How many of the published dates of the next four weeks nobody has said yes to train on."""
    return number(
        select(func.count(TrainingSession.id)).where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.starts_at > now,
            TrainingSession.starts_at <= now + SOON,
            ~TrainingSession.trainers.any(),
        )
    )


def undelivered_letters(*, now: datetime) -> int:
    """How many letters of the last 30 days could not be delivered."""
    return number(select(func.count(Letter.id)).where(Letter.gave_up_at > now - LATELY))
