"""Where a scheme asks for the manager's word, nothing is awarded without it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from sscb_training.accreditation import queries as accreditation
from sscb_training.attendance import service
from sscb_training.attendance.confirmations import jobs, queries
from sscb_training.attendance.models import Confirmation, Mark
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_booking,
    make_course,
    make_scheme,
    make_training_session,
    make_version,
    only,
)

Outbox = Callable[[], list[Letter]]


@pytest.fixture
def booking(asha: Person, tom: Person) -> Booking:
    """Asha attended three days ago and passed, on a register still open; Ben is her manager."""
    changed(asha.memberships[0], manager_name="Ben Lead", manager_email="ben@hill.example")
    course = make_course()
    make_scheme(course, code="GCP2", name="Graded Care Profile 2", supervisor_confirms=True)
    day = make_training_session(make_version(course), starts_at=NOW - timedelta(days=3), trainers=[tom])
    booking = make_booking(day, person=asha)
    _mark(booking, Mark.ATTENDED)
    return booking


def _mark(booking: Booking, mark: Mark) -> None:
    day = booking.training_session
    scores = {booking.id: 90 if mark is Mark.ATTENDED else None}
    with transaction():
        service.save_register(
            day, marks={(booking.id, day.parts[0].id): mark}, scores=scores, by=None, now=NOW
        )


def _close(booking: Booking) -> None:
    with transaction():
        service.close_register(booking.training_session, by=None, now=NOW)


def _reopen(booking: Booking) -> None:
    with transaction():
        service.reopen_register(booking.training_session, reason="A wrong mark", by=None, now=NOW)


def _awarded_on(person: Person) -> list[object]:
    db.session.rollback()
    return [one.awarded_on for one in accreditation.accreditations_of(person)]


def _link(letter: Letter) -> str:
    return "/confirmations/" + letter.body.split("/confirmations/")[1].split()[0]


def test_a_manager_confirms_by_a_link_without_an_account(
    browser: Browser,
    booking: Booking,
    asha: Person,
    tom: Person,
    outbox: Outbox,
    at: Callable[[datetime], None],
) -> None:
    page = browser.signed_in(tom).get(f"/registers/{booking.training_session_id}/close")
    assert "Become accredited once their manager confirms it Asha Patel: GCP2" in page.text
    assert "GCP2 waits for the manager" in browser.fill(page, button="Close the register").text
    assert _awarded_on(asha) == []
    [letter] = [one for one in outbox() if one.template == "confirmations/asked"]
    assert letter.to_address == "ben@hill.example"
    assert "Is Asha Patel ready to use Graded Care Profile 2?" in letter.subject

    later = NOW + timedelta(days=8)
    assert (jobs.remind_of_confirmations(NOW), jobs.remind_of_confirmations(later)) == (0, 1)
    assert jobs.remind_of_confirmations(later) == 0
    assert "This is a reminder" in outbox()[-1].body
    at(later)
    visitor = Browser(browser.app)
    url = _link(letter)
    assert visitor.submit(url, button="Send").errors == ["Select whether they are ready"]
    assert visitor.submit(url, button="Send", answer="not_ready").errors == ["Enter the reason."]
    assert "Thank you" in visitor.submit(url, button="Send", answer="ready").text
    visitor.post(url, {"answer": "not_ready", "reason": "No"})
    assert _awarded_on(asha) == [TODAY + timedelta(days=8)]
    assert outbox()[-1].template == "accreditation/awarded"
    assert queries.why_not_asked(only(Confirmation).id, NOW) == "It was answered."
    _reopen(booking)
    _close(booking)  # the word stands
    assert _awarded_on(asha) == [TODAY + timedelta(days=8)]


def test_staff_see_who_waits_and_answer_after_a_refusal(
    browser: Browser, booking: Booking, asha: Person, cara: Person, dev: Person, outbox: Outbox
) -> None:
    _close(booking)
    [letter] = [one for one in outbox() if one.template == "confirmations/asked"]
    Browser(browser.app).submit(
        _link(letter), button="Send", answer="not_ready", reason="Has not shadowed yet"
    )
    assert _awarded_on(asha) == []
    browser.signed_in(cara).get("/accreditations")
    page = browser.click("Waiting for a manager")
    assert "Asha Patel Hill School GCP2 Ben Lead" in page.text
    assert "Not ready Has not shadowed yet" in page.text
    page = browser.click("Answer about Asha Patel")
    page = browser.fill(page, button="Save your answer", answer="ready")
    assert page.errors == ["Enter how you know"]
    page = browser.fill(page, button="Save your answer", reason="Rang Ben on Monday")
    assert "Nobody waits for a manager" in page.text
    assert _awarded_on(asha) == [TODAY]
    browser.signed_in(dev).get("/confirmations", status=403)


def test_a_corrected_register_asks_no_more_or_again(
    booking: Booking, browser: Browser, outbox: Outbox
) -> None:
    _close(booking)
    _reopen(booking)
    _mark(booking, Mark.DID_NOT_ATTEND)
    _close(booking)
    [letter] = [one for one in outbox() if one.template == "confirmations/asked"]
    assert "Nothing to answer" in browser.get(_link(letter)).text
    assert queries.waiting() == []
    assert queries.why_not_asked(only(Confirmation).id, NOW) == "It is not needed any more."
    _reopen(booking)
    _mark(booking, Mark.ATTENDED)
    _close(booking)
    assert len([one for one in outbox() if one.template == "confirmations/asked"]) == 2
    assert "Is Asha Patel ready?" in browser.get(_link(letter)).text
