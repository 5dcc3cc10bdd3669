"""Journeys go through the whole service in a real browser; axe looks at every page that they pass."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config import DEVELOPMENT_SECRET
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people import service
from sscb_training.people.models import Person
from tests import live
from tests.factories import NOW

Serve = Callable[[datetime], str]
AXE = Axe().axe_script
FIND_VIOLATIONS = """async (within) => {
    const found = await axe.run(within, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        resultTypes: ["violations"],
        preload: false,
    });
    return found.violations.map((each) => `${each.id} ${each.nodes[0].html.slice(0, 200)}`);
}"""


@pytest.fixture(scope="session")
def serve(application: Flask, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """`serve(moment)`: the address of the service, on the tests' database, at that time."""
    with ExitStack() as servers:

        @cache
        def at(moment: datetime) -> str:
            data_dir = tmp_path_factory.mktemp("live")
            return servers.enter_context(live.served_here(database_url, data_dir, clock=moment))

        yield at


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        yield playwright.chromium.launch(executable_path=path, args=live.CHROMIUM_ARGUMENTS)


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`new_page()`: a fresh browser of somebody's; `new_page(javascript=False)`, `new_page(width=375)`."""
    contexts: list[BrowserContext] = []

    def new(*, javascript: bool = True, width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
            locale="en-GB",
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()


def faults_of(page: Page, within: str = "html") -> list[str]:
    """What axe finds on the page that is open, or in a part of it; and whether it is wider than its window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = [f"{page.url}: {violation}" for violation in page.evaluate(FIND_VIOLATIONS, within)]
    return [*found, *too_wide(page)]


WIDER_BY = """async () => {
    const root = document.documentElement, pixels = () => root.scrollWidth - root.clientWidth;
    for (let tries = 0; pixels() > 0 && tries < 20; tries += 1) await new Promise(then => setTimeout(then, 50));
    return pixels();
}"""


def too_wide(page: Page) -> list[str]:
    """Whether the page that is open is wider than its window, and stays so: a scroll bar may come a moment late."""
    pixels = page.evaluate(WIDER_BY)
    return [f"{page.url} is {pixels} pixels too wide"] if pixels > 0 else []


def assert_accessible(page: Page) -> None:
    assert faults_of(page) == []


def sign_in(page: Page, person: Person, address: str, *, now: datetime = NOW) -> None:
    """Sign this browser in without typing the password; signing in itself has its own journey."""
    with transaction():
        token = service.begin_sign_in(person, device="journey", now=now)
    cookie = live.signed_cookie(DEVELOPMENT_SECRET, {"token": token})
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": cookie, "url": address}])
    db.session.rollback()  # an open reader would keep SQLite's writers waiting
