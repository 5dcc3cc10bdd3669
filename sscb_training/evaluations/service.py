"""What asks for evaluations, takes them in once, and says what a course asks for."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sscb_training.bookings.models import Booking, Outcome
from sscb_training.bookings.service import write_to
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.signing import signed
from sscb_training.courses.models import Course
from sscb_training.evaluations import queries, rules
from sscb_training.evaluations.models import Evaluation, EvaluationPlan, Rating, Stage
from sscb_training.people.models import Person


class EvaluationRefused(Refused):
    """An evaluation that cannot be sent in."""


def ask(booking: Booking, stage: Stage, *, now: datetime) -> bool:
    """Write to the delegate, or to the manager for the manager's view, once; whether that was still to do."""
    lock(booking)
    if queries.evaluation_of(booking, stage) or queries.closed_because(booking, stage, now=now):
        return False
    db.session.add(Evaluation(booking=booking, stage=stage, asked_at=now))
    _write(booking, stage, reminder=False, now=now)
    return True


def remind(evaluation: Evaluation, *, now: datetime) -> bool:
    """Write once more about what was not sent in; whether that was still to do."""
    booking = evaluation.booking
    lock(booking)
    db.session.refresh(evaluation)
    if evaluation.sent_in_at or queries.closed_because(booking, evaluation.stage, now=now):
        return False
    evaluation.reminders, evaluation.reminded_at = evaluation.reminders + 1, now
    _write(booking, evaluation.stage, reminder=True, now=now)
    return True


def _write(booking: Booking, stage: Stage, *, reminder: bool, now: datetime) -> None:
    window = queries.window_of(booking, stage)
    plan = queries.plan_of(booking.training_session.course)
    is_held = stage is Stage.POST and plan.holds_certificate and booking.outcome is Outcome.ATTENDED
    context: dict[str, Any] = {
        "token": signed(queries.SIGNED_FOR, [booking.id, stage.value]),
        "closes_at": window.closes_at if window else now,
        "reminder": reminder,
        "first_name": rules.first_name(booking.person.name),
        "releases_certificate": is_held,
    }
    template, role = queries.LETTERS[stage], booking.membership
    if stage is not Stage.MANAGER:
        write_to(booking, template, at=now, **context)
    elif role is not None:
        mail.queue(
            template,
            to=role.manager_email,
            at=now,
            booking=booking,
            manager_name=role.manager_name,
            **context,
        )


def send_in(
    booking: Booking,
    stage: Stage,
    *,
    ratings: Mapping[str, int],
    by: Person | None,
    now: datetime,
    **answers: Any,
) -> Evaluation:
    """Take in what somebody says, once: the same sent again, or another after it, changes nothing.

    The booking is held first, so that two that arrive at once are one. Refused outside the stage's time.
    """
    lock(booking)
    evaluation = queries.evaluation_of(booking, stage)
    if evaluation is not None and evaluation.sent_in_at is not None:
        return evaluation
    if reason := queries.closed_because(booking, stage, now=now):
        raise EvaluationRefused(reason)
    if evaluation is None:
        evaluation = Evaluation(booking=booking, stage=stage)
        db.session.add(evaluation)
    evaluation.sent_in_at = now
    for name, answer in answers.items():
        setattr(evaluation, name, answer)
    evaluation.ratings = [
        Rating(position=place, outcome=outcome, confidence=confidence)
        for place, (outcome, confidence) in enumerate(ratings.items(), 1)
    ]
    history.record("sent in", evaluation, by=by, at=now, stage=stage)
    return evaluation


def set_plan(course: Course, *, by: Person | None, now: datetime, **asked: Any) -> EvaluationPlan:
    """Say what the course asks for from now on. What was sent in stays."""
    lock(course)
    row = queries.plan_row(course)
    if row is None:
        row = EvaluationPlan(course=course, **asdict(rules.USUAL))
        db.session.add(row)
    changes = history.amend(row, **asked)
    if changes:
        history.record("set", row, by=by, at=now, **changes)
    return row
