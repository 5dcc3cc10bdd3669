"""What drops the draft of an edition that never came out. What came out stays as it is."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date
from sqlalchemy.exc import IntegrityError

from sscb_training.case_audits.briefings import queries
from sscb_training.case_audits.briefings.models import (
    BriefingItem,
    BriefingLink,
    BriefingTheme,
    DiscussionQuestion,
    NewsItem,
)
from sscb_training.case_audits.briefings.service import BriefingRefused, hold
from sscb_training.case_audits.models import Briefing, BriefingStatus, CaseAudit
from sscb_training.core import history
from sscb_training.core.db import Base, Moment, db
from sscb_training.people.models import Person

PLACED = (BriefingItem, BriefingTheme, BriefingLink)
READ: dict[type, Callable[[str], Any]] = {Date: date.fromisoformat, Moment: datetime.fromisoformat}


def discard(briefing: Briefing, *, by: Person, now: datetime) -> bool:
    """Drop a draft; whether the briefing is still there.

    A correction leaves it as it was before it; a first draft goes with all that is its own.
    """
    hold(briefing, BriefingStatus.DRAFT)
    if editions := queries.editions_of(briefing):
        history.record(queries.DROPPED, briefing, by=by, at=now, note=briefing.correction)
        briefing.status, briefing.correction = BriefingStatus.PUBLISHED, editions[0].note
        if briefing.before_correction is not None:
            _compose_as(briefing, briefing.before_correction)
        briefing.before_correction = None
        return True
    for one in (briefing, *briefing.audits):
        history.record(
            "draft briefing dropped", one, by=by, at=now, briefing=f"{briefing.code}: {briefing.title}"
        )
    _compose_as(briefing, {})
    try:
        with db.session.begin_nested():  # what still names it now, outside the briefing, is a need
            db.session.delete(briefing)
    except IntegrityError as error:
        raise BriefingRefused(
            "A need names this briefing among what answers it, or did once, and keeps that. It cannot be dropped."
        ) from error
    return False


def _compose_as(briefing: Briefing, kept: dict[str, Any]) -> None:
    """Compose it of what `queries.as_composed` kept, and of nothing else."""
    for name, value in _values(Briefing, kept.get("head", {})).items():
        setattr(briefing, name, value)
    briefing.audits = [db.session.get_one(CaseAudit, audit_id) for audit_id in kept.get("audits", ())]
    for model in PLACED:
        for row in queries.rows_of(model, briefing):
            db.session.delete(row)
        db.session.flush()
    told = {one["finding_id"] for one in kept.get(BriefingItem.__tablename__, ())}
    for finding in queries.strengths_of(briefing):
        if finding.id not in told:
            db.session.delete(finding)
    for written in (
        DiscussionQuestion,
        NewsItem,
    ):  # what teams discussed names its questions, so they keep their keys
        before = {one["id"]: one for one in kept.get(written.__tablename__, ())}
        for row in queries.rows_of(written, briefing):
            if row.id not in before:
                db.session.delete(row)
            for name, value in _values(written, before.get(row.id, {})).items():
                setattr(row, name, value)
    db.session.flush()
    for model in PLACED:
        for one in kept.get(model.__tablename__, ()):
            db.session.add(model(**_values(model, one) | {"id": None}))
    db.session.flush()


def _values(model: type[Base], kept: dict[str, Any]) -> dict[str, Any]:
    """What was kept as JSON, as the columns hold it."""
    columns = model.__table__.c
    reads = {name: READ[kind] for name in kept if (kind := type(columns[name].type)) in READ}
    return {name: reads[name](value) if value and name in reads else value for name, value in kept.items()}
