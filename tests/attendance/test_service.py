from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.assessments import service as assessments
from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.accreditation.service import revoke
from sscb_training.agencies.models import Agency
from sscb_training.attendance import queries, service
from sscb_training.attendance.door import service as door
from sscb_training.attendance.models import Mark
from sscb_training.attendance.service import RegisterRefused
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.errors import Refused
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Course, SessionStatus, TrainingSession
from sscb_training.letters.kinds import WHY_NOT
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_person,
    make_scheme,
    make_training_session,
    make_version,
)

A_WEEK = timedelta(weeks=1)
Outbox = Callable[[], list[Letter]]


@pytest.fixture
def course() -> Course:
    return make_course()


@pytest.fixture
def scheme(course: Course) -> AccreditationScheme:
    return make_scheme(course, code="GCP2", pass_mark=80, valid_months=36)


@pytest.fixture
def day(course: Course, tom: Person) -> TrainingSession:
    """A session of two parts: one a week ago, one today."""
    return make_training_session(
        make_version(course), starts_at=NOW - A_WEEK - timedelta(hours=1), parts=2, trainers=[tom]
    )


@pytest.fixture
def booking(day: TrainingSession, asha: Person) -> Booking:
    return make_booking(day, person=asha)


def _save(
    training_session: TrainingSession,
    marks: dict[Booking, Sequence[Mark]] | None = None,
    scores: dict[Booking, int | None] | None = None,
    **given: Any,
) -> None:
    cells = {
        (booking.id, part.id): mark
        for booking, row in (marks or {}).items()
        for part, mark in zip(training_session.parts, row, strict=False)
    }
    with transaction():
        service.save_register(
            training_session,
            marks=cells,
            scores={booking.id: score for booking, score in (scores or {}).items()},
            **{"by": None, "now": NOW} | given,
        )


def _close(training_session: TrainingSession, **given: Any) -> None:
    with transaction():
        service.close_register(training_session, **{"by": None, "now": NOW} | given)


def _reopen(training_session: TrainingSession, **given: Any) -> None:
    with transaction():
        service.reopen_register(
            training_session, **{"reason": "A wrong mark", "by": None, "now": NOW} | given
        )


def _marks(training_session: TrainingSession, booking: Booking) -> list[Mark | None]:
    db.session.rollback()
    marks = queries.sheet(training_session).marks
    return [marks.get((booking.id, part.id)) for part in training_session.parts]


def _held(person: Person) -> Sequence[Accreditation]:
    db.session.rollback()
    return accreditation.accreditations_of(person)


CAME = [Mark.ATTENDED, Mark.ATTENDED]


def test_save_keeps_marks_scores_and_one_entry(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme, tom: Person
) -> None:
    _save(day, {booking: CAME}, {booking: 90}, by=tom)
    assert _marks(day, booking) == CAME
    assert queries.sheet(day).percent(booking.id) == 90
    register = queries.register_of(day)
    assert register is not None
    [entry] = history.entries_about(register)
    first, second = day.parts
    assert entry.actor_id == tom.id
    assert entry.detail == {
        "marks": {
            f"{booking.id}/{first.id}": [None, "attended"],
            f"{booking.id}/{second.id}": [None, "attended"],
        },
        "scores": {str(booking.id): [None, 90]},
    }


def test_save_again_changes_only_what_was_sent_and_keeps_the_old_value(
    day: TrainingSession, booking: Booking
) -> None:
    other = make_booking(day)
    _save(day, {booking: CAME, other: [Mark.LATE]})
    _save(day, {booking: [Mark.LEFT_EARLY, Mark.ATTENDED]})
    assert _marks(day, booking) == [Mark.LEFT_EARLY, Mark.ATTENDED]
    assert _marks(day, other) == [Mark.LATE, None]
    register = queries.register_of(day)
    assert register is not None
    entry = history.entries_about(register)[-1]
    assert entry.detail["marks"] == {f"{booking.id}/{day.parts[0].id}": ["attended", "left_early"]}


def test_save_of_the_same_again_leaves_no_trace(day: TrainingSession, booking: Booking) -> None:
    _save(day, {booking: CAME})
    _save(day, {booking: CAME})
    register = queries.register_of(day)
    assert register is not None
    assert len(history.entries_about(register)) == 1


def test_a_score_taken_back_is_gone(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme
) -> None:
    _save(day, scores={booking: 90})
    _save(day, scores={booking: None})
    assert queries.sheet(day).percent(booking.id) is None


