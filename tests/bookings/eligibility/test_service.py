"""Who may book: rules are set, and keep out whom they should."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sscb_training.agencies.models import Sector
from sscb_training.bookings.eligibility import queries, service
from sscb_training.bookings.models import BookingStatus, Outcome
from sscb_training.bookings.requests.service import NotEligible
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import history
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates.service import PartPlan, add_session
from sscb_training.courses.models import ApprovalStyle, Course, TrainingSession
from sscb_training.people.models import Person
from tests.bookings.verbs import request_place
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    make_accreditation,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_scheme,
    make_staff_group,
    make_training_session,
    make_version,
)

Count = Callable[[Callable[[], object]], int]


def set_rules(course: Course, **given: Any) -> None:
    usual: dict[str, Any] = {
        "approval": ApprovalStyle.DECLARED,
        "sectors": [],
        "staff_groups": [],
        "attended": [],
        "schemes": [],
        "most_per_agency": None,
        "by": None,
        "now": NOW,
    }
    with transaction():
        service.set_rules(course, **usual | given)


def a_session_for(**given: Any) -> TrainingSession:
    """A session of a course with these rules."""
    course = make_course(title="Core groups")
    set_rules(course, **given)
    return make_training_session(make_version(course))


def in_the_way(training_session: TrainingSession, person: Person) -> str:
    return " ".join(queries.obstacles(training_session, person.memberships[0], on=TODAY))


def test_a_course_without_rules_is_for_everybody_and_costs_no_query(
    asha: Person, count_queries: Count
) -> None:
    training_session = a_session_for()
    role = asha.memberships[0]

    assert queries.obstacles(training_session, role, on=TODAY) == []
    assert count_queries(lambda: queries.obstacles(training_session, role, on=TODAY)) == 0


def test_a_course_for_some_sectors_keeps_others_out(asha: Person) -> None:
    training_session = a_session_for(sectors=[Sector.POLICE, Sector.HOUSING, Sector.SOCIAL_CARE])

    assert "for Police, Housing and Children’s social care, and Hill School is Education." in in_the_way(
        training_session, asha
    )
    assert "ask the board’s training team" in in_the_way(training_session, asha)


def test_a_course_for_some_staff_groups_keeps_others_out(asha: Person) -> None:
    leads, nurses = make_staff_group(name="Safeguarding leads"), make_staff_group(name="School nurses")
    mine = asha.memberships[0].staff_group

    assert in_the_way(a_session_for(staff_groups=[leads, mine]), asha) == ""
    assert "for Safeguarding leads and School nurses, and this role is in the group Teachers." in in_the_way(
        a_session_for(staff_groups=[leads, nurses]), asha
    )


def test_a_course_attended_opens_the_course_that_needs_it(asha: Person, dev: Person) -> None:
    first = make_course(title="Working together")
    training_session = a_session_for(attended=[first])
    past = make_training_session(make_version(first), starts_at=NOW - timedelta(days=30))
    make_booking(past, person=dev, outcome=Outcome.ATTENDED, outcome_on=TODAY)
    mine = make_booking(past, person=asha)
    assert in_the_way(training_session, asha).startswith(
        "Working together must be attended first. Book a date"
    )

    with transaction():
        mine.outcome, mine.outcome_on = Outcome.PART_ATTENDED, TODAY
    assert in_the_way(training_session, asha)

    with transaction():
        mine.outcome = Outcome.ATTENDED
    assert in_the_way(training_session, asha) == ""


@pytest.mark.parametrize(("days_before", "barred"), [(0, False), (1, True)])
def test_an_accreditation_must_be_in_force_on_the_day_of_the_session(
    days_before: int, barred: bool, asha: Person
) -> None:
    scheme = make_scheme(make_course(title="GCP2 training"), name="Graded Care Profile 2")
    training_session = a_session_for(schemes=[scheme])
    last_day = training_session.starts_at.date() - timedelta(days=days_before)
    make_accreditation(asha, scheme, expires_on=last_day)

    assert bool(in_the_way(training_session, asha)) is barred
    if barred:
        assert in_the_way(training_session, asha).startswith(
            "A Graded Care Profile 2 accreditation must be in force on 7 December 2026. "
            "It is earned on GCP2 training."
        )


def test_one_of_several_is_enough(asha: Person, dev: Person) -> None:
    first, refresher = make_course(title="Working together"), make_course(title="Refresher")
    scheme = make_scheme(make_course(title="GCP2 training"), name="GCP2")
    training_session = a_session_for(one_of_attended=[first, refresher], one_of_schemes=[scheme])
    past = make_training_session(make_version(refresher), starts_at=NOW - timedelta(days=30))
    make_booking(past, person=dev, outcome=Outcome.ATTENDED, outcome_on=TODAY)

    assert in_the_way(training_session, dev) == ""
    assert in_the_way(training_session, asha).startswith(
        "One of these is needed first: Working together attended, Refresher attended or GCP2 accreditation "
        "in force on 7 December 2026. Book a date of Working together, Refresher or GCP2 training."
    )
    make_accreditation(asha, scheme)
    assert in_the_way(training_session, asha) == ""


def test_a_course_of_which_another_way_leads_to_what_it_needs_can_be_booked() -> None:
    one, other, third = make_course(), make_course(), make_course()
    set_rules(one, attended=[other])
    set_rules(other, one_of_attended=[one, third])

    with pytest.raises(BookingRefused, match="nobody could ever book"):
        set_rules(third, attended=[one])


def test_the_rules_of_many_cost_few_queries(asha: Person, count_queries: Count) -> None:
    training_session = a_session_for(
        sectors=[Sector.POLICE, Sector.EDUCATION],
        attended=[make_course() for _ in range(3)],
        schemes=[make_scheme(make_course()) for _ in range(3)],
    )
    role = asha.memberships[0]
    assert role.agency.sector is Sector.EDUCATION

    assert count_queries(lambda: queries.obstacles(training_session, role, on=TODAY)) <= 4


def test_somebody_may_book_in_the_role_that_may(asha: Person) -> None:
    training_session = a_session_for(sectors=[Sector.POLICE])
    school = asha.memberships[0]
    assert len(queries.obstacles_to_all(training_session, [school], on=TODAY)) == 1

    police = make_membership(asha, make_agency(sector=Sector.POLICE))

    assert queries.roles_that_may_book(training_session, [school, police], on=TODAY) == [police]
    assert queries.obstacles_to_all(training_session, [school, police], on=TODAY) == []


def test_request_place_refuses_whom_the_rules_keep_out(asha: Person) -> None:
    training_session = a_session_for(sectors=[Sector.POLICE])

    with pytest.raises(NotEligible, match="for Police, and Hill School is Education"):
        request_place(training_session, asha)
    with pytest.raises(NotEligible):
        request_place(training_session, asha, override_reason="I would like to", by=asha)


def test_board_staff_make_an_exception_and_the_reason_is_kept(asha: Person, cara: Person) -> None:
    training_session = a_session_for(sectors=[Sector.POLICE])

    booking = request_place(training_session, asha, override_reason="Works in the custody suite", by=cara)

    assert booking.status is BookingStatus.CONFIRMED
    assert booking.override_reason == "Works in the custody suite"
    [requested] = history.entries_about(booking)
    assert requested.detail["exception"] == "Works in the custody suite"


def test_a_reason_where_nothing_is_in_the_way_is_no_exception(asha: Person, cara: Person) -> None:
    booking = request_place(make_training_session(), asha, override_reason="To be sure", by=cara)

    assert booking.override_reason == ""


def test_set_rules_keeps_what_changed_in_the_history(cara: Person) -> None:
    course = make_course()
    set_rules(course, sectors=[Sector.POLICE], approval=ApprovalStyle.MANAGER, most_per_agency=4, by=cara)
    set_rules(course, sectors=[Sector.POLICE], approval=ApprovalStyle.MANAGER, most_per_agency=4, by=cara)
    set_rules(course, approval=ApprovalStyle.MANAGER, most_per_agency=4, by=cara)

    first, second = history.entries_about(course)
    assert first.detail == {
        "approval": ["declared", "manager"],
        "most_per_agency": [None, 4],
        "Only for sectors": ["", "Police"],
    }
    assert second.detail == {"Only for sectors": ["Police", ""]}
    assert not course.has_booking_rules


def test_set_rules_refuses_courses_that_need_each_other_first() -> None:
    one, other = make_course(), make_course()
    set_rules(one, attended=[other])

    with pytest.raises(BookingRefused, match="nobody could ever book"):
        set_rules(other, attended=[one])


def test_new_dates_begin_with_the_courses_most_for_one_agency() -> None:
    course = make_course()
    set_rules(course, most_per_agency=4)
    part = PartPlan("", SOON, SOON + timedelta(hours=3))

    with transaction():
        draft = add_session(make_version(course), capacity=20, parts=[part], by=None, now=NOW)

    assert draft.most_per_agency == 4
