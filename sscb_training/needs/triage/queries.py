"""Questions about where findings lead, and which repeat an earlier one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.case_audits.models import CaseAudit, Finding, FindingKind
from sscb_training.case_audits.queries import published
from sscb_training.core.db import number, rows
from sscb_training.core.history import entries_about
from sscb_training.core.times import london_date
from sscb_training.needs.models import NeedStatus, NotTraining, TrainingNeed, need_finding
from sscb_training.needs.queries import needs_by_finding, needs_of, not_training_by_finding
from sscb_training.needs.reviews.models import NeedDecision
from sscb_training.needs.reviews.queries import last_closed_on
from sscb_training.needs.reviews.rules import re_opens
from sscb_training.needs.triage.models import recurring_finding

FOUND_AGAIN, TAKEN_BACK = "found again", "took back that it was found again"
"""What the history calls it that a finding is said to repeat an earlier one, and that it does not after all."""


class Leads(StrEnum):
    """Where a finding leads, in the order in which somebody has to look at them."""

    UNDECIDED = "undecided"
    NEEDS = "needs"
    ELSEWHERE = "elsewhere"

    @property
    def label(self) -> str:
        return {
            "undecided": "Nothing decided yet",
            "needs": "Leads to a need",
            "elsewhere": "Not a training matter",
        }[self.value]


@dataclass(frozen=True)
class Sorted:
    """A finding with what was decided about it."""

    finding: Finding
    needs: Sequence[TrainingNeed]
    not_training: NotTraining | None

    @property
    def leads(self) -> Leads:
        if self.needs:
            return Leads.NEEDS
        return Leads.ELSEWHERE if self.not_training else Leads.UNDECIDED

    @property
    def has_no_action(self) -> bool:
        return not self.finding.actions


def sorted_findings(*, audit_id: int | None = None, theme_id: int | None = None) -> Sequence[Sorted]:
    """Every published area for improvement, the latest audit first and in its order, each with where it leads."""
    query = (
        select(Finding)
        .join(CaseAudit, CaseAudit.id == Finding.case_audit_id)
        .where(published, Finding.kind == FindingKind.AREA_FOR_IMPROVEMENT)
        .options(
            joinedload(Finding.case_audit).joinedload(CaseAudit.theme),
            selectinload(Finding.actions),
        )
        .order_by(CaseAudit.month.desc(), CaseAudit.id.desc(), Finding.id)
    )
    if audit_id is not None:
        query = query.where(Finding.case_audit_id == audit_id)
    if theme_id is not None:
        query = query.where(CaseAudit.theme_id == theme_id)
    found = rows(query)
    needs, set_aside = needs_by_finding(found), not_training_by_finding(found)
    return [Sorted(one, needs.get(one.id, ()), set_aside.get(one.id)) for one in found]


def number_undecided() -> int:
    """How many published areas for improvement lead nowhere yet."""
    return number(
        select(func.count(Finding.id))
        .join(CaseAudit, CaseAudit.id == Finding.case_audit_id)
        .where(
            published,
            Finding.kind == FindingKind.AREA_FOR_IMPROVEMENT,
            Finding.id.not_in(select(need_finding.c.finding_id)),
            Finding.id.not_in(select(NotTraining.finding_id)),
        )
    )


def repeated_by(finding: Finding) -> Sequence[Finding]:
    """The earlier findings that this one repeats."""
    return rows(
        select(Finding)
        .join(recurring_finding, recurring_finding.c.earlier_id == Finding.id)
        .where(recurring_finding.c.finding_id == finding.id)
        .options(joinedload(Finding.case_audit))
        .order_by(Finding.id)
    )


def repeats_of(finding: Finding) -> Sequence[Finding]:
    """The later findings that repeat this one."""
    return rows(
        select(Finding)
        .join(recurring_finding, recurring_finding.c.finding_id == Finding.id)
        .where(recurring_finding.c.earlier_id == finding.id)
        .options(joinedload(Finding.case_audit))
        .order_by(Finding.id)
    )


def joined_by_repeating(finding: Finding, earlier: Finding) -> Sequence[TrainingNeed]:
    """The needs that the finding leads to only because it was said to repeat the earlier one.

    Not those that it led to before, or was linked to since, and not those of another finding that it repeats.
    """
    said = {
        entry.at
        for entry in entries_about(finding)
        if entry.verb == FOUND_AGAIN and entry.detail["earlier"] == earlier.code
    }
    needs = needs_of(finding)
    linked = {  # when each was linked last
        entry.subject_id: entry.at
        for entry in entries_about(*needs)
        if entry.verb == "linked" and entry.detail["finding"] == finding.code
    }
    others = [one for one in repeated_by(finding) if one.id != earlier.id]
    of_others = {need for found in needs_by_finding(others).values() for need in found}
    return [need for need in needs if linked.get(need.id) in said and need not in of_others]


@dataclass(frozen=True)
class TakenBack:
    """What was taken back on a day of why an audit re-opened a need: that its finding repeats an earlier one, or, without
    an earlier one, that this finding leads to the need, the last of the audit which did."""

    finding: Finding
    on: date
    earlier: str = ""


def taken_back(need: TrainingNeed, decisions: Iterable[NeedDecision]) -> Mapping[int, Sequence[TakenBack]]:
    """What was taken back of why an audit re-opened a need, by the decision's id; not what was said anew since."""
    caused = [one for one in decisions if one.cause_audit_id]
    if not caused:
        return {}
    audits = [one.cause_audit_id for one in caused]
    by_code = {one.code: one for one in rows(select(Finding).where(Finding.case_audit_id.in_(audits)))}
    about = [
        (entry, by_code[code])
        for entry in entries_about(need)
        if (code := entry.detail.get("finding")) in by_code
    ]
    linked = [(entry.at, finding) for entry, finding in about if entry.verb == "linked"]
    repeats = _repeats_taken_back(finding for _, finding in linked)
    unlinked = {  # the last of each audit
        finding.case_audit_id: TakenBack(finding, london_date(entry.at))
        for entry, finding in about
        if entry.verb == "unlinked"
    }
    leading = {finding.case_audit_id for finding in need.findings}
    found: dict[int, list[TakenBack]] = {}
    for one in caused:
        by_it = [finding for at, finding in linked if at == one.recorded_at]
        found[one.id] = [gone for finding in by_it for gone in repeats.get((finding.id, one.recorded_at), ())]
        if one.cause_audit_id in unlinked.keys() - leading:
            found[one.id].append(unlinked[one.cause_audit_id])
    return found


