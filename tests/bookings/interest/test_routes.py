"""Asking to hear of new dates."""

from sscb_training.bookings.interest.models import Interest
from sscb_training.people.models import Person
from tests.bookings.interest.test_service import note
from tests.browser import Browser
from tests.factories import (
    make_agency,
    make_course,
    make_membership,
    make_training_session,
    make_version,
    only,
)

ASK = "Tell me about new dates"


def test_somebody_asks_sees_it_noted_and_leaves_again(browser: Browser, asha: Person) -> None:
    course = make_course(title="Core groups")
    make_version(course)
    assert browser.get(f"/courses/{course.code}").link(ASK) == f"/courses/{course.id}/new-dates"

    page = browser.signed_in(asha).submit(f"/courses/{course.id}/new-dates", button=ASK)

    assert page.url == f"/courses/{course.code}"
    assert "You asked us to tell you about new dates." in page.text
    assert only(Interest).membership == asha.memberships[0]
    mine = browser.get("/my-bookings")
    assert "New dates that you want to hear of Core groups" in mine.text
    page = browser.fill(mine, button="Stop telling me about new dates of Core groups")
    assert "We will not write to you" in page.text
    assert "No bookings yet" in page.text


def test_somebody_with_two_roles_says_in_which(browser: Browser, asha: Person) -> None:
    course, nursery = make_course(), make_agency(name="Acorn Nursery")
    other = make_membership(asha, nursery)
    url = f"/courses/{course.id}/new-dates"

    page = browser.signed_in(asha).submit(url, button=ASK)
    assert page.errors == ["Select which of your roles this is for"]
    browser.submit(url, button=ASK, membership_id=str(other.id))

    assert only(Interest).membership == other


def test_somebody_without_a_role_is_asked_for_one_first(browser: Browser, tom: Person) -> None:
    page = browser.signed_in(tom).get(f"/courses/{make_course().id}/new-dates")

    assert "Add a job" in page.text


def test_a_course_with_places_left_offers_them_instead(browser: Browser) -> None:
    course = make_course()
    version = make_version(course)
    make_training_session(version, capacity=0)
    assert ASK in browser.get(f"/courses/{course.code}").text

    make_training_session(version)
    assert ASK not in browser.get(f"/courses/{course.code}").text


def test_a_course_that_is_not_published_has_no_list(browser: Browser, asha: Person) -> None:
    hidden = make_course(published_at=None)

    browser.signed_in(asha).get(f"/courses/{hidden.id}/new-dates", status=404)


def test_nobody_sees_anothers_interest(browser: Browser, asha: Person, dev: Person) -> None:
    course = make_course(title="Core groups")
    note(course, asha)

    assert "Core groups" not in browser.signed_in(dev).get("/my-bookings").text
    assert "You asked us" not in browser.get(f"/courses/{course.code}").text
