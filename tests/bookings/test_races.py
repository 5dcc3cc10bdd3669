"""Many at once, each with a connection of their own. The control without the lock has to lose, or this proves nothing."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from flask import Flask

from sscb_training.bookings import queries
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.dates import service as dates
from sscb_training.bookings.make_up import service as make_up
from sscb_training.bookings.models import Approval, Booking, BookingStatus
from sscb_training.bookings.places import queries as place_queries
from sscb_training.bookings.places import service as places
from sscb_training.bookings.places.rules import Mix
from sscb_training.bookings.requests import service as requests
from sscb_training.bookings.service import BookingRefused
from sscb_training.bookings.teams import service as teams
from sscb_training.bookings.teams.rules import Became, Entry
from sscb_training.core.board import BoardSetting
from sscb_training.core.db import db, get_or_404
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates import service as courses_dates
from sscb_training.courses.models import ApprovalStyle, SessionPart, TrainingSession
from sscb_training.people.models import Person
from tests.bookings.dates.verbs import move, tell
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_person,
    make_training_session,
    make_version,
    saved,
)
from tests.unbegun import no_begin

PLACES = 5
NEW_START = SOON + timedelta(days=2)


def all_at_once(app: Flask, number: int, act: Callable[[int], str]) -> list[str]:
    """What each of so many threads got, when they all set off at the same moment."""
    start = Barrier(number)

    def run(thread: int) -> str:
        with app.app_context():
            start.wait(30)
            return act(thread)

    db.session.remove()
    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))


def ask(training_session_id: int, person_id: int, form_key: str | None = None) -> str:
    training_session = get_or_404(TrainingSession, training_session_id)
    person = get_or_404(Person, person_id)
    with transaction():
        booking = requests.request_place(
            training_session,
            person,
            membership=person.memberships[0],
            form_key=form_key,
            by=person,
            now=NOW,
        )
        return f"{booking.status} {booking.reference}"


def people(number: int) -> list[int]:
    agency = make_agency()
    return [make_person(agency=agency).id for _ in range(number)]


def test_ten_called_to_one_place_are_one_delegate_and_nine_who_wait(app: Flask) -> None:
    saved(BoardSetting(name="short_offers_to_all", value=1))
    near = make_training_session(capacity=1, starts_at=NOW + timedelta(days=1))
    waiting = [
        make_booking(near, person=make_person(agency=make_agency()), status=BookingStatus.WAITLISTED).id
        for _ in range(10)
    ]
    with transaction():
        places.offer_free_places(near, now=NOW)

    def accept(thread: int) -> str:
        booking = get_or_404(Booking, waiting[thread])
        try:
            with transaction():
                requests.accept_offer(booking, by=booking.person, now=NOW)
        except BookingRefused as refusal:
            return str(refusal)
        return "accepted"

    answers = all_at_once(app, 10, accept)

    assert sorted(answers)[-1] == "accepted"
    assert len({answer for answer in answers if "Somebody else was quicker" in answer}) == 1
    assert answers.count("accepted") == 1
    found = db.session.scalars(db.select(Booking.status).order_by(Booking.status)).all()
    assert found == [BookingStatus.CONFIRMED] + [BookingStatus.WAITLISTED] * 9


def test_thirty_after_five_places_get_five_and_the_rest_wait_in_order(app: Flask) -> None:
    training_session_id = make_training_session(capacity=PLACES).id
    person_ids = people(30)

    answers = all_at_once(app, 30, lambda i: ask(training_session_id, person_ids[i]))

    assert sum(answer.startswith("confirmed") for answer in answers) == PLACES
    in_order = db.session.scalars(
        db.select(Booking)
        .where(Booking.training_session_id == training_session_id)
        .order_by(Booking.requested_at, Booking.id)
    ).all()
    assert [booking.status for booking in in_order] == (
        [BookingStatus.CONFIRMED] * PLACES + [BookingStatus.WAITLISTED] * 25
    )


def test_without_the_lock_the_same_race_oversells(
    app: Flask, no_lock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = 10
    training_session_id = make_training_session(capacity=PLACES).id
    person_ids = people(asking)
    everybody_has_counted = Barrier(asking)
    count = place_queries.mix

    def count_and_wait(training_session: TrainingSession, **given: Any) -> Mix:
        mix = count(training_session, **given)
        everybody_has_counted.wait(30)
        return mix

    monkeypatch.setattr(place_queries, "mix", count_and_wait)

    answers = all_at_once(app, asking, lambda i: ask(training_session_id, person_ids[i]))

    assert sum(answer.startswith("confirmed") for answer in answers) > PLACES


def test_twenty_clicks_are_one_booking_and_one_letter(app: Flask, asha: Person) -> None:
    training_session_id, person_id = make_training_session(capacity=PLACES).id, asha.id

    answers = all_at_once(app, 20, lambda _: ask(training_session_id, person_id, "the same form"))

    assert len(set(answers)) == 1
    assert db.session.scalar(db.select(db.func.count(Booking.id))) == 1
    assert db.session.scalar(db.select(db.func.count(Letter.id))) == 1


def test_a_place_cancelled_ten_times_at_once_is_offered_to_one(app: Flask) -> None:
    training_session = make_training_session(capacity=1)
    booking_id = make_booking(training_session).id
    for _ in range(3):
        make_booking(training_session, status=BookingStatus.WAITLISTED)
    training_session_id = training_session.id

    def cancel(_: int) -> str:
        booking = get_or_404(Booking, booking_id)
        try:
            with transaction():
                changes.cancel(booking, reason="", by=None, now=NOW)
        except BookingRefused:
            return "refused"
        return "cancelled"

    answers = all_at_once(app, 10, cancel)

    assert sorted(answers) == ["cancelled"] + ["refused"] * 9
    assert queries.places_taken(get_or_404(TrainingSession, training_session_id)) == 1


def test_an_offer_accepted_as_it_lapses_goes_to_one(app: Flask) -> None:
    training_session = make_training_session(capacity=1, starts_at=NOW + timedelta(days=20))
    first = make_booking(
        training_session,
        status=BookingStatus.OFFERED,
        waitlisted_at=NOW,
        offered_at=NOW,
        offer_until=NOW + timedelta(days=2),
    )
    make_booking(training_session, status=BookingStatus.WAITLISTED)
    booking_id, training_session_id = first.id, training_session.id
    over = NOW + timedelta(days=2)

    def answer_or_lapse(thread: int) -> str:
        booking = get_or_404(Booking, booking_id)
        try:
            with transaction():
                if thread % 2:
                    places.lapse_offer(booking, now=over)
                else:
                    requests.accept_offer(booking, by=None, now=over - timedelta(seconds=1))
                    return "accepted"
        except BookingRefused:
            return "refused"
        return "lapsed or nothing"

    answers = all_at_once(app, 10, answer_or_lapse)

    status = get_or_404(Booking, booking_id).status
    assert answers.count("accepted") == (status is BookingStatus.CONFIRMED)
    assert status in {BookingStatus.CONFIRMED, BookingStatus.LAPSED}
    assert queries.places_taken(get_or_404(TrainingSession, training_session_id)) == 1


def test_approved_and_declined_at_once_is_one_answer(app: Flask) -> None:
    version = make_version(make_course(approval=ApprovalStyle.COORDINATOR))
    training_session_id = make_training_session(version, capacity=1, starts_at=NOW + timedelta(days=20)).id
    [person_id] = people(1)
    ask(training_session_id, person_id)
    approval_id = db.session.scalars(db.select(Approval.id)).one()
    db.session.remove()

    def answer(thread: int) -> str:
        approval = get_or_404(Approval, approval_id)
        try:
            with transaction():
                requests.answer(
                    approval, approved=bool(thread % 2), reason="No cover", by=None, by_name="Mo", now=NOW
                )
        except BookingRefused:
            return "refused"
        return "answered"

    answers = all_at_once(app, 10, answer)

    assert sorted(answers) == ["answered"] + ["refused"] * 9
    approval = get_or_404(Approval, approval_id)
    held = BookingStatus.CONFIRMED if approval.approved else BookingStatus.DECLINED
    assert [booking.status for booking in approval.bookings] == [held]


def lists_of(number: int) -> list[tuple[int, list[Entry]]]:
    """Two leads, each with a list of so many people of their own agency."""
    found = []
    for _ in range(2):
        agency = make_agency()
        lead = make_person(agency=agency, leads=agency)
        jobs = [make_person(agency=agency).memberships[0] for _ in range(number)]
        found.append((lead.id, [Entry(0, "", membership_id=job.id) for job in jobs]))
    return found


def book_list(training_session_id: int, lead_id: int, entries: list[Entry], *, all_or_none: bool) -> int:
    """How many of the list got a place."""
    training_session, lead = get_or_404(TrainingSession, training_session_id), get_or_404(Person, lead_id)
    team = teams.TeamList(lead.memberships[0].agency, entries, None)
    try:
        with transaction():
            lines = teams.book_team(
                training_session,
                team,
                all_or_none=all_or_none,
                approver=("", ""),
                form_key=str(lead_id),
                by=lead,
                now=NOW,
            )
    except BookingRefused:
        return 0
    return sum(line.became is Became.PLACE for line in lines)


@pytest.mark.parametrize(("all_or_none", "expected"), [(False, [1, 4]), (True, [0, 4])])
def test_two_leads_with_a_list_each_share_the_last_places(
    app: Flask, all_or_none: bool, expected: list[int]
) -> None:
    training_session_id, lists = make_training_session(capacity=PLACES).id, lists_of(4)

    got = all_at_once(
        app, 2, lambda i: str(book_list(training_session_id, *lists[i], all_or_none=all_or_none))
    )

    assert sorted(map(int, got)) == expected


def test_without_the_lock_two_lists_oversell(
    app: Flask, no_lock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    training_session_id, lists = make_training_session(capacity=3).id, lists_of(2)
    both_have_counted = Barrier(2)
    count = place_queries.mix

    def count_and_wait(training_session: TrainingSession, **given: Any) -> Mix:
        mix = count(training_session, **given)
        both_have_counted.wait(30)
        return mix

    monkeypatch.setattr(place_queries, "mix", count_and_wait)
    monkeypatch.setattr(db.session, "begin_nested", nullcontext)  # a savepoint is a lock on SQLite

    got = all_at_once(app, 2, lambda i: str(book_list(training_session_id, *lists[i], all_or_none=False)))

    assert sum(map(int, got)) > 3


def move_and_tell(training_session_id: int) -> str:
    move(get_or_404(TrainingSession, training_session_id), NEW_START)
    with suppress(BookingRefused):  # everybody booked afterwards
        tell(get_or_404(TrainingSession, training_session_id))
    return ""


def last_words() -> list[str]:
    """The last letter that goes to each delegate."""
    letters = db.session.scalars(
        db.select(Letter)
        .where(Letter.dropped_at.is_(None), Letter.about_type == "booking")
        .order_by(Letter.id)
    )
    return list({letter.about_id: letter.body for letter in letters}.values())


def test_who_books_while_the_date_moves_reads_the_new_time_in_the_end(app: Flask) -> None:
    training_session_id, person_ids = make_training_session().id, people(9)

    all_at_once(
        app,
        10,
        lambda i: ask(training_session_id, person_ids[i]) if i < 9 else move_and_tell(training_session_id),
    )

    assert len(last_words()) == 9
    assert all("9 December 2026" in body for body in last_words())


def test_without_the_lock_somebody_who_books_meanwhile_is_told_the_old_time(
    app: Flask, no_lock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    training_session_id, [person_id] = make_training_session().id, people(1)
    has_counted, is_told = Event(), Event()
    count = place_queries.mix

    def count_and_wait(training_session: TrainingSession, **given: Any) -> Mix:
        assert len(training_session.parts) == 1  # read before the move
        has_counted.set()
        is_told.wait(30)
        return count(training_session, **given)

    monkeypatch.setattr(place_queries, "mix", count_and_wait)

    def move_meanwhile() -> str:
        has_counted.wait(30)
        move(get_or_404(TrainingSession, training_session_id), NEW_START)
        is_told.set()
        return ""

    all_at_once(app, 2, lambda i: move_meanwhile() if i else ask(training_session_id, person_id))

    assert "9 December 2026" not in last_words()[0]


def test_two_who_offer_another_date_at_once_offer_it_to_nobody_twice(app: Flask) -> None:
    called_off = make_training_session()
    for _ in range(3):
        make_booking(called_off, confirmed_at=NOW)
    with transaction():
        changes.cancel_session(called_off, reason="Snow", by=None, now=NOW)
    dates = [make_training_session(called_off.course_version, capacity=capacity).id for capacity in (2, 3)]
    called_off_id = called_off.id

    def offer(thread: int) -> str:
        first, second = get_or_404(TrainingSession, called_off_id), get_or_404(TrainingSession, dates[thread])
        try:
            with transaction():
                changes.offer_instead(first, second, by=None, now=NOW)
        except BookingRefused:
            return "refused"
        return "offered"

    assert sorted(all_at_once(app, 2, offer)) == ["offered", "refused"]
    replaced = list(
        db.session.scalars(db.select(Booking.replaces_id).where(Booking.replaces_id.is_not(None)))
    )
    assert len(replaced) == len(set(replaced)) == 3


@pytest.fixture
def no_lock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The service without its lock: on SQLite also without BEGIN IMMEDIATE, which is the lock there."""
    for verbs in (requests, places, changes, make_up, teams, dates, courses_dates):
        monkeypatch.setattr(verbs, "lock", lambda _row: None)
    with no_begin():
        yield


