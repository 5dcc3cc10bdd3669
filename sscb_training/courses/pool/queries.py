"""The training pool, and who could join it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from sscb_training.core.db import number, row_or_none, rows
from sscb_training.courses.models import Trainer, TrainingSession
from sscb_training.courses.queries import planned
from sscb_training.people.models import Person


def trainers(*, left: bool = False) -> Sequence[Trainer]:
    """The training pool by name, or those who left it."""
    return rows(
        select(Trainer)
        .join(Trainer.person)
        .options(joinedload(Trainer.person))
        .where(Trainer.left_at.is_not(None) if left else Trainer.left_at.is_(None))
        .order_by(Person.name, Trainer.id)
    )


def trainer_of(person: Person) -> Trainer | None:
    """The person's place in the training pool, past or present."""
    return row_or_none(select(Trainer).where(Trainer.person_id == person.id))


def people_for_the_pool(search: str, *, most: int = 20) -> Sequence[Person]:
    """People whose name or address holds the words and who are not in the pool, by name."""
    in_the_pool = exists().where(Trainer.person_id == Person.id, Trainer.left_at.is_(None))
    query = select(Person).where(~in_the_pool, Person.suspended_at.is_(None))
    for word in search.split():
        query = query.where(
            Person.name.icontains(word, autoescape=True) | Person.email_key.icontains(word, autoescape=True)
        )
    return rows(query.order_by(Person.name, Person.id).limit(most))


def dates_to_come_with(trainer: Trainer, now: datetime) -> int:
    """How many sessions with the trainer, drafts too, are not over."""
    with_them = TrainingSession.trainers.any(Trainer.id == trainer.id)
    return number(select(func.count()).select_from(TrainingSession).where(planned(now), with_them))
