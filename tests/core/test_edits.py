"""Two members of staff have the same form open: both keep what they alone changed, and who is second is told the rest."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from sscb_training.bookings.models import BookingStatus
from sscb_training.core.board import board_numbers
from sscb_training.core.edits import EditForm
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession, Venue
from sscb_training.people.models import Person
from tests.browser import Browser, Page, form_values
from tests.factories import (
    NOW,
    make_action,
    make_agency,
    make_booking,
    make_case_audit,
    make_course,
    make_finding,
    make_levels,
    make_need,
    make_policy,
    make_scheme,
    make_training_session,
    make_venue,
    make_version,
    only,
)

SECOND_DAY: dict[str, Any] = {"parts-1-day": ["8", "12", "2026"]}
OPENING: dict[str, Any] = {"parts-0-title": "Opening"}
VENUE: dict[str, Any] = {
    "name": "Shirehall",
    "address": "Abbey Foregate\r\nShrewsbury",
    "capacity": 30,
    "access": "A lift",
}


@pytest.fixture
def two(app: Flask, cara: Person, ada: Person) -> tuple[Browser, Browser]:
    """Cara, and Ada who is quicker."""
    return Browser(app).signed_in(cara), Browser(app).signed_in(ada)


def save(browser: Browser, page: Page, **fields: Any) -> Page:
    button = "Save as a draft" if "/sessions/" in page.url else "Save changes"
    return browser.fill(page, button=button, **fields)


def test_different_answers_are_both_kept(two: tuple[Browser, Browser]) -> None:
    cara, ada = two
    url = f"/manage/venues/{make_venue(**VENUE).id}"
    shown, hers = cara.get(url), ada.get(url)

    save(ada, hers, capacity="25")
    save(cara, shown, access="A lift and a ramp")

    venue = only(Venue)
    assert (venue.capacity, venue.access) == (25, "A lift and a ramp")


def test_without_what_was_shown_the_second_undoes_the_first(
    two: tuple[Browser, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: whole-object saves do lose an edit."""
    monkeypatch.setattr(EditForm, "settle", lambda *_: None)
    cara, ada = two
    url = f"/manage/venues/{make_venue(**VENUE).id}"
    shown, hers = cara.get(url), ada.get(url)

    save(ada, hers, capacity="25")
    save(cara, shown, access="A lift and a ramp")

    assert only(Venue).capacity == 30


def test_the_same_answer_is_told_with_who_and_when_and_saved_when_sent_again(
    two: tuple[Browser, Browser], at: Callable[[datetime], None]
) -> None:
    cara, ada = two
    url = f"/manage/venues/{make_venue(**VENUE).id}"
    shown, hers = cara.get(url), ada.get(url)
    save(ada, hers, capacity="25", access="A lift, and steps")
    at(NOW + timedelta(minutes=5))

    page = save(cara, shown, capacity="28", name="Shire Hall")

    assert page.errors == [
        "Ada Admin saved changes on 23 November 2026 at 9am, while you had this page open. "
        "Nothing of yours is saved yet.",
        "Ada Admin changed Capacity to “25”. Enter that, or save again to keep yours",
    ]
    assert page.soup.select_one(".govuk-error-summary a[href='#capacity']")
    assert page.soup.select_one("[name=capacity][value='28']")
    assert page.soup.select_one("[name=name][value='Shire Hall']")
    assert "A lift, and steps" in page.text
    assert only(Venue).capacity == 25

    save(cara, page)

    venue = only(Venue)
    assert (venue.name, venue.capacity, venue.access) == ("Shire Hall", 28, "A lift, and steps")


def test_the_same_answer_given_by_both_is_no_clash(two: tuple[Browser, Browser]) -> None:
    cara, ada = two
    url = f"/manage/venues/{make_venue(**VENUE).id}"
    shown, hers = cara.get(url), ada.get(url)
    save(ada, hers, capacity="25")
    assert "The changes are saved" in save(cara, shown, capacity="25").text


def test_choices_are_said_in_words(two: tuple[Browser, Browser]) -> None:
    cara, ada = two
    course = make_course()
    level, other = make_levels()
    url = f"/manage/courses/{course.id}/edit"
    shown, hers = cara.get(url), ada.get(url)
    save(ada, hers, levels=[str(level.id)], is_discreet="y", title="New title")

    page = save(cara, shown, levels=[str(other.id)], summary="Newer")

    assert page.errors[1:] == [
        "Ada Admin changed Levels to “Shropshire: One”. Enter that, or save again to keep yours"
    ]
    save(cara, page)
    assert (only(Course).title, only(Course).summary, only(Course).is_discreet) == (
        "New title",
        "Newer",
        True,
    )
    assert only(Course).levels == [other]


