from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sscb_training.certificates.models import Certificate, CertificateState
from sscb_training.certificates.reissue.models import ReissueRequest
from sscb_training.certificates.reissue.queries import in_another_name
from sscb_training.core.db import db, rows
from sscb_training.core.mail import Letter
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.evaluations.verbs import came
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_certificate,
    make_scheme,
    only,
    saved,
)

ASK, RECORD = "/my-certificates/new-name", "/my-training-record"


def accredited(person: Person, letter: str, **given: Any) -> Certificate:
    accreditation = make_accreditation(person, make_scheme())
    return make_certificate(accreditation=accreditation, check_code=letter * 28, **given)


def asked_by(browser: Browser, asha: Person) -> int:
    """Asha has an attendance and an accreditation in her old name and asks for them in the new one; her key."""
    make_certificate(came(asha, starts_at=NOW - timedelta(days=100)), course_title="Core groups")
    accredited(asha, "B", scheme_name="Graded Care Profile 2")
    changed(asha, name="Asha Shah")
    person_id = asha.id
    assert "2 of your certificates are in an earlier name" in browser.signed_in(asha).get(RECORD).text
    page = browser.get(ASK)
    assert "Certificate of attendance: Core groups, 15 August 2026, in the name Asha Patel" in page.text
    assert "Graded Care Profile 2, 15 January 2026, in the name Asha Patel" in page.text
    assert "We have your request" in browser.submit(ASK, words="I married in May.").text
    assert "You asked on" in browser.get(RECORD).text
    assert "You asked for this already" in browser.post(ASK, {"words": ""}).text
    return person_id


def test_staff_issue_them_again_and_the_old_codes_say_replaced(
    browser: Browser, asha: Person, cara: Person
) -> None:
    person_id = asked_by(browser, asha)

    page = browser.signed_in(cara).get("/home")
    assert "1 person asks for certificates in a new name" in page.text
    assert "I married in May." in browser.get("/certificates/requests").text
    address = f"/people/{person_id}/certificates"
    assert address in str(browser.get(f"/people/{person_id}").soup)
    page = browser.get(address)
    assert "I married in May." in page.text
    assert browser.submit(address, reason="").errors == ["Enter the reason"]
    page = browser.submit(address, reason="Marriage certificate seen")
    assert "2 certificates are issued again in the name Asha Shah" in page.text
    assert page.text.count("Marriage certificate seen") == 2
    assert "Nobody waits for an answer" in browser.get("/certificates/requests").text

    db.session.rollback()
    found = rows(select(Certificate).order_by(Certificate.id))
    assert [(one.name, one.state(TODAY)) for one in found] == [
        ("Asha Patel", CertificateState.REPLACED),
        ("Asha Patel", CertificateState.REPLACED),
        ("Asha Shah", CertificateState.VALID),
        ("Asha Shah", CertificateState.IN_FORCE),
    ]
    [letter] = rows(select(Letter))
    assert (letter.template, letter.attached_ids) == ("certificates/reissued", [one.id for one in found[2:]])
    assert "Graded Care Profile 2" in letter.body
    assert "earlier name" not in browser.signed_in(asha).get(RECORD).text
    assert "all in the name that you have now" in browser.get(ASK).text


def test_staff_decline_and_say_why(browser: Browser, asha: Person, cara: Person) -> None:
    person_id = asked_by(browser, asha)

    browser.signed_in(cara).get(f"/people/{person_id}/certificates")
    request_id = only(ReissueRequest).id
    db.session.rollback()
    page = browser.submit(f"/certificates/requests/{request_id}/decline", reason="We need to see a document.")
    assert "The request of Asha Shah is declined" in page.text
    [letter] = rows(select(Letter))
    assert (letter.template, "We need to see a document." in letter.body) == (
        "certificates/not_reissued",
        True,
    )
    browser.get(f"/certificates/requests/{request_id}/decline", status=404)
    assert only(ReissueRequest).was_granted is False


def test_what_proves_nothing_any_more_is_not_issued_again(asha: Person) -> None:
    changed(accredited(asha, "B").accreditation, revoked_on=TODAY)
    changed(accredited(asha, "C").accreditation, withdrawn_at=NOW)
    expired = accredited(asha, "D")
    changed(expired.accreditation, expires_on=TODAY - timedelta(days=1))
    changed(asha, name="Asha Shah")

    assert in_another_name(asha, on=TODAY) == [expired]


def test_the_database_refuses_a_second_open_request(asha: Person) -> None:
    saved(ReissueRequest(person=asha, asked_at=NOW, answered_at=NOW, was_granted=False))
    saved(ReissueRequest(person=asha, asked_at=NOW))

    with pytest.raises(IntegrityError):
        saved(ReissueRequest(person=asha, asked_at=NOW))
