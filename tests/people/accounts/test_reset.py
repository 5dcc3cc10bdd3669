"""A forgotten password: the same answer to everybody, a link for an hour, and everybody else signed out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask

from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people import passwords, service
from sscb_training.people.accounts import service as accounts
from sscb_training.people.accounts.rules import Action, limits_on
from sscb_training.people.models import Person, SignIn
from tests.browser import Browser
from tests.factories import NOW, make_person
from tests.people.accounts.test_create_account import Outbox, link_in, send

NEW = "four yellow tractors"


@pytest.fixture
def asha(asha: Person) -> Person:
    with transaction():
        service.set_password(asha, "three green bicycles", now=NOW)
    return asha


def test_known_and_unknown_addresses_get_one_answer_and_a_letter_each(
    browser: Browser, asha: Person, outbox: Outbox
) -> None:
    known = browser.submit("/forgotten-password", email="Asha@hill.example")
    unknown = browser.submit("/forgotten-password", email="nobody@hill.example")

    assert known.text == unknown.text
    assert [(letter.to_address, letter.subject) for letter in outbox()] == [
        ("asha@hill.example", "Choose a new password"),
        ("nobody@hill.example", "There is no account with this address"),
    ]


def test_a_new_password_ends_every_sign_in_and_is_told(
    app: Flask, browser: Browser, asha: Person, outbox: Outbox
) -> None:
    elsewhere = Browser(app).signed_in(asha)
    browser.submit("/forgotten-password", email=asha.email)

    page = browser.submit(link_in(outbox()[0]), password=NEW)

    assert page.h1 == "Sign in"
    assert elsewhere.get("/account").h1 == "Sign in"
    assert outbox()[-1].subject == "Your password was changed"
    db.session.rollback()
    assert passwords.matches(asha.password_hash, NEW)


@pytest.mark.parametrize("page", ["reset-password", "invitation"])
def test_a_link_sent_many_times_at_once_does_not_keep_us_hashing(
    browser: Browser, asha: Person, ada: Person, outbox: Outbox, page: str
) -> None:
    with transaction():
        accounts.ask_for_reset("asha@hill.example", now=NOW)
        accounts.invite(name="Nia", email="nia@hill.example", role=Role.TRAINER, by=ada, now=NOW)
    letter = next(letter for letter in outbox() if page in letter.body)
    limits = limits_on(Action.CHOOSE_PASSWORD, address=letter.to_address, network="203.0.113.1")
    with transaction():
        for _ in range(5):
            accounts.note_attempt(limits, now=NOW)

    with patch.object(passwords, "hasher", wraps=passwords.hasher) as hasher:
        browser.submit(link_in(letter), password=NEW, status=429)

    assert hasher.hash.call_count == 0


def test_the_link_works_once_for_an_hour_and_the_newest_only(
    browser: Browser, asha: Person, outbox: Outbox, at: Callable[[datetime], None]
) -> None:
    for _ in range(3):
        browser.submit("/forgotten-password", email=asha.email)
    first, second, third = (link_in(letter) for letter in outbox())

    browser.get(first, status=404)
    browser.get(second, status=404)
    browser.submit(third, password=NEW)
    browser.get(third, status=404)
    browser.submit("/forgotten-password", email=asha.email)
    at(NOW + timedelta(hours=1))
    browser.get(link_in(outbox()[-1]), status=404)


def test_a_bad_new_password_is_refused_and_the_link_still_works(
    browser: Browser, asha: Person, outbox: Outbox
) -> None:
    browser.submit("/forgotten-password", email=asha.email)

    page = browser.submit(link_in(outbox()[0]), password="password1234")

    assert page.errors[0].startswith("Choose a password that is harder to guess")
    browser.get(link_in(outbox()[0]))


def test_a_suspended_person_gets_a_letter_and_no_link(browser: Browser, asha: Person, outbox: Outbox) -> None:
    with transaction():
        asha.suspended_at = NOW

    browser.submit("/forgotten-password", email=asha.email)

    assert [letter.subject for letter in outbox()] == ["Your account is suspended"]
    assert "/reset-password/" not in outbox()[0].body


def test_a_link_from_before_the_suspension_is_refused(
    browser: Browser, asha: Person, ada: Person, outbox: Outbox
) -> None:
    browser.submit("/forgotten-password", email=asha.email)
    with transaction():
        service.suspend(asha, by=ada, now=NOW)

    page = browser.submit(link_in(outbox()[0]), password=NEW, status=409)

    assert "This account is suspended" in page.text


def test_whoever_reads_the_mailbox_of_an_unconfirmed_record_gets_in(browser: Browser, outbox: Outbox) -> None:
    person = make_person(email="walkin@hill.example", email_confirmed_at=None)

    browser.submit("/forgotten-password", email=person.email)
    browser.submit(link_in(outbox()[0]), password=NEW)
    send(browser, "/sign-in", email="walkin@hill.example", password=NEW)

    db.session.rollback()
    assert person.email_confirmed_at == NOW
    assert db.session.scalar(db.select(SignIn.person_id)) == person.id
    assert [letter.subject for letter in outbox()] == ["Choose a new password"], "nothing was changed"


def test_an_account_that_was_asked_for_is_not_lost_with_its_password(
    browser: Browser, outbox: Outbox, asha: Person
) -> None:
    job = asha.memberships[0]
    answers: dict[str, Any] = {
        "agency": job.agency_id,
        "staff_group": job.staff_group_id,
        "job_title": "Cook",
    }
    browser.submit(
        "/create-account", name="Nadia", email="nadia@hill.example", password="three green bicycles",
        manager_name="Mo", manager_email="mo@hill.example", **answers,
    )  # fmt: skip

    browser.submit("/forgotten-password", email="nadia@hill.example")
    browser.submit(link_in(outbox()[-1]), password=NEW)

    nadia = db.session.scalars(db.select(Person).where(Person.name == "Nadia")).one()
    assert passwords.matches(nadia.password_hash, NEW)
    assert [membership.job_title for membership in nadia.memberships] == ["Cook"]


def test_asking_again_and_again_is_throttled_for_known_and_unknown_alike(
    browser: Browser, asha: Person, outbox: Outbox
) -> None:
    for email in (asha.email, "nobody@hill.example"):
        for _ in range(5):
            browser.submit("/forgotten-password", email=email)
        assert browser.submit("/forgotten-password", email=email, status=429).h1 == "Too many attempts"

    assert len(outbox()) == 10
