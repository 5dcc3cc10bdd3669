import io
from typing import Any

import pytest
from flask import Flask

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.models import Person
from tests.browser import Browser, Page
from tests.factories import (
    a_staff_group,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_person,
    make_policy,
    make_training_session,
    make_version,
    only,
)


def url(training_session: TrainingSession) -> str:
    return f"/dates/{training_session.id}/book-several"


def confirm(browser: Browser, page: Page, **given: Any) -> Page:
    return browser.fill(page, button="Confirm bookings", **{"how": "fit", "declared": "y"} | given)


def test_a_lead_books_own_people_after_looking(browser: Browser, ben: Person, asha: Person) -> None:
    training_session = make_training_session()
    browser.signed_in(ben)

    page = browser.submit(
        url(training_session),
        button="Continue",
        people=[str(asha.memberships[0].id)],
        pasted="Kim New,kim@hill.example,Cook",
        staff_group=str(a_staff_group().id),
    )

    assert page.h1 == "Check the list"
    assert "Nothing is booked yet" in page.text
    assert "Kim New New" in page.text
    assert db.session.scalar(db.select(db.func.count(Booking.id))) == 0
    done = confirm(browser, page)
    assert done.h1 == "Your people on this date"
    assert "Gets a place: 2." in done.text
    assert "Asha Patel" in done.text
    assert done.text.endswith(confirm(browser, page).text)  # the same form again


def test_what_is_left_unsaid_is_asked_for(browser: Browser, ben: Person, asha: Person) -> None:
    version = make_version(make_course(approval=ApprovalStyle.DECLARED))
    training_session = make_training_session(version, capacity=1)
    browser.signed_in(ben)
    page = browser.submit(url(training_session), button="Continue")
    assert page.errors == ["Select people, paste a list or upload one"]

    page = browser.submit(url(training_session), button="Continue", pasted="Asha Patel")
    assert "If not everybody fits" not in page.text
    page = browser.fill(page, button="Confirm bookings")
    assert page.errors == ["Confirm that their managers agree"]
    make_booking(training_session)
    page = browser.fill(page, button="Confirm bookings", declared="y")
    assert "nobody was booked" in page.errors[0]
    assert "If not everybody fits" in page.text
    assert "Your people on this date" in confirm(browser, page).text


def test_the_head_is_asked_once_for_all(browser: Browser, ben: Person, asha: Person) -> None:
    training_session = make_training_session(make_version(make_course(approval=ApprovalStyle.MANAGER)))
    browser.signed_in(ben)
    page = browser.submit(url(training_session), button="Continue", pasted="Asha Patel")

    assert browser.fill(page, button="Confirm bookings", how="fit").errors == [
        "Enter the name and email address of who approves."
    ]
    page = browser.fill(
        page, button="Confirm bookings", how="fit", approver_name="Helen", approver_email="h@hill.example"
    )
    assert "A place is held until it is approved: 1." in page.text


def test_what_not_coming_costs_is_said_before_a_list_is_booked(
    browser: Browser, ben: Person, asha: Person, cara: Person
) -> None:
    make_policy(late_fee=2500, absence_fee=5000)
    training_session = make_training_session()

    for viewer, payer in ((ben, "your agency"), (cara, "Hill School")):
        browser.signed_in(viewer)
        agency = f"?agency={asha.memberships[0].agency_id}"
        page = browser.submit(url(training_session) + agency, button="Continue", pasted="Asha Patel")
        assert "Free to cancel until 30 November 2026. After that, " + payer + " is charged £25." in page.text
        assert f"If they do not come, {payer} is charged £50." in page.text


def test_all_or_none_says_that_nobody_was_booked(browser: Browser, ben: Person, asha: Person) -> None:
    training_session = make_training_session(capacity=0)
    browser.signed_in(ben)
    page = browser.submit(url(training_session), button="Continue", pasted="Asha Patel")

    page = confirm(browser, page, how="all")

    assert "nobody was booked" in page.errors[0]
    assert "You are on" not in page.text


def test_find_keeps_whom_was_ticked(browser: Browser, ben: Person, asha: Person, hill_school: Agency) -> None:
    kim = make_person("Kim", agency=hill_school)
    training_session = make_training_session()
    browser.signed_in(ben)

    page = browser.submit(
        url(training_session), button="Find", people=[str(asha.memberships[0].id)], search="kim"
    )

    found = {str(box["value"]): box.has_attr("checked") for box in page.soup.select("[name=people]")}
    assert found == {str(asha.memberships[0].id): True, str(kim.memberships[0].id): False}


