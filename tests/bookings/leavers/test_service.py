"""A booking made in a job that ends before the session is carried over, or cancelled without charge."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings.charges.models import Charge, ChargeTerms
from sscb_training.bookings.leavers import jobs, queries, service
from sscb_training.bookings.letters.queries import WHY_NOT
from sscb_training.bookings.models import Booking, BookingStatus, CancelReason
from sscb_training.bookings.requests import service as requests
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.db import db, get_or_404, rows
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle
from sscb_training.people.models import Membership, Person
from tests.bookings.verbs import calendar_of, request_place, verbs, waiting
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_policy,
    make_training_session,
    make_version,
    only,
)

Outbox = Callable[[], list[Letter]]
Explain = Callable[[Callable[[], object]], str]


@pytest.fixture
def trust() -> Agency:
    return make_agency(name="Midlands Partnership")


@pytest.fixture
def booking(asha: Person) -> Booking:
    """Asha's place of a declared course, booked at Hill School."""
    return request_place(make_training_session(capacity=2), asha)


def leaves(person: Person, to: Agency, **given: Any) -> Membership:
    """The person's last day is today, and they begin elsewhere in a week."""
    changed(person.memberships[0], valid_to=TODAY)
    usual: dict[str, Any] = {
        "valid_from": TODAY + timedelta(days=7),
        "manager_name": "Nell New",
        "manager_email": "nell@mpft.example",
    }
    return make_membership(person, to, **usual | given)


def carry_over(booking: Booking, membership: Membership, by: Person) -> None:
    with transaction():
        service.carry_over(booking, membership, by=by, now=NOW)


def test_carry_over_asks_the_new_manager_and_the_new_agency_pays(
    booking: Booking, asha: Person, ben: Person, trust: Agency, outbox: Outbox
) -> None:
    make_policy(agency_id=trust.id, late_fee=7000, absence_fee=7000)
    job = leaves(asha, trust)

    carry_over(booking, job, ben)

    assert booking.status is BookingStatus.AWAITING_APPROVAL
    assert booking.membership == job
    assert [terms.late_fee for terms in rows(db.select(ChargeTerms))] == [7000]
    assert verbs(booking)[-1] == "carried over"
    to_delegate, to_manager = outbox()[-2:]
    assert (to_manager.template, to_manager.to_address) == ("bookings/approve", "nell@mpft.example")
    assert to_delegate.template == "bookings/carried_over"
    assert "Nell New approves it" in to_delegate.body

    approval = booking.approval
    assert approval is not None
    with transaction():
        requests.answer(approval, approved=True, by=None, by_name="Nell New", now=NOW)
    assert get_or_404(Booking, booking.id).status is BookingStatus.CONFIRMED


def test_carry_over_settles_the_terms_anew_where_there_were_some(
    asha: Person, ben: Person, trust: Agency, hill_school: Agency
) -> None:
    make_policy(agency_id=hill_school.id, late_fee=2500)
    make_policy(agency_id=trust.id, follows_own_rules=True)
    booking = request_place(make_training_session(), asha)

    carry_over(booking, leaves(asha, trust), ben)

    assert only(ChargeTerms).follows_own_rules


def test_a_place_that_the_new_manager_declines_leaves_the_calendar(
    booking: Booking, asha: Person, ben: Person, trust: Agency, outbox: Outbox
) -> None:
    carry_over(booking, leaves(asha, trust), ben)
    assert booking.approval is not None

    with transaction():
        requests.answer(
            booking.approval, approved=False, reason="Too early", by=None, by_name="Nell New", now=NOW
        )

    assert outbox()[-1].template == "bookings/declined"
    assert calendar_of(outbox()[-1])["METHOD"] == "CANCEL"


