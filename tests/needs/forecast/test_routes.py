"""The page of a forecast, its files and the board's assumptions."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from sscb_training.bookings.models import Outcome
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.needs.forecast.rules import Point
from sscb_training.needs.service import add_intervention
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    make_accreditation,
    make_agency,
    make_booking,
    make_headcount,
    make_need,
    make_person,
    make_scheme,
    make_training_session,
    make_version,
)

pytestmark = pytest.mark.one_database


def rows_of(browser: Browser, address: str) -> list[dict[str, str]]:
    text = browser.get(address, check=False).response.get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    ("low", "high", "between", "words"),
    [
        (32, 32, "nothing is scheduled or runs out that changes it", "16%"),
        (32, 33, "between 32 and 33 people", "16%"),
        (20, 61, "between 10% and 30% of the headcount", "16% (10% to 30%)"),
    ],
)
def test_an_interval_is_shown_where_there_is_one(
    app: Flask, low: int, high: int, between: str, words: str
) -> None:
    shown: Any = app.jinja_env.get_template("components/forecast.html").module
    point = Point(TODAY, 32, low, high, 204)

    assert (str(shown.between(point)), str(shown.point_words(point))) == (between, words)


def test_the_forecast_says_what_would_close_the_gap_and_can_be_changed(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    version = make_version()
    scheme = make_scheme(version.course)
    need = make_need(scheme=scheme)
    page = f"/needs/{need.id}/forecast"
    assert "Nobody to forecast" in browser.get(page).text

    school = make_agency(name="School")
    held = make_person(agency=school)
    make_accreditation(held, scheme, expires_on=TODAY + timedelta(days=40))
    assert "No headcount is supplied" in browser.get(page).text

    make_headcount(school, a_staff_group(), 50)
    make_training_session(version, capacity=10)
    assert "This need has no target" in browser.get(page).text
    need_with = make_need(scheme=scheme, target_percent=50, target_date=TODAY + timedelta(days=300))
    page = f"/needs/{need_with.id}/forecast"
    shown = browser.get(page)
    assert "nobody was counted" in shown.text
    assert "Sessions to schedule" in shown.text
    once = count_queries(lambda: browser.get(page))

    certain = f"{page}?filled=100&no_show=0&of_audience=100&passed=100&renewed=0&capacity=8"
    shown = browser.get(certain)
    assert "0% do not come" in shown.text
    assert "With 2 more sessions of 8 places, 26 of 50 people are expected to meet the need" in shown.text
    assert "52% of the headcount. That reaches the target of 50%." in shown.text
    lines = rows_of(browser, f"{certain}&format=csv&of=sessions")
    assert [(one["More sessions"], one["Expected in force"], one["Expected %"]) for one in lines] == [
        ("0", "10", "20"),
        ("1", "18", "36"),
        ("2", "26", "52"),
        ("4", "42", "84"),
    ]
    assert [
        one["Places for its people"] for one in rows_of(browser, f"{certain}&format=csv&of=agencies")
    ] == ["25"]
    months = rows_of(browser, f"{certain}&sessions=1&format=csv")
    assert len(months) == 24
    assert (months[-1]["Expected in force"], months[-1]["More sessions by then"]) == ("18", "1")
    assert sum(int(one["Run out"]) for one in months) == 1
    browser.get(f"{certain}&format=xlsx", check=False)
    wrong = browser.get(f"{page}?no_show=101&sessions=x&as_at=never")
    assert "The percentage who do not come must be a whole number between 0 and 100" in wrong.text
    assert "The number of sessions must be a whole number between 0 and 60" in wrong.text
    boxes = wrong.soup.select("#filter-sessions, #filter-no_show")
    assert [box["value"] for box in boxes] == ["x", "101"], "as typed"

    past = make_training_session(version, starts_at=NOW - timedelta(days=90), closed_at=NOW)
    for _ in range(25):
        person = make_person(agency=make_agency())
        make_booking(
            past,
            person=person,
            outcome=Outcome.ATTENDED,
            outcome_on=london_date(past.starts_at),
            outcome_recorded_at=past.starts_at,
        )
        make_accreditation(person, scheme)
    assert "0% (0 of 25; between 0% and 14%)" in browser.get(page).text
    assert count_queries(lambda: browser.get(page)) == once


@pytest.mark.parametrize("by_scheme", [False, True])
def test_a_need_for_which_no_course_counts_is_forecast_without_sessions(
    browser: Browser, cara: Person, by_scheme: bool
) -> None:
    need = make_need(scheme=make_scheme() if by_scheme else None, target_percent=50)
    make_headcount(make_agency(), a_staff_group(), 50)
    page = f"/needs/{need.id}/forecast"

    shown = browser.signed_in(cara).get(page)
    assert "No course counts for it yet, so no session would bring anybody in force." in shown.text
    assert shown.link("Add an answer") == f"/needs/{need.id}/answers/new"
    assert "Sessions to schedule No course counts yet" in shown.text
    assert not re.search("Plan (a session|one)|What more sessions|That reaches", shown.text)

    with transaction():
        add_intervention(need, make_version(), counts=True, by=cara, now=NOW)
    assert "That reaches the target of 50%." in browser.get(page).text
    assert "No course counts for it yet" in browser.get(f"{page}?known_on={TODAY - timedelta(days=1)}").text


def test_administrators_set_what_forecasts_assume(browser: Browser, ada: Person) -> None:
    browser.signed_in(ada)

    refused = browser.submit("/settings/forecast", assumed_no_show="101")
    assert "must be between 0 and 100" in refused.errors[0]

    assert "15% stay away" in browser.submit("/settings/forecast", assumed_no_show="15").text
