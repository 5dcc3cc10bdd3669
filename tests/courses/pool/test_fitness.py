"""Whoever trains on a course whose scheme asks for it holds the scheme on each day of the date, through every door."""

from datetime import date, timedelta

import pytest

from sscb_training.accreditation.queries import schemes_for_trainers
from sscb_training.bookings.dates.service import change_date
from sscb_training.bookings.make_up.service import add_date_for_part
from sscb_training.core.db import db
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates import service as dates
from sscb_training.courses.dates.service import PartPlan
from sscb_training.courses.models import CourseVersion, SessionStatus, Trainer, TrainingSession
from sscb_training.courses.pool import queries
from sscb_training.courses.service import CourseRefused
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    make_accreditation,
    make_course,
    make_scheme,
    make_training_session,
    make_version,
)

WEEK = timedelta(weeks=1)
TWO_PARTS = [PartPlan("", SOON + n * WEEK, SOON + n * WEEK + timedelta(hours=3)) for n in (0, 1)]
FIRST, SECOND = london_date(SOON), london_date(SOON + WEEK)


@pytest.fixture
def version() -> CourseVersion:
    course = make_course(title="Using the GCP2")
    make_scheme(course, code="GCP2", trainers_hold_it=True)
    make_scheme(course, code="OTHER")
    return make_version(course)


def hold(person: Person, version: CourseVersion, until: date | None) -> None:
    [scheme] = schemes_for_trainers([version.course_id])[version.course_id]
    make_accreditation(person, scheme, expires_on=until)


def on(person: Person) -> Trainer:
    found = queries.trainer_of(person)
    assert found is not None
    return found


def add(version: CourseVersion, *trainers: Trainer) -> TrainingSession:
    with transaction():
        return dates.add_session(version, capacity=9, parts=TWO_PARTS, trainers=trainers, by=None, now=NOW)


def put_on_draft(version: CourseVersion, trainer: Trainer) -> None:
    draft = add(version)
    with transaction():
        dates.change_draft(
            draft, version=version, capacity=9, parts=TWO_PARTS, trainers=[trainer], joining_instructions="",
            by=None, now=NOW,
        )  # fmt: skip


def put_on_published(version: CourseVersion, trainer: Trainer) -> None:
    published = make_training_session(version, parts=2)
    with transaction():
        change_date(published, parts=TWO_PARTS, trainers=[trainer], joining_instructions="", by=None, now=NOW)


def publish(version: CourseVersion, trainer: Trainer) -> None:
    draft = make_training_session(version, parts=2, status=SessionStatus.DRAFT, trainers=[trainer.person])
    with transaction():
        dates.publish_session(draft, by=None, now=NOW)


@pytest.mark.parametrize("door", [add, put_on_draft, put_on_published, publish])
def test_no_door_is_open_to_a_trainer_whose_accreditation_lapses_before_the_last_day(
    version: CourseVersion, tom: Person, door: object
) -> None:
    assert callable(door)
    with pytest.raises(
        CourseRefused, match=r"Tom Trainer is not accredited in GCP2 on \d+ \w+ \d{4}\. Choose"
    ):
        door(version, on(tom))
    hold(tom, version, SECOND - timedelta(days=1))
    with pytest.raises(CourseRefused, match="it ended on"):
        door(version, on(tom))
    hold(tom, version, SECOND)
    door(version, on(tom))


def test_a_date_whose_trainer_lapsed_can_change_and_staff_are_warned(
    version: CourseVersion, browser: Browser, cara: Person, tom: Person
) -> None:
    make_training_session(make_version(), trainers=[tom])
    lapsed = make_training_session(version, parts=2, trainers=[tom])
    hold(tom, version, FIRST)
    with transaction():
        change_date(
            lapsed, parts=TWO_PARTS, trainers=lapsed.trainers, joining_instructions="Ring.", by=None, now=NOW
        )

    browser.signed_in(cara)
    for url in (f"/sessions/{lapsed.id}", f"/manage/sessions/{lapsed.id}/publish"):
        assert "Tom Trainer is not accredited in GCP2 on" in browser.get(url).text
    page = browser.get("/home")
    assert page.text.count("A trainer is not accredited") == 1
    assert "Tom Trainer is down to train" in page.text
    assert "Using the GCP2" in page.text
    assert page.link("Choose somebody else") == f"/sessions/{lapsed.id}/trainers"
    make_training_session(version, starts_at=SOON + WEEK, trainers=[tom])
    page = browser.get("/home")
    assert page.text.count("A trainer is not accredited") == 1
    assert "and 1 more" in page.text
    assert queries.unfit_for([lapsed], on=SECOND + timedelta(days=1)) == [[]]


def test_the_pool_says_who_lacks_what_a_trainer_of_their_courses_must_hold(
    version: CourseVersion, browser: Browser, cara: Person, tom: Person
) -> None:
    browser.signed_in(cara)
    assert "Not in force" not in browser.get("/manage/trainers").text
    trainer = on(tom)
    trainer.courses.append(version.course)
    db.session.commit()
    assert "Not in force: GCP2" in browser.get("/manage/trainers").text
    hold(tom, version, None)
    assert "Not in force" not in browser.get("/manage/trainers").text


def test_a_repeated_part_takes_over_who_may_still_train(version: CourseVersion, tom: Person) -> None:
    before = make_training_session(version, parts=2, starts_at=NOW - 5 * WEEK, trainers=[tom])
    plan = PartPlan("", SOON, SOON + timedelta(hours=3))
    with transaction():
        repeat = add_date_for_part(before.parts[1], plan, capacity=3, by=None, now=NOW)
    assert repeat.trainers == []

    hold(tom, version, SECOND)
    with transaction():
        later = add_date_for_part(
            before.parts[1],
            PartPlan("", SOON + WEEK, SOON + WEEK + timedelta(hours=3)),
            capacity=3,
            by=None,
            now=NOW,
        )
    assert [trainer.person for trainer in later.trainers] == [tom]
