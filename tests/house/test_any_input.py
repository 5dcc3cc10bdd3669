"""Every field of every form against hostile values: an answer every time, never a fault or a trace (promise P25)."""

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer
from flask import Flask

from sscb_training.core.db import db
from tests.browser import Browser, form_values
from tests.house.world import World

HOSTILE_TO_POSTGRESQL = ["999999999999", "a\0b" + "é" * 5000]
"""A number beyond its columns, and a sign and a length that it does not take everywhere."""
HOSTILE = [
    "99999999999999999999",
    "-1",
    "",
    "'; DROP TABLE person; -- \U0001f600 =1+1 {{7*7}} <img src=x onerror=alert(1)> "
    "\u202eright to left\u202c\r\nBcc: everybody@example.org",
    "9\u0660",
]


@pytest.mark.slow
def test_every_form_answers_whatever_is_typed(app: Flask) -> None:
    world = World()
    browser = Browser(app).signed_in(world.everything)
    values = HOSTILE if db.engine.dialect.name == "sqlite" else HOSTILE_TO_POSTGRESQL
    faults = []
    tried = 0
    known = set()
    for endpoint, url in world.pages().items():
        if endpoint in {"people.sign_out"}:
            continue
        for form in _forms(browser, url):
            names = [
                str(field["name"]) for field in form.select("[name]") if field.get("name") != "csrf_token"
            ]
            action = str(form.get("action") or url)
            shape = (re.sub(r"\d+|\?.*", "", action), *names)
            if shape in known:  # the same form on another row
                continue
            known.add(shape)
            for value in values:
                data = form_values(form) | {name: [value] * names.count(name) for name in names}
                if "sign-out" in action:
                    continue
                sends = (
                    browser.client.get
                    if str(form.get("method", "get")).lower() == "get"
                    else browser.client.post
                )
                answer = (
                    sends(action, query_string=data)
                    if sends == browser.client.get
                    else sends(action, data=data)
                )
                tried += 1
                if answer.status_code >= 500 or "Traceback" in answer.get_data(as_text=True):
                    faults.append(f"{endpoint} {action} {value[:20]!r}: {answer.status_code}")
    assert tried > 100
    assert faults == []


def _forms(browser: Browser, url: str) -> Iterator[Tag]:
    answer = browser.client.get(url)
    if answer.mimetype != "text/html" or answer.status_code != 200:
        return
    yield from BeautifulSoup(answer.text, "lxml", parse_only=SoupStrainer("main")).find_all("form")
