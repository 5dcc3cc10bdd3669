"""What delegates and managers said of the last eighteen months of training.

It is written at the end and in bulk: thousands of answers through the pages' verbs would take longer than all the rest. Its
chance is its own, so that the county around it stays as it is.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.models import Accreditation
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, rows
from sscb_training.core.times import at_london
from sscb_training.courses.described.rules import items
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.demo import texts
from sscb_training.demo.county import County
from sscb_training.demo.learning import Learning
from sscb_training.evaluations import queries, rules, service
from sscb_training.evaluations.first_use import queries as first_uses
from sscb_training.evaluations.first_use.models import Answer, Asked, FirstUse
from sscb_training.evaluations.first_use.rules import REMINDED_AFTER
from sscb_training.evaluations.models import (
    Evaluation,
    FollowUp,
    IntendedUse,
    Obstacle,
    PracticeChange,
    Rating,
    Stage,
    Support,
    Used,
)

SINCE = timedelta(days=540)
ANSWERS = {Stage.PRE: 0.92, Stage.POST: 0.88, Stage.FOLLOW_UP: 0.6, Stage.MANAGER: 0.6}
CONFIDENT = {Stage.PRE: 2.5, Stage.POST: 3.7, Stage.FOLLOW_UP: 3.6}
WRITES = 0.25
IN_THE_WAY = (Obstacle.NO_CASE, Obstacle.NO_CASE, Obstacle.TIME, Obstacle.SUPPORT, Obstacle.CONFIDENCE)
WITH_MANAGER = ("GCP2-PRAC", "CPC-CG")


def set_plans(county: County, learning: Learning, now: datetime) -> None:
    """The board asks managers too where the training is to change practice most."""
    for code in WITH_MANAGER:
        service.set_plan(learning.courses[code], follow_up=FollowUp.WITH_MANAGER, by=county.board, now=now)


def speak(county: County, *, now: datetime) -> None:
    """Everybody who was to be asked by now was, and most sent it in; those who sign in here have theirs still to do."""
    db.session.flush()
    chance = Random(county.today.toordinal())  # noqa: S311 - chance, not secrecy
    spared = {county.person(account).id for account in ("professional", "trainer", "manager")}
    found = rows(
        select(Booking)
        .join(Booking.training_session)
        .where(
            Booking.status == BookingStatus.CONFIRMED,
            Booking.part_id.is_(None),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.ends_at > now - SINCE,
            TrainingSession.starts_at < now + timedelta(days=7),
        )
        .options(
            joinedload(Booking.person),
            joinedload(Booking.membership),
            joinedload(Booking.training_session)
            .joinedload(TrainingSession.course_version)
            .joinedload(CourseVersion.course),
        )
        .order_by(Booking.id)
    )
    plans = queries.plans({booking.training_session.course.id for booking in found})
    of_board = queries.numbers()
    for booking in found:
        session = booking.training_session
        plan = plans[session.course.id]
        for stage in Stage:
            window = rules.window(stage, plan, of_board, starts_at=session.starts_at, ends_at=session.ends_at)
            role = booking.membership
            asked = booking.person.email if stage is not Stage.MANAGER else role and role.manager_email
            if (
                window is not None
                and window.asks_at < now
                and asked
                and rules.concerns(stage, booking.status, booking.outcome)
                and (booking.outcome is not None or stage is Stage.PRE)
            ):
                _add(booking, stage, window, chance, answers=booking.person_id not in spared, now=now)


def say_whether_used(county: County, *, now: datetime) -> None:
    """Holders of first awards and their managers were asked as the scheme says, and most have answered."""
    chance = Random(county.today.toordinal() + 1)  # noqa: S311 - chance, not secrecy
    asked_before: set[tuple[int, int]] = set()
    held = rows(select(Accreditation).order_by(Accreditation.awarded_on, Accreditation.id))
    for one in held:
        is_first = (one.person_id, one.scheme_id) not in asked_before
        asked_before.add((one.person_id, one.scheme_id))
        asked_at = at_london(one.awarded_on, time(8)) + timedelta(weeks=one.scheme.first_use_weeks or 0)
        if not (is_first and one.scheme.first_use_weeks and now - SINCE < asked_at < now):
            continue
        job = first_uses.job_with_manager(one.person, now=now)
        to = [(Asked.HOLDER, one.person.name, one.person.email)]
        if job is not None:
            to.append((Asked.MANAGER, job.manager_name, job.manager_email))
        for asked, name, email in to:
            if email:
                question = FirstUse(
                    accreditation=one, asked=asked, name=name, email=email, email_key=email.casefold(),
                    asked_at=asked_at,
                )  # fmt: skip
                at = asked_at + timedelta(days=chance.triangular(0, 40, 3))
                if at < now and chance.random() < ANSWERS[Stage.FOLLOW_UP]:
                    question.answered_at = at
                    question.answer = chance.choices(list(Answer), (6, 3, asked is Asked.MANAGER))[0]
                    if question.answer is Answer.NOT_YET:
                        question.obstacle = chance.choice(IN_THE_WAY)
                elif now - asked_at > REMINDED_AFTER:
                    question.reminded_at = asked_at + REMINDED_AFTER
                db.session.add(question)


def _add(
    booking: Booking, stage: Stage, window: rules.Window, chance: Random, *, answers: bool, now: datetime
) -> None:
    at = window.asks_at + (window.closes_at - window.asks_at) * chance.triangular(0, 0.6, 0.05)
    evaluation = Evaluation(booking=booking, stage=stage, asked_at=window.asks_at)
    db.session.add(evaluation)
    if answers and at < now and chance.random() < ANSWERS[stage]:
        evaluation.sent_in_at = at
        evaluation.ratings = list(_ratings(booking, stage, chance))
        for name, answer in _answers(stage, chance).items():
            setattr(evaluation, name, answer)
    else:
        evaluation.reminders = _reminders(window.asks_at, now)
        evaluation.reminded_at = now if evaluation.reminders else None


def _reminders(asked_at: datetime, now: datetime) -> int:
    """How often somebody who has not answered was reminded by now."""
    numbers = board_numbers()
    return min(numbers.evaluation_reminders, (now - asked_at).days // numbers.evaluation_reminder_days)


def _ratings(booking: Booking, stage: Stage, chance: Random) -> Iterator[Rating]:
    if stage is Stage.MANAGER:
        return
    version = booking.training_session.course_version
    ease = (version.course_id * 7 % 5 - 2) * 0.12  # some courses begin nearer to what people know
    person = Random(booking.id).gauss(0, 0.5)  # noqa: S311 - who is bold is bold each time
    for place, outcome in enumerate(dict.fromkeys(items(version.outcomes)), 1):
        level = CONFIDENT[stage] + ease + person + chance.gauss(0, 0.5)
        yield Rating(position=place, outcome=outcome, confidence=max(1, min(5, round(level))))


def _answers(stage: Stage, chance: Random) -> dict[str, Any]:
    def one(kind: Any, *weights: int) -> Any:
        return chance.choices(list(kind), weights)[0]

    def words(name: str) -> str:
        lines: Sequence[str] = texts.read("voices")[name]
        return chance.choice(lines) if chance.random() < WRITES else ""

    if stage is Stage.PRE:
        return {"comment": words("hopes")}
    if stage is Stage.POST:
        agrees = {name: chance.choices((2, 3, 4, 5), (2, 9, 45, 44))[0] for name in rules.STATEMENTS}
        return {
            **agrees,
            "intended_use": one(IntendedUse, 30, 38, 29, 3),
            "plan": words("plans"),
            "comment": words("comments"),
        }
    if stage is Stage.FOLLOW_UP:
        return {
            "used": one(Used, 34, 43, 23),
            "obstacle": one(Obstacle, 30, 20, 18, 8, 7, 9, 5, 3),
            "effect": words("effects"),
            "comment": words("helps"),
        }
    return {
        "practice_change": one(PracticeChange, 30, 42, 16, 12),
        "support": one(Support, 40, 18, 27, 15),
        "comment": words("managers"),
    }