@pytest.mark.parametrize(
    ("approval", "given", "status"),
    [
        (ApprovalStyle.DECLARED, {"has_no_manager": True, "manager_email": ""}, BookingStatus.CONFIRMED),
        (ApprovalStyle.DECLARED, {"manager_email": ""}, BookingStatus.CONFIRMED),
        (ApprovalStyle.MANAGER, {"has_no_manager": True, "manager_email": ""}, BookingStatus.CONFIRMED),
        (ApprovalStyle.COORDINATOR, {}, BookingStatus.AWAITING_APPROVAL),
    ],
)
def test_carry_over_is_approved_as_the_course_says(
    asha: Person,
    ben: Person,
    trust: Agency,
    approval: ApprovalStyle,
    given: dict[str, object],
    status: BookingStatus,
) -> None:
    course = make_course(approval=approval)
    booking = make_booking(make_training_session(make_version(course)), person=asha)

    carry_over(booking, leaves(asha, trust, **given), ben)

    assert booking.status is status


def test_board_staff_who_carry_over_have_allocated_the_place(
    asha: Person, cara: Person, trust: Agency
) -> None:
    version = make_version(make_course(approval=ApprovalStyle.COORDINATOR))
    booking = make_booking(make_training_session(version), person=asha)

    carry_over(booking, leaves(asha, trust), cara)

    assert booking.status is BookingStatus.CONFIRMED


def test_the_manager_of_the_job_that_was_left_decides_nothing(
    asha: Person, ben: Person, trust: Agency, outbox: Outbox
) -> None:
    course = make_course(approval=ApprovalStyle.MANAGER)
    booking = request_place(make_training_session(make_version(course)), asha)
    assert booking.awaits_approval
    asked = booking.approval
    assert asked is not None

    carry_over(booking, leaves(asha, trust, manager_name="", manager_email="", has_no_manager=True), ben)

    assert (booking.status, booking.approval) == (BookingStatus.CONFIRMED, None)
    assert [letter.template for letter in outbox()[-2:]] == ["bookings/confirmed", "bookings/carried_over"]
    with pytest.raises(BookingRefused, match="Nothing waits"), transaction():
        requests.answer(asked, approved=False, reason="No", by=None, by_name="Old Manager", now=NOW)


def test_carry_over_keeps_a_turn_on_the_waiting_list(
    asha: Person, ben: Person, trust: Agency, outbox: Outbox
) -> None:
    full = make_training_session(capacity=1)
    make_booking(full)
    booking = waiting(full, person=asha)

    carry_over(booking, leaves(asha, trust), ben)

    assert booking.is_waiting
    assert booking.approval_id is None
    assert "You keep your turn" in outbox()[-1].body


def test_carry_over_gives_the_old_agencys_share_to_who_waits_there(
    asha: Person, ben: Person, trust: Agency, hill_school: Agency
) -> None:
    training_session = make_training_session(capacity=5, most_per_agency=1)
    booking = make_booking(training_session, person=asha)
    next_one = waiting(training_session, person=make_person(agency=hill_school))

    carry_over(booking, leaves(asha, trust), ben)

    assert get_or_404(Booking, next_one.id).is_offered


def test_carry_over_refuses_a_job_that_they_will_not_have_then(
    booking: Booking, asha: Person, ben: Person, trust: Agency
) -> None:
    too_late = leaves(asha, trust, valid_from=SOON.date() + timedelta(days=1))

    with pytest.raises(BookingRefused, match="for the whole of the session"):
        carry_over(booking, too_late, ben)


def test_carry_over_refuses_the_second_of_two_coordinators(
    booking: Booking, asha: Person, ben: Person, trust: Agency
) -> None:
    job = leaves(asha, trust)
    carry_over(booking, job, ben)

    with pytest.raises(BookingRefused, match="decided about booking"):
        carry_over(booking, job, ben)


def test_carry_over_refuses_a_date_for_another_agency_alone(
    asha: Person, ben: Person, trust: Agency, hill_school: Agency
) -> None:
    booking = make_booking(make_training_session(only_agency=hill_school), person=asha)

    with pytest.raises(BookingRefused, match="for staff of Hill School only"):
        carry_over(booking, leaves(asha, trust), ben)


