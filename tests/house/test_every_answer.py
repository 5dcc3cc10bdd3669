"""What holds for every answer that the service gives: headers, no traces, forms that cannot be forged."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from config import from_environment
from sscb_training import create_app
from sscb_training.core.access import PUBLIC, allow
from sscb_training.core.pages import own_path
from sscb_training.people.models import Person
from tests.browser import Browser

ADDRESSES = ["/", "/courses", "/sign-in", "/nowhere", "/healthz", "/courses?page=%00", "/static/nowhere.css"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(app: Flask, address: str) -> None:
    headers = app.test_client().get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_page_of_somebody_signed_in_is_not_stored(browser: Browser, asha: Person) -> None:
    assert browser.signed_in(asha).get("/home").response.headers["Cache-Control"] == "no-store"


def test_a_page_that_is_not_there_says_so(browser: Browser) -> None:
    assert browser.get("/nowhere", status=404).h1 == "Page not found"


def test_a_page_that_is_not_for_you_says_so(browser: Browser, asha: Person) -> None:
    assert browser.signed_in(asha).get("/people", status=403).h1 == "You cannot open this page"


@pytest.mark.parametrize("value", ["\0", "a\0b"])
def test_a_nul_is_refused_before_anything_looks_at_it(browser: Browser, value: str) -> None:
    assert browser.client.get("/courses", query_string={"q": value}).status_code == 400


def test_a_form_without_a_token_does_nothing(browser: Browser) -> None:
    page = browser.post("/sign-in", {"email": "a@b.example", "password": "x"}, token=False, status=400)
    assert "There is a problem" not in page.text


def test_what_is_too_large_is_refused_in_words(browser: Browser) -> None:
    token = browser.token()
    page = browser.post("/sign-in", {"email": "x" * 5_300_000, "csrf_token": token}, token=False, status=413)
    assert "too" in page.h1.lower()


@pytest.mark.parametrize("path", ["/dates/2147483648", "/dates/9223372036854775808", "/dates/1" + "0" * 30])
def test_a_number_too_large_for_a_key_is_not_found(browser: Browser, path: str) -> None:
    browser.get(path, status=404)


def test_an_unexpected_failure_shows_no_trace(
    application: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(application, monkeypatch, RuntimeError("secret detail"))
    page = browser.get("/cookies", status=500)
    assert "secret detail" not in page.response.get_data(as_text=True)
    assert "Traceback" not in page.response.get_data(as_text=True)


def test_a_database_that_is_away_is_said_plainly(
    application: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(application, monkeypatch, OperationalError("SELECT 1", {}, Exception("connection refused")))
    page = browser.get("/cookies", status=503)
    assert page.response.headers["Retry-After"]
    assert "connection refused" not in page.response.get_data(as_text=True)


def _break(app: Flask, monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def fail() -> None:
        raise failure

    monkeypatch.setitem(app.view_functions, "notices.cookies", allow(PUBLIC)(fail))


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "///evil.example",
        "https://evil.example/courses",
        "/nowhere",
        "/courses\n",
        "",
    ],
)
def test_no_address_of_elsewhere_is_followed(app: Flask, address: str) -> None:
    with app.test_request_context("/sign-in"):
        assert own_path(address) is None


def test_an_address_of_ours_is_followed_with_its_query(app: Flask) -> None:
    with app.test_request_context("/sign-in"):
        assert own_path("/courses?theme=neglect") == "/courses?theme=neglect"


def test_the_production_cookie_is_bound_to_the_host(production: Callable[..., Flask]) -> None:
    answer = production().test_client().get("/sign-in", base_url="https://training.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert answer.headers["Strict-Transport-Security"]


@pytest.fixture
def production(database_url: str, tmp_path: Path) -> Callable[..., Flask]:
    """The service as production configures it."""

    def make(**given: str) -> Flask:
        environment = {
            "APP_ENV": "production",
            "SECRET_KEY": "k" * 48,
            "PUBLIC_URL": "https://training.example.org",
            "DATABASE_URL": database_url,
            "DATA_DIR": str(tmp_path),
        }
        return create_app(from_environment(environment | given))

    return make
