"""Dates are planned, changed while they may be, published and deleted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sscb_training.core import history
from sscb_training.core.db import db, rows
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates import service
from sscb_training.courses.dates.rules import state_kept
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
    with pytest.raises(CourseRefused, match="was published meanwhile"):
        change(published, parts=[plan(SOON + HOUR)])
    assert published.parts[0].starts_at == SOON


def change_published(training_session: TrainingSession, *parts: PartPlan, **given: Any) -> None:
    usual: dict[str, Any] = {"trainers": [], "joining_instructions": "", "by": None, "now": NOW}
    with transaction():
        service.change_published(training_session, parts=parts, **usual | given)


def test_change_published_moves_a_date_and_keeps_what_it_was(tom: Person) -> None:
    hall, trainer = make_venue(name="Shirehall"), trainer_of(tom)
    assert trainer is not None
    published = make_training_session(parts=2)
    later = SOON + timedelta(days=9)

    change_published(
        published,
        plan(SOON + HOUR, venue=hall, online_url="https://x.example"),
        plan(later, online_url="https://meet.example/2"),
        trainers=[trainer],
        joining_instructions="Ring the bell.",
    )

    assert (published.starts_at, published.ends_at) == (SOON + HOUR, later + 3 * HOUR)
    assert [part.online_url for part in published.parts] == ["", "https://meet.example/2"]
    assert [part.title for part in published.parts] == ["Part 1", "Part 2"]
    assert published.trainers == [trainer]
    [kept] = [state_kept(state) for state in published.earlier_states]
    assert [(part.starts_at, part.venue_id) for part in kept.parts] == [
        (SOON, None), (SOON + timedelta(days=7), None),
    ]  # fmt: skip
    assert kept.trainers == {}
    told = history.entries_about(published)[-1].detail
    assert told["part 1 place"] == ["online", "Shirehall"]
    assert told["trainers"] == [[], ["Tom Trainer"]]


def test_change_published_that_tells_nobody_anything_new_keeps_no_state() -> None:
    published = make_training_session()
    change_published(published, plan())
    assert history.entries_about(published) == []

    change_published(published, plan(), joining_instructions="Ring the bell.")

    assert published.edition == 0
    assert [entry.verb for entry in history.entries_about(published)] == ["changed"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([plan(NOW - HOUR)], "would have started already"),
        ([plan(hours=0)], "must end after it starts"),
        ([plan(datetime(2009, 12, 1, tzinfo=UTC))], "valid from 1 January 2010"),
        ([plan(), plan(SOON + 24 * HOUR)], "keeps the number of its parts"),
    ],
)
def test_change_published_refuses_times_that_cannot_be(parts: list[PartPlan], words: str) -> None:
    published = make_training_session()
    with pytest.raises(CourseRefused, match=words):
        change_published(published, *parts)
    assert published.parts[0].starts_at == SOON


def test_change_published_refuses_a_room_that_is_too_small_or_closed() -> None:
    published = make_training_session(capacity=20)
    with pytest.raises(CourseRefused, match="Attic holds 8 people"):
        change_published(published, plan(venue=make_venue(name="Attic", capacity=8)))
    with pytest.raises(CourseRefused, match="Old hall is closed"):
        change_published(published, plan(venue=make_venue(name="Old hall", closed_at=NOW)))


def test_change_published_keeps_the_times_of_a_session_that_has_started() -> None:
    published = make_training_session(starts_at=NOW)
    with pytest.raises(CourseRefused, match="has started"):
        change_published(published, plan(SOON))

    change_published(published, plan(NOW, online_url="https://meet.example"))
    assert published.parts[0].online_url == "https://meet.example"


def test_change_published_and_publish_refuse_a_cancelled_date_and_change_published_a_draft() -> None:
    cancelled = make_training_session(status=SessionStatus.CANCELLED)
    with pytest.raises(CourseRefused, match="was cancelled"):
        change_published(cancelled, plan())
    with pytest.raises(CourseRefused, match="was cancelled"), transaction():
        service.publish_session(cancelled, by=None, now=NOW)
    with pytest.raises(CourseRefused, match="is not published"):
        change_published(a_draft(), plan())


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
