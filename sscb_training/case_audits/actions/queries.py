"""Questions about actions of all audits together. Those of drafts are not decided yet and are left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.case_audits.models import Action, ActionStatus, CaseAudit
from sscb_training.case_audits.queries import published
from sscb_training.core.db import db, rows
from sscb_training.courses.models import CourseVersion


class Due(StrEnum):
    """When an action is to be done."""

    OVERDUE = "overdue"
    COMING = "coming"
    NO_DATE = "no_date"

    @property
    def label(self) -> str:
        return {"overdue": "Overdue", "coming": "Still to come", "no_date": "No date given"}[self.value]


@dataclass(frozen=True)
class ActionFilters:
    """What a list of actions is narrowed by; `owner` "" is nobody, None is anybody."""

    status: ActionStatus | None = None
    owner: str | None = None
    due: Due | None = None
    theme_id: int | None = None


def actions_found(filters: ActionFilters, *, on: date) -> Select[*tuple[Any, ...]]:
    """Actions of published audits, those with a day first and the earliest of them before the rest."""
    query = (
        select(Action)
        .join(Action.case_audit)
        .where(published, *_narrowed(filters, on))
        .options(
            contains_eager(Action.case_audit),
            selectinload(Action.findings),
            selectinload(Action.links),
            joinedload(Action.answered_by).joinedload(CourseVersion.course),
        )
    )
    done = Action.status == ActionStatus.COMPLETED
    return query.order_by(done, Action.due_on.is_(None), Action.due_on, Action.id)


def _narrowed(filters: ActionFilters, on: date) -> Iterator[Any]:
    if filters.status is not None:
        yield Action.status == filters.status
    if filters.owner is not None:
        yield Action.owner == filters.owner
    if filters.theme_id is not None:
        yield CaseAudit.theme_id == filters.theme_id
    if filters.due is Due.OVERDUE:
        yield overdue(on)
    elif filters.due is Due.COMING:
        yield and_(Action.due_on >= on, Action.status != ActionStatus.COMPLETED)
    elif filters.due is Due.NO_DATE:
        yield Action.due_on.is_(None)


def overdue(on: date) -> Any:
    """The condition that an action is overdue on a day, as `Action.is_overdue` says of one."""
    return and_(Action.due_on < on, Action.status.in_([ActionStatus.PLANNED, ActionStatus.IN_PROGRESS]))


def action_owners() -> Sequence[str]:
    """Who answers for actions of published audits, by name; without those that nobody does."""
    owned = select(Action.owner).join(Action.case_audit).where(published, Action.owner != "")
    return rows(owned.distinct().order_by(Action.owner))


@dataclass(frozen=True)
class ActionCounts:
    """How many actions of published audits there are, and how many want something."""

    every: int
    overdue: int
    unowned: int
    undated: int


def action_counts(*, on: date) -> ActionCounts:
    """Those that are completed want neither an owner nor a day any more."""
    unfinished = Action.status != ActionStatus.COMPLETED
    counted = (
        func.count(),
        func.count().filter(overdue(on)),
        func.count().filter(unfinished, Action.owner == ""),
        func.count().filter(unfinished, Action.due_on.is_(None)),
    )
    query = select(*counted).select_from(Action).join(Action.case_audit).where(published)
    return ActionCounts(*db.session.execute(query).one())
