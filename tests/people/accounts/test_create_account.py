"""From nobody to somebody signed in: ask, confirm by letter; the same answer to known and unknown addresses."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.core.db import db
from sscb_training.core.mail import Letter, paragraphs
from sscb_training.people import passwords
from sscb_training.people.models import Membership, OneTimeLink, Person, SignIn
from tests.browser import Browser, Page
from tests.factories import NOW, TODAY, a_staff_group, changed, make_person

Outbox = Callable[[], list[Letter]]
PASSWORD = "three green bicycles"


@pytest.fixture
def answers(hill_school: Agency) -> dict[str, Any]:
    return {
        "name": "Nadia Newcomer",
        "email": "nadia@hill.example",
        "password": PASSWORD,
        "agency": hill_school.id,
        "job_title": "Teacher",
        "staff_group": a_staff_group().id,
        "manager_name": "Mo Manager",
        "manager_email": "mo@hill.example",
    }


def ask(browser: Browser, answers: dict[str, Any], **other: Any) -> Page:
    return browser.submit("/create-account", **answers | other)


def link_in(letter: Letter) -> str:
    found = re.search(r"https://training\.example\.org(\S+)", letter.body)
    assert found
    return found[1]


def send(browser: Browser, url: str, *, then: str = "/", **answers: str) -> None:
    """Send the form there, and stop at the door of the page that it leads to: that is another feature's."""
    answer = browser.client.post(url, data={"csrf_token": browser.token(), **answers})
    assert (answer.status_code, answer.location) == (302, then)
    db.session.rollback()


def people() -> list[Person]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Person)))


