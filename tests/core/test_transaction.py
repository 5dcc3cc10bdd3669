"""One transaction at a time, and nothing of it lost to another."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.people.accounts import service as accounts
from sscb_training.people.models import OneTimeLink, Person
from tests.browser import Browser
from tests.factories import NOW, changed, make_training_session

At = Callable[[datetime], None]
Outbox = Callable[[], list[Letter]]


def test_a_transaction_inside_another_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="open already"), transaction(), transaction():
        pass
    with transaction():
        pass


def test_a_new_address_is_kept_though_the_sign_in_is_noted_at_the_same_time(
    browser: Browser, asha: Person, outbox: Outbox, at: At
) -> None:
    with transaction():
        accounts.ask_for_new_email(asha, email="new@hill.example", now=NOW)
    token = outbox()[-1].body.split("/change-email/")[1].split()[0]
    page = browser.signed_in(asha).get(f"/change-email/{token}")
    at(NOW + timedelta(minutes=6))

    browser.fill(page)

    db.session.refresh(asha)
    assert asha.email == "new@hill.example"


def test_a_link_to_a_new_password_is_kept_though_the_sign_in_is_noted(
    browser: Browser, asha: Person, at: At
) -> None:
    page = browser.signed_in(asha).get("/forgotten-password")
    at(NOW + timedelta(minutes=6))

    browser.fill(page, email="asha@hill.example")

    assert db.session.scalars(select(OneTimeLink)).all()


def test_a_row_that_was_deleted_meanwhile_is_not_found(browser: Browser, cara: Person) -> None:
    from werkzeug.exceptions import NotFound

    from sscb_training.core.db import lock

    gone = make_training_session()
    changed(gone, joining_instructions="x")
    with transaction():
        db.session.execute(db.text("DELETE FROM session_part"))
        db.session.execute(db.text("DELETE FROM training_session"))

    with pytest.raises(NotFound), transaction():
        lock(gone)
