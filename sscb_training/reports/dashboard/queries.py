"""What the pictures of the dashboard show; in as many queries for one need, agency or course as for a hundred."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from sscb_training.case_audits.indicators.queries import Series, verdicts_behind
from sscb_training.case_audits.models import CaseAudit
from sscb_training.case_audits.queries import published
from sscb_training.core.db import rows
from sscb_training.needs.coverage.queries import (
    AgencyCoverage,
    CountyCoverage,
    coverage_of_every_need,
    coverage_on,
    coverage_trend,
)
from sscb_training.needs.forecast.queries import LapseForecast, lapses
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.needs.queries import needs_in_order, needs_of_courses, waiting
from sscb_training.reports.dashboard import rules
from sscb_training.reports.use.queries import Filters, use_by_date
from sscb_training.reports.use.rules import Use


@dataclass(frozen=True)
class NeedShown:
    """A need that is not closed, how far the county has come, and why nobody can be trained for it yet, if so."""

    need: TrainingNeed
    figure: CountyCoverage
    held_up: str

    @property
    def is_reached(self) -> bool | None:
        """Whether it is at its target; None where it has none, or nobody knows."""
        percent, target = self.figure.percent, self.need.target_percent
        return None if percent is None or target is None else percent >= target

    @property
    def behind(self) -> int:
        """How many percentage points are missing."""
        return max(0, (self.need.target_percent or 0) - (self.figure.percent or 0))


@dataclass(frozen=True)
class OneNeed:
    """What is shown of one need: its agencies, its months, and what of it runs out."""

    need: TrainingNeed
    lines: Sequence[AgencyCoverage]
    county: CountyCoverage
    trend: Sequence[CountyCoverage]
    lapses: LapseForecast

    @property
    def gaps(self) -> list[AgencyCoverage]:
        """The agencies with people still to train, the most first, and then those of which nobody knows."""
        known = [line for line in self.lines if line.gap]
        unknown = [line for line in self.lines if line.gap is None]
        return [*sorted(known, key=lambda line: (-(line.gap or 0), line.name)), *unknown]


def needs_shown(*, on: date) -> list[NeedShown]:
    """Every need that is not closed, in the board's order."""
    figures, held = coverage_of_every_need(as_at=on, known_on=on), waiting(as_at=on, known_on=on)
    of_courses = needs_of_courses(known_on=on)

    def held_up(need: TrainingNeed) -> str:
        if need.id in held:
            return "waiting for the course"
        return "" if need.id in of_courses else "no course counts for it"

    return [
        NeedShown(need, figures.get(need.id) or CountyCoverage.nobody(need, on), held_up(need))
        for need in needs_in_order()
        if need.status is not NeedStatus.CLOSED
    ]


def one_need(need: TrainingNeed, *, on: date) -> OneNeed:
    """The need that the page shows closely."""
    lines, county = coverage_on(need, as_at=on, known_on=on)
    return OneNeed(
        need,
        lines,
        county,
        [*coverage_trend(need, as_at=on, known_on=on), county],
        lapses(need, as_at=on, known_on=on),
    )


def use_by_course(begin: date, end: date, *, now: datetime) -> tuple[list[rules.CourseUse], Use]:
    """How the dates of a period were used, by course, the most expected people first; and all together."""
    dates = use_by_date(Filters(begin, end), now=now)
    return rules.by_course([(one.course_id, one.title, one.use) for one in dates]), sum(
        (one.use for one in dates), Use()
    )


def re_audited() -> list[Series]:
    """What published re-audits saw of the indicators that an audit before them asked too."""
    audits = rows(select(CaseAudit).where(published, CaseAudit.re_audit_of_id.is_not(None)))
    return [series for series in verdicts_behind(audits) if series.verdict is not None]
