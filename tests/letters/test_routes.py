"""What staff see of letters, what they must not see, and sending one again."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from sscb_training.core import jobs
from sscb_training.core.db import db
from sscb_training.core.mail import Letter, without_one_time_links
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people.accounts import service as accounts
from sscb_training.people.models import OneTimeLink, Person
from sscb_training.people.service import hashed
from tests.bookings.dates.verbs import move, tell
from tests.bookings.verbs import cancel, request_place
from tests.browser import Browser
from tests.factories import NOW, SOON, changed, make_training_session, saved

Count = Callable[[Callable[[], object]], int]


def make_letter(to_address: str = "asha@hill.example", **given: object) -> Letter:
    number = db.session.scalar(select(db.func.count(Letter.id))) or 0
    usual = {
        "template": "people/no_account",
        "subject": f"Letter {number}",
        "body": "Dear Asha\n\nGood day.\n",
        "message_id": f"<{number}@board.example>",
        "queued_at": NOW + timedelta(minutes=number),
        "send_at": NOW,
    }
    return saved(Letter(to_address=to_address, **usual | given))


def subjects(browser: Browser, query: str = "") -> list[str]:
    return [
        cell.get_text(strip=True)
        for cell in browser.get(f"/letters{query}").soup.select(".app-filtered tbody th a")
    ]


def test_letters_are_counted_and_found_by_state_and_address(browser: Browser, cara: Person) -> None:
    make_letter(subject="Waits")
    make_letter("ben@hill.example", subject="Went", sent_at=NOW)
    make_letter("dev@vale.example", subject="Given up", gave_up_at=NOW)
    make_letter("dev@vale.example", subject="Let be", dropped_at=NOW)

    page = browser.signed_in(cara).get("/letters")

    counted = [" ".join(stat.get_text(" ").split()) for stat in page.soup.select(".app-stat")]
    assert counted == ["Waiting 1", "Sent 1", "Not delivered 1", "Dropped 1"]
    assert subjects(browser) == ["Let be", "Given up", "Went", "Waits"]
    assert subjects(browser, "?state=not_delivered") == ["Given up"]
    assert subjects(browser, "?state=dropped") == ["Let be"]
    assert subjects(browser, "?state=waiting") == ["Waits"]
    assert subjects(browser, "?q=HILL.example") == ["Went", "Waits"]
    assert subjects(browser, "?q=hill&state=sent") == ["Went"]
    assert subjects(browser, "?state=eaten") == ["Let be", "Given up", "Went", "Waits"]
    assert "No letters found" in browser.get("/letters?q=nowhere").text


def test_a_dropped_letter_says_why(browser: Browser, cara: Person) -> None:
    letter = make_letter(dropped_at=NOW, drop_reason="It was answered.")

    page = browser.signed_in(cara).get(f"/letters/{letter.id}")

    assert "Why it was not sent" in page.text
    assert "It was answered." in page.text
    assert "Send again" not in page.text


def test_an_empty_outbox_says_when_it_fills(browser: Browser, cara: Person) -> None:
    assert "No letters yet" in browser.signed_in(cara).get("/letters").text


def test_the_list_asks_as_much_of_the_database_for_three_letters_as_for_one(
    browser: Browser, cara: Person, count_queries: Count
) -> None:
    make_letter()
    browser.signed_in(cara).get("/letters")
    one = count_queries(lambda: browser.get("/letters"))
    for _ in range(2):
        make_letter()

    assert count_queries(lambda: browser.get("/letters")) == one


def test_the_list_has_pages(browser: Browser, cara: Person) -> None:
    for _ in range(26):
        make_letter()

    assert "Showing 26 to 26 of 26 letters" in browser.signed_in(cara).get("/letters?page=2").text


def test_staff_read_a_letter_and_what_the_mail_server_said(browser: Browser, cara: Person) -> None:
    letter = make_letter(tries=2, last_error="452 mailbox full", calendar="BEGIN:VCALENDAR")

    page = browser.signed_in(cara).get(f"/letters/{letter.id}")

    for words in ("Good day.", "452 mailbox full", "asha@hill.example", "Next try", "Attached"):
        assert words in page.text


@pytest.mark.parametrize("who", ["asha", "ben", "tom"])
def test_nobody_but_staff_reads_letters(request: pytest.FixtureRequest, browser: Browser, who: str) -> None:
    letter = make_letter()
    browser.signed_in(request.getfixturevalue(who))
    browser.get("/letters", status=403)
    browser.get(f"/letters/{letter.id}", status=403)


def test_staff_cannot_become_somebody_else_through_their_letters(
    browser: Browser, cara: Person, ada: Person, asha: Person
) -> None:
    with transaction():
        accounts.ask_for_reset("asha@hill.example", now=NOW)
        accounts.ask_for_new_email(asha, email="new@hill.example", now=NOW)
        accounts.invite(name="Nia", email="nia@pool.example", role=Role.TRAINER, by=ada, now=NOW)
        accounts.ask_for_account(
            name="Nadia", email="nadia@hill.example", password_hash="x", agency=1, staff_group=1,
            job_title="", manager_name="", manager_email="", has_no_manager=True, now=NOW,
        )  # fmt: skip
    letters = db.session.scalars(select(Letter)).all()
    kept = set(db.session.scalars(select(OneTimeLink.token_hash)))
    tokens = [token for letter in letters for token in re.findall(r"[\w-]{32,}", letter.body)]
    assert {hashed(token) for token in tokens} == kept
    assert len(kept) == 4

    browser.signed_in(cara)
    for letter in letters:
        page = browser.get(f"/letters/{letter.id}")
        assert not any(token in page.response.text for token in tokens)
        assert "[a link for this person alone, not shown here]" in page.text
        assert letter.has_secret_link
        browser.get(f"/development/letters/{letter.id}", status=404)


def test_other_links_can_be_read() -> None:
    body = "See\n\nhttps://training.example.org/bookings/12\n"
    assert without_one_time_links(body) == body


@pytest.mark.parametrize("ended", ["gave_up_at", "sent_at"])
def test_a_letter_that_went_or_was_given_up_is_sent_again_as_a_new_one(
    browser: Browser, cara: Person, ended: str
) -> None:
    given: dict[str, Any] = {ended: NOW}
    letter = make_letter(**given, calendar="BEGIN:VCALENDAR", about_type="booking", about_id=7)
    page = browser.signed_in(cara).get(f"/letters/{letter.id}")

    page = browser.fill(page, button="Send again")

    assert "The letter is in the outbox again" in page.text
    again = db.session.scalars(select(Letter).where(Letter.id != letter.id)).one()
    assert page.url == f"/letters/{again.id}"
    assert again.body == "We send you this letter of 23 November 2026 again.\n\nDear Asha\n\nGood day.\n"
    assert (again.state, again.calendar, again.about_id) == ("Waiting", "BEGIN:VCALENDAR", 7)
    assert again.message_id != letter.message_id
    page = browser.get(f"/letters/{letter.id}")
    assert "Sent again by Cara Board" in page.text
    assert "Send again" not in page.text
    browser.post(f"/letters/{letter.id}/send-again", status=409)
    assert db.session.scalar(select(db.func.count(Letter.id))) == 2


def test_a_letter_whose_link_is_gone_is_not_sent_again(browser: Browser, cara: Person) -> None:
    letter = make_letter(gave_up_at=NOW, has_secret_link=True)
    page = browser.signed_in(cara).get(f"/letters/{letter.id}")
    assert "is invited again on their page" in page.text
    assert "Send again" not in page.text

    page = browser.post(f"/letters/{letter.id}/send-again", status=409)

    assert "The link in this letter is not kept" in page.text
    db.session.rollback()
    assert letter.state == "Not delivered"


@pytest.mark.parametrize("given", [{}, {"dropped_at": NOW}])
def test_a_letter_that_waits_or_was_dropped_is_not_sent_again(
    browser: Browser, cara: Person, given: dict[str, Any]
) -> None:
    letter = make_letter(**given)
    assert "Send again" not in browser.signed_in(cara).get(f"/letters/{letter.id}").text

    page = browser.post(f"/letters/{letter.id}/send-again", status=409)

    assert "Only one that was sent or given up can be sent again" in page.text


def test_a_letter_that_says_what_a_date_was_is_not_sent_again(
    browser: Browser, cara: Person, asha: Person, outbox: Callable[[], list[Letter]]
) -> None:
    training_session = make_training_session()
    booking = request_place(training_session, asha)
    [confirmed] = outbox()
    changed(confirmed, sent_at=NOW)
    later = NOW + timedelta(hours=1)
    move(training_session, SOON + timedelta(days=2), now=later)
    tell(training_session, now=later)
    news = outbox()[1]
    changed(news, sent_at=later)
    cancel(booking, now=later)
    receipt = outbox()[-1]
    changed(receipt, sent_at=later)
    browser.signed_in(cara)

    page = browser.post(f"/letters/{confirmed.id}/send-again", status=409)

    assert "The date was changed after this letter was written" in page.text
    for letter in (news, receipt):
        assert "in the outbox again" in browser.post(f"/letters/{letter.id}/send-again").text


def test_letters_are_found_by_kind(browser: Browser, cara: Person) -> None:
    make_letter(subject="An offer", template="bookings/offered")
    make_letter(subject="Another")

    page = browser.signed_in(cara).get("/letters?kind=bookings/offered")

    assert [cell.get_text(strip=True) for cell in page.soup.select(".app-filtered tbody th a")] == [
        "An offer"
    ]
    assert "Kind: A place is offered" in page.text
    assert len(subjects(browser, "?kind=bookings/eaten")) == 2


def test_staff_see_that_the_worker_stands_still_or_that_a_job_fails(
    app: Flask,
    browser: Browser,
    cara: Person,
    at: Callable[[datetime], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "The worker is late" in browser.signed_in(cara).get("/letters").text
    jobs.run_due(NOW)
    page = browser.get("/letters")
    assert "The worker is late" not in page.text
    assert "Send joining instructions" in page.text

    def fail(_now: datetime) -> int:
        raise ValueError

    failing = [jobs.Job("lapse offers", timedelta(seconds=30), fail)]
    with monkeypatch.context() as broken:
        broken.setitem(app.extensions, "jobs", failing)
        jobs.run_due(NOW + timedelta(minutes=1))
        jobs.run_due(NOW + timedelta(minutes=2))
    at(NOW + timedelta(minutes=3))
    assert "“lapse offers” has failed since 9:01am on 23 November 2026" in browser.get("/letters").text

    jobs.run_due(NOW + timedelta(minutes=4))
    at(NOW + timedelta(minutes=5))
    assert "has failed" not in browser.get("/letters").text
    at(NOW + timedelta(minutes=30))
    assert "The worker is late" in browser.get("/letters").text


def test_a_hostile_letter_is_inert(browser: Browser, cara: Person) -> None:
    letter = make_letter(
        subject="<script>alert(1)</script>", body='Dear <img src=x>\n\nhttps://a"onload="b\n'
    )
    page = browser.signed_in(cara).get(f"/letters/{letter.id}")

    assert page.h1 == "<script>alert(1)</script>"
    assert not page.soup.select("main img, main script, [onload]")
