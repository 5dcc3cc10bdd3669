"""Which needs and courses answer what a briefing tells, and which briefings tell why a course is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from sscb_training.case_audits.briefings import queries as briefings
from sscb_training.case_audits.briefings.models import BriefingEdition, edition_finding
from sscb_training.case_audits.models import CaseAudit
from sscb_training.core.db import db
from sscb_training.courses.models import Course, CourseVersion, Theme
from sscb_training.needs.models import TrainingNeed, need_finding
from sscb_training.needs.queries import answering_versions


@dataclass(frozen=True)
class Answer:
    """A published course that answers a briefing, the needs for which it does, and the versions that answer those."""

    course: Course
    needs: Sequence[TrainingNeed]
    version_ids: frozenset[int]


def answers_to(edition: BriefingEdition) -> Sequence[Answer]:
    """The published courses that answer or support the needs behind an edition's findings, by theme and title.

    A course stands there again for each need that other versions of it answer: its dates are others.
    """
    answering = answering_versions().subquery()
    query = (
        select(Course, TrainingNeed, CourseVersion.id)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(answering, answering.c.version_id == CourseVersion.id)
        .join(TrainingNeed, TrainingNeed.id == answering.c.need_id)
        .join(need_finding, need_finding.c.need_id == TrainingNeed.id)
        .join(edition_finding, edition_finding.c.finding_id == need_finding.c.finding_id)
        .where(Course.published_at.is_not(None), edition_finding.c.edition_id == edition.id)
        .join(Course.theme)
        .options(contains_eager(Course.theme))
        .order_by(Theme.position, Theme.name, Course.title, Course.id, TrainingNeed.code)
    )
    versions: dict[tuple[Course, TrainingNeed], set[int]] = {}
    for course, need, version_id in db.session.execute(query):
        versions.setdefault((course, need), set()).add(version_id)
    alike: dict[tuple[Course, frozenset[int]], list[TrainingNeed]] = {}
    for (course, need), version_ids in versions.items():
        alike.setdefault((course, frozenset(version_ids)), []).append(need)
    return [Answer(course, needs, version_ids) for (course, version_ids), needs in alike.items()]


def briefings_behind(needs: Sequence[TrainingNeed]) -> Sequence[BriefingEdition]:
    """The editions of briefings that tell what led to these needs, newest first."""
    findings = {finding for need in needs for finding in need.findings}
    return briefings.editions_telling(findings) if findings else []


@dataclass(frozen=True)
class Found:
    """What an audit found, as somebody who opens a course's page may read it."""

    words: str
    case_audit: CaseAudit | None


def found_behind(
    needs: Sequence[TrainingNeed], editions: Sequence[BriefingEdition], *, in_full: bool
) -> Mapping[int, Sequence[Found]]:
    """What audits found that led to each need, by the need's key: what the editions tell, in the words of the first.

    `in_full` is for the board's staff, who read the rest as well, as the audits put it.
    """
    told: dict[str, str] = {}
    for edition in editions:
        for part in edition.content["themes"]:
            for finding in part["findings"]:
                told.setdefault(finding["code"], finding["text"])
    return {
        need.id: [
            Found(told.get(finding.code, finding.text), finding.case_audit)
            for finding in need.findings
            if in_full or finding.code in told
        ]
        for need in needs
    }
