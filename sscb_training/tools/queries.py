"""Who may use a scheme's tool today, what the board says of it, and the dates that lead to it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    standing,
)
from sscb_training.accreditation.terms.queries import held_in, leading_courses
from sscb_training.agencies.models import Agency
from sscb_training.core.db import db, row_or_none, rows
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.people.models import Membership, Person
from sscb_training.people.queries import memberships_of
from sscb_training.tools import rules
from sscb_training.tools.models import ToolSetting

DATES_SHOWN = 5


def setting(scheme: AccreditationScheme) -> ToolSetting | None:
    """What the board says of this scheme's tool, if it has."""
    return row_or_none(select(ToolSetting).where(ToolSetting.scheme_id == scheme.id))


def settings() -> dict[int, ToolSetting]:
    """What the board says of the tools, by scheme."""
    return {one.scheme_id: one for one in rows(select(ToolSetting))}


def agencies_led_by(lead: Person) -> Sequence[Agency]:
    """The agencies that somebody leads, by name."""
    return rows(select(Agency).where(Agency.id.in_(lead.leads_agency_ids)).order_by(Agency.name, Agency.id))


def holds(scheme_id: int | SQLColumnExpression[int], on: date) -> ColumnElement[bool]:
    """The condition on Person that they are accredited on this day and may sign in."""
    held = exists().where(
        Accreditation.person_id == Person.id,
        Accreditation.scheme_id == scheme_id,
        Accreditation.in_force(on),
    )
    return held & Person.suspended_at.is_(None)


def may_use(person: Person, scheme: AccreditationScheme, *, on: date) -> bool:
    """Whether somebody is accredited in the scheme on this day and may sign in."""
    return bool(db.session.scalar(select(Person.id).where(Person.id == person.id, holds(scheme.id, on))))


def ended_on(person: Person, scheme: AccreditationScheme, *, on: date) -> date | None:
    """When the last accreditation of somebody who is not accredited any more ended; None if there never was one."""
    query = select(Accreditation.expires_on, Accreditation.revoked_on).where(
        Accreditation.person_id == person.id,
        Accreditation.scheme_id == scheme.id,
        Accreditation.awarded_on <= on,
        standing,
    )
    return rules.last_end((expires, revoked) for expires, revoked in db.session.execute(query))


def works_at(agency_id: int, on: date) -> ColumnElement[bool]:
    """The condition on Membership that it is confirmed and holds at this agency on this day."""
    return (
        (Membership.agency_id == agency_id) & Membership.is_current(on) & Membership.confirmed_at.is_not(None)
    )


def dates_leading_to(
    scheme: AccreditationScheme, person: Person, *, now: datetime, on: date
) -> Sequence[TrainingSession]:
    """The next published dates that somebody may know of, of the courses that would accredit them as they stand today."""
    agency_ids = [job.agency_id for job in memberships_of(person, on)]
    held = held_in([scheme.id], [person.id]).get((person.id, scheme.id), ())
    return rows(
        select(TrainingSession)
        .join(TrainingSession.course_version)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(
            Course.id.in_(leading_courses(scheme, held, on=on)),
            Course.published_at.is_not(None),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at > now,
            or_(
                TrainingSession.only_agency_id.is_(None),
                TrainingSession.only_agency_id.in_(agency_ids),
            ),
        )
        .options(
            joinedload(TrainingSession.course_version).joinedload(CourseVersion.course),
            selectinload(TrainingSession.parts),
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
        .limit(DATES_SHOWN)
    )
