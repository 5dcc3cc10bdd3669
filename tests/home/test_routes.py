from collections.abc import Callable
from datetime import timedelta

from sscb_training.bookings.models import Outcome
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_booking,
    make_course,
    make_scheme,
    make_training_session,
    make_version,
)

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
    assert "Taken Revoked 15 January 2026 21 November 2026" in page.text
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
