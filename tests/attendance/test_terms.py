"""What a scheme's terms make of a register: attempts and waits, refreshers, parts and versions."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import AccreditationScheme, FailMeans, RenewsFrom
from sscb_training.accreditation.service import AccreditationRefused
from sscb_training.attendance import service
from sscb_training.attendance.models import Mark
from sscb_training.attendance.retakes.service import retake
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Course, TrainingSession
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_booking,
    make_course,
    make_scheme,
    make_training_session,
    make_version,
)

CAME, AWAY = Mark.ATTENDED, Mark.DID_NOT_ATTEND
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def course() -> Course:
    return make_course()


def _way(scheme: AccreditationScheme, **given: Any) -> None:
    changed(scheme.ways[0], **given)


def _day(course: Course, tom: Person, *, ago: int = 1, parts: int = 1) -> TrainingSession:
    starts_at = NOW - timedelta(days=ago)
    return make_training_session(make_version(course), starts_at=starts_at, parts=parts, trainers=[tom])


def _take(
    booking: Booking, marks: Sequence[Mark] = (CAME,), *, score: int | None = None, close: bool = True
) -> None:
    day = booking.training_session
    with transaction():
        service.save_register(
            day,
            marks={(booking.id, part.id): mark for part, mark in zip(day.parts, marks, strict=True)},
            scores={} if score is None else {booking.id: score},
            by=None,
            now=NOW,
        )
    if close:
        with transaction():
            service.close_register(day, by=None, now=NOW)


def _held(person: Person) -> list[tuple[date, date | None]]:
    db.session.rollback()
    return [(one.awarded_on, one.expires_on) for one in accreditation.accreditations_of(person)]


def test_attempts_and_waits_are_kept_to(browser: Browser, course: Course, asha: Person, tom: Person) -> None:
    scheme = make_scheme(course, code="GCP2", attempts_allowed=2, waiting_days=5)
    first, second = (make_booking(_day(course, tom, ago=ago), person=asha) for ago in (9, 3))
    _take(first, score=50)

    usual: dict[str, Any] = {"percent": 60, "assessed_on": TODAY, "by": tom, "now": NOW}

    def again(booking: Booking, **given: Any) -> None:
        with transaction():
            retake(booking, scheme, **usual | given)

    with pytest.raises(
        AccreditationRefused, match="Asha Patel did not pass on 14 November 2026, and 5 days must"
    ):
        again(first, assessed_on=TODAY - timedelta(days=5))
    again(first, assessed_on=TODAY - timedelta(days=4))
    later = TODAY + timedelta(days=60)
    url = f"/registers/{first.training_session.id}/delegates/{first.id}/assessments/{scheme.id}"
    page = browser.signed_in(tom).get(url)
    assert "has used all 2 attempts that one attendance gives, and must attend again" in page.text
    with pytest.raises(AccreditationRefused, match="must attend again"):
        again(first, assessed_on=later, now=NOW + timedelta(days=61))
    # Another attendance gives as many again, after the same wait; the trainer's register says so at once.
    url = f"/registers/{second.training_session.id}"
    scored: dict[str, Any] = {f"score-{second.id}": "90"}
    page = browser.submit(url, button="Save the register", **scored)
    assert "Asha Patel did not pass on 19 November 2026" in page.errors[0]
    assert "assessed again from 24 November 2026" in page.errors[0]
    changed(scheme.terms[0], waiting_days=0)
    _take(second, score=90)
    assert [day for day, _ in _held(asha)] == [TODAY - timedelta(days=3)]


def test_a_fail_may_mean_to_attend_again(course: Course, asha: Person, tom: Person) -> None:
    scheme = make_scheme(course, fail_means=FailMeans.ATTENDS_AGAIN)
    first, second = (make_booking(_day(course, tom, ago=ago), person=asha) for ago in (9, 3))
    _take(first, score=79)
    with (
        pytest.raises(AccreditationRefused, match="did not pass on 14 November 2026, and must attend"),
        transaction(),
    ):
        retake(first, scheme, percent=90, assessed_on=TODAY, by=tom, now=NOW)
    _take(second, score=80)
    assert len(_held(asha)) == 1


@pytest.mark.parametrize(
    ("renews_from", "until"),
    [(RenewsFrom.OWN_DAY, date(2029, 11, 22)), (RenewsFrom.OLD_EXPIRY, date(2030, 1, 15))],
)
def test_a_refresher_in_its_window_renews_unbroken(
    course: Course, asha: Person, tom: Person, renews_from: RenewsFrom, until: date
) -> None:
    scheme = make_scheme(course, pass_mark=None, window_months=3, renews_from=renews_from)
    _way(scheme, is_refresher=True)
    make_accreditation(asha, scheme, awarded_on=date(2024, 1, 15), expires_on=date(2027, 1, 15))
    booking = make_booking(_day(course, tom), person=asha)
    _take(booking)
    renewed = (YESTERDAY, until)
    assert _held(asha) == [renewed, (date(2024, 1, 15), date(2027, 1, 15))]
    with transaction():
        service.reopen_register(booking.training_session, reason="A typing error", by=tom, now=NOW)
    _take(booking)  # what it gave is not what it renews
    assert _held(asha)[0] == renewed


def test_a_refresher_gives_nothing_to_who_never_held_it_and_says_so(
    browser: Browser, course: Course, asha: Person, dev: Person, tom: Person
) -> None:
    scheme = make_scheme(course, code="GCP2", pass_mark=80, late_months=1)
    _way(scheme, is_refresher=True)
    make_accreditation(dev, scheme, awarded_on=date(2023, 9, 1), expires_on=date(2026, 9, 1))
    day = _day(course, tom)
    booking, other = make_booking(day, person=asha), make_booking(day, person=dev)
    with transaction():
        service.save_register(
            day,
            marks={(one.id, day.parts[0].id): CAME for one in (booking, other)},
            scores={},
            by=tom,
            now=NOW,
        )
    never = "has never held GCP2, and a refresher only renews it: it takes the whole course"
    late = "held GCP2 until 1 September 2026, too long ago for a refresher: it takes the whole course"
    page = browser.signed_in(tom).get(f"/registers/{day.id}/close")
    assert f"Asha Patel {never}" in page.text
    assert f"Dan Davies {late}" in page.text or "Dev" in page.text
    page = browser.fill(page, button="Close the register")
    assert never in page.text
    assert late in page.text
    assert "Assess again" not in page.text
    assert _held(asha) == []


@pytest.mark.parametrize(
    ("marks", "awarded_on"), [([CAME, AWAY], TODAY - timedelta(days=9)), ([AWAY, CAME], None)]
)
def test_only_the_parts_that_it_takes_must_be_attended(
    course: Course, asha: Person, tom: Person, marks: list[Mark], awarded_on: date | None
) -> None:
    scheme = make_scheme(course, pass_mark=None)
    _way(scheme, parts=[1])
    booking = make_booking(_day(course, tom, ago=9, parts=2), person=asha)
    _take(booking, marks)
    assert [day for day, _ in _held(asha)] == ([awarded_on] if awarded_on else [])
    with transaction():
        service.reopen_register(booking.training_session, reason="A typing error", by=tom, now=NOW)
    changed(scheme.terms[0], pass_mark=80)  # what was given without an assessment stands
    _take(booking, marks)
    assert len(_held(asha)) == (1 if awarded_on else 0)


def test_a_course_leads_to_a_scheme_from_a_version_on(
    course: Course, asha: Person, dev: Person, tom: Person
) -> None:
    scheme = make_scheme(course, pass_mark=None)
    old = make_booking(_day(course, tom), person=asha)
    new = make_booking(_day(course, tom), person=dev)
    _way(scheme, from_version=new.training_session.course_version)
    _take(old)
    _take(new)
    assert (len(_held(asha)), len(_held(dev))) == (0, 1)
