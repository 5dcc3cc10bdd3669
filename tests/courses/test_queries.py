"""The lists that staff filter, and what stands in the way of a date."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from sscb_training.core.db import rows
from sscb_training.courses import queries
from sscb_training.courses.models import SessionStatus, Theme, TrainingSession
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    SOON,
    make_course,
    make_person,
    make_training_session,
    make_venue,
    make_version,
    saved,
)


def test_courses_found_by_words_theme_and_whether_they_are_published() -> None:
    make_course(code="GCP2-PRAC", title="Graded Care Profile 2")
    abuse = saved(Theme(slug="abuse", name="Abuse"))
    make_course(code="DA-RISK", title="Domestic abuse", theme=abuse, published_at=None)

    def found(**asked: object) -> list[str]:
        return [course.code for course in rows(queries.courses_found(**asked))]  # type: ignore[arg-type]

    assert found() == ["DA-RISK", "GCP2-PRAC"]
    assert found(search="care gcp2") == ["GCP2-PRAC"]
    assert found(theme_id=abuse.id) == ["DA-RISK"]
    assert found(published=True) == ["GCP2-PRAC"]
    assert found(published=False) == ["DA-RISK"]
    assert found(search="nothing such") == []


def test_the_version_valid_on_a_day_is_the_newest_that_has_begun() -> None:
    course = make_course()
    first = make_version(course, valid_from=date(2020, 1, 1))
    second = make_version(course, valid_from=date(2026, 1, 1))

    assert queries.version_valid_on(course, date(2019, 12, 31)) is None
    assert queries.version_valid_on(course, date(2025, 12, 31)) == first
    assert queries.version_valid_on(course, date(2026, 1, 1)) == second


def test_training_sessions_are_filtered_by_each_thing(tom: Person) -> None:
    hall = make_venue()
    at_hall = make_training_session(venue=hall, trainers=[tom])
    online = make_training_session(starts_at=SOON + timedelta(days=60), status=SessionStatus.DRAFT)

    def found(**asked: object) -> list[TrainingSession]:
        return list(rows(queries.training_sessions(**asked)))  # type: ignore[arg-type]

    trainer = at_hall.trainers[0]
    assert found() == [at_hall, online]
    assert found(latest_first=True) == [online, at_hall]
    assert found(venue_id=hall.id) == found(online=False) == found(trainer_id=trainer.id) == [at_hall]
    assert found(online=True) == found(status=SessionStatus.DRAFT) == [online]
    assert found(course_id=online.course.id) == found(search=online.course.title) == [online]
    assert found(month=SOON.date()) == [at_hall]
    assert found(from_moment=SOON + timedelta(days=30)) == [online]


@pytest.mark.parametrize(
    ("starts_at", "in_march"),
    [
        (datetime(2027, 2, 28, 23, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 1, 0, 0, tzinfo=UTC), True),
        (datetime(2027, 3, 31, 22, 59, tzinfo=UTC), True),
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_a_month_is_londons(starts_at: datetime, in_march: bool) -> None:
    training_session = make_training_session(starts_at=starts_at)

    found = rows(queries.training_sessions(month=date(2027, 3, 15)))

    assert (training_session in found) is in_march


def test_training_sessions_take_as_many_queries_for_three_as_for_one(
    tom: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def read() -> list[object]:
        return [
            (each.course.theme.name, [part.venue and part.venue.name for part in each.parts],
             [trainer.person.name for trainer in each.trainers])
            for each in rows(queries.training_sessions())
        ]  # fmt: skip

    make_training_session(venue=make_venue(), trainers=[tom], parts=2)
    one = count_queries(read)
    for _ in range(2):
        make_training_session(venue=make_venue(), trainers=[tom], parts=2)

    assert count_queries(read) == one <= 3


def test_clashes_are_in_the_same_room_or_with_the_same_trainer_at_the_same_time(tom: Person) -> None:
    hall, other = make_venue(), make_person(roles=[*tom.roles])
    mine = make_training_session(venue=hall, trainers=[tom])
    same_room = make_training_session(venue=hall, trainers=[other], starts_at=SOON + timedelta(hours=2))
    same_trainer = make_training_session(trainers=[tom], starts_at=SOON - timedelta(hours=2))
    make_training_session(venue=hall, trainers=[tom], starts_at=SOON + timedelta(hours=3))
    make_training_session(venue=hall, trainers=[tom], status=SessionStatus.DRAFT)
    make_training_session(venue=make_venue(), trainers=[other])

    assert [part.training_session for part in queries.clashes(mine)] == [same_trainer, same_room]


def test_clashes_of_online_dates_without_trainers_are_none() -> None:
    make_training_session()
    assert queries.clashes(make_training_session()) == []


def test_people_for_the_pool_are_those_not_in_it(tom: Person, asha: Person) -> None:
    assert queries.people_for_the_pool("asha HILL.example") == [asha]
    assert queries.people_for_the_pool("tom") == []


def test_dates_to_come_leave_out_drafts_and_what_is_over() -> None:
    version = make_version()
    make_training_session(version)
    make_training_session(version, status=SessionStatus.DRAFT)
    make_training_session(version, starts_at=NOW - timedelta(days=9))

    assert queries.dates_to_come_of(version.course, NOW) == 1
    assert queries.sessions_by_version(version.course) == {version.id: 3}
