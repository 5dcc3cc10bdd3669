"""Dates whose trainers did not hold, on a day of it, what their course asks of trainers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core.db import rows
from sscb_training.core.times import at_london
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.courses.pool.queries import Unfit, unfit_for
from sscb_training.courses.queries import shown_in_lists

EVERY_DAY = date.min


@dataclass(frozen=True)
class Filters:
    """Dates that begin on these days, both included; of one scheme, of trainers of a name, or over or to come, alone."""

    begin: date
    end: date
    scheme_id: int | None = None
    search: str = ""
    is_over: bool | None = None


@dataclass(frozen=True)
class Line:
    """A trainer of a date, what they lacked, and since when."""

    training_session: TrainingSession
    lacking: Unfit
    is_over: bool


def lines(filters: Filters, *, now: datetime) -> Sequence[Line]:
    """Who trained or is to train without it, the latest date first; as many queries for a hundred dates as for one.

    Each day of a date is looked at by itself, by the same rule as everywhere (`Accreditation.in_force`).
    """
    must_hold = AccreditationScheme.courses.any(Course.id == CourseVersion.course_id)
    asks = exists().where(AccreditationScheme.trainers_hold_it, must_hold)
    query = (
        select(TrainingSession)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.course_version.has(asks),
            TrainingSession.trainers.any(),
            TrainingSession.starts_at >= at_london(filters.begin),
            TrainingSession.starts_at < at_london(filters.end + timedelta(days=1)),
        )
        .options(*shown_in_lists())
        .order_by(TrainingSession.starts_at.desc(), TrainingSession.id.desc())
    )
    if filters.is_over is not None:
        over = TrainingSession.ends_at <= now
        query = query.where(over if filters.is_over else ~over)
    found = rows(query)
    words = filters.search.lower().split()
    return [
        Line(training_session, lacking, training_session.ends_at <= now)
        for training_session, unfit in zip(found, unfit_for(found, on=EVERY_DAY), strict=True)
        for lacking in unfit
        if filters.scheme_id in (None, lacking.scheme.id)
        and all(word in lacking.trainer.person.name.lower() for word in words)
    ]


EXPORTED = (
    "Date", "Course", "Trainer", "Accreditation", "First day without it", "Ended on", "Over", "From", "To",
)  # fmt: skip


def exported(lines: Sequence[Line], filters: Filters) -> list[list[str | date | bool | None]]:
    """The list as rows of a file, under the headings of EXPORTED."""
    return [
        [
            line.training_session.starts_at,
            line.training_session.course.title,
            line.lacking.trainer.person.name,
            line.lacking.scheme.code,
            line.lacking.on,
            line.lacking.ended,
            line.is_over,
            filters.begin,
            filters.end,
        ]
        for line in lines
    ]
