"""One date as staff see it, and what it may be of."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from sscb_training.core.db import row_or_404, rows
from sscb_training.core.times import london_date, plain_date
from sscb_training.core.working_days import is_working_day
from sscb_training.courses.dates import rules
from sscb_training.courses.models import Course, CourseVersion, TrainingSession
from sscb_training.courses.pool.queries import unfit_for
from sscb_training.courses.queries import shown_in_lists


def versions_to_run() -> Sequence[CourseVersion]:
    """Every version of every course, by title, newest first: what a new date may be of."""
    return rows(
        select(CourseVersion)
        .join(CourseVersion.course)
        .options(joinedload(CourseVersion.course))
        .order_by(Course.title, Course.id, CourseVersion.number.desc())
    )


def training_session_or_404(training_session_id: int) -> TrainingSession:
    """The session with all that its page shows. For staff: drafts too."""
    return row_or_404(
        select(TrainingSession).where(TrainingSession.id == training_session_id).options(*shown_in_lists())
    )


def state_of(training_session: TrainingSession) -> rules.DateState:
    """What people are told of the date, as it is now."""
    several = len(training_session.parts) > 1
    return rules.DateState(
        [
            rules.PartState(
                name=part.name if several else "",
                starts_at=part.starts_at,
                ends_at=part.ends_at,
                venue_id=part.venue_id,
                place=", ".join([part.venue.name, *part.venue.address.splitlines()]) if part.venue else "",
                online_url=part.online_url,
                is_on=part.is_on,
            )
            for part in training_session.parts
        ],
        {trainer.id: trainer.person.name for trainer in training_session.trainers},
    )


def minimum_of(training_session: TrainingSession) -> dict[str, int | None]:
    """A date's minimum as the verbs take it: the fewest delegates, and how many days before it that is decided."""
    first_day, by = london_date(training_session.starts_at), training_session.decide_by
    return {"fewest": training_session.fewest, "decide_days": (first_day - by).days if by else None}


def cautions(training_session: TrainingSession, now: datetime) -> list[str]:
    """What to think of before this date is published."""
    return cautions_of_each([training_session], now)[0]


def cautions_of_each(training_sessions: Sequence[TrainingSession], now: datetime) -> Sequence[list[str]]:
    """What to think of before each of these dates is published, what keeps it from that first; three queries for all."""
    in_the_way = _obstacles_of_each(training_sessions, now)
    versions = rows(
        select(CourseVersion)
        .where(CourseVersion.course_id.in_({one.course_version.course_id for one in training_sessions}))
        .order_by(CourseVersion.number)
    )
    return [
        [
            *obstacles,
            *_another_version(training_session, versions),
            *not_working_days(part.starts_at for part in training_session.parts),
            *_cautions(training_session, now),
        ]
        for training_session, obstacles in zip(training_sessions, in_the_way, strict=True)
    ]


def obstacles(training_session: TrainingSession, now: datetime) -> list[str]:
    """What keeps this date from being published: a trainer who may not train, a room that is too small."""
    return _obstacles_of_each([training_session], now)[0]


def _obstacles_of_each(training_sessions: Sequence[TrainingSession], now: datetime) -> Sequence[list[str]]:
    lacking = unfit_for(training_sessions, on=london_date(now))
    return [
        [*(one.sentence for one in unfit), *_room_too_small(training_session)]
        for training_session, unfit in zip(training_sessions, lacking, strict=True)
    ]


def _room_too_small(training_session: TrainingSession) -> list[str]:
    rooms = [
        rules.Room(part.venue.name, part.venue.capacity) for part in training_session.parts if part.venue
    ]
    problem = rules.problem_with_rooms(training_session.capacity, rooms)
    return [problem] if problem else []


def not_working_days(starts: Iterable[datetime]) -> list[str]:
    """Which parts, by when they start, are on a weekend or a bank holiday."""
    return [
        f"{plain_date(starts_at)} is not a working day."
        for starts_at in starts
        if not is_working_day(london_date(starts_at))
    ]


def _another_version(training_session: TrainingSession, versions: Sequence[CourseVersion]) -> list[str]:
    """That a newer version is taught by then; what makes up a part is of the version that was begun."""
    own, day = training_session.course_version, london_date(training_session.starts_at)
    newer = [
        one
        for one in versions
        if one.course_id == own.course_id and one.number > own.number and one.valid_from <= day
    ]
    if training_session.repeats_part or not newer:
        return []
    return [
        f"It is of version {own.number}, and version {newer[-1].number} is valid on that day. "
        "To teach that, delete this draft and plan the date anew."
    ]


def _cautions(training_session: TrainingSession, now: datetime) -> list[str]:
    return rules.cautions(
        has_trainers=bool(training_session.trainers),
        has_instructions=bool(training_session.joining_instructions),
        lacks_address=any(not part.venue_id and not part.online_url for part in training_session.parts),
        course_is_published=training_session.course.published_at is not None,
        has_begun=training_session.starts_at <= now,
        too_short=None
        if training_session.repeats_part
        else rules.too_short(
            [rules.Times(part.starts_at, part.ends_at) for part in training_session.parts],
            training_session.course_version.length_minutes,
        ),
    )