@pytest.mark.parametrize("first", ["score", "mark", "both"])
def test_a_score_for_somebody_who_came_to_nothing_is_refused(
    day: TrainingSession, scheme: AccreditationScheme, booking: Booking, first: str
) -> None:
    other = make_booking(day)
    stayed_away: Sequence[Mark] = [Mark.DID_NOT_ATTEND, Mark.DID_NOT_ATTEND]
    if first == "score":
        _save(day, scores={booking: 90})
    if first == "mark":
        _save(day, {booking: stayed_away})

    with pytest.raises(RegisterRefused, match="Asha Patel: there is a score for somebody marked"):
        _save(
            day,
            {other: [Mark.LATE]} | ({} if first == "mark" else {booking: stayed_away}),
            {} if first == "score" else {booking: 90},
        )

    assert (other.id, day.parts[0].id) not in queries.sheet(day).marks
    _save(day, {booking: stayed_away}, {booking: None})
    _save(day, {booking: [Mark.LEFT_EARLY]}, {booking: 90})
    assert queries.sheet(day).percent(booking.id) == 90


def test_a_score_is_kept_while_a_part_is_not_marked(
    day: TrainingSession, scheme: AccreditationScheme, booking: Booking
) -> None:
    _save(day, {booking: [Mark.DID_NOT_ATTEND]}, {booking: 90})

    assert queries.sheet(day).percent(booking.id) == 90


def test_a_score_is_of_the_last_part_that_has_begun(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme
) -> None:
    _save(day, scores={booking: 90}, now=NOW + timedelta(days=30))
    assert [attempt.assessed_on for attempt in accreditation.attempts([booking.id])] == [TODAY]


def test_save_refuses_whoever_is_not_on_the_register_and_saves_nothing(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme
) -> None:
    elsewhere = make_booking(make_training_session(starts_at=NOW))
    waiting = make_booking(day, status=BookingStatus.WAITLISTED)
    for stranger in (elsewhere, waiting):
        with pytest.raises(RegisterRefused, match="not on this register"):
            _save(day, {booking: CAME, stranger: CAME})
        with pytest.raises(RegisterRefused, match="not on this register"):
            _save(day, {booking: CAME}, {stranger: 90})
    assert _marks(day, booking) == [None, None]


def test_save_refuses_the_part_of_another_session(day: TrainingSession, booking: Booking) -> None:
    foreign = make_training_session(starts_at=NOW).parts[0]
    with pytest.raises(RegisterRefused, match="does not have"), transaction():
        service.save_register(
            day, marks={(booking.id, foreign.id): Mark.ATTENDED}, scores={}, by=None, now=NOW
        )


def test_save_refuses_a_part_to_come(asha: Person) -> None:
    later = make_training_session(starts_at=NOW + timedelta(hours=2))
    booking = make_booking(later, person=asha)
    with pytest.raises(RegisterRefused, match="The session has not begun yet"):
        _save(later, {booking: [Mark.ATTENDED]})
    _save(later, {booking: [Mark.ATTENDED]}, now=NOW + timedelta(hours=1))
    assert _marks(later, booking) == [Mark.ATTENDED]


def test_save_refuses_a_score_where_nothing_is_assessed(
    day: TrainingSession, booking: Booking, course: Course
) -> None:
    make_scheme(course, pass_mark=None)
    with pytest.raises(RegisterRefused, match="no assessment"):
        _save(day, scores={booking: 90})


@pytest.mark.parametrize("status", [SessionStatus.DRAFT, SessionStatus.CANCELLED])
def test_save_refuses_a_session_that_is_not_on(status: SessionStatus) -> None:
    off = make_training_session(starts_at=NOW, status=status)
    with pytest.raises(RegisterRefused, match="not on"):
        _save(off)


