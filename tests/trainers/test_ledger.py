"""Trainer days by agency: only what was delivered, for the agency of that day; and the free places that they earn."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings.charges.models import Charge, ChargeState
from sscb_training.bookings.charges.service import take_back, waive
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus
from sscb_training.people.models import Person
from sscb_training.trainers import queries, service
from sscb_training.trainers.rules import Period
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_agency,
    make_booking,
    make_charge,
    make_course,
    make_membership,
    make_person,
    make_register,
    make_training_session,
    make_version,
)

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
YEAR = Period(date(2026, 4, 1), date(2027, 3, 31))


@pytest.fixture
def vale() -> Agency:
    return make_agency(name="Vale Housing", short_name="VALE")


@pytest.fixture
def una(vale: Agency) -> Person:
    return make_person("Una Trainer", agency=vale, roles=[Role.TRAINER])


def found(begin: date = YEAR.begin, end: date = YEAR.end) -> list[tuple[str, str, float]]:
    return [(one.agency, one.course, one.days) for one in queries.trainer_days(begin, end, now=NOW)]


def test_trainer_days_are_what_was_delivered_for_the_agency_of_that_day(
    tom: Person, una: Person, hill_school: Agency, vale: Agency
) -> None:
    """Story 7: part 2 was cancelled by snow. Tom changes agency between the two dates, as in story 3."""
    neglect, core = (make_version(make_course(title=title)) for title in ("Neglect", "Core groups"))
    snowed = make_training_session(neglect, parts=2, starts_at=NOW - 4 * WEEK, trainers=[tom, una])
    changed(snowed.parts[1], cancelled_at=NOW - 3 * WEEK)
    whole = make_training_session(core, starts_at=NOW - 2 * WEEK, trainers=[tom])
    changed(whole.parts[0], ends_at=whole.starts_at + timedelta(hours=6))
    make_register(whole, closed_at=None)
    make_training_session(core, starts_at=NOW - 2 * WEEK + timedelta(hours=7), trainers=[tom])  # the same day
    make_training_session(core, starts_at=NOW - DAY, trainers=[tom])  # between two jobs
    for status in (SessionStatus.CANCELLED, SessionStatus.DRAFT):
        make_training_session(core, starts_at=NOW - WEEK, trainers=[tom], status=status)
    make_training_session(core, starts_at=NOW - timedelta(hours=1), trainers=[tom])  # not over
    make_training_session(core, starts_at=NOW + WEEK, trainers=[tom])
    make_training_session(core, starts_at=NOW - WEEK)
    make_membership(tom, hill_school, valid_to=TODAY - 3 * WEEK)
    make_membership(tom, vale, valid_from=TODAY - 2 * WEEK, valid_to=TODAY - 2 * DAY)
    with transaction():
        service.correct_ledger(
            hill_school, trainer=None, on=TODAY, half_days=3, reason="Stood in.", by=None, now=NOW
        )

    assert found() == [
        ("Hill School", "Neglect", 0.5),
        ("Hill School", "Corrected by hand", 1.5),
        ("Vale Housing", "Core groups", 1.0),
        ("Vale Housing", "Neglect", 0.5),
        ("No agency", "Core groups", 0.5),
    ]
    day = (NOW - 4 * WEEK).date()
    assert found(day, day) == [("Hill School", "Neglect", 0.5), ("Vale Housing", "Neglect", 0.5)]
    assert found(day + DAY, day + 2 * DAY) == []


def test_trainer_days_take_the_same_queries_for_one_and_for_many(
    tom: Person, una: Person, hill_school: Agency, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    make_membership(tom, hill_school)
    make_training_session(starts_at=NOW - WEEK, trainers=[tom])
    one = count_queries(found)
    for week in (2, 3):
        make_training_session(starts_at=NOW - week * WEEK, trainers=[tom, una])
    assert count_queries(found) == one
    accounts = count_queries(lambda: queries.accounts(YEAR, year=YEAR, now=NOW))
    make_training_session(starts_at=NOW - 4 * WEEK, trainers=[tom, una])
    assert count_queries(lambda: queries.accounts(YEAR, year=YEAR, now=NOW)) == accounts


def a_charge(agency: Agency, name: str = "Absent") -> Charge:
    person = make_person(name, agency=agency)
    return make_charge(make_booking(make_training_session(starts_at=NOW - WEEK), person=person))


def earn(agency: Agency, half_days: int) -> None:
    with transaction():
        service.set_earning_rule(valid_from=YEAR.begin, places_per_day=1, by=None, now=NOW)
        service.correct_ledger(
            agency, trainer=None, on=TODAY, half_days=half_days, reason="x", by=None, now=NOW
        )


def use(charge: Charge, by: Person, now: datetime = NOW) -> None:
    with transaction():
        service.use_place(charge, by=by, now=now)


def left(agency: Agency) -> int:
    return queries.free_places(YEAR, now=NOW).get(agency.id, queries.Places()).left


def test_use_place_lets_a_charge_go_while_one_is_left(
    hill_school: Agency, vale: Agency, cara: Person
) -> None:
    earn(hill_school, 2)
    earn(vale, 1)
    charge, other = a_charge(hill_school), a_charge(hill_school)

    use(charge, cara)

    assert charge.state is ChargeState.WAIVED
    assert charge.reason == service.EARNED
    assert left(hill_school) == 0
    for refused in (other, a_charge(vale)):
        with pytest.raises(service.LedgerRefused, match="has no free place left"):
            use(refused, cara)
        assert refused.state is ChargeState.DUE


def test_a_charge_that_is_taken_back_gives_its_place_back(hill_school: Agency, cara: Person) -> None:
    earn(hill_school, 2)
    charge = a_charge(hill_school)
    use(charge, cara)
    with transaction():
        take_back(charge, by=cara, now=NOW + DAY)
    assert left(hill_school) == 1
    with transaction():
        waive(charge, reason="Kindness.", by=cara, now=NOW + 2 * DAY)
    assert left(hill_school) == 1
    with transaction():
        take_back(charge, by=cara, now=NOW + 3 * DAY)
    use(charge, cara, NOW + 4 * DAY)
    assert left(hill_school) == 0


def test_a_correction_sent_twice_is_one(hill_school: Agency, cara: Person) -> None:
    def correct(at: datetime) -> None:
        with transaction():
            service.correct_ledger(
                hill_school, trainer=None, on=TODAY, half_days=2, reason="Stood in.", by=cara, now=at
            )

    correct(NOW)
    correct(NOW + timedelta(seconds=2))
    assert found() == [("Hill School", "Corrected by hand", 1.0)]
    correct(NOW + timedelta(minutes=2))
    assert found() == [("Hill School", "Corrected by hand", 2.0)]


def test_staff_see_correct_and_use_the_ledger(
    browser: Browser, cara: Person, tom: Person, una: Person, hill_school: Agency
) -> None:
    make_membership(tom, hill_school)
    make_training_session(
        make_version(make_course(title="Neglect")), starts_at=NOW - WEEK, trainers=[tom, una]
    )
    charge = a_charge(hill_school, "Nora Absent")
    agency = hill_school.id
    browser.signed_in(cara)

    browser.submit("/trainer-days/earning", places_per_day="2", button="Save the rule")
    assert "1 April 2026 2" in browser.get("/trainer-days/earning").text
    page = browser.get("/trainer-days")
    assert "Hill School 1 0.5 days 0.5 days 1 0 1" in page.text
    assert "All agencies 2 1 day 0 days 1 day 2 0 2" in page.text
    assert "Hill School,1,0.5,0.0,0.5,1,0,1,2026-04-01" in browser.get("/trainer-days?format=csv").text

    correct = f"/trainer-days/{agency}/correct"
    answers: dict[str, Any] = {"direction": "less", "half_days": "1", "reason": "Ill."}
    page = browser.submit(correct, button="Correct the ledger", **answers, on=["24", "11", "2026"])
    assert page.errors == ["The day must be today or in the past."]
    browser.submit(correct, button="Correct the ledger", **answers, on=["23", "11", "2026"])
    page = browser.get(f"/trainer-days/{agency}")
    assert "Corrected by hand by Cara Board: Ill." in page.text
    assert "Nora Absent" in page.text
    assert "Use a free place" not in page.text
    browser.submit(
        correct, button="Correct the ledger", **answers | {"direction": "more"}, on=["22", "11", "2026"]
    )
    page = browser.post(f"/trainer-days/{agency}/charges/{charge.id}/use-place", {})
    page = browser.get(f"/trainer-days/{agency}")
    assert "Free places used" in page.text
    assert charge.state is ChargeState.WAIVED
    assert "Tom Trainer,Neglect,0.5,Delivered" in browser.get(f"/trainer-days/{agency}?format=csv").text


def test_correct_ledger_never_leaves_less_than_nothing_lent(
    browser: Browser, cara: Person, tom: Person, hill_school: Agency
) -> None:
    browser.signed_in(cara)
    make_membership(tom, hill_school)
    make_training_session(starts_at=NOW - WEEK, trainers=[tom])
    correct = f"/trainer-days/{hill_school.id}/correct"
    answers: dict[str, Any] = {"direction": "less", "reason": "Ill.", "on": ["12", "11", "2026"]}

    page = browser.submit(correct, button="Correct the ledger", half_days="2", **answers)
    assert page.errors == ["Hill School lent 0.5 days in that year of account. Enter no more than that"]
    browser.submit(correct, button="Correct the ledger", half_days="1", **answers)
    page = browser.submit(
        correct, button="Correct the ledger", half_days="1", **answers | {"reason": "Again."}
    )
    assert page.errors == ["Hill School lent 0 days in that year of account. Enter no more than that"]
    assert "0 days" in browser.get(f"/trainer-days/{hill_school.id}").text


def test_a_correction_stands_on_its_day_among_what_was_delivered(tom: Person, hill_school: Agency) -> None:
    make_membership(tom, hill_school)
    for weeks in (1, 3):
        make_training_session(starts_at=NOW - weeks * WEEK, trainers=[tom])
    with transaction():
        service.correct_ledger(
            hill_school, trainer=None, on=TODAY - 2 * WEEK, half_days=1, reason="x", by=None, now=NOW
        )
    found = queries.entries(hill_school, YEAR, now=NOW)
    assert [entry.is_correction for entry in found] == [False, True, False]


def test_the_ledger_asks_for_days_in_order(browser: Browser, cara: Person, hill_school: Agency) -> None:
    browser.signed_in(cara)
    for page in ("/trainer-days", f"/trainer-days/{hill_school.id}"):
        asked = browser.get(f"{page}?from=2026-11-02&to=2026-11-01")
        assert asked.errors == ["To must be the same day as From or later"]


def test_a_lead_sees_the_ledger_of_their_own_agency_alone(
    browser: Browser, ben: Person, tom: Person, una: Person, vale: Agency, hill_school: Agency
) -> None:
    make_membership(tom, hill_school)
    make_training_session(starts_at=NOW - WEEK, trainers=[tom, una])
    earn(vale, 4)
    ours, theirs = a_charge(hill_school, "Nora Ours"), a_charge(vale, "Theo Theirs")
    browser.signed_in(ben)
    for url in ("/trainer-days", "/trainer-days?format=csv", f"/trainer-days/{hill_school.id}"):
        page = browser.get(url)
        assert "Hill School" in page.text or "Tom Trainer" in page.text
        for leak in ("Vale Housing", "Una Trainer", "Theo Theirs"):
            assert leak not in page.text
    assert "Nora Ours" in page.text
    for url in (f"/trainer-days/{vale.id}", f"/trainer-days/{vale.id}?format=csv"):
        browser.get(url, status=404)
    browser.post(f"/trainer-days/{hill_school.id}/charges/{ours.id}/use-place", {}, status=403)
    assert db.session.get_one(Charge, theirs.id).is_due
