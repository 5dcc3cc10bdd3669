"""The board's figures, each table in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select

from sscb_training.attendance.models import Register
from sscb_training.bookings.models import Booking, BookingStatus, Outcome, booking_missed_part
from sscb_training.core.db import db
from sscb_training.core.times import at_london
from sscb_training.courses.models import Course, CourseVersion, SessionPart, SessionStatus, TrainingSession
from sscb_training.reports.rules import Use


@dataclass(frozen=True)
class CourseUse:
    """How the dates of one course were used."""

    course_id: int
    code: str
    title: str
    use: Use


def use_by_course(*, begin: date, end: date, now: datetime) -> Sequence[CourseUse]:
    """How training dates that are over were used, by course, of those that began in the period, both days included.

    What the board cancelled, a date, a part of one or a booking, is in no figure: whoever came to all that took place
    came. So is nobody who was never confirmed, and no booking that makes up a part of another. Dates
    whose register is open are counted as that and nothing else: without outcomes they would lower every rate.
    """
    came = (Outcome.ATTENDED, Outcome.PART_ATTENDED, Outcome.DID_NOT_ATTEND)
    to_all = _came_to_all_that_took_place()
    to_some = and_(Booking.outcome == Outcome.PART_ATTENDED, not_(to_all))
    cancelled = and_(Booking.status == BookingStatus.CANCELLED_BY_DELEGATE, Booking.confirmed_at.is_not(None))
    booked = and_(Booking.unscheduled.is_(False), or_(Booking.status == BookingStatus.CONFIRMED, cancelled))
    kept = Booking.status == BookingStatus.CONFIRMED

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    by_date = (
        select(
            TrainingSession.id.label("training_session_id"),
            TrainingSession.course_version_id,
            case((Register.closed_at.is_not(None), 1), else_=0).label("closed"),
            TrainingSession.capacity,
            count(booked).label("booked"),
            count(and_(cancelled, Booking.unscheduled.is_(False))).label("cancelled"),
            count(and_(kept, to_all)).label("attended"),
            count(and_(kept, to_all, Booking.unscheduled)).label("unscheduled"),
            count(and_(kept, to_some)).label("part_attended"),
            count(and_(kept, Booking.outcome == Outcome.DID_NOT_ATTEND)).label("did_not_attend"),
        )
        .outerjoin(Register, Register.training_session_id == TrainingSession.id)
        .outerjoin(
            Booking,
            and_(
                Booking.training_session_id == TrainingSession.id,
                Booking.part_id.is_(None),
                or_(Booking.outcome.is_(None), Booking.outcome.in_(came)),
            ),
        )
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at >= at_london(begin),
            TrainingSession.starts_at < at_london(end + timedelta(days=1)),
            TrainingSession.ends_at <= now,
        )
        .group_by(
            TrainingSession.id,
            TrainingSession.course_version_id,
            TrainingSession.capacity,
            Register.closed_at,
        )
        .cte("by_date")
    )
    figures = (
        by_date.c.capacity, by_date.c.booked, by_date.c.cancelled, by_date.c.attended, by_date.c.unscheduled,
        by_date.c.part_attended, by_date.c.did_not_attend,
    )  # fmt: skip
    query = (
        select(
            Course.id,
            Course.code,
            Course.title,
            func.sum(by_date.c.closed),
            *(func.sum(by_date.c.closed * figure) for figure in figures),
            func.sum(1 - by_date.c.closed),
        )
        .select_from(by_date)
        .join(CourseVersion, CourseVersion.id == by_date.c.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .group_by(Course.id, Course.code, Course.title)
        .order_by(Course.title, Course.id)
    )
    return [
        CourseUse(course_id, code, title, Use(*(int(number) for number in numbers)))
        for course_id, code, title, *numbers in db.session.execute(query)
    ]


def _came_to_all_that_took_place() -> ColumnElement[bool]:
    """Whether a booking's delegate missed nothing but what the board cancelled."""
    lost_a_part = exists().where(
        SessionPart.training_session_id == Booking.training_session_id, SessionPart.cancelled_at.is_not(None)
    )
    missed = exists().where(booking_missed_part.c.booking_id == Booking.id)
    return or_(
        Booking.outcome == Outcome.ATTENDED,
        and_(Booking.outcome == Outcome.PART_ATTENDED, lost_a_part, not_(missed)),
    )
