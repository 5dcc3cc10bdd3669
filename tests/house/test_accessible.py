"""axe looks at every page there is, wide and on a phone, full, empty and in error (promise P23)."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.factories import NOW
from tests.house.world import World, person_without_anything
from tests.journeys.browsers import Serve, faults_of, sign_in

NOT_PAGES = ("static", "health.show", "bookings.calendar")


@pytest.mark.browser
@pytest.mark.pages
@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_on_any_page(
    app: Flask, serve: Serve, new_page: Callable[..., Page], width: int
) -> None:
    world = World()
    address = serve(NOW)
    page = new_page(width=width)
    faults = []
    for viewer in (world.everything, person_without_anything()):
        sign_in(page, viewer, address)
        for endpoint, url in world.pages().items():
            if endpoint.startswith(NOT_PAGES) or "csv" in url or "xlsx" in url:
                continue
            answer = page.request.get(address + url)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            page.goto(address + url)
            faults += faults_of(page)
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
    for endpoint, url in world.pages().items():
        if endpoint.startswith(NOT_PAGES) or not page.request.get(address + url).headers.get(
            "content-type", ""
        ).startswith("text/html"):
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
