"""Terms that stay as they were settled, and the charges that follow from them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency, Sector
from sscb_training.attendance import service as attendance
from sscb_training.attendance.models import Mark
from sscb_training.bookings.charges import queries, service
from sscb_training.bookings.charges.models import Charge, ChargeKind, ChargeState
from sscb_training.bookings.charges.service import ChargeRefused
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from tests.bookings.verbs import cancel, request_place
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    changed,
    make_agency,
    make_booking,
    make_charge,
    make_person,
    make_policy,
    make_training_session,
)

Outbox = Callable[[], list[Letter]]
Count = Callable[[Callable[[], object]], int]
AFTER = SOON + timedelta(hours=4)
LATE = SOON - timedelta(days=6)


def charges() -> list[Charge]:
    return list(db.session.scalars(db.select(Charge).order_by(Charge.id)))


def close(training_session: TrainingSession, marks: dict[Booking, Mark], *, again: bool = False) -> None:
    part = training_session.parts[0]
    with transaction():
        if again:
            attendance.reopen_register(training_session, reason="A slip", by=None, now=AFTER)
        attendance.save_register(
            training_session,
            marks={(booking.id, part.id): mark for booking, mark in marks.items()},
            scores={},
            by=None,
            now=AFTER,
        )
        attendance.close_register(training_session, by=None, now=AFTER)


def test_terms_are_settled_when_the_booking_is_made_and_stay(asha: Person) -> None:
    policy = make_policy()

    booking = request_place(make_training_session(), asha)
    with transaction():
        service.change_policy(
            policy, by=None, now=NOW, late_fee=9900, free_days=30, valid_from=policy.valid_from
        )

    terms = booking.charge_terms
    assert terms is not None
    assert (terms.free_until, terms.late_fee, terms.absence_fee) == (
        (SOON - timedelta(days=7)).date(), 2500, 2500,
    )  # fmt: skip
    assert [entry.verb for entry in history.entries_about(policy)] == ["changed"]


def test_notice_in_working_days_skips_the_weekend(asha: Person) -> None:
    make_policy(free_days=3, in_working_days=True)

    terms = request_place(make_training_session(), asha).charge_terms

    assert terms is not None
    assert f"{SOON:%A} {terms.free_until:%A}" == "Monday Wednesday"


def test_without_a_policy_nothing_is_charged(asha: Person, outbox: Outbox) -> None:
    booking = request_place(make_training_session(), asha)

    cancel(booking, now=LATE)

    assert booking.charge_terms is None
    assert charges() == []
    assert "No charge follows: this booking is free of charge." in outbox()[-1].body


def test_a_late_cancellation_is_charged_and_the_receipt_says_so(asha: Person, outbox: Outbox) -> None:
    make_policy()
    booking = request_place(make_training_session(), asha)

    cancel(booking, by=asha, now=LATE)

    [charge] = charges()
    assert (charge.kind, charge.amount, charge.agency.name, charge.raised_at) == (
        ChargeKind.LATE_CANCELLATION, 2500, "Hill School", LATE,
    )  # fmt: skip
    assert charge.why == "Cancelled on 1 December 2026, after 30 November 2026."
    assert [entry.verb for entry in history.entries_about(charge)] == ["raised"]
    assert f"A charge follows: your agency is charged £25. {charge.why}" in outbox()[-1].body
    assert booking.cancelled_late


def test_nothing_is_charged_in_time_or_for_what_the_board_decides(asha: Person, outbox: Outbox) -> None:
    make_policy()
    training_session = make_training_session()

    cancel(request_place(training_session, asha), now=SOON - timedelta(days=7))
    assert "No charge follows: it was cancelled in time." in outbox()[-1].body
    cancel(request_place(training_session, asha), now=LATE, board_decided=True)
    assert "No charge follows: the board cancelled it." in outbox()[-1].body

    assert not any(booking.cancelled_late for booking in db.session.scalars(db.select(Booking)))
    assert charges() == []


@pytest.mark.parametrize(
    "status", [BookingStatus.WAITLISTED, BookingStatus.AWAITING_APPROVAL, BookingStatus.OFFERED]
)
def test_a_place_that_was_never_confirmed_is_given_up_free_of_charge(
    asha: Person, status: BookingStatus
) -> None:
    make_policy()
    booking = request_place(make_training_session(), asha)
    changed(booking, status=status)

    cancel(booking, now=LATE)

    assert not booking.cancelled_late
    assert charges() == []


def test_story_9_four_delegates_do_not_come(cara: Person) -> None:
    trust = make_agency(name="SCHT", sector=Sector.COMMUNITY_HEALTH)
    make_policy()
    make_policy(sector=Sector.SOCIAL_CARE, late_fee=0)
    make_policy(agency_id=trust.id, follows_own_rules=True)
    training_session = make_training_session()

    def booked(agency: Agency) -> Booking:
        return request_place(training_session, make_person(agency=agency))

    nursery, council, of_trust, ill = (
        booked(agency)
        for agency in (
            make_agency(name="Nursery", sector=Sector.EARLY_YEARS),
            make_agency(name="Council", sector=Sector.SOCIAL_CARE),
            trust,
            make_agency(name="School"),
        )
    )
    everybody = (nursery, council, of_trust, ill)
    close(training_session, dict.fromkeys(everybody, Mark.DID_NOT_ATTEND))

    assert [charge.agency.name for charge in charges()] == ["Nursery", "Council", "School"]
    with transaction():
        service.excuse(ill.charges[0], confirmed_by="Mo Manager", by=cara, now=AFTER)
    assert (ill.charges[0].state, ill.charges[0].reason) == (ChargeState.EXCUSED, "Confirmed by Mo Manager")
    assert [booking.outcome for booking in everybody] == [Outcome.DID_NOT_ATTEND] * 4
    assert [charge.is_due for charge in charges()] == [True, True, False]


def test_a_corrected_register_withdraws_the_charge_and_raises_it_once(asha: Person) -> None:
    make_policy()
    training_session = make_training_session()
    booking = request_place(training_session, asha)

    close(training_session, {booking: Mark.DID_NOT_ATTEND})
    close(training_session, {booking: Mark.DID_NOT_ATTEND}, again=True)
    assert [charge.state for charge in charges()] == [ChargeState.DUE]
    close(training_session, {booking: Mark.LATE}, again=True)
    assert [charge.state for charge in charges()] == [ChargeState.WITHDRAWN]
    close(training_session, {booking: Mark.DID_NOT_ATTEND}, again=True)

    assert [charge.state for charge in charges()] == [ChargeState.WITHDRAWN, ChargeState.DUE]


def test_a_waived_charge_stays_waived_when_the_register_is_closed_again(asha: Person, cara: Person) -> None:
    make_policy()
    training_session = make_training_session()
    booking = request_place(training_session, asha)
    close(training_session, {booking: Mark.DID_NOT_ATTEND})
    with transaction():
        service.waive(charges()[0], reason="A funeral", by=cara, now=AFTER)

    close(training_session, {booking: Mark.DID_NOT_ATTEND}, again=True)

    assert [charge.state for charge in charges()] == [ChargeState.WAIVED]


def test_closing_a_register_asks_the_same_questions_for_one_and_three(count_queries: Count) -> None:
    make_policy()

    def settled(number: int) -> int:
        training_session = make_training_session()
        booked = [request_place(training_session, make_person(agency=make_agency())) for _ in range(number)]
        for booking in booked:
            changed(booking, outcome=Outcome.ATTENDED, outcome_on=TODAY, outcome_recorded_at=NOW)
        return count_queries(lambda: service.settle_absences(booked, by=None, now=NOW))

    assert settled(1) == settled(3) == 2


def test_waive_names_who_and_why_and_can_be_taken_back(asha: Person, cara: Person) -> None:
    charge = make_charge(make_booking(make_training_session(), person=asha))

    with transaction():
        service.waive(charge, reason="A funeral", by=cara, now=NOW)
    assert (charge.state, charge.reason, charge.decided_by, charge.decided_at) == (
        ChargeState.WAIVED, "A funeral", cara, NOW,
    )  # fmt: skip
    with pytest.raises(ChargeRefused, match="waived already"):
        service.excuse(charge, confirmed_by="Mo", by=cara, now=NOW)
    db.session.rollback()
    with transaction():
        service.take_back(charge, by=cara, now=NOW)
    with pytest.raises(ChargeRefused, match="nothing to take back"):
        service.take_back(charge, by=cara, now=NOW)

    assert (charge.state, charge.reason) == (ChargeState.DUE, "")
    assert [entry.verb for entry in history.entries_about(charge)] == ["waived", "taken back"]
    assert history.entries_about(charge)[0].detail["reason"] == "A funeral"


def test_terms_for_writes_nothing(asha: Person) -> None:
    make_policy()
    assert queries.terms_for(make_training_session(), asha.memberships[0].agency, on=TODAY)
    assert not db.session.new
