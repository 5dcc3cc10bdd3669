"""Pages about letters in development, where they are read in full; and nowhere else."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from sscb_training.core import mail
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from tests.browser import Browser
from tests.factories import NOW, make_booking, make_training_session

WAITS = "bookings/waitlisted"


@pytest.fixture
def letter(app: Flask) -> Letter:
    booking = make_booking(make_training_session())
    with transaction():
        mail.queue(WAITS, to="asha@hill.example", at=NOW, booking=booking)
    return db.session.scalars(select(Letter)).one()


def test_a_developer_reads_letters_in_full(app: Flask, browser: Browser, letter: Letter) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], app_env="development")
    assert "asha@hill.example" in browser.get("/development/letters").text
    assert letter.subject in browser.get(f"/development/letters/{letter.id}").text


@pytest.mark.parametrize("app_env", ["test", "production"])
def test_nobody_else_does(app: Flask, browser: Browser, letter: Letter, app_env: str) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], app_env=app_env)
    browser.get("/development/letters", status=404)
    browser.get(f"/development/letters/{letter.id}", status=404)
