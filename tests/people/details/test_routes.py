"""The account page and what can be changed on it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people import passwords, service
from sscb_training.people.models import Membership, Person, SignIn
from tests.browser import Browser
from tests.factories import LONG_AGO, NOW, TODAY, a_staff_group, changed, make_agency, make_person
from tests.people.accounts.test_create_account import Outbox, link_in

PASSWORD = "three green bicycles"


@pytest.fixture
def asha(asha: Person) -> Person:
    with transaction():
        service.set_password(asha, PASSWORD, now=NOW)
    return asha


def test_the_account_shows_who_where_and_on_what_devices(browser: Browser, asha: Person) -> None:
    page = browser.signed_in(asha).get("/account")

    for words in (
        "Asha Patel",
        "asha@hill.example",
        "Teacher, Hill School",
        "Your line manager is Mo Manager",
        "This device",
    ):
        assert words in page.text
    assert browser.click("Set up or reset").h1 == "Your bookings in your calendar"


def test_somebody_without_a_job_is_told_to_add_one(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/account")

    assert "To book a course, say where you work." in page.text
    assert "Board staff" in page.text


def test_a_new_name_is_kept_with_the_old_one_in_the_history(
    browser: Browser, asha: Person, cara: Person
) -> None:
    page = browser.signed_in(asha).submit("/account/name", name="Asha Shah")

    assert "Your name is changed" in page.text
    assert "Name: was Asha Patel, now Asha Shah" in browser.signed_in(cara).get(f"/people/{asha.id}").text


def test_a_new_password_signs_out_other_devices_and_keeps_this_one(
    app: Flask, browser: Browser, asha: Person, outbox: Outbox
) -> None:
    elsewhere = Browser(app).signed_in(asha)

    page = browser.signed_in(asha).submit(
        "/account/password", current=PASSWORD, password="four yellow tractors"
    )

    assert page.h1 == "Your account"
    assert elsewhere.get("/account").h1 == "Sign in"
    assert [letter.subject for letter in outbox()] == ["Your password was changed"]
    assert passwords.matches(asha.password_hash, "four yellow tractors")


@pytest.mark.parametrize(
    ("current", "password", "error"),
    [
        ("not my password", "four yellow tractors", "Enter your current password."),
        (PASSWORD, "password1234", "Choose a password that is harder to guess"),
    ],
)
def test_a_new_password_is_refused(
    browser: Browser, asha: Person, current: str, password: str, error: str
) -> None:
    page = browser.signed_in(asha).submit("/account/password", current=current, password=password)

    assert page.errors[0].startswith(error)
    assert passwords.matches(asha.password_hash, PASSWORD)


def test_the_current_password_cannot_be_guessed_on_an_open_device(browser: Browser, asha: Person) -> None:
    browser.signed_in(asha)
    for _ in range(10):
        browser.submit("/account/password", current="a guess at it", password="four yellow tractors")

    browser.submit("/account/password", current=PASSWORD, password="four yellow tractors", status=429)


def test_a_new_address_holds_once_its_reader_confirms(browser: Browser, asha: Person, outbox: Outbox) -> None:
    browser.signed_in(asha).submit("/account/email", email="asha@shah.example", current=PASSWORD)

    db.session.rollback()
    assert asha.email == "asha@hill.example"
    page = browser.submit(link_in(outbox()[0]))

    assert "Your email address is changed" in page.text
    db.session.rollback()
    assert (asha.email, asha.email_key) == ("asha@shah.example", "asha@shah.example")
    assert [(letter.to_address, letter.subject) for letter in outbox()] == [
        ("asha@shah.example", "Confirm your new email address"),
        ("asha@hill.example", "The email address of your account was changed"),
    ]
    browser.get(link_in(outbox()[0]), status=404)


def test_a_new_address_that_has_an_account_gets_the_same_answer(
    browser: Browser, asha: Person, dev: Person, outbox: Outbox
) -> None:
    browser.signed_in(asha)
    free = browser.submit("/account/email", email="free@hill.example", current=PASSWORD)
    taken = browser.submit("/account/email", email="DEV@vale.example", current=PASSWORD)

    assert free.text == taken.text
    assert outbox()[1].subject == "Your address cannot be used for another account"


def test_an_address_taken_meanwhile_is_refused(browser: Browser, asha: Person, outbox: Outbox) -> None:
    browser.signed_in(asha).submit("/account/email", email="free@hill.example", current=PASSWORD)
    make_person(email="free@hill.example")

    page = browser.submit(link_in(outbox()[0]), status=409)

    assert "cannot be used any more" in page.text
    assert asha.email == "asha@hill.example"


@pytest.mark.parametrize(
    ("email", "current", "error"),
    [
        ("reception@hill.example", PASSWORD, "looks like a shared mailbox"),
        ("free@hill.example", "not my password", "Enter your current password"),
    ],
)
def test_a_new_address_is_refused(
    browser: Browser, asha: Person, outbox: Outbox, email: str, current: str, error: str
) -> None:
    page = browser.signed_in(asha).submit("/account/email", email=email, current=current)

    assert error in page.errors[0]
    assert outbox() == []


def test_a_second_job_stands_beside_the_first(browser: Browser, asha: Person) -> None:
    vale = make_agency(name="Vale Charity")

    page = browser.signed_in(asha).submit(
        "/account/jobs/add", agency=vale.id, job_title="Counsellor", staff_group=a_staff_group().id,
        manager_name="", manager_email="", has_no_manager="y",
    )  # fmt: skip

    assert "Counsellor, Vale Charity" in page.text
    assert "You have no line manager in this job." in page.text
    assert "Teacher, Hill School" in page.text


def test_whoever_was_going_somewhere_gets_there_with_a_job_added(browser: Browser, asha: Person) -> None:
    vale = make_agency(name="Vale Charity")
    given: dict[str, Any] = {
        "agency": vale.id, "staff_group": a_staff_group().id, "manager_name": "", "manager_email": "",
        "has_no_manager": "y",
    }  # fmt: skip

    page = browser.signed_in(asha).get("/account/jobs/add?next=/privacy")
    assert page.link("Cancel") == "/privacy"
    page = browser.fill(browser.fill(page, **given, job_title=""), **given, job_title="Counsellor")
    assert page.url == "/privacy"

    page = browser.submit("/account/jobs/add?next=//evil.example", **given, job_title="Cook")
    assert page.url == "/account"


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (LONG_AGO, None, "from 1 January 2010. End it first to change it."),
        (TODAY, None, "from 23 November 2026. End it first to change it."),
        (LONG_AGO, TODAY, "from 1 January 2010 until 23 November 2026. Choose days that do not overlap."),
        (date(2027, 1, 1), None, "from 1 January 2027. End it first to change it."),
    ],
)
def test_the_same_job_twice_is_refused(
    browser: Browser, asha: Person, begins: date, ends: date | None, words: str
) -> None:
    job = changed(asha.memberships[0], valid_from=begins, valid_to=ends)

    page = browser.signed_in(asha).submit(
        "/account/jobs/add", agency=job.agency_id, job_title="teacher", staff_group=job.staff_group_id,
        manager_name="Mo", manager_email="mo@hill.example",
    )  # fmt: skip

    assert page.errors == [f"Asha Patel has this job at Hill School already, {words}"]


def test_the_same_job_again_after_a_break_is_another(browser: Browser, asha: Person) -> None:
    job = changed(asha.memberships[0], valid_to=TODAY - timedelta(days=1))

    page = browser.signed_in(asha).submit(
        "/account/jobs/add", agency=job.agency_id, job_title="Teacher", staff_group=job.staff_group_id,
        manager_name="Mo", manager_email="mo@hill.example",
    )  # fmt: skip

    assert "The job is added" in page.text


def test_a_job_ends_on_its_last_day_and_stays_in_the_record(browser: Browser, asha: Person) -> None:
    job = asha.memberships[0]

    page = browser.signed_in(asha).submit(f"/account/jobs/{job.id}/end")

    assert "The job is ended" in page.text
    assert "1 January 2010 to 23 November 2026" in page.text
    assert db.session.get_one(Membership, job.id).valid_to == TODAY


def test_nobody_moves_the_last_day_of_their_own_job(browser: Browser, asha: Person) -> None:
    url = f"/account/jobs/{asha.memberships[0].id}/end"
    page = browser.signed_in(asha).submit(url, on=["1", "12", "2026"])
    assert "End this job" not in page.text

    page = browser.submit(url, on=["1", "11", "2026"])

    assert page.errors == [
        "The last day of this job is 1 December 2026 already. "
        "If that is wrong, ask the board’s training team to correct it."
    ]
    db.session.rollback()
    assert asha.memberships[0].valid_to == date(2026, 12, 1)


def test_a_last_day_before_the_first_is_refused(browser: Browser, asha: Person) -> None:
    job = asha.memberships[0]
    page = browser.signed_in(asha).submit(f"/account/jobs/{job.id}/end", on=["1", "1", "2009"])

    assert page.errors == ["The last day must not be before the first one."]


def test_another_manager(browser: Browser, asha: Person) -> None:
    job = asha.memberships[0]

    page = browser.signed_in(asha).submit(
        f"/account/jobs/{job.id}/manager", manager_name="Ria Head", manager_email="ria@hill.example"
    )

    assert "Your line manager is Ria Head (ria@hill.example)" in page.text


@pytest.mark.parametrize("page", ["end", "manager"])
def test_somebody_elses_job_does_not_exist(browser: Browser, asha: Person, dev: Person, page: str) -> None:
    browser.signed_in(dev).get(f"/account/jobs/{asha.memberships[0].id}/{page}", status=404)


def test_sign_out_everywhere(app: Flask, browser: Browser, asha: Person, dev: Person) -> None:
    elsewhere, other = Browser(app).signed_in(asha), Browser(app).signed_in(dev)

    page = browser.signed_in(asha).fill(browser.get("/account"), button="Sign out everywhere")

    assert page.h1 == "You are signed out"
    assert elsewhere.get("/account").h1 == "Sign in"
    assert other.get("/account").h1 == "Your account"


def test_the_account_asks_as_much_of_the_database_for_three_jobs_as_for_one(
    browser: Browser, asha: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(asha)
    browser.get("/account")
    one = count_queries(lambda: browser.get("/account"))
    for _ in range(2):
        agency = make_agency()
        with transaction():
            service.add_membership(
                asha, agency=agency, staff_group=a_staff_group(), job_title="X", valid_from=TODAY,
                confirmed=True, by=None, now=NOW,
            )  # fmt: skip
            service.begin_sign_in(asha, device="Mozilla/5.0 (iPhone) Safari/605", now=NOW)

    assert count_queries(lambda: browser.get("/account")) == one
    assert "Safari on iPhone" in browser.get("/account").text
    assert db.session.scalar(db.select(db.func.count(SignIn.id))) == 3