def test_cancel_for_leaver_is_free_however_late_it_is(asha: Person, ben: Person, outbox: Outbox) -> None:
    make_policy(free_days=30)
    booking = request_place(make_training_session(), asha)
    changed(asha.memberships[0], valid_to=TODAY)

    with transaction():
        service.cancel_for_leaver(booking, by=ben, now=NOW)

    assert booking.status is BookingStatus.CANCELLED_BY_DELEGATE
    assert booking.reason_code is CancelReason.LEFT_THE_JOB
    assert rows(db.select(Charge)) == []
    assert "No charge follows: you left the job for which it was made." in outbox()[-1].body


def test_cancel_for_leaver_refuses_whoever_stays(booking: Booking, ben: Person) -> None:
    with pytest.raises(BookingRefused), transaction():
        service.cancel_for_leaver(booking, by=ben, now=NOW)


@pytest.mark.parametrize(("days_before", "found"), [(1, 1), (0, 0)])
def test_left_behind_is_what_lies_after_the_last_day(
    booking: Booking, asha: Person, ben: Person, cara: Person, dev: Person, days_before: int, found: int
) -> None:
    make_booking(booking.training_session)  # of somebody who stays
    other = changed(make_person(leads=make_agency()), name="Olga Other")
    changed(asha.memberships[0], valid_to=SOON.date() - timedelta(days=days_before))

    for coordinator in (ben, cara):
        assert len(queries.left_behind(coordinator, now=NOW).items) == found
        assert queries.number_left_behind(coordinator, now=NOW) == found
    for stranger in (other, dev, asha):
        assert queries.left_behind(stranger, now=NOW).items == []
    assert queries.left_behind(cara, now=SOON).items == []


def test_left_behind_counts_days_by_the_clocks_of_london(asha: Person, cara: Person) -> None:
    """It ends at half past midnight, which UTC calls the evening before."""
    evening = datetime(2027, 6, 30, 20, 30, tzinfo=UTC)
    make_booking(make_training_session(starts_at=evening), person=asha)
    changed(asha.memberships[0], valid_to=evening.date())
    assert queries.number_left_behind(cara, now=NOW) == 1


def test_a_lead_is_told_once_and_only_while_there_is_something_to_decide(
    booking: Booking, asha: Person, ben: Person, trust: Agency, outbox: Outbox
) -> None:
    job = leaves(asha, trust)

    assert jobs.tell_of_leavers(NOW) == 1
    assert jobs.tell_of_leavers(NOW) == 0
    letter = outbox()[-1]
    assert letter.to_address == "ben@hill.example"
    assert "Asha Patel leaves Hill School. The last day is" in letter.body
    assert WHY_NOT["bookings/left_behind"](booking.id, NOW) == ""

    carry_over(booking, job, ben)

    assert WHY_NOT["bookings/left_behind"](booking.id, NOW) == "Nothing is left to decide."


def test_nobody_is_told_where_nobody_leads(
    booking: Booking, asha: Person, ben: Person, trust: Agency
) -> None:
    leaves(asha, trust)
    changed(ben.role_grants[0], ended_at=NOW)

    assert jobs.tell_of_leavers(NOW) == 0


def test_left_behind_costs_the_same_for_one_and_for_three(
    booking: Booking, asha: Person, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def shown() -> None:
        db.session.expire_all()
        for one in queries.left_behind(get_or_404(Person, cara.id), now=NOW).items:
            assert one.person.name
            assert one.membership
            assert one.membership.agency.name
            assert one.training_session.course.title

    changed(asha.memberships[0], valid_to=TODAY)
    few = count_queries(shown)
    for _ in range(2):
        make_booking(make_training_session(), person=asha)
    assert count_queries(shown) == few
    assert queries.number_left_behind(cara, now=NOW) == 3


def test_the_database_tells_nearly_all_who_stay_from_leavers(cara: Person, explain: Explain) -> None:
    """SQLite says by which index it begins with the sessions to come, PostgreSQL that it compares days."""
    plan = explain(lambda: queries.number_left_behind(cara, now=NOW))

    assert "ix_training_session_status_starts_at" in plan or "date(training_session.ends_at)" in plan
