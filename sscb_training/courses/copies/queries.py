"""What a date would be on other days, and what is to be thought of: looked at before anything is saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from sscb_training.core.db import db, rows
from sscb_training.core.times import at_london, is_skipped, local, london_date, plain_date
from sscb_training.courses.clashes.queries import Clash, clashes_of, occupations
from sscb_training.courses.clashes.rules import Occupation, Shared, in_each_others_way
from sscb_training.courses.copies import rules
from sscb_training.courses.copies.rules import Sitting
from sscb_training.courses.dates.queries import cautions_of_each, not_working_days
from sscb_training.courses.dates.rules import Room, Times, problem_with_rooms, too_short
from sscb_training.courses.dates.service import PartPlan
from sscb_training.courses.models import CourseVersion, SessionPart, SessionStatus, Trainer, TrainingSession
from sscb_training.courses.pool.queries import unfit_on_each
from sscb_training.courses.queries import shown_in_lists


@dataclass(frozen=True)
class Copy:
    """A date as it would be on another day. With a `problem` it cannot be; cautions and clashes are only warnings.

    `trainers` are those who may train on it.
    """

    day: date
    version: CourseVersion | None
    parts: Sequence[PartPlan]
    trainers: Sequence[Trainer]
    problem: str
    cautions: Sequence[str]
    clashes: Sequence[Clash] = ()


def copies(
    training_session: TrainingSession, days: Sequence[date], *, same_trainers: bool, now: datetime
) -> Sequence[Copy]:
    """The date on each of these days; so many queries however many there are."""
    versions = rows(
        select(CourseVersion)
        .where(CourseVersion.course_id == training_session.course_version.course_id)
        .order_by(CourseVersion.number.desc())
    )
    there = _begun_at(training_session)
    trainers = [one for one in training_session.trainers if one.left_at is None] if same_trainers else []
    found = [_copy(training_session, day, versions, there, now) for day in days]
    lacking = unfit_on_each(
        training_session.course,
        trainers,
        [[london_date(part.starts_at) for part in copy.parts] for copy in found],
    )
    found = [
        replace(
            copy,
            trainers=[one for one in trainers if one not in {unfit.trainer for unfit in without}],
            cautions=[*copy.cautions, *(f"{unfit.sentence} Not put down." for unfit in without)],
        )
        for copy, without in zip(found, lacking, strict=True)
    ]
    planned = [_occupations(copy) if not copy.problem else [] for copy in found]
    among_themselves = in_each_others_way(planned)
    return [
        replace(
            copy,
            cautions=[
                *copy.cautions,
                *(
                    _on_this_list(found[other], over, copy.trainers)
                    for other, over in among_themselves.get(place, {}).items()
                ),
            ],
            clashes=clashes,
        )
        for place, (copy, clashes) in enumerate(zip(found, clashes_of(planned), strict=True))
    ]


def _on_this_list(other: Copy, over: Shared, trainers: Sequence[Trainer]) -> str:
    """At the same time in the same room and with Tom Trainer: the copy of 3 March 2027 on this list."""
    names = sorted(trainer.person.name for trainer in trainers if trainer.id in over.trainer_ids)
    why = [*(["in the same room"] if over.room else []), *([f"with {' and '.join(names)}"] if names else [])]
    return f"At the same time {' and '.join(why)}: the copy of {plain_date(other.day)} on this list."


def _occupations(copy: Copy) -> list[Occupation]:
    trainer_ids = frozenset(trainer.id for trainer in copy.trainers)
    return [
        Occupation(part.starts_at, part.ends_at, part.venue.id if part.venue else None, trainer_ids)
        for part in copy.parts
    ]


@dataclass(frozen=True)
class Draft:
    """A draft with what to think of before it is published."""

    training_session: TrainingSession
    cautions: Sequence[str]
    clashes: Sequence[Clash]


def drafts(training_session_ids: Iterable[int], *, now: datetime) -> Sequence[Draft]:
    """Those of these dates that are drafts, by when they start; so many queries however many there are."""
    found = rows(
        select(TrainingSession)
        .where(
            TrainingSession.id.in_(list(training_session_ids)), TrainingSession.status == SessionStatus.DRAFT
        )
        .options(*shown_in_lists())
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    in_the_way = clashes_of([occupations(draft) for draft in found], own=[draft.id for draft in found])
    return [
        Draft(draft, cautions, clashes)
        for draft, cautions, clashes in zip(found, cautions_of_each(found, now), in_the_way, strict=True)
    ]


def _begun_at(training_session: TrainingSession) -> Mapping[datetime, set[int | None]]:
    """When dates of this course begin that were not cancelled, and at which venues; in one query."""
    found: dict[datetime, set[int | None]] = {}
    query = (
        select(TrainingSession.starts_at, SessionPart.venue_id)
        .join(TrainingSession.course_version)
        .join(TrainingSession.parts)
        .where(
            CourseVersion.course_id == training_session.course_version.course_id,
            TrainingSession.status != SessionStatus.CANCELLED,
            TrainingSession.repeats_part.is_(None),
            SessionPart.starts_at == TrainingSession.starts_at,
        )
    )
    for starts_at, venue_id in db.session.execute(query):
        found.setdefault(starts_at, set()).add(venue_id)
    return found


def _copy(
    training_session: TrainingSession,
    day: date,
    versions: Sequence[CourseVersion],
    there: Mapping[datetime, set[int | None]],
    now: datetime,
) -> Copy:
    version = next((one for one in versions if one.valid_from <= day), None)
    sittings = rules.on_another_day(
        [_sitting(part.starts_at, part.ends_at) for part in training_session.parts], day
    )
    parts = [
        PartPlan(part.title, at_london(one.day, one.starts), at_london(one.last_day, one.ends), part.venue)
        for part, one in zip(training_session.parts, sittings, strict=True)
    ]
    problem = _problem(training_session, version, sittings, parts, there, now)
    return Copy(day, version, parts, (), problem, _cautions(training_session, version, parts))


def _sitting(starts_at: datetime, ends_at: datetime) -> Sitting:
    starts, ends = local(starts_at), local(ends_at)
    return Sitting(starts.date(), starts.time(), ends.date(), ends.time())


def _problem(
    training_session: TrainingSession,
    version: CourseVersion | None,
    sittings: Sequence[Sitting],
    parts: Sequence[PartPlan],
    there: Mapping[datetime, set[int | None]],
    now: datetime,
) -> str:
    """Why the date cannot be on these days; empty when it can."""
    venues = {part.venue for part in parts if part.venue}
    closed = sorted(venue.name for venue in venues if venue.closed_at is not None)
    skipped = [
        one.day for one in sittings if is_skipped(one.day, one.starts) or is_skipped(one.last_day, one.ends)
    ]
    first = parts[0]
    if first.starts_at <= now:
        return "This day is over, or has begun."
    if version is None:
        return "No version of the course is valid on this day."
    if (first.venue.id if first.venue else None) in there.get(first.starts_at, ()):
        return "The course has a date at this time and place already."
    if closed:
        return f"{closed[0]} is closed."
    if skipped:
        return f"The clocks go forward on {plain_date(skipped[0])}, so one of its times does not happen."
    rooms = [Room(venue.name, venue.capacity) for venue in venues]
    return problem_with_rooms(training_session.capacity, rooms) or ""


def _cautions(
    training_session: TrainingSession, version: CourseVersion | None, parts: Sequence[PartPlan]
) -> list[str]:
    said = not_working_days(part.starts_at for part in parts)
    if version and version.id != training_session.course_version_id:
        said.append(f"It is of version {version.number}, which is valid on that day.")
    if version:
        short = too_short([Times(part.starts_at, part.ends_at) for part in parts], version.length_minutes)
        said += [short] if short else []
    return said
