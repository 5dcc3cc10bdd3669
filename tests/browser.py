"""A browser for tests that refuses any page with a fault: whoever opens a page in a test has it checked."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from bs4 import BeautifulSoup, Tag
from flask import Flask
from lxml.html import HtmlElement, document_fromstring
from werkzeug.test import TestResponse

from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people import service
from sscb_training.people.models import Person
from tests.factories import NOW

NEEDS_NO_LABEL = {"hidden", "submit"}
WORDS = ".//text()[not(parent::script or parent::style or parent::template)]"
HANDLERS = {"onclick", "onsubmit", "onchange", "onload"}


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

    @cached_property
    def root(self) -> HtmlElement:
        """The same page six times as quickly, for what every test asks."""
        return document_fromstring(self.response.get_data(as_text=True))

    @property
    def text(self) -> str:
        """The words of the main part, with single spaces."""
        if self.response.mimetype != "text/html":
            return " ".join(self.soup.get_text(" ").split())
        part = next(self.root.iter("main"), self.root)
        return " ".join(" ".join(part.xpath(WORDS)).split())

    @property
    def h1(self) -> str:
        heading = next(self.root.iter("h1"))
        return " ".join(" ".join(heading.itertext()).split())

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
        """Where the link goes that says exactly this, or is labelled so."""
        for link in self.soup.find_all("a"):
            if text in (" ".join(link.get_text(" ").split()), link.get("aria-label")):
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
    """What is wrong with the page, in one walk: it is taken for every page that any test opens."""
    root = page.root
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    by_tag: defaultdict[str, list[HtmlElement]] = defaultdict(list)
    for element in elements:
        by_tag[str(element.tag)].append(element)
    ids = Counter(element.get("id") for element in elements if element.get("id") is not None)
    faults = [f"id {name} twice" for name, times in ids.items() if times > 1]
    faults += _faults_of_headings(by_tag, in_error=any(_is_error_summary(element) for element in elements))
    if not root.get("lang"):
        faults.append("no language")
    labelled = {label.get("for") for label in by_tag["label"]}
    for field in by_tag["input"] + by_tag["select"] + by_tag["textarea"]:
        has_label = field.get("aria-label") or field.get("aria-labelledby") or field.get("id") in labelled
        if not has_label and field.get("type") not in NEEDS_NO_LABEL:
            faults.append(f"{field.tag} {field.get('name')} has no label")
    for element in elements:
        for name in ("aria-describedby", "aria-labelledby"):
            faults += [f"{name} names no {i}" for i in element.get(name, "").split() if i not in ids]
        if "style" in element.attrib or not HANDLERS.isdisjoint(element.attrib):
            faults.append("an inline style or handler")
    for link in by_tag["a"]:
        target = link.get("href", "")
        if target.startswith("#") and target[1:] not in ids:
            faults.append(f"a link goes to {target}, which is not there")
    for form in by_tag["form"]:
        fields = {field.get("name") for field in form.iter("input")}
        if form.get("method", "").lower() == "post" and "csrf_token" not in fields:
            faults.append("a POST form without a token")
    if any(next(table.iter("caption"), None) is None for table in by_tag["table"]):
        faults.append("a table without a caption")
    if any("nonce" not in script.attrib and "src" not in script.attrib for script in by_tag["script"]):
        faults.append("a script without a nonce")
    return faults


def _is_error_summary(element: HtmlElement) -> bool:
    return "govuk-error-summary" in element.get("class", "").split()


def _faults_of_headings(by_tag: Mapping[str, list[HtmlElement]], *, in_error: bool) -> Iterator[str]:
    headings = [" ".join(h1.text_content().split()) for h1 in by_tag["h1"]]
    titles = [" ".join(title.text_content().split()) for title in by_tag["title"] if _is_of_the_page(title)]
    if len(headings) != 1:
        yield f"{len(headings)} h1 headings"
    if not any(titles):
        yield "no title"
    elif headings and headings[0] not in titles[0]:
        yield f"the title “{titles[0]}” does not hold the heading “{headings[0]}”"
    if in_error and not titles[0].startswith("Error: "):
        yield "the title of a page in error does not begin with Error:"


def _is_of_the_page(title: HtmlElement) -> bool:
    """A drawing has titles of its own."""
    parent = title.getparent()
    return parent is not None and parent.tag == "head"
