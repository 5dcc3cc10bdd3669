"""The forecast against people counted by hand."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Outcome
from sscb_training.core.db import db
from sscb_training.needs.forecast.rules import Lapses
from sscb_training.people.models import Person
from sscb_training.reports.lapses import queries
from sscb_training.reports.lapses.queries import AgencyLapses, RunningOut
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_register,
    make_scheme,
    make_training_session,
    make_version,
)

NEXT_MONTH = (TODAY.replace(day=1) + timedelta(days=32)).replace(day=10)


def test_each_person_counts_once_by_what_lasts_longest(
    hill_school: Agency, asha: Person, dev: Person
) -> None:
    version = make_version()
    scheme = make_scheme(version.course)
    elsewhere = make_agency(name="Elsewhere")
    make_membership(asha, elsewhere)
    make_accreditation(asha, scheme, expires_on=TODAY)
    make_accreditation(asha, scheme, expires_on=NEXT_MONTH)
    make_booking(make_training_session(version), person=asha)
    for_ever = make_person(agency=elsewhere)
    make_accreditation(for_ever, scheme, expires_on=None)
    make_accreditation(for_ever, scheme, expires_on=NEXT_MONTH)
    make_accreditation(make_person(agency=elsewhere), scheme, revoked_on=TODAY)
    gone = make_person(agency=elsewhere)
    changed(gone.memberships[0], valid_to=TODAY - timedelta(days=1))
    make_accreditation(gone, scheme, expires_on=NEXT_MONTH)

    everywhere = queries.holders(None, on=TODAY, now=NOW)[scheme.id]
    assert (everywhere.in_force, everywhere.without_agency) == (2, 1)
    assert everywhere.ending == [(NEXT_MONTH, Lapses(1, 1))]
    at_hill = queries.holders(hill_school.id, on=TODAY, now=NOW)[scheme.id]
    assert (at_hill.in_force, at_hill.without_agency) == (1, 0)
    until = TODAY + timedelta(days=700)
    assert queries.by_agency(scheme.id, None, until=until, on=TODAY, now=NOW) == [
        AgencyLapses(elsewhere.id, "Elsewhere", 2, Lapses(1, 1)),
        AgencyLapses(hill_school.id, "Hill School", 1, Lapses(1, 1)),
    ]
    assert queries.by_agency(None, hill_school.id, until=TODAY, on=TODAY, now=NOW) == [
        AgencyLapses(hill_school.id, "Hill School", 1, Lapses(0, 0))
    ]
    for until, lapses in [(NEXT_MONTH - timedelta(days=1), Lapses(0, 0)), (NEXT_MONTH, Lapses(1, 1))]:
        found = queries.running_out(None, until=until, on=TODAY, now=NOW)
        assert found == {scheme.id: RunningOut(2, lapses)}
    assert queries.running_out(hill_school.id, until=NEXT_MONTH, on=TODAY, now=NOW) == {
        scheme.id: RunningOut(1, Lapses(1, 1))
    }

    def behind(agency_id: int | None, **narrowed: Any) -> list[tuple[int, date | None, int]]:
        asked = {"begin": None, "until": None, "booked": None} | narrowed
        found = db.session.execute(queries.people_behind(scheme.id, agency_id, **asked, on=TODAY, now=NOW))
        return [(one.person_id, one.until, one.agencies) for one in (queries.Behind(*row) for row in found)]

    hers, for_ever_theirs = (asha.id, NEXT_MONTH, 2), (for_ever.id, None, 1)
    assert behind(None) == [hers, for_ever_theirs]
    assert behind(hill_school.id) == [(asha.id, NEXT_MONTH, 1)]
    assert behind(None, begin=NEXT_MONTH, until=NEXT_MONTH) == behind(None, booked=True) == [hers]
    assert behind(None, booked=False) == [for_ever_theirs]
    assert behind(None, until=TODAY) == behind(None, begin=NEXT_MONTH, until=TODAY) == []


def test_the_forecast_is_shown_and_kept_as_files(
    browser: Browser, asha: Person, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    assert "No accreditation is in force" in browser.get("/reports/lapses").text
    version = make_version(make_course())
    scheme = make_scheme(version.course, code="GCP2")
    make_accreditation(asha, scheme, expires_on=NEXT_MONTH)
    past = make_training_session(version, starts_at=NOW - timedelta(days=20))
    make_register(past)
    for outcome in (Outcome.ATTENDED, Outcome.DID_NOT_ATTEND):
        make_booking(past, outcome=outcome, outcome_on=TODAY - timedelta(days=20))

    page = browser.get("/reports/lapses")
    assert "50.0% (1 of 2 booked and not cancelled)" in page.text
    once = count_queries(lambda: browser.get("/reports/lapses"))
    answer = browser.get("/reports/lapses?format=csv", check=False).response.get_data(as_text=True)
    [line] = [
        one for one in csv.DictReader(io.StringIO(answer.removeprefix("\ufeff"))) if one["Lapse"] == "1"
    ]
    assert (line["Scheme"], line["To book"], line["Places needed"], line["In force"]) == (
        "GCP2",
        "1",
        "2",
        "1",
    )
    browser.get("/reports/lapses?format=xlsx&of=agencies", check=False)
    name = asha.name
    for link in page.soup.select("td a[href*='/reports/lapses/people']"):
        whose = browser.get(str(link["href"]))
        assert whose.text.count(name) == int(link.get_text().split()[0]), link
    file = browser.get("/reports/lapses/people?renewal=to_book&format=csv", check=False)
    assert name in file.response.get_data(as_text=True)
    assert "could not be read" in browser.get("/reports/lapses/people?on=soon").text
    assert "Nobody holds that now" in browser.get(f"/reports/lapses?agency={make_agency().id}").text

    other = make_scheme()
    for _ in range(2):
        make_accreditation(make_person(agency=make_agency()), other, expires_on=NEXT_MONTH)
    assert count_queries(lambda: browser.get("/reports/lapses")) == once
