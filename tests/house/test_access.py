"""Every route, every kind of person, every method: who gets in is what the table says (promise P7)."""

from collections.abc import Iterator

import pytest
from flask import Flask, current_app
from werkzeug.routing import IntegerConverter, Rule

from sscb_training.core.access import PUBLIC, SIGNED_IN, declared_access
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import make_agency, make_person
from tests.house.access import ACCESS
from tests.live import csrf_token

LEAVES = "people.sign_out"  # whoever sends it is signed out and sent to the sign-in page, as a stranger is
RAW = "the raw token of a session"
NOBODY_SUCH = {"int": 999_999, "default": "nobody-such", "string": "nobody-such"}


def test_every_view_declares_the_access_that_the_table_lists(app: Flask) -> None:
    assert {endpoint: declared_access(endpoint) for endpoint in app.view_functions} == ACCESS


def test_every_listed_role_is_one_that_exists() -> None:
    words = {PUBLIC, SIGNED_IN, *Role}
    assert [endpoint for endpoint, who in ACCESS.items() if not who or not set(who) <= words] == []


@pytest.mark.one_database
@pytest.mark.parametrize("role", ["nobody", "professional", *Role])
def test_a_route_opens_for_whom_the_table_lists_and_for_nobody_else(app: Flask, role: str) -> None:
    browser = Browser(app)
    person = None if role == "nobody" else _person(role)
    roles = person.roles if person else frozenset()
    token = csrf_token(app.config["SECRET_KEY"], RAW)
    wrong, arrived = [], False
    for rule, method in _routes():
        who = ACCESS[rule.endpoint]
        let_in = PUBLIC in who or (person is not None and (SIGNED_IN in who or bool(roles & set(who))))
        if not arrived:
            _arrive(browser, person)
        form = {"csrf_token": token} if method == "POST" else None
        answer = browser.client.open(_url(rule), method=method, data=form)
        arrived = "Set-Cookie" not in answer.headers  # some routes sign the person out
        shut_out = answer.status_code in {401, 403} or (
            answer.status_code == 302 and answer.location.startswith("/sign-in") and rule.endpoint != LEAVES
        )
        if let_in == shut_out or answer.status_code >= 500:
            wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert wrong == []


def test_a_wrong_id_is_not_found_rather_than_a_fault(app: Flask) -> None:
    browser = Browser(app)
    browser.signed_in(_person(Role.ADMINISTRATOR))
    answers = {
        rule.rule: browser.client.get(_url(rule)).status_code
        for rule, method in _routes()
        if method == "GET" and rule.arguments and rule.endpoint not in {"static", "certificates.check_code"}
    }
    assert {rule: status for rule, status in answers.items() if status not in {403, 404}} == {}


def _routes() -> Iterator[tuple[Rule, str]]:
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield rule, method


def _url(rule: Rule) -> str:
    values = {
        name: NOBODY_SUCH["int" if isinstance(converter, IntegerConverter) else "default"]
        for name, converter in rule._converters.items()
    }
    _, path = rule.build(values, append_unknown=False) or ("", rule.rule)
    return path


def _person(role: str) -> Person:
    if role == Role.AGENCY_LEAD:
        agency = make_agency()
        return make_person(agency=agency, leads=agency)
    return make_person(roles=[Role(role)] if role in set(Role) else [])


def _arrive(browser: Browser, person: Person | None) -> None:
    if person is not None:
        browser.signed_in(person)
    with browser.client.session_transaction() as cookie:
        cookie["csrf_token"] = RAW
    db.session.rollback()
