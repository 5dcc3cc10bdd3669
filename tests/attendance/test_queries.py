from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.exceptions import NotFound

from sscb_training.attendance import queries
from sscb_training.attendance.door import queries as door
from sscb_training.attendance.listed import queries as listed
from sscb_training.attendance.listed.queries import Turn
from sscb_training.attendance.models import Register
from sscb_training.attendance.verdicts.queries import earned_in
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_agency,
    make_booking,
    make_membership,
    make_person,
    make_scheme,
    make_training_session,
    saved,
)

A_DAY = timedelta(days=1)


def _closed(training_session: TrainingSession) -> TrainingSession:
    saved(Register(training_session_id=training_session.id, opened_at=NOW, closed_at=NOW))
    return training_session


def test_session_seen_by_its_trainer_and_board_staff(
    tom: Person, cara: Person, ada: Person, asha: Person, ben: Person
) -> None:
    own = make_training_session(trainers=[tom])
    others = make_training_session(trainers=[make_person(roles=[Role.TRAINER])])
    assert [queries.session_seen_by(viewer, own.id) for viewer in (tom, cara, ada)] == [own] * 3
    assert queries.session_seen_by(cara, others.id) == others
    for viewer, hidden in [(tom, others), (asha, own), (ben, own), (cara, None)]:
        with pytest.raises(NotFound):
            queries.session_seen_by(viewer, hidden.id if hidden else 999_999)


@pytest.mark.parametrize("status", [SessionStatus.DRAFT, SessionStatus.CANCELLED])
def test_a_session_that_is_not_on_has_no_register(cara: Person, status: SessionStatus) -> None:
    off = make_training_session(status=status)
    with pytest.raises(NotFound):
        queries.session_seen_by(cara, off.id)


def test_registers_come_in_the_order_of_their_turn(tom: Person) -> None:
    closed = _closed(make_training_session(starts_at=NOW - 3 * A_DAY, trainers=[tom]))
    closed_later = _closed(make_training_session(starts_at=NOW - 2 * A_DAY, trainers=[tom]))
    far = make_training_session(starts_at=NOW + 9 * A_DAY, trainers=[tom])
    begun = make_training_session(starts_at=NOW - 4 * A_DAY, parts=2, trainers=[tom])
    near = make_training_session(starts_at=NOW + 2 * A_DAY, trainers=[tom])
    open_newer = make_training_session(starts_at=NOW - A_DAY, trainers=[tom])
    open_older = make_training_session(starts_at=NOW - 5 * A_DAY, trainers=[tom])
    second_part_today = make_training_session(starts_at=NOW - timedelta(weeks=1), parts=2, trainers=[tom])
    make_training_session(starts_at=NOW)
    make_booking(near)

    lines = listed.register_lines(
        db.session.execute(listed.registers_seen_by(tom, now=NOW)).all(), today=TODAY
    )
    assert [(line.training_session, line.turn) for line in lines] == [
        (second_part_today, Turn.TODAY),
        (open_older, Turn.TO_CLOSE),
        (open_newer, Turn.TO_CLOSE),
        (begun, Turn.COMING),
        (near, Turn.COMING),
        (far, Turn.COMING),
        (closed_later, Turn.CLOSED),
        (closed, Turn.CLOSED),
    ]
    assert [line.delegates for line in lines] == [0, 0, 0, 0, 1, 0, 0, 0]
    assert lines[0].part == second_part_today.parts[1]
    assert lines[1].part == open_older.parts[0]
    assert lines[3].part == begun.parts[1]
    assert [turn for turn, _ in listed.by_turn(lines[:3])] == [Turn.TODAY, Turn.TO_CLOSE]
    to_take = listed.registers_to_take(tom, NOW)
    assert [line.training_session for line in to_take] == [second_part_today, open_older, open_newer]


def test_board_staff_see_all_registers_and_take_none(tom: Person, cara: Person) -> None:
    make_training_session(starts_at=NOW, trainers=[tom])
    assert len(db.session.execute(listed.registers_seen_by(cara, now=NOW)).all()) == 1
    assert listed.registers_to_take(cara, NOW) == []


def test_sheet_asks_as_often_for_three_as_for_one(
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    training_session = make_training_session(starts_at=NOW)

    def show() -> None:
        db.session.expunge_all()
        fresh = db.session.get(TrainingSession, training_session.id)
        assert fresh is not None
        for booking in queries.sheet(fresh).delegates:
            assert booking.person.name
            assert booking.membership
            assert booking.membership.agency.name

    make_booking(training_session)
    one = count_queries(show)
    make_booking(training_session)
    make_booking(training_session)
    assert count_queries(show) == one


def test_people_at_the_door_are_found_by_name_or_whole_address(asha: Person, dev: Person) -> None:
    make_person("Asha Other", email="other@hill.example")

    def names(search: str) -> list[str]:
        return [found.person.name for found in door.people_at_the_door(search, on=TODAY)]

    assert names("asha pat") == ["Asha Patel"]
    assert names("asha") == ["Asha Other", "Asha Patel"]
    assert names("ASHA@hill.example") == ["Asha Patel"]
    assert names("@hill.example") == []
    assert names("hill.example") == []
    assert names("a") == []
    assert names("%%") == []
    assert names("_ev") == []


def test_people_at_the_door_come_with_each_current_job(asha: Person) -> None:
    second, past = make_agency(), make_agency()
    make_membership(asha, second)
    make_membership(asha, past, valid_to=TODAY - A_DAY)
    make_person("Asha Jobless")
    found = door.people_at_the_door("asha", on=TODAY)
    assert [(f.person.name, f.membership.agency.name if f.membership else None) for f in found] == [
        ("Asha Jobless", None),
        ("Asha Patel", "Hill School"),
        ("Asha Patel", second.name),
    ]


def test_people_at_the_door_are_not_too_many() -> None:
    for _ in range(door.FOUND_AT_MOST + 1):
        make_person("Sam Smith")
    assert len(door.people_at_the_door("sam", on=TODAY)) == door.FOUND_AT_MOST


def test_earned_in_is_of_this_session_without_the_withdrawn(asha: Person) -> None:
    scheme = make_scheme()
    booking, another = (
        make_booking(make_training_session(), person=asha),
        make_booking(make_training_session()),
    )
    make_accreditation(asha, scheme, booking_id=booking.id, withdrawn_at=NOW)
    earned = make_accreditation(asha, scheme, booking_id=booking.id)

    assert earned_in(booking.training_session) == [earned]
    assert earned_in(another.training_session) == []
