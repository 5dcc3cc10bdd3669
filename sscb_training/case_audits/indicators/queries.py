"""Questions about indicators: which there are, and how each came out from audit to audit."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from sscb_training.case_audits.indicators import rules
from sscb_training.case_audits.indicators.rules import Comparison, Seen, Verdict
from sscb_training.case_audits.models import CaseAudit, Indicator, IndicatorResult
from sscb_training.case_audits.queries import published
from sscb_training.core.db import db, row_or_404, rows


@dataclass(frozen=True)
class Point:
    """One audit's result, and what it says beside the one before; the first says nothing."""

    result: IndicatorResult
    comparison: Comparison | None

    @property
    def seen(self) -> Seen:
        return seen_in(self.result)


@dataclass(frozen=True)
class Series:
    """The same indicator in an audit and its re-audits, oldest first; never empty."""

    indicator: Indicator
    points: Sequence[Point]

    @property
    def latest(self) -> Point:
        return self.points[-1]

    @property
    def verdict(self) -> Verdict | None:
        """What the latest audit says; None when it was asked once and there is nothing to compare."""
        return self.latest.comparison.verdict if self.latest.comparison else None


def indicators_found(*, theme_id: int | None = None) -> Select[*tuple[Any, ...]]:
    """Indicators by code, each with in how many published audits it was asked."""
    audits = (
        select(func.count())
        .select_from(IndicatorResult)
        .join(CaseAudit, CaseAudit.id == IndicatorResult.case_audit_id)
        .where(IndicatorResult.indicator_id == Indicator.id, published)
        .correlate(Indicator)
        .scalar_subquery()
    )
    query = select(Indicator, audits).options(joinedload(Indicator.theme)).order_by(Indicator.code)
    return query if theme_id is None else query.where(Indicator.theme_id == theme_id)


def indicators() -> Sequence[Indicator]:
    """Every indicator, by code."""
    return rows(select(Indicator).order_by(Indicator.code))


def is_measured_openly(indicator: Indicator) -> bool:
    """Whether a published audit has a result of it, so that its words must stand."""
    asked = exists().where(
        IndicatorResult.indicator_id == indicator.id, IndicatorResult.case_audit.has(published)
    )
    return bool(db.session.scalar(select(asked)))


def result_in_full(result_id: int) -> IndicatorResult:
    """A result with its audit and its indicator; 404 when there is none."""
    return row_or_404(
        select(IndicatorResult)
        .where(IndicatorResult.id == result_id)
        .options(joinedload(IndicatorResult.case_audit), joinedload(IndicatorResult.indicator))
    )


def verdicts_of(case_audit: CaseAudit) -> Sequence[Series]:
    """Each indicator that this audit asked, up to this audit; drafts before it are left out."""
    found = _series(lambda first: {first[case_audit.id]}, including=case_audit)
    upto = [_until(one, case_audit) for one in found]
    return [one for one in upto if one and one.latest.result.case_audit_id == case_audit.id]


def not_asked_again(case_audit: CaseAudit) -> Sequence[Series]:
    """Each indicator that published audits before this one asked and this one did not."""
    found = _series(lambda first: {first[case_audit.id]}, including=case_audit)
    before = [_until(one, case_audit) for one in found]
    return [one for one in before if one and one.latest.result.case_audit_id != case_audit.id]


def verdicts_behind(audits: Iterable[CaseAudit]) -> Sequence[Series]:
    """Each indicator that these audits or published re-audits of them asked, to the latest: has practice changed?"""
    ids = {case_audit.id for case_audit in audits}
    return _series(lambda first: {first[one] for one in ids}) if ids else []


def series_of(indicator: Indicator) -> Sequence[Series]:
    """How an indicator came out in published audits; those that are no re-audits of one another stand apart."""
    return _series(lambda first: set(first.values()), indicator=indicator)


def _series(
    wanted: Any, *, including: CaseAudit | None = None, indicator: Indicator | None = None
) -> Sequence[Series]:
    """The series of the families that are wanted, in two queries: by the first audit, then by the indicator's code."""
    every = db.session.execute(select(CaseAudit.id, CaseAudit.re_audit_of_id))
    first = rules.families({audit.id: audit.re_audit_of_id for audit in every})
    chosen: Collection[int] = wanted(first)
    members = [audit for audit, root in first.items() if root in chosen]
    shown = published if including is None else or_(published, CaseAudit.id == including.id)
    about = [IndicatorResult.indicator_id == indicator.id] if indicator else []
    query = (
        select(IndicatorResult)
        .join(IndicatorResult.case_audit)
        .join(IndicatorResult.indicator)
        .where(and_(IndicatorResult.case_audit_id.in_(members), shown, *about))
        .options(joinedload(IndicatorResult.case_audit), joinedload(IndicatorResult.indicator))
        .order_by(CaseAudit.month, CaseAudit.id)
    )
    found: dict[tuple[int, str], list[IndicatorResult]] = {}
    for result in rows(query):
        found.setdefault((first[result.case_audit_id], result.indicator.code), []).append(result)
    return [_told(results) for _, results in sorted(found.items())]


def _told(results: Sequence[IndicatorResult]) -> Series:
    indicator = results[0].indicator
    said = rules.compare_each(
        [seen_in(result) for result in results], higher_is_better=indicator.higher_is_better
    )
    return Series(indicator, [Point(*point) for point in zip(results, said, strict=True)])


def _until(series: Series, case_audit: CaseAudit) -> Series | None:
    upto = [point for point in series.points if _order(point.result.case_audit) <= _order(case_audit)]
    return Series(series.indicator, upto) if upto else None


def _order(case_audit: CaseAudit) -> tuple[Any, int]:
    return case_audit.month, case_audit.id


def seen_in(result: IndicatorResult) -> Seen:
    """What an audit saw, as the rules take it."""
    return Seen(result.numerator, result.denominator, result.cannot_tell)
