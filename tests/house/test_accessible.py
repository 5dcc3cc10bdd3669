"""axe looks at every page there is, wide and on a phone, full, empty and in error (promise P23)."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Error, Page

from tests.factories import NOW
from tests.house.world import World, person_without_anything
from tests.journeys.browsers import Serve, faults_of, sign_in, too_wide

NOT_PAGES = ("static", "health.show", "bookings.calendar", "attendance.sign_in_sheet")


@pytest.mark.browser
@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_axe_finds_nothing_on_any_page_full_or_in_error(
    app: Flask, serve: Serve, new_page: Callable[..., Page], half: int
) -> None:
    """Everything there is, on a phone; then the same page's form sent empty. In two halves, for two cores."""
    world = World()
    address = serve(NOW)
    page = new_page(width=375)
    sign_in(page, world.everything, address)
    faults, in_error = [], 0
    for url in _addresses(world)[half::2]:
        if not _opens(page, address + url):
            continue
        faults += faults_of(page) + _too_wide_at(page, 1280)
        if _sends_empty(page):
            in_error += 1
            faults += faults_of(page)
    assert in_error >= 5
    assert faults == []


@pytest.mark.browser
@pytest.mark.one_database
@pytest.mark.slow
def test_axe_finds_nothing_on_any_page_that_is_empty(
    app: Flask, serve: Serve, new_page: Callable[..., Page]
) -> None:
    world = World()
    address = serve(NOW)
    page = new_page(width=1280)
    sign_in(page, person_without_anything(), address)
    faults = []
    for url in _addresses(world):
        if _opens(page, address + url):
            faults += faults_of(page) + _too_wide_at(page, 375)
    assert faults == []


def _addresses(world: World) -> list[str]:
    return [url for endpoint, url in world.pages().items() if endpoint not in NOT_PAGES]


def _opens(page: Page, address: str) -> bool:
    """Whether there is a page at this address, for whoever is signed in; it is open then."""
    try:
        answer = page.goto(address)
    except Error as failure:
        if "Download is starting" not in failure.message:
            raise
        return False
    assert answer is not None
    return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html")


def _too_wide_at(page: Page, width: int) -> list[str]:
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({**size, "width": width})
    found = too_wide(page)
    page.set_viewport_size(size)
    return found


def _sends_empty(page: Page) -> bool:
    """Whether the page has one form with something to type, which says what is missing when it is sent empty."""
    form = page.locator("main form[method=post]")
    if form.count() != 1 or not form.locator("input[type=text], textarea").count():
        return False
    for field in form.locator("input[type=text]").all():
        field.fill("")
    form.locator("button").last.click()
    page.wait_for_load_state()
    return page.locator(".govuk-error-summary").count() > 0
