"""Staff pages of courses and versions."""

from collections.abc import Callable
from typing import Any

from sscb_training.core.db import db, rows
from sscb_training.courses.models import Course, CourseVersion, Level, LevelScheme, SessionStatus
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import a_theme, make_course, make_training_session, make_venue, make_version, only, saved

LONG = "Recognising-and-responding-to-neglect-with-the-Graded-Care-Profile " * 3


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


def test_staff_keep_a_course_out_of_subjects_and_calendars(staff: Browser) -> None:
    course = make_course()
    page = staff.get(f"/manage/courses/{course.id}/edit")
    page = staff.fill(page, button="Save changes", is_discreet="y")
    assert "Do not name the course" in page.text

    page = staff.get(f"/manage/courses/{course.id}/edit")
    assert page.soup.select_one("input[name=is_discreet][checked]")


def test_staff_keep_what_a_version_is_taught_with_and_the_next_version_begins_with_it(staff: Browser) -> None:
    version = make_version()
    url = f"/manage/versions/{version.id}/materials/new"
    bad = staff.submit(url, name="Slides", address="http://files.example.org")
    assert bad.errors == ["Web address must begin with https://, like https://meet.example.org/abc"]
    page = staff.fill(bad, address="https://files.example.org/slides", for_delegates="y")
    assert "Slides Trainers, and delegates with a place" in page.text
    assert staff.submit(url, name="slides", address="https://x.example.org").errors == [
        "This version has slides already. Use another name, or remove that one first."
    ]
    later: dict[str, Any] = {"valid_from": ["1", "1", "2027"], "what_changed": "New tools"}
    staff.submit(f"/manage/courses/{version.course_id}/versions/new", button="Add the version", **later)
    staff.fill(staff.get(f"/manage/versions/{version.id}"), button="Remove Slides")

    second = next(one for one in rows(db.select(CourseVersion)) if one.number == 2)
    assert [(one.name, one.for_delegates) for one in second.materials] == [("Slides", True)]
    assert "None yet" in staff.get(f"/manage/versions/{version.id}").text
    assert "Material removed" in staff.get(f"/manage/courses/{version.course_id}").text
