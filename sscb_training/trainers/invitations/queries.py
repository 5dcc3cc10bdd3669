"""The pool as seen from one date, and the invitations that wait for an answer."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from sscb_training.core.db import db, row_or_404, rows
from sscb_training.core.mail import WhyNot
from sscb_training.courses.clashes.queries import clashes_of
from sscb_training.courses.clashes.rules import Occupation
from sscb_training.courses.models import (
    SessionStatus,
    Trainer,
    TrainingSession,
)
from sscb_training.courses.pool import queries as pool
from sscb_training.courses.pool.models import InvitationState, TimeAway, TrainerInvitation
from sscb_training.courses.queries import shown_in_lists
from sscb_training.people.models import Person

SIGNED_FOR = "answer an invitation to train"
"""What the link of an invitation is signed for: it opens nothing else."""


@dataclass(frozen=True)
class Candidate:
    """A trainer of the pool as whoever chooses for a date must know them."""

    trainer: Trainer
    agencies: Sequence[str]
    teaches_it: bool
    lacks: Sequence[str]
    away: Sequence[TimeAway]
    engaged: Sequence[str]
    invitation: TrainerInvitation | None

    @property
    def is_free(self) -> bool:
        return not self.away and not self.engaged

    @property
    def may_train(self) -> bool:
        return not self.lacks


def candidates(training_session: TrainingSession, *, on: date) -> Sequence[Candidate]:
    """Everybody in the pool who is not down for the date: who teaches the course, may train and is free comes first."""
    found = [one for one in pool.trainers() if one not in training_session.trainers]
    agencies = pool.agencies_of(found, on=on)
    unfit = pool.unfit_for_date(training_session, found)
    away, engaged = times_away(found, training_session), _engaged(found, training_session)
    invited = {one.trainer_id: one for one in pool.invitations_to(training_session)}
    listed = [
        Candidate(
            trainer,
            agencies.get(trainer.id, ()),
            training_session.course in trainer.courses,
            [one.sentence for one in unfit if one.trainer is trainer],
            away.get(trainer.id, ()),
            engaged.get(trainer.id, ()),
            invited.get(trainer.id),
        )
        for trainer in found
    ]
    return sorted(listed, key=lambda one: (not one.may_train, not one.is_free, not one.teaches_it))


def times_away(
    trainers: Collection[Trainer], training_session: TrainingSession
) -> Mapping[int, Sequence[TimeAway]]:
    """The times in which these trainers cannot train and that touch a part of the date, by trainer."""
    if not training_session.parts_on:
        return {}
    touches = or_(
        *(
            and_(TimeAway.starts_at < part.ends_at, TimeAway.ends_at > part.starts_at)
            for part in training_session.parts_on
        )
    )
    found: dict[int, list[TimeAway]] = defaultdict(list)
    for one in rows(
        select(TimeAway)
        .where(TimeAway.trainer_id.in_([trainer.id for trainer in trainers]), touches)
        .order_by(TimeAway.starts_at, TimeAway.id)
    ):
        found[one.trainer_id].append(one)
    return found


def _engaged(trainers: Sequence[Trainer], training_session: TrainingSession) -> Mapping[int, Sequence[str]]:
    """The courses of other dates, drafts too, at the same time, by the trainer who is down for them; one query."""
    as_if_down = [
        [
            Occupation(part.starts_at, part.ends_at, None, frozenset({trainer.id}))
            for part in training_session.parts_on
        ]
        for trainer in trainers
    ]
    found = clashes_of(as_if_down, own=[training_session.id] * len(trainers))
    return {
        trainer.id: [clash.title for clash in clashes]
        for trainer, clashes in zip(trainers, found, strict=True)
    }


def invitation_of_link(invitation_id: int) -> TrainerInvitation:
    """The invitation that a signed link names; whoever holds the link may see it."""
    return row_or_404(_IN_FULL.where(TrainerInvitation.id == invitation_id))


def invitation_seen_by(viewer: Person, invitation_id: int) -> TrainerInvitation:
    """The invitation, for the trainer whom it asks, and for nobody else; otherwise 404."""
    return row_or_404(_IN_FULL.where(TrainerInvitation.id == invitation_id, Trainer.person_id == viewer.id))


def invitation_for_staff(training_session: TrainingSession, invitation_id: int) -> TrainerInvitation:
    """An invitation to this date, for board staff; 404 for one to another."""
    return row_or_404(
        _IN_FULL.where(
            TrainerInvitation.id == invitation_id,
            TrainerInvitation.training_session_id == training_session.id,
        )
    )


def to_answer(viewer: Person, *, now: datetime) -> Sequence[TrainerInvitation]:
    """The invitations that wait for this person's answer, the next date first."""
    return rows(
        _IN_FULL.where(
            Trainer.person_id == viewer.id,
            TrainerInvitation.state == InvitationState.INVITED,
            TrainingSession.status != SessionStatus.CANCELLED,
            TrainingSession.starts_at > now,
        )
    )


def to_remind(invited_before: datetime, *, now: datetime) -> Sequence[int]:
    """The invitations from before this moment that were not answered, nor reminded, to dates that are to come."""
    return rows(
        select(TrainerInvitation.id)
        .join(TrainerInvitation.training_session)
        .where(
            TrainerInvitation.state == InvitationState.INVITED,
            TrainerInvitation.reminded_at.is_(None),
            TrainerInvitation.invited_at < invited_before,
            TrainingSession.status != SessionStatus.CANCELLED,
            TrainingSession.starts_at > now,
        )
        .order_by(TrainerInvitation.id)
    )


def to_call_back() -> Sequence[int]:
    """The invitations that wait for an answer to a date that was cancelled meanwhile."""
    return rows(
        select(TrainerInvitation.id)
        .join(TrainerInvitation.training_session)
        .where(
            TrainerInvitation.state == InvitationState.INVITED,
            TrainingSession.status == SessionStatus.CANCELLED,
        )
        .order_by(TrainerInvitation.id)
    )


def why_no_invitation(invitation_id: int, now: datetime) -> str:
    """Nobody is asked for an answer that was given, or that is not wanted any more."""
    query = (
        select(TrainerInvitation.state, TrainingSession.status, TrainingSession.starts_at)
        .join(TrainerInvitation.training_session)
        .where(TrainerInvitation.id == invitation_id)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return "The draft was deleted."
    state, status, starts_at = found
    if state is not InvitationState.INVITED:
        return f"The invitation’s state has changed: {state.label}."
    if status is SessionStatus.CANCELLED:
        return "The session is not on."
    return "The session has started." if starts_at <= now else ""


def always(_invitation_id: int, _now: datetime) -> str:
    """An answer, or that an invitation was withdrawn, is true however late it is told."""
    return ""


WHY_NOT: Mapping[str, WhyNot] = {
    "trainers/invited": why_no_invitation,
    "trainers/invited_reminder": why_no_invitation,
    "trainers/withdrawn": always,
    "trainers/answered": always,
}
"""What is asked of letters about invitations just before they are sent."""

_IN_FULL: Select[TrainerInvitation] = (
    select(TrainerInvitation)
    .join(TrainerInvitation.trainer)
    .join(TrainerInvitation.training_session)
    .options(
        contains_eager(TrainerInvitation.trainer).joinedload(Trainer.person),
        contains_eager(TrainerInvitation.training_session).options(*shown_in_lists()),
        joinedload(TrainerInvitation.invited_by),
    )
    .order_by(TrainingSession.starts_at, TrainerInvitation.id)
)
