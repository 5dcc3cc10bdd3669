"""Badges as a checker reads them: signed by us, checked by openbadgeslib, which shares no code with what signs."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from openbadgeslib.ob3 import (
    Achievement,
    Issuer,
    OB3Signer,
    OB3VerificationError,
    OB3Verifier,
    OpenBadgeCredential,
)

from sscb_training.accreditation.models import Accreditation
from sscb_training.certificates.badges import rules, service, signatures
from sscb_training.certificates.badges.models import BadgeKey
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import NOW, changed, make_accreditation, make_badge_key, make_certificate, make_scheme

HOST = "https://training.example.org"
DID = "did:web:training.example.org:badges"


class Checker:
    """Somebody elsewhere, who knows the board's identifier and can fetch what it publishes."""

    def __init__(self, app: Flask, now: datetime = NOW) -> None:
        self.browser, self.now = Browser(app), now

    def fetch(self, address: str) -> bytes:
        assert address.startswith(HOST)
        answer = self.browser.get(address.removeprefix(HOST)).response
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return bytes(answer.data)

    def check(self, token: str) -> OpenBadgeCredential:
        with time_machine.travel(self.now, tick=False):
            verifier = OB3Verifier.for_issuer_did(DID, download=self.fetch)
            return verifier.verify(token, check_status=True, download=self.fetch)

    def refuses(self, token: str) -> str:
        with pytest.raises(OB3VerificationError) as refused:
            self.check(token)
        return str(refused.value)


@pytest.fixture
def key(app: Flask) -> BadgeKey:
    return make_badge_key()


@pytest.fixture
def accreditation(asha: Person) -> Accreditation:
    scheme = make_scheme(code="GCP2", name="Graded Care Profile 2", description="Assessing neglect.")
    return make_accreditation(asha, scheme)


@pytest.fixture
def checker(app: Flask) -> Checker:
    return Checker(app)


def badge(browser: Browser, accreditation: Accreditation) -> str:
    """The credential in the picture that the holder downloads."""
    browser.signed_in(accreditation.person)
    picture = browser.get(f"/accreditations/{accreditation.id}/badge.svg").response
    assert picture.mimetype == "image/svg+xml"
    assert "attachment; filename=badge-GCP2" in picture.headers["Content-Disposition"]
    return OB3Verifier.extract_token_from_svg(picture.data)


def test_a_badge_passes_a_check_and_says_what_the_certificate_says(
    browser: Browser, checker: Checker, key: BadgeKey, accreditation: Accreditation
) -> None:
    scheme_id = accreditation.scheme_id
    page = browser.signed_in(accreditation.person).get("/my-training-record")
    assert "Download badge" in page.text

    found = checker.check(badge(browser, accreditation))

    assert (found.issuer.id, found.issuer.name) == (DID, "Shropshire Safeguarding Children Board")
    assert found.achievement.id == f"{HOST}/badges/achievements/{scheme_id}"
    assert (found.achievement.name, found.achievement.description) == (
        "Graded Care Profile 2",
        "Assessing neglect.",
    )
    assert found.expiration_date == datetime.fromisoformat("2029-01-16T00:00:00Z")
    assert [one.identity_hash for one in found.identifiers if not one.hashed] == ["Asha Patel"]
    assert "asha@" not in json.dumps([one.to_dict() for one in found.identifiers])
    assert found.id is not None
    assert browser.get(found.id.removeprefix(HOST)).h1 == "This accreditation is in force"
    told = json.loads(checker.fetch(found.achievement.id))
    assert (told["id"], told["creator"]["id"]) == (found.achievement.id, DID)


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("accreditation", {"revoked_on": NOW.date(), "revoke_reason": "Not told"}),
        ("accreditation", {"withdrawn_at": NOW}),
        ("certificate", {"withdrawn_at": NOW}),
        ("certificate", {"replaced_at": NOW}),
    ],
)
def test_a_badge_that_no_longer_holds_fails_at_once(
    browser: Browser,
    checker: Checker,
    key: BadgeKey,
    accreditation: Accreditation,
    what: str,
    values: dict[str, Any],
) -> None:
    certificate = make_certificate(accreditation=accreditation)
    other = make_certificate(
        accreditation=make_accreditation(accreditation.person, accreditation.scheme), check_code="OTHER"
    )
    assert other.accreditation is not None
    token, others = badge(browser, accreditation), badge(browser, other.accreditation)
    checker.check(token)

    changed(accreditation if what == "accreditation" else certificate, **values)

    assert "status 'revocation' is set" in checker.refuses(token)
    checker.check(others)


def test_a_badge_that_ran_out_or_was_changed_fails(
    app: Flask,
    browser: Browser,
    checker: Checker,
    key: BadgeKey,
    accreditation: Accreditation,
    at: Callable[[datetime], None],
) -> None:
    token = badge(browser, accreditation)
    head, body, signature = token.split(".")
    said = base64.urlsafe_b64decode(body + "==").replace(b"Asha Patel", b"Anil Patel")
    changed_body = base64.urlsafe_b64encode(said).rstrip(b"=").decode()

    assert "Invalid signature" in checker.refuses(f"{head}.{changed_body}.{signature}")
    long_after = datetime.fromisoformat("2029-01-16T00:10:00Z")
    at(long_after)
    assert "expired" in Checker(app, long_after).refuses(token)