def test_somebody_becomes_a_person_once_they_confirm(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    page = ask(browser, answers)

    assert page.h1 == "Check your email"
    assert people() == []
    [letter] = outbox()
    assert (letter.to_address, letter.subject) == ("nadia@hill.example", "Confirm your email address")

    send(browser, link_in(letter), password=PASSWORD)

    [nadia] = people()
    assert (nadia.name, nadia.email, nadia.email_confirmed_at) == (
        "Nadia Newcomer",
        "nadia@hill.example",
        NOW,
    )
    [job] = db.session.scalars(db.select(Membership))
    assert (job.agency_id, job.job_title, job.valid_from) == (answers["agency"], "Teacher", TODAY)
    assert (job.manager_name, job.has_no_manager) == ("Mo Manager", False)
    assert db.session.scalar(db.select(SignIn.person_id)) == nadia.id


def test_whoever_was_going_somewhere_gets_there_once_they_confirm(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    browser.get("/sign-in?next=/privacy")
    page = browser.click("Create an account")
    assert [link["href"] for link in page.soup.find_all("a", string="Sign in")] == ["/sign-in?next=/privacy"]

    page = browser.fill(page, **answers | {"job_title": ""})
    browser.fill(page, **answers)

    assert "/privacy" not in outbox()[0].body
    send(browser, link_in(outbox()[0]), password=PASSWORD, then="/privacy")


def test_a_new_link_leads_to_where_somebody_is_going_now(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    browser.submit("/create-account?next=/privacy", **answers)
    known: dict[str, Any] = {"email": "nadia@hill.example", "password": PASSWORD}
    browser.submit("/sign-in", **known)
    browser.submit("/sign-in?next=/cookies", **known)

    letters = outbox()
    assert link_in(letters[1]) != link_in(letters[0])
    links = db.session.scalars(db.select(OneTimeLink).order_by(OneTimeLink.id))
    assert [link.answers["going_to"] for link in links] == ["/privacy", "/privacy", "/cookies"]
    send(browser, link_in(letters[2]), password=PASSWORD, then="/cookies")


@pytest.mark.parametrize(
    "foreign", ["https://evil.example/", "//evil.example", "/\\evil.example", "///evil.example", "/sign-out"]
)
def test_nobody_is_led_elsewhere(
    browser: Browser, answers: dict[str, Any], outbox: Outbox, foreign: str
) -> None:
    page = browser.get(f"/create-account?next={foreign}")
    assert "evil" not in str(page.soup)
    browser.fill(page, **answers)
    browser.post(f"/create-account?next={foreign}", answers | {"email": "nora@hill.example"})
    link = db.session.scalars(db.select(OneTimeLink).order_by(OneTimeLink.id)).first()
    assert link is not None
    changed(link, answers=link.answers | {"going_to": foreign})

    send(browser, link_in(outbox()[0]), password=PASSWORD)
    send(browser, link_in(outbox()[1]), password=PASSWORD)


def test_the_link_is_opened_by_a_scanner_without_harm(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    ask(browser, answers)
    for _ in range(2):
        assert browser.get(link_in(outbox()[0])).h1 == "Confirm your email address"

    assert people() == []


def test_the_link_works_once_and_only_for_a_day(
    browser: Browser, answers: dict[str, Any], outbox: Outbox, at: Callable[[datetime], None]
) -> None:
    ask(browser, answers)
    ask(browser, answers, email="late@hill.example")
    send(browser, link_in(outbox()[0]), password=PASSWORD)

    assert browser.get(link_in(outbox()[0]), status=404).h1 == "This link does not work any more"
    at(NOW + timedelta(hours=24))
    assert browser.get(link_in(outbox()[1]), status=404).h1 == "This link does not work any more"


def test_an_account_that_somebody_else_asked_for_is_not_confirmed_by_who_reads_the_letter(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    ask(browser, answers)

    page = browser.submit(link_in(outbox()[0]), password="the victim's own words")

    assert page.errors == ["Enter the password that you chose when you created the account"]
    assert people() == []


def test_a_known_address_gets_the_same_answer_and_another_letter(
    browser: Browser, answers: dict[str, Any], outbox: Outbox, asha: Person
) -> None:
    unknown, known = ask(browser, answers), ask(browser, answers, email="ASHA@hill.example")

    assert known.text == unknown.text
    assert known.url == unknown.url
    assert [letter.subject for letter in outbox()] == [
        "Confirm your email address",
        "You already have an account",
    ]
    assert outbox()[1].to_address == "asha@hill.example"


@pytest.mark.parametrize("email", ["nadia@hill.example", "asha@hill.example"])
def test_asking_hashes_once_whether_or_not_there_is_an_account(
    browser: Browser, answers: dict[str, Any], asha: Person, email: str
) -> None:
    with patch.object(passwords, "hasher", wraps=passwords.hasher) as hasher:
        ask(browser, answers, email=email)

    assert (hasher.hash.call_count, hasher.verify.call_count) == (1, 0)


def test_a_walk_in_makes_the_record_that_is_there_their_own(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    walk_in = make_person("N. Newcomer", email="nadia@hill.example", email_confirmed_at=None)

    ask(browser, answers)
    assert people()[0].name == "N. Newcomer", (
        "a stranger's words change nothing before the letter is answered"
    )
    send(browser, link_in(outbox()[0]), password=PASSWORD)

    [nadia] = people()
    assert (nadia.id, nadia.name, nadia.password_hash is not None) == (walk_in.id, "Nadia Newcomer", True)


def test_signing_in_before_confirming_sends_a_new_link_only_to_who_knows_the_password(
    browser: Browser, answers: dict[str, Any], outbox: Outbox, at: Callable[[datetime], None]
) -> None:
    ask(browser, answers)
    at(NOW + timedelta(days=2))

    page = browser.submit("/sign-in", email="nadia@hill.example", password="three red bicycles")
    assert page.errors == ["Enter the email address and password of your account"]
    page = browser.submit("/sign-in", email="nadia@hill.example", password=PASSWORD)

    assert page.h1 == "Confirm your email address first"
    send(browser, link_in(outbox()[-1]), password=PASSWORD)
    assert [person.name for person in people()] == ["Nadia Newcomer"]


def test_two_links_for_one_address_make_one_account(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    ask(browser, answers)
    ask(browser, answers)
    send(browser, link_in(outbox()[0]), password=PASSWORD)

    page = browser.submit(link_in(outbox()[1]), password=PASSWORD, status=409)

    assert "has an account already" in page.text
    assert len(people()) == 1


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "", "Enter your full name"),
        ("email", "nadia", "Enter an email address in the correct format, like name@example.com"),
        ("password", "short", "Password must be 12 characters or more. Three random words make a good one"),
        ("agency", "", "Select your agency"),
        ("staff_group", "999999", "Select your staff group"),
        ("job_title", "", "Enter your job title"),
        ("manager_name", "", "Enter your manager’s name, or tick that you have no line manager"),
    ],
)
def test_a_wrong_answer_is_explained_and_the_others_are_kept(
    browser: Browser, answers: dict[str, Any], outbox: Outbox, field: str, value: str, error: str
) -> None:
    page = ask(browser, answers, **{field: value})

    assert page.errors == [error]
    assert outbox() == []
    kept = page.soup.select_one("#manager_email")
    assert kept is not None
    assert kept["value"] == "mo@hill.example"
    secret = page.soup.select_one("#password")
    assert secret is not None
    assert not secret.get("value")


def test_no_line_manager_is_an_answer(browser: Browser, answers: dict[str, Any], outbox: Outbox) -> None:
    ask(browser, answers, manager_name="", manager_email="", has_no_manager="y")
    send(browser, link_in(outbox()[0]), password=PASSWORD)

    assert db.session.scalar(db.select(Membership.has_no_manager)) is True


def test_a_shared_mailbox_is_refused_with_what_to_do(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    page = ask(browser, answers, email="office@hill.example")

    assert "looks like a shared mailbox. Use the person’s own work email address" in page.errors[0]
    assert outbox() == []


def test_one_address_is_not_filled_with_letters(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    for spelling in ("nadia", "NADIA", "ｎａｄｉａ", "Nadia", "naDIA"):
        ask(browser, answers, email=f"{spelling}@hill.example")

    with patch.object(passwords, "hasher", wraps=passwords.hasher) as hasher:
        page = browser.submit("/create-account", **answers, status=429)

    assert page.h1 == "Too many attempts"
    assert len(outbox()) == 5
    assert hasher.hash.call_count == 0, "who is refused must not keep us busy"


def test_the_database_does_not_hold_the_token(
    browser: Browser, answers: dict[str, Any], outbox: Outbox
) -> None:
    ask(browser, answers)
    token = link_in(outbox()[0]).rpartition("/")[2]

    link = db.session.scalars(db.select(OneTimeLink)).one()
    assert token not in {link.token_hash, *map(str, link.answers.values())}
    assert PASSWORD not in str(link.answers)


def test_a_name_is_one_line_and_makes_no_link_in_the_letter(
    browser: Browser, answers: dict[str, Any], outbox: Callable[[], list[Letter]]
) -> None:
    ask(browser, answers)  # the form sends what a browser sends; the next is made up
    browser.post(
        "/create-account",
        answers | {"email": "v@other.example", "name": "you\n\nhttps://evil.example/x\n\nYours"},
    )

    html = "".join(paragraphs(outbox()[-1].body))
    assert "https://evil.example/x Yours" in html
    assert 'href="https://evil.example' not in html
