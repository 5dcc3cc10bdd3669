"""What clashes with a date."""

from datetime import timedelta

from sscb_training.courses.dates import queries
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from tests.factories import SOON, make_person, make_training_session, make_venue


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
