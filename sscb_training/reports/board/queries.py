"""What a report asks that no other page does: what audits found and decided in a period, and what actions wait for."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import joinedload, undefer

from sscb_training.agencies.models import Agency
from sscb_training.case_audits.models import Action, ActionStatus, Briefing, CaseAudit, Finding, FindingKind
from sscb_training.case_audits.queries import published
from sscb_training.core.board import board_numbers
from sscb_training.core.db import Base, db, row_or_404, row_or_none, rows
from sscb_training.core.history import HistoryEntry
from sscb_training.core.times import at_london
from sscb_training.courses.models import CourseVersion
from sscb_training.needs.models import Intervention, NeedAudience, TrainingNeed
from sscb_training.needs.queries import stood
from sscb_training.people.models import Person
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.models import FrozenReport

LEAST_DAYS_BETWEEN = 90

Part = TypeVar("Part", Intervention, NeedAudience)
"""Of a need, from a day on and perhaps until another."""


def asked(
    begin: date,
    end: date,
    *,
    agency: Agency | None,
    is_published: bool,
    known_on: date,
    since: date | None,
    today: date,
) -> Asked:
    """What a report of a period is asked for; set beside the last frozen copy of its kind, or what was before the period.

    Needs are as at the period's last day, or today while it goes on.
    """
    as_at = min(end, today)
    if since is None:
        last = row_or_none(_copies_of(agency, is_published).where(FrozenReport.as_at < as_at))
        since = last.as_at if last else min(begin, as_at) - timedelta(days=1)
    return Asked(
        begin,
        end,
        as_at,
        min(known_on, today),
        since,
        board_numbers().published_below,
        agency,
        is_published,
    )


def copy_of_the_day_beside(asked: Asked) -> FrozenReport | None:
    """The last copy of the same kind of report as at the day that it is set beside."""
    return row_or_none(_copies_of(asked.agency, asked.is_published).where(FrozenReport.as_at == asked.since))


def _copies_of(agency: Agency | None, is_published: bool) -> Select[FrozenReport]:
    return (
        select(FrozenReport)
        .where(
            FrozenReport.agency_id.is_(None) if agency is None else FrozenReport.agency_id == agency.id,
            FrozenReport.is_published == is_published,
            FrozenReport.deleted_at.is_(None),
        )
        .order_by(FrozenReport.as_at.desc(), FrozenReport.id.desc())
    )


def published_near(day: date) -> FrozenReport | None:
    """A published copy less than a quarter away, of the same day too: the figures of both can be taken from each other."""
    near = timedelta(days=LEAST_DAYS_BETWEEN)
    return row_or_none(
        select(FrozenReport)
        .where(
            FrozenReport.is_published,
            FrozenReport.deleted_at.is_(None),
            FrozenReport.as_at > day - near,
            FrozenReport.as_at < day + near,
        )
        .order_by(FrozenReport.as_at.desc(), FrozenReport.id.desc())
    )


def copies_seen_by(viewer: Person, *, most: int | None = None) -> Sequence[FrozenReport]:
    """The frozen copies that the viewer may know of, the newest first: staff of all, a lead of their own agencies."""
    return rows(
        select(FrozenReport)
        .where(_seen_by(viewer))
        .options(joinedload(FrozenReport.agency), joinedload(FrozenReport.frozen_by))
        .order_by(FrozenReport.frozen_at.desc(), FrozenReport.id.desc())
        .limit(most)
    )


def copy_seen_by(viewer: Person, copy_id: int) -> FrozenReport:
    """A frozen copy, if the viewer may know of it; otherwise 404, as if it did not exist."""
    return row_or_404(
        select(FrozenReport)
        .where(FrozenReport.id == copy_id, _seen_by(viewer))
        .options(
            undefer(FrozenReport.content), joinedload(FrozenReport.agency), joinedload(FrozenReport.frozen_by)
        )
    )


def why_not_told(copy_id: int, _now: datetime) -> str:
    """A letter about a copy that was deleted leads nowhere."""
    copy = row_or_none(select(FrozenReport).where(FrozenReport.id == copy_id))
    return "" if copy is not None and copy.deleted_at is None else "The copy was deleted."


def _seen_by(viewer: Person) -> ColumnElement[bool]:
    return true() if viewer.is_board_staff else FrozenReport.agency_id.in_(viewer.leads_agency_ids)


@dataclass(frozen=True)
class Audited:
    """An audit with how many of each kind it found, how many actions it decided, and how many of these are done."""

    audit: CaseAudit
    areas: int
    strengths: int
    actions: int
    completed: int


def within(column: Any, begin: date, end: date) -> ColumnElement[bool]:
    """Whether a moment lies between two days, both included."""
    return and_(column >= at_london(begin), column < at_london(end + timedelta(days=1)))


def audits_recorded(begin: date, end: date) -> Sequence[Audited]:
    """The audits that were published in a period, the latest month first."""

    def count(*conditions: Any) -> Any:
        return select(func.count()).where(*conditions).correlate(CaseAudit).scalar_subquery()

    mine = Finding.case_audit_id == CaseAudit.id
    actions = Action.case_audit_id == CaseAudit.id
    query = (
        select(
            CaseAudit,
            count(mine, Finding.kind == FindingKind.AREA_FOR_IMPROVEMENT),
            count(mine, Finding.kind == FindingKind.STRENGTH),
            count(actions),
            count(actions, Action.status == ActionStatus.COMPLETED),
        )
        .where(published, within(CaseAudit.published_at, begin, end))
        .options(joinedload(CaseAudit.theme), joinedload(CaseAudit.re_audit_of))
        .order_by(CaseAudit.month.desc(), CaseAudit.id.desc())
    )
    return [Audited(*line) for line in db.session.execute(query).unique()]


def actions_waiting(on: date) -> Sequence[Action]:
    """The actions of audits published by a day that were not done on it and have no owner or were overdue, those
    overdue longest first. One that is done without a day counts as done all along."""
    not_done = or_(Action.status != ActionStatus.COMPLETED, Action.completed_on > on)
    return rows(
        select(Action)
        .join(Action.case_audit)
        .where(
            CaseAudit.published_at < at_london(on + timedelta(days=1)),
            not_done,
            or_(Action.owner == "", Action.due_on < on),
        )
        .options(joinedload(Action.case_audit))
        .order_by(Action.due_on.is_(None), Action.due_on, Action.case_audit_id, Action.id)
    )


def findings_since(day: date, until: date) -> Sequence[Finding]:
    """What the audits of a period found."""
    return rows(
        select(Finding)
        .join(Finding.case_audit)
        .where(published, within(CaseAudit.published_at, day + timedelta(days=1), until))
        .options(joinedload(Finding.case_audit))
        .order_by(Finding.case_audit_id, Finding.id)
    )


def answers_changed(day: date, until: date) -> Sequence[Intervention]:
    """What answered a need by the end of one of two days, and not of the other."""
    found = rows(
        select(Intervention)
        .where(_stood_on_one(Intervention, day, until))
        .options(
            joinedload(Intervention.scheme),
            joinedload(Intervention.from_version).joinedload(CourseVersion.course),
            joinedload(Intervention.waits_for),
            joinedload(Intervention.briefing),
        )
        .order_by(Intervention.need_id, Intervention.id)
    )
    return _not_put_back(found, lambda one: (one.need_id, one.name, one.counts))


def audience_changed(day: date, until: date) -> Sequence[NeedAudience]:
    """For whom a need was by the end of one of two days, and not of the other."""
    found = rows(
        select(NeedAudience)
        .where(_stood_on_one(NeedAudience, day, until))
        .order_by(NeedAudience.need_id, NeedAudience.id)
    )
    return _not_put_back(
        found, lambda one: (one.need_id, one.staff_group_id, one.sector, one.agency_id, one.excluded)
    )


def _stood_on_one(model: type[Intervention | NeedAudience], day: date, until: date) -> ColumnElement[bool]:
    before, after = (at_london(one + timedelta(days=1)) for one in (day, until))
    return stood(model, before) != stood(model, after)


def _not_put_back(found: Sequence[Part], same: Callable[[Part], Hashable]) -> Sequence[Part]:
    """Without what was taken away and put back: one row ended and another began, and nothing changed by that."""
    times = Counter(map(same, found))
    return [one for one in found if times[same(one)] == 1]


def briefings_since(day: date, until: date) -> Sequence[Briefing]:
    """The briefings that were published after a day, up to another."""
    return rows(
        select(Briefing)
        .where(
            Briefing.published_at.is_not(None), within(Briefing.published_at, day + timedelta(days=1), until)
        )
        .order_by(Briefing.published_at, Briefing.id)
    )


def actions_completed(day: date, until: date, *, known_on: date) -> Sequence[Action]:
    """The actions that were completed after a day, up to another; and those that were by the day, as was recorded only
    after it, so that no report of the day has them."""
    told = _changes(Action, day, known_on)
    late = [entry.subject_id for entry in told if "completed_on" in entry.detail]
    return rows(
        select(Action)
        .join(Action.case_audit)
        .where(
            published,
            Action.completed_on <= until,
            or_(Action.completed_on > day, Action.id.in_(late)),
        )
        .order_by(Action.completed_on, Action.id)
    )


def targets_moved(day: date, until: date) -> Mapping[int, Mapping[str, tuple[Any, Any]]]:
    """What the target of each need was by the end of one day and of another, as the history keeps it, by the need's id:
    its `target_percent` and `target_date`, each only where it moved."""
    found: dict[int, dict[str, tuple[Any, Any]]] = {}
    for entry in _changes(TrainingNeed, day, until):
        for name in ("target_percent", "target_date"):
            if name in entry.detail:
                was, became = entry.detail[name]
                moved = found.setdefault(entry.subject_id, {})
                moved[name] = moved.get(name, (was,))[0], became
    return {
        need_id: moved
        for need_id, every in found.items()
        if (moved := {name: pair for name, pair in every.items() if pair[0] != pair[1]})
    }


def _changes(model: type[Base], day: date, until: date) -> Sequence[HistoryEntry]:
    """What the history tells of changes of such rows after one day, up to another, the first one first."""
    return rows(
        select(HistoryEntry)
        .where(
            HistoryEntry.subject_type == model.__tablename__,
            HistoryEntry.verb == "changed",
            within(HistoryEntry.at, day + timedelta(days=1), until),
        )
        .order_by(HistoryEntry.id)
    )
