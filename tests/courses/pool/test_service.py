"""Trainers join, leave and come back, and the role with them."""

import pytest

from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.pool import queries, service
from sscb_training.courses.service import CourseRefused
from sscb_training.people.models import Person
from tests.factories import NOW, make_training_session


def test_a_trainer_joins_and_leaves_the_pool_with_the_role(asha: Person, cara: Person) -> None:
    with transaction():
        trainer = service.add_trainer(asha, topics="Neglect", by=cara, now=NOW)
    assert Role.TRAINER in asha.roles
    with pytest.raises(CourseRefused, match="already"), transaction():
        service.add_trainer(asha, by=cara, now=NOW)

    with transaction():
        service.leave_pool(trainer, by=cara, now=NOW)
    assert Role.TRAINER not in asha.roles
    assert queries.trainers() == []

    with transaction():
        again = service.add_trainer(asha, topics="Core groups", by=cara, now=NOW)
    assert again == trainer
    assert Role.TRAINER in asha.roles
    assert queries.trainers() == [trainer]


def test_leave_pool_waits_for_the_dates(tom: Person) -> None:
    trainer = make_training_session(trainers=[tom]).trainers[0]
    with pytest.raises(CourseRefused, match="Tom Trainer is to train on 1 date"), transaction():
        service.leave_pool(trainer, by=None, now=NOW)
    assert Role.TRAINER in tom.roles


def test_change_topics(tom: Person) -> None:
    trainer = queries.trainer_of(tom)
    assert trainer is not None
    with transaction():
        service.change_topics(trainer, courses=[], topics="Neglect", by=None, now=NOW)
    assert trainer.topics == "Neglect"
