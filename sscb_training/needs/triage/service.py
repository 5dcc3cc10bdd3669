"""What decides where a finding leads: to needs, new or known, or elsewhere than to training."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert

from sscb_training.case_audits.models import Finding, FindingKind
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.needs import queries as needs_queries
from sscb_training.needs import service as needs
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.reviews.service import re_open_for
from sscb_training.needs.triage import queries
from sscb_training.needs.triage.models import recurring_finding
from sscb_training.people.models import Person


def lead_to(
    finding: Finding, wanted: Iterable[TrainingNeed], *, by: Person | None, now: datetime
) -> Sequence[TrainingNeed]:
    """Say to which needs the finding leads, these and no others. Those that were closed are re-opened, and given back."""
    lock(finding)
    before, after = (
        {need.id: need for need in needs_queries.needs_of(finding)},
        {need.id: need for need in wanted},
    )
    if not before and not after:
        raise needs.NeedRefused("Select the needs that it leads to.", about="needs")
    re_opened = []
    for need_id in sorted(after.keys() - before.keys()):
        if re_open_for(after[need_id], finding.case_audit, by=by, now=now) is not None:
            re_opened.append(after[need_id])
        needs.link_finding(after[need_id], finding, by=by, now=now)
    for need_id in sorted(before.keys() - after.keys()):
        needs.unlink_finding(before[need_id], finding, by=by, now=now)
    return re_opened


def found_again(
    finding: Finding, earlier: Finding, *, by: Person | None, now: datetime
) -> Sequence[TrainingNeed]:
    """Say that the finding repeats an earlier one, so that it leads to the same needs. Those re-opened are given back."""
    lock(finding)
    needs.refuse_a_draft(finding)
    if earlier.kind is FindingKind.STRENGTH or earlier.id not in {
        one.id for one in queries.may_repeat(finding)
    }:
        raise needs.NeedRefused("Choose an area for improvement that an earlier audit found.")
    if earlier.id in {one.id for one in queries.repeated_by(finding)}:
        raise needs.NeedRefused(f"{finding.code} is said to repeat {earlier.code} already.")
    db.session.execute(insert(recurring_finding).values(finding_id=finding.id, earlier_id=earlier.id))
    history.record(queries.FOUND_AGAIN, finding, by=by, at=now, earlier=earlier.code)
    both = [*needs_queries.needs_of(finding), *needs_queries.needs_of(earlier)]
    return lead_to(finding, both, by=by, now=now) if both else []


def take_back_found_again(
    finding: Finding, earlier: Finding, *, by: Person | None, now: datetime
) -> Sequence[TrainingNeed]:
    """Say that the finding does not repeat the earlier one after all. The needs that it led to only for that are given
    back: it leads to them no more. One that was re-opened for it stays so, because only the board closes a need."""
    lock(finding)
    if earlier.id not in {one.id for one in queries.repeated_by(finding)}:
        raise needs.NeedRefused(f"{finding.code} is not said to repeat {earlier.code} any more.")
    joined = queries.joined_by_repeating(finding, earlier)
    db.session.execute(
        delete(recurring_finding).where(
            recurring_finding.c.finding_id == finding.id, recurring_finding.c.earlier_id == earlier.id
        )
    )
    history.record(queries.TAKEN_BACK, finding, by=by, at=now, earlier=earlier.code)
    for need in joined:
        needs.unlink_finding(need, finding, by=by, now=now)
    return joined
