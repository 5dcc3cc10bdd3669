"""What records needs, ties them to findings, and sets findings aside that training cannot mend."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial

from sqlalchemy import select

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Sector, StaffGroup
from sscb_training.case_audits.models import Finding, FindingKind
from sscb_training.core import history
from sscb_training.core.db import db, lock, only_if_free, row_or_none
from sscb_training.core.errors import Refused
from sscb_training.courses.models import CourseVersion
from sscb_training.needs import queries
from sscb_training.needs.models import (
    Elsewhere,
    Intervention,
    NeedExcludedSector,
    NeedStatus,
    NotTraining,
    TrainingNeed,
)
from sscb_training.people.models import Person

Answer = AccreditationScheme | CourseVersion


class NeedRefused(Refused):
    """A need, or its tie to a finding, that may not stand as it is."""


def add_need(
    *, code: str, title: str, description: str = "", measure: str = "", basis: str = "",
    staff_groups: Iterable[StaffGroup], excluded_sectors: Iterable[Sector] = (), findings: Iterable[Finding] = (),
    scheme: AccreditationScheme | None = None, from_version: CourseVersion | None = None,
    supports: Iterable[Answer] = (), target_percent: int | None = None, target_date: date | None = None,
    by: Person | None, now: datetime,
) -> TrainingNeed:  # fmt: skip
    """Record what a group of staff must be able to do.

    The scheme and the course version meet it, either of them; what only supports it never counts.
    """
    with only_if_free(partial(_refuse_taken_code, code)):
        need = TrainingNeed(code=code, recorded_at=now, findings=[])
        _describe(need, title, description, measure, basis, target_percent, target_date)
        db.session.add(need)
        _aim(need, staff_groups, excluded_sectors)
        _answer(need, scheme, from_version, supports)
    history.record("recorded", need, by=by, at=now, **_facts(need))
    for finding in findings:
        link_finding(need, finding, by=by, now=now)
    return need


def change_need(
    need: TrainingNeed, *, title: str, description: str, measure: str, basis: str,
    staff_groups: Iterable[StaffGroup], excluded_sectors: Iterable[Sector],
    scheme: AccreditationScheme | None, from_version: CourseVersion | None,
    target_percent: int | None, target_date: date | None, by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Describe a need anew. What only supports it and the findings behind it stay."""
    lock(need)
    before = _facts(need)
    supports = [answer for i in need.interventions if not i.counts for answer in [i.scheme or i.from_version]]
    _describe(need, title, description, measure, basis, target_percent, target_date)
    _aim(need, staff_groups, excluded_sectors)
    _answer(need, scheme, from_version, [answer for answer in supports if answer is not None])
    changes = {name: [before[name], after] for name, after in _facts(need).items() if before[name] != after}
    history.record("changed", need, by=by, at=now, **changes)


def link_finding(need: TrainingNeed, finding: Finding, *, by: Person | None, now: datetime) -> None:
    """Say that the finding leads to the need. Linking twice changes nothing."""
    lock(finding)
    lock(need)
    if need.status is NeedStatus.CLOSED and finding not in need.findings:
        raise NeedRefused(f"{need.code} is closed. Re-open it first, with the reason.")
    if finding.kind is FindingKind.STRENGTH:
        raise NeedRefused("A strength leads to no need. Choose an area for improvement.")
    _refuse_a_draft(finding)
    if queries.not_training(finding) is not None:
        raise NeedRefused(
            "This finding is marked as not a training matter. Take that back first, then link it to a need."
        )
    if finding not in need.findings:
        need.findings.append(finding)
        history.record("linked", need, by=by, at=now, finding=finding.code)


def unlink_finding(need: TrainingNeed, finding: Finding, *, by: Person | None, now: datetime) -> None:
    """Say that the finding does not lead to the need after all."""
    lock(finding)
    if finding in need.findings:
        need.findings.remove(finding)
        history.record("unlinked", need, by=by, at=now, finding=finding.code)


