"""Stories 2 and 7 of making parts up, from the day that went wrong to the accreditation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.attendance import queries as registers
from sscb_training.attendance import service as attendance
from sscb_training.attendance.models import Mark
from sscb_training.attendance.parts import service as parts
from sscb_training.attendance.service import RegisterRefused
from sscb_training.bookings import queries
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.charges.models import Charge
from sscb_training.bookings.charges.service import settle_terms
from sscb_training.bookings.make_up import service
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.bookings.places import jobs as place_jobs
from sscb_training.bookings.places import service as places
from sscb_training.bookings.requests import service as requests
from sscb_training.bookings.service import BookingRefused, added
from sscb_training.core.db import rows
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates.service import PartPlan
from sscb_training.courses.models import Course, SessionPart, TrainingSession
from sscb_training.people.models import Person
from sscb_training.reports.use.queries import Filters, use_by_date
from tests.bookings.dates.verbs import as_it_is, change, tell
from tests.bookings.verbs import verbs
from tests.factories import (
    NOW,
    make_booking,
    make_course,
    make_policy,
    make_scheme,
    make_training_session,
    make_version,
)

WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
CAME, ABSENT = Mark.ATTENDED, Mark.DID_NOT_ATTEND
Outbox = Callable[[], list[Letter]]


@pytest.fixture
def course() -> Course:
    return make_course(title="Neglect: using GCP2")


@pytest.fixture
def scheme(course: Course) -> AccreditationScheme:
    return make_scheme(course, code="GCP2", pass_mark=80, valid_months=36)


@pytest.fixture
def first(course: Course, tom: Person) -> TrainingSession:
    """The second part was this morning."""
    return make_training_session(
        make_version(course), starts_at=NOW - WEEK - HOUR, parts=2, trainers=[tom], capacity=5
    )


@pytest.fixture
def later(first: TrainingSession, tom: Person) -> TrainingSession:
    return make_training_session(
        first.course_version, starts_at=NOW + 4 * WEEK, parts=2, trainers=[tom], capacity=2
    )


def close(
    training_session: TrainingSession,
    marks: Mapping[Booking, Sequence[Mark]],
    scores: Mapping[Booking, int] | None = None,
) -> None:
    """Mark each booking's parts, correcting what was closed before, and close."""
    now = max(NOW, training_session.ends_at)
    cells = {
        (booking.id, part.id): mark
        for booking, row in marks.items()
        for part, mark in zip(booking.parts, row, strict=True)
    }
    with transaction():
        register = registers.register_of(training_session)
        if register and register.closed_at:
            attendance.reopen_register(training_session, reason="A wrong mark", by=None, now=now)
        attendance.save_register(
            training_session,
            marks=cells,
            scores={booking.id: score for booking, score in (scores or {}).items()},
            by=None,
            now=now,
        )
        attendance.close_register(training_session, by=None, now=now)


def book_part(booking: Booking, part: SessionPart, **given: Any) -> Booking:
    missed = given.pop("missed", None) or booking.training_session.parts[1]
    with transaction():
        return service.book_part(booking, missed, part, **{"by": None, "now": NOW} | given)


def test_day_1_but_not_day_2_is_completed_on_a_later_date(
    first: TrainingSession, later: TrainingSession, scheme: AccreditationScheme, asha: Person, outbox: Outbox
) -> None:
    booking = make_booking(first, person=asha)
    close(first, {booking: [CAME, ABSENT]}, {booking: 90})
    assert (booking.outcome, booking.parts_to_make_up) == (Outcome.PART_ATTENDED, [first.parts[1]])
    assert accreditation.accreditations_of(asha) == []

    made = book_part(booking, later.parts[1])
    letter = outbox()[-1]
    assert "Part 2 of Neglect: using GCP2" in letter.body
    assert f"{later.parts[1].starts_at:%-d %B %Y}" in letter.body
    assert f"{later.parts[0].starts_at:%-d %B %Y}" not in letter.body
    assert (letter.calendar or "").count("BEGIN:VEVENT") == 1
    assert booking.parts_to_make_up == []

    close(later, {made: [CAME]})

    assert (made.outcome, booking.outcome) == (Outcome.ATTENDED, Outcome.ATTENDED)
    [held] = accreditation.accreditations_of(asha)
    assert held.awarded_on == later.parts[1].starts_at.date() == booking.outcome_on
    assert held.booking_id == booking.id
    assert "parts joined" in verbs(booking)

    begin = (NOW - 3 * WEEK).date()
    use = use_by_date(Filters(begin, later.ends_at.date()), now=later.ends_at)[0].use
    assert (use.booked, use.attended, use.part_attended, use.did_not_attend) == (1, 1, 0, 0)

    close(later, {made: [ABSENT]})
    assert (booking.outcome, booking.missed_parts) == (Outcome.PART_ATTENDED, [first.parts[1]])
    assert accreditation.accreditations_of(asha) == []


