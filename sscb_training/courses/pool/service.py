"""Who joins the training pool, and who leaves it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.roles import Role
from sscb_training.courses.models import Course, Trainer
from sscb_training.courses.pool import queries
from sscb_training.courses.pool.models import InvitationState
from sscb_training.courses.rules import counted, it_or_them
from sscb_training.courses.service import CourseRefused
from sscb_training.people import service as people
from sscb_training.people.models import Person


def add_trainer(
    person: Person,
    *,
    courses: Sequence[Course] = (),
    topics: str = "",
    by: Person | None,
    now: datetime,
) -> Trainer:
    """Put a person into the training pool, and let them take registers. Somebody who left comes back as before."""
    lock(person)
    trainer = queries.trainer_of(person)
    if trainer is not None and trainer.left_at is None:
        raise CourseRefused(f"{person.name} is in the training pool already.")
    if trainer is None:
        trainer = Trainer(person=person, topics=topics)
        db.session.add(trainer)
    else:
        trainer.left_at = None
        trainer.topics = topics
    if Role.TRAINER not in person.roles:
        people.grant_role(person, Role.TRAINER, by=by, now=now)
    trainer.courses = list(courses)
    history.record(
        "joined the training pool", trainer, by=by, at=now, topics=topics, courses=_titles(trainer.courses)
    )
    return trainer


def change_topics(
    trainer: Trainer, *, courses: Sequence[Course], topics: str, by: Person | None, now: datetime
) -> None:
    """Note what a trainer can train people in."""
    lock(trainer)
    changes = history.amend(trainer, topics=topics)
    before = _titles(trainer.courses)
    trainer.courses = list(courses)
    if before != _titles(courses):
        changes["courses"] = [before, _titles(courses)]
    if changes:
        history.record("changed", trainer, by=by, at=now, **changes)


def leave_pool(trainer: Trainer, *, by: Person | None, now: datetime) -> None:
    """Take a person out of the training pool, and the role with it. Refused while dates with them are to come."""
    lock(trainer)
    dates = queries.dates_to_come_with(trainer, now)
    if dates:
        raise CourseRefused(
            f"{trainer.person.name} is to train on {counted(dates)} still to come, drafts counted. "
            f"Put somebody else down for {it_or_them(dates)} first."
        )
    if trainer.left_at is not None:
        return
    trainer.left_at = now
    for invitation in queries.open_invitations(trainer):
        invitation.state, invitation.ended_at = InvitationState.WITHDRAWN, now
    for grant in trainer.person.role_grants:
        if grant.role is Role.TRAINER and grant.ended_at is None:
            people.end_role(grant, by=by, now=now)
    history.record("left the training pool", trainer, by=by, at=now)


def _titles(courses: Iterable[Course]) -> list[str]:
    return sorted(course.title for course in courses)
