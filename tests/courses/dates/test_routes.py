"""Staff pages of dates."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sscb_training.core import history
from sscb_training.core.db import db, rows
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.courses.pool.queries import trainer_of
from sscb_training.people.models import Person
from tests.browser import Browser, Page
from tests.factories import (
    NOW,
    changed,
    make_course,
    make_training_session,
    make_venue,
    make_version,
    only,
)

SKIPPED = "The clocks go forward on 28 March 2027, so this time does not happen. Enter a time before 1am or from 2am."

NOT_AN_ADDRESS = "Online address must begin with https://, like https://meet.example.org/abc"


def part_fields(number: int = 0, **given: Any) -> dict[str, Any]:
    """The fields of one part by their names in the form."""
    return {f"parts-{number}-{name}": value for name, value in given.items()}


def part(number: int = 0, day: date = date(2027, 3, 1), **given: Any) -> dict[str, Any]:
    """One part of a morning in March, but for what is given."""
    usual = {"day": [str(day.day), str(day.month), str(day.year)], "starts": "9:30am", "ends": "1pm"}
    return part_fields(number, **usual | given)


def plan(browser: Browser, version: CourseVersion, *, parts: int = 1) -> Page:
    return browser.get(f"/manage/versions/{version.id}/sessions/new?parts={parts}")


def test_the_only_part_of_a_date_is_not_named(browser: Browser, cara: Person) -> None:
    one, two = make_training_session(), make_training_session(parts=2)
    browser.signed_in(cara)

    for page in ("/manage/sessions/{}/publish", "/sessions/{}/change"):
        assert "Part 1" not in browser.get(page.format(one.id)).text
        assert "Part 1" in browser.get(page.format(two.id)).text


def test_a_date_is_closed_once_its_register_is(browser: Browser, cara: Person, tom: Person) -> None:
    over = make_training_session(starts_at=NOW - timedelta(days=9), trainers=[tom])
    trainer = trainer_of(tom)
    assert trainer is not None
    browser.signed_in(cara)
    pages = (
        f"/manage/sessions/{over.id}/publish",
        f"/trainers/{trainer.id}",
        f"/manage/courses/{over.course.id}",
    )
    for page in pages:
        assert [tag.get_text() for tag in browser.get(page).soup.select(".govuk-tag")][-1] == "Published"
    changed(over, closed_at=NOW)
    for page in pages:
        assert [tag.get_text() for tag in browser.get(page).soup.select(".govuk-tag")][-1] == "Closed"


def test_staff_begin_with_the_course_and_the_number_of_parts(staff: Browser) -> None:
    version = make_version()
    page = staff.submit("/manage/sessions/new", button="Continue", number_of_parts="0")
    assert page.errors == ["Select a course", "How many parts has it? must be between 1 and 10"]
    page = staff.fill(page, button="Continue", version=str(version.id), number_of_parts="2")
    assert page.h1 == f"Plan a date of {version.course.title}"
    assert page.soup.select_one("[name='parts-1-starts']")
    assert not page.soup.select_one("[name='parts-2-starts']")


def test_staff_plan_a_date_of_two_parts_and_publish_it(staff: Browser, tom: Person) -> None:
    version, hall = make_version(), make_venue(name="Shirehall")
    trainer = trainer_of(tom)
    assert trainer is not None
    page = staff.fill(
        plan(staff, version, parts=2),
        capacity="15",
        trainers=[str(trainer.id)],
        joining_instructions="Ring the bell.",
        **part(0, date(2027, 3, 26), venue=str(hall.id)),
        **part(1, date(2027, 4, 2), starts="1400", ends="5.15pm", online_url="https://meet.example.org/abc"),
    )

    assert page.h1 == "Friday 26 March 2027"
    assert "9:30am to 1pm" in page.text
    assert "2pm to 5:15pm" in page.text
    training_session = only(TrainingSession)
    assert training_session.status is SessionStatus.DRAFT
    # Summer time begins between the two parts.
    assert [each.starts_at for each in training_session.parts] == [
        datetime(2027, 3, 26, 9, 30, tzinfo=UTC),
        datetime(2027, 4, 2, 13, 0, tzinfo=UTC),
    ]
    assert [(each.title, each.venue_id) for each in training_session.parts] == [
        ("Part 1", hall.id),
        ("Part 2", None),
    ]

    page = staff.fill(page, button="Publish this date")
    assert only(TrainingSession).status is SessionStatus.PUBLISHED


def test_another_part_comes_without_a_script_and_keeps_what_was_typed(staff: Browser) -> None:
    page = staff.fill(
        plan(staff, make_version()),
        button="Add another part",
        capacity="7",
        **part(starts="9.30 am", ends="bad"),
    )
    assert not page.errors
    soup = page.soup
    assert soup.select_one("[name='parts-1-ends']")
    assert soup.select_one("[name='parts-0-starts'][value='9.30 am']")
    assert soup.select_one("[name='parts-0-ends'][value='bad']")
    assert soup.select_one("[name='parts-1-starts'][value='9:30am']")
    assert soup.select_one("[name='capacity'][value='7']")

    page = staff.fill(page, button="Remove part 1", **part_fields(1, title="Second"))
    assert page.soup.select_one("[name='parts-0-title'][value='Second']")
    assert not page.soup.select_one("[name='parts-1-title']")


@pytest.mark.parametrize("reshape", ["remove-0", "remove-9", "remove-²", "remove--1", "add"])
def test_reshaping_beyond_the_bounds_does_no_harm(staff: Browser, reshape: str) -> None:
    version = make_version()
    fields = {f"parts-{n}-title": "x" for n in range(10 if reshape == "add" else 1)} | {"parts-²-title": "x"}
    page = staff.post(f"/manage/versions/{version.id}/sessions/new", {"reshape": reshape, **fields})
    assert len(page.soup.select("fieldset.app-part")) == (10 if reshape == "add" else 1)
    assert rows(db.select(TrainingSession)) == []


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        (part(starts="half nine"), "Starts must be a time, like 9:30am or 14:00"),
        (part(starts=""), "Enter when it starts"),
        (part(ends="9:30am"), "Part 1 must end after it starts."),
        (part(day=date(2027, 3, 28), starts="1:30am"), SKIPPED),
        (part(online_url="javascript:alert(1)"), NOT_AN_ADDRESS),
        (part(online_url="https://[bad"), NOT_AN_ADDRESS),
        (part() | {"parts-0-day": ["31", "2", "2027"]}, "Date must be a real date, like 27 3 2026"),
        (part() | {"capacity": "0"}, "Places must be between 1 and 1,000"),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_says_why_and_links_to_the_question(
    staff: Browser, fields: dict[str, Any], error: str
) -> None:
    page = staff.fill(plan(staff, make_version()), **fields)
    assert page.errors == [error]
    assert rows(db.select(TrainingSession)) == []


def test_parts_that_overlap_say_which(staff: Browser) -> None:
    page = staff.fill(plan(staff, make_version(), parts=2), **part(0), **part(1, starts="midday"))
    assert page.errors == [
        "Part 2 must start after part 1 ends. Put the parts in order, so that none overlap."
    ]
    assert page.soup.select_one(".govuk-error-summary a[href='#parts-1-starts']")


def test_more_places_than_the_room_holds_are_refused_with_what_to_do(staff: Browser) -> None:
    hall = make_venue(name="Attic", capacity=8)
    page = staff.fill(plan(staff, make_version()), capacity="9", **part(venue=str(hall.id)))
    assert page.errors == ["Attic holds 8 people. Offer 8 places or fewer, or choose a larger venue."]


def test_the_page_before_publishing_says_what_to_think_of(staff: Browser, tom: Person) -> None:
    hall = make_venue()
    make_training_session(venue=hall)
    draft = make_training_session(
        make_version(make_course(published_at=None)), venue=hall, status=SessionStatus.DRAFT
    )
    page = staff.get(f"/manage/sessions/{draft.id}/publish").text
    for words in ("No trainer", "not published, so nobody", "no joining instructions", "same room"):
        assert words in page


def test_staff_edit_a_draft(staff: Browser, tom: Person) -> None:
    draft = make_training_session(
        status=SessionStatus.DRAFT, parts=2, trainers=[tom], starts_at=datetime(2027, 6, 1, 8, 30, tzinfo=UTC)
    )
    url = f"/manage/sessions/{draft.id}/edit"
    page = staff.get(url)
    assert page.soup.select_one("[name='parts-0-starts'][value='9:30am']")

    staff.fill(page)
    assert history.entries_about(draft) == []

    page = staff.submit(url, capacity="7", **part_fields(title="Opening"))
    assert "Capacity: was 20, now 7" in page.text
    page = staff.submit(url, button="Remove part 2")
    staff.fill(page)
    assert len(only(TrainingSession).parts) == 1
    assert only(TrainingSession).trainers[0].person_id == tom.id
    hall = make_venue(capacity=2)
    assert staff.submit(url, **part_fields(venue=str(hall.id))).errors


def test_a_cancelled_date_is_left_as_it_is(staff: Browser) -> None:
    cancelled = make_training_session(status=SessionStatus.CANCELLED, cancel_reason="Snow")
    assert "Snow" in staff.get(f"/manage/sessions/{cancelled.id}/publish").text
    assert "was cancelled" in staff.submit(f"/sessions/{cancelled.id}/change").errors[0]
    staff.post(f"/manage/sessions/{cancelled.id}/publish", status=409)


def test_staff_delete_a_draft(staff: Browser) -> None:
    draft = make_training_session(status=SessionStatus.DRAFT)
    page = staff.submit(f"/manage/sessions/{draft.id}/delete")
    assert "The draft is deleted" in page.text
    assert rows(db.select(TrainingSession)) == []
    published = make_training_session()
    staff.post(f"/manage/sessions/{published.id}/delete", status=409)
