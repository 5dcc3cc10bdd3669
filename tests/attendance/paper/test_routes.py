"""The sheet is printed, and what is written on it entered, by its numbers and never unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from sscb_training.attendance import queries, service
from sscb_training.attendance.models import Mark
from sscb_training.attendance.paper import routes
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    changed,
    make_booking,
    make_course,
    make_person,
    make_training_session,
    make_version,
)
from tests.paper import tags, words


@pytest.fixture
def day(tom: Person) -> TrainingSession:
    version = make_version(make_course(title="Neglect: using GCP2"))
    return make_training_session(version, starts_at=NOW - timedelta(hours=1), trainers=[tom])


@pytest.fixture
def booked(day: TrainingSession, asha: Person) -> list[Booking]:
    """Zoe, Yan and Asha, who booked in this order."""
    return [
        make_booking(day, person=person)
        for person in (make_person("Zoe Zander"), make_person("#Yan *Young*"), asha)
    ]


def _marks(day: TrainingSession) -> dict[str, Mark]:
    db.session.rollback()
    sheet = queries.sheet(day)
    names = {booking.id: booking.person.name for booking in sheet.delegates}
    return {names[booking_id]: mark for (booking_id, _), mark in sheet.marks.items()}


@pytest.mark.one_database
def test_a_sheet_names_everybody_and_has_room_for_others(
    browser: Browser, tom: Person, day: TrainingSession, booked: list[Booking]
) -> None:
    page = browser.signed_in(tom).get(f"/registers/{day.id}").link("Sign-in sheet (PDF)")
    answer = browser.get(page).response

    text = " ".join(words(answer.data).split())
    assert answer.mimetype == "application/pdf"
    assert "Sign-in sheet: Neglect: using GCP2" in text
    assert "Monday 23 November 2026, 8am to 11am" in text
    assert "Trained by Tom" in text
    assert "3 Asha Patel Hill School" in text
    assert text.index("#Yan *Young*") < text.index("3 Asha Patel") < text.index("1 Zoe Zander")
    assert "Page 1 of 1" in text
    assert [tag for tag in tags(answer.data) if tag in {"Title", "H2", "Table", "THead"}] == [
        "Title", *["H2", "Table", "THead"] * 2
    ]  # fmt: skip


def test_a_sheet_is_entered_by_exceptions_checked_and_saved(
    browser: Browser, tom: Person, day: TrainingSession, booked: list[Booking]
) -> None:
    changed(booked[1], status=BookingStatus.CANCELLED_BY_DELEGATE)  # who left keeps their number
    page = browser.signed_in(tom).get(f"/registers/{day.id}").link("enter the sheet")
    browser.submit(page, exceptions="3 late, 2")
    assert browser.page
    assert browser.page.errors == ["Number 2 is not on this sheet"]
    check = browser.submit(page, exceptions="3 late")
    assert "3 Asha Patel Hill School Not marked Late" in check.text
    assert _marks(day) == {}

    browser.fill(check, button="Save these marks")

    assert "2 marks are saved from paper" in browser.page.text
    assert _marks(day) == {"Asha Patel": Mark.LATE, "Zoe Zander": Mark.ATTENDED}


def test_what_changed_since_the_check_is_shown_and_not_written_over(
    browser: Browser, tom: Person, day: TrainingSession, booked: list[Booking]
) -> None:
    page = f"/registers/{day.id}/parts/{day.parts[0].id}/from-paper"
    cell = (booked[2].id, day.parts[0].id)
    check = browser.signed_in(tom).submit(page, exceptions="3")
    with transaction():
        service.save_register(day, marks={cell: Mark.LATE}, scores={}, by=None, now=NOW)

    again = browser.fill(check, button="Save these marks")

    assert "Somebody changed this register meanwhile" in again.errors[0]
    assert _marks(day) == {"Asha Patel": Mark.LATE}
    browser.fill(again, button="Save these marks")
    assert _marks(day)["Asha Patel"] is Mark.DID_NOT_ATTEND


def test_a_mark_that_comes_between_the_last_look_and_saving_stands(
    browser: Browser,
    tom: Person,
    day: TrainingSession,
    booked: list[Booking],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day_id, cell = day.id, (booked[2].id, day.parts[0].id)

    @contextmanager
    def somebody_is_quicker() -> Iterator[None]:
        with transaction():
            held = db.session.get_one(TrainingSession, day_id)
            service.save_register(held, marks={cell: Mark.LATE}, scores={}, by=None, now=NOW)
        with transaction():
            yield

    check = browser.signed_in(tom).submit(f"/registers/{day.id}/parts/{cell[1]}/from-paper", exceptions="3")
    monkeypatch.setattr(routes, "transaction", somebody_is_quicker)

    again = browser.fill(check, button="Save these marks")

    assert "Somebody else changed" in again.errors[0]
    assert _marks(day) == {"Asha Patel": Mark.LATE}


@pytest.mark.one_database
def test_paper_is_for_those_who_take_this_register(
    browser: Browser, day: TrainingSession, cara: Person
) -> None:
    base = f"/registers/{day.id}/parts"
    stranger = make_person(roles=[Role.TRAINER])
    for path in ("sign-in-sheet.pdf", "from-paper"):
        browser.signed_in(stranger).get(f"{base}/{day.parts[0].id}/{path}", status=404)
        browser.signed_in(cara).get(f"{base}/{day.parts[0].id}/{path}")
        other = make_training_session()
        browser.get(f"{base}/{other.parts[0].id}/{path}", status=404)
    assert "Nobody is booked on this part" in browser.get(f"{base}/{day.parts[0].id}/from-paper").text
