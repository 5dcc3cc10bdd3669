"""The pages of charges: the rules, the list for finance, letting a charge go, and the report by quarter."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sscb_training.agencies.models import Agency, Sector
from sscb_training.bookings.charges.models import Charge, ChargePolicy, ChargeState, Length
from sscb_training.bookings.models import BookingStatus, Outcome
from sscb_training.core import history
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_agency,
    make_booking,
    make_charge,
    make_course,
    make_person,
    make_policy,
    make_training_session,
    make_version,
    only,
)

Count = Callable[[Callable[[], object]], int]


def names(browser: Browser, query: str = "") -> list[str]:
    page = browser.get(f"/reports/charges?{query}")
    return [str(cell.find(string=True)) for cell in page.soup.select("tbody th a")]


def charged(name: str, agency: Agency | None = None, **given: object) -> Charge:
    person = make_person(name, agency=agency or make_agency())
    return make_charge(make_booking(make_training_session(), person=person), **given)


def lines(browser: Browser, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(browser.client.get(url).data.decode("utf-8-sig"))))


def test_staff_add_a_rule_change_it_and_end_it(browser: Browser, cara: Person, hill_school: Agency) -> None:
    page = browser.signed_in(cara).get("/charges/policies")
    assert "Nobody is charged for anything until there is a rule." in page.text

    page = browser.submit(
        "/charges/policies/add",
        whose=f"agency {hill_school.id}",
        length="several_parts",
        charging="board",
        free_days="14",
        counted="working",
        late_fee="£1,025",
        absence_fee="12.50",
    )
    for words in ("Hill School", "14 working days before", "£1,025", "£12.50", "Sessions of several parts"):
        assert words in page.text
    policy = only(ChargePolicy)
    assert (policy.agency_id, policy.sector, policy.length, policy.free_days, policy.in_working_days) == (
        hill_school.id, None, Length.SEVERAL_PARTS, 14, True,
    )  # fmt: skip
    assert (policy.late_fee, policy.absence_fee, policy.valid_from) == (102500, 1250, TODAY)

    url = f"/charges/policies/{policy.id}"
    page = browser.submit(url, whose="sector early_years", absence_fee="", valid_to=["31", "12", "2026"])
    assert "31 Dec 2026" in page.text
    page = browser.get(url)
    for words in ("Whose: was Hill School, now Early years", "Absence fee: was £12.50, now £0"):
        assert words in page.text
    assert [entry.verb for entry in history.entries_about(policy)] == ["added", "changed"]


def test_a_rule_refuses_what_makes_no_sense(browser: Browser, cara: Person) -> None:
    browser.signed_in(cara)
    usual: dict[str, Any] = {
        "whose": "everybody",
        "length": "any",
        "charging": "board",
        "counted": "calendar",
    }

    assert browser.submit("/charges/policies/add").errors == [
        "Select who it is for",
        "Select which sessions it is for",
        "Select who charges",
    ]
    page = browser.submit("/charges/policies/add", **usual, late_fee="25.5")
    assert page.errors == ["Charge for cancelling later must be an amount in pounds, like 25 or 12.50"]
    page = browser.submit("/charges/policies/add", **usual, valid_to=["1", "1", "2026"])
    assert page.errors == ["The last day must be the same as or after the first day."]


def test_two_rules_for_the_same_do_not_begin_on_one_day(browser: Browser, cara: Person) -> None:
    make_policy(valid_from=TODAY)
    later = make_policy(valid_from=TODAY + timedelta(days=1), late_fee=4000)
    twice = (
        "There is a rule for the same agencies and sessions from this day already. Change that one, "
        "or enter another first day"
    )
    browser.signed_in(cara)

    page = browser.submit(
        "/charges/policies/add",
        whose="everybody",
        length="any",
        charging="board",
        counted="calendar",
        late_fee="40",
    )
    assert page.errors == [twice]
    page = browser.submit(f"/charges/policies/{later.id}", valid_from=["23", "11", "2026"])
    assert page.errors == [twice]
    assert "The rule is changed." in browser.submit(f"/charges/policies/{later.id}", late_fee="45").text


def test_charges_are_listed_by_month_agency_and_state_with_totals(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    charged("Asha", hill_school, raised_at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    charged("Ben", hill_school, raised_at=datetime(2026, 11, 1, 0, 0, tzinfo=UTC), amount=1250)
    charged("Cora", state=ChargeState.WAIVED)

    browser.signed_in(cara)
    assert names(browser) == ["Cora", "Ben", "Asha"]
    page = browser.get("/reports/charges")
    for words in ("£37.50 2 charges", "£25 1 charge", "£0 0 charges"):
        assert words in page.text
    assert names(browser, "month=2026-10") == ["Asha"]
    assert names(browser, f"agency={hill_school.id}&month=2026-11") == ["Ben"]
    assert names(browser, "state=waived") == ["Cora"]
    assert names(browser, "state=due&month=2027-01") == []
    assert "No charge matches" in browser.get("/reports/charges?state=excused").text


def test_finance_gets_a_month_as_a_file(browser: Browser, cara: Person, hill_school: Agency) -> None:
    charged("Asha", hill_school)
    charged("=Eve", state=ChargeState.WAIVED, reason="A funeral", decided_at=NOW, decided_by=cara)
    charged("Old", raised_at=NOW - timedelta(days=40))

    browser.signed_in(cara)
    columns, eve, asha = lines(browser, "/reports/charges?month=2026-11&format=csv")

    told = dict(zip(columns, asha, strict=True))
    assert (told["Raised"], told["Agency"], told["Amount in pounds"], told["State"]) == (
        "2026-11-23", "Hill School", "25.0", "To be charged",
    )  # fmt: skip
    told = dict(zip(columns, eve, strict=True))
    assert (told["Delegate"], told["Decided by"], told["Decided"]) == ("'=Eve", "Cara Board", "2026-11-23")
    assert "A funeral" not in " ".join(eve)
    answer = browser.client.get("/reports/charges?month=2026-11&format=xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=charges-2026-11.xlsx"


def test_staff_waive_a_charge_with_a_reason_and_take_it_back(browser: Browser, cara: Person) -> None:
    charge = charged("Asha")

    browser.signed_in(cara).get(f"/charges/{charge.id}")
    page = browser.click("Waive this charge")
    assert browser.fill(page).errors == ["Enter the reason"]
    page = browser.submit(page.url, reason="The road was closed")
    for words in ("Waived", "The road was closed", "by Cara Board"):
        assert words in page.text
    page = browser.fill(page, button="Charge after all")

    assert "To be charged" in page.text
    assert [entry.verb for entry in history.entries_about(charge)] == ["waived", "taken back"]
    assert only(Charge).state is ChargeState.DUE


def test_staff_excuse_an_illness_that_the_manager_confirmed(browser: Browser, cara: Person) -> None:
    charge = charged("Asha")

    browser.signed_in(cara).get(f"/charges/{charge.id}")
    page = browser.click("Excuse illness")
    assert browser.fill(page).errors == ["Enter who confirmed it"]
    page = browser.submit(page.url, confirmed_by="Mo Manager")
    assert "Excused" in page.text
    assert "Confirmed by Mo Manager" in page.text
    browser.post(f"/charges/{charge.id}/waive", {"reason": "Again"}, status=409)

    assert only(Charge).state is ChargeState.EXCUSED


def test_an_agency_with_own_rules_gets_its_quarter(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    trust = make_agency(name="SCHT", sector=Sector.COMMUNITY_HEALTH)
    make_policy(sector=Sector.COMMUNITY_HEALTH, follows_own_rules=True)
    version = make_version(make_course(title="GCP2"))
    this = make_training_session(version, starts_at=NOW - timedelta(days=9))
    earlier = make_training_session(version, starts_at=datetime(2026, 9, 30, 9, 0, tzinfo=UTC))

    def place(name: str, agency: Agency = trust, training_session: object = this, **given: object) -> None:
        make_booking(training_session, person=make_person(name, agency=agency), **given)  # type: ignore[arg-type]

    place("Amy", outcome=Outcome.ATTENDED, outcome_on=TODAY)
    place("Bob", outcome=Outcome.DID_NOT_ATTEND, outcome_on=TODAY)
    place("Cat", status=BookingStatus.CANCELLED_BY_DELEGATE, confirmed_at=NOW, ended_at=NOW)
    place("Dan")
    place("Never confirmed", status=BookingStatus.CANCELLED_BY_DELEGATE, ended_at=NOW)
    place(
        "Board", status=BookingStatus.CANCELLED_BY_BOARD, outcome=Outcome.CANCELLED_BY_BOARD, outcome_on=TODAY
    )
    place("Earlier", training_session=earlier)
    place("Stranger", agency=hill_school)

    page = browser.signed_in(cara).get("/reports/own-rules")
    assert "Sessions of Oct to Dec 2026" in page.text
    row = page.soup.select_one("tbody tr")
    assert row is not None
    assert row.get_text(" ", strip=True) == "SCHT 4 1 0 1 1 1"
    found = lines(browser, "/reports/own-rules?quarter=2026-12&format=csv")
    assert [line[1] for line in found[1:]] == ["Amy", "Bob", "Cat", "Dan"]
    assert [line[5] for line in found[1:]] == ["Attended", "Did not attend", "Cancelled", "Confirmed"]
    assert [line[1] for line in lines(browser, "/reports/own-rules?quarter=2026-07&format=csv")[1:]] == [
        "Earlier"
    ]
    assert "No agency follows" not in page.text


def test_the_report_says_when_nobody_follows_own_rules(browser: Browser, cara: Person) -> None:
    make_policy()
    assert "No agency follows its own rules" in browser.signed_in(cara).get("/reports/own-rules").text


@pytest.mark.parametrize("url", ["/reports/charges", "/reports/own-rules", "/charges/policies"])
def test_lists_take_the_same_queries_however_long(
    browser: Browser, cara: Person, count_queries: Count, url: str
) -> None:
    trust = make_agency()

    def add() -> None:
        make_policy(agency_id=trust.id, follows_own_rules=True)
        charged("Somebody", trust, raised_at=NOW)

    add()
    browser.signed_in(cara).get(url)
    with_one = count_queries(lambda: browser.get(url))
    add()
    add()

    assert count_queries(lambda: browser.get(url)) == with_one