def test_save_asks_as_often_for_three_as_for_one(
    day: TrainingSession,
    scheme: AccreditationScheme,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    _save(day)

    def count(bookings: Sequence[Booking], marks: Sequence[Mark], score: int) -> int:
        cells = {(b.id, part.id): mark for b in bookings for part, mark in zip(day.parts, marks, strict=True)}
        scores = {b.id: score for b in bookings}
        db.session.expire_all()
        return count_queries(lambda: _just_save(day, cells, scores))

    one, three = [make_booking(day)], [make_booking(day) for _ in range(3)]
    assert count(one, CAME, 90) == count(three, CAME, 90)
    corrected = [Mark.LATE, Mark.LEFT_EARLY]
    assert count(one, corrected, 70) == count(three, corrected, 70)


def _just_save(day: TrainingSession, cells: dict[tuple[int, int], Mark], scores: dict[int, int]) -> None:
    with transaction():
        service.save_register(day, marks=cells, scores=scores, by=None, now=NOW)


def test_close_gives_outcomes_and_accredits_whoever_earned_it(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme, asha: Person, tom: Person
) -> None:
    failed, part, away = make_booking(day), make_booking(day), make_booking(day)
    _save(
        day,
        {
            booking: [Mark.ATTENDED, Mark.LATE],
            failed: CAME,
            part: [Mark.ATTENDED, Mark.DID_NOT_ATTEND],
            away: [Mark.DID_NOT_ATTEND, Mark.DID_NOT_ATTEND],
        },
        {booking: 80, failed: 79, part: 100},
    )
    _close(day, by=tom)
    assert [b.outcome for b in (booking, failed, part, away)] == [
        Outcome.ATTENDED,
        Outcome.ATTENDED,
        Outcome.PART_ATTENDED,
        Outcome.DID_NOT_ATTEND,
    ]
    assert [b.outcome_on for b in (booking, part, away)] == [TODAY, TODAY - A_WEEK, TODAY]
    [held] = _held(asha)
    assert (held.awarded_on, held.expires_on) == (TODAY, date(2029, 11, 23))
    assert held.booking_id == booking.id
    assert held.attempt is not None
    assert held.attempt.percent == 80
    for other in (failed, part, away):
        assert _held(other.person) == []


def test_close_dates_the_award_when_a_later_assessment_was_passed(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme, asha: Person
) -> None:
    later = NOW + timedelta(days=10)
    _save(day, {booking: CAME}, {booking: 60})
    with transaction():
        assessments.record_score(scheme, booking, percent=85, assessed_on=later.date(), by=None, now=later)
    _close(day, now=later)
    assert [held.awarded_on for held in _held(asha)] == [later.date()]


def test_close_without_an_assessment_accredits_whoever_attended(
    day: TrainingSession, booking: Booking, course: Course, asha: Person
) -> None:
    make_scheme(course, pass_mark=None, valid_months=None)
    make_scheme(course, pass_mark=50)
    _save(day, {booking: CAME})
    _close(day)
    assert [held.expires_on for held in _held(asha)] == [None]


def test_close_of_a_register_from_long_ago_sends_no_letter(
    course: Course, asha: Person, outbox: Outbox
) -> None:
    make_scheme(course, pass_mark=None, valid_months=12)
    old = make_training_session(make_version(course), starts_at=NOW - timedelta(days=800))
    booking = make_booking(old, person=asha)
    _save(old, {booking: [Mark.ATTENDED]})
    _close(old)
    assert len(_held(asha)) == 1
    assert outbox() == []


def test_close_is_refused_until_everybody_is_marked(day: TrainingSession, booking: Booking) -> None:
    bookings = [booking, make_booking(day), make_booking(day)]
    _save(day, {b: [Mark.ATTENDED] for b in bookings})
    with pytest.raises(RegisterRefused, match=r"^3 delegates have no mark for Part 2"):
        _close(day)
    assert booking.outcome is None


def test_close_is_refused_before_the_last_part(asha: Person) -> None:
    running = make_training_session(starts_at=NOW, parts=2)
    booking = make_booking(running, person=asha)
    _save(running, {booking: [Mark.ATTENDED]})
    with pytest.raises(RegisterRefused, match=r"^Part 2 has not begun yet"):
        _close(running)


def test_close_of_an_empty_register_is_allowed(day: TrainingSession) -> None:
    _close(day)
    register = queries.register_of(day)
    assert register is not None
    assert register.closed_at == NOW
    assert day.closed_at == NOW


def test_close_twice_is_closing_once(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme, asha: Person, outbox: Outbox
) -> None:
    _save(day, {booking: CAME}, {booking: 90})
    _close(day)
    _close(day, now=NOW + timedelta(minutes=1))
    assert len(_held(asha)) == 1
    assert len(outbox()) == 1
    register = queries.register_of(day)
    assert register is not None
    assert register.closed_at == NOW


def test_a_closed_register_takes_no_marks_and_nobody_new(
    day: TrainingSession, booking: Booking, dev: Person
) -> None:
    _save(day, {booking: CAME})
    _close(day)
    with pytest.raises(RegisterRefused, match="closed"):
        _save(day, {booking: [Mark.LATE]})
    with pytest.raises(RegisterRefused, match="closed"), transaction():
        door.let_in(day, dev, membership=dev.memberships[0], by=None, now=NOW)
    assert _marks(day, booking) == CAME


def test_reopen_leaves_outcomes_and_awards_standing(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme, asha: Person, cara: Person
) -> None:
    _save(day, {booking: CAME}, {booking: 90})
    _close(day)
    _reopen(day, by=cara, reason="Ben left at noon")
    register = queries.register_of(day)
    assert register is not None
    assert register.closed_at is None
    assert day.closed_at is None
    assert booking.outcome is Outcome.ATTENDED
    assert len(_held(asha)) == 1
    entry = history.entries_about(register)[-1]
    assert (entry.verb, entry.detail["reason"]) == ("re-opened", "Ben left at noon")


def test_reopen_asks_why_and_only_of_a_closed_register(day: TrainingSession) -> None:
    with pytest.raises(RegisterRefused, match="open already"):
        _reopen(day)
    _close(day)
    with pytest.raises(RegisterRefused, match="Enter why"):
        _reopen(day, reason="  ")


def test_closing_again_withdraws_awards_and_keeps_as_it_should(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme, asha: Person, outbox: Outbox
) -> None:
    wrongly, newly = make_booking(day), make_booking(day)
    _save(day, {booking: CAME, wrongly: CAME, newly: CAME}, {booking: 90, wrongly: 90, newly: 60})
    _close(day)
    [kept] = _held(asha)
    [withdrawn] = _held(wrongly.person)
    _reopen(day)
    _save(day, {wrongly: [Mark.ATTENDED, Mark.LEFT_EARLY]}, {newly: 85}, now=NOW + timedelta(days=1))
    _close(day, now=NOW + timedelta(days=1))
    assert _held(asha) == [kept]
    assert kept.recorded_at == NOW
    assert _held(wrongly.person) == []
    assert withdrawn.withdrawn_at == NOW + timedelta(days=1)
    assert wrongly.outcome is Outcome.PART_ATTENDED
    assert [held.awarded_on for held in _held(newly.person)] == [TODAY]
    assert [letter.template for letter in outbox()] == [
        "accreditation/awarded",
        "accreditation/awarded",
        "bookings/part_missed",
        "bookings/part_missed_manager",
        "accreditation/withdrawn",
        "accreditation/awarded",
    ]


def test_closing_again_leaves_a_revoked_accreditation_as_it_is(
    day: TrainingSession, booking: Booking, scheme: AccreditationScheme, asha: Person, cara: Person
) -> None:
    _save(day, {booking: CAME}, {booking: 90})
    _close(day)
    [held] = _held(asha)
    with transaction():
        revoke(held, on=TODAY, reason="Misuse", reference="QP-7", by=cara, now=NOW)
    for marks in ([Mark.LEFT_EARLY], [Mark.ATTENDED]):
        _reopen(day)
        _save(day, {booking: marks})
        _close(day)
        assert _held(asha) == [held]
        assert held.revoked_on == TODAY


def test_let_in_puts_a_known_person_on_the_register(day: TrainingSession, dev: Person, tom: Person) -> None:
    with transaction():
        booking = door.let_in(day, dev, membership=dev.memberships[0], by=tom, now=NOW)
    assert (booking.unscheduled, booking.status) == (True, BookingStatus.CONFIRMED)
    assert queries.sheet(day).delegates == [booking]


def test_let_in_refuses_whoever_is_on_it_already(
    day: TrainingSession, booking: Booking, asha: Person
) -> None:
    with pytest.raises(Refused, match="already"), transaction():
        door.let_in(day, asha, membership=asha.memberships[0], by=None, now=NOW)


def test_let_in_refuses_before_the_day(dev: Person) -> None:
    to_come = make_training_session()
    with pytest.raises(RegisterRefused, match="not begun"), transaction():
        door.let_in(to_come, dev, membership=None, by=None, now=NOW)


def _newcomer(day: TrainingSession, agency: Agency, **given: Any) -> Booking:
    usual: dict[str, Any] = {
        "name": "Nia New",
        "email": "",
        "staff_group": a_staff_group(),
        "job_title": "Nurse",
        "by": None,
        "now": NOW,
    }
    with transaction():
        return door.let_in_newcomer(day, agency=agency, **usual | given)


def test_a_newcomer_is_recorded_with_an_unconfirmed_agency(day: TrainingSession) -> None:
    agency = make_agency()
    booking = _newcomer(day, agency)
    assert booking.unscheduled
    assert booking.person.email is None
    assert booking.membership is not None
    assert booking.membership.agency == agency
    assert booking.membership.confirmed_at is None
    assert booking.membership.valid_from == (NOW - A_WEEK).date()


def test_a_newcomer_with_a_known_address_is_that_person(day: TrainingSession, dev: Person) -> None:
    booking = _newcomer(day, dev.memberships[0].agency, name="D. Outsider", email="DEV@vale.example")
    assert booking.person == dev
    assert booking.membership == dev.memberships[0]
    assert (
        db.session.scalar(db.select(db.func.count(Person.id)).where(Person.email_key == dev.email_key)) == 1
    )


def test_a_newcomer_whose_job_began_after_the_session_keeps_it(day: TrainingSession, dev: Person) -> None:
    job = changed(dev.memberships[0], valid_from=TODAY)
    given = {"staff_group": job.staff_group, "job_title": job.job_title, "email": "dev@vale.example"}
    assert _newcomer(day, job.agency, **given).membership == job


def test_a_known_person_from_another_agency_gets_a_second_unconfirmed_job(
    day: TrainingSession, dev: Person
) -> None:
    agency = make_agency()
    booking = _newcomer(day, agency, email="dev@vale.example")
    assert booking.person == dev
    assert booking.membership is not None
    assert (booking.membership.agency, booking.membership.confirmed_at) == (agency, None)


def test_the_same_newcomer_twice_is_one_person(day: TrainingSession) -> None:
    agency = make_agency()
    _newcomer(day, agency)
    with pytest.raises(RegisterRefused, match="already"):
        _newcomer(day, agency, name="NIA new")
    assert len(queries.sheet(day).delegates) == 1


def test_a_walk_in_can_be_accredited(day: TrainingSession, scheme: AccreditationScheme, dev: Person) -> None:
    with transaction():
        booking = door.let_in(day, dev, membership=dev.memberships[0], by=None, now=NOW)
    _save(day, {booking: CAME}, {booking: 90})
    _close(day)
    assert len(_held(make_person())) == 0
    assert len(_held(dev)) == 1


def test_close_tells_the_manager_once_who_did_not_attend(
    day: TrainingSession, asha: Person, outbox: Outbox
) -> None:
    booking = make_booking(day, person=asha)
    _save(day, {booking: [Mark.DID_NOT_ATTEND, Mark.DID_NOT_ATTEND]})
    for _ in range(2):
        with transaction():
            service.close_register(day, by=None, now=NOW)
        with transaction():
            service.reopen_register(day, reason="A slip", by=None, now=NOW)

    [letter] = outbox()
    assert letter.to_address == "mo@agency.example"
    assert letter.subject.startswith("Did not attend: ")
    assert "Asha Patel had a place" in letter.body


def test_close_tells_once_who_missed_which_part_and_how_to_make_it_up(
    day: TrainingSession, asha: Person, outbox: Outbox
) -> None:
    booking = make_booking(day, person=asha)
    _save(day, {booking: [Mark.ATTENDED, Mark.DID_NOT_ATTEND]})
    for _ in range(2):
        with transaction():
            service.close_register(day, by=None, now=NOW)
        assert [WHY_NOT[letter.template](booking.id, NOW) for letter in outbox()] == ["", ""]
        with transaction():
            service.reopen_register(day, reason="A slip", by=None, now=NOW)

    to_asha, to_manager = outbox()
    assert (to_asha.to_address, to_manager.to_address) == ("asha@hill.example", "mo@agency.example")
    assert to_asha.body.startswith("Dear Asha Patel\n\nYou did not complete Part 2 of")
    assert f"/bookings/{booking.id}" in to_asha.body
    assert "Asha Patel did not complete Part 2 of" in to_manager.body
    _save(day, {booking: CAME})
    with transaction():
        service.close_register(day, by=None, now=NOW)
    assert WHY_NOT[to_asha.template](booking.id, NOW) == "No part is missing any more."


def test_closing_again_keeps_what_was_given_before_the_scheme_asked_for_an_assessment(
    day: TrainingSession, course: Course, booking: Booking, asha: Person
) -> None:
    scheme = make_scheme(course, pass_mark=None)
    other = make_booking(day)
    _save(day, {booking: CAME, other: CAME})
    _close(day)
    [held] = _held(asha)

    changed(scheme.terms[0], pass_mark=80)
    _reopen(day)
    _save(day, {other: [Mark.DID_NOT_ATTEND, Mark.DID_NOT_ATTEND]})
    _close(day)
    assert _held(asha) == [held]

    _reopen(day)
    _save(day, {booking: [Mark.DID_NOT_ATTEND, Mark.DID_NOT_ATTEND]})
    _close(day)
    assert _held(asha) == []
