"""What asks a trainer, takes the answer, and puts trainers on a date or takes them off."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sscb_training.bookings.dates.service import change_date
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock, only_if_free
from sscb_training.core.errors import Refused
from sscb_training.core.signing import signed
from sscb_training.courses.dates.service import PartPlan, change_trainers
from sscb_training.courses.models import SessionStatus, Trainer, TrainingSession
from sscb_training.courses.pool import queries as pool
from sscb_training.courses.pool.models import InvitationState, TrainerInvitation
from sscb_training.people.models import Person
from sscb_training.trainers.invitations import queries


class InvitationRefused(Refused):
    """An invitation that cannot be made or answered so."""


def invite(
    training_session: TrainingSession, trainer: Trainer, *, by: Person | None, now: datetime
) -> TrainerInvitation:
    """Ask a trainer by letter to train on a date. Refused for whoever may not train on it, or is asked already."""
    lock(training_session)
    _refuse_if_over(training_session, now)
    name = trainer.person.name
    if trainer.left_at is not None:
        raise InvitationRefused(f"{name} has left the training pool.")
    if trainer in training_session.trainers:
        raise InvitationRefused(f"{name} is down for this date already.")
    if not trainer.person.email:
        raise InvitationRefused(f"{name} has no email address. Ring them, and put them down yourself.")
    unfit = pool.unfit_for_date(training_session, [trainer])
    if unfit:
        raise InvitationRefused(" ".join(one.sentence for one in unfit))
    with only_if_free(partial(_refuse_a_second, training_session, trainer)):
        invitation = TrainerInvitation(
            training_session=training_session,
            trainer=trainer,
            state=InvitationState.INVITED,
            invited_at=now,
            invited_by=by,
        )
        db.session.add(invitation)
    history.record("invited a trainer", training_session, by=by, at=now, trainer=name)
    _write("trainers/invited", invitation, now=now)
    return invitation


def answer(
    invitation: TrainerInvitation, *, accepts: bool, reason: str = "", by: Person | None, now: datetime
) -> None:
    """Accept, and be one of the date's trainers, or decline with a reason; whoever asked gets a letter.

    Answered once. The date's row is held, so that an answer and a withdrawal, or two answers, come one after the other.
    """
    training_session, trainer = invitation.training_session, invitation.trainer
    lock(training_session)
    lock(invitation)
    if not invitation.is_open:
        raise InvitationRefused(_what_it_is(invitation))
    _refuse_if_over(training_session, now)
    if not accepts and not reason.strip():
        raise InvitationRefused("Enter why you cannot, so that the board knows whether to ask you again.")
    who = by or trainer.person
    if accepts:
        _choose(training_session, [*training_session.trainers, trainer], by=who, now=now)
    else:
        invitation.state, invitation.ended_at = InvitationState.DECLINED, now
    invitation.reason = reason.strip()
    verb = "accepted to train" if accepts else "declined to train"
    history.record(verb, training_session, by=who, at=now, trainer=trainer.person.name, reason=reason.strip())
    if invitation.invited_by is not None:
        _write("trainers/answered", invitation, invitation.invited_by, now=now)


def withdraw(invitation: TrainerInvitation, *, by: Person | None, now: datetime) -> None:
    """Take an invitation back that waits for an answer; the trainer is told."""
    lock(invitation.training_session)
    lock(invitation)
    if not invitation.is_open:
        raise InvitationRefused(_what_it_is(invitation))
    invitation.state, invitation.ended_at = InvitationState.WITHDRAWN, now
    name = invitation.trainer.person.name
    history.record(
        "withdrew an invitation to train", invitation.training_session, by=by, at=now, trainer=name
    )
    _write("trainers/withdrawn", invitation, now=now)


def remind(invitation: TrainerInvitation, *, now: datetime) -> bool:
    """Ask once more, once; whether it was still to be done."""
    lock(invitation)
    if not invitation.is_open or invitation.reminded_at is not None:
        return False
    invitation.reminded_at = now
    _write("trainers/invited_reminder", invitation, now=now)
    return True


def put_on(training_session: TrainingSession, trainer: Trainer, *, by: Person | None, now: datetime) -> None:
    """Put somebody down who said yes otherwise; an invitation that waits is accepted by it."""
    lock(training_session)
    if trainer.left_at is not None:
        raise InvitationRefused(f"{trainer.person.name} has left the training pool.")
    if trainer not in training_session.trainers:
        _choose(training_session, [*training_session.trainers, trainer], by=by, now=now)


def take_off(
    training_session: TrainingSession, trainer: Trainer, *, by: Person | None, now: datetime
) -> None:
    """Take a trainer off a date."""
    lock(training_session)
    left = [one for one in training_session.trainers if one is not trainer]
    if len(left) < len(training_session.trainers):
        _choose(training_session, left, by=by, now=now)


def _choose(
    training_session: TrainingSession, trainers: Sequence[Trainer], *, by: Person | None, now: datetime
) -> None:
    """The doors that any change of a date's trainers takes: the draft's, or the published date's."""
    if training_session.status is SessionStatus.DRAFT:
        change_trainers(training_session, trainers, by=by, now=now)
        return
    change_date(
        training_session,
        parts=[
            PartPlan(part.title, part.starts_at, part.ends_at, part.venue, part.online_url)
            for part in training_session.parts_on
        ],
        trainers=trainers,
        joining_instructions=training_session.joining_instructions,
        by=by,
        now=now,
    )


def _write(
    template: str, invitation: TrainerInvitation, reader: Person | None = None, *, now: datetime
) -> None:
    db.session.flush()
    mail.queue(
        template,
        to=(reader or invitation.trainer.person).email,
        at=now,
        trainer_invitation=invitation,
        training_session=invitation.training_session,
        token=signed(queries.SIGNED_FOR, invitation.id),
    )


def _refuse_if_over(training_session: TrainingSession, now: datetime) -> None:
    if training_session.status is SessionStatus.CANCELLED:
        raise InvitationRefused("This date was cancelled.")
    if training_session.starts_at <= now:
        raise InvitationRefused("This date has begun, so nobody can be asked to train on it any more.")


def _refuse_a_second(training_session: TrainingSession, trainer: Trainer) -> None:
    if pool.live_invitation(training_session, trainer) is not None:
        raise InvitationRefused(f"{trainer.person.name} is invited to this date already.")


def _what_it_is(invitation: TrainerInvitation) -> str:
    return f"This invitation was {invitation.state.value} already. Nothing was changed."
