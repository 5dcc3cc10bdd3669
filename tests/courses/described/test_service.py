"""Courses are described and published; versions are dated, and only slips in them mended."""

from datetime import date
from typing import Any

import pytest

from sscb_training.core import history
from sscb_training.core.transaction import transaction
from sscb_training.courses.described import service
from sscb_training.courses.models import CourseVersion, SessionStatus
from sscb_training.courses.service import CourseRefused
from sscb_training.people.models import Person
from tests.factories import NOW, TODAY, a_theme, make_course, make_levels, make_training_session, make_version


def test_add_course_is_a_draft_with_its_code_in_capitals(cara: Person) -> None:
    theme, levels = a_theme(), make_levels()
    with transaction():
        course = service.add_course(
            code="gcp2-prac",
            title="GCP2",
            theme=theme,
            summary="What it is.",
            for_whom="Everybody.",
            levels=levels,
            by=cara,
            now=NOW,
        )

    assert (course.code, course.published_at, course.levels) == ("GCP2-PRAC", None, levels)
    assert history.entries_about(course)[0].actor_id == cara.id


def test_add_course_refuses_a_code_that_is_taken() -> None:
    make_course(code="C-1")
    with pytest.raises(CourseRefused, match="C-1 is the code of"), transaction():
        service.add_course(code="c-1", title="", theme=a_theme(), summary="", for_whom="", by=None, now=NOW)


def test_change_course_keeps_what_was() -> None:
    course, levels = make_course(title="Old", summary="S", for_whom="W"), make_levels()
    with transaction():
        service.change_course(
            course,
            title="New",
            theme=course.theme,
            summary="S",
            for_whom="W",
            levels=levels,
            by=None,
            now=NOW,
        )

    assert course.levels == levels
    assert history.entries_about(course)[-1].detail == {
        "title": ["Old", "New"],
        "levels": [[], ["One", "Two"]],
    }


def test_publish_course_needs_a_version() -> None:
    course = make_course(published_at=None)
    with pytest.raises(CourseRefused, match="Add a version first"), transaction():
        service.publish_course(course, by=None, now=NOW)
    make_version(course)
    with transaction():
        service.publish_course(course, by=None, now=NOW)
    assert course.published_at == NOW


def test_unpublish_course_waits_for_its_dates() -> None:
    training_session = make_training_session()
    course = training_session.course
    with pytest.raises(CourseRefused, match="1 date still to come"), transaction():
        service.unpublish_course(course, by=None, now=NOW)
    with transaction():
        service.unpublish_course(course, by=None, now=training_session.ends_at)
    assert course.published_at is None


def test_add_version_numbers_them_and_asks_what_changed(cara: Person) -> None:
    course = make_course()
    usual: dict[str, Any] = {"covers": "A", "outcomes": "B", "length_minutes": 180, "by": cara, "now": NOW}
    with transaction():
        first = service.add_version(course, valid_from=date(2020, 1, 1), **usual)
    with pytest.raises(CourseRefused, match="Say what changed"), transaction():
        service.add_version(course, valid_from=TODAY, **usual)
    with transaction():
        second = service.add_version(course, valid_from=TODAY, what_changed="MARAC added", **usual)

    assert [first.number, second.number] == [1, 2]
    assert [entry.verb for entry in history.entries_about(course)] == ["version added", "version added"]


def corrected(version: CourseVersion, **given: Any) -> None:
    usual: dict[str, Any] = {
        "covers": version.covers,
        "outcomes": version.outcomes,
        "length_minutes": version.length_minutes,
        "what_to_bring": version.what_to_bring,
        "what_changed": version.what_changed,
    }
    with transaction():
        service.correct_version(version, **usual | given, by=None, now=NOW)


def test_correct_version_rewrites_one_that_no_date_was_made_of() -> None:
    version = make_version()
    corrected(version, covers="Something else", length_minutes=60)
    assert (version.covers, version.length_minutes) == ("Something else", 60)


def test_correct_version_mends_only_slips_once_dates_were_made_of_it() -> None:
    version = make_version(covers="The sings of neglect")
    make_training_session(version, status=SessionStatus.DRAFT)

    with pytest.raises(CourseRefused, match="more than a slip in “The sings of neglect”"):
        corrected(version, covers="MARAC")
    with pytest.raises(CourseRefused, match="another length"):
        corrected(version, length_minutes=60)
    corrected(version, covers="The signs of neglect")

    assert version.covers == "The signs of neglect"
    assert history.entries_about(version.course)[-1].detail["covers"] == [
        "The sings of neglect",
        "The signs of neglect",
    ]


def test_correct_version_keeps_saying_what_changed() -> None:
    course = make_course()
    make_version(course)
    second = make_version(course, what_changed="MARAC added")
    with pytest.raises(CourseRefused, match="Say what changed"):
        corrected(second, what_changed="")