def _last_place_in_a_part() -> tuple[int, Callable[[int], str]]:
    """One place left: thread 0 wants all parts, thread 1 one part alone."""
    before = make_training_session(starts_at=NOW - timedelta(days=9), parts=2)
    changed(before.parts[1], cancelled_at=NOW, cancel_reason="Snow")
    incomplete, missed_id = make_booking(before).id, before.parts[1].id
    later = make_training_session(before.course_version, parts=2, capacity=1)
    session_id, part_id, [person_id] = later.id, later.parts[1].id, people(1)

    def take(thread: int) -> str:
        if thread == 0:
            return ask(session_id, person_id).partition(" ")[0]
        try:
            with transaction():
                return make_up.book_part(
                    get_or_404(Booking, incomplete),
                    get_or_404(SessionPart, missed_id),
                    get_or_404(SessionPart, part_id),
                    by=None,
                    now=NOW,
                ).status
        except BookingRefused:
            return "refused"

    return part_id, take


def test_the_last_place_in_a_part_goes_to_a_whole_booking_or_to_one_of_that_part(app: Flask) -> None:
    part_id, take = _last_place_in_a_part()

    whole, alone = all_at_once(app, 2, take)

    assert (whole, alone) in {("confirmed", "refused"), ("waitlisted", "confirmed")}
    part = get_or_404(SessionPart, part_id)
    assert queries.places_taken(part.training_session) == 1


def test_without_the_lock_the_last_place_in_a_part_is_taken_twice(
    app: Flask, no_lock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, take = _last_place_in_a_part()
    both_have_counted = Barrier(2)
    for module, name in ((place_queries, "mix"), (queries, "places_left_in")):
        monkeypatch.setattr(module, name, _and_wait(getattr(module, name), both_have_counted))

    assert all_at_once(app, 2, take) == ["confirmed", "confirmed"]


def _and_wait(count: Callable[..., Any], barrier: Barrier) -> Callable[..., Any]:
    def counted(*given: Any, **named: Any) -> Any:
        found = count(*given, **named)
        barrier.wait(30)
        return found

    return counted
