"""Signing in and out: the same answer whoever asks, throttled, and over when it is over."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.people import passwords, service
from sscb_training.people.models import Person, SignIn
from tests.browser import Browser
from tests.factories import NOW, make_person

PASSWORD = "three green bicycles"
WRONG = "There is a problem Enter the email address and password of your account"


@pytest.fixture
def asha(asha: Person) -> Person:
    with transaction():
        service.set_password(asha, PASSWORD, now=NOW)
    return asha


def sign_ins() -> Sequence[SignIn]:
    db.session.rollback()
    return db.session.scalars(db.select(SignIn).where(SignIn.ended_at.is_(None))).all()


def signs_in(
    app: Flask,
    email: str = "asha@hill.example",
    password: str = PASSWORD,
    address: str = "192.0.2.1",
    url: str = "/sign-in",
    **headers: str,
) -> tuple[bool, TestResponse]:
    """Whether the address and password are let in, and the answer; from a client of its own."""
    client = app.test_client()
    before = len(sign_ins())
    token = client.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(
        url,
        data={"email": email, "password": password, "csrf_token": token},
        environ_base={"REMOTE_ADDR": address},
        headers=headers,
    )
    return len(sign_ins()) > before, answer


def test_sign_in_begins_a_sign_in_and_forgets_the_cookie_of_before(app: Flask, asha: Person) -> None:
    let_in, answer = signs_in(app)

    assert let_in
    assert answer.location == "/"


@pytest.mark.parametrize("spelling", ["ASHA@Hill.Example", " asha@hill.example ", "ａｓｈａ@hill.example"])
def test_sign_in_knows_the_address_however_it_is_spelt(app: Flask, asha: Person, spelling: str) -> None:
    assert signs_in(app, email=spelling)[0]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("asha@hill.example", "three red bicycles"),
        ("nobody@hill.example", PASSWORD),
        ("dev@vale.example", ""),
    ],
)
def test_sign_in_refuses_with_one_answer(
    browser: Browser, asha: Person, dev: Person, email: str, password: str
) -> None:
    page = browser.submit("/sign-in", email=email, password=password or "dev has no password")

    assert page.text.startswith(WRONG)
    assert not sign_ins()


def test_sign_in_refuses_the_suspended_with_the_same_answer(browser: Browser, asha: Person) -> None:
    with transaction():
        asha.suspended_at = NOW

    assert browser.submit("/sign-in", email=asha.email, password=PASSWORD).text.startswith(WRONG)


@pytest.mark.parametrize("email", ["asha@hill.example", "nobody@hill.example", "dev@vale.example"])
def test_sign_in_hashes_once_whoever_asks(app: Flask, asha: Person, dev: Person, email: str) -> None:
    with patch.object(passwords, "hasher", wraps=passwords.hasher) as hasher:
        signs_in(app, email=email, password="three red bicycles")

    assert hasher.verify.call_count == 1


def test_sign_in_tells_the_unconfirmed_to_confirm_only_when_their_password_is_right(
    browser: Browser, outbox: Callable[[], list[Letter]]
) -> None:
    person = make_person(email="new@hill.example", email_confirmed_at=None)
    with transaction():
        service.set_password(person, PASSWORD, now=NOW)

    assert browser.submit("/sign-in", email=person.email, password="three red bicycles").text.startswith(
        WRONG
    )
    assert outbox() == []
    assert (
        browser.submit("/sign-in", email=person.email, password=PASSWORD).h1
        == "Confirm your email address first"
    )
    assert [letter.subject for letter in outbox()] == ["Confirm your email address"]
    assert not sign_ins()


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/account?from=letter", "/account?from=letter"),
        ("/sign-in", "/sign-in"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("///evil.example", "/"),
        ("https://evil.example/courses", "/"),
        ("/no-such-page", "/"),
    ],
)
def test_sign_in_leads_on_to_own_pages_only(app: Flask, asha: Person, wanted: str, led_to: str) -> None:
    answer = signs_in(app, url="/sign-in?" + urlencode({"next": wanted}))[1]

    assert answer.location == led_to


def test_ten_failures_lock_out_the_network_and_nobody_else(
    app: Flask, asha: Person, at: Callable[[datetime], None]
) -> None:
    for _ in range(10):
        assert signs_in(app, password="three red bicycles")[1].status_code == 200

    let_in, answer = signs_in(app)
    assert not let_in
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert signs_in(app, address="198.51.100.7")[0], "the same person from elsewhere"
    at(NOW + timedelta(minutes=16))
    assert signs_in(app)[0], "a quarter of an hour later"


@pytest.mark.parametrize("spelling", ["ASHA@hill.example", "ａｓｈａ@hill.example", " asha@HILL.example"])
def test_the_lock_out_is_not_passed_by_spelling(app: Flask, asha: Person, spelling: str) -> None:
    for _ in range(10):
        signs_in(app, password="three red bicycles")

    assert signs_in(app, email=spelling)[1].status_code == 429


def test_the_lock_out_is_not_passed_by_a_forged_address(app: Flask, asha: Person) -> None:
    for number in range(10):
        signs_in(app, password="three red bicycles", **{"X-Forwarded-For": f"203.0.113.{number}"})

    assert signs_in(app, **{"X-Forwarded-For": "203.0.113.99"})[1].status_code == 429


def test_somebody_who_gets_it_right_is_not_counted(app: Flask, asha: Person) -> None:
    for _ in range(12):
        assert signs_in(app)[0]


def test_refused_attempts_do_not_add_up_for_others(app: Flask, asha: Person) -> None:
    """Hammering from one network must not reach the limit of a hundred that holds for everybody."""
    answers = [signs_in(app, password="three red bicycles")[1].status_code for _ in range(105)]

    assert answers[-1] == 429
    assert signs_in(app, address="198.51.100.7")[0]


def test_sign_out_ends_the_sign_in_so_that_a_copied_cookie_is_dead(
    app: Flask, browser: Browser, asha: Person
) -> None:
    browser.signed_in(asha)
    with browser.client.session_transaction() as cookie:
        copied = cookie["token"]

    page = browser.post("/sign-out")

    assert page.h1 == "You are signed out"
    assert not sign_ins()
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["token"] = copied
    assert "Sign out" not in thief.get("/sign-in").text


def test_sign_out_by_get_does_nothing(browser: Browser, asha: Person) -> None:
    browser.signed_in(asha).get("/sign-out", status=405)

    assert len(sign_ins()) == 1


def test_a_suspended_person_is_out_at_the_next_request(browser: Browser, asha: Person, ada: Person) -> None:
    browser.signed_in(asha)
    assert "Sign out" in browser.get("/sign-in").response.text

    with transaction():
        service.suspend(asha, by=ada, now=NOW)

    assert "Sign out" not in browser.get("/sign-in").response.text


def test_a_person_is_one_row_whatever_the_spelling(app: Flask) -> None:
    with transaction():
        service.register_person(name="A", email="Straße@hill.example", now=NOW, by=None)

    with pytest.raises(service.PersonRefused, match="here already"), transaction():
        service.register_person(name="B", email="STRASSE@Hill.example", now=NOW, by=None)
    assert db.session.scalar(db.select(db.func.count(Person.id))) == 1


def test_what_was_sent_after_the_sign_in_ended_is_kept(
    browser: Browser, asha: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        service.set_password(asha, "a password of her own", now=NOW)
    page = browser.signed_in(asha).get("/account/name")
    at(NOW + timedelta(hours=2))

    page = browser.fill(page, status=401, name="Asha Patel-Jones")
    assert page.h1 == "Sign in to carry on"
    page = browser.fill(page, email="asha@hill.example", password="not hers, really")
    assert page.errors
    page = browser.fill(page, email="asha@hill.example", password="a password of her own")
    assert page.h1 == "You are signed in again"
    db.session.refresh(asha)
    assert asha.name == "Asha Patel"
    page = browser.fill(page, button="Send it now")

    assert "Your name is changed" in page.text
    db.session.refresh(asha)
    assert asha.name == "Asha Patel-Jones"


def test_what_was_sent_goes_on_for_nobody_else(
    browser: Browser, asha: Person, dev: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        service.set_password(dev, "a password of his own", now=NOW)
    page = browser.signed_in(asha).get("/account/name")
    at(NOW + timedelta(hours=2))

    page = browser.fill(page, status=401, name="Somebody Else")
    page = browser.fill(page, email="dev@vale.example", password="a password of his own")

    assert page.h1 != "You are signed in again"


def test_a_form_sent_by_somebody_never_signed_in_asks_to_sign_in(browser: Browser) -> None:
    page = browser.post("/account/name", {"name": "X"}, status=401)

    assert page.h1 == "Sign in"