def test_versions_and_the_boards_numbers_are_kept_apart_too(
    two: tuple[Browser, Browser], ada: Person
) -> None:
    cara, other = two
    url = f"/manage/versions/{make_version().id}/edit"
    shown, hers = cara.get(url), other.get(url)
    save(other, hers, what_to_bring="A pen")
    save(cara, shown, length_minutes="200")
    assert (only(CourseVersion).what_to_bring, only(CourseVersion).length_minutes) == ("A pen", 200)

    url = "/settings/numbers"
    shown, hers = cara.signed_in(ada).get(url), other.get(url)
    save(other, hers, offer_working_days="4")
    assert "save again to keep yours" in save(cara, shown, offer_working_days="5").errors[1]
    save(cara, shown, approval_working_days="8")
    assert (board_numbers().offer_working_days, board_numbers().approval_working_days) == (4, 8)


def an_agency() -> tuple[str, object]:
    return "/agencies/{0.id}/edit", make_agency(short_name="")


def a_scheme() -> tuple[str, object]:
    return "/accreditations/schemes/{0.id}/change", make_scheme()


def a_finding() -> tuple[str, object]:
    return "/findings/{0.id}/change", make_finding()


def an_action() -> tuple[str, object]:
    return "/actions/{0.id}/change", make_action(make_case_audit(), owner="")


def a_need() -> tuple[str, object]:
    return "/needs/{0.id}/change", make_need()


def a_charging_rule() -> tuple[str, object]:
    return "/charges/policies/{0.id}", make_policy(late_fee=0)


def places_of_a_session() -> tuple[str, object]:
    return "/sessions/{0.id}/places", make_training_session()


@pytest.mark.parametrize(
    ("made", "first", "second"),
    [
        (places_of_a_session, {"capacity": "12", "kept_education": "2"}, {"most_per_agency": "4"}),
        (an_agency, {"short_name": "HS"}, {"name": "Hill"}),
        (a_scheme, {"first_use_weeks": "5"}, {"name": "New name"}),
        (a_finding, {"note": "See NEG-1"}, {"named": "Schools"}),
        (an_action, {"owner": "The board"}, {"note": "Asked twice"}),
        (a_need, {"measure": "By audit"}, {"target_percent": "70"}),
        (a_charging_rule, {"absence_fee": "30"}, {"free_days": "9"}),
    ],
)
def test_every_form_over_what_is_there_keeps_both(
    two: tuple[Browser, Browser],
    made: Callable[[], tuple[str, object]],
    first: dict[str, str],
    second: dict[str, str],
) -> None:
    cara, ada = two
    address, row = made()
    url = address.format(row)
    shown, hers = cara.get(url), ada.get(url)

    ada.fill(hers, **first)  # type: ignore[arg-type]
    page = cara.fill(shown, **second)  # type: ignore[arg-type]

    assert page.errors == []
    now = form_values(cara.get(url).soup.select("main form")[0])
    assert {name: now[name] for name in first | second} == {
        name: [value] for name, value in (first | second).items()
    }


def test_places_that_are_looked_at_first_are_told_too(two: tuple[Browser, Browser]) -> None:
    cara, ada = two
    training_session = make_training_session(capacity=1)
    make_booking(training_session)
    make_booking(training_session, status=BookingStatus.WAITLISTED)
    url = f"/sessions/{training_session.id}/places"
    shown, hers = cara.get(url), ada.get(url)
    ada.fill(ada.fill(hers, most_per_agency="1"), button="Save")

    foreseen = cara.fill(shown, release_days="3")
    assert foreseen.errors == []
    cara.fill(foreseen, button="Save")
    assert (only(TrainingSession).most_per_agency, only(TrainingSession).release_days) == (1, 3)

    assert "save again to keep yours" in cara.fill(shown, most_per_agency="2").errors[1]


def test_a_draft_that_got_another_part_meanwhile_is_told_whole(two: tuple[Browser, Browser]) -> None:
    cara, ada = two
    draft = make_training_session(status=SessionStatus.DRAFT)
    url = f"/manage/sessions/{draft.id}/edit"
    shown, hers = cara.get(url), ada.get(url)
    hers = ada.fill(hers, button="Add another part")
    save(ada, hers, **SECOND_DAY)

    page = save(cara, shown, capacity="12")
    assert len(only(TrainingSession).parts) == 2
    assert only(TrainingSession).capacity == 12

    page = save(cara, shown, **OPENING)
    assert "Ada Admin" not in page.text  # Cara has saved since
    assert len(page.errors) == 2
    assert page.soup.select_one(".govuk-error-summary a[href='#parts']")
    assert page.soup.select_one("#parts")


@pytest.mark.parametrize("shown", ["", "=1+1", "[1]", "17", '{"capacity": 3}', '{"capacity-0": "x"}'])
def test_what_a_page_cannot_have_carried_does_no_harm(two: tuple[Browser, Browser], shown: str) -> None:
    cara, _ = two
    url = f"/manage/venues/{make_venue(**VENUE).id}"
    save(cara, cara.get(url), shown=shown, capacity="12")
    assert only(Venue).capacity in (12, 30)
