"""Courses and their versions, as staff may see them; the public's pages ask for published ones only."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.core.db import db, number, row_or_404, row_or_none
from sscb_training.courses.models import Course, CourseVersion, Level, TrainingSession
from sscb_training.courses.queries import to_come


def courses_found(
    *, search: str = "", theme_id: int | None = None, published: bool | None = None
) -> Select[Course]:
    """Courses by title whose code, title or summary holds the words; `published` None takes all."""
    query = select(Course).options(joinedload(Course.theme), selectinload(Course.versions))
    for word in search.split():
        query = query.where(
            Course.code.icontains(word, autoescape=True)
            | Course.title.icontains(word, autoescape=True)
            | Course.summary.icontains(word, autoescape=True)
        )
    if theme_id is not None:
        query = query.where(Course.theme_id == theme_id)
    if published is not None:
        query = query.where(Course.published_at.is_not(None) if published else Course.published_at.is_(None))
    return query.order_by(Course.title, Course.id)


def course_coded(code: str) -> Course | None:
    """The course of this code, whatever its capitals."""
    return row_or_none(select(Course).where(func.lower(Course.code) == code.lower()))


def course_or_404(course_id: int) -> Course:
    """The course with its theme, levels and versions."""
    return row_or_404(
        select(Course)
        .where(Course.id == course_id)
        .options(joinedload(Course.theme), selectinload(Course.levels).joinedload(Level.scheme))
    )


def version_valid_on(course: Course, on: date) -> CourseVersion | None:
    """The version that a session of the course on this day would use."""
    return row_or_none(
        select(CourseVersion)
        .where(CourseVersion.course_id == course.id, CourseVersion.valid_from <= on)
        .order_by(CourseVersion.number.desc())
    )


def is_used(version: CourseVersion) -> bool:
    """Whether any session, even a draft or a cancelled one, was made of this version."""
    return number(select(func.count()).where(TrainingSession.course_version_id == version.id)) > 0


def sessions_by_version(course: Course) -> Mapping[int, int]:
    """How many sessions each version of the course has, in one query; a version without any is missing."""
    query = (
        select(TrainingSession.course_version_id, func.count())
        .join(TrainingSession.course_version)
        .where(CourseVersion.course_id == course.id)
        .group_by(TrainingSession.course_version_id)
    )
    return dict(db.session.execute(query).all())


def dates_to_come_of(course: Course, now: datetime) -> int:
    """How many published sessions of the course are not over."""
    return number(
        select(func.count())
        .select_from(TrainingSession)
        .join(TrainingSession.course_version)
        .where(CourseVersion.course_id == course.id, to_come(now))
    )


def titles_of(course_ids: Collection[int]) -> dict[int, str]:
    """What these courses are called, by their keys in the order of the alphabet; in one query."""
    query = (
        select(Course.id, Course.title)
        .where(Course.id.in_(course_ids))
        .order_by(func.lower(Course.title), Course.id)
    )
    return {course.id: course.title for course in db.session.execute(query)}
