"""Somebody who wants a place, and must do something else first, comes back to it by themselves."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.people.models import Person
from tests import factories
from tests.factories import NOW
from tests.journeys.browsers import Serve, assert_accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

PASSWORD = "three green bicycles"


@pytest.fixture
def training_session_id() -> int:
    return factories.make_training_session().id


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def book(page: Page, address: str, training_session_id: int) -> None:
    page.goto(f"{address}/dates/{training_session_id}")
    page.get_by_role("main").get_by_role("button", name="Book a place").click()


def goes_on(page: Page, training_session_id: int) -> None:
    """The booking goes on where it was left, and comes to its end."""
    expect(page).to_have_url(re.compile(rf"/dates/{training_session_id}/book/access-needs$"))
    assert_accessible(page)
    press(page, "Continue")
    declared = page.get_by_label("My manager agrees")
    if declared.count():  # somebody without a line manager answers for themselves
        declared.check()
    press(page, "Confirm booking")
    expect(page.get_by_role("heading", name="Place confirmed")).to_be_visible()


def fill_in_work(page: Page) -> None:
    page.get_by_label("Agency", exact=True).select_option("Hill School")
    page.get_by_label("Job title").fill("Teacher")
    page.get_by_label("Staff group").select_option("Teachers")
    page.get_by_label("I have no line manager").check()


@pytest.mark.parametrize("link", ["banner", "main"])
def test_somebody_without_an_account_comes_back_to_the_date(
    serve: Serve,
    new_page: Callable[..., Page],
    training_session_id: int,
    asha: Person,
    outbox: Callable[[], list[Letter]],
    link: str,
) -> None:
    address = serve(NOW)
    page = new_page()
    book(page, address, training_session_id)
    page.get_by_role("link", name="Create an account").nth(0 if link == "banner" else -1).click()
    page.get_by_label("Full name").fill("Nadia Newcomer")
    page.get_by_role("textbox", name="Work email address", exact=True).fill("nadia@hill.example")
    page.get_by_role("textbox", name="password").fill(PASSWORD)
    fill_in_work(page)
    press(page, "Create an account")
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()

    [letter] = outbox()
    path = re.search(r"/confirm-email/\S+", letter.body)
    assert path
    db.session.rollback()  # an open reader would keep SQLite's writers waiting
    page = new_page()  # letters are often opened in another browser
    page.goto(address + path[0])
    page.get_by_label("Password that you chose").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").last.click()

    goes_on(page, training_session_id)


def test_somebody_without_a_job_comes_back_to_the_date(
    serve: Serve, new_page: Callable[..., Page], training_session_id: int, asha: Person, cara: Person
) -> None:
    address = serve(NOW)
    page = new_page()
    sign_in(page, cara, address)
    book(page, address, training_session_id)
    assert_accessible(page)
    page.get_by_role("button", name="Add a job").click()
    fill_in_work(page)
    press(page, "Add the job")

    goes_on(page, training_session_id)
