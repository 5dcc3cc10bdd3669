from datetime import timedelta

import pytest

from sscb_training.bookings.models import BookingStatus
from sscb_training.courses.models import SessionStatus
from sscb_training.home import queries
from sscb_training.home.rules import Standing
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_booking,
    make_course,
    make_scheme,
    make_training_session,
)

YESTERDAY = NOW - timedelta(days=1)
SOON_OVER, LATER = TODAY + timedelta(days=50), TODAY + timedelta(days=800)


def test_coming_bookings_are_live_published_and_not_over(asha: Person, dev: Person) -> None:
    today = make_training_session(starts_at=NOW - timedelta(hours=1))
    wanted = [
        make_booking(today, person=asha),
        make_booking(make_training_session(), person=asha, status=BookingStatus.WAITLISTED),
    ]
    make_booking(make_training_session(), person=asha, status=BookingStatus.CANCELLED_BY_DELEGATE)
    make_booking(make_training_session(starts_at=YESTERDAY), person=asha)
    make_booking(make_training_session(status=SessionStatus.CANCELLED), person=asha)
    make_booking(today, person=dev)

    found = queries.coming_bookings(asha, now=NOW)

    assert [booking.id for booking in found] == [booking.id for booking in wanted]


def test_past_bookings_are_those_with_a_place_latest_first(asha: Person, dev: Person) -> None:
    before, yesterday = (
        make_training_session(starts_at=at) for at in (YESTERDAY - timedelta(days=9), YESTERDAY)
    )
    wanted = [make_booking(one, person=asha).id for one in (before, yesterday)]
    make_booking(yesterday, person=dev)
    make_booking(
        make_training_session(starts_at=YESTERDAY), person=asha, status=BookingStatus.CANCELLED_BY_DELEGATE
    )
    make_booking(make_training_session(), person=asha)

    assert [booking.id for booking in queries.past_bookings(asha, now=NOW)] == wanted[::-1]


def test_renewals_are_what_ends_soon_or_has_run_out(asha: Person) -> None:
    course = make_course()
    ends, ran_out, lasts, revoked = (make_scheme(course) for _ in range(4))
    make_accreditation(asha, ends, expires_on=SOON_OVER)
    make_accreditation(asha, ran_out, expires_on=TODAY - timedelta(days=5))
    make_accreditation(asha, lasts, expires_on=SOON_OVER)
    make_accreditation(asha, lasts, expires_on=LATER)
    make_accreditation(asha, revoked, revoked_on=TODAY - timedelta(days=1))

    found = queries.renewals(asha, on=TODAY)

    assert [one.scheme.id for one in found] == [ran_out.id, ends.id]
    assert [one.stands.standing for one in found] == [Standing.ENDED, Standing.DUE]
    assert found[0].course is not None
    assert found[0].course.id == course.id


@pytest.mark.one_database
@pytest.mark.parametrize(("late_months", "takes"), [(0, ["whole"]), (3, ["refresher", "whole"])])
def test_renewals_name_a_refresher_only_while_it_renews(
    late_months: int, takes: list[str], asha: Person
) -> None:
    whole, refresher = make_course(title="whole"), make_course(title="refresher")
    scheme = make_scheme(whole, refresher, late_months=late_months)
    changed(scheme.ways[1], is_refresher=True)
    make_accreditation(asha, scheme, expires_on=TODAY - timedelta(days=5))
    due = make_scheme(whole, refresher)
    changed(due.ways[1], is_refresher=True)
    make_accreditation(asha, due, expires_on=SOON_OVER)

    found = queries.renewals(asha, on=TODAY)

    assert [course.title for course in found[0].courses] == takes
    assert [course.title for course in found[1].courses] == ["refresher", "whole"]