def test_the_assessment_may_be_passed_on_the_later_date(
    first: TrainingSession, later: TrainingSession, scheme: AccreditationScheme, asha: Person
) -> None:
    booking = make_booking(first, person=asha)
    close(first, {booking: [CAME, ABSENT]}, {booking: 60})
    made = book_part(booking, later.parts[1])

    close(later, {made: [CAME]}, {made: 70})
    assert booking.outcome is Outcome.ATTENDED
    assert accreditation.accreditations_of(asha) == []

    close(later, {made: [CAME]}, {made: 85})
    [held] = accreditation.accreditations_of(asha)
    assert held.attempt is not None
    assert held.attempt.booking_id == made.id


def test_a_register_that_was_open_joins_the_part_when_it_is_closed(
    first: TrainingSession, later: TrainingSession, scheme: AccreditationScheme, asha: Person
) -> None:
    booking = make_booking(first, person=asha)
    close(first, {booking: [CAME, ABSENT]})
    made = book_part(booking, later.parts[1])
    with transaction():
        attendance.reopen_register(first, reason="A score is missing", by=None, now=NOW)
    close(later, {made: [CAME]})
    assert booking.parts_to_make_up == []
    assert accreditation.accreditations_of(asha) == []

    with transaction():
        attendance.save_register(first, marks={}, scores={booking.id: 90}, by=None, now=later.ends_at)
        attendance.close_register(first, by=None, now=later.ends_at)

    assert booking.outcome is Outcome.ATTENDED
    assert len(accreditation.accreditations_of(asha)) == 1


def test_the_register_of_the_later_date_asks_for_that_part_alone(
    first: TrainingSession, later: TrainingSession, asha: Person
) -> None:
    booking, there = make_booking(first, person=asha), make_booking(later)
    close(first, {booking: [CAME, ABSENT]})
    made = book_part(booking, later.parts[1])
    cells = {(made.id, later.parts[0].id): CAME}
    with pytest.raises(RegisterRefused, match="has not booked"), transaction():
        attendance.save_register(later, marks=cells, scores={}, by=None, now=later.ends_at)

    close(later, {made: [CAME], there: [CAME, CAME]})

    assert (made.outcome, there.outcome) == (Outcome.ATTENDED, Outcome.ATTENDED)


def test_not_coming_to_make_it_up_costs_nothing_and_leaves_the_rest_as_it_was(
    first: TrainingSession, later: TrainingSession, asha: Person
) -> None:
    make_policy()
    booking = make_booking(first, person=asha)
    with transaction():
        settle_terms(booking, now=NOW)
    close(first, {booking: [CAME, ABSENT]})
    made = book_part(booking, later.parts[1])

    close(later, {made: [ABSENT]})

    assert made.outcome is Outcome.DID_NOT_ATTEND
    assert (booking.outcome, booking.parts_to_make_up) == (Outcome.PART_ATTENDED, [first.parts[1]])
    assert rows(select(Charge)) == []


def test_another_version_and_a_late_date_ask_for_a_reason_that_is_kept(
    first: TrainingSession, course: Course, asha: Person
) -> None:
    booking = make_booking(first, person=asha)
    close(first, {booking: [CAME, ABSENT]})
    changed = make_training_session(make_version(course), starts_at=NOW + WEEK, parts=2)
    late = make_training_session(first.course_version, starts_at=NOW + 30 * WEEK, parts=2)
    for part, why in ((changed.parts[1], "another version"), (late.parts[1], "6 months after")):
        with pytest.raises(service.ReasonWanted, match=why):
            book_part(booking, part)

    made = book_part(booking, changed.parts[1], reason="The second day is the same")

    assert made.override_reason == "The second day is the same"


