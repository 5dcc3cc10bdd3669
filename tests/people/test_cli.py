"""`flask people create-admin` and what the worker forgets."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people import jobs, service
from sscb_training.people.accounts import service as accounts
from sscb_training.people.models import FailedAttempt, OneTimeLink, Person, SignIn
from tests.browser import Browser
from tests.factories import NOW
from tests.people.accounts.test_create_account import send


def create_admin(app: Flask, email: str) -> str:
    result = app.test_cli_runner().invoke(args=["people", "create-admin", email])
    assert result.exit_code == 0, result.output
    return str(result.stdout.strip().splitlines()[-1]).removeprefix("https://training.example.org")


def test_the_first_administrator_comes_by_a_link_that_works_once(app: Flask, browser: Browser) -> None:
    link = create_admin(app, "new.boss@board.example")
    send(browser, link, name="Nia Boss", password="three green bicycles")

    db.session.rollback()
    nia = db.session.scalars(db.select(Person)).one()
    assert (nia.name, nia.email) == ("Nia Boss", "new.boss@board.example")
    assert Role.ADMINISTRATOR in nia.roles
    browser.get("/people")
    browser.get(link, status=404)


def test_somebody_who_is_here_becomes_administrator(app: Flask, asha: Person) -> None:
    create_admin(app, "ASHA@hill.example")
    create_admin(app, "asha@hill.example")

    db.session.rollback()
    assert db.session.scalars(db.select(Person)).all() == [asha]
    assert [grant.role for grant in asha.role_grants] == [Role.ADMINISTRATOR]


def test_what_is_no_address_is_refused_in_a_sentence(app: Flask) -> None:
    for email in ("nonsense", "admin@board.example"):
        result = app.test_cli_runner().invoke(args=["people", "create-admin", email])
        assert result.exit_code == 1
        assert result.stderr.startswith(f"Error: {email} ")


def test_the_worker_forgets_what_is_over_and_nothing_else(
    app: Flask, asha: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        service.begin_sign_in(asha, device="", now=NOW)
        accounts.ask_for_reset("asha@hill.example", now=NOW)
        db.session.add(FailedAttempt(key="x", at=NOW))

    def left() -> list[int]:
        db.session.rollback()
        return [db.session.query(model).count() for model in (SignIn, OneTimeLink, FailedAttempt)]

    assert jobs.forget_old_sign_ins(NOW + timedelta(minutes=14)) == 0
    assert left() == [1, 1, 1]
    assert jobs.forget_old_sign_ins(NOW + timedelta(minutes=15)) == 1
    assert jobs.forget_old_sign_ins(NOW + timedelta(days=7)) == 1
    assert left() == [1, 0, 0]
    assert jobs.forget_old_sign_ins(NOW + timedelta(days=30)) == 1
    assert left() == [0, 0, 0]
