"""What is in the way of dates, in one query however many they are."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from sscb_training.core.db import db
from sscb_training.courses.clashes.rules import Occupation, shared
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    Trainer,
    TrainingSession,
    Venue,
    training_session_trainer,
)
from sscb_training.people.models import Person


class Clash(NamedTuple):
    """A part of another date that is in the way: because of the room, these trainers, or both."""

    training_session_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    is_draft: bool
    same_room: bool
    trainers: Sequence[str]


def occupations(training_session: TrainingSession) -> list[Occupation]:
    """What the parts of a date that take place have."""
    trainer_ids = frozenset(trainer.id for trainer in training_session.trainers)
    return [
        Occupation(part.starts_at, part.ends_at, part.venue_id, trainer_ids)
        for part in training_session.parts_on
    ]


def clashes(training_session: TrainingSession) -> Sequence[Clash]:
    """What is in the way of a date that is there."""
    return clashes_of([occupations(training_session)], own=[training_session.id])[0]


def clashes_of(
    dates: Sequence[Sequence[Occupation]], *, own: Sequence[int] = ()
) -> Sequence[Sequence[Clash]]:
    """What is in the way of each of these dates, by when it starts; a date that is there is not in its own way.

    `own` are the keys of dates that are there, in the same order. It reads every part between the first moment and
    the last that has one of their rooms or trainers.
    """
    parts = [part for date in dates for part in date]
    rooms = {part.venue_id for part in parts if part.venue_id is not None}
    trainer_ids = frozenset[int]().union(*(part.trainer_ids for part in parts))
    if not rooms and not trainer_ids:
        return [[] for _ in dates]
    query = (
        select(
            SessionPart.id,
            SessionPart.starts_at,
            SessionPart.ends_at,
            SessionPart.venue_id,
            Venue.name,
            TrainingSession.id,
            TrainingSession.status,
            Course.title,
            Trainer.id,
            Person.name,
        )
        .join(SessionPart.training_session)
        .join(TrainingSession.course_version)
        .join(CourseVersion.course)
        .outerjoin(SessionPart.venue)
        .outerjoin(
            training_session_trainer,
            and_(
                training_session_trainer.c.training_session_id == TrainingSession.id,
                training_session_trainer.c.trainer_id.in_(trainer_ids),
            ),
        )
        .outerjoin(Trainer, Trainer.id == training_session_trainer.c.trainer_id)
        .outerjoin(Person, Person.id == Trainer.person_id)
        .where(
            TrainingSession.status != SessionStatus.CANCELLED,
            SessionPart.cancelled_at.is_(None),
            SessionPart.starts_at < max(part.ends_at for part in parts),
            SessionPart.ends_at > min(part.starts_at for part in parts),
            or_(SessionPart.venue_id.in_(rooms), Trainer.id.is_not(None)),
        )
        .order_by(SessionPart.starts_at, SessionPart.id, Person.name)
    )
    found: list[list[Clash]] = [[] for _ in dates]
    for _, listed in groupby(db.session.execute(query), lambda row: row[0]):
        rows = list(listed)
        _, starts_at, ends_at, venue_id, place, session_id, status, title, *_ = rows[0]
        names = {trainer_id: name for *_, trainer_id, name in rows if trainer_id is not None}
        other = Occupation(starts_at, ends_at, venue_id, frozenset(names))
        for index, (clashing, date) in enumerate(zip(found, dates, strict=True)):
            if own and own[index] == session_id:
                continue
            wanted = [both for part in date if (both := shared(part, other))]
            if wanted:
                clashing.append(
                    Clash(
                        training_session_id=session_id,
                        title=title,
                        starts_at=starts_at,
                        ends_at=ends_at,
                        place=place or "",
                        is_draft=status is SessionStatus.DRAFT,
                        same_room=any(both.room for both in wanted),
                        trainers=[
                            name
                            for key, name in names.items()
                            if any(key in both.trainer_ids for both in wanted)
                        ],
                    )
                )
    return found
