"""The pages on which staff change a published date, look at the letter, and send it or tell nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from sscb_training.bookings.models import Booking
from sscb_training.core import history
from sscb_training.core.mail import Letter
from sscb_training.courses.models import TrainingSession
from sscb_training.courses.pool.queries import trainer_of
from sscb_training.people.models import Person
from tests.bookings.dates.verbs import move
from tests.bookings.verbs import waiting
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_booking,
    make_training_session,
    make_venue,
    only,
)

Outbox = Callable[[], list[Letter]]


def part(number: int = 0, **given: Any) -> dict[str, Any]:
    """The fields of one part by their names in the form."""
    return {f"parts-{number}-{name}": value for name, value in given.items()}


@pytest.fixture
def staff(browser: Browser, cara: Person) -> Browser:
    return browser.signed_in(cara)


def test_staff_move_a_date_look_at_the_letter_and_send_it(
    staff: Browser, asha: Person, tom: Person, outbox: Outbox
) -> None:
    hall = make_venue(name="Shirehall")
    training_session = make_training_session(trainers=[tom])
    make_booking(training_session, person=asha)
    url = f"/sessions/{training_session.id}"
    assert "not been told" not in staff.get(url).text

    page = staff.submit(f"{url}/change", **part(day=["9", "12", "2026"], venue=str(hall.id)))

    assert page.h1 == "Tell people what changed"
    for words in (
        "1 delegate, 1 manager and 1 trainer have not been told yet.",
        "Monday 7 December 2026, 9am to midday",
        "Wednesday 9 December 2026, 9am to midday",
        "To Asha Patel: Changed:",
        "Dear Asha Patel",
        "To Mo Manager, as manager",
        "To Tom Trainer, as trainer",
    ):
        assert words in page.text
    assert outbox() == []
    assert "People have not been told of a change" in staff.get("/home").text
    assert training_session.course.title in staff.get("/sessions?attention=1").text
    page = staff.get(url)
    assert "Delegates have not been told yet" in page.text

    page = staff.fill(staff.click("See the letter"), button="Send the letter")

    assert "3 people get letters about what changed" in page.text
    assert "not been told yet" not in page.text
    assert "Told people of the changes" in page.text
    assert len(outbox()) == 3
    assert staff.get(f"{url}/changes").h1 == training_session.course.title
    assert "People have not been told" not in staff.get("/home").text


def test_the_delegate_reads_the_new_time_before_any_letter(browser: Browser, asha: Person) -> None:
    training_session = make_training_session()
    booking = make_booking(training_session, person=asha)
    move(training_session, SOON.replace(day=9))

    assert "Wednesday 9 December 2026" in browser.signed_in(asha).get(f"/bookings/{booking.id}").text


def test_staff_tell_nobody_with_a_reason(staff: Browser, asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)
    move(training_session, SOON.replace(day=9))
    staff.get(f"/sessions/{training_session.id}/changes")
    page = staff.click("Tell nobody")
    page = staff.fill(page)
    assert page.errors == ["Enter why nobody needs to know"]

    page = staff.fill(page, reason="The room only got another name")

    assert "Nobody is told" in page.text
    assert "The room only got another name" in page.text
    assert outbox() == []
    assert staff.get(f"/sessions/{training_session.id}/changes/tell-nobody").url.endswith(
        str(training_session.id)
    )


def test_a_page_that_is_behind_sends_nothing(staff: Browser, asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)
    move(training_session, SOON.replace(day=9))
    page = staff.get(f"/sessions/{training_session.id}/changes")
    move(training_session, SOON.replace(day=10))

    page = staff.fill(page, button="Send the letter", status=409)

    assert "changed again since you opened the page" in page.text
    assert outbox() == []


def test_what_is_in_the_way_is_said_before_the_letter_goes(staff: Browser, asha: Person, tom: Person) -> None:
    hall = make_venue(name="Shirehall")
    training_session = make_training_session(trainers=[tom], venue=hall)
    other = make_training_session(trainers=[tom], venue=hall, starts_at=SOON.replace(day=9))
    make_training_session(trainers=[tom], starts_at=SOON.replace(day=9))
    make_training_session(venue=hall, starts_at=SOON.replace(day=9))
    make_booking(training_session, person=asha)
    make_booking(other, person=asha)

    page = staff.submit(f"/sessions/{training_session.id}/change", **part(day=["9", "12", "2026"]))

    assert "In the way of the new times" in page.text
    assert "Asha Patel has a place at the same time" in page.text
    for why in ("in the same room and with Tom Trainer", "with Tom Trainer", "in the same room"):
        assert f"At the same time {why}: " in page.text
    assert "in the same room" in staff.get(f"/manage/sessions/{training_session.id}/publish").text


def test_a_change_that_concerns_nobody_leads_back_to_the_date(staff: Browser, tom: Person) -> None:
    published = make_training_session(parts=2)
    trainer = trainer_of(tom)
    assert trainer is not None
    page = staff.get(f"/manage/sessions/{published.id}/edit")
    assert page.url.endswith("/change")
    assert staff.fill(page, **part(1, online_url="http://x")).errors
    draft_url = f"/sessions/{published.id}/change"

    page = staff.submit(
        draft_url, joining_instructions="Ring.", **part(1, online_url="https://meet.example.org/2")
    )

    assert page.url == f"/manage/sessions/{published.id}/publish"
    now = only(TrainingSession)
    assert [each.online_url for each in now.parts] == ["", "https://meet.example.org/2"]
    assert now.starts_at == SOON


def test_a_trainer_who_left_the_pool_stays_on_the_date(staff: Browser, tom: Person) -> None:
    published = make_training_session(venue=make_venue(), trainers=[tom])
    trainer = published.trainers[0]
    changed(trainer, left_at=NOW)
    staff.submit(f"/sessions/{published.id}/change", joining_instructions="Ring.")
    assert only(TrainingSession).trainers == [trainer]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"parts-0-day": ["1", "11", "2026"]}, "would have started already"),
        ({"parts-0-ends": "8am"}, "Part 1 must end after it starts."),
        ({"parts-0-day": ["28", "3", "2027"], "parts-0-starts": "1:30am"}, "The clocks go forward"),
    ],
)
def test_what_cannot_be_is_refused_on_the_form(staff: Browser, fields: dict[str, Any], error: str) -> None:
    training_session = make_training_session()
    page = staff.submit(f"/sessions/{training_session.id}/change", **fields)
    assert error in page.errors[0]
    assert only(TrainingSession).starts_at == SOON


def test_the_pages_ask_the_same_of_the_database_for_three_as_for_one(
    staff: Browser, tom: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    training_session = make_training_session(trainers=[tom])
    urls = [f"/sessions/{training_session.id}", f"/sessions/{training_session.id}/changes"]

    def one_more() -> None:
        make_booking(training_session)
        waiting(training_session)

    one_more()
    move(training_session, SOON.replace(day=9))
    few = [count_queries(lambda url=url: staff.get(url)) for url in urls]  # type: ignore[misc]
    changed(training_session, earlier_states=[])
    move(training_session, SOON)
    changed(training_session, earlier_states=[])
    one_more()
    one_more()
    move(training_session, SOON.replace(day=9))
    assert [count_queries(lambda url=url: staff.get(url)) for url in urls] == few  # type: ignore[misc]


def test_two_members_of_staff_change_different_things_of_a_date_and_both_stand(
    app: Any, cara: Person, ada: Person, asha: Person
) -> None:
    training_session = make_training_session(parts=2)
    make_booking(training_session, person=asha)
    hall = make_venue(name="Shirehall")
    url = f"/sessions/{training_session.id}/change"
    one, two = Browser(app).signed_in(cara), Browser(app).signed_in(ada)
    page_of_one, page_of_two = one.get(url), two.get(url)

    two.fill(page_of_two, **part(1, venue=str(hall.id)))
    one.fill(page_of_one, **part(starts="10am"), joining_instructions="Ring.")

    now = only(TrainingSession)
    assert now.parts[0].starts_at.hour == 10
    assert now.parts[1].venue is not None
    assert now.joining_instructions == "Ring."
    assert only(Booking).edition == 0
    assert [entry.verb for entry in history.entries_about(now)] == ["changed", "changed"]