def test_what_cannot_make_up_the_part_is_refused(
    first: TrainingSession, later: TrainingSession, asha: Person
) -> None:
    booking = make_booking(first, person=asha)
    with pytest.raises(BookingRefused, match="nothing to make up"):
        book_part(booking, later.parts[1])
    close(first, {booking: [CAME, ABSENT]})
    elsewhere = make_training_session(starts_at=NOW + WEEK, parts=2)
    for part, why in (
        (elsewhere.parts[1], "same course"),
        (first.parts[0], "later date"),
        (later.parts[0], "same part"),
    ):
        with pytest.raises(BookingRefused, match=why):
            book_part(booking, part)
    whole = make_booking(later, person=asha)
    with pytest.raises(BookingRefused, match=whole.reference):
        book_part(booking, later.parts[1])


def test_a_make_up_takes_a_place_in_its_part_alone(
    first: TrainingSession, later: TrainingSession, asha: Person, dev: Person
) -> None:
    booking, other, third = (make_booking(first, person=person) for person in (asha, dev, None))
    close(first, {one: [CAME, ABSENT] for one in (booking, other, third)})
    made = book_part(booking, later.parts[1])

    assert queries.places_left([later.id]) == {later.id: 1}
    assert queries.places_left_in(later.parts) == {later.parts[0].id: 2, later.parts[1].id: 1}
    book_part(other, later.parts[1])
    with pytest.raises(BookingRefused, match="No place is free"):
        book_part(third, later.parts[1])

    waits = request(later, third.person)
    assert waits.is_waiting
    with pytest.raises(BookingRefused, match="2 people hold places"), transaction():
        places.change_capacity(later, 1, by=None, now=NOW)
    with transaction():
        changes.cancel(made, reason="", by=asha, now=NOW)
    assert waits.is_offered


def request(training_session: TrainingSession, person: Person) -> Booking:
    with transaction():
        return requests.request_place(
            training_session, person, membership=person.memberships[0], by=person, now=NOW
        )


def cancel_part(part: SessionPart) -> None:
    with transaction():
        parts.cancel_part(part, reason="Snow", by=None, now=NOW - 2 * HOUR)


def test_cancelled_by_snow_and_moved_to_a_new_date(
    first: TrainingSession, scheme: AccreditationScheme, asha: Person, dev: Person, outbox: Outbox
) -> None:
    stays, silent, declines = (make_booking(first, person=person) for person in (asha, dev, None))
    cancel_part(first.parts[1])
    close(first, {stays: [CAME], silent: [CAME], declines: [CAME]}, {stays: 90})
    starts_at = NOW + 4 * WEEK
    with transaction():
        plan = PartPlan("", starts_at, starts_at + 3 * HOUR)
        date = service.add_date_for_part(first.parts[1], plan, capacity=5, by=None, now=NOW)
    with transaction():
        offers = service.offer_part(first.parts[1], date.parts[0], by=None, now=NOW)

    assert [offer.person for offer in offers] == [asha, dev, declines.person]
    letters = [letter for letter in outbox() if letter.template == "bookings/part_offered"]
    assert [letter.to_address for letter in letters] == [offer.person.email for offer in offers]
    assert "We had to cancel Part 2" in letters[0].body
    assert "Please answer by" in letters[0].body
    with transaction():
        requests.accept_offer(offers[0], by=asha, now=NOW)
        places.turn_down(offers[2], by=None, now=NOW)
    place_jobs.lapse_offers(NOW + WEEK)
    assert outbox()[-1].template == "bookings/part_offer_lapsed"
    with pytest.raises(BookingRefused, match="single part"), transaction():
        places.rejoin(offers[1], by=dev, now=NOW + WEEK)

    close(date, {offers[0]: [CAME]})

    assert [one.outcome for one in (stays, silent, declines)] == [
        Outcome.ATTENDED,
        Outcome.PART_ATTENDED,
        Outcome.PART_ATTENDED,
    ]
    [held] = accreditation.accreditations_of(asha)
    assert held.awarded_on == starts_at.date()
    begin = (NOW - 3 * WEEK).date()
    use = use_by_date(Filters(begin, date.ends_at.date()), now=date.ends_at)[0].use
    assert (use.dates, use.expected, use.attended, use.part_attended) == (1, 3, 3, 0)


def test_fewer_places_are_offered_to_who_booked_first_and_the_rest_later(
    first: TrainingSession, later: TrainingSession
) -> None:
    bookings = [make_booking(first) for _ in range(3)]
    cancel_part(first.parts[1])
    with transaction():
        offers = service.offer_part(first.parts[1], later.parts[1], by=None, now=NOW)
    by_turn = sorted(bookings, key=lambda booking: booking.requested_at)
    assert [offer.makes_up for offer in offers] == by_turn[:2]
    with pytest.raises(BookingRefused, match="No place is free"), transaction():
        service.offer_part(first.parts[1], later.parts[1], by=None, now=NOW)


