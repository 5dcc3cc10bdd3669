"""What records needs, ties them to findings, and sets findings aside that training cannot mend."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial

from sqlalchemy import select

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Agency, Sector, StaffGroup
from sscb_training.case_audits.models import Action, ActionKind, Briefing, Finding, FindingKind
from sscb_training.core import history
from sscb_training.core.db import db, lock, only_if_free, row_or_none
from sscb_training.core.errors import Refused
from sscb_training.courses.models import CourseVersion
from sscb_training.needs import queries
from sscb_training.needs.models import (
    Elsewhere,
    Intervention,
    NeedAudience,
    NeedStatus,
    NotTraining,
    TrainingNeed,
)
from sscb_training.people.models import Person

Answer = AccreditationScheme | CourseVersion | Action | Briefing
Part = StaffGroup | Agency | Sector


class NeedRefused(Refused):
    """A need, or its tie to a finding, that may not stand as it is."""


def add_need(
    *, code: str, title: str, description: str = "", measure: str = "", basis: str = "", owner: str = "",
    staff_groups: Iterable[StaffGroup], sectors: Iterable[Sector] = (), agencies: Iterable[Agency] = (),
    excluded_sectors: Iterable[Sector] = (), excluded_agencies: Iterable[Agency] = (),
    findings: Iterable[Finding] = (), scheme: AccreditationScheme | None = None,
    from_version: CourseVersion | None = None, waits_for: Action | None = None, supports: Iterable[Answer] = (),
    target_percent: int | None = None, target_date: date | None = None, by: Person | None, now: datetime,
) -> TrainingNeed:  # fmt: skip
    """Record what a group of staff must be able to do.

    The scheme, the course version and the version that answers the action meet it, any of them; what only supports
    it never counts.
    """
    with only_if_free(partial(_refuse_taken_code, code)):
        need = TrainingNeed(code=code, recorded_at=now, findings=[], audience=[], interventions=[])
        _describe(need, title, description, measure, basis, owner, target_percent, target_date)
        db.session.add(need)
        _aim(need, staff_groups, sectors, agencies, excluded_sectors, excluded_agencies, now)
        counting: tuple[Answer | None, ...] = (scheme, from_version, waits_for)
        for answer in counting:
            if answer is not None:
                _answer(need, answer, True, now)
        for answer in supports:
            _answer(need, answer, False, now)
    history.record("recorded", need, by=by, at=now, **_facts(need))
    for finding in findings:
        link_finding(need, finding, by=by, now=now)
    return need


def change_need(
    need: TrainingNeed, *, title: str, description: str, measure: str, basis: str, owner: str,
    target_percent: int | None, target_date: date | None, by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Describe a need anew. Whom it is for, what answers it and the findings behind it stay."""
    lock(need)
    before = _facts(need)
    _describe(need, title, description, measure, basis, owner, target_percent, target_date)
    _record_changes(need, before, by=by, now=now)


