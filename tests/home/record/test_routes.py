import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from sscb_training.accreditation.assessments import service as assessments
from sscb_training.bookings.models import Outcome
from sscb_training.certificates.models import Certificate
from sscb_training.certificates.rules import in_groups
from sscb_training.core.db import rows
from sscb_training.core.transaction import transaction
from sscb_training.home.record import queries
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_booking,
    make_course,
    make_earlier_training,
    make_scheme,
    make_training_session,
    make_version,
)
from tests.paper import tags, words
from tests.quizzes.verbs import attended, make_assessed

SOON_OVER = TODAY + timedelta(days=50)
Count = Callable[[Callable[[], object]], int]


def test_record_says_what_to_do_next_when_it_is_empty(browser: Browser, asha: Person) -> None:
    page = browser.signed_in(asha).get("/my-training-record")

    assert page.h1 == "My training record"
    assert "No accreditation yet" in page.text
    assert "No courses yet" in page.text


def test_record_shows_accreditations_with_their_states(browser: Browser, asha: Person, dev: Person) -> None:
    make_accreditation(asha, make_scheme(name="Lasting"), expires_on=SOON_OVER)
    make_accreditation(asha, make_scheme(name="Over"), expires_on=TODAY - timedelta(days=1))
    make_accreditation(
        asha, make_scheme(name="Taken"), revoked_on=TODAY - timedelta(days=2), revoke_reason="A secret"
    )
    make_accreditation(asha, make_scheme(name="For ever"), expires_on=None)
    make_accreditation(dev, make_scheme(name="Of another"))

    page = browser.signed_in(asha).get("/my-training-record")

    assert "Lasting In force 15 January 2026 12 January 2027" in page.text
    assert "Over Expired 15 January 2026 22 November 2026" in page.text
    assert "Taken Revoked 15 January 2026 20 November 2026" in page.text
    assert "Does not expire" in page.text
    assert "A secret" not in page.text
    assert "Of another" not in page.text


def test_record_shows_courses_with_outcomes_and_what_is_next(browser: Browser, asha: Person) -> None:
    past = make_training_session(
        make_version(make_course(title="Core groups")), starts_at=NOW - timedelta(days=40), parts=2
    )
    make_booking(past, person=asha, outcome=Outcome.PART_ATTENDED, outcome_on=TODAY)
    make_booking(
        make_training_session(
            make_version(make_course(title="Not closed")), starts_at=NOW - timedelta(days=2)
        ),
        person=asha,
    )
    make_booking(make_training_session(make_version(make_course(title="To come"))), person=asha)

    page = browser.signed_in(asha).get("/my-training-record")

    assert "Core groups 14 October 2026 to 21 October 2026 Part attended" in page.text
    assert "Register not closed yet" in page.text
    assert page.text.index("What is next") < page.text.index("To come")


def test_record_says_what_to_do_next(browser: Browser, asha: Person) -> None:
    refresher = make_course(title="The refresher")
    make_accreditation(asha, make_scheme(refresher, name="Due"), expires_on=SOON_OVER)
    gone = make_scheme(name="Gone")
    make_accreditation(asha, gone, expires_on=TODAY - timedelta(days=9))
    booked = make_version(make_course(title="Booked again"))
    make_accreditation(asha, make_scheme(booked.course, name="Settled"), expires_on=SOON_OVER)
    make_booking(make_training_session(booked), person=asha)
    make_accreditation(asha, make_scheme(name="Taken"), revoked_on=TODAY)
    assessed = make_version(make_course(title="Assessed"))
    scheme = make_scheme(assessed.course, name="The tool")
    came = make_booking(
        make_training_session(assessed, starts_at=NOW - timedelta(days=10)),
        person=asha,
        outcome=Outcome.ATTENDED,
        outcome_on=TODAY - timedelta(days=10),
    )

    page = browser.signed_in(asha).get("/my-training-record")
    for told in (
        "Renew Due by 12 January 2027 Take The refresher before then",
        "Gone ran out on 14 November 2026 No course that renews it is published now",
        "Renew Settled by 12 January 2027 You have a place on 7 December 2026",
        "Your accreditation in Taken was revoked from 23 November 2026",
        "The assessment of The tool is still to come",
    ):
        assert told in page.text

    with transaction():
        assessments.record_score(scheme, came, percent=60, assessed_on=TODAY, by=None, now=NOW)
    page = browser.get("/my-training-record")
    assert "You scored 60% on 23 November 2026; 80% passes" in page.text
    make_accreditation(asha, scheme)
    assert "The tool again" not in browser.get("/my-training-record").text


