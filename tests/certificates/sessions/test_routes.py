from datetime import timedelta

from sscb_training.bookings.models import Outcome
from sscb_training.core import jobs
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.evaluations.verbs import came
from tests.factories import (
    NOW,
    make_accreditation,
    make_booking,
    make_person,
    make_scheme,
    make_training_session,
)
from tests.paper import tags, words


def test_staff_download_a_session_as_one_file_and_send_each_delegate_theirs(
    browser: Browser, asha: Person, cara: Person
) -> None:
    booking = came(asha, starts_at=NOW - timedelta(days=100))
    session = booking.training_session
    make_accreditation(asha, make_scheme(name="Graded Care Profile 2"), booking_id=booking.id)
    make_booking(session, person=make_person("#panic() <Zoë>"), outcome=Outcome.ATTENDED)
    page_of, file = (
        f"/training-sessions/{session.id}/certificates",
        f"/training-sessions/{session.id}/certificates.pdf",
    )

    page = browser.signed_in(cara).get(f"/sessions/{session.id}")
    assert page.link("Certificates") == page_of
    made = browser.get(file).response.data
    said = " ".join(words(made).split())
    for piece in ("Asha Patel", "Graded Care Profile 2", "#panic() <Zoë>"):
        assert piece in said
    assert [tag for tag in tags(made) if tag in ("H1", "H2")] == ["H1", "H2"] * 3

    page = browser.submit(page_of, button="Email each delegate theirs")
    assert "2 still to write to" in page.text
    jobs.run_due(NOW, all_of_them=True)
    page = browser.get(page_of)
    assert "2 of 2 letters are not sent yet" in page.text
    assert "Email each delegate theirs" not in page.text


def test_a_session_that_nobody_completed_has_no_certificates(browser: Browser, cara: Person) -> None:
    session = make_booking_without_outcome()

    page = browser.signed_in(cara).get(f"/training-sessions/{session}/certificates")
    assert "Nobody has a certificate of this session yet" in page.text
    assert (
        "no certificate of this session to download"
        in browser.get(f"/training-sessions/{session}/certificates.pdf", status=409).text
    )


def make_booking_without_outcome() -> int:
    session = make_training_session(starts_at=NOW - timedelta(days=9))
    make_booking(session)
    return session.id
