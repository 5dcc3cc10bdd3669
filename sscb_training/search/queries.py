"""What somebody may find with some words: a number of each kind, and the first few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.bookings.models import Booking
from sscb_training.bookings.queries import seen_by as bookings_seen_by
from sscb_training.core.db import number, rows
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    TrainingSession,
    Venue,
)
from sscb_training.people.models import Membership, Person
from sscb_training.people.queries import found_by, goes_by
from sscb_training.people.queries import seen_by as people_seen_by
from sscb_training.search import rules

FEW = 10


@dataclass(frozen=True)
class Found:
    """The first few of a kind, and how many there are."""

    first: Sequence[Any]
    total: int


@dataclass(frozen=True)
class Somebody:
    """A person, and of where they work now and how they were called before what the viewer may know of."""

    person: Person
    agencies: str
    formerly: str


def people(viewer: Person, search: str, *, on: date) -> Found:
    """People whose name or address holds every word, by name, as `Somebody`. Board staff find former names, too."""
    query = select(Person).where(people_seen_by(viewer, on=on))
    for word in rules.words(search):
        query = query.where(found_by(word, and_former=viewer.is_board_staff))
    shown = query.options(selectinload(Person.memberships).joinedload(Membership.agency))
    if viewer.is_board_staff:
        shown = shown.options(selectinload(Person.former_names))
    found = _found(query, shown.order_by(func.lower(Person.name), Person.id))
    return Found([_as_seen_by(viewer, person, on) for person in found.first], found.total)


def _as_seen_by(viewer: Person, person: Person, on: date) -> Somebody:
    """A lead is not told where else their people work."""
    knows_all = viewer.is_board_staff or viewer.id == person.id
    names = {
        job.agency.name
        for job in person.memberships
        if job.is_current(on) and (knows_all or job.agency_id in viewer.leads_agency_ids)
    }
    formerly = ", ".join(before.name for before in person.former_names) if viewer.is_board_staff else ""
    return Somebody(person, ", ".join(sorted(names)), formerly)


def bookings(viewer: Person, search: str) -> Found:
    """The booking of this reference, or the bookings of people whose name holds every word; the latest session first."""
    query = bookings_seen_by(viewer, select(Booking).join(Booking.person).join(Booking.training_session))
    if reference := rules.reference(search):
        query = query.where(Booking.reference.startswith(reference, autoescape=True))
    else:
        for word in rules.words(search):
            query = query.where(goes_by(word, and_former=viewer.is_board_staff))
    shown = query.options(
        contains_eager(Booking.person),
        contains_eager(Booking.training_session)
        .joinedload(TrainingSession.course_version)
        .joinedload(CourseVersion.course),
    )
    return _found(query, shown.order_by(TrainingSession.starts_at.desc(), Booking.id.desc()))


def training_sessions(viewer: Person, search: str, *, now: datetime) -> Found:
    """Sessions whose course or venue holds every word: those to come, the next first, then those over, the latest first.

    A lead finds published ones, without those for another agency alone.
    """
    query = select(TrainingSession).join(TrainingSession.course_version).join(CourseVersion.course)
    if not viewer.is_board_staff:
        query = query.where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            Course.published_at.is_not(None),
            TrainingSession.only_agency_id.is_(None)
            | TrainingSession.only_agency_id.in_(viewer.leads_agency_ids),
        )
    for word in rules.words(search):
        at_a_venue = TrainingSession.parts.any(
            SessionPart.venue.has(Venue.name.icontains(word, autoescape=True))
        )
        query = query.where(
            Course.title.icontains(word, autoescape=True)
            | Course.code.icontains(word, autoescape=True)
            | at_a_venue
        )
    shown = query.options(
        contains_eager(TrainingSession.course_version).contains_eager(CourseVersion.course),
        selectinload(TrainingSession.parts).joinedload(SessionPart.venue),
    )
    is_over = TrainingSession.ends_at <= now
    to_come = case((~is_over, TrainingSession.starts_at))
    return _found(
        query, shown.order_by(is_over, to_come, TrainingSession.starts_at.desc(), TrainingSession.id)
    )


def courses(viewer: Person, search: str) -> Found:
    """Courses whose title or code holds every word, by title. A lead finds published ones."""
    query = select(Course)
    if not viewer.is_board_staff:
        query = query.where(Course.published_at.is_not(None))
    for word in rules.words(search):
        query = query.where(
            Course.title.icontains(word, autoescape=True) | Course.code.icontains(word, autoescape=True)
        )
    return _found(query, query.options(joinedload(Course.theme)).order_by(Course.title, Course.id))


def _found(query: Select[Any], shown: Select[Any]) -> Found:
    total = number(select(func.count()).select_from(query.order_by(None).subquery()))
    return Found(rows(shown.limit(FEW)) if total else [], total)
