"""The page of the forecast, for board staff, and whose accreditations a figure counts, for an agency's lead too."""

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
from sscb_training.core.db import db
from sscb_training.core.pages import day_asked_for, page_asked_for, page_of, row_asked_for, unread_days
from sscb_training.core.roles import Role
from sscb_training.core.times import month, month_after
from sscb_training.needs.forecast import rules
from sscb_training.needs.forecast.rules import Lapses
from sscb_training.people.queries import ids_seen_by
from sscb_training.people.signed_in import current_person
from sscb_training.reports import rules as reports
from sscb_training.reports.lapses import queries
from sscb_training.reports.lapses.queries import AgencyLapses, Behind, Holders
from sscb_training.reports.routes import bp, file_asked_for
from sscb_training.reports.rules import Preset, Rate
from sscb_training.reports.use import queries as use
from sscb_training.reports.use import routes as use_routes
from sscb_training.reports.use import rules as use_rules

BY_MONTH = (
    "Month", "Scheme", "Lapse", "Booked a renewal", "To book", "Places needed", "No-show rate", "In force", "Whose", "As at",
)  # fmt: skip
BY_PERSON = ("Name", "Agency", "Staff group", "Scheme", "In force until", "Renewal", "As at")
DAYS = {"on": "As at", "from": "From", "to": "To"}
RENEWAL = {"booked": True, "to_book": False}
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
        last_days={first: month_after(first) - timedelta(days=1) for first in firsts},
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


@bp.get("/reports/lapses/people")
@allow(Role.AGENCY_LEAD, *STAFF)
def lapsing_people() -> ResponseReturnValue:
    """Whose accreditations a figure counts: of a scheme or an agency, that run out between days, with a renewal or none."""
    viewer, today = current_person(), clock.today()
    agencies = use_routes.agencies_seen_by(viewer)
    agency_id = use_routes.agency_asked_for(agencies, of_everybody=viewer.is_board_staff)
    names = {scheme.id: scheme.name for scheme in accreditation.schemes()}
    scheme_id = row_asked_for("scheme")
    scheme_id = scheme_id if scheme_id in names else None
    unread, on = unread_days(DAYS), day_asked_for("on", today)
    begin, until = (day_asked_for(one, on) if request.args.get(one) else None for one in ("from", "to"))
    booked = RENEWAL.get(request.args.get("renewal", ""))
    query = queries.people_behind(
        scheme_id, agency_id, begin=begin, until=until, booked=booked, on=on, now=clock.now()
    )
    if not unread and request.args.get("format"):
        everybody = (queries.Behind(*row) for row in db.session.execute(query))
        cells = (_person_cells(person, on) for person in everybody)
        if answer := file_asked_for(f"accreditations-{on}", BY_PERSON, cells):
            return answer
    page = page_of(query, page=page_asked_for(), scalars=False)
    people = [queries.Behind(*row) for row in page.items]
    return render_template(
        "reports/lapsing_people.html",
        page=page,
        people=people,
        seen=ids_seen_by(viewer, [person.person_id for person in people], on=today),
        scheme=names[scheme_id] if scheme_id else "",
        agency_id=agency_id,
        whose=agencies[agency_id] if agency_id else "All agencies",
        on=on,
        begin=begin,
        until=until,
        booked=booked,
        unread_days=unread,
        of_everybody=viewer.is_board_staff,
    )


def _person_cells(person: Behind, on: date) -> list[sheets.Cell]:
    renewal = "Booked" if person.has_booked else "Not booked"
    return [
        person.name, person.agency, person.staff_group, person.scheme, person.until or "No end", renewal, on
    ]  # fmt: skip


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
