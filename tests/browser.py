"""A browser for tests that refuses any page with a fault: whoever opens a page in a test has it checked."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people import service
from sscb_training.people.models import Person
from tests.factories import NOW

LABELLED = "input:not([type=hidden]):not([type=submit]), select, textarea"


@dataclass
class Page:
    """What came back."""

    response: TestResponse
    url: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.response.get_data(as_text=True), "lxml")

    @property
    def text(self) -> str:
        """The words of the main part, with single spaces."""
        part = self.soup.main or self.soup
        return " ".join(part.get_text(" ").split())

    @property
    def h1(self) -> str:
        heading = self.soup.h1
        assert heading is not None
        return " ".join(heading.get_text(" ").split())

    @property
    def errors(self) -> list[str]:
        """The entries of the error summary."""
        return [
            entry.get_text(" ", strip=True) for entry in self.soup.select(".govuk-error-summary__list li")
        ]

    @property
    def navigation(self) -> list[str]:
        return [
            link.get_text(" ", strip=True) for link in self.soup.select(".govuk-service-navigation__link")
        ]

    def link(self, text: str) -> str:
        """Where the link with exactly this text goes."""
        for link in self.soup.find_all("a"):
            if " ".join(link.get_text(" ").split()) == text:
                return str(link["href"])
        raise AssertionError(
            f"No link “{text}” on {self.url}; there are {[a.get_text(' ', strip=True) for a in self.soup.find_all('a')]}"
        )


class Browser:
    """Opens pages and sends forms as a person would, following redirects."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.page: Page | None = None

    def signed_in(self, person: Person) -> Self:
        """The same browser with this person signed in (a real sign-in, without typing the password)."""
        with transaction():
            token = service.begin_sign_in(
                person, device="test", now=self.app.extensions["settings"].test_clock or NOW
            )
        with self.client.session_transaction() as cookie:
            cookie.clear()
            cookie["token"] = token
        return self

    def get(self, url: str, *, status: int = 200, check: bool = True) -> Page:
        db.session.rollback()  # an open reader would keep SQLite's writer waiting
        return self._arrive(self.client.get(url, follow_redirects=True), status, check)

    def post(
        self, url: str, data: dict[str, Any] | None = None, *, status: int = 200, token: bool = True
    ) -> Page:
        """Send values to an address as a form with a good token would, without opening the form first."""
        if token:
            data = {**(data or {}), "csrf_token": self.token()}
        db.session.rollback()
        return self._arrive(self.client.post(url, data=data, follow_redirects=True), status, True)

    def submit(self, url: str, *, button: str | None = None, status: int = 200, **fields: Any) -> Page:
        """Open a page, fill its form (the one with this button, or the only POST form in main) and send it."""
        page = self.get(url)
        return self.fill(page, button=button, status=status, **fields)

    def fill(self, page: Page, *, button: str | None = None, status: int = 200, **fields: Any) -> Page:
        form = _form(page, button)
        data = form_values(form)
        for name, value in fields.items():
            assert form.select_one(f"[name='{name}']"), f"No field {name} in the form of {page.url}"
            data[name] = value
        pressed = _button(form, button)
        if pressed is not None and pressed.get("name"):
            data[str(pressed["name"])] = str(pressed.get("value", ""))
        action = str(form.get("action") or page.url)
        db.session.rollback()
        if str(form.get("method", "get")).lower() == "get":
            answer = self.client.get(action, query_string=data, follow_redirects=True)
        else:
            answer = self.client.post(action, data=data, follow_redirects=True)
        return self._arrive(answer, status, True)

    def click(self, text: str, *, status: int = 200) -> Page:
        """Follow a link of the page that is open."""
        assert self.page is not None
        return self.get(self.page.link(text), status=status)

    def token(self) -> str:
        """A token that belongs to this browser's session."""
        field = self.get("/sign-in").soup.select_one("input[name=csrf_token]")
        assert isinstance(field, Tag)
        return str(field["value"])

    def _arrive(self, response: TestResponse, status: int, check: bool) -> Page:
        db.session.rollback()
        self.page = Page(response, response.request.path)
        assert response.status_code == status, (
            f"{response.request.path}: {response.status_code}, {self.page.text[:600]}"
        )
        if check and response.mimetype == "text/html":
            faults = list(_faults(self.page))
            assert not faults, f"{self.page.url}: {faults}"
        return self.page