def test_a_file_is_read_and_a_bad_one_is_explained_with_its_rows(browser: Browser, ben: Person) -> None:
    training_session = make_training_session()
    browser.signed_in(ben)
    page = browser.submit(
        url(training_session),
        button="Continue",
        file=(io.BytesIO(b"Name,Email\nBen Lead,\nAsha,asha at hill\n,x@hill.example\n"), "staff.csv"),
    )
    assert page.errors == [
        "Row 3: “asha at hill” must be an email address, like name@example.com",
        "Row 4: enter a name",
        "Some rows cannot be read. The list at the top of the page says why",
    ]

    page = browser.submit(
        url(training_session), button="Continue", file=(io.BytesIO(b"Name\nBen Lead\n"), "staff.csv")
    )
    assert page.h1 == "Check the list"


def test_hostile_names_do_no_harm(browser: Browser, ben: Person) -> None:
    browser.signed_in(ben)
    page = browser.submit(
        url(make_training_session()),
        button="Continue",
        pasted="=1+1,,Cook\n<img src=x onerror=alert(1)>,,Cook\n{{7*7}},,Cook",
        staff_group=str(a_staff_group().id),
    )

    assert "<img src=x onerror=alert(1)>" in page.text
    assert "{{7*7}}" in page.text
    assert "Gets a place: 3." in confirm(browser, page).text


def test_a_lead_reaches_no_other_agency(browser: Browser, ben: Person, dev: Person) -> None:
    training_session = make_training_session()
    other = dev.memberships[0].agency_id
    make_booking(training_session, person=dev)
    browser.signed_in(ben)

    page = browser.submit(
        f"{url(training_session)}?agency={other}", button="Continue", pasted="Dev,dev@vale.example"
    )

    assert "Whoever has this address is not known to work at Hill School." in page.text
    assert "Dev Outsider" not in page.text
    assert "Dev Outsider" not in browser.get(f"/dates/{training_session.id}/team?agency={other}").text


def test_nobody_elses_list_can_be_confirmed(
    app: Flask, browser: Browser, ben: Person, asha: Person, hill_school: Agency
) -> None:
    training_session = make_training_session()
    page = browser.signed_in(ben).submit(url(training_session), button="Continue", pasted="Asha Patel")
    token = str(page.soup.select_one("[name=people]")["value"])  # type: ignore[index]
    co_lead = make_person(leads=hill_school)

    browser.signed_in(co_lead)
    page = browser.post(f"{url(training_session)}/check", {"people": token, "how": "fit", "form_key": "1"})

    assert page.h1 == "Book for several people"
    assert db.session.scalar(db.select(db.func.count(Booking.id))) == 0


def test_staff_choose_the_agency_and_may_override_the_mix(
    browser: Browser, cara: Person, asha: Person, hill_school: Agency
) -> None:
    make_agency()
    training_session = make_training_session(most_per_agency=0)
    browser.signed_in(cara)
    page = browser.get(f"/sessions/{training_session.id}")
    assert page.link("Book for several people") == url(training_session)
    browser.get(url(training_session))
    assert browser.page is not None
    assert browser.page.h1 == "Whose people?"
    assert browser.get(f"/dates/{training_session.id}/team").h1 == "Whose people?"

    page = browser.submit(
        f"{url(training_session)}?agency={hill_school.id}", button="Continue", pasted="Asha Patel"
    )
    confirm(browser, page, override_reason="The whole school comes")

    booking = only(Booking)
    assert (booking.status, booking.override_reason) == (BookingStatus.CONFIRMED, "The whole school comes")


def test_a_lead_starts_from_my_agency_or_a_date(browser: Browser, ben: Person, asha: Person) -> None:
    training_session = make_training_session()
    closed = make_training_session(only_agency=make_agency())
    browser.signed_in(ben).get("/my-agency")
    page = browser.click("Book for several people")
    assert url(training_session) in str(page.soup)
    assert url(closed) not in str(page.soup)
    assert browser.get(f"/dates/{training_session.id}").link("Book for several people")
    browser.get(url(closed), status=404)

    browser.signed_in(asha)
    assert "Book for several people" not in browser.get(f"/dates/{training_session.id}").text


def test_a_date_that_began_sends_to_its_page(browser: Browser, ben: Person) -> None:
    training_session = changed(make_training_session(), status="cancelled")

    assert "Cancelled" in browser.signed_in(ben).get(url(training_session)).text
    assert browser.get("/book-several").text.count("No date can be booked") == 1


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_asks_as_much_of_the_database_for_each_person(
    browser: Browser, ben: Person, hill_school: Agency, count_queries: Any, number: int
) -> None:
    for _ in range(number):
        make_booking(make_training_session())
    training_session = make_training_session()
    for _ in range(number):
        make_booking(training_session, person=make_person(agency=hill_school))
    browser.signed_in(ben)

    assert count_queries(lambda: browser.get(f"/dates/{training_session.id}/team")) <= 16
    assert count_queries(lambda: browser.get("/book-several")) <= 10