@pytest.mark.one_database
def test_who_has_a_quiz_before_them_is_sent_there_and_not_to_renew(browser: Browser, asha: Person) -> None:
    booking, quiz = make_assessed(asha)
    attended(booking)
    make_accreditation(asha, quiz.scheme, expires_on=TODAY - timedelta(days=90))
    browser.signed_in(asha)

    for address in ("/my-training-record", "/home"):
        page = browser.get(address)
        assert "The online quiz is open" in page.text
        assert page.link("Take the quiz") == f"/bookings/{booking.id}/quizzes/{quiz.id}"
        assert "ran out on" not in page.text
        assert "is still to come" not in page.text


def test_record_tells_since_when_without_a_break(asha: Person) -> None:
    scheme = make_scheme()
    first = make_accreditation(
        asha, scheme, awarded_on=TODAY - timedelta(days=400), expires_on=TODAY - timedelta(days=40)
    )
    make_accreditation(asha, scheme, awarded_on=TODAY - timedelta(days=60), expires_on=SOON_OVER)

    found = queries.record_of(asha, on=TODAY, now=NOW).held
    assert [one.since for one in found] == [first.awarded_on, None]


@pytest.mark.one_database
def test_record_ends_what_was_revoked_on_the_day_before_and_says_it_once(
    browser: Browser, asha: Person
) -> None:
    scheme = make_scheme(name="Taken")
    for awarded_on in (TODAY - timedelta(days=200), TODAY):
        make_accreditation(asha, scheme, awarded_on=awarded_on, revoked_on=TODAY)

    page = browser.signed_in(asha).get("/my-training-record")

    assert [one.until_in_words for one in queries.record_of(asha, on=TODAY, now=NOW).held] == [
        "",
        "22 November 2026",
    ]
    assert page.text.count("was revoked from 23 November 2026") == 1


def test_record_is_kept_on_paper_and_as_a_file_with_the_codes_that_prove_it(
    browser: Browser, asha: Person
) -> None:
    browser.signed_in(asha)
    assert "None." in words(browser.get("/my-training-record.pdf", check=False).response.data)
    held = make_accreditation(asha, make_scheme(name="Graded Care Profile 2"))
    came = make_booking(
        make_training_session(
            make_version(make_course(title="Core groups")), starts_at=NOW - timedelta(days=200), parts=2
        ),
        person=asha,
        outcome=Outcome.ATTENDED,
        outcome_on=TODAY - timedelta(days=193),
    )
    make_earlier_training(asha)
    made = browser.get("/my-training-record.pdf", check=False).response.data
    told = " ".join(words(made).split())
    by_proven = {one.accreditation_id: in_groups(one.check_code) for one in rows(select(Certificate))}
    code = by_proven[held.id]
    assert all(one in told for one in by_proven.values())
    assert None in by_proven  # the certificate of attendance
    [line, course, earlier] = csv.DictReader(
        io.StringIO(
            browser.get("/my-training-record?format=csv", check=False)
            .response.get_data(as_text=True)
            .removeprefix("\ufeff")
        )
    )
    assert (line["Title"], line["State"], line["Certificate code"]) == (
        "Graded Care Profile 2",
        "In force",
        code,
    )
    assert (course["Title"], course["State"], course["Name"]) == (came.title, "Attended", asha.name)

    assert (earlier["Title"], earlier["From"]) == ("Neglect briefing", "2018-03-27")
    assert "Neglect briefing 27 March 2018" in browser.get("/my-training-record").text

    for word in (
        asha.name,
        "Graded Care Profile 2",
        "In force",
        "Core groups",
        "7 May 2026 to 14 May 2026",
        "Neglect briefing",
        "https://training.example.org/check",
    ):
        assert word in told
    assert code in told
    assert tags(made).count("Table") == 3
    assert "TH" in tags(made)


@pytest.mark.one_database
def test_record_asks_as_often_for_three_as_for_one(
    asha: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def add() -> None:
        version = make_version()
        scheme = make_scheme(version.course)
        make_accreditation(asha, scheme, expires_on=SOON_OVER)
        for outcome in (Outcome.ATTENDED, Outcome.PART_ATTENDED):
            make_booking(
                make_training_session(version, starts_at=NOW - timedelta(days=30), parts=2),
                person=asha,
                outcome=outcome,
                outcome_on=TODAY,
            )
        make_booking(make_training_session(version), person=asha)

    def ask() -> None:
        found = queries.record_of(asha, on=TODAY, now=NOW)
        assert all(found.renewed_by(renewal) for renewal in found.renewals)
        assert [booking.title for booking in found.attended]

    add()
    once = count_queries(ask)
    add()
    add()
    assert count_queries(ask) == once
