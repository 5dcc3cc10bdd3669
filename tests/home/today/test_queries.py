from datetime import timedelta

from sscb_training.agencies.models import Agency
from sscb_training.attendance.models import Register
from sscb_training.bookings.models import BookingStatus
from sscb_training.core.mail import Letter
from sscb_training.courses.models import SessionStatus
from sscb_training.home.today import queries
from sscb_training.needs.models import NeedStatus
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    a_staff_group,
    changed,
    make_accreditation,
    make_booking,
    make_headcount,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
    make_training_session,
    saved,
)

YESTERDAY = NOW - timedelta(days=1)
SOON_OVER, LATER = TODAY + timedelta(days=50), TODAY + timedelta(days=800)


def test_staff_bookings_are_of_those_who_name_the_manager_now(
    hill_school: Agency, asha: Person, dev: Person
) -> None:
    manager = make_person("Mo Manager", agency=hill_school, email="mo@agency.example")
    training_session = make_training_session()
    booking = make_booking(training_session, person=asha)
    elsewhere = make_person(agency=hill_school)
    changed(elsewhere.memberships[0], manager_email="other@agency.example")
    make_booking(training_session, person=elsewhere)
    left = make_person(agency=hill_school)
    changed(left.memberships[0], valid_to=TODAY - timedelta(days=1))
    make_booking(training_session, person=left)

    found = queries.staff_bookings(manager, now=NOW, on=TODAY)

    assert [one.id for one in found] == [booking.id]
    assert queries.manages_somebody(manager, on=TODAY)
    assert not queries.manages_somebody(asha, on=TODAY)
    assert not queries.staff_bookings(asha, now=NOW, on=TODAY)


def test_nobody_manages_without_an_address(asha: Person) -> None:
    changed(asha.memberships[0], manager_email="")
    nobody = make_person(email=None)

    assert not queries.manages_somebody(nobody, on=TODAY)
    assert not queries.staff_bookings(nobody, now=NOW, on=TODAY)


def test_number_due_counts_people_of_the_agency_once(hill_school: Agency, asha: Person, dev: Person) -> None:
    one, other = make_scheme(), make_scheme()
    make_accreditation(asha, one, expires_on=SOON_OVER)
    make_accreditation(asha, other, expires_on=SOON_OVER)
    make_accreditation(dev, one, expires_on=SOON_OVER)
    renewed = make_person(agency=hill_school)
    make_accreditation(renewed, one, expires_on=SOON_OVER)
    make_accreditation(renewed, one, expires_on=LATER)
    gone = make_person(agency=hill_school)
    make_accreditation(gone, one, expires_on=TODAY - timedelta(days=1))

    assert queries.number_due(frozenset({hill_school.id}), on=TODAY) == 1


def test_missing_headcounts_are_of_groups_that_work_there(
    hill_school: Agency, asha: Person, dev: Person
) -> None:
    teachers = a_staff_group()
    nurses, leads = make_staff_group(name="School nurses"), make_staff_group(name="Leads")
    make_person(agency=hill_school, staff_group=nurses)
    make_person(agency=hill_school, staff_group=leads)
    make_headcount(hill_school, nurses, 4, as_at=TODAY - timedelta(days=700))
    make_headcount(hill_school, leads, 4, as_at=TODAY - timedelta(days=700))
    make_headcount(hill_school, leads, 5, as_at=TODAY - timedelta(days=30))

    found = queries.missing_headcounts(frozenset({hill_school.id}), on=TODAY)

    assert {(one.agency, one.staff_group, one.as_at) for one in found} == {
        ("Hill School", teachers.name, None),
        ("Hill School", "School nurses", TODAY - timedelta(days=700)),
    }


def test_needs_behind_are_open_with_a_percentage_under_the_target(hill_school: Agency, asha: Person) -> None:
    scheme = make_scheme()
    make_headcount(hill_school, a_staff_group(), 4)
    make_accreditation(asha, scheme, expires_on=LATER)
    a_little = make_need(scheme=scheme, target_percent=30)
    far = make_need(scheme=make_scheme(), target_percent=60)
    make_need(scheme=scheme, target_percent=25)
    make_need(scheme=scheme)
    make_need(scheme=scheme, target_percent=90, status=NeedStatus.CLOSED)
    make_need(scheme=scheme, target_percent=90, staff_groups=[make_staff_group()])

    found = queries.needs_behind(on=TODAY)

    assert [(one.need.code, one.figure.percent, one.missing) for one in found] == [
        (far.code, 0, 60),
        (a_little.code, 25, 5),
    ]


def test_unclosed_registers_are_of_sessions_that_are_over() -> None:
    assert queries.unclosed_registers(now=NOW).number == 0
    first = make_training_session(starts_at=YESTERDAY - timedelta(days=3))
    begun = make_training_session(starts_at=YESTERDAY)
    saved(Register(training_session_id=begun.id, opened_at=NOW))
    closed = make_training_session(starts_at=YESTERDAY)
    saved(Register(training_session_id=closed.id, opened_at=NOW, closed_at=NOW))
    make_training_session(starts_at=YESTERDAY, status=SessionStatus.CANCELLED)
    make_training_session()

    found = queries.unclosed_registers(now=NOW)

    assert found.number == 2
    assert found.since == first.ends_at


def test_worth_a_look_are_the_nearly_empty_and_those_that_somebody_waits_for() -> None:
    empty = make_training_session(capacity=6)
    make_booking(empty)
    waited_for = make_training_session(starts_at=SOON + timedelta(days=1), capacity=1)
    make_booking(waited_for)
    make_booking(waited_for, status=BookingStatus.WAITLISTED)
    filling = make_training_session(capacity=3)
    make_booking(filling)
    make_training_session(starts_at=NOW + timedelta(days=40))
    make_training_session(status=SessionStatus.DRAFT)

    found = queries.worth_a_look(now=NOW)

    assert [(one.training_session.id, one.taken, one.waiting) for one in found] == [
        (empty.id, 1, 0),
        (waited_for.id, 1, 1),
    ]
    assert [one.left for one in found] == [5, 0]


def test_undelivered_letters_are_of_the_last_month() -> None:
    for number, gave_up_at in enumerate((YESTERDAY, NOW - timedelta(days=60), None)):
        saved(
            Letter(
                template="x",
                to_address="a@b.example",
                subject="",
                body="",
                message_id=str(number),
                queued_at=NOW,
                send_at=NOW,
                gave_up_at=gave_up_at,
            )
        )

    assert queries.undelivered_letters(now=NOW) == 1
