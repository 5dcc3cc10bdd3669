"""What records indicators and their results."""

from datetime import datetime
from functools import partial

from sqlalchemy import select

from sscb_training.case_audits.indicators import queries
from sscb_training.case_audits.models import CaseAudit, Indicator, IndicatorResult
from sscb_training.case_audits.service import AuditRefused, refuse_a_childs, refuse_taken_code
from sscb_training.core import history
from sscb_training.core.db import db, lock, only_if_free, row_or_none
from sscb_training.courses.models import Theme
from sscb_training.people.models import Person


def add_indicator(
    *, code: str, text: str, higher_is_better: bool, theme: Theme | None = None, by: Person | None, now: datetime
) -> Indicator:  # fmt: skip
    """Add a question that audits can ask of every case."""
    refuse_a_childs(text)
    with only_if_free(partial(refuse_taken_code, Indicator, code)):
        indicator = Indicator(code=code, text=text, higher_is_better=higher_is_better, theme=theme)
        db.session.add(indicator)
    history.record("added", indicator, by=by, at=now, code=code)
    return indicator


def change_indicator(
    indicator: Indicator, *, text: str, higher_is_better: bool, theme: Theme | None, by: Person | None, now: datetime
) -> None:  # fmt: skip
    """Put an indicator better, until a published audit has asked it: another question would be another indicator."""
    lock(indicator)
    refuse_a_childs(text)
    changes = history.amend(indicator, text=text, higher_is_better=higher_is_better)
    if changes and queries.is_measured_openly(indicator):
        raise AuditRefused(
            "A published audit has a result of this indicator, so its words must stand. Add another indicator."
        )
    indicator.theme = theme
    if changes:
        history.record("changed", indicator, by=by, at=now, **changes)


def record_result(
    case_audit: CaseAudit, indicator: Indicator, *, numerator: int, denominator: int, cannot_tell: int = 0,
    note: str = "", by: Person | None, now: datetime,
) -> IndicatorResult:  # fmt: skip
    """Record what an audit saw of an indicator, once."""
    lock(case_audit)
    refuse_a_childs(note)
    _refuse_what_cannot_be(numerator, denominator, cannot_tell)
    with only_if_free(partial(_refuse_second, case_audit, indicator)):
        result = IndicatorResult(
            case_audit=case_audit, indicator=indicator, numerator=numerator, denominator=denominator,
            cannot_tell=cannot_tell, note=note,
        )  # fmt: skip
        db.session.add(result)
    history.record(
        "recorded a result", case_audit, by=by, at=now, indicator=indicator.code, result=_words(result)
    )
    return result


def change_result(
    result: IndicatorResult, *, numerator: int, denominator: int, cannot_tell: int, note: str, by: Person | None,
    now: datetime,
) -> None:  # fmt: skip
    """Correct a result; the history of its audit keeps what it was."""
    lock(result)
    refuse_a_childs(note)
    _refuse_what_cannot_be(numerator, denominator, cannot_tell)
    before = _words(result)
    changes = history.amend(
        result, numerator=numerator, denominator=denominator, cannot_tell=cannot_tell, note=note
    )
    if changes:
        history.record(
            "corrected a result", result.case_audit, by=by, at=now, indicator=result.indicator.code,
            result=[before, _words(result)],
        )  # fmt: skip


def remove_result(result: IndicatorResult, *, by: Person | None, now: datetime) -> None:
    """Take a result out of a draft; what is published is corrected and never taken out."""
    case_audit = result.case_audit
    lock(case_audit)
    if not case_audit.is_draft:
        raise AuditRefused("This audit is published. Correct the result instead of taking it out.")
    case_audit.results.remove(result)
    history.record("removed a result", case_audit, by=by, at=now, indicator=result.indicator.code)


def _refuse_what_cannot_be(numerator: int, denominator: int, cannot_tell: int) -> None:
    if numerator > denominator:
        raise AuditRefused("It cannot be true of more cases than the auditors could tell of.")
    if not denominator and not cannot_tell:
        raise AuditRefused("Enter how many cases were looked at.", about="denominator")


def _refuse_second(case_audit: CaseAudit, indicator: Indicator) -> None:
    taken = select(IndicatorResult).where(
        IndicatorResult.case_audit_id == case_audit.id, IndicatorResult.indicator_id == indicator.id
    )
    if row_or_none(taken) is not None:
        raise AuditRefused(f"This audit has a result of {indicator.code} already. Change that one.")


def _words(result: IndicatorResult) -> str:
    words = f"{result.numerator} of {result.denominator}"
    words += f", cannot tell of {result.cannot_tell}" if result.cannot_tell else ""
    return f"{words}. {result.note}" if result.note else words
