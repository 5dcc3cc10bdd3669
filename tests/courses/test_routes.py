"""Staff pages of courses, venues, the training pool and dates; the settings."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sscb_training.core import history
from sscb_training.core.db import db, rows
from sscb_training.core.jobs import JobBeat
from sscb_training.core.roles import Role
from sscb_training.courses import queries
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    Level,
    LevelScheme,
    SessionStatus,
    Trainer,
    TrainingSession,
    Venue,
)
from sscb_training.people.models import Person
from tests.browser import Browser, Page
from tests.factories import (
    NOW,
    SOON,
    a_theme,
    make_course,
    make_training_session,
    make_venue,
    make_version,
    saved,
)

SKIPPED = "The clocks go forward on 28 March 2027, so this time does not happen. Enter a time before 1am or from 2am."
NOT_AN_ADDRESS = "Address on-line must begin with https://, like https://meet.example.org/abc"
LONG = "Recognising-and-responding-to-neglect-with-the-Graded-Care-Profile " * 3


@pytest.fixture
def staff(browser: Browser, cara: Person) -> Browser:
    return browser.signed_in(cara)


def only(model: Any) -> Any:
    """The one row of a kind, read afresh."""
    db.session.rollback()
    (row,) = rows(db.select(model))
    return row


# Courses and versions


def test_the_list_of_courses_when_empty_and_when_nothing_fits(staff: Browser) -> None:
    assert "Add the first course" in staff.get("/manage/courses").text
    make_course()
    assert "No course fits" in staff.get("/manage/courses?q=zebra").text


def test_the_list_of_courses_is_filtered(staff: Browser) -> None:
    shown = make_version(make_course(title="Neglect")).course
    make_course(title="Not yet", published_at=None)
    page = staff.get(f"/manage/courses?theme={shown.theme_id}&state=published&q=neg")
    assert "1 course " in page.text
    assert page.link("Neglect") == f"/manage/courses/{shown.id}"
    assert "Not yet" in staff.get("/manage/courses?state=draft&theme=x&page=9").text


def test_the_list_of_courses_takes_as_many_queries_for_three_as_for_one(
    staff: Browser, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    make_version()
    one = count_queries(lambda: staff.get("/manage/courses"))
    make_version()
    make_version()
    assert count_queries(lambda: staff.get("/manage/courses")) == one


def test_staff_describe_a_course_and_publish_it(staff: Browser) -> None:
    theme = a_theme()
    level = saved(Level(scheme=saved(LevelScheme(name="Groups")), name="Group 4", position=1))
    page = staff.submit("/manage/courses/new", code="no spaces")
    assert page.errors == [
        "Code must be letters and digits, with single hyphens between them, like GCP2-PRAC",
        "Enter the course’s title",
        "Select a theme",
        "Enter a summary",
        "Enter who the course is for",
    ]
    page = staff.submit(
        "/manage/courses/new",
        code="gcp2-prac",
        title=LONG,
        theme=str(theme.id),
        summary="What it is.",
        for_whom="All.",
        levels=[str(level.id)],
    )
    assert page.h1 == LONG.strip()
    assert "GCP2-PRAC" in page.text
    assert "Groups: Group 4" in page.text
    assert "No versions yet" in page.text

    course = only(Course)
    page = staff.submit(
        f"/manage/courses/{course.id}/versions/new",
        valid_from=["1", "9", "2026"],
        covers="The signs\nThe law",
        outcomes="Raise concerns",
        length_minutes="360",
    )
    assert "Version 1, valid from 1 September 2026" in page.text
    assert "Covers The signs The law" in page.text

    page = staff.fill(page, button="Publish")
    assert "is published" in page.text
    page = staff.fill(page, button="Unpublish")
    assert "is no longer published" in page.text


def test_a_code_that_is_taken_goes_back_on_the_form(staff: Browser) -> None:
    course = make_course(code="GCP2")
    page = staff.submit(
        "/manage/courses/new", code="gcp2", title="T", theme=str(course.theme_id), summary="S", for_whom="W"
    )
    assert page.errors == [f"GCP2 is the code of {course.title}. Choose another code."]


def test_staff_edit_a_course(staff: Browser) -> None:
    course = make_course(title="Old")
    page = staff.submit(f"/manage/courses/{course.id}/edit", title="New")
    assert page.h1 == "New"
    assert "Title: was Old, now New" in page.text
    assert staff.submit(f"/manage/courses/{course.id}/edit", title="").errors == ["Enter the course’s title"]


def test_unpublishing_a_course_with_dates_is_refused_in_words(staff: Browser) -> None:
    course = make_training_session().course
    page = staff.post(f"/manage/courses/{course.id}/unpublish", status=409)
    assert "1 date still to come" in page.text


def test_a_second_version_begins_with_the_words_of_the_first(staff: Browser) -> None:
    version = make_version(covers="The signs")
    url = f"/manage/courses/{version.course_id}/versions/new"
    page = staff.submit(url, valid_from=["1", "1", "2027"])
    assert "Say what changed" in page.errors[0]
    page = staff.fill(page, what_changed="The tool was added")
    assert "Version 2, valid from 1 January 2027" in page.text
    assert "The tool was added" in page.text


def test_a_version_that_dates_were_made_of_is_only_corrected(staff: Browser) -> None:
    version = make_version(covers="The sings of neglect")
    url = f"/manage/versions/{version.id}/edit"
    assert "Dates were made" not in staff.get(url).text
    make_training_session(version)

    page = staff.submit(url, covers="Something else")
    assert "Dates were made of this version" in page.text
    assert "more than a slip" in page.errors[0]
    page = staff.submit(url, covers="The signs of neglect")
    assert "Covers: was The sings of neglect, now The signs of neglect" in page.text


# Venues and trainers


def test_staff_keep_the_venues(staff: Browser) -> None:
    assert "No venues in use" in staff.get("/manage/venues").text
    assert staff.submit("/manage/venues/new", capacity="many").errors == [
        "Enter the venue’s name",
        "Enter the address",
        "Capacity must be a whole number, like 20",
    ]
    staff.submit("/manage/venues/new", name="Shirehall", address="Abbey Foregate", capacity="40")
    assert staff.submit("/manage/venues/new", name="shirehall", address="x", capacity="1").errors
    url = f"/manage/venues/{only(Venue).id}"
    make_venue(name="Guildhall")
    assert staff.submit(url, button="Save changes", name="Guildhall").errors
    page = staff.submit(url, button="Save changes", capacity="30")
    assert "Shirehall" in page.text
    assert "Capacity: was 40, now 30" in staff.get(url).text

    page = staff.fill(staff.get(url), button="Close the venue")
    assert "Closed venues" in page.text
    page = staff.fill(staff.get(url), button="Open the venue again")
    assert "Closed venues" not in page.text


def test_staff_put_a_person_in_the_pool_and_take_them_out(staff: Browser, asha: Person) -> None:
    assert "Nobody is in the training pool" in staff.get("/manage/trainers").text
    assert "Nobody found" in staff.get("/manage/trainers/new?q=zebra").text
    staff.get("/manage/trainers/new?q=asha")
    staff.click("Asha Patel")
    assert staff.page is not None
    page = staff.fill(staff.page, topics="Neglect")
    assert "Asha Patel is in the training pool" in page.text
    assert Role.TRAINER in asha.roles
    assert "already" in staff.submit(f"/manage/trainers/new/{asha.id}").errors[0]

    trainer = only(Trainer)
    staff.submit(f"/manage/trainers/{trainer.id}", topics="Core groups")
    assert "Topics: was Neglect, now Core groups" in staff.get(f"/manage/trainers/{trainer.id}").text
    page = staff.submit(f"/manage/trainers/{trainer.id}/leave")
    assert "Left the pool" in page.text
    db.session.rollback()
    assert Role.TRAINER not in asha.roles
    staff.get(f"/manage/trainers/{trainer.id}")
    assert staff.click("Put back in the pool").status == 200


def test_a_trainer_with_dates_stays_in_words(staff: Browser, tom: Person) -> None:
    trainer = make_training_session(trainers=[tom]).trainers[0]
    page = staff.submit(f"/manage/trainers/{trainer.id}/leave", status=409)
    assert "is to train on 1 date" in page.text


# Dates


def part_fields(number: int = 0, **given: Any) -> dict[str, Any]:
    """The fields of one part by their names in the form."""
    return {f"parts-{number}-{name}": value for name, value in given.items()}


def part(number: int = 0, day: date = date(2027, 3, 1), **given: Any) -> dict[str, Any]:
    """One part of a morning in March, but for what is given."""
    usual = {"day": [str(day.day), str(day.month), str(day.year)], "starts": "9:30am", "ends": "1pm"}
    return part_fields(number, **usual | given)


def plan(browser: Browser, version: CourseVersion, *, parts: int = 1) -> Page:
    return browser.get(f"/manage/versions/{version.id}/sessions/new?parts={parts}")


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
    trainer = queries.trainer_of(tom)
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


def test_a_published_date_keeps_its_times_and_changes_its_people(staff: Browser, tom: Person) -> None:
    published = make_training_session(parts=2)
    trainer = queries.trainer_of(tom)
    assert trainer is not None
    page = staff.get(f"/manage/sessions/{published.id}/edit")
    assert page.url.endswith("/details")
    assert "cancel it and make a new date" in page.text
    assert staff.fill(page, **part_fields(1, online_url="http://x")).errors

    page = staff.submit(
        f"/manage/sessions/{published.id}/details",
        trainers=[str(trainer.id)],
        joining_instructions="Ring.",
        **part_fields(1, online_url="https://meet.example.org/2"),
    )

    assert "Tom Trainer" in page.text
    changed = only(TrainingSession)
    assert [each.online_url for each in changed.parts] == ["", "https://meet.example.org/2"]
    assert changed.starts_at == SOON


def test_the_details_of_a_date_at_a_venue_ask_for_no_address(staff: Browser, tom: Person) -> None:
    published = make_training_session(venue=make_venue(), trainers=[tom])
    trainer = published.trainers[0]
    trainer.left_at = NOW
    db.session.commit()
    page = staff.get(f"/manage/sessions/{published.id}/details")
    assert "Address on-line" not in page.text
    staff.fill(page, joining_instructions="Ring.")
    assert only(TrainingSession).trainers == [trainer]


def test_a_cancelled_date_is_left_as_it_is(staff: Browser) -> None:
    cancelled = make_training_session(status=SessionStatus.CANCELLED, cancel_reason="Snow")
    assert "Snow" in staff.get(f"/manage/sessions/{cancelled.id}/publish").text
    assert "was cancelled" in staff.submit(f"/manage/sessions/{cancelled.id}/details").errors[0]
    staff.post(f"/manage/sessions/{cancelled.id}/publish", status=409)


def test_staff_delete_a_draft(staff: Browser) -> None:
    draft = make_training_session(status=SessionStatus.DRAFT)
    page = staff.submit(f"/manage/sessions/{draft.id}/delete")
    assert "The draft is deleted" in page.text
    assert rows(db.select(TrainingSession)) == []
    published = make_training_session()
    staff.post(f"/manage/sessions/{published.id}/delete", status=409)


def test_a_course_with_dates_of_every_kind(staff: Browser, tom: Person) -> None:
    version = make_version(what_to_bring="Lunch")
    for status in SessionStatus:
        make_training_session(version, status=status, trainers=[tom], venue=make_venue())
    page = staff.get(f"/manage/courses/{version.course_id}")
    assert "3 dates" in page.text
    assert all(status.label in page.text for status in SessionStatus)


def test_the_page_of_a_course_takes_as_many_queries_for_three_as_for_one(
    staff: Browser, tom: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    version = make_version()

    def add() -> None:
        make_training_session(version, trainers=[tom], venue=make_venue(), parts=2)

    add()
    one = count_queries(lambda: staff.get(f"/manage/courses/{version.course_id}"))
    add()
    add()
    assert count_queries(lambda: staff.get(f"/manage/courses/{version.course_id}")) == one


@pytest.mark.parametrize(
    "address", ["/manage/courses", "/manage/venues", "/manage/trainers", "/manage/sessions/new"]
)
def test_those_outside_the_board_manage_nothing(
    browser: Browser, dev: Person, tom: Person, ben: Person, address: str
) -> None:
    for person in (dev, tom, ben):
        browser.signed_in(person).get(address, status=403)


# Settings


def test_the_settings_of_a_new_installation_say_what_to_do(
    browser: Browser, ada: Person, cara: Person
) -> None:
    page = browser.signed_in(ada).get("/settings").text
    assert "No themes yet" in page
    assert "No staff groups yet" in page
    assert "Never: start it" in page
    browser.signed_in(cara).get("/settings", status=403)


def test_an_administrator_keeps_themes_and_levels(browser: Browser, ada: Person) -> None:
    browser.signed_in(ada).submit("/settings/themes/new", name="Neglect")
    assert "already a theme" in browser.submit("/settings/themes/new", name="neglect").errors[0]
    theme = queries.themes()[0]
    page = browser.submit(f"/settings/themes/{theme.id}", name="Neglect and poverty")
    assert "Neglect and poverty" in page.text
    browser.submit("/settings/themes/new", name="Other")
    assert browser.submit(f"/settings/themes/{theme.id}", name="Other").errors

    browser.submit("/settings/level-schemes/new", name="Health")
    assert browser.submit("/settings/level-schemes/new", name="health").errors
    scheme = queries.level_schemes()[0]
    browser.submit(f"/settings/level-schemes/{scheme.id}", name="Health levels")
    assert "No levels yet" in browser.get("/settings").text
    browser.submit(f"/settings/level-schemes/{scheme.id}/levels/new", name="Level 1")
    assert browser.submit(f"/settings/level-schemes/{scheme.id}/levels/new", name="level 1").errors
    level = queries.levels()[0]
    page = browser.submit(f"/settings/levels/{level.id}", name="Level 2")
    assert "Health levels" in page.text
    assert "Level 2" in page.text
    assert browser.submit(f"/settings/levels/{level.id}", name="").errors == ["Enter a name"]
    browser.submit(f"/settings/level-schemes/{scheme.id}/levels/new", name="Level 3")
    assert browser.submit(f"/settings/levels/{level.id}", name="Level 3").errors
    browser.submit("/settings/level-schemes/new", name="Groups")
    assert browser.submit(f"/settings/level-schemes/{scheme.id}", name="Groups").errors


def test_the_settings_show_this_installation(browser: Browser, ada: Person) -> None:
    saved(JobBeat(name="send letters", begun_at=NOW - timedelta(minutes=1)))
    page = browser.signed_in(ada).get("/settings").text
    assert "https://training.example.org" in page
    assert "Not set: letters wait" in page
    assert "23 November 2026 at 8:59am" in page
    assert "SQLite" in page or "PostgreSQL" in page


def test_somebody_without_a_record_is_not_put_in_the_pool(staff: Browser) -> None:
    staff.get("/manage/trainers/new/999999", status=404)
