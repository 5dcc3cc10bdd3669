"""Staff plan a year: they copy a date, look at what is in the way, and publish the drafts together."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from sscb_training.agencies.models import Sector
from sscb_training.core.db import db, rows
from sscb_training.core.transaction import transaction
from sscb_training.courses.copies import queries, service
from sscb_training.courses.models import PlaceFloor, SessionStatus, TrainingSession
from sscb_training.courses.service import CourseRefused
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    changed,
    make_accreditation,
    make_scheme,
    make_training_session,
    make_venue,
    make_version,
    saved,
)

JANUARY = datetime(2027, 1, 12, 9, 30, tzinfo=UTC)


def drafts() -> list[TrainingSession]:
    db.session.rollback()
    query = db.select(TrainingSession).where(TrainingSession.status == SessionStatus.DRAFT)
    return list(rows(query.order_by(TrainingSession.starts_at)))


def test_staff_copy_a_date_to_several_days_and_publish_some(staff: Browser, tom: Person) -> None:
    hall = make_venue(name="Shirehall")
    two_days = make_training_session(
        starts_at=JANUARY, parts=2, venue=hall, trainers=[tom], joining_instructions="Ring the bell.",
        most_per_agency=5, release_days=7, floors=[PlaceFloor(sector=Sector.EDUCATION, places=4)],
    )  # fmt: skip
    make_version(two_days.course, valid_from=date(2027, 6, 1))
    in_the_way = make_training_session(starts_at=datetime(2027, 3, 23, 11, 0, tzinfo=UTC), trainers=[tom])
    url = f"/manage/sessions/{two_days.id}/copy"

    page = staff.submit(url, days="23 March 2027\nsoon\nlater")
    assert page.errors == [
        "Each line must be a real date, like 27 3 2027. “soon” and “later” could not be read"
    ]
    page = staff.fill(
        page, button="Continue", days="8/6/2027\n23 March 2027\n12 1 2027\n1 May 2027\n1 1 2026"
    )
    for words in (
        f"with Tom Trainer: {in_the_way.course.title}, 23 March 2027",
        "The course has a date at this time and place already.",
        "1 May 2027 is not a working day.",
        "It is of version 2, which is valid on that day.",
        "This day is over, or has begun.",
        "Save 3 drafts",
    ):
        assert words in page.text
    assert drafts() == []

    # What was not looked at cannot be saved.
    page = staff.fill(page, button="Save 3 drafts", days="23 March 2027\n8 6 2027")
    assert drafts() == []
    page = staff.fill(page, button="Save 2 drafts")

    spring, summer = drafts()
    assert page.h1 == "Publish drafts"
    assert [part.starts_at for part in spring.parts] == [
        datetime(2027, 3, 23, 9, 30, tzinfo=UTC),
        datetime(2027, 3, 30, 8, 30, tzinfo=UTC),  # the clocks went forward between the two
    ]
    assert summer.starts_at == datetime(2027, 6, 8, 8, 30, tzinfo=UTC)
    assert (spring.course_version.number, summer.course_version.number) == (1, 2)
    for draft in (spring, summer):
        assert (draft.capacity, draft.most_per_agency, draft.release_days) == (20, 5, 7)
        assert [(floor.sector, floor.places) for floor in draft.floors] == [(Sector.EDUCATION, 4)]
        assert [trainer.person.name for trainer in draft.trainers] == ["Tom Trainer"]
        assert {part.venue_id for part in draft.parts} == {hall.id}
        assert draft.joining_instructions == "Ring the bell."

    assert staff.fill(page, button="Publish those chosen", training_session=[]).errors == [
        "Select at least one date"
    ]
    changed(hall, capacity=5)
    page = staff.fill(page, button="Publish those chosen", training_session=[str(spring.id)])
    assert any("Shirehall holds 5 people" in error for error in page.errors)
    changed(hall, capacity=30)
    page = staff.fill(page, button="Publish those chosen", training_session=[str(spring.id)])
    assert "1 date is published" in page.text
    assert [draft.starts_at for draft in drafts()] == [summer.starts_at]
    page = staff.get("/sessions?status=draft")
    page = staff.fill(page, button="Publish the drafts chosen", training_session=[str(summer.id)])
    staff.fill(page, button="Publish those chosen")
    assert (
        "there is nothing to publish"
        in staff.get(f"/manage/sessions/publish?training_session={summer.id}").text
    )


def test_copies_say_which_of_the_days_clash_and_over_what(tom: Person) -> None:
    hall = make_venue()
    two_weeks = make_training_session(starts_at=JANUARY, parts=2, trainers=[tom], venue=hall)
    days = [date(2027, 3, 2), date(2027, 3, 9), date(2027, 5, 4)]

    first, second, free = queries.copies(two_weeks, days, same_trainers=True, now=NOW)

    assert (
        "At the same time in the same room and with Tom Trainer: the copy of 9 March 2027 on this list."
        in (first.cautions)
    )
    assert any("the copy of 2 March 2027" in said for said in second.cautions)
    assert not any("on this list" in said for said in free.cautions)


def test_drafts_say_what_keeps_them_from_being_published_and_of_a_newer_version(staff: Browser) -> None:
    hall = make_venue(name="Shirehall")
    version = make_version()
    draft = make_training_session(version, starts_at=JANUARY, venue=hall, status=SessionStatus.DRAFT)
    page = f"/manage/sessions/{draft.id}/publish"
    assert "You can publish it as it is" in staff.get(page).text

    make_version(version.course, number=2, valid_from=date(2026, 12, 1))
    make_version(version.course, number=3, valid_from=date(2028, 1, 1))
    changed(hall, capacity=5)
    for url in (page, f"/manage/sessions/publish?training_session={draft.id}"):
        text = staff.get(url).text
        assert "It is of version 1, and version 2 is valid on that day." in text
        assert "Shirehall holds 5 people" in text
        assert "not a working day" not in text
    assert "It cannot be published like this" in staff.get(page).text
    changed(draft.parts[0], starts_at=datetime(2027, 1, 1, 9, tzinfo=UTC))
    assert "1 January 2027 is not a working day." in staff.get(page).text


def test_copies_without_their_trainers_and_online_addresses(cara: Person, tom: Person) -> None:
    online = make_training_session(trainers=[tom])
    changed(online.parts[0], online_url="https://meet.example.org/abc")
    with transaction():
        [draft] = service.copy_session(online, [date(2027, 5, 4)], same_trainers=False, by=cara, now=NOW)
        assert service.copy_session(online, [date(2027, 5, 4)], same_trainers=True, by=cara, now=NOW) == []
    assert draft.trainers == []
    assert draft.parts[0].online_url == ""


def test_copies_leave_out_trainers_without_the_accreditation_that_they_must_hold(
    cara: Person, tom: Person
) -> None:
    practitioners = make_training_session(trainers=[tom])
    scheme = make_scheme(practitioners.course, trainers_hold_it=True, code="GCP2")
    make_accreditation(tom, scheme, expires_on=date(2027, 5, 31))
    days = [date(2027, 5, 31), date(2027, 6, 1)]

    before, after = queries.copies(practitioners, days, same_trainers=True, now=NOW)
    assert (len(before.trainers), len(after.trainers)) == (1, 0)
    assert any("Tom Trainer is not accredited in GCP2 on 1 June 2027" in said for said in after.cautions)
    with transaction():
        made = service.copy_session(practitioners, days, same_trainers=True, by=cara, now=NOW)
    assert [len(draft.trainers) for draft in made] == [1, 0]


@pytest.mark.parametrize(
    ("starts_at", "day", "why"),
    [
        (
            datetime(2026, 1, 10, 1, 15, tzinfo=UTC),
            date(2027, 3, 28),
            "The clocks go forward on 28 March 2027",
        ),
        (JANUARY, date(2027, 2, 1), "closed"),
        (JANUARY, date(2026, 12, 1), "No version of the course is valid"),
    ],
)
def test_copies_say_why_a_day_cannot_have_the_date(starts_at: datetime, day: date, why: str) -> None:
    version = make_version(valid_from=date(2027, 1, 1))
    hall = make_venue(name="Shirehall", closed_at=NOW if why == "closed" else None)
    [copy] = queries.copies(
        make_training_session(version, starts_at=starts_at, venue=hall), [day], same_trainers=True, now=NOW
    )
    assert why in copy.problem


def test_a_date_for_those_who_missed_a_part_is_not_copied(cara: Person) -> None:
    repeat = make_training_session(repeats_part=2)
    with pytest.raises(CourseRefused, match="repeats one part"), transaction():
        service.copy_session(repeat, [date(2027, 5, 4)], same_trainers=True, by=cara, now=NOW)


def test_looking_at_copies_and_drafts_takes_so_many_queries_however_many_there_are(
    staff: Browser, tom: Person, count_queries: Callable[..., int]
) -> None:
    source = make_training_session(starts_at=JANUARY, venue=make_venue(), trainers=[tom])
    made = [
        saved(
            make_training_session(
                starts_at=JANUARY + timedelta(weeks=n), status=SessionStatus.DRAFT, trainers=[tom]
            )
        )
        for n in (1, 2, 3)
    ]
    ids = [one.id for one in made]
    days = [date(2027, 2, day) for day in (2, 9, 16)]

    def look(number: int) -> int:
        return count_queries(
            lambda: staff.submit(
                f"/manage/sessions/{source.id}/copy", days="\n".join(map(str, days[:number]))
            )
        )

    def review(number: int) -> int:
        chosen = "&".join(f"training_session={each}" for each in ids[:number])
        return count_queries(lambda: staff.get(f"/manage/sessions/publish?{chosen}"))

    assert look(1) == look(3)
    assert review(1) == review(3)
