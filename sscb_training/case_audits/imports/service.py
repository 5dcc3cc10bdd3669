"""What keeps a file that was read without fault, and makes a draft of it."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete

from sscb_training.agencies.models import Agency
from sscb_training.case_audits import service as audits
from sscb_training.case_audits.imports import queries, rules
from sscb_training.case_audits.imports.models import AuditImport
from sscb_training.case_audits.indicators import service as indicators
from sscb_training.case_audits.models import CaseAudit, Indicator
from sscb_training.case_audits.service import AuditRefused
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date
from sscb_training.courses.models import Theme
from sscb_training.people.models import Person

KEPT = timedelta(days=7)
"""So long does a file wait for somebody's word."""


def receive(name: str, sheets: dict[str, Any], *, by: Person | None, now: datetime) -> AuditImport:
    """Keep the rows of a file until somebody has looked through them."""
    audit_import = AuditImport(
        name=name, sheets=sheets, uploaded_at=now, uploaded_by_id=by.id if by else None
    )
    db.session.add(audit_import)
    db.session.flush()
    return audit_import


def forget_old(*, now: datetime) -> int:
    """Forget the files that nobody came back to; how many they were."""
    gone = db.session.execute(delete(AuditImport).where(AuditImport.uploaded_at < now - KEPT))
    return cast("CursorResult[None]", gone).rowcount


def discard(audit_import: AuditImport) -> None:
    """Drop a file of which nothing was imported."""
    lock(audit_import)
    db.session.delete(audit_import)


def import_audit(audit_import: AuditImport, *, by: Person | None, now: datetime) -> CaseAudit:
    """Make a draft of the whole file, or nothing: every row is checked again, for codes may be taken by now."""
    lock(audit_import)
    checked = rules.check(audit_import.sheets, queries.known(), today=london_date(now))
    if checked.refused:
        raise AuditRefused("Some rows can no longer be imported. Nothing is imported.")
    who: dict[str, Any] = {"by": by, "now": now}
    case_audit = audits.record_audit(
        **_without(checked.audit, "theme_id", "agency_ids", "re_audit_of_id"),
        theme=db.session.get_one(Theme, checked.audit["theme_id"]),
        agencies=_agencies(checked.audit["agency_ids"]),
        re_audit_of=_row(CaseAudit, checked.audit["re_audit_of_id"]),
        **who,
    )
    found = {
        finding["code"]: audits.add_finding(
            **_without(finding, "agency_ids"), agencies=_agencies(finding["agency_ids"]), case_audit=case_audit, **who
        )
        for finding in checked.findings
    }  # fmt: skip
    for result in checked.results:
        indicator = _row(Indicator, result["indicator_id"]) or indicators.add_indicator(
            code=result["code"], text=result["text"], higher_is_better=result["higher_is_better"],
            theme=case_audit.theme, **who,
        )  # fmt: skip
        figures = {name: result[name] for name in ("numerator", "denominator", "cannot_tell", "note")}
        indicators.record_result(case_audit, indicator, **figures, **who)
    for action in checked.actions:
        answered = [found[code] for code in action["finding_codes"]]
        audits.add_action(case_audit, **_without(action, "finding_codes"), findings=answered, **who)
    history.record("imported", case_audit, by=by, at=now, file=audit_import.name)
    db.session.delete(audit_import)
    return case_audit


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _agencies(keys: list[int]) -> list[Agency]:
    return [db.session.get_one(Agency, key) for key in keys]


def _row(model: Any, key: int | None) -> Any:
    return db.session.get_one(model, key) if key is not None else None