def change_audience(
    need: TrainingNeed, *, staff_groups: Iterable[StaffGroup], sectors: Iterable[Sector] = (),
    agencies: Iterable[Agency] = (), excluded_sectors: Iterable[Sector] = (),
    excluded_agencies: Iterable[Agency] = (), by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Say anew whom a need is for, from now on: coverage as known before counts those whom it was for then."""
    lock(need)
    before = _facts(need)
    _aim(need, staff_groups, sectors, agencies, excluded_sectors, excluded_agencies, now)
    _record_changes(need, before, by=by, now=now)


def add_intervention(
    need: TrainingNeed, answer: Answer, *, counts: bool, by: Person | None, now: datetime
) -> Intervention:
    """Say what answers a need from now on. An action is one that changes a course, and is waited for.

    While a need waits for a course, no version that was named counts beside it: who was trained before would count.
    """
    lock(need)
    if any(answer in (i.scheme, i.from_version, i.waits_for, i.briefing) for i in need.interventions):
        raise NeedRefused(f"{_name(answer)} answers {need.code} already.")
    if counts:
        _refuse_both_named_and_waited_for(need, answer)
    intervention = _answer(need, answer, counts, now)
    history.record("answer added", need, by=by, at=now, **_told(intervention))
    return intervention


def add_non_training(
    need: TrainingNeed, *, text: str, owner: str, by: Person | None, now: datetime
) -> Intervention:
    """Say what else than training is done about a need, and who answers for it. It supports, and never counts."""
    lock(need)
    if not text.strip():
        raise NeedRefused("Say what is done.")
    intervention = Intervention(text=text, owner=owner, counts=False, recorded_at=now)
    need.interventions.append(intervention)
    history.record("answer added", need, by=by, at=now, **_told(intervention))
    return intervention


def take_away(intervention: Intervention, *, by: Person | None, now: datetime) -> None:
    """Say that it answers the need no more, from now on. Coverage as known before goes on counting it."""
    lock(intervention.need)
    lock(intervention)
    if intervention.withdrawn_at is None:
        intervention.withdrawn_at = now
        history.record("answer taken away", intervention.need, by=by, at=now, **_told(intervention))
        db.session.expire(intervention.need, ["interventions"])


def link_finding(need: TrainingNeed, finding: Finding, *, by: Person | None, now: datetime) -> None:
    """Say that the finding leads to the need. Linking twice changes nothing."""
    lock(finding)
    lock(need)
    if need.status is NeedStatus.CLOSED and finding not in need.findings:
        raise NeedRefused(f"{need.code} is closed. Re-open it first, with the reason.")
    refuse_no_need(finding)
    if finding not in need.findings:
        need.findings.append(finding)
        history.record("linked", need, by=by, at=now, finding=finding.code)
        history.record("linked to a need", finding, by=by, at=now, need=need.code)


def unlink_finding(need: TrainingNeed, finding: Finding, *, by: Person | None, now: datetime) -> None:
    """Say that the finding does not lead to the need after all."""
    lock(finding)
    if finding in need.findings:
        need.findings.remove(finding)
        history.record("unlinked", need, by=by, at=now, finding=finding.code)
        history.record("unlinked from a need", finding, by=by, at=now, need=need.code)


def mark_not_training(
    finding: Finding, *, reason: str, category: Elsewhere, went_to: str, by: Person | None, now: datetime
) -> NotTraining:
    """Decide that training cannot mend the finding, with the reason and where it went instead."""
    lock(finding)
    if not reason.strip():
        raise NeedRefused("Give the reason why training cannot mend this finding.")
    refuse_no_setting_aside(finding)
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
    history.record(
        "marked as not a training matter", finding, by=by, at=now,
        reason=reason if before in {None, reason} else [before, reason], needs_instead=category.label, went_to=went_to,
    )  # fmt: skip
    return decision


def take_back_not_training(finding: Finding, *, by: Person | None, now: datetime) -> None:
    """Open the question again whether the finding leads to a need."""
    lock(finding)
    decision = queries.not_training(finding)
    if decision is not None:
        history.record(
            "took back that it is not a training matter", finding, by=by, at=now, reason=decision.reason
        )
        db.session.delete(decision)


def refuse_no_need(finding: Finding) -> None:
    """Refuse a finding that can lead to no need as it stands."""
    if finding.kind is FindingKind.STRENGTH:
        raise NeedRefused("A strength leads to no need. Choose an area for improvement.")
    refuse_a_draft(finding)
    if queries.not_training(finding) is not None:
        raise NeedRefused(
            "This finding is marked as not a training matter. Take that back first, then link it to a need."
        )


def refuse_no_setting_aside(finding: Finding) -> None:
    """Refuse a finding of which it cannot be decided, as it stands, that training cannot mend it."""
    if finding.kind is FindingKind.STRENGTH:
        raise NeedRefused("A strength needs nothing mended. Choose an area for improvement.")
    refuse_a_draft(finding)
    if queries.needs_of(finding):
        raise NeedRefused("This finding leads to a need. Unlink it from every need first.")


def refuse_a_draft(finding: Finding) -> None:
    """Refuse a finding that leads nowhere yet, because its audit is not published."""
    if finding.case_audit is not None and finding.case_audit.is_draft:
        raise NeedRefused(
            "This finding stands in a draft. Publish the audit first, then decide where it leads."
        )


def _refuse_taken_code(code: str) -> None:
    if row_or_none(select(TrainingNeed).where(TrainingNeed.code == code)) is not None:
        raise NeedRefused(f"The code {code} is taken. Choose another one.")


def _describe(
    need: TrainingNeed, title: str, description: str, measure: str, basis: str, owner: str,
    target_percent: int | None, target_date: date | None,
) -> None:  # fmt: skip
    need.title, need.description, need.measure, need.basis = title, description, measure, basis
    need.owner, need.target_percent, need.target_date = owner, target_percent, target_date


def _aim(
    need: TrainingNeed, staff_groups: Iterable[StaffGroup], sectors: Iterable[Sector], agencies: Iterable[Agency],
    excluded_sectors: Iterable[Sector], excluded_agencies: Iterable[Agency], now: datetime,
) -> None:  # fmt: skip
    """Withdraw the parts of the audience that go, and add those that come; what stays is left alone."""
    wanted: set[tuple[Part, bool]] = {(group, False) for group in staff_groups}
    if not wanted:
        raise NeedRefused("Choose at least one staff group: a need without an audience cannot be covered.")
    named: list[Part] = [*sectors, *agencies]
    excluded: list[Part] = [*excluded_sectors, *excluded_agencies]
    wanted |= {(part, False) for part in named} | {(part, True) for part in excluded}
    _refuse_nobody(wanted)
    for row in list(need.audience):
        kept = (row.staff_group or row.agency or row.sector, row.excluded)
        if kept in wanted:
            wanted.remove(kept)
        else:
            row.withdrawn_at = now
    db.session.flush()  # a part that changes sides is withdrawn before it comes again
    for part, is_excluded in sorted(wanted, key=_in_order):
        need.audience.append(_part(part, is_excluded, now))
    db.session.flush()
    db.session.expire(need, ["audience"])


def _refuse_nobody(wanted: set[tuple[Part, bool]]) -> None:
    """Whatever is excluded is out; naming it as well can only be a slip."""
    out = {part for part, excluded in wanted if excluded}
    for part, excluded in sorted(wanted, key=_in_order):
        if not excluded and part in out:
            raise NeedRefused(f"{_name_of_part(part)} is both included and excluded. Choose one.")
        if not excluded and isinstance(part, Agency) and part.sector in out:
            raise NeedRefused(
                f"{part.name} is included, and its sector, {part.sector.label}, is excluded. Choose one."
            )


def _part(part: Part, excluded: bool, now: datetime) -> NeedAudience:
    if isinstance(part, StaffGroup):
        return NeedAudience(staff_group=part, recorded_at=now)
    if isinstance(part, Agency):
        return NeedAudience(agency=part, excluded=excluded, recorded_at=now)
    return NeedAudience(sector=part, excluded=excluded, recorded_at=now)


def _in_order(entry: tuple[Part, bool]) -> tuple[bool, str]:
    return entry[1], _name_of_part(entry[0])


def _name_of_part(part: Part) -> str:
    return part.label if isinstance(part, Sector) else part.name


def _refuse_both_named_and_waited_for(need: TrainingNeed, answer: Answer) -> None:
    counting = [i for i in need.interventions if i.counts]
    named = next((i.from_version for i in counting if i.from_version), None)
    if isinstance(answer, Action) and named is not None:
        raise NeedRefused(
            f"{need.code} is met by {_name(named)} now. Take that away first: once a need waits for a course, nobody"
            " counts who was trained before."
        )
    waited_for = next((i.waits_for for i in counting if i.waits_for), None)
    if isinstance(answer, CourseVersion) and waited_for is not None:
        raise NeedRefused(
            f"{need.code} waits for {waited_for.code}: only who is trained on the version that answers it counts."
            f" Take that away first, or let {_name(answer)} support the need."
        )


def _answer(need: TrainingNeed, answer: Answer, counts: bool, now: datetime) -> Intervention:
    if isinstance(answer, AccreditationScheme):
        intervention = Intervention(scheme=answer, counts=counts, recorded_at=now)
    elif isinstance(answer, CourseVersion):
        intervention = Intervention(from_version=answer, counts=counts, recorded_at=now)
    elif isinstance(answer, Action):
        intervention = Intervention(waits_for=answer, counts=counts, recorded_at=now)
        if answer.kind is not ActionKind.COURSE_CONTENT:
            raise NeedRefused(
                f"{answer.code} changes the content of no course. Only such an action is waited for."
            )
    else:
        intervention = Intervention(briefing=answer, counts=counts, recorded_at=now)
        if counts:
            raise NeedRefused(
                "A briefing supports a need. Only a course or an accreditation says who is trained."
            )
    need.interventions.append(intervention)
    return intervention


def _record_changes(
    need: TrainingNeed, before: dict[str, object], *, by: Person | None, now: datetime
) -> None:
    changes = {name: [before[name], after] for name, after in _facts(need).items() if before[name] != after}
    if changes:
        history.record("changed", need, by=by, at=now, **changes)


def _facts(need: TrainingNeed) -> dict[str, object]:
    """What the history keeps of a need, each as one value."""
    return {
        "code": need.code,
        "title": need.title,
        "description": need.description,
        "measure": need.measure,
        "basis": need.basis,
        "owner": need.owner,
        "staff_groups": ", ".join(group.name for group in need.staff_groups),
        "sectors": _sectors(need.sectors),
        "agencies": ", ".join(sorted(agency.name for agency in need.agencies)),
        "excluded_sectors": _sectors(need.excluded_sectors),
        "excluded_agencies": ", ".join(sorted(agency.name for agency in need.excluded_agencies)),
        "met_by": ", ".join(_name_of_answer(i) for i in need.interventions if i.counts),
        "target_percent": need.target_percent,
        "target_date": need.target_date,
    }


def _sectors(parts: Iterable[NeedAudience]) -> str:
    return ", ".join(sorted(part.sector.label for part in parts if part.sector))


def _told(intervention: Intervention) -> dict[str, object]:
    return {
        "answer": _name_of_answer(intervention),
        "owner": intervention.owner,
        "counts": intervention.counts,
    }


def _name_of_answer(i: Intervention) -> str:
    answer = i.scheme or i.from_version or i.waits_for or i.briefing
    return i.text if answer is None else _name(answer)


def _name(answer: Answer) -> str:
    if isinstance(answer, CourseVersion):
        return f"{answer.course.code} version {answer.number}"
    return f"the course that {answer.code} changes" if isinstance(answer, Action) else answer.code
