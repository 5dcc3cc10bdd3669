"""Each change of a need's status, and what it rested on."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.case_audits.models import CaseAudit
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.people.models import Person


class NeedDecision(Base):
    """A need's status from the day `decided_on`, as known since `recorded_at`. Rows are added and never changed.

    Those `by_coverage` are the service's own, because the figure reached the target or fell below it; the others are
    the board's. The figure and the target are kept as they were known then. The board looks again on `review_on`.
    """

    __tablename__ = "need_decision"

    need_id: Mapped[int] = belongs_to("training_need.id", index=False)
    number: Mapped[int]
    status: Mapped[NeedStatus] = mapped_column(words(NeedStatus))
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime]
    by_id: Mapped[int | None] = belongs_to("person.id")
    by_coverage: Mapped[bool] = mapped_column(default=False)
    minute_reference: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    statement: Mapped[str] = mapped_column(Text, default="")
    cause_audit_id: Mapped[int | None] = belongs_to("case_audit.id")
    review_on: Mapped[date | None]
    in_force: Mapped[int]
    headcount: Mapped[int | None]
    target_percent: Mapped[int | None]

    need: Mapped[TrainingNeed] = relationship()
    by: Mapped[Person | None] = relationship()
    cause_audit: Mapped[CaseAudit | None] = relationship()

    __table_args__ = (
        UniqueConstraint("need_id", "number"),
        CheckConstraint(
            "status <> 'closed' OR (minute_reference <> '' AND evidence <> '' AND statement <> '')",
            name="closed_with_its_evidence",
        ),
    )


@event.listens_for(NeedDecision, "before_update")
@event.listens_for(NeedDecision, "before_delete")
def _refuse_to_forget(_mapper: Any, _connection: Any, decision: NeedDecision) -> None:
    raise RuntimeError(f"Decision {decision.number} of need {decision.need_id} stands: add another one")
