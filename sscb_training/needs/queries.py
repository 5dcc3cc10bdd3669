"""Questions about needs: which there are, which findings they come from, and what answers them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select, union
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from sscb_training.accreditation.models import Accreditation, AccreditationScheme, scheme_course
from sscb_training.case_audits.models import Action, ActionAnswer, CaseAudit, Finding
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.times import at_london
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.needs.models import Intervention, NotTraining, TrainingNeed, need_finding


def needs_in_order(*, known_on: date | None = None) -> Sequence[TrainingNeed]:
    """Every need, or every one that was recorded by the end of a day, by its code."""
    query = select(TrainingNeed).order_by(func.length(TrainingNeed.code), TrainingNeed.code)
    if known_on is not None:
        query = query.where(TrainingNeed.recorded_at < at_london(known_on + timedelta(days=1)))
    return rows(query)


def next_code() -> str:
    """The code that a new need gets unless somebody has a better one: N7 after N6."""
    taken = [need.code[1:] for need in needs_in_order() if re.fullmatch(r"N\d{1,4}", need.code)]
    return f"N{max(map(int, taken), default=0) + 1}"


def need_in_full(need_id: int) -> TrainingNeed:
    """A need with its findings, audience and answers; 404 when there is none."""
    return row_or_404(
        select(TrainingNeed)
        .where(TrainingNeed.id == need_id)
        .options(
            selectinload(TrainingNeed.findings).joinedload(Finding.case_audit),
            selectinload(TrainingNeed.audience),
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


def stood(row: Any, before: Any = None) -> ColumnElement[bool]:
    """Whether it was recorded before a moment and not withdrawn by then; without one, whether it stands now."""
    if before is None:
        return and_(row.withdrawn_at.is_(None))
    return and_(row.recorded_at < before, or_(row.withdrawn_at.is_(None), row.withdrawn_at >= before))


def first_versions(before: Any = None, *, counting: bool = False) -> Select[*tuple[Any, ...]]:
    """The versions from which on courses answer needs, as known before a moment (now): those named, and those that
    answer an action which a need waits for.

    Of each its need, course and number, and the day `since` which it counts: empty for one named, the first day of
    one waited for. What is not known to answer, or of a course that is not published, is not there: it is waited for.
    """
    is_published = Course.published_at.is_not(None) if before is None else Course.published_at < before
    answer = and_(ActionAnswer.action_id == Intervention.waits_for_id, stood(ActionAnswer, before))
    named = func.coalesce(Intervention.from_version_id, ActionAnswer.course_version_id)
    query = (
        select(
            Intervention.need_id,
            CourseVersion.course_id,
            CourseVersion.number,
            case((Intervention.waits_for_id.is_not(None), CourseVersion.valid_from)).label("since"),
        )
        .outerjoin(ActionAnswer, answer)
        .join(CourseVersion, CourseVersion.id == named)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(stood(Intervention, before), or_(Intervention.waits_for_id.is_(None), is_published))
    )
    return query.where(Intervention.counts) if counting else query


def answering_versions(before: Any = None, *, counting: bool = False) -> Select[*tuple[int, int]]:
    """Each need with each version of a course that answers it, as known before a moment (now): from the first on, or one
    that leads to its scheme.

    `counting`: only those by which somebody who holds nothing can come to count for it, so no refreshers.
    """
    first = first_versions(before, counting=counting).subquery()
    from_first = select(first.c.need_id, CourseVersion.id.label("version_id")).join(
        CourseVersion,
        and_(CourseVersion.course_id == first.c.course_id, CourseVersion.number >= first.c.number),
    )
    leading = (
        select(Intervention.need_id, CourseVersion.id)
        .join(scheme_course, scheme_course.c.scheme_id == Intervention.scheme_id)
        .join(CourseVersion, CourseVersion.course_id == scheme_course.c.course_id)
        .where(stood(Intervention, before))
    )
    if counting:
        leading = leading.where(Intervention.counts, scheme_course.c.is_refresher.is_(False))
    answering = union(from_first, leading).subquery()
    return select(answering.c.need_id, answering.c.version_id)


def actions_waited_for(held: Iterable[Intervention]) -> str:
    """The codes of the actions whose course a need waits for; nothing where it waits for none."""
    return ", ".join(one.waits_for.code for one in held if one.waits_for)


def waiting(*, as_at: date, known_on: date) -> Mapping[int, Sequence[Intervention]]:
    """What waits for a version of its course on a day, as far as was known on another, by the need's id.

    Only what would count: a need is *waiting for the course* while it has any.
    """
    before = at_london(known_on + timedelta(days=1))
    is_taught = exists().where(
        ActionAnswer.action_id == Intervention.waits_for_id,
        stood(ActionAnswer, before),
        CourseVersion.id == ActionAnswer.course_version_id,
        CourseVersion.valid_from <= as_at,
        Course.id == CourseVersion.course_id,
        Course.published_at < before,
    )
    query = (
        select(Intervention)
        .where(
            Intervention.waits_for_id.is_not(None),
            Intervention.counts,
            stood(Intervention, before),
            ~is_taught,
        )
        .options(joinedload(Intervention.waits_for).joinedload(Action.answered_by))
        .order_by(Intervention.id)
    )
    found: dict[int, list[Intervention]] = {}
    for intervention in rows(query):
        found.setdefault(intervention.need_id, []).append(intervention)
    return found


def needs_answered_by_course(course: Course) -> Sequence[TrainingNeed]:
    """The needs that a course answers or supports, with the findings and the audits behind them."""
    answering = answering_versions().subquery()
    answers = (
        select(answering.c.need_id)
        .join(CourseVersion, CourseVersion.id == answering.c.version_id)
        .where(CourseVersion.course_id == course.id)
    )
    leads = (  # whatever versions it has
        select(Intervention.need_id)
        .join(scheme_course, scheme_course.c.scheme_id == Intervention.scheme_id)
        .where(scheme_course.c.course_id == course.id, stood(Intervention))
    )
    return _with_findings(select(TrainingNeed).where(TrainingNeed.id.in_(answers.union(leads))))


def needs_answered_by_version(version: CourseVersion) -> Sequence[TrainingNeed]:
    """The needs that having attended this version meets or supports, with the findings and audits behind them."""
    answering = answering_versions().subquery()
    answers = select(answering.c.need_id).where(answering.c.version_id == version.id)
    return _with_findings(select(TrainingNeed).where(TrainingNeed.id.in_(answers)))


def versions_answering(needs: Sequence[TrainingNeed]) -> Mapping[int, set[int]]:
    """The ids of the versions that answer or support each of these needs now, by the need's id."""
    answering = answering_versions().subquery()
    query = select(answering.c.need_id, answering.c.version_id).where(
        answering.c.need_id.in_([need.id for need in needs])
    )
    found: dict[int, set[int]] = {need.id: set() for need in needs}
    for need_id, version_id in db.session.execute(query):
        found[need_id].add(version_id)
    return found


