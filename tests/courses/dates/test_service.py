"""Dates are planned, changed while they may be, published and deleted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sscb_training.core import history
from sscb_training.core.db import db, rows
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates import service
from sscb_training.courses.dates.service import PartPlan
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    TrainingSession,
    Venue,
)
from sscb_training.courses.pool.queries import trainer_of
from sscb_training.courses.service import CourseRefused
from sscb_training.people.models import Person
from tests.factories import NOW, SOON, make_training_session, make_venue, make_version

HOUR = timedelta(hours=1)


def plan(start: datetime = SOON, *, hours: int = 3, **given: Any) -> PartPlan:
    usual: dict[str, Any] = {"title": "", "starts_at": start, "ends_at": start + hours * HOUR}
    return PartPlan(**usual | given)


def a_draft(version: CourseVersion | None = None, **given: Any) -> TrainingSession:
    version = version or make_version()
    usual: dict[str, Any] = {"capacity": 20, "parts": [plan()], "by": None, "now": NOW}
    with transaction():
        return service.add_session(version, **usual | given)


def test_add_session_is_a_draft_with_its_parts_in_order(cara: Person, tom: Person) -> None:
    hall, trainer = make_venue(), trainer_of(tom)
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
    published, trainer = make_training_session(parts=2), trainer_of(tom)
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
