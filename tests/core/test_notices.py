"""The pages that the law asks for say what is true of this service."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from sscb_training.bookings.rules import ACCESS_NEEDS_KEPT
from sscb_training.core.mail import LETTERS_KEPT
from sscb_training.people import signed_in
from sscb_training.people.accounts import rules
from tests.browser import Browser


@pytest.mark.parametrize("page", ["/accessibility", "/privacy"])
def test_a_notice_names_the_board_and_whom_to_write_to(app: Flask, browser: Browser, page: str) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], board_name="Vale Partnership")

    text = browser.get(page).text

    assert "Vale Partnership" in text
    assert "training@board.example" in text
    assert "Shropshire" not in text


def test_the_cookies_page_lists_the_cookie_that_is_set(browser: Browser) -> None:
    text = browser.get("/cookies").text

    [cookie] = browser.client.get("/sign-in").headers.getlist("Set-Cookie")
    assert cookie.partition("=")[0] in text
    assert "expires" not in cookie.lower(), "it goes when the browser closes"
    assert "max-age" not in cookie.lower()


def test_the_times_that_the_notices_tell_are_those_that_hold(browser: Browser) -> None:
    cookies, privacy = browser.get("/cookies").text, browser.get("/privacy").text

    assert (timedelta(hours=1), timedelta(hours=12)) == (signed_in.IDLE, signed_in.LONGEST)
    assert "after 1 hour without use, or 12 hours after it began" in cookies
    assert timedelta(days=30) == rules.SIGN_INS_KEPT
    assert "for 30 days" in privacy
    assert timedelta(days=14) == ACCESS_NEEDS_KEPT
    assert "over for 14 days" in privacy
    assert timedelta(minutes=15) == rules.WINDOW
    assert "for 15 minutes" in privacy
    assert timedelta(days=365) == LETTERS_KEPT
    assert "the letters that we sent you, for 12 months" in privacy


def test_the_accessibility_statement_owns_up_to_what_was_not_tested(browser: Browser) -> None:
    text = browser.get("/accessibility").text

    assert "not been audited by specialists, nor tried by disabled people" in text
