"""The interest list: who is on it, who is told of a new date, and in which order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from sscb_training.bookings.interest import jobs, queries, service
from sscb_training.bookings.interest.models import Interest
from sscb_training.bookings.models import BookingStatus
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates.service import publish_session
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.people.models import Person
from tests.bookings.verbs import cancel, request_place
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_training_session,
    make_version,
    only,
)

Outbox = Callable[[], list[Letter]]
Count = Callable[[Callable[[], object]], int]
LATER = NOW + timedelta(hours=1)


def note(course: Course, person: Person, *, now: datetime = NOW, **given: Any) -> Interest:
    with transaction():
        return service.note_interest(course, person, **{"membership": person.memberships[0]} | given, now=now)


def leave(course: Course, person: Person) -> None:
    with transaction():
        service.leave_list(course, person, now=LATER)


def opened(of: Course | CourseVersion, *, now: datetime = LATER, **given: Any) -> TrainingSession:
    """A date of the version, or of a new one of the course, that opened for booking at this moment."""
    version = make_version(of) if isinstance(of, Course) else of
    training_session = make_training_session(version, status=SessionStatus.DRAFT, **given)
    with transaction():
        publish_session(training_session, by=None, now=now)
    return training_session


def test_those_on_the_list_hear_of_a_new_date_once_and_first_come_first(
    asha: Person, dev: Person, outbox: Outbox
) -> None:
    course = make_course(title="Core groups")
    note(course, dev, now=NOW)
    note(course, asha, now=NOW + timedelta(minutes=5))
    training_session = opened(course)

    assert jobs.tell_of_new_dates(LATER) == 2
    assert jobs.tell_of_new_dates(LATER + timedelta(minutes=1)) == 0

    first, second = outbox()
    assert (first.to_address, second.to_address) == (dev.email, asha.email)
    assert first.subject == "A new date: Core groups, 7 December 2026"
    assert f"https://training.example.org/dates/{training_session.id}" in first.body
    assert first.body.count("Core groups") == 1

    opened(course, now=LATER + timedelta(hours=1))
    assert jobs.tell_of_new_dates(LATER + timedelta(hours=1)) == 2


def test_nobody_hears_of_dates_that_were_open_when_they_asked(asha: Person) -> None:
    course = make_course()
    opened(course, now=NOW)
    make_training_session(make_version(course))
    note(course, asha, now=LATER)

    assert jobs.tell_of_new_dates(LATER) == 0


@pytest.mark.parametrize("why", ["started", "cancelled", "draft", "unpublished", "suspended", "another"])
def test_nobody_hears_of_a_date_that_they_cannot_book(why: str, asha: Person, outbox: Outbox) -> None:
    course = make_course()
    note(course, asha)
    training_session = opened(make_course() if why == "another" else course)
    if why == "unpublished":
        changed(course, published_at=None)
    elif why == "suspended":
        changed(asha, suspended_at=NOW)
    elif why in {"cancelled", "draft"}:
        changed(training_session, status=SessionStatus(why))

    jobs.tell_of_new_dates(training_session.starts_at if why == "started" else LATER)

    assert outbox() == []


def test_a_date_for_one_agency_is_told_to_nobody_else(asha: Person, dev: Person, outbox: Outbox) -> None:
    course = make_course()
    note(course, asha)
    note(course, dev)
    opened(course, only_agency=dev.memberships[0].agency)

    assert jobs.tell_of_new_dates(LATER) == 1
    assert [letter.to_address for letter in outbox()] == [dev.email]


def test_whoever_has_a_place_since_is_neither_told_nor_counted_until_they_give_it_up(
    asha: Person, outbox: Outbox
) -> None:
    course = make_course()
    note(course, asha)
    booking = request_place(opened(course), asha, now=LATER)
    before = len(outbox())

    assert jobs.tell_of_new_dates(LATER) == 0
    assert queries.demand(course_id=None, on=TODAY) == []
    assert queries.interests_of(asha) == []

    cancel(booking, now=LATER)
    assert len(queries.demand(course_id=None, on=TODAY)) == 1
    assert len(outbox()) == before + 1
    assert jobs.tell_of_new_dates(LATER) == 1


def test_a_place_from_before_they_asked_answers_nothing(asha: Person) -> None:
    course = make_course()
    make_booking(make_training_session(make_version(course)), person=asha)
    note(course, asha)

    assert queries.interest_of(asha, course) is not None


def test_whoever_waits_in_a_full_date_still_waits_for_new_ones(asha: Person) -> None:
    course = make_course()
    note(course, asha)
    booking = request_place(opened(course, capacity=0), asha, now=LATER)

    assert booking.status is BookingStatus.WAITLISTED
    assert queries.interest_of(asha, course) is not None


def test_asking_twice_keeps_the_turn_and_asking_after_a_place_begins_anew(asha: Person) -> None:
    course = make_course()
    note(course, asha)
    note(course, asha, now=LATER)
    assert only(Interest).noted_at == NOW

    request_place(opened(course), asha, now=LATER)
    note(course, asha, now=LATER + timedelta(days=1))
    assert only(Interest).noted_at == LATER + timedelta(days=1)


def test_whoever_asks_from_a_version_on_hears_of_no_earlier_ones(
    asha: Person, dev: Person, outbox: Outbox
) -> None:
    course = make_course()
    first, second, third = (make_version(course) for _ in range(3))
    note(course, asha, from_version=second)
    note(course, dev)

    opened(first)
    assert jobs.tell_of_new_dates(LATER) == 1
    (letter,) = outbox()
    assert letter.to_address == dev.email
    assert "You asked for dates of version" not in letter.body

    for version in (second, third):
        opened(version)
        assert jobs.tell_of_new_dates(LATER) == 2
    asked_for = "You asked for dates of version 2 or later. This one is of version 3.\n"
    assert [letter.to_address for letter in outbox() if asked_for in letter.body] == [asha.email]


def test_only_a_place_on_a_version_that_was_asked_for_answers(asha: Person) -> None:
    course = make_course()
    old, new = make_version(course), make_version(course)
    note(course, asha, from_version=new)

    request_place(opened(old), asha, now=LATER)
    assert queries.interest_of(asha, course) is not None

    request_place(opened(new), asha, now=LATER)
    assert queries.interest_of(asha, course) is None


def test_asking_for_more_after_a_place_on_another_version_begins_anew(asha: Person) -> None:
    course = make_course()
    old, new = make_version(course), make_version(course)
    note(course, asha, from_version=new)
    request_place(opened(old), asha, now=LATER)

    note(course, asha, now=LATER + timedelta(days=1))
    found = queries.interest_of(asha, course)
    assert found is not None
    assert found.noted_at == LATER + timedelta(days=1)


def test_asking_for_something_else_changes_the_entry_and_keeps_the_turn(asha: Person) -> None:
    course = make_course()
    first, second = make_version(course), make_version(course)
    for asked in (second, first, second, None, first):
        note(course, asha, from_version=asked, now=NOW if asked is second else LATER)
        assert only(Interest).from_version == asked
    other = make_membership(asha, make_agency())
    note(course, asha, from_version=first, membership=other, now=LATER)
    assert only(Interest).membership == other
    assert only(Interest).noted_at == NOW


def test_a_full_date_is_told_of_once_it_has_a_place(asha: Person) -> None:
    course = make_course()
    note(course, asha)
    full = opened(course, capacity=0)
    assert jobs.tell_of_new_dates(LATER) == 0

    changed(full, capacity=1)
    assert jobs.tell_of_new_dates(LATER) == 1


def test_leave_list_forgets_the_entry_and_what_was_told(asha: Person, dev: Person) -> None:
    course = make_course()
    note(course, asha)
    note(course, dev)
    opened(course)
    jobs.tell_of_new_dates(LATER)

    leave(course, asha)
    leave(course, asha)

    assert only(Interest).person_id == dev.id


def test_note_interest_refuses_somebody_elses_role(asha: Person, dev: Person) -> None:
    with pytest.raises(BookingRefused, match="a role that you hold now"):
        note(make_course(), asha, membership=dev.memberships[0])


def test_demand_is_counted_by_agency_the_most_wanted_course_first(asha: Person, dev: Person) -> None:
    few, many = make_course(title="Alpha"), make_course(title="Zeta")
    note(few, dev)
    note(many, asha)
    note(many, dev, now=LATER)
    note(many, make_person(agency=asha.memberships[0].agency), now=LATER)
    left = make_person(agency=make_agency())
    note(many, left)
    changed(left.memberships[0], valid_to=TODAY - timedelta(days=1))

    found = queries.demand(course_id=None, on=TODAY)

    assert [(one.title, one.agency, one.people, one.of_all_agencies) for one in found] == [
        ("Zeta", "Hill School", 2, 3),
        ("Zeta", "Vale Housing", 1, 3),
        ("Alpha", "Vale Housing", 1, 1),
    ]
    assert found[0].since == NOW
    assert {one.from_version for one in found} == {None}
    assert [one.title for one in queries.demand(course_id=few.id, on=TODAY)] == ["Alpha"]


def test_demand_is_counted_by_version_where_it_differs(asha: Person, dev: Person) -> None:
    course = make_course()
    make_version(course)
    new = make_version(course)
    note(course, asha, from_version=new)
    note(course, make_person(agency=asha.memberships[0].agency))
    note(course, dev, from_version=new)

    found = queries.demand(course_id=None, on=TODAY)

    assert [(one.agency, one.from_version, one.people, one.of_all_agencies) for one in found] == [
        ("Hill School", None, 1, 3),
        ("Hill School", 2, 1, 3),
        ("Vale Housing", 2, 1, 3),
    ]


def test_telling_many_costs_no_more_questions_than_telling_few(count_queries: Count) -> None:
    def telling(people: int) -> int:
        course = make_course()
        for _ in range(people):
            note(course, make_person(agency=make_agency()))
        training_session = opened(course)
        db.session.expire_all()
        return count_queries(lambda: queries.to_tell(training_session))

    assert telling(1) == telling(3)
