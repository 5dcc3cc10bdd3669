import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from sscb_training.bookings.models import Outcome
from sscb_training.bookings.rules import REFERENCE_LETTERS
from sscb_training.certificates.check import rules
from sscb_training.certificates.models import Certificate
from sscb_training.certificates.rules import LENGTH, in_groups
from sscb_training.core.db import db, rows
from sscb_training.core.pdf import qr_code
from sscb_training.people.accounts.rules import WINDOW, Limit
from sscb_training.people.models import FailedAttempt, Person
from tests.browser import Browser
from tests.evaluations.verbs import came
from tests.factories import NOW, changed, make_accreditation, make_certificate, make_scheme
from tests.paper import tags, words

LAST_WEEK = NOW - timedelta(days=7)
LONG_SINCE = NOW - timedelta(days=100)
SECRET = "Dismissed by his agency"
REVOKED = {"revoked_on": NOW.date(), "revoke_reason": SECRET, "revoke_reference": SECRET}
NOBODYS = "No certificate of this service has that code"


@pytest.fixture
def certificate(asha: Person) -> Certificate:
    return make_certificate(came(asha, starts_at=LAST_WEEK))


def a_code() -> str:
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(LENGTH))


def noted() -> int:
    db.session.rollback()
    return len(rows(select(FailedAttempt)))


def test_anybody_checks_a_certificate_that_they_hold(browser: Browser, certificate: Certificate) -> None:
    typed = in_groups(certificate.check_code).lower()
    title = certificate.course_title

    page = browser.get("/courses").link("Check a certificate")
    shown = browser.submit(page, code=f" {typed} ")

    assert shown.h1 == "This certificate is genuine"
    for words_shown in (
        "Attended",
        "A••• P••••",
        title,
        "16 November 2026",
        "6 hours 30 minutes",
        "Shropshire",
    ):
        assert words_shown in shown.text
    assert "Asha" not in shown.text
    assert "Patel" not in shown.text
    assert certificate.check_code not in shown.response.get_data(as_text=True)
    assert noted() == 0


def test_the_qr_code_on_the_paper_leads_to_the_result(browser: Browser, asha: Person) -> None:
    booking_id = came(asha, starts_at=LONG_SINCE).id
    paper = browser.signed_in(asha).get(f"/bookings/{booking_id}/certificate.pdf").response.data
    [certificate] = rows(select(Certificate))
    address = f"https://training.example.org/check/{certificate.check_code}"

    assert in_groups(certificate.check_code) in words(paper)
    assert "training.example.org/check" in words(paper)
    assert "Figure" in tags(paper)
    assert qr_code(address) != qr_code(address + "A")
    assert (
        browser.get(address.removeprefix("https://training.example.org")).h1 == "This certificate is genuine"
    )


def test_a_result_is_kept_nowhere(browser: Browser, certificate: Certificate) -> None:
    for address in ("/check", f"/check/{certificate.check_code}", f"/check/{a_code()}"):
        headers = browser.get(address).response.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]


STATES = [
    ("in force", {}, {}, "This accreditation is in force", "In force until 15 January 2029"),
    (
        "expired",
        {"expires_on": NOW.date() - timedelta(days=1)},
        {},
        "This accreditation has expired",
        "Expired",
    ),
    ("revoked", REVOKED, {}, "This accreditation was revoked", "Revoked 23 November 2026"),
    ("replaced", {}, {"replaced_at": NOW}, "A newer certificate replaces this one", "Replaced 23 November"),
    (
        "replaced, revoked",
        REVOKED,
        {"replaced_at": NOW},
        "This accreditation was revoked",
        "accredited again since",
    ),
    ("withdrawn", {"withdrawn_at": NOW}, {}, "This certificate was withdrawn", "Withdrawn"),
]


@pytest.mark.parametrize(("award", "paper", "heading", "words_shown"), [state[1:] for state in STATES])
def test_a_certificate_of_accreditation_says_how_it_stands_today_and_never_why(
    browser: Browser,
    asha: Person,
    award: dict[str, Any],
    paper: dict[str, Any],
    heading: str,
    words_shown: str,
) -> None:
    accreditation = make_accreditation(asha, make_scheme(), **award)
    certificate = make_certificate(accreditation=accreditation, **paper)

    page = browser.get(f"/check/{certificate.check_code}")

    assert page.h1 == heading
    assert words_shown in page.text
    assert SECRET not in page.response.get_data(as_text=True)


def test_what_a_corrected_register_takes_back_is_withdrawn_at_once(
    browser: Browser, certificate: Certificate
) -> None:
    address, booking = f"/check/{certificate.check_code}", certificate.booking
    assert booking is not None
    changed(booking, outcome=None)
    assert browser.get(address).h1 == "This certificate is genuine"  # the register is only open again
    changed(booking, outcome=Outcome.DID_NOT_ATTEND)

    assert browser.get(address).h1 == "This certificate was withdrawn"


def test_every_wrong_code_looks_the_same(
    browser: Browser, certificate: Certificate, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    close = certificate.check_code[:-1] + "9"
    wrong = [a_code(), close, "x", "'; DROP TABLE certificate; --", "é" * 5000, "A" * 300, "../..", "%00"]
    told = set()
    for code in wrong:
        page = browser.submit("/check", code=code)
        assert page.errors == [page.errors[0]]
        told.add((page.status, page.errors[0], page.h1))

    [(status, error, _)] = told
    assert (status, error.startswith(NOBODYS)) == (200, True)
    assert browser.get("/check/a/b/c").errors == [error]
    assert browser.submit("/check", code=" ").errors == ["Enter the certificate code"]
    asked = [count_queries(partial(browser.client.get, f"/check/{code}")) for code in (close, "x", "A" * 300)]
    assert len(set(asked)) == 1


def test_guessing_finds_none_and_is_stopped(
    browser: Browser, asha: Person, certificate: Certificate, at: Callable[[datetime], None]
) -> None:
    """The same with 100,000 codes is benchmarks/guess_codes.py."""
    answers = [browser.client.get(f"/check/{a_code()}") for _ in range(rules.FROM_ONE_NETWORK + 3)]

    assert [answer.status_code for answer in answers] == [200] * rules.FROM_ONE_NETWORK + [429] * 3
    assert all("This certificate" not in answer.get_data(as_text=True) for answer in answers)
    right = f"/check/{certificate.check_code}"
    assert browser.get(right, status=429).h1 == "Too many attempts"  # or it would tell which code is right
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert browser.client.get(right, environ_overrides=other).status_code == 200
    assert noted() == 2 * rules.FROM_ONE_NETWORK
    at(NOW + WINDOW)
    assert browser.get(right).h1 == "This certificate is genuine"


def test_many_networks_that_guess_lock_out_nobody(
    browser: Browser, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(code: str, address: str) -> int:
        return browser.client.get(f"/check/{code}", environ_overrides={"REMOTE_ADDR": address}).status_code

    monkeypatch.setattr(rules, "EVERYBODYS", Limit(rules.EVERYBODYS.key, 5))
    assert [check(a_code(), f"192.0.2.{host}") for host in range(6)] == [200] * 6

    assert [check(certificate.check_code, "198.51.100.1") for _ in range(10)] == [200] * 10
    assert [check(a_code(), "198.51.100.1") for _ in range(5)] == [200] * rules.WHEN_MANY + [429] * 2
    assert check(certificate.check_code, "198.51.100.2") == 200