def test_nobody_books_or_walks_into_a_date_for_one_part(first: TrainingSession, dev: Person) -> None:
    make_booking(first)
    cancel_part(first.parts[1])
    date = make_training_session(first.course_version, repeats_part=2)

    with pytest.raises(BookingRefused, match="repeats one part"):
        request(date, dev)
    with pytest.raises(BookingRefused, match="repeats one part"), transaction():
        places.add_walk_in(date, dev, membership=None, by=None, now=NOW)


def test_a_part_that_is_cancelled_again_ends_what_was_to_make_it_up_and_passes_places_on(
    first: TrainingSession, later: TrainingSession, asha: Person, outbox: Outbox
) -> None:
    booking = make_booking(first, person=asha)
    close(first, {booking: [CAME, ABSENT]})
    made = book_part(booking, later.parts[1])
    make_booking(later)
    waits = make_booking(later, status=BookingStatus.WAITLISTED)

    cancel_part(later.parts[1])

    assert (made.status, made.outcome) == (BookingStatus.CANCELLED_BY_BOARD, Outcome.CANCELLED_BY_BOARD)
    assert booking.parts_to_make_up == [first.parts[1]]
    assert waits.status is BookingStatus.OFFERED


def test_giving_up_the_booking_gives_up_what_was_to_complete_it(outbox: Outbox) -> None:
    soon = make_training_session(starts_at=NOW + WEEK, parts=2)
    later = make_training_session(soon.course_version, starts_at=NOW + 9 * WEEK, parts=2)
    booking = make_booking(soon)
    cancel_part(soon.parts[1])
    made = book_part(booking, later.parts[1])

    with transaction():
        changes.cancel(booking, reason="", by=booking.person, now=NOW)

    assert not made.is_live
    assert queries.places_left_in([later.parts[1]]) == {later.parts[1].id: 20}
    assert "it was to complete a booking that has ended" in outbox()[-1].body


def test_nobody_takes_over_what_makes_up_anothers_part(
    first: TrainingSession, later: TrainingSession, asha: Person, ben: Person
) -> None:
    booking = make_booking(first, person=asha)
    close(first, {booking: [CAME, ABSENT]})
    made = book_part(booking, later.parts[1])
    with pytest.raises(BookingRefused, match="nobody else"), transaction():
        changes.substitute(made, ben.memberships[0], by=None, now=NOW)


def test_a_part_is_made_up_once_at_a_time_behind_every_verb(
    first: TrainingSession, later: TrainingSession
) -> None:
    booking = make_booking(first)
    close(first, {booking: [CAME, ABSENT]})
    book_part(booking, later.parts[1])
    other = make_training_session(first.course_version, starts_at=NOW + WEEK, parts=2)
    double = Booking(
        reference="TEST-DOUB",
        training_session=other,
        person=booking.person,
        status=BookingStatus.CONFIRMED,
        requested_at=NOW,
        part=other.parts[1],
        makes_up_id=booking.id,
        makes_up_part=first.parts[1],
    )
    with pytest.raises(BookingRefused), transaction():
        added(double)


def test_whoever_comes_to_one_part_hears_of_changes_to_it_alone(
    first: TrainingSession, later: TrainingSession, asha: Person, outbox: Outbox
) -> None:
    booking = make_booking(first, person=asha)
    close(first, {booking: [CAME, ABSENT]})
    book_part(booking, later.parts[1])
    whole = make_booking(later)
    plans = as_it_is(later)
    change(later, replace(plans[0], starts_at=plans[0].starts_at + HOUR), plans[1])
    tell(later)

    told = [letter.to_address for letter in outbox() if letter.template == "bookings/changed"]
    assert told == [whole.person.email]


def test_whoever_missed_one_part_and_makes_up_a_cancelled_one_came_to_some(
    first: TrainingSession, later: TrainingSession, asha: Person
) -> None:
    booking = make_booking(first, person=asha)
    cancel_part(first.parts[1])
    made = book_part(booking, later.parts[1])
    close(first, {booking: [ABSENT]})
    assert booking.outcome is Outcome.DID_NOT_ATTEND

    close(later, {made: [CAME]})

    assert (booking.outcome, booking.missed_parts) == (Outcome.PART_ATTENDED, [first.parts[0]])
    assert booking.parts_to_make_up == [first.parts[0]]
