"""What a course asks of whoever books it, and what is in somebody's way. A course without rules costs no query."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.bookings.eligibility import rules
from sscb_training.bookings.eligibility.models import BookingRule
from sscb_training.bookings.eligibility.rules import Needed, WhoMayBook
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.core.db import db, rows
from sscb_training.core.times import london_date, plain_date
from sscb_training.courses.models import Course, CourseVersion, TrainingSession
from sscb_training.people.models import Membership


def who_may_book(course: Course) -> WhoMayBook:
    """What the course asks, in one query; nothing is asked of the database when it asks nothing."""
    if not course.has_booking_rules:
        return WhoMayBook()
    stated = rows(
        select(BookingRule)
        .where(BookingRule.course_id == course.id)
        .options(
            joinedload(BookingRule.staff_group),
            joinedload(BookingRule.attended_course),
            joinedload(BookingRule.scheme).selectinload(AccreditationScheme.courses),
        )
        .order_by(BookingRule.id)
    )
    return WhoMayBook(
        sectors=[rule.sector for rule in stated if rule.sector],
        staff_groups=[rule.staff_group for rule in stated if rule.staff_group],
        attended=[rule.attended_course for rule in stated if rule.attended_course and not rule.one_of],
        schemes=[rule.scheme for rule in stated if rule.scheme and not rule.one_of],
        one_of_attended=[rule.attended_course for rule in stated if rule.attended_course and rule.one_of],
        one_of_schemes=[rule.scheme for rule in stated if rule.scheme and rule.one_of],
    )


def obstacles(training_session: TrainingSession, membership: Membership, *, on: date) -> Sequence[str]:
    """What keeps this person in this role from booking the session, and what to do instead; a sentence each."""
    [found] = obstacles_of_each(training_session, [membership], on=on)
    return found


def obstacles_of_each(
    training_session: TrainingSession, memberships: Sequence[Membership], *, on: date
) -> Sequence[Sequence[str]]:
    """What is in the way of each of these, in as many queries as of one.

    Courses count that were attended by `on`; accreditations that are in force on the session's first day.
    """
    who = who_may_book(training_session.course)
    the_day = london_date(training_session.starts_at)
    people = [membership.person_id for membership in memberships]
    attended = _attended(people, [*who.attended, *who.one_of_attended], on=on)
    in_force = _in_force(people, [*who.schemes, *who.one_of_schemes], on=the_day)
    return [
        rules.obstacles(
            who,
            membership,
            attended=attended[membership.person_id],
            in_force=in_force[membership.person_id],
            on_the_day=plain_date(the_day),
        )
        for membership in memberships
    ]


def missing_first(
    training_session: TrainingSession, person_ids: Collection[int], *, on: date
) -> Mapping[int, Sequence[str]]:
    """What the course needs first and is not on record of each of these people; whoever lacks nothing is left out."""
    if not person_ids or not training_session.course.has_booking_rules:
        return {}
    who = who_may_book(training_session.course)
    the_day = london_date(training_session.starts_at)
    attended = _attended(person_ids, [*who.attended, *who.one_of_attended], on=on)
    in_force = _in_force(person_ids, [*who.schemes, *who.one_of_schemes], on=the_day)
    found = {
        person_id: rules.missing_first(
            who,
            attended=attended[person_id],
            in_force=in_force[person_id],
            on_the_day=plain_date(the_day),
        )
        for person_id in person_ids
    }
    return {person_id: sentences for person_id, sentences in found.items() if sentences}


def roles_that_may_book(
    training_session: TrainingSession, roles: Sequence[Membership], *, on: date
) -> Sequence[Membership]:
    """Of somebody's roles those in which nothing is in their way."""
    return [role for role in roles if not obstacles(training_session, role, on=on)]


def obstacles_to_all(
    training_session: TrainingSession, roles: Sequence[Membership], *, on: date
) -> Sequence[str]:
    """What is in somebody's way in every one of their roles; empty when they may book in one, or have none."""
    of_each = [obstacles(training_session, role, on=on) for role in roles]
    if not all(of_each):
        return []
    return list(dict.fromkeys(sentence for found in of_each for sentence in found))


def needed_first() -> Mapping[int, Needed]:
    """What each course that needs courses first needs, by their keys."""
    every: dict[int, set[int]] = defaultdict(set)
    one_of: dict[int, set[int]] = defaultdict(set)
    also_otherwise: set[int] = set()
    for rule in rows(select(BookingRule)):
        if rule.attended_course_id is not None:
            (one_of if rule.one_of else every)[rule.course_id].add(rule.attended_course_id)
        elif rule.one_of:
            also_otherwise.add(rule.course_id)
    return {
        course_id: Needed(every[course_id], set() if course_id in also_otherwise else one_of[course_id])
        for course_id in [*every, *one_of]
    }


def courses_to_need(course: Course) -> Sequence[Course]:
    """The courses that this one may need attended first, by title."""
    return rows(select(Course).where(Course.id != course.id).order_by(Course.title, Course.id))


def _attended(people: Collection[int], courses: Sequence[Course], *, on: date) -> defaultdict[int, set[int]]:
    if not courses:
        return defaultdict(set)
    return _by_person(
        select(Booking.person_id, CourseVersion.course_id)
        .select_from(CourseVersion)
        .join(TrainingSession, TrainingSession.course_version_id == CourseVersion.id)
        .join(Booking, Booking.training_session_id == TrainingSession.id)
        .where(
            Booking.person_id.in_(people),
            Booking.outcome == Outcome.ATTENDED,
            Booking.part_id.is_(None),
            Booking.outcome_on <= on,
            CourseVersion.course_id.in_([course.id for course in courses]),
        )
    )


def _in_force(
    people: Collection[int], schemes: Sequence[AccreditationScheme], *, on: date
) -> defaultdict[int, set[int]]:
    if not schemes:
        return defaultdict(set)
    return _by_person(
        select(Accreditation.person_id, Accreditation.scheme_id).where(
            Accreditation.person_id.in_(people),
            Accreditation.scheme_id.in_([scheme.id for scheme in schemes]),
            Accreditation.in_force(on),
        )
    )


def _by_person(query: Select[int, int]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for person_id, key in db.session.execute(query):
        found[person_id].add(key)
    return found
