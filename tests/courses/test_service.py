"""Courses are described, versions dated, rooms and trainers kept, dates planned and published."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sscb_training.core import history
from sscb_training.core.db import db, rows
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses import queries, service
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    Level,
    LevelScheme,
    SessionPart,
    SessionStatus,
    TrainingSession,
    Venue,
)
from sscb_training.courses.service import CourseRefused, PartPlan
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    a_theme,
    make_course,
    make_training_session,
    make_venue,
    make_version,
    saved,
)

HOUR = timedelta(hours=1)


def plan(start: datetime = SOON, *, hours: int = 3, **given: Any) -> PartPlan:
    usual: dict[str, Any] = {"title": "", "starts_at": start, "ends_at": start + hours * HOUR}
    return PartPlan(**usual | given)


def a_draft(version: CourseVersion | None = None, **given: Any) -> TrainingSession:
    version = version or make_version()
    usual: dict[str, Any] = {"capacity": 20, "parts": [plan()], "by": None, "now": NOW}
    with transaction():
        return service.add_session(version, **usual | given)


def make_levels() -> list[Level]:
    scheme = saved(LevelScheme(name="Shropshire"))
    return [saved(Level(scheme=scheme, name=name, position=p)) for p, name in enumerate(["One", "Two"], 1)]


def test_themes_and_levels_are_added_last_and_renamed(ada: Person) -> None:
    with transaction():
        neglect = service.add_theme("Neglect", by=ada, now=NOW)
        abuse = service.add_theme("Domestic abuse", "dv", by=ada, now=NOW)
        scheme = service.add_level_scheme("Health", by=ada, now=NOW)
        service.add_level(scheme, name="Level 1", by=ada, now=NOW)
        level = service.add_level(scheme, name="Level 2", by=ada, now=NOW)
    with transaction():
        service.rename_theme(abuse, name="Abuse at home", by=ada, now=NOW)
        service.rename_level_scheme(scheme, name="Health levels", by=ada, now=NOW)
        service.rename_level(level, name="Level 3", by=ada, now=NOW)

    assert [(theme.slug, theme.name) for theme in queries.themes()] == [
        ("neglect", "Neglect"),
        ("dv", "Abuse at home"),
    ]
    assert [level.name for level in queries.level_schemes()[0].levels] == ["Level 1", "Level 3"]
    assert [entry.verb for entry in history.entries_about(neglect)] == ["added"]
    assert history.entries_about(abuse)[-1].detail == {"name": ["Domestic abuse", "Abuse at home"]}


@pytest.mark.parametrize(
    "again",
    [
        lambda: service.add_theme("neglect", by=None, now=NOW),
        lambda: service.add_theme("Other", "neglect", by=None, now=NOW),
        lambda: service.add_level_scheme("shropshire", by=None, now=NOW),
        lambda: service.add_level(queries.level_schemes()[0], name="one", by=None, now=NOW),
        lambda: service.add_course(
            code="c-1", title="", theme=a_theme(), summary="", for_whom="", by=None, now=NOW
        ),
        lambda: service.add_venue(name="THE HALL", address="", capacity=1, by=None, now=NOW),
    ],
)
def test_names_and_codes_that_are_taken_are_refused(again: Callable[[], object]) -> None:
    a_theme()
    make_levels()
    make_course(code="C-1")
    make_venue(name="The Hall")
    with pytest.raises(CourseRefused), transaction():
        again()


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


def test_a_venue_closes_only_when_no_dates_are_to_come() -> None:
    hall = make_venue()
    training_session = make_training_session(venue=hall)
    with pytest.raises(CourseRefused, match="1 date still to come"), transaction():
        service.close_venue(hall, by=None, now=NOW)
    with transaction():
        service.close_venue(hall, by=None, now=training_session.ends_at)
    assert queries.venues() == []
    assert queries.venues(closed=True) == [hall]
    with transaction():
        service.reopen_venue(hall, by=None, now=NOW)
    assert queries.venues() == [hall]


def test_change_venue_keeps_what_was(cara: Person) -> None:
    hall = make_venue(name="Hall", capacity=30)
    with transaction():
        service.change_venue(
            hall, name="Hall", address=hall.address, capacity=25, access="A ramp", by=cara, now=NOW
        )
    assert history.entries_about(hall)[-1].detail == {"capacity": [30, 25], "access": ["", "A ramp"]}


def test_a_trainer_joins_and_leaves_the_pool_with_the_role(asha: Person, cara: Person) -> None:
    with transaction():
        trainer = service.add_trainer(asha, topics="Neglect", by=cara, now=NOW)
    assert Role.TRAINER in asha.roles
    with pytest.raises(CourseRefused, match="already"), transaction():
        service.add_trainer(asha, by=cara, now=NOW)

    with transaction():
        service.leave_pool(trainer, by=cara, now=NOW)
    assert Role.TRAINER not in asha.roles
    assert queries.trainers() == []

    with transaction():
        again = service.add_trainer(asha, topics="Core groups", by=cara, now=NOW)
    assert again == trainer
    assert Role.TRAINER in asha.roles
    assert queries.trainers() == [trainer]


def test_leave_pool_waits_for_the_dates(tom: Person) -> None:
    trainer = make_training_session(trainers=[tom]).trainers[0]
    with pytest.raises(CourseRefused, match="Tom Trainer is to train on 1 date"), transaction():
        service.leave_pool(trainer, by=None, now=NOW)
    assert Role.TRAINER in tom.roles


def test_change_topics(tom: Person) -> None:
    trainer = queries.trainer_of(tom)
    assert trainer is not None
    with transaction():
        service.change_topics(trainer, topics="Neglect", by=None, now=NOW)
    assert trainer.topics == "Neglect"


def test_add_session_is_a_draft_with_its_parts_in_order(cara: Person, tom: Person) -> None:
    hall, trainer = make_venue(), queries.trainer_of(tom)
    assert trainer is not None
    draft = a_draft(
        parts=[
            plan(title="Day 1", venue=hall),
            plan(SOON + timedelta(days=7), online_url="https://meet.example"),
        ],
        trainers=[trainer],
        joining_instructions="Bring lunch.",
        by=cara,
    )

    assert draft.status is SessionStatus.DRAFT
    assert [(part.position, part.title, part.venue) for part in draft.parts] == [
        (1, "Day 1", hall),
        (2, "", None),
    ]
    assert (draft.starts_at, draft.ends_at) == (SOON, SOON + timedelta(days=7, hours=3))
    assert draft.trainers == [trainer]
    assert history.entries_about(draft)[0].detail["trainers"] == "Tom Trainer"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"parts": []}, "at least one part"),
        ({"parts": [plan(hours=0)]}, "must end after it starts"),
        ({"parts": [plan(), plan(SOON + HOUR)]}, "Part 2 must start after part 1 ends"),
        ({"parts": [plan(datetime(2009, 12, 1, tzinfo=UTC))]}, "valid from 1 January 2010"),
    ],
)
def test_add_session_refuses_a_plan_that_cannot_be(given: dict[str, Any], words: str) -> None:
    with pytest.raises(CourseRefused, match=words):
        a_draft(**given)
    assert rows(db.select(TrainingSession)) == []


def test_add_session_refuses_more_places_than_the_room_holds() -> None:
    hall = make_venue(name="Hall", capacity=12)
    with pytest.raises(CourseRefused, match="Hall holds 12 people"):
        a_draft(parts=[plan(venue=hall)], capacity=13)


def change(draft: TrainingSession, **given: Any) -> None:
    usual: dict[str, Any] = {
        "version": draft.course_version,
        "capacity": draft.capacity,
        "parts": [plan()],
        "trainers": draft.trainers,
        "joining_instructions": "",
    }
    with transaction():
        service.change_draft(draft, **usual | given, by=None, now=NOW)


def test_change_draft_plans_it_anew() -> None:
    draft = a_draft(parts=[plan(), plan(SOON + timedelta(days=7))])
    later = SOON + timedelta(days=1)

    change(draft, capacity=9, parts=[plan(later)])

    assert [part.starts_at for part in draft.parts] == [later]
    assert (draft.capacity, draft.starts_at, draft.ends_at) == (9, later, later + 3 * HOUR)
    assert len(rows(db.select(SessionPart))) == 1
    assert history.entries_about(draft)[-1].detail["capacity"] == [20, 9]


def test_change_draft_to_another_version_says_so() -> None:
    draft, other = a_draft(), make_version()
    before = draft.course_version
    change(draft, version=other)
    assert draft.course_version == other
    assert history.entries_about(draft)[-1].detail == {
        "version": [f"{before.course.code} version 1", f"{other.course.code} version 1"]
    }


def test_change_draft_that_changes_nothing_is_not_recorded() -> None:
    draft = a_draft()
    change(draft)
    assert [entry.verb for entry in history.entries_about(draft)] == ["added"]


def test_change_draft_refuses_a_published_date() -> None:
    published = make_training_session()
    with pytest.raises(CourseRefused, match="Cancel it and make a new date"):
        change(published, parts=[plan(SOON + HOUR)])
    assert published.parts[0].starts_at == SOON


def test_change_details_of_a_published_date(tom: Person) -> None:
    published, trainer = make_training_session(parts=2), queries.trainer_of(tom)
    assert trainer is not None
    with transaction():
        service.change_details(
            published,
            trainers=[trainer],
            joining_instructions="Ring the bell.",
            online_urls=["", "https://meet.example/2"],
            by=None,
            now=NOW,
        )

    assert published.trainers == [trainer]
    assert published.joining_instructions == "Ring the bell."
    assert [part.online_url for part in published.parts] == ["", "https://meet.example/2"]


def test_change_details_gives_a_part_at_a_venue_no_address() -> None:
    published = make_training_session(venue=make_venue())
    with transaction():
        service.change_details(
            published,
            trainers=[],
            joining_instructions="",
            online_urls=["https://x.example"],
            by=None,
            now=NOW,
        )
    assert published.parts[0].online_url == ""


def test_change_details_and_publish_refuse_a_cancelled_date() -> None:
    cancelled = make_training_session(status=SessionStatus.CANCELLED)
    with pytest.raises(CourseRefused, match="was cancelled"), transaction():
        service.change_details(cancelled, trainers=[], joining_instructions="", by=None, now=NOW)
    with pytest.raises(CourseRefused, match="was cancelled"), transaction():
        service.publish_session(cancelled, by=None, now=NOW)


def test_publish_session_opens_it_once(cara: Person) -> None:
    draft = a_draft()
    for _ in range(2):
        with transaction():
            service.publish_session(draft, by=cara, now=NOW)

    assert draft.status is SessionStatus.PUBLISHED
    assert [entry.verb for entry in history.entries_about(draft)] == ["added", "published"]


def test_publish_session_refuses_a_room_that_has_shrunk() -> None:
    hall = make_venue(capacity=20)
    draft = a_draft(parts=[plan(venue=hall)])
    shrink(hall)
    with pytest.raises(CourseRefused, match="holds 10 people"), transaction():
        service.publish_session(draft, by=None, now=NOW)


def shrink(venue: Venue) -> None:
    with transaction():
        venue.capacity = 10


def test_delete_draft_leaves_nothing_but_its_history() -> None:
    draft = a_draft()
    with transaction():
        service.delete_draft(draft, by=None, now=NOW)

    assert rows(db.select(TrainingSession)) == []
    assert rows(db.select(SessionPart)) == []
    assert [entry.verb for entry in history.entries_about(draft)] == ["added", "deleted"]


def test_delete_draft_refuses_a_published_date() -> None:
    published = make_training_session()
    with pytest.raises(CourseRefused, match="Only a draft"), transaction():
        service.delete_draft(published, by=None, now=NOW)
    assert rows(db.select(Course))
