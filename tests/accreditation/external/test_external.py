"""Whoever was accredited elsewhere states it with its evidence; it counts once the board's staff have accepted it."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from sscb_training.accreditation.external import service
from sscb_training.accreditation.external.models import ExternalAccreditation, ExternalStatus
from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AccreditationState,
    EvidenceKind,
)
from sscb_training.accreditation.queries import accreditations_of
from sscb_training.accreditation.service import AccreditationRefused, withdraw
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import NOW, TODAY, make_accreditation, make_external, make_scheme

Outbox = Callable[[], list[Letter]]
AREA = "Telford and Wrekin Safeguarding Partnership"
RECORD = "/external-accreditations/record"
PDF = b"%PDF-1.7 proof"


@pytest.fixture
def scheme() -> AccreditationScheme:
    return make_scheme(code="GCP2", name="Graded Care Profile 2", valid_months=36)


@pytest.fixture
def external(asha: Person, scheme: AccreditationScheme) -> ExternalAccreditation:
    return make_external(asha, scheme, expires_on=date(2027, 11, 20))


def _answers(of: AccreditationScheme, **given: Any) -> dict[str, Any]:
    usual = {
        "scheme": str(of.id),
        "area": AREA,
        "awarded_on": ["20", "11", "2025"],
        "expires_on": ["20", "11", "2027"],
        "evidence": (io.BytesIO(PDF), "GCP2 <b>certificate.html"),
    }
    return usual | given


def test_it_counts_once_the_board_has_accepted_it(
    browser: Browser, scheme: AccreditationScheme, asha: Person, cara: Person, outbox: Outbox
) -> None:
    browser.signed_in(asha).get("/my-training-record")
    browser.fill(
        browser.click("Record an accreditation from another area"), button="Record it", **_answers(scheme)
    )
    assert "Graded Care Profile 2" in browser.get("/my-training-record").text
    assert "Waiting for a decision" in browser.get("/my-training-record").text
    assert accreditations_of(asha) == []
    assert outbox() == []

    browser.signed_in(cara)
    assert "1 accreditation from another area" in browser.get("/home").text
    browser.click("Decide")
    page = browser.click("Asha Patel in GCP2, recorded on 23 November 2026")
    file = browser.get(page.link("GCP2 b certificate.pdf"), check=False).response
    assert (file.data, file.mimetype) == (PDF, "application/pdf")
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    form = browser.get(page.link("Accept"))
    assert "Until 20 November 2028, by this board’s terms" in form.text
    browser.fill(form, button="Accept this accreditation", until="stated", reason="Rang Telford")

    [held] = accreditations_of(asha)
    assert (held.evidence, held.source, held.awarded_on) == (EvidenceKind.EXTERNAL, AREA, date(2025, 11, 20))
    assert (held.expires_on, held.recorded_at) == (date(2027, 11, 20), NOW)
    assert held.in_force(TODAY)
    assert held.state(TODAY, known_on=TODAY - timedelta(days=1)) is AccreditationState.NOT_YET
    [letter] = outbox()
    assert (letter.template, letter.to_address) == ("external/accepted", "asha@hill.example")
    assert "20 November 2027" in letter.body
    for who, sees_note in ((cara, True), (asha, False)):
        page = browser.signed_in(who).get(f"/accreditations/{held.id}")
        page = browser.get(page.link(f"What {AREA} gave, with its evidence"))
        assert ("Rang Telford" in page.text) is sees_note
        assert "Accepted" in page.text
    assert "Nothing here" in browser.signed_in(cara).get("/external-accreditations?state=declined").text


def test_a_decline_says_why_and_leaves_the_way_open(
    browser: Browser, external: ExternalAccreditation, asha: Person, cara: Person, outbox: Outbox
) -> None:
    url = f"/external-accreditations/{external.id}"
    browser.signed_in(cara)
    assert browser.submit(f"{url}/decline", button="Decline this accreditation").errors == [
        "Enter the reason"
    ]
    browser.submit(f"{url}/decline", button="Decline this accreditation", reason="It is of the first version")
    again = browser.submit(f"{url}/accept", button="Accept this accreditation")
    assert again.errors == ["It was decided already: declined."]

    [letter] = outbox()
    assert "The reason: It is of the first version" in letter.body
    page = browser.signed_in(asha).get(url)
    assert "Declined" in page.text
    assert "It is of the first version" in page.text
    assert accreditations_of(asha) == []
    page = browser.submit(RECORD, button="Record it", **_answers(external.scheme))
    assert "waits for the board’s decision" in page.text


def test_the_person_withdraws_it_before_the_decision(
    browser: Browser, external: ExternalAccreditation, asha: Person, cara: Person
) -> None:
    browser.signed_in(asha).get(f"/external-accreditations/{external.id}")
    page = browser.fill(browser.click("Withdraw it"), button="Withdraw this accreditation")
    assert "Withdrawn" in page.text
    assert "Withdraw it" not in page.text
    with pytest.raises(AccreditationRefused, match="withdrawn"), transaction():
        service.accept(external, as_stated=False, reason="", by=cara, now=NOW)


def test_staff_record_it_for_somebody(
    browser: Browser, scheme: AccreditationScheme, asha: Person, cara: Person
) -> None:
    browser.signed_in(cara).get(f"/people/{asha.id}")
    page = browser.fill(
        browser.click("Record an accreditation from another area"),
        button="Record it",
        **_answers(scheme, expires_on=["", "", ""]),
    )
    assert "Accreditation from another area: Asha Patel" in page.h1
    assert "Recorded by Cara" in page.text
    assert "From another area" in browser.get(f"/people/{asha.id}").text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"evidence": (io.BytesIO(b"<html>"), "a.pdf")}, "The file must be a PDF, a picture"),
        ({"evidence": (io.BytesIO(b""), "")}, "Select the file with the evidence"),
        ({"scheme": ""}, "Select the accreditation"),
        ({"awarded_on": ["24", "11", "2026"]}, "must be today or in the past"),
        ({"expires_on": ["19", "11", "2025"]}, "must be the day of the award or later"),
    ],
)
def test_what_cannot_be_recorded_is_said(
    browser: Browser, scheme: AccreditationScheme, asha: Person, given: dict[str, Any], error: str
) -> None:
    page = browser.signed_in(asha).submit(RECORD, button="Record it", **_answers(scheme, **given))
    [said] = page.errors
    assert error in said
    assert db.session.scalars(db.select(ExternalAccreditation)).all() == []


@pytest.mark.parametrize(
    ("who", "status"), [("asha", 200), ("cara", 200), ("ben", 404), ("tom", 404), ("dev", 404)]
)
def test_the_file_is_for_the_person_and_board_staff(
    request: pytest.FixtureRequest, browser: Browser, external: ExternalAccreditation, who: str, status: int
) -> None:
    browser.signed_in(request.getfixturevalue(who))
    for url in ("", "/evidence", "/withdraw"):
        browser.get(f"/external-accreditations/{external.id}{url}", status=status, check=not url)


def _record(external: ExternalAccreditation, **given: Any) -> ExternalAccreditation:
    usual: dict[str, Any] = {
        "area": AREA, "awarded_on": TODAY, "expires_on": None, "evidence": ("a.pdf", PDF), "now": NOW,
        "by": external.person,
    }  # fmt: skip
    with transaction():
        return service.record_external(external.person, external.scheme, **usual | given)


def test_one_waits_at_a_time_and_none_that_is_on_record_already(
    external: ExternalAccreditation, asha: Person, dev: Person
) -> None:
    with pytest.raises(AccreditationRefused, match="waiting for a decision already"):
        _record(external)
    with pytest.raises(AccreditationRefused, match="board’s staff"):
        _record(external, by=dev)
    with pytest.raises(IntegrityError):
        make_external(asha, external.scheme)
    db.session.rollback()
    with transaction():
        service.withdraw_external(external, by=asha, now=NOW)
    make_accreditation(asha, external.scheme, awarded_on=TODAY)
    with pytest.raises(AccreditationRefused, match="on record already"):
        _record(external)


def test_nobody_decides_about_their_own_and_only_staff_about_others(
    external: ExternalAccreditation, asha: Person, ben: Person, cara: Person
) -> None:
    own = make_external(cara, external.scheme)
    for one, by, why in ((own, cara, "Somebody else"), (external, asha, "Only board staff")):
        with pytest.raises(AccreditationRefused, match=why), transaction():
            service.accept(one, as_stated=False, reason="", by=by, now=NOW)
    with pytest.raises(AccreditationRefused, match="Only they themselves"), transaction():
        service.withdraw_external(external, by=ben, now=NOW)
    assert external.status is ExternalStatus.PENDING_EXTERNAL


def test_what_has_run_out_is_accepted_as_history(
    external: ExternalAccreditation, cara: Person, outbox: Outbox
) -> None:
    with transaction():
        external.awarded_on, external.expires_on = date(2020, 1, 31), None
        held = service.accept(external, as_stated=True, reason="", by=cara, now=NOW)
    assert (held.expires_on, held.state(TODAY)) == (date(2023, 1, 31), AccreditationState.EXPIRED)
    assert [entry.verb for entry in history.entries_about(external)] == ["accepted"]
    with transaction():
        withdraw(db.session.get_one(Accreditation, held.id), by=cara, now=NOW, replaced=True)
    assert [letter.template for letter in outbox()] == ["external/accepted"]
