"""Questions about audits and what they found. All of it is board staff's to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.agencies.models import Agency
from sscb_training.case_audits import rules
from sscb_training.case_audits.models import (
    Action,
    ActionKind,
    AuditKind,
    CaseAudit,
    Finding,
    FindingKind,
    audit_agency,
)
from sscb_training.core.db import row_or_404, rows
from sscb_training.courses.models import CourseVersion

published = CaseAudit.published_at.is_not(None)
"""The condition that an audit is no draft."""

found_openly = or_(Finding.case_audit_id.is_(None), Finding.case_audit.has(published))
"""The condition that a finding stands in no draft; a strength across the audits stands in none."""


@dataclass(frozen=True)
class AuditFilters:
    """What a list of audits is narrowed by; nothing where None. `is_draft` False is published alone."""

    kind: AuditKind | None = None
    theme_id: int | None = None
    agency_id: int | None = None
    year: int | None = None
    is_draft: bool | None = None


def audits_found(filters: AuditFilters) -> Select[*tuple[Any, ...]]:
    """Audits, latest month first, each with its areas for improvement, its actions, and those with no owner."""

    def found(kind: FindingKind) -> Any:
        return _count(Finding.case_audit_id, Finding.kind == kind)

    query = (
        select(
            CaseAudit,
            found(FindingKind.AREA_FOR_IMPROVEMENT).label("areas"),
            found(FindingKind.STRENGTH).label("strengths"),
            _count(Action.case_audit_id).label("actions"),
            _count(Action.case_audit_id, Action.owner == "").label("unowned"),
        )
        .options(joinedload(CaseAudit.theme))
        .order_by(CaseAudit.month.desc(), CaseAudit.id.desc())
    )
    if filters.kind is not None:
        query = query.where(CaseAudit.kind == filters.kind)
    if filters.theme_id is not None:
        query = query.where(CaseAudit.theme_id == filters.theme_id)
    if filters.agency_id is not None:
        query = query.where(CaseAudit.agencies.any(Agency.id == filters.agency_id))
    if filters.year is not None:
        query = query.where(CaseAudit.month.between(date(filters.year, 1, 1), date(filters.year, 12, 31)))
    if filters.is_draft is not None:
        query = query.where(~published if filters.is_draft else published)
    return query


def audit_years() -> Sequence[int]:
    """The years that audits are of, latest first."""
    months = rows(select(CaseAudit.month).distinct())
    return sorted({month.year for month in months}, reverse=True)


def agencies_that_took_part() -> Sequence[Agency]:
    """The agencies that took part in any audit, by name."""
    took_part = select(audit_agency.c.agency_id)
    return rows(select(Agency).where(Agency.id.in_(took_part)).order_by(Agency.name))


def _count(audit_id: Any, *conditions: Any) -> Any:
    return (
        select(func.count())
        .where(audit_id == CaseAudit.id, *conditions)
        .correlate(CaseAudit)
        .scalar_subquery()
    )


def re_audits_of(case_audit: CaseAudit) -> Sequence[CaseAudit]:
    """The audits that looked again at what this one found, oldest first."""
    again = select(CaseAudit).where(CaseAudit.re_audit_of_id == case_audit.id)
    return rows(again.order_by(CaseAudit.month, CaseAudit.id))


def audits() -> Sequence[CaseAudit]:
    """Every audit, latest month first."""
    return rows(select(CaseAudit).order_by(CaseAudit.month.desc(), CaseAudit.id.desc()))


def audit_in_full(case_audit_id: int) -> CaseAudit:
    """An audit with its findings and actions; 404 when there is none."""
    return row_or_404(
        select(CaseAudit)
        .where(CaseAudit.id == case_audit_id)
        .options(
            joinedload(CaseAudit.theme),
            selectinload(CaseAudit.briefings),
            joinedload(CaseAudit.re_audit_of),
            selectinload(CaseAudit.re_audits),
            selectinload(CaseAudit.agencies),
            selectinload(CaseAudit.links),
            selectinload(CaseAudit.results),
            *_with_findings_and_actions(),
        )
    )


def finding_in_full(finding_id: int) -> Finding:
    """A finding with where it was found and what was decided; 404 when there is none."""
    return row_or_404(
        select(Finding)
        .where(Finding.id == finding_id)
        .options(
            joinedload(Finding.case_audit),
            joinedload(Finding.briefing),
            joinedload(Finding.theme),
            selectinload(Finding.agencies),
            selectinload(Finding.actions),
        )
    )


def beside(findings: Sequence[Finding]) -> Sequence[tuple[Finding, Sequence[Finding]]]:
    """What is to be read side by side with these findings, from whichever of them the note stands.

    Each finding whose note names others, with those; it is one of these, or it names one of these.
    """
    own = {finding.id for finding in findings}
    codes = {finding.code for finding in findings}
    naming = rows(
        select(Finding)
        .where(found_openly, or_(*(Finding.note.contains(code, autoescape=True) for code in codes)))
        .options(joinedload(Finding.case_audit))
        .order_by(Finding.id)
    ) if codes else []  # fmt: skip
    others = [one for one in naming if one.id not in own and codes.intersection(rules.codes_in(one.note))]
    holders = [*findings, *others]
    wanted = {code for holder in holders for code in rules.codes_in(holder.note)}
    named = select(Finding).where(Finding.code.in_(wanted)).options(joinedload(Finding.case_audit))
    by_code = {finding.code: finding for finding in rows(named)} if wanted else {}
    pairs = [
        (holder, [by_code[code] for code in rules.codes_in(holder.note) if code in by_code and code != holder.code])
        for holder in holders
    ]  # fmt: skip
    return [(holder, named_there) for holder, named_there in pairs if named_there]


def actions_answered_by(version: CourseVersion) -> Sequence[Action]:
    """The actions that this version of a course is the answer to, with their audits and findings."""
    return rows(
        select(Action)
        .where(Action.answered_by_id == version.id)
        .options(joinedload(Action.case_audit), selectinload(Action.findings))
        .order_by(Action.case_audit_id, Action.id)
    )


def actions_to_answer(version: CourseVersion | None = None) -> Sequence[Action]:
    """The actions of published audits about the content of courses that no version answers yet, and those that this
    one does."""
    about_content = and_(
        Action.answered_by_id.is_(None),
        Action.kind == ActionKind.COURSE_CONTENT,
        Action.case_audit.has(published),
    )
    own = Action.answered_by_id == version.id if version else false()
    return rows(
        select(Action)
        .where(or_(about_content, own))
        .options(joinedload(Action.case_audit))
        .order_by(Action.case_audit_id.desc(), Action.id)
    )


def _with_findings_and_actions() -> list[Any]:
    return [
        selectinload(CaseAudit.findings).selectinload(Finding.actions),
        selectinload(CaseAudit.findings).selectinload(Finding.agencies),
        selectinload(CaseAudit.actions).selectinload(Action.findings),
        selectinload(CaseAudit.actions).selectinload(Action.links),
        selectinload(CaseAudit.actions).joinedload(Action.answered_by).joinedload(CourseVersion.course),
    ]
