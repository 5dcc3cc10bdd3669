"""Questions about audits and what they found. All of it is board staff's to see."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.case_audits import rules
from sscb_training.case_audits.models import Action, ActionKind, CaseAudit, Finding, FindingKind
from sscb_training.core.db import row_or_404, rows
from sscb_training.courses.models import CourseVersion


def audits_found(*, theme_id: int | None = None) -> Select[*tuple[Any, ...]]:
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
    return query if theme_id is None else query.where(CaseAudit.theme_id == theme_id)


def _count(audit_id: Any, *conditions: Any) -> Any:
    return (
        select(func.count())
        .where(audit_id == CaseAudit.id, *conditions)
        .correlate(CaseAudit)
        .scalar_subquery()
    )


published = CaseAudit.published_at.is_not(None)
"""The condition that an audit is no draft."""

found_openly = or_(Finding.case_audit_id.is_(None), Finding.case_audit.has(published))
"""The condition that a finding stands in no draft; a strength across the audits stands in none."""


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
            selectinload(Finding.actions),
        )
    )


def findings_that_notes_name(findings: Sequence[Finding]) -> Mapping[str, Finding]:
    """The findings whose codes stand in these findings' notes, by code: what to read beside them."""
    codes = {code for finding in findings for code in rules.codes_in(finding.note)}
    if not codes:
        return {}
    named = select(Finding).where(Finding.code.in_(codes)).options(joinedload(Finding.case_audit))
    return {finding.code: finding for finding in rows(named)}


def actions_answered_by(version: CourseVersion) -> Sequence[Action]:
    """The actions that this version of a course is the answer to, with their audits and findings."""
    return rows(
        select(Action)
        .where(Action.answered_by_id == version.id)
        .options(joinedload(Action.case_audit), selectinload(Action.findings))
        .order_by(Action.case_audit_id, Action.id)
    )


def actions_to_answer(version: CourseVersion | None = None) -> Sequence[Action]:
    """The actions about the content of courses that no version answers yet, and those that this one does."""
    about_content = and_(Action.answered_by_id.is_(None), Action.kind == ActionKind.COURSE_CONTENT)
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
        selectinload(CaseAudit.actions).selectinload(Action.findings),
        selectinload(CaseAudit.actions).joinedload(Action.answered_by).joinedload(CourseVersion.course),
    ]
