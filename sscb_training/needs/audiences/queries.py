"""Questions about what may answer a need."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from sscb_training.case_audits.models import Action, ActionKind, Briefing, CaseAudit, action_finding
from sscb_training.case_audits.queries import published
from sscb_training.core.db import row_or_404, rows
from sscb_training.needs.models import Intervention, TrainingNeed, need_finding


def actions_that_change_courses() -> Sequence[Action]:
    """Every action about the content of a course, of a published audit, the latest audit's first."""
    return rows(
        select(Action)
        .join(CaseAudit, CaseAudit.id == Action.case_audit_id)
        .where(Action.kind == ActionKind.COURSE_CONTENT, published)
        .order_by(CaseAudit.month.desc(), Action.id)
    )


def changes_behind(need: TrainingNeed) -> Sequence[Action]:
    """The actions about the content of a course that answer the need's findings, and that it does not wait for."""
    waited_for = select(Intervention.waits_for_id).where(
        Intervention.need_id == need.id,
        Intervention.waits_for_id.is_not(None),
        Intervention.withdrawn_at.is_(None),
    )
    return rows(
        select(Action)
        .join(CaseAudit, CaseAudit.id == Action.case_audit_id)
        .join(action_finding, action_finding.c.action_id == Action.id)
        .join(need_finding, need_finding.c.finding_id == action_finding.c.finding_id)
        .where(
            need_finding.c.need_id == need.id,
            Action.kind == ActionKind.COURSE_CONTENT,
            Action.id.not_in(waited_for),
            published,
        )
        .order_by(Action.id)
    )


def briefings_to_name() -> Sequence[Briefing]:
    """Every briefing, latest month first."""
    return rows(select(Briefing).order_by(Briefing.published_month.desc(), Briefing.id.desc()))


def intervention_or_404(intervention_id: int) -> Intervention:
    """What answers a need, with the need."""
    return row_or_404(
        select(Intervention)
        .where(Intervention.id == intervention_id)
        .options(joinedload(Intervention.need), joinedload(Intervention.waits_for))
    )
