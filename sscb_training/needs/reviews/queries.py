"""Questions about what was decided about needs, and which wait for the board."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.case_audits.models import Briefing, CaseAudit, Finding
from sscb_training.case_audits.queries import published
from sscb_training.core.db import db, number, row_or_none, rows
from sscb_training.core.times import at_london, london_date
from sscb_training.needs.models import NeedStatus, TrainingNeed, need_finding
from sscb_training.needs.queries import needs_in_order
from sscb_training.needs.reviews import rules
from sscb_training.needs.reviews.models import NeedDecision


def status_on(need: TrainingNeed, *, as_at: date, known_on: date) -> NeedStatus:
    """Where a need stood at the end of a day, as known on another."""
    return rules.status_after(rows(_known(as_at, known_on).where(NeedDecision.need_id == need.id)))


def in_their_order(need: TrainingNeed) -> Sequence[NeedDecision]:
    """Everything that was decided about a need, by the day from which it holds."""
    return rows(
        select(NeedDecision)
        .where(NeedDecision.need_id == need.id)
        .order_by(NeedDecision.decided_on, NeedDecision.number)
    )


def decisions_so_far(need: TrainingNeed) -> int:
    """How many decisions there are about a need."""
    return number(select(func.count(NeedDecision.id)).where(NeedDecision.need_id == need.id))


def statuses_on(*, as_at: date, known_on: date) -> dict[int, NeedStatus]:
    """Where every need stood, by its id."""
    decided = _by_need(_known(as_at, known_on))
    return {
        need_id: rules.status_after(decided.get(need_id, []))
        for need_id in db.session.scalars(select(TrainingNeed.id))
    }


def turns_between(since: date, until: date, *, known_on: date) -> dict[int, list[NeedDecision]]:
    """The closings and re-openings of each need after one day and up to another, by its id; and those of before that
    were recorded only after it, so that no report of the day has them."""
    decided = _by_need(_known(until, known_on).options(joinedload(NeedDecision.cause_audit)))
    return {
        need_id: [
            turn
            for turn in rules.turns(decisions)
            if turn.decided_on > since or london_date(turn.recorded_at) > since
        ]
        for need_id, decisions in decided.items()
    }


def _by_need(query: Select[*tuple[Any, ...]]) -> dict[int, list[NeedDecision]]:
    decided: dict[int, list[NeedDecision]] = {}
    for decision in rows(query):
        decided.setdefault(decision.need_id, []).append(decision)
    return decided


def decisions_about(need: TrainingNeed) -> Sequence[NeedDecision]:
    """Everything that was decided about a need, the latest recorded first."""
    return rows(
        select(NeedDecision)
        .where(NeedDecision.need_id == need.id)
        .options(joinedload(NeedDecision.by), joinedload(NeedDecision.cause_audit))
        .order_by(NeedDecision.number.desc())
    )


def begins_on(need: TrainingNeed) -> date:
    """The day from which there was anything to decide: when the first of its findings was made, or else recorded."""
    found = (
        select(func.min(func.coalesce(CaseAudit.month, Briefing.published_month)))
        .select_from(need_finding)
        .join(Finding, Finding.id == need_finding.c.finding_id)
        .outerjoin(Finding.case_audit)
        .outerjoin(Finding.briefing)
        .where(need_finding.c.need_id == need.id)
    )
    first: date | None = db.session.scalar(found)
    return first or london_date(need.recorded_at)


def latest_of_the_board(need: TrainingNeed) -> NeedDecision | None:
    """The last thing that the board decided about a need."""
    return row_or_none(_of_the_board().where(NeedDecision.need_id == need.id))


def last_closing(need: TrainingNeed) -> NeedDecision | None:
    """The decision by which a need was last closed."""
    return row_or_none(
        _of_the_board().where(NeedDecision.need_id == need.id, NeedDecision.status == NeedStatus.CLOSED)
    )


def last_closed_on(needs: Collection[TrainingNeed]) -> Mapping[int, date]:
    """The day on which each of these needs was last closed, by the need's id."""
    closings = select(NeedDecision).where(
        NeedDecision.need_id.in_([need.id for need in needs]), NeedDecision.status == NeedStatus.CLOSED
    )
    return {need_id: closing.decided_on for need_id, closing in _latest_by_need(closings).items()}


def re_audits_behind(need: TrainingNeed) -> Sequence[CaseAudit]:
    """The published audits that looked again at what the need's audits found, the latest first."""
    found = select(Finding.case_audit_id).join(need_finding).where(need_finding.c.need_id == need.id)
    return rows(
        select(CaseAudit)
        .where(published, CaseAudit.re_audit_of_id.in_(found))
        .options(joinedload(CaseAudit.re_audit_of), selectinload(CaseAudit.findings))
        .order_by(CaseAudit.month.desc(), CaseAudit.id.desc())
    )


@dataclass(frozen=True)
class ForReview:
    """A need that the board has to look at, because of a decision: its target was reached, or a day was set."""

    need: TrainingNeed
    because: NeedDecision
    due_on: date


def ready_to_review() -> Sequence[ForReview]:
    """The needs that reached their target and wait for the board, the longest wait first."""
    reached = _latest_by_need(select(NeedDecision).where(NeedDecision.status == NeedStatus.READY_TO_REVIEW))
    found = [
        ForReview(need, reached[need.id], reached[need.id].decided_on)
        for need in needs_in_order()
        if need.status is NeedStatus.READY_TO_REVIEW and need.id in reached
    ]
    return sorted(found, key=lambda one: one.due_on)


def due_for_review(*, on: date) -> Sequence[ForReview]:
    """The other needs that the board said it would look at again by this day, the longest due first."""
    settled = _latest_by_need(select(NeedDecision).where(~NeedDecision.by_coverage))
    found = [
        ForReview(need, decision, decision.review_on)
        for need in needs_in_order()
        if need.status is not NeedStatus.READY_TO_REVIEW
        and (decision := settled.get(need.id)) is not None
        and decision.review_on is not None
        and decision.review_on <= on
    ]
    return sorted(found, key=lambda one: one.due_on)


def number_to_review(*, on: date) -> int:
    """How many needs `ready_to_review` and `due_for_review` would name."""
    latest = (
        select(func.max(NeedDecision.number))
        .where(NeedDecision.need_id == TrainingNeed.id, ~NeedDecision.by_coverage)
        .correlate(TrainingNeed)
        .scalar_subquery()
    )
    is_due = exists().where(
        NeedDecision.need_id == TrainingNeed.id, NeedDecision.number == latest, NeedDecision.review_on <= on
    )
    waits = or_(TrainingNeed.status == NeedStatus.READY_TO_REVIEW, is_due)
    return number(select(func.count(TrainingNeed.id)).where(waits))


def _latest_by_need(query: Select[*tuple[Any, ...]]) -> dict[int, NeedDecision]:
    return {decision.need_id: decision for decision in rows(query.order_by(NeedDecision.number))}


def _known(as_at: date, known_on: date) -> Select[*tuple[Any, ...]]:
    return (
        select(NeedDecision)
        .where(
            NeedDecision.decided_on <= as_at,
            NeedDecision.recorded_at < at_london(known_on + timedelta(days=1)),
        )
        .order_by(NeedDecision.decided_on, NeedDecision.number)
    )


def _of_the_board() -> Select[*tuple[Any, ...]]:
    return select(NeedDecision).where(~NeedDecision.by_coverage).order_by(NeedDecision.number.desc())
