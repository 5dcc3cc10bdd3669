"""Which needs and courses answer what a briefing tells, and which briefings tell why a course is run."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.case_audits.briefings import queries as briefings
from sscb_training.case_audits.models import Briefing
from sscb_training.core.db import rows
from sscb_training.courses.models import Course, CourseVersion
from sscb_training.needs.models import Intervention, TrainingNeed, need_finding


@dataclass(frozen=True)
class Answer:
    """A published course that answers a briefing, and the needs for which it does."""

    course: Course
    needs: Sequence[TrainingNeed]


def answers_to(briefing: Briefing) -> Sequence[Answer]:
    """The published courses that answer or support the needs behind a briefing's findings, by title."""
    behind = select(need_finding.c.need_id).where(
        need_finding.c.finding_id.in_(briefings.findings_told(briefing))
    )
    answer = selectinload(TrainingNeed.interventions)
    needs = rows(
        select(TrainingNeed)
        .where(TrainingNeed.id.in_(behind))
        .options(
            answer.joinedload(Intervention.from_version).joinedload(CourseVersion.course),
            answer.joinedload(Intervention.scheme).selectinload(AccreditationScheme.courses),
        )
        .order_by(TrainingNeed.code)
    )
    found: dict[Course, dict[TrainingNeed, None]] = {}
    for need in needs:
        for intervention in need.interventions:
            for course in _courses(intervention):
                if course.published_at is not None:
                    found.setdefault(course, {})[need] = None
    return [Answer(course, list(found[course])) for course in sorted(found, key=lambda one: one.title)]


def _courses(intervention: Intervention) -> Sequence[Course]:
    if intervention.scheme:
        return intervention.scheme.courses
    return [intervention.from_version.course] if intervention.from_version else []


def briefings_behind(needs: Sequence[TrainingNeed]) -> Sequence[Briefing]:
    """The briefings that tell what led to these needs, newest first."""
    findings = {finding.id for need in needs for finding in need.findings}
    return briefings.briefings_telling(findings) if findings else []
