"""Asking to hear of new dates."""

from datetime import timedelta

from sscb_training.bookings.interest.models import Interest
from sscb_training.people.models import Person
from tests.bookings.interest.test_service import note
from tests.bookings.verbs import request_place
from tests.browser import Browser
from tests.factories import (
    NOW,
    changed,
    make_agency,
    make_course,
    make_membership,
    make_need,
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


def test_somebody_asks_for_dates_that_answer_a_need_while_others_have_places(
    browser: Browser, asha: Person
) -> None:
    course = make_course(title="Core groups")
    old, new = make_version(course), make_version(course)
    make_training_session(old)
    make_need(from_version=new, title="Plan together")
    make_need(from_version=old, title="Meet together")
    answering, asked = (
        "Tell me about dates that answer this",
        "You asked us to tell you about dates of version 2",
    )
    page = browser.signed_in(asha).get(f"/courses/{course.code}")
    assert ASK not in page.text
    url = page.link(f"{answering} (Plan together)")

    page = browser.get(url)
    assert (
        "We write only about dates of version 2 of the course and later ones. The board’s staff" in page.text
    )
    page = browser.submit(url, button=ASK)

    assert "We will write to you when a date of version 2 or later opens." in page.text
    assert f"{asked} or later." in page.text
    assert answering not in page.text
    assert "You asked us to tell you about dates that answer it." in page.text
    assert only(Interest).from_version == new
    mine = browser.get("/my-bookings")
    assert "You asked on 23 November 2026 about dates of version 2 or later." in mine.text
    page = browser.fill(browser.get(f"/courses/{course.code}"), button="Stop telling me")
    assert page.url == f"/courses/{course.code}"
    assert "We will not write to you" in page.text
    assert answering in browser.get(f"/courses/{course.code}").text


def test_the_page_says_what_its_dates_answer_before_and_once_one_opens(
    browser: Browser, asha: Person
) -> None:
    course = make_course()
    old, new = make_version(course), make_version(course)
    make_training_session(old)
    make_need(from_version=new)
    url = f"/courses/{course.code}"
    note(course, asha, from_version=new)

    page = browser.signed_in(asha).get(url)
    assert "A version of this course that has no dates yet answers what it found." in page.text
    assert "about dates of version 2 or later. We write to you when one opens." in page.text
    make_need(from_version=old)
    assert "This course answers what it found, some of it only in a version that has no dates yet." in (
        browser.get(url).text
    )

    make_training_session(new, starts_at=NOW + timedelta(days=9))
    page = browser.get(url)
    assert "work together. This course answers what it found. " in page.text
    assert (
        "One is open for booking and answers what audits found: Wednesday 2 December 2026 . Until you have a place we "
        "write to you when another opens." in page.text
    )
    make_training_session(new, starts_at=NOW + timedelta(days=10))
    assert "Some are open for booking and answer what audits found: Wednesday" in browser.get(url).text


def test_the_version_that_answers_is_asked_for_while_none_of_its_dates_has_a_place(
    browser: Browser, asha: Person
) -> None:
    course = make_course()
    old, new = make_version(course), make_version(course)
    make_training_session(old)
    full = make_training_session(new, capacity=0)
    make_need(from_version=new)
    answering = "Tell me about dates that answer this"
    assert answering in browser.get(f"/courses/{course.code}").text

    changed(full, capacity=1)
    assert answering not in browser.get(f"/courses/{course.code}").text

    changed(full, capacity=0)
    note(course, asha)
    page = browser.signed_in(asha).get(f"/courses/{course.code}")
    assert answering not in page.text
    assert "You asked us to tell you about new dates." in page.text


def test_whoever_asked_for_a_version_may_ask_for_all_once_no_date_has_a_place(
    browser: Browser, asha: Person
) -> None:
    course = make_course()
    make_training_session(make_version(course), capacity=0)
    note(course, asha, from_version=make_version(course))

    page = browser.signed_in(asha).get(f"/courses/{course.code}")
    assert "Stop telling me" in page.text
    browser.submit(page.link(ASK), button="Change to new dates")

    assert only(Interest).from_version is None


def test_whoever_has_asked_sees_what_for_and_changes_or_stops_it(browser: Browser, asha: Person) -> None:
    course = make_course(title="Core groups")
    new = make_version(course)
    note(course, asha)
    url = f"/courses/{course.id}/new-dates"
    asked = "You asked on 23 November 2026, as"

    page = browser.signed_in(asha).get(url)
    assert asked in page.text
    assert "to hear of new dates." in page.text
    assert "Change" not in page.text
    page = browser.get(f"{url}?version={new.id}")
    assert "You keep your turn if you change it to dates of version 1 or later." in page.text
    page = browser.submit(f"{url}?version={new.id}", button="Change to dates of version 1 or later")
    assert "We will write to you when a date of version 1 or later opens." in page.text
    assert "about dates of version 1 or later. See the course" in browser.get("/my-bookings").text

    page = browser.fill(browser.get(url), button="Stop telling me")
    assert page.url == f"/courses/{course.code}"
    assert "We will not write to you about new dates of Core groups." in page.text
    assert asked not in browser.get(url).text


def test_whoever_loses_their_turn_by_a_change_is_told_before(browser: Browser, asha: Person) -> None:
    course = make_course()
    old, new, newest = (make_version(course) for _ in range(3))
    asked = NOW - timedelta(days=2)
    note(course, asha, from_version=new, now=asked)
    request_place(make_training_session(old), asha, now=NOW - timedelta(days=1))
    url = f"/courses/{course.id}/new-dates"
    keeps, loses = "You keep your turn if you change it to", "If you change it to"

    page = browser.signed_in(asha).get(f"{url}?version={newest.id}")
    assert f"{keeps} dates of version 3 or later." in page.text
    browser.submit(f"{url}?version={newest.id}", button="Change to dates of version 3 or later")
    assert only(Interest).noted_at == asked

    page = browser.get(url)
    assert keeps not in page.text
    assert f"{loses} new dates you go to the end of the list: you have got a place on one since." in page.text
    browser.submit(url, button="Change to new dates")
    assert only(Interest).noted_at == NOW


def test_whoever_has_asked_in_one_role_changes_to_another(browser: Browser, asha: Person) -> None:
    course = make_course()
    note(course, asha)
    other = make_membership(asha, make_agency(name="Acorn Nursery"))

    browser.signed_in(asha).submit(
        f"/courses/{course.id}/new-dates", button="Change the role", membership_id=str(other.id)
    )

    assert only(Interest).membership == other


def test_a_version_of_another_course_is_not_found(browser: Browser, asha: Person) -> None:
    url = f"/courses/{make_course().id}/new-dates?version={make_version().id}"

    browser.signed_in(asha).get(url, status=404)


def test_a_course_that_is_not_published_has_no_list(browser: Browser, asha: Person) -> None:
    hidden = make_course(published_at=None)

    browser.signed_in(asha).get(f"/courses/{hidden.id}/new-dates", status=404)


def test_nobody_sees_anothers_interest(browser: Browser, asha: Person, dev: Person) -> None:
    course = make_course(title="Core groups")
    note(course, asha)

    assert "Core groups" not in browser.signed_in(dev).get("/my-bookings").text
    assert "You asked us" not in browser.get(f"/courses/{course.code}").text
