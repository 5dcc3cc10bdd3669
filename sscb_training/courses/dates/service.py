"""What plans, changes, publishes and deletes dates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date, plain_date
from sscb_training.courses.dates import queries, rules
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    Trainer,
    TrainingSession,
    Venue,
)
from sscb_training.courses.pool import queries as pool
from sscb_training.courses.pool.models import InvitationState
from sscb_training.courses.service import CourseRefused
from sscb_training.people.models import Person

NOT_A_DRAFT = "This date was published meanwhile, so people may have booked it. Open it again to change it."


@dataclass(frozen=True)
class PartPlan:
    """One part of a session as it is asked for: at a venue, or online at an address that may come later."""

    title: str
    starts_at: datetime
    ends_at: datetime
    venue: Venue | None = None
    online_url: str = ""


def add_session(
    version: CourseVersion,
    *,
    capacity: int,
    parts: Sequence[PartPlan],
    trainers: Sequence[Trainer] = (),
    joining_instructions: str = "",
    fewest: int | None = None,
    decide_days: int | None = None,
    by: Person | None,
    now: datetime,
) -> TrainingSession:
    """A draft of a new date. Its parts must be in order, its places fit into every room, and its trainers be accredited.

    Whether it is held with less than the `fewest` delegates is decided `decide_days` before its first day.
    """
    _refuse_plan(version, capacity, parts)
    _refuse_unfit(version.course, trainers, parts)
    training_session = TrainingSession(
        course_version=version,
        status=SessionStatus.DRAFT,
        capacity=capacity,
        starts_at=parts[0].starts_at,
        ends_at=parts[-1].ends_at,
        joining_instructions=joining_instructions,
        most_per_agency=version.course.most_per_agency,
        parts=_as_rows(parts),
        trainers=list(trainers),
        **_minimum(fewest, decide_days, capacity=capacity, starts_at=parts[0].starts_at),
    )
    db.session.add(training_session)
    history.record(
        "added",
        training_session,
        by=by,
        at=now,
        course=version.course.code,
        version=version.number,
        capacity=capacity,
        parts="; ".join(_in_words(training_session.parts)),
        trainers=", ".join(_names(trainers)),
    )
    return training_session


def change_draft(
    training_session: TrainingSession,
    *,
    version: CourseVersion,
    capacity: int,
    parts: Sequence[PartPlan],
    trainers: Sequence[Trainer],
    joining_instructions: str,
    fewest: int | None = None,
    decide_days: int | None = None,
    by: Person | None,
    now: datetime,
) -> None:
    """Plan a draft anew, all of it. Refused once it is published: people have booked what they read."""
    lock(training_session)
    if training_session.status is not SessionStatus.DRAFT:
        raise CourseRefused(NOT_A_DRAFT)
    _refuse_plan(version, capacity, parts)
    _refuse_unfit(version.course, _added(training_session, trainers), parts)
    changes = history.amend(
        training_session,
        capacity=capacity,
        starts_at=parts[0].starts_at,
        ends_at=parts[-1].ends_at,
        joining_instructions=joining_instructions,
        **_minimum(fewest, decide_days, capacity=capacity, starts_at=parts[0].starts_at),
    )
    if training_session.course_version_id != version.id:
        changes["version"] = [_version_in_words(training_session.course_version), _version_in_words(version)]
        training_session.course_version = version
    changes |= _change_trainers(training_session, trainers, now)
    before = _in_words(training_session.parts)
    training_session.parts.clear()
    db.session.flush()
    training_session.parts = _as_rows(parts)
    after = _in_words(training_session.parts)
    if before != after:
        changes["parts"] = [before, after]
    if changes:
        history.record("changed", training_session, by=by, at=now, **changes)


def change_published(
    training_session: TrainingSession,
    *,
    parts: Sequence[PartPlan],
    trainers: Sequence[Trainer],
    joining_instructions: str,
    by: Person | None,
    now: datetime,
) -> None:
    """Change when and where the parts of a published date are that take place, who trains, and what delegates should know.

    What people were told of it is kept, so that they can be told what changed. It keeps its version and the number of
    its parts, and once it has begun its times and places too. `bookings.dates` moves what hangs on it.
    """
    lock(training_session)
    if training_session.status is SessionStatus.CANCELLED:
        raise CourseRefused("This date was cancelled. Make a new date instead.")
    if training_session.status is SessionStatus.DRAFT:
        raise CourseRefused("This date is not published. Edit the draft instead.")
    if len(parts) != len(training_session.parts_on):
        raise CourseRefused(
            "A published date keeps the number of its parts. Open it again to change those that there are."
        )
    before = queries.state_of(training_session)
    if _is_moved(training_session, parts):
        _refuse_move(training_session, parts, now)
    _refuse_unfit(training_session.course, _added(training_session, trainers), parts)
    changes = history.amend(training_session, joining_instructions=joining_instructions)
    changes |= _change_trainers(training_session, trainers, now)
    for part, plan in zip(training_session.parts_on, parts, strict=True):
        changes |= _change_part(part, plan)
    if training_session.decide_by is not None:  # as long before the new first day as before the old one
        training_session.decide_by += london_date(parts[0].starts_at) - london_date(
            training_session.starts_at
        )
    training_session.starts_at, training_session.ends_at = parts[0].starts_at, parts[-1].ends_at
    db.session.flush()
    if queries.state_of(training_session) != before:
        training_session.earlier_states = [*training_session.earlier_states, before.to_keep()]
    if changes:
        history.record("changed", training_session, by=by, at=now, **changes)


def set_minimum(
    training_session: TrainingSession,
    *,
    fewest: int | None,
    decide_days: int | None,
    by: Person | None,
    now: datetime,
) -> None:
    """Say with how few delegates a date is hardly worth holding, and how many days before it that is decided."""
    lock(training_session)
    changes = history.amend(
        training_session,
        **_minimum(
            fewest, decide_days, capacity=training_session.capacity, starts_at=training_session.starts_at
        ),
    )
    if changes:
        history.record("changed", training_session, by=by, at=now, **changes)


def change_trainers(
    training_session: TrainingSession, trainers: Sequence[Trainer], *, by: Person | None, now: datetime
) -> None:
    """Change who trains on a draft, and nothing else of it."""
    lock(training_session)
    if training_session.status is not SessionStatus.DRAFT:
        raise CourseRefused(NOT_A_DRAFT)
    _refuse_unfit(training_session.course, _added(training_session, trainers), training_session.parts)
    changes = _change_trainers(training_session, trainers, now)
    if changes:
        history.record("changed", training_session, by=by, at=now, **changes)


def publish_session(training_session: TrainingSession, *, by: Person | None, now: datetime) -> None:
    """Open a draft for booking. Publishing it twice is publishing it once; a cancelled date stays cancelled."""
    lock(training_session)
    if training_session.status is SessionStatus.CANCELLED:
        raise CourseRefused("This date was cancelled. Make a new date instead.")
    if training_session.status is SessionStatus.PUBLISHED:
        return
    rooms = (
        rules.Room(part.venue.name, part.venue.capacity) for part in training_session.parts if part.venue
    )
    problem = rules.problem_with_rooms(training_session.capacity, rooms)
    if problem:
        raise CourseRefused(problem)
    _refuse_unfit(training_session.course, training_session.trainers, training_session.parts)
    training_session.status = SessionStatus.PUBLISHED
    training_session.opened_at = now
    history.record("published", training_session, by=by, at=now)


def delete_draft(training_session: TrainingSession, *, by: Person | None, now: datetime) -> None:
    """Delete a date that nobody outside has seen. A published one is cancelled instead."""
    lock(training_session)
    if training_session.status is not SessionStatus.DRAFT:
        raise CourseRefused("Only a draft can be deleted. Cancel this date instead, so that people are told.")
    for invitation in pool.every_invitation_to(training_session):
        db.session.delete(invitation)
    history.record(
        "deleted",
        training_session,
        by=by,
        at=now,
        course=training_session.course.code,
        parts="; ".join(_in_words(training_session.parts)),
    )
    db.session.delete(training_session)


def _minimum(
    fewest: int | None, decide_days: int | None, *, capacity: int, starts_at: datetime
) -> dict[str, Any]:
    """What is stored of a minimum; nothing of it when there is none."""
    if fewest is None:
        return {"fewest": None, "decide_by": None}
    if fewest > capacity:
        raise CourseRefused(
            f"There are {capacity} places, so {fewest} delegates can never come. Enter {capacity} or fewer."
        )
    days = rules.USUAL_DECIDE_DAYS if decide_days is None else decide_days
    return {"fewest": fewest, "decide_by": rules.decide_by(london_date(starts_at), days_before=days)}


def _refuse_plan(version: CourseVersion, capacity: int, parts: Sequence[PartPlan]) -> None:
    for venue in sorted({part.venue for part in parts if part.venue}, key=lambda venue: venue.id):
        lock(venue)  # so that it is not closed meanwhile
        if venue.closed_at is not None:
            raise CourseRefused(f"{venue.name} is closed. Choose another venue, or open it again first.")
    problem = rules.problem_with_parts([rules.Times(part.starts_at, part.ends_at) for part in parts])
    if problem:
        raise CourseRefused(problem.sentence)
    too_small = rules.problem_with_rooms(
        capacity, (rules.Room(part.venue.name, part.venue.capacity) for part in parts if part.venue)
    )
    if too_small:
        raise CourseRefused(too_small)
    if london_date(parts[0].starts_at) < version.valid_from:
        raise CourseRefused(
            f"Version {version.number} of this course is valid from {plain_date(version.valid_from)}. "
            "Choose the version that was valid on the first day, or a later day."
        )


def _refuse_unfit(
    course: Course, trainers: Sequence[Trainer], parts: Iterable[PartPlan | SessionPart]
) -> None:
    """The one door to training on a course that asks its trainers for an accreditation (decision 22)."""
    found = pool.unfit(course, trainers, {london_date(part.starts_at) for part in parts})
    if found:
        raise CourseRefused(
            " ".join(
                [*(one.sentence for one in found), "Choose trainers who hold it on each day of this date."]
            )
        )


def _added(training_session: TrainingSession, trainers: Sequence[Trainer]) -> list[Trainer]:
    """Who is put on now. Who is on the date already stays, with a warning, so that all else can be changed."""
    return [trainer for trainer in trainers if trainer not in training_session.trainers]


def _is_moved(training_session: TrainingSession, parts: Sequence[PartPlan]) -> bool:
    """Whether the times or places of these parts are other than those of the session."""
    return any(
        (part.starts_at, part.ends_at, part.venue_id)
        != (plan.starts_at, plan.ends_at, plan.venue.id if plan.venue else None)
        for part, plan in zip(training_session.parts_on, parts, strict=True)
    )


def _refuse_move(training_session: TrainingSession, parts: Sequence[PartPlan], now: datetime) -> None:
    if training_session.starts_at <= now:
        raise CourseRefused(
            "This session has started, so its times and places stay. "
            "Trainers, joining instructions and online addresses can still change."
        )
    _refuse_plan(training_session.course_version, training_session.capacity, parts)
    if parts[0].starts_at <= now:
        raise CourseRefused("The session would have started already. Enter a date and time still to come.")


def _change_part(part: SessionPart, plan: PartPlan) -> dict[str, Any]:
    """Take over when and where a part is; what differs, ready to record."""
    name = f"part {part.position}"
    url = "" if plan.venue else plan.online_url
    before = (part.starts_at, part.ends_at), part.venue, part.online_url
    part.starts_at, part.ends_at, part.venue, part.online_url = plan.starts_at, plan.ends_at, plan.venue, url
    changes = {}
    if before[0] != (plan.starts_at, plan.ends_at):
        changes[f"{name} time"] = [_span(*before[0]), _span(plan.starts_at, plan.ends_at)]
    if before[1] is not plan.venue:
        names = [venue.name if venue else "online" for venue in (before[1], plan.venue)]
        changes[f"{name} place"] = names
    if before[2] != url:
        changes[f"{name} online address"] = [before[2], url]
    return changes


def _span(starts_at: datetime, ends_at: datetime) -> str:
    return f"{starts_at.isoformat()} until {ends_at.isoformat()}"


def _as_rows(parts: Sequence[PartPlan]) -> list[SessionPart]:
    return [
        SessionPart(
            position=position,
            title=part.title,
            starts_at=part.starts_at,
            ends_at=part.ends_at,
            venue=part.venue,
            online_url="" if part.venue else part.online_url,
        )
        for position, part in enumerate(parts, 1)
    ]


def _version_in_words(version: CourseVersion) -> str:
    return f"{version.course.code} version {version.number}"


def _in_words(parts: Iterable[SessionPart]) -> list[str]:
    """The parts as the history keeps them: times in UTC and the place by name."""
    return [
        f"{_span(part.starts_at, part.ends_at)}, "
        f"{part.venue.name if part.venue else part.online_url or 'online'} {part.title}".strip()
        for part in parts
    ]


def _change_trainers(
    training_session: TrainingSession, trainers: Sequence[Trainer], now: datetime
) -> dict[str, Any]:
    """Put these down and take all others off. Invitations of whoever is put on are accepted, and end with whoever goes."""
    before = _names(training_session.trainers)
    if {trainer.id for trainer in training_session.trainers} == {trainer.id for trainer in trainers}:
        return {}
    for invitation in pool.invitations_to(training_session):
        if invitation.trainer in trainers and invitation.is_open:
            invitation.state, invitation.ended_at = InvitationState.ACCEPTED, now
        elif invitation.trainer not in trainers and invitation.state is InvitationState.ACCEPTED:
            invitation.state, invitation.ended_at = InvitationState.WITHDRAWN, now
    training_session.trainers = list(trainers)
    return {"trainers": [before, _names(trainers)]}


def _names(trainers: Iterable[Trainer]) -> list[str]:
    return sorted(trainer.person.name for trainer in trainers)
