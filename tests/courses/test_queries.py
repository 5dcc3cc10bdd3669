"""The list of training sessions that staff and the public filter."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from sscb_training.core.db import rows
from sscb_training.courses import queries
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Person
from tests.factories import SOON, make_training_session, make_venue


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
