"""Story 8: a published report's figures, read off the page and its files; what happens beside them changes none."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from sscb_training.agencies.models import Agency, Sector
from sscb_training.attendance import service as attendance
from sscb_training.attendance.models import Mark, Register
from sscb_training.attendance.parts import service as parts
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.people.models import Person
from tests.bookings.verbs import request_place, waiting
from tests.browser import Browser
from tests.factories import (
    NOW,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_person,
    make_training_session,
    make_version,
)

CAPACITIES = (25,) * 15 + (18,)  # 393 places on 16 dates
REGISTERED, CANCELLED, NO_SHOWS, UNSCHEDULED = 318, 29, 20, 35
PAST = NOW - timedelta(days=60)


@pytest.fixture
def year(hill_school: Agency) -> CourseVersion:
    """The year of Leicester, Leicestershire and Rutland, written in bulk; one of its dates lost its second part."""
    version = make_version(make_course(title="Core groups"))
    police = make_agency(name="West Mercia Police", sector=Sector.POLICE)
    with transaction():
        people = [make_person(agency=police if number % 3 else hill_school) for number in range(23)]
        dates = [
            make_training_session(version, starts_at=PAST, parts=2 if number == 0 else 1, capacity=capacity)
            for number, capacity in enumerate(CAPACITIES)
        ]
        dates[0].parts[1].cancelled_at = PAST
        seats = _one_after_another(dates, people)
        came = REGISTERED - CANCELLED - NO_SHOWS
        kinds = (
            ["came"] * came + ["cancelled"] * CANCELLED + ["absent"] * NO_SHOWS + ["walk-in"] * UNSCHEDULED
        )
        db.session.execute(
            insert(Booking), [_row(*next(seats), kind, number) for number, kind in enumerate(kinds)]
        )
        db.session.execute(
            insert(Register),
            [{"training_session_id": one.id, "opened_at": PAST, "closed_at": PAST} for one in dates],
        )
    return version


def _one_after_another(
    dates: list[TrainingSession], people: list[Person]
) -> Iterator[tuple[TrainingSession, Person]]:
    return ((one, person) for person in people for one in dates)


def _row(date: TrainingSession, person: Person, kind: str, number: int) -> dict[str, object]:
    came = Outcome.PART_ATTENDED if len(date.parts) > 1 else Outcome.ATTENDED
    return {
        "reference": f"GOLD-{number:04}",
        "training_session_id": date.id,
        "person_id": person.id,
        "membership_id": person.memberships[0].id,
        "status": BookingStatus.CANCELLED_BY_DELEGATE if kind == "cancelled" else BookingStatus.CONFIRMED,
        "requested_at": PAST,
        "confirmed_at": PAST,
        "unscheduled": kind == "walk-in",
        "outcome": {"came": came, "walk-in": came, "absent": Outcome.DID_NOT_ATTEND}.get(kind),
        "outcome_on": PAST.date() if kind != "cancelled" else None,
        "outcome_recorded_at": PAST if kind != "cancelled" else None,
    }


def happen_beside_them(version: CourseVersion, cara: Person, asha: Person) -> None:
    """A snowed-off date, one whose register is open, a waiting list, and a part made up on a later date."""
    called_off = make_training_session(version, starts_at=NOW + timedelta(hours=2), capacity=99)
    request_place(called_off, asha)
    unclosed = make_training_session(version, starts_at=NOW - timedelta(days=2), parts=1, capacity=99)
    came = make_booking(unclosed)
    full = make_training_session(version, starts_at=NOW - timedelta(days=1), capacity=1)
    waiting(full)
    made_up = make_training_session(version, starts_at=NOW - timedelta(days=1), repeats_part=1, capacity=99)
    make_booking(
        made_up, person=asha, part=made_up.parts[0], makes_up_id=came.id, makes_up_part=unclosed.parts[0],
        outcome=Outcome.ATTENDED,
    )  # fmt: skip
    coming = make_training_session(version, starts_at=NOW + timedelta(hours=2), parts=2, capacity=99)
    with transaction():
        changes.cancel_session(called_off, reason="Snow", by=cara, now=NOW)
        cells = {(came.id, unclosed.parts[0].id): Mark.ATTENDED}
        attendance.save_register(unclosed, marks=cells, scores={}, by=cara, now=NOW)
        parts.cancel_part(coming.parts[1], reason="Snow", by=cara, now=NOW)
    changed(called_off, starts_at=PAST, ends_at=PAST + timedelta(hours=3))


def test_the_golden_figures_come_out_of_the_page_and_its_files(
    browser: Browser, year: CourseVersion, cara: Person, asha: Person
) -> None:
    browser.signed_in(cara)
    before = figures(browser)
    happen_beside_them(year, cara, asha)

    assert before == figures(browser) == {
        "Booked": "318", "Cancelled": "29", "Attended": "304", "Attended, of them unscheduled": "35",
        "Did not attend": "20", "Capacity": "393",
        "Came as booked": "93.1%", "Came as booked, counted": "269 of 289 booked and not cancelled",
        "No-show": "6.9%", "No-show, counted": "20 of 289 booked and not cancelled",
        "Seats filled": "77.4%", "Seats filled, counted": "304 of 393 places",
    }  # fmt: skip
    page = browser.get("/reports/use")
    for said in ("93.1% 269 of 289", "6.9% 20 of 289", "77.4% 304 of 393"):
        assert said in page.text
    assert "1 date cancelled" in page.text
    file = io.BytesIO(browser.get("/reports/use?format=xlsx").response.data)
    cells = [
        cell
        for line in CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
        for cell in line
    ]
    for said in ("269 of 289", "20 of 289", "304 of 393"):
        assert any(said in str(cell) for cell in cells)
    assert {0.931, 0.069, 0.774} <= set(cells)
    for by in ("course", "date", "agency", "sector", "month"):
        seen = browser.get(f"/reports/use?by={by}").text
        assert "93.1%" in seen
        assert "95.6%" not in seen
        assert "96%" not in seen
    assert "93.1% 269 of 289" in browser.get("/reports/coverage").text
    report = browser.get("/reports/board").text
    for said in ("93.1%", "269 of 289 booked and not cancelled", "6.9%", "77.4%", "304 of 393 places"):
        assert said in report
    assert "96%" not in report


def figures(browser: Browser) -> dict[str, str]:
    """What the last line of the file says, the whole of it, under the headings that the report is known by."""
    answer = browser.get("/reports/use?format=csv").response.get_data().decode("utf-8-sig")
    headings, *lines = csv.reader(io.StringIO(answer))
    whole = dict(zip(headings, lines[-1], strict=True))
    known = (
        "Booked", "Cancelled", "Attended", "Attended, of them unscheduled", "Did not attend", "Capacity",
        "Came as booked", "Came as booked, counted", "No-show", "No-show, counted", "Seats filled",
        "Seats filled, counted",
    )  # fmt: skip
    return {name: whole[name] for name in known}
