"""The page of the forecast, for board staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.queries import current_agencies
from sscb_training.core import clock, sheets
from sscb_training.core.access import STAFF, allow
from sscb_training.core.pages import row_asked_for
from sscb_training.core.times import month, month_after
from sscb_training.needs.forecast import rules
from sscb_training.needs.forecast.rules import Lapses
from sscb_training.reports import rules as reports
from sscb_training.reports.lapses import queries
from sscb_training.reports.lapses.queries import AgencyLapses, Holders
from sscb_training.reports.routes import bp, file_asked_for
from sscb_training.reports.rules import Preset, Rate
from sscb_training.reports.use import queries as use
from sscb_training.reports.use import rules as use_rules

BY_MONTH = (
    "Month", "Scheme", "Lapse", "Booked a renewal", "To book", "Places needed", "No-show rate", "In force", "Whose", "As at",
)  # fmt: skip
BY_AGENCY = ("Agency", "In force", "Lapse", "Booked a renewal", "To book", "Until", "Scheme", "As at")


@dataclass(frozen=True)
class Forecast:
    """One scheme's months, out of how many in force, with the no-show rate of its courses."""

    scheme: AccreditationScheme
    holders: Holders
    months: Sequence[tuple[date, Lapses]]
    no_show: Rate

    @property
    def total(self) -> Lapses:
        return rules.total([lapses for _, lapses in self.months])

    def places(self, lapses: Lapses) -> int:
        return rules.places_needed(lapses.to_book, stay_away=self.no_show.part, of=self.no_show.whole)


@bp.get("/reports/lapses")
@allow(*STAFF)
def lapses() -> ResponseReturnValue:
    """Lapses by month, scheme and agency, of everybody or of one agency's people."""
    today, now = clock.today(), clock.now()
    agencies = {agency.id: agency.name for agency in current_agencies(today)}
    agency_id = row_asked_for("agency")
    agency_id = agency_id if agency_id in agencies else None
    every = accreditation.schemes()
    scheme_id = row_asked_for("scheme")
    chosen = [scheme for scheme in every if scheme.id == scheme_id] or every
    scheme_id = chosen[0].id if len(chosen) < len(every) else None
    forecasts = _forecasts(chosen, agency_id, today, now)
    firsts = rules.months(today)
    until = month_after(firsts[-1]) - timedelta(days=1)
    lines = queries.by_agency(scheme_id, agency_id, until=until, on=today, now=now)
    whose = agencies[agency_id] if agency_id else "All agencies"
    if request.args.get("of") == "agencies":
        code = chosen[0].code if scheme_id else "All schemes"
        answer = file_asked_for("lapses-by-agency", BY_AGENCY, _agency_cells(lines, until, code, today))
    else:
        answer = file_asked_for("lapses-by-month", BY_MONTH, _month_cells(forecasts, whose, today))
    if answer:
        return answer
    together = [
        (first, rules.total([forecast.months[place][1] for forecast in forecasts]))
        for place, first in enumerate(firsts)
    ]
    return render_template(
        "reports/lapses.html",
        today=today,
        until=until,
        forecasts=forecasts,
        together=together,
        total=rules.total([lapses for _, lapses in together]),
        in_force=sum(forecast.holders.in_force for forecast in forecasts),
        without_agency=sum(forecast.holders.without_agency for forecast in forecasts),
        lines=lines,
        agency_id=agency_id,
        scheme_id=scheme_id,
        whose=whose,
        agencies=agencies,
        schemes=[(scheme.id, scheme.name) for scheme in every],
    )


def _forecasts(
    schemes: Sequence[AccreditationScheme], agency_id: int | None, today: date, now: datetime
) -> list[Forecast]:
    held = queries.holders(agency_id, on=today, now=now)
    begin, end = reports.days_of(Preset.LAST_12_MONTHS, today=today)
    used = use.use_by_date(use.Filters(begin, end), now=now)
    found = []
    for scheme in schemes:
        courses = {course.id for course in scheme.courses}
        of_scheme = held.get(scheme.id, Holders(0, (), 0))
        uses = sum((one.use for one in used if one.course_id in courses), use_rules.Use())
        months = rules.by_month(of_scheme.ending, on=today)
        found.append(Forecast(scheme, of_scheme, months, use_rules.no_show(uses)))
    return found


def _month_cells(forecasts: Sequence[Forecast], whose: str, today: date) -> list[list[sheets.Cell]]:
    return [
        [
            month(first),
            forecast.scheme.code,
            lapses.lapse,
            lapses.booked,
            lapses.to_book,
            forecast.places(lapses),
            forecast.no_show.percent,
            forecast.holders.in_force,
            whose,
            today,
        ]
        for forecast in forecasts
        for first, lapses in forecast.months
    ]


def _agency_cells(
    lines: Sequence[AgencyLapses], until: date, code: str, today: date
) -> list[list[sheets.Cell]]:
    return [
        [
            line.agency,
            line.in_force,
            line.lapses.lapse,
            line.lapses.booked,
            line.lapses.to_book,
            until,
            code,
            today,
        ]
        for line in lines
    ]
