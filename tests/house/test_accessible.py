"""axe looks at every page there is, wide and on a phone, full, empty and in error (promise P23)."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.factories import NOW
from tests.house.world import World, person_without_anything
from tests.journeys.browsers import Serve, faults_of, sign_in, too_wide

NOT_PAGES = ("static", "health.show", "bookings.calendar")


@pytest.mark.browser
@pytest.mark.pages
@pytest.mark.slow
@pytest.mark.parametrize(("full", "width"), [(True, 375), (False, 1280)])
def test_axe_finds_nothing_on_any_page(
    app: Flask, serve: Serve, new_page: Callable[..., Page], full: bool, width: int
) -> None:
    """Everything there is on a phone, and every list empty on a desk; neither is too wide at either width."""
    world = World()
    address = serve(NOW)
    page = new_page(width=width)
    sign_in(page, world.everything if full else person_without_anything(), address)
    faults = []
    for url in _addresses(world):
        answer = page.request.get(address + url)
        if answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html"):
            page.goto(address + url)
            faults += faults_of(page)
            page.set_viewport_size({"width": 1280 if width == 375 else 375, "height": 900})
            faults += too_wide(page)
            page.set_viewport_size({"width": width, "height": 900})
    assert faults == []


@pytest.mark.browser
@pytest.mark.pages
@pytest.mark.slow
def test_axe_finds_nothing_on_a_form_in_error(
    app: Flask, serve: Serve, new_page: Callable[..., Page]
) -> None:
    world = World()
    address = serve(NOW)
    page = new_page(width=375)
    sign_in(page, world.everything, address)
    faults, seen = [], 0
    for url in _addresses(world):
        if "<form" not in page.request.get(address + url).text():
            continue
        page.goto(address + url)
        form = page.locator("main form[method=post]")
        if form.count() != 1 or not form.locator("input[type=text], textarea").count():
            continue
        for field in form.locator("input[type=text]").all():
            field.fill("")
        form.locator("button").last.click()
        page.wait_for_load_state()
        if page.locator(".govuk-error-summary").count():
            seen += 1
            faults += faults_of(page)
    assert seen >= 5
    assert faults == []


def _addresses(world: World) -> list[str]:
    return [url for endpoint, url in world.pages().items() if endpoint not in NOT_PAGES]
