"""People who do a story on the pages: one with a browser and the keyboard alone, one with plain HTML and no script.

Both know a page by what stands on it, buttons, links and labels, so that one journey serves both.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol, Self

import pytest
from bs4 import Tag
from flask import Flask
from playwright.sync_api import Locator
from playwright.sync_api import Page as BrowserPage

from sscb_training.core.db import db
from sscb_training.people.models import Person
from tests.browser import Browser, Page
from tests.factories import NOW
from tests.journeys.browsers import Serve, sign_in, too_wide

EACH = "each of this label"
"""An answer for labels that several questions share: choose it in all of them."""

Answers = Mapping[str, str | bool]
WORDS = """main => {
  const words = []
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) words.push(walker.currentNode.data)
  return words.join(" ")
}"""
NOTHING: Answers = MappingProxyType({})


class Visitor(Protocol):
    """Somebody at the service. Answers are {label: text}, {label: True} for what is ticked or chosen, or `EACH`."""

    def open(self, path: str) -> Self: ...
    def follow(self, link: str) -> Self: ...
    def press(self, button: str, answers: Answers = NOTHING) -> Self: ...
    @property
    def text(self) -> str: ...
    @property
    def heading(self) -> str: ...


Visit = Callable[..., Visitor]


class PlainVisitor:
    """Follows links and sends forms as they are written, with no script at all."""

    def __init__(self, app: Flask, person: Person | None) -> None:
        self.browser = Browser(app)
        if person is not None:
            self.browser.signed_in(person)

    @property
    def page(self) -> Page:
        assert self.browser.page is not None
        return self.browser.page

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def heading(self) -> str:
        return self.page.h1

    def open(self, path: str) -> Self:
        self.browser.get(path)
        return self

    def follow(self, link: str) -> Self:
        for found in (self.page.soup.main or self.page.soup).find_all("a"):
            if _words(found).startswith(link):
                return self.open(str(found["href"]))
        raise AssertionError(f"No link “{link}” on {self.page.url}: {self.text[:600]}")

    def press(self, button: str, answers: Answers = NOTHING) -> Self:
        fields: dict[str, Any] = {}
        for label, answer in answers.items():
            for field in self._fields(label, every=answer == EACH):
                fields[str(field["name"])] = _sent(field, answer)
        self.browser.fill(self.page, button=button, **fields)
        return self

    def _fields(self, label: str, *, every: bool) -> list[Tag]:
        found = [
            field
            for one in (self.page.soup.main or self.page.soup).find_all("label")
            if _words(one) == label and (field := self.page.soup.select_one(f"[id='{one['for']}']"))
        ]
        assert found, f"No question “{label}” on {self.page.url}: {self.text[:600]}"
        return found if every else found[:1]


class KeyboardVisitor:
    """Works in Chromium with nothing but keys; a page that is wider than its window fails."""

    def __init__(self, page: BrowserPage, address: str, person: Person | None, now: datetime) -> None:
        self.page, self.address = page, address
        if person is not None:
            sign_in(page, person, address, now=now)

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def text(self) -> str:
        return " ".join(str(self.main.evaluate(WORDS)).split())

    @property
    def heading(self) -> str:
        return " ".join((self.page.locator("h1").text_content() or "").split())

    def open(self, path: str) -> Self:
        db.session.rollback()  # an open reader would keep SQLite's writers waiting
        self.page.goto(self.address + path)
        assert too_wide(self.page) == []
        return self

    def follow(self, link: str) -> Self:
        named = re.compile("^" + re.escape(link).replace(":", r"\s*:"))  # before hidden words is a gap
        either = self.main.get_by_role("link", name=named).or_(
            self.main.locator("a[role=button]").filter(has_text=named)
        )
        return self._enter(either.first)

    def press(self, button: str, answers: Answers = NOTHING) -> Self:
        for label, answer in answers.items():
            found = self.main.get_by_label(label, exact=True)
            for field in found.all() if answer == EACH else [found.first]:
                self._answer(field, answer)
        return self._enter(self.main.get_by_role("button", name=button, exact=True))

    def _answer(self, field: Locator, answer: str | bool) -> None:
        field.focus()
        if answer is True or answer == EACH:
            if not field.is_checked():
                self.page.keyboard.press("Space")
            assert field.is_checked()
        elif field.evaluate("field => field.tagName") == "SELECT":
            self.page.keyboard.type(str(answer))
            assert field.evaluate("field => field.selectedOptions[0].text") == answer
        else:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(str(answer))

    def _enter(self, target: Locator) -> Self:
        db.session.rollback()  # an open reader would keep SQLite's writers waiting
        target.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert too_wide(self.page) == []
        return self


@pytest.fixture(
    params=[
        pytest.param("plain", marks=pytest.mark.other_database),
        pytest.param("keyboard", marks=[pytest.mark.browser, pytest.mark.one_database]),
    ]
)
def visit(request: pytest.FixtureRequest, app: Flask, at: Callable[[datetime], None]) -> Visit:
    """By keyboard alone on SQLite, without any script on PostgreSQL: each story is done both ways and on both.

    `visit(person)`: somebody signed in at the service; `visit()`: a stranger; `visit(person, now=LATER)`.
    """

    def plain(person: Person | None = None, *, now: datetime = NOW) -> Visitor:
        at(now)
        return PlainVisitor(app, person)

    def keyboard(person: Person | None = None, *, now: datetime = NOW) -> Visitor:
        serve: Serve = request.getfixturevalue("serve")
        return KeyboardVisitor(request.getfixturevalue("new_page")(), serve(now), person, now)

    return plain if request.param == "plain" else keyboard


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _sent(field: Tag, answer: str | bool) -> str:
    if answer is True or answer == EACH:
        return str(field.get("value", "y"))
    for option in field.find_all("option"):
        if _words(option) == answer:
            return str(option["value"])
    assert field.name != "select", f"{field['name']} has no {answer}"
    return str(answer)