def waited_for(version: CourseVersion) -> Sequence[Intervention]:
    """What was waiting for this version: by it a need counts, from the day that it is taught."""
    return rows(
        select(Intervention)
        .join(Action, Action.id == Intervention.waits_for_id)
        .join(TrainingNeed, TrainingNeed.id == Intervention.need_id)
        .where(Action.answered_by_id == version.id, Intervention.counts, stood(Intervention))
        .options(joinedload(Intervention.need), joinedload(Intervention.waits_for))
        .order_by(func.length(TrainingNeed.code), TrainingNeed.code, Intervention.id)
    )


def needs_answered_by_accreditation(accreditation: Accreditation) -> Sequence[TrainingNeed]:
    """The needs that an accreditation counts for, with the findings and the audits behind them."""
    answers = select(Intervention.need_id).where(
        Intervention.scheme_id == accreditation.scheme_id, Intervention.counts, stood(Intervention)
    )
    return _with_findings(select(TrainingNeed).where(TrainingNeed.id.in_(answers)))


def versions_that_count(need: TrainingNeed) -> Sequence[int]:
    """The ids of the versions by which somebody who holds nothing can come to count for the need: no refreshers."""
    answering = answering_versions(counting=True).subquery()
    query = select(answering.c.version_id).where(answering.c.need_id == need.id)
    return sorted(db.session.scalars(query))


def needs_of_courses(*, known_on: date) -> set[int]:
    """The ids of the needs for which somebody who holds nothing can come to count by a course, as far as was known on a
    day. No session brings anybody in force for the others."""
    answering = answering_versions(at_london(known_on + timedelta(days=1)), counting=True).subquery()
    return set(db.session.scalars(select(answering.c.need_id)))


def upcoming_dates(need: TrainingNeed, *, now: datetime) -> Select[TrainingSession]:
    """The published dates to come of every course that answers or supports the need, soonest first."""
    answering = answering_versions().subquery()
    own = select(answering.c.version_id).where(answering.c.need_id == need.id)
    return (
        select(TrainingSession)
        .where(
            TrainingSession.course_version_id.in_(own),
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
        answers.joinedload(Intervention.briefing),
        answers.joinedload(Intervention.waits_for)
        .joinedload(Action.answered_by)
        .joinedload(CourseVersion.course),
    ]
