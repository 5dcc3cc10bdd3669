from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from sscb_training.attendance import queries
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import NOW, changed, make_booking, make_person, make_training_session

KEY = "0a6ff6cd-6c0a-4f0b-9d0b-{:012}"


@pytest.fixture
def hall(tom: Person) -> TrainingSession:
    return make_training_session(starts_at=NOW - timedelta(hours=1), trainers=[tom])


@pytest.fixture
def booking(hall: TrainingSession, asha: Person) -> Booking:
    return make_booking(hall, person=asha)


class Phone:
    """A phone on which somebody has opened a register."""

    def __init__(self, browser: Browser, person: Person, booking: Booking) -> None:
        self.client = browser.signed_in(person).client
        self.person_id = person.id
        self.url = f"/registers/{booking.training_session_id}/marks"
        self.cell = {"booking": booking.id, "part": booking.training_session.parts[0].id}
        db.session.rollback()
        self.token = self.state()["token"]

    def state(self) -> Any:
        return self.client.get(self.url).get_json()

    def send(self, mark: object, base: str = "", *, key: int = 1, **given: Any) -> TestResponse:
        one = {"id": KEY.format(key), "mark": mark, "base": base, **self.cell}
        return self.client.post(
            self.url,
            json={"person": self.person_id, "marks": [one], **given},
            headers={"X-CSRFToken": self.token},
        )


@pytest.fixture
def phone(browser: Browser, tom: Person, booking: Booking) -> Phone:
    return Phone(browser, tom, booking)


def test_a_mark_is_sent_and_what_overtook_the_next_is_said(
    app: object, phone: Phone, cara: Person, booking: Booking
) -> None:
    assert phone.send("attended", key=1).get_json()["answers"] == {KEY.format(1): {"is": "taken"}}
    other = Phone(Browser(phone.client.application), cara, booking)
    assert list(other.state()["marks"].values()) == ["attended"]
    other.send("late/12", "attended", key=2)
    assert phone.send("left_early", "attended", key=3).get_json() == {
        "at": NOW.isoformat(),
        "answers": {
            KEY.format(3): {
                "is": "overtaken",
                "theirs": "late/12",
                "says": "Cara Board marked Late, 12 minutes missed at 9am on 23 November 2026",
            }
        },
    }
    changed(
        booking.training_session.parts[0],
        starts_at=NOW + timedelta(hours=3),
        ends_at=NOW + timedelta(hours=6),
    )
    [answer] = phone.send("attended", "late/12", key=4).get_json()["answers"].values()
    assert answer == {"is": "refused", "why": "This part has not begun yet"}


def test_marks_of_somebody_else_are_not_sent_by_whoever_is_signed_in(
    phone: Phone, booking: Booking, cara: Person, hall: TrainingSession
) -> None:
    answer = phone.send("attended", person=cara.id)
    assert answer.status_code == 409
    assert answer.get_json() == {"person": phone.person_id, "name": "Tom Trainer"}
    assert queries.seen_in(hall) == {}


def test_a_phone_learns_that_it_may_not_send(phone: Phone, hall: TrainingSession, browser: Browser) -> None:
    """Signed out, with the token of an earlier sign-in, without the role, or when the session is called off."""
    phone.client.post("/sign-out", data={"csrf_token": phone.token})
    assert phone.client.get(phone.url).location.startswith("/sign-in")
    assert phone.send("attended").status_code == 400
    other = make_person(email="somebody@agency.example")
    browser.signed_in(other)
    assert phone.client.get(phone.url).status_code == 403
    trainer = hall.trainers[0].person
    browser.signed_in(trainer)
    assert phone.send("attended").status_code == 400
    phone.token = phone.state()["token"]
    changed(hall, status=SessionStatus.CANCELLED)
    assert phone.send("attended").status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {"marks": None},
        {"marks": [{}]},
        {"marks": ["x"]},
        {"marks": [{"id": "x", "booking": 1, "part": 1, "mark": "late", "base": ""}]},
        {"marks": [{"id": KEY.format(1), "booking": "1e9", "part": 1, "mark": "late", "base": ""}]},
        {"marks": [{"id": KEY.format(1), "booking": 10**20, "part": 1, "mark": "late", "base": ""}]},
        {"marks": [{"id": KEY.format(1), "booking": 1, "part": 1, "mark": "asleep", "base": ""}]},
        {"marks": [{"id": KEY.format(1), "booking": 1, "part": 1, "mark": "late", "base": None}]},
        {"marks": [{"id": KEY.format(1), "booking": 1, "part": 1, "mark": "late", "base": ""}] * 2001},
    ],
)
def test_a_message_that_is_none_of_ours_is_refused(phone: Phone, given: dict[str, Any]) -> None:
    assert phone.send("attended", **given).status_code == 400


@pytest.mark.one_database
def test_a_message_of_brackets_in_brackets_is_refused(phone: Phone) -> None:
    deep = phone.client.post(
        phone.url, data="[" * 100_000, content_type="application/json", headers={"X-CSRFToken": phone.token}
    )
    assert deep.status_code == 400