def _repeats_taken_back(findings: Iterable[Finding]) -> Mapping[tuple[int, datetime], Sequence[TakenBack]]:
    """What these findings were said to repeat and do not, by the finding's id and the moment at which that was said."""
    by_id = {one.id: one for one in findings}
    entries = [one for one in entries_about(*by_id.values()) if one.verb in (FOUND_AGAIN, TAKEN_BACK)]
    last = {(one.subject_id, one.detail["earlier"]): one for one in entries}
    found: dict[tuple[int, datetime], list[TakenBack]] = {}
    for said in entries:
        earlier = said.detail["earlier"]
        latest = last[said.subject_id, earlier]
        if said.verb == FOUND_AGAIN and latest.verb == TAKEN_BACK:
            gone = TakenBack(by_id[said.subject_id], london_date(latest.at), earlier)
            found.setdefault((said.subject_id, said.at), []).append(gone)
    return found


@dataclass(frozen=True)
class Earlier:
    """A finding that a later one may be said to repeat, where it leads, and which closed needs that would re-open.

    One that was closed after the later one was found `stays_closed`: nobody may say it before somebody re-opens it.
    """

    finding: Finding
    needs: Sequence[TrainingNeed]
    re_opens: Sequence[TrainingNeed]
    stays_closed: Sequence[TrainingNeed]


def earlier_findings(finding: Finding, *, asked: int | None = None) -> Sequence[Earlier]:
    """What a finding may be said to repeat, and is not yet, each with what that would do.

    The one that somebody `asked` for is among them, though it was said meanwhile, so that they are told so.
    """
    said = {one.id for one in repeated_by(finding)} - {asked}
    findings = [one for one in may_repeat(finding) if one.id not in said]
    needs, own = needs_by_finding(findings), needs_of(finding)
    closed = {
        need for theirs in needs.values() for need in theirs if need.status is NeedStatus.CLOSED
    }.difference(own)
    opens = set(re_opened_by(finding, closed))
    return [
        Earlier(
            one,
            theirs := needs.get(one.id, []),
            [need for need in theirs if need in opens],
            [need for need in theirs if need in closed - opens],
        )
        for one in findings
    ]


def re_opened_by(finding: Finding, needs: Iterable[TrainingNeed]) -> Sequence[TrainingNeed]:
    """Which of these needs re-open when the finding comes to lead to them: closed ones that its audit may re-open."""
    closed, audit = [need for need in needs if need.status is NeedStatus.CLOSED], finding.case_audit
    closed_on = last_closed_on(closed)
    return [
        need
        for need in closed
        if audit
        and need.id in closed_on
        and re_opens(
            is_re_audit=audit.re_audit_of_id is not None, month=audit.month, closed_on=closed_on[need.id]
        )
    ]


def may_repeat(finding: Finding) -> Sequence[Finding]:
    """The published areas for improvement of earlier audits: of its theme first, then of the audit that was looked at
    again."""
    if finding.case_audit is None:
        return []
    again, theme_id = finding.case_audit.re_audit_of_id, finding.theme_id or finding.case_audit.theme_id
    theirs = func.coalesce(Finding.theme_id, CaseAudit.theme_id)
    return rows(
        select(Finding)
        .join(Finding.case_audit)
        .where(
            published,
            Finding.kind == FindingKind.AREA_FOR_IMPROVEMENT,
            CaseAudit.id != finding.case_audit_id,
            CaseAudit.month <= finding.case_audit.month,
        )
        .options(joinedload(Finding.case_audit))
        .order_by(
            case((theirs == theme_id, 0), else_=1),
            case((CaseAudit.id == again, 0), else_=1),
            CaseAudit.month.desc(),
            Finding.id,
        )
    )