def _form(page: Page, button: str | None) -> Tag:
    part = page.soup.main or page.soup
    forms = [form for form in part.find_all("form") if button is None or _button(form, button) is not None]
    if button is None and len(forms) > 1:
        forms = [form for form in forms if str(form.get("method", "")).lower() == "post"]
    assert len(forms) == 1, f"{len(forms)} forms with button {button!r} on {page.url}: {page.text[:300]}"
    return forms[0]


def _button(form: Tag, text: str | None) -> Tag | None:
    for found in form.find_all("button"):
        if text is None or " ".join(found.get_text(" ").split()) == text:
            return found
    return None


def form_values(form: Tag) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for field in form.select("input, select, textarea"):
        name = field.get("name")
        if not name or field.has_attr("disabled"):
            continue
        for value in _sent(field):
            data.setdefault(str(name), []).append(value)
    return data


def _sent(field: Tag) -> list[str]:
    if field.name == "textarea":
        return [field.get_text()]
    if field.name == "select":
        options = field.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")] or (
            [] if field.has_attr("multiple") else options[:1]
        )
        return [str(option.get("value", option.get_text())) for option in chosen]
    if field.get("type") in {"radio", "checkbox"}:
        return [str(field.get("value", "on"))] if field.has_attr("checked") else []
    return [str(field.get("value", ""))]


def _faults(page: Page) -> list[str]:
    soup, faults = page.soup, []
    if len(soup.find_all("h1")) != 1:
        faults.append(f"{len(soup.find_all('h1'))} h1 headings")
    title = soup.title.get_text(strip=True) if soup.title else ""
    if not title:
        faults.append("no title")
    elif soup.h1 is not None and page.h1 not in " ".join(title.split()):
        faults.append(f"the title “{title}” does not hold the heading “{page.h1}”")
    if soup.select(".govuk-error-summary") and not title.startswith("Error: "):
        faults.append("the title of a page in error does not begin with Error:")
    if not (soup.html and soup.html.get("lang")):
        faults.append("no language")
    ids = Counter(str(tag["id"]) for tag in soup.find_all(id=True))
    faults += [f"id {name} twice" for name, times in ids.items() if times > 1]
    labelled = {label.get("for") for label in soup.find_all("label")}
    for field in soup.select(LABELLED):
        if not (field.get("aria-label") or field.get("aria-labelledby") or field.get("id") in labelled):
            faults.append(f"{field.name} {field.get('name')} has no label")
    for reference in soup.select("[aria-describedby], [aria-labelledby]"):
        for name in ("aria-describedby", "aria-labelledby"):
            faults += [f"{name} names no {i}" for i in str(reference.get(name, "")).split() if i not in ids]
    for link in soup.select("a[href^='#']"):
        if str(link["href"])[1:] not in ids:
            faults.append(f"a link goes to {link['href']}, which is not there")
    for form in soup.find_all("form"):
        if str(form.get("method", "")).lower() == "post" and not form.find(
            "input", attrs={"name": "csrf_token"}
        ):
            faults.append("a POST form without a token")
    for table in soup.find_all("table"):
        if not table.find("caption"):
            faults.append("a table without a caption")
    if soup.select("[style], script:not([nonce]):not([src])"):
        faults.append("an inline style, or a script without a nonce")
    if soup.select("[onclick], [onsubmit], [onchange], [onload]"):
        faults.append("an inline handler")
    return faults