def mark_not_training(
    finding: Finding, *, reason: str, category: Elsewhere, went_to: str, by: Person | None, now: datetime
) -> NotTraining:
    """Decide that training cannot mend the finding, with the reason and where it went instead."""
    lock(finding)
    if not reason.strip():
        raise NeedRefused("Give the reason why training cannot mend this finding.")
    if finding.kind is FindingKind.STRENGTH:
        raise NeedRefused("A strength needs nothing mended. Choose an area for improvement.")
    _refuse_a_draft(finding)
    if queries.needs_of(finding):
        raise NeedRefused("This finding leads to a need. Unlink it from every need first.")
    decision = queries.not_training(finding)
    before = decision.reason if decision else None
    settled = {
        "reason": reason,
        "category": category,
        "went_to": went_to,
        "decided_at": now,
        "decided_by_id": by.id if by else None,
    }
    if decision is None:
        decision = NotTraining(finding_id=finding.id, **settled)
        db.session.add(decision)
    for name, value in settled.items():
        setattr(decision, name, value)
    history.record("decided", decision, by=by, at=now, finding=finding.code, reason=reason,
                   category=category, went_to=went_to, before=before)  # fmt: skip
    return decision


def take_back_not_training(finding: Finding, *, by: Person | None, now: datetime) -> None:
    """Open the question again whether the finding leads to a need."""
    lock(finding)
    decision = queries.not_training(finding)
    if decision is not None:
        history.record("took back", decision, by=by, at=now, finding=finding.code, reason=decision.reason)
        db.session.delete(decision)


def _refuse_a_draft(finding: Finding) -> None:
    if finding.case_audit is not None and finding.case_audit.is_draft:
        raise NeedRefused(
            "This finding stands in a draft. Publish the audit first, then decide where it leads."
        )


def _refuse_taken_code(code: str) -> None:
    if row_or_none(select(TrainingNeed).where(TrainingNeed.code == code)) is not None:
        raise NeedRefused(f"The code {code} is taken. Choose another one.")


def _describe(
    need: TrainingNeed, title: str, description: str, measure: str, basis: str,
    target_percent: int | None, target_date: date | None,
) -> None:  # fmt: skip
    need.title, need.description, need.measure, need.basis = title, description, measure, basis
    need.target_percent, need.target_date = target_percent, target_date


def _aim(need: TrainingNeed, staff_groups: Iterable[StaffGroup], excluded_sectors: Iterable[Sector]) -> None:
    need.staff_groups = list(staff_groups)
    if not need.staff_groups:
        raise NeedRefused("Choose at least one staff group: a need without an audience cannot be covered.")
    wanted = set(excluded_sectors)
    need.excluded_sectors = [
        *(kept for kept in need.excluded_sectors if kept.sector in wanted),
        *(NeedExcludedSector(sector=sector)
          for sector in sorted(wanted - {kept.sector for kept in need.excluded_sectors})),
    ]  # fmt: skip


def _answer(
    need: TrainingNeed, scheme: AccreditationScheme | None, from_version: CourseVersion | None,
    supports: Iterable[Answer],
) -> None:  # fmt: skip
    """Set what answers the need, keeping the rows of answers that stay."""
    wanted: list[tuple[Answer, bool]] = [(answer, True) for answer in (scheme, from_version) if answer]
    wanted += [(answer, False) for answer in supports if answer not in (scheme, from_version)]
    standing = {(i.scheme or i.from_version, i.counts): i for i in need.interventions}
    need.interventions = [standing.get(entry) or _intervention(*entry) for entry in wanted]


def _intervention(answer: Answer, counts: bool) -> Intervention:
    if isinstance(answer, AccreditationScheme):
        return Intervention(scheme=answer, counts=counts)
    return Intervention(from_version=answer, counts=counts)


def _facts(need: TrainingNeed) -> dict[str, object]:
    """What the history keeps of a need, each as one value."""
    return {
        "code": need.code,
        "title": need.title,
        "description": need.description,
        "measure": need.measure,
        "basis": need.basis,
        "staff_groups": ", ".join(group.name for group in need.staff_groups),
        "excluded_sectors": ", ".join(excluded.sector.label for excluded in need.excluded_sectors),
        "met_by": ", ".join(_name(i.scheme or i.from_version) for i in need.interventions if i.counts),
        "target_percent": need.target_percent,
        "target_date": need.target_date,
    }


def _name(answer: Answer | None) -> str:
    if isinstance(answer, CourseVersion):
        return f"{answer.course.code} version {answer.number}"
    return answer.code if answer else ""
