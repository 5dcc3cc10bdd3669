"""What is known of one trainer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from sscb_training.core.db import row_or_404, rows
from sscb_training.courses.models import Trainer, TrainingSession
from sscb_training.courses.pool.models import TimeAway
from sscb_training.courses.queries import training_sessions
from sscb_training.people.models import Person
from sscb_training.trainers.queries import delivered
from sscb_training.trainers.rules import Period

FEW = 20


def trainer_seen_by(viewer: Person) -> Trainer:
    """The viewer's own place in the pool; 404 for whoever has left it."""
    return row_or_404(select(Trainer).where(Trainer.person_id == viewer.id, Trainer.left_at.is_(None)))


def dates_to_come(trainer: Trainer, *, now: datetime, drafts: bool) -> Sequence[TrainingSession]:
    """The dates that somebody is down for and that are not over; drafts only for staff."""
    return [
        one
        for one in rows(training_sessions(trainer_id=trainer.id, from_moment=now))
        if one.status == "published" or (drafts and one.status == "draft")
    ]


def past_dates(trainer: Trainer, *, now: datetime) -> Sequence[TrainingSession]:
    """The latest dates that somebody trained on."""
    query = training_sessions(trainer_id=trainer.id, latest_first=True)
    return rows(query.where(TrainingSession.ends_at <= now, TrainingSession.status == "published").limit(FEW))


def times_away(trainer: Trainer, *, now: datetime) -> Sequence[TimeAway]:
    """The times to come in which a trainer cannot train, the next first."""
    return rows(
        select(TimeAway)
        .where(TimeAway.trainer_id == trainer.id, TimeAway.ends_at > now)
        .order_by(TimeAway.starts_at, TimeAway.id)
    )


def time_away_of(trainer: Trainer, time_away_id: int) -> TimeAway:
    """The trainer's own entry; 404 for anybody else's."""
    return row_or_404(select(TimeAway).where(TimeAway.id == time_away_id, TimeAway.trainer_id == trainer.id))


def half_days_by_agency(trainer: Trainer, period: Period, *, now: datetime) -> Mapping[str, int]:
    """The half days that a trainer delivered in a period, by the agency that lent them."""
    found: dict[str, int] = defaultdict(int)
    for one in delivered(*period, now=now, trainer=trainer):
        found[one.agency] += one.half_days
    return found
