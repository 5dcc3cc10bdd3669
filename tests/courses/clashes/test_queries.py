"""What is in the way of a date."""

from collections.abc import Callable
from datetime import timedelta

from sscb_training.core.db import db
from sscb_training.courses.clashes import queries
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from tests.factories import NOW, SOON, changed, make_person, make_training_session, make_venue

HOUR = timedelta(hours=1)


def test_clashes_are_in_the_same_room_or_with_the_same_trainer_at_the_same_time(tom: Person) -> None:
    hall, other = make_venue(name="Hall"), make_person("Olu Other", roles=[*tom.roles])
    mine = make_training_session(venue=hall, trainers=[tom, other])
    both = make_training_session(trainers=[tom, other], starts_at=SOON - 2 * HOUR)
    draft = make_training_session(venue=hall, starts_at=SOON + HOUR, status=SessionStatus.DRAFT)
    room = make_training_session(venue=hall, trainers=[tom], starts_at=SOON + 2 * HOUR)
    make_training_session(venue=hall, trainers=[tom], starts_at=SOON + 3 * HOUR)
    make_training_session(venue=hall, trainers=[tom], status=SessionStatus.CANCELLED)
    make_training_session(venue=make_venue(), trainers=[make_person(roles=[*tom.roles])])
    snowed = make_training_session(venue=hall, trainers=[tom])
    changed(snowed.parts[0], cancelled_at=NOW)

    found = queries.clashes(mine)

    assert [(clash.training_session_id, clash.same_room, clash.trainers) for clash in found] == [
        (both.id, False, ["Olu Other", "Tom Trainer"]),
        (draft.id, True, []),
        (room.id, True, ["Tom Trainer"]),
    ]
    assert [clash.is_draft for clash in found] == [False, True, False]


def test_clashes_of_online_dates_without_trainers_are_none() -> None:
    make_training_session()
    assert queries.clashes(make_training_session()) == []


def test_clashes_are_found_by_time_and_in_one_query_however_many_dates_there_are(
    tom: Person, count_queries: Callable[..., int], explain: Callable[..., str]
) -> None:
    hall = make_venue()
    dates = [
        make_training_session(venue=hall, trainers=[tom], starts_at=SOON + timedelta(weeks=week), parts=2)
        for week in (0, 10, 20)
    ]
    make_training_session(venue=hall, starts_at=SOON + timedelta(weeks=11))
    planned = [queries.occupations(date) for date in dates]
    own = [date.id for date in dates]

    assert [len(clashes) for clashes in queries.clashes_of(planned, own=own)] == [0, 1, 0]
    assert count_queries(lambda: queries.clashes_of(planned[:1], own=own[:1])) == 1
    assert count_queries(lambda: queries.clashes_of(planned, own=own)) == 1
    if (
        db.engine.dialect.name == "sqlite"
    ):  # PostgreSQL goes by how many rows there seem to be, which here is next to none
        assert "ix_session_part_" in explain(lambda: queries.clashes_of(planned, own=own))
