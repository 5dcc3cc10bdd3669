"""What records audits, findings and actions.

Every text is refused when it holds what looks like a child's: the board learns from cases and keeps none.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select, update

from sscb_training.agencies.models import Agency
from sscb_training.case_audits import queries
from sscb_training.case_audits.models import (
    Action,
    ActionAnswer,
    ActionKind,
    ActionStatus,
    AuditKind,
    Briefing,
    CaseAudit,
    Finding,
    FindingKind,
)
from sscb_training.core import history, identifying
from sscb_training.core.db import db, lock, only_if_free, row_or_none
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion, Theme
from sscb_training.people.models import Person


class AuditRefused(Refused):
    """An audit, a finding or an action that may not stand as it is."""


def record_audit(
    *, code: str, title: str, theme: Theme, month: date, focus: str, kind: AuditKind = AuditKind.CASE_AUDIT,
    period_begin: date | None = None, period_end: date | None = None, method: str = "",
    sample_size: int | None = None, agencies: Iterable[Agency] = (), source: str = "",
    re_audit_of: CaseAudit | None = None, by: Person | None, now: datetime,
) -> CaseAudit:  # fmt: skip
    """Begin the draft of an audit; any day of its month will do."""
    refuse_a_childs(title, focus, method, source)
    _refuse_periods_out_of_order(period_begin, period_end)
    _refuse_what_came_later(re_audit_of, month)
    with only_if_free(partial(refuse_taken_code, CaseAudit, code)):
        case_audit = CaseAudit(
            code=code, title=title, theme=theme, month=month.replace(day=1), focus=focus, kind=kind,
            period_begin=period_begin, period_end=period_end, method=method, sample_size=sample_size,
            agencies=list(agencies), source=source, re_audit_of=re_audit_of, recorded_at=now,
        )  # fmt: skip
        db.session.add(case_audit)
    history.record("recorded", case_audit, by=by, at=now, code=code, month=case_audit.month)
    return case_audit


def change_audit(
    case_audit: CaseAudit, *, title: str, theme: Theme, month: date, focus: str, kind: AuditKind,
    period_begin: date | None, period_end: date | None, method: str, sample_size: int | None,
    agencies: Iterable[Agency], source: str, re_audit_of: CaseAudit | None,
    by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Go on with a draft, or correct what is published: the history keeps what it said before."""
    lock(case_audit)
    refuse_a_childs(title, focus, method, source)
    _refuse_periods_out_of_order(period_begin, period_end)
    _refuse_what_came_later(re_audit_of, month)
    _refuse_what_came_before(case_audit, month)
    if not case_audit.is_draft:
        _refuse_a_month_to_come(month, now)
    before = _told(case_audit)
    changes = history.amend(
        case_audit, title=title, month=month.replace(day=1), focus=focus, kind=kind, period_begin=period_begin,
        period_end=period_end, method=method, sample_size=sample_size, source=source,
    )  # fmt: skip
    case_audit.theme, case_audit.re_audit_of = theme, re_audit_of
    case_audit.agencies = list(agencies)
    after = _told(case_audit)
    changes |= {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        history.record("changed", case_audit, by=by, at=now, **changes)


def publish_audit(case_audit: CaseAudit, *, by: Person | None, now: datetime) -> None:
    """Let its findings lead to needs, briefings and reports. It is never a draft again, but it may be corrected."""
    lock(case_audit)
    if not case_audit.is_draft:
        raise AuditRefused("This audit is published already.")
    if not case_audit.findings and not case_audit.results:
        raise AuditRefused("Add what was found before you publish: it has no finding and no result yet.")
    _refuse_a_month_to_come(case_audit.month, now)
    case_audit.published_at = now
    history.record("published", case_audit, by=by, at=now, code=case_audit.code)


def add_finding(
    *, code: str, kind: FindingKind, text: str, case_audit: CaseAudit | None = None,
    briefing: Briefing | None = None, theme: Theme | None = None, agencies: Iterable[Agency] = (), note: str = "",
    named: str = "", source: str = "", by: Person | None, now: datetime,
) -> Finding:  # fmt: skip
    """Add what was found, to an audit or, for a strength across the audits, to a briefing alone.

    `agencies` are those that the audit says it of; where it says nothing, it is of all.
    """
    refuse_a_childs(text, note, named, source)
    if case_audit is None and (briefing is None or kind is not FindingKind.STRENGTH):
        raise AuditRefused(
            "Choose the audit that found this. Only a strength may belong to a briefing alone."
        )
    with only_if_free(partial(refuse_taken_code, Finding, code)):
        finding = Finding(
            code=code, kind=kind, text=text, case_audit=case_audit, briefing=briefing,
            theme=theme or (case_audit.theme if case_audit else None), agencies=list(agencies), note=note,
            named=named, source=source,
        )  # fmt: skip
        db.session.add(finding)
    history.record("added", finding, by=by, at=now, code=code, kind=kind)
    return finding


def change_finding(
    finding: Finding, *, text: str, agencies: Iterable[Agency], note: str, named: str, source: str,
    by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Correct how a finding is put. Its code and kind stand: needs and actions rest on them."""
    lock(finding)
    refuse_a_childs(text, note, named, source)
    before = _names(finding.agencies)
    changes = history.amend(finding, text=text, note=note, named=named, source=source)
    finding.agencies = list(agencies)
    if _names(finding.agencies) != before:
        changes["agencies"] = [before, _names(finding.agencies)]
    if changes:
        history.record("changed", finding, by=by, at=now, **changes)


def add_action(
    case_audit: CaseAudit, *, code: str, text: str, kind: ActionKind, status: ActionStatus, owner: str = "",
    due_on: date | None = None, completed_on: date | None = None, evidence: str = "", note: str = "",
    findings: Iterable[Finding] = (), answered_by: CourseVersion | None = None, by: Person | None, now: datetime,
) -> Action:  # fmt: skip
    """Add what was decided. An owner or a date that nobody gave stays blank."""
    refuse_a_childs(text, owner, evidence, note)
    _refuse_completed_too_soon(status, completed_on, now)
    with only_if_free(partial(refuse_taken_code, Action, code)):
        action = Action(
            case_audit=case_audit, code=code, text=text, kind=kind, status=status, owner=owner, due_on=due_on,
            completed_on=completed_on, evidence=evidence, note=note, findings=list(findings),
        )  # fmt: skip
        db.session.add(action)
        if answered_by is not None:
            _answer(action, answered_by, now)
    history.record("added", action, by=by, at=now, code=code, status=status)
    return action


def change_action(
    action: Action, *, text: str, kind: ActionKind, status: ActionStatus, owner: str, due_on: date | None,
    completed_on: date | None, evidence: str, note: str, findings: Iterable[Finding], by: Person | None,
    now: datetime,
) -> None:  # fmt: skip
    """Correct how an action is put, or say how far it has come, what shows it, who answers for it and what it answers."""
    lock(action)
    refuse_a_childs(text, owner, evidence, note)
    _refuse_completed_too_soon(status, completed_on, now)
    changes = history.amend(
        action, text=text, kind=kind, status=status, owner=owner, due_on=due_on, completed_on=completed_on,
        evidence=evidence, note=note,
    )  # fmt: skip
    before = _codes(action.findings)
    action.findings = list(findings)
    if _codes(action.findings) != before:
        changes["findings"] = [before, _codes(action.findings)]
    if changes:
        history.record("changed", action, by=by, at=now, code=action.code, **changes)


def remove_finding(finding: Finding, *, by: Person | None, now: datetime) -> None:
    """Take a finding out of a draft."""
    case_audit = _draft_of(finding)
    history.record("removed a finding", case_audit, by=by, at=now, code=finding.code, text=finding.text)
    db.session.delete(finding)


def remove_action(action: Action, *, by: Person | None, now: datetime) -> None:
    """Take an action out of a draft."""
    case_audit = _draft_of(action)
    history.record("removed an action", case_audit, by=by, at=now, code=action.code, text=action.text)
    db.session.delete(action)


def discard_draft(case_audit: CaseAudit, *, by: Person | None, now: datetime) -> None:
    """Drop a draft with all that stands in it; the history keeps that there was one."""
    _hold_draft(case_audit)
    again = queries.re_audits_of(case_audit)
    if again:
        raise AuditRefused(f"{again[0].code} is a re-audit of this one. Change that first.")
    history.record("discarded", case_audit, by=by, at=now, code=case_audit.code, title=case_audit.title)
    for one in (*case_audit.actions, *case_audit.findings):
        db.session.delete(one)
    db.session.delete(case_audit)


def answer_actions(
    version: CourseVersion, actions: Iterable[Action], *, by: Person | None, now: datetime
) -> None:
    """Say which actions a version of a course is the answer to; those that it was and is no more are open again."""
    wanted = set(actions)
    before = set(queries.actions_answered_by(version))
    for action in sorted(wanted ^ before, key=lambda one: one.id):
        lock(action)
        if action in wanted and action.answered_by_id not in (None, version.id):
            raise AuditRefused(
                f"{action.code} was answered by another version meanwhile. Open the page again."
            )
        if action in wanted and action.case_audit.is_draft:
            raise AuditRefused(f"{action.code} stands in a draft. Publish the audit first.")
        _answer(action, version if action in wanted else None, now)
        name = f"{version.course.code} version {version.number}"
        verb = "answered" if action in wanted else "answer withdrawn"
        history.record(verb, action, by=by, at=now, code=action.code, version=name)
    db.session.flush()


def _answer(action: Action, version: CourseVersion | None, now: datetime) -> None:
    """Say what answers the action from now on, and keep what did until now."""
    action.answered_by = version
    db.session.flush()
    db.session.execute(
        update(ActionAnswer)
        .where(ActionAnswer.action_id == action.id, ActionAnswer.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    if version is not None:
        db.session.add(ActionAnswer(action=action, course_version=version, recorded_at=now))


def refuse_taken_code(model: Any, code: str) -> None:
    """Refuse a code that another row of the table has, in capitals or not, and one that looks like a child's number."""
    refuse_a_childs(code)
    if row_or_none(select(model).where(func.lower(model.code) == code.lower())) is not None:
        raise AuditRefused(f"The code {code} is taken. Choose another one.", about="code")


def _draft_of(one: Finding | Action) -> CaseAudit:
    if one.case_audit is None:
        raise AuditRefused("This stands in a briefing. Correct it instead of taking it out.")
    _hold_draft(one.case_audit)
    return one.case_audit


def _hold_draft(case_audit: CaseAudit) -> None:
    lock(case_audit)
    if not case_audit.is_draft:
        raise AuditRefused("This audit is published. Correct it instead of taking something out.")


def _refuse_periods_out_of_order(begin: date | None, end: date | None) -> None:
    if begin and end and end < begin:
        raise AuditRefused("The period must end on or after the day that it begins on.", about="period_end")


def _refuse_what_came_later(re_audit_of: CaseAudit | None, month: date) -> None:
    """What is audited again was audited before, which also keeps re-audits from running in a circle."""
    if re_audit_of is not None and re_audit_of.month >= month.replace(day=1):
        raise AuditRefused(
            f"{re_audit_of.code} is not of an earlier month. Choose the audit that came before.",
            about="re_audit_of",
        )


def _refuse_what_came_before(case_audit: CaseAudit, month: date) -> None:
    for again in queries.re_audits_of(case_audit):
        if again.month <= month.replace(day=1):
            raise AuditRefused(
                f"{again.code} is a re-audit of this one and must be of a later month.", about="month"
            )


def _refuse_a_month_to_come(month: date, now: datetime) -> None:
    """What is published would lead to needs, and re-open closed ones, before anybody looked at a case."""
    if month > london_date(now):
        raise AuditRefused(
            "An audit of a month to come stays a draft. Correct its month first.", about="month"
        )


def _refuse_completed_too_soon(status: ActionStatus, completed_on: date | None, now: datetime) -> None:
    if completed_on is not None and status is not ActionStatus.COMPLETED:
        raise AuditRefused(
            "Only a completed action was completed on a day. Say that it is completed, or leave it out.",
            about="completed_on",
        )
    if completed_on is not None and completed_on > london_date(now):
        raise AuditRefused(
            "The day on which it was completed must be today or in the past.", about="completed_on"
        )


def _told(case_audit: CaseAudit) -> dict[str, str]:
    """What the history keeps of the rows that an audit names."""
    return {
        "theme": case_audit.theme.name,
        "re_audit_of": case_audit.re_audit_of.code if case_audit.re_audit_of else "",
        "agencies": _names(case_audit.agencies),
    }


def _names(agencies: Iterable[Agency]) -> str:
    return ", ".join(sorted(agency.name for agency in agencies))


def _codes(findings: Iterable[Finding]) -> str:
    return ", ".join(sorted(finding.code for finding in findings))


def refuse_a_childs(*texts: str) -> None:
    """Refuse texts of which one holds what looks like a child's."""
    identifying.refuse_a_childs(*texts, refused=AuditRefused)
