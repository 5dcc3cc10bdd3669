"""Questions about needs: which there are, which findings they come from, and what answers them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from sscb_training.accreditation.models import Accreditation, AccreditationScheme, scheme_course
from sscb_training.case_audits.models import CaseAudit, Finding
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.needs.models import Intervention, NotTraining, TrainingNeed, need_finding


def needs_in_order() -> Sequence[TrainingNeed]:
    """Every need, by its code."""
    return rows(select(TrainingNeed).order_by(func.length(TrainingNeed.code), TrainingNeed.code))


def need_in_full(need_id: int) -> TrainingNeed:
    """A need with its findings, audience and answers; 404 when there is none."""
    return row_or_404(
        select(TrainingNeed)
        .where(TrainingNeed.id == need_id)
        .options(
            selectinload(TrainingNeed.findings).joinedload(Finding.case_audit),
            selectinload(TrainingNeed.staff_groups),
            selectinload(TrainingNeed.excluded_sectors),
            *_answers(),
        )
    )


def needs_of(finding: Finding) -> Sequence[TrainingNeed]:
    """The needs that a finding leads to."""
    return rows(
        select(TrainingNeed)
        .join(need_finding, need_finding.c.need_id == TrainingNeed.id)
        .where(need_finding.c.finding_id == finding.id)
        .order_by(TrainingNeed.code)
    )


def not_training(finding: Finding) -> NotTraining | None:
    """The decision that training cannot mend this finding, if it was taken."""
    return row_or_none(select(NotTraining).where(NotTraining.finding_id == finding.id))


def needs_by_finding(findings: Sequence[Finding]) -> dict[int, list[TrainingNeed]]:
    """The needs that each of these findings leads to, by the finding's id."""
    found: dict[int, list[TrainingNeed]] = {}
    query = (
        select(need_finding.c.finding_id, TrainingNeed)
        .join(TrainingNeed, TrainingNeed.id == need_finding.c.need_id)
        .where(need_finding.c.finding_id.in_([finding.id for finding in findings]))
        .order_by(TrainingNeed.code)
    )
    for finding_id, need in db.session.execute(query):
        found.setdefault(finding_id, []).append(need)
    return found


def not_training_by_finding(findings: Sequence[Finding]) -> dict[int, NotTraining]:
    """Which of these findings training cannot mend, by the finding's id."""
    query = select(NotTraining).where(NotTraining.finding_id.in_([finding.id for finding in findings]))
    return {decision.finding_id: decision for decision in rows(query)}


def needs_answered_by_course(course: Course) -> Sequence[TrainingNeed]:
    """The needs that a course answers or supports, with the findings and the audits behind them."""
    own_version = aliased(CourseVersion)
    answers = (
        select(Intervention.need_id)
        .outerjoin(own_version, own_version.id == Intervention.from_version_id)
        .outerjoin(scheme_course, scheme_course.c.scheme_id == Intervention.scheme_id)
        .where(or_(own_version.course_id == course.id, scheme_course.c.course_id == course.id))
    )
    return _with_findings(select(TrainingNeed).where(TrainingNeed.id.in_(answers)))


def needs_answered_by_version(version: CourseVersion) -> Sequence[TrainingNeed]:
    """The needs that having attended this version meets or supports, with the findings and audits behind them."""
    first = aliased(CourseVersion)
    answers = (
        select(Intervention.need_id)
        .outerjoin(first, first.id == Intervention.from_version_id)
        .outerjoin(scheme_course, scheme_course.c.scheme_id == Intervention.scheme_id)
        .where(
            or_(
                and_(first.course_id == version.course_id, first.number <= version.number),
                scheme_course.c.course_id == version.course_id,
            )
        )
    )
    return _with_findings(select(TrainingNeed).where(TrainingNeed.id.in_(answers)))


def needs_answered_by_accreditation(accreditation: Accreditation) -> Sequence[TrainingNeed]:
    """The needs that an accreditation counts for, with the findings and the audits behind them."""
    answers = select(Intervention.need_id).where(
        Intervention.scheme_id == accreditation.scheme_id, Intervention.counts
    )
    return _with_findings(select(TrainingNeed).where(TrainingNeed.id.in_(answers)))


def upcoming_dates(need: TrainingNeed, *, now: datetime) -> Sequence[TrainingSession]:
    """The published dates to come of every course that answers or supports the need, soonest first."""
    first = aliased(CourseVersion)
    from_version = (
        select(CourseVersion.id)
        .join(first, and_(first.course_id == CourseVersion.course_id, first.number <= CourseVersion.number))
        .join(Intervention, Intervention.from_version_id == first.id)
        .where(Intervention.need_id == need.id)
    )
    leading = (
        select(CourseVersion.id)
        .join(scheme_course, scheme_course.c.course_id == CourseVersion.course_id)
        .join(Intervention, Intervention.scheme_id == scheme_course.c.scheme_id)
        .where(Intervention.need_id == need.id)
    )
    return rows(
        select(TrainingSession)
        .where(
            TrainingSession.course_version_id.in_(from_version.union(leading)),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at > now,
        )
        .options(
            joinedload(TrainingSession.course_version).joinedload(CourseVersion.course),
            selectinload(TrainingSession.parts),
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )


def versions() -> Sequence[CourseVersion]:
    """Every version of every course, by course."""
    return rows(
        select(CourseVersion)
        .join(Course)
        .options(joinedload(CourseVersion.course))
        .order_by(Course.title, Course.id, CourseVersion.number)
    )


def _with_findings(query: Select[TrainingNeed]) -> Sequence[TrainingNeed]:
    return rows(
        query.options(
            selectinload(TrainingNeed.findings).joinedload(Finding.case_audit).joinedload(CaseAudit.theme)
        ).order_by(func.length(TrainingNeed.code), TrainingNeed.code)
    )


def _answers() -> list[Any]:
    answers = selectinload(TrainingNeed.interventions)
    return [
        answers.joinedload(Intervention.scheme).selectinload(AccreditationScheme.courses),
        answers.joinedload(Intervention.from_version).joinedload(CourseVersion.course),
    ]