def test_a_look_alike_fails(
    checker: Checker, key: BadgeKey, browser: Browser, accreditation: Accreditation
) -> None:
    """The same words and identifiers, signed with another key: in a token of its own, and under our key's name."""
    true = checker.check(badge(browser, accreditation))
    _, pem = signatures.new_key()
    with time_machine.travel(NOW, tick=False):
        forged = OB3Signer(privkey_pem=pem).sign(
            OpenBadgeCredential(
                issuer=Issuer(id=DID, name=true.issuer.name),
                recipient_id="mailto:mallory@example.org",
                achievement=Achievement(true.achievement.id, true.achievement.name, "x", "x"),
            )
        )
    assert "Invalid signature" in checker.refuses(forged)
    claims = rules.credential(
        rules.Issuer("The board", f"{HOST}/badges", "x@example.org"),
        rules.Holder("Mallory", None, ""),
        {"id": true.achievement.id, "name": "Graded Care Profile 2"},
        address="urn:x",
        awarded_at=NOW,
        issued_at=NOW,
        valid_until=None,
        status_list=f"{HOST}/badges/status/0",
        place=9,
    )
    assert claims["iss"] == DID
    assert "Invalid signature" in checker.refuses(
        signatures.signed(claims, pem=pem, header={"kid": f"{DID}#{key.name}"})
    )
    assert "has no verificationMethod" in checker.refuses(
        signatures.signed(claims, pem=pem, header={"kid": f"{DID}#mine"})
    )


def test_what_an_earlier_key_signed_passes_until_that_key_is_withdrawn(
    app: Flask, browser: Browser, checker: Checker, key: BadgeKey, accreditation: Accreditation
) -> None:
    run, first = app.test_cli_runner(), badge(browser, accreditation)

    assert "signs from now on" in run.invoke(args=["badges", "new-key"]).output
    second = badge(browser, accreditation)
    assert json.loads(base64.urlsafe_b64decode(second.split(".")[0] + "=="))["kid"] != f"{DID}#{key.name}"
    checker.check(first)
    checker.check(second)
    published = json.loads(checker.fetch(f"{HOST}/badges/keys.json"))["keys"]
    assert [one["kid"] for one in published][1:] == ["a-key"]
    assert all(set(one) == {"kty", "n", "e", "kid", "alg", "use"} for one in published)
    assert run.invoke(args=["badges", "keys"]).output.splitlines()[1] == "a-key  23 November 2026"

    assert run.invoke(args=["badges", "withdraw-key", "a-key"]).exit_code == 0
    assert "No published key" in run.invoke(args=["badges", "withdraw-key", "a-key"]).output
    assert "has no verificationMethod" in checker.refuses(first)
    checker.check(second)


def test_without_a_key_nothing_mentions_badges(browser: Browser, accreditation: Accreditation) -> None:
    for address in (
        "/badges",
        "/badges/did.json",
        "/badges/keys.json",
        "/badges/issuer.json",
        "/badges/status/0",
    ):
        browser.get(address, status=404)
    page = browser.signed_in(accreditation.person).get("/my-training-record")
    assert "badge" not in page.text
    browser.get(f"/accreditations/{accreditation.id}/badge.svg", status=404)


def test_a_key_of_another_secret_signs_nothing(app: Flask, key: BadgeKey) -> None:
    changed(key, private="not ours")

    with pytest.raises(service.BadgeRefused):
        service.sign({}, issuer_id=DID)


@pytest.mark.one_database
@pytest.mark.parametrize(("who", "status"), [("asha", 200), ("cara", 200), ("ben", 404), ("dev", 404)])
def test_who_may_download_ashas_badge(
    request: pytest.FixtureRequest,
    browser: Browser,
    key: BadgeKey,
    accreditation: Accreditation,
    who: str,
    status: int,
) -> None:
    viewer = request.getfixturevalue(who)

    browser.signed_in(viewer).get(f"/accreditations/{accreditation.id}/badge.svg", status=status)


@pytest.mark.one_database
def test_there_is_no_badge_of_what_has_expired(
    browser: Browser, key: BadgeKey, accreditation: Accreditation
) -> None:
    changed(accreditation, expires_on=NOW.date())
    assert badge(browser, accreditation)

    changed(accreditation, expires_on=NOW.date() - timedelta(days=1))
    page = browser.get(f"/accreditations/{accreditation.id}/badge.svg", status=409)
    assert "has expired, so there is no badge" in page.text


def test_the_page_for_people_publishes_the_identifiers(
    browser: Browser, key: BadgeKey, accreditation: Accreditation
) -> None:
    scheme_id = accreditation.scheme_id
    page = browser.get("/badges")

    assert page.h1 == "Check a digital badge"
    assert DID in page.text
    assert f"{HOST}/badges/achievements/{scheme_id}" in page.text
    assert json.loads(browser.get("/badges/issuer.json").response.data)["id"] == DID
    browser.get("/badges/status/1", status=404)


def test_a_certificates_place_is_on_the_list_of_its_number(app: Flask) -> None:
    assert rules.place_of(131_071) == (0, 131_071)
    assert rules.place_of(131_072) == (1, 0)
    assert (
        rules.Issuer("", "http://127.0.0.1:5000/training/badges", "").id
        == "did:web:127.0.0.1%3A5000:training:badges"
    )
