"""What decides about places."""

from datetime import date, timedelta

import pytest

from sscb_training.bookings import rules
from tests.factories import NOW


@pytest.mark.parametrize(
    ("ahead", "started"), [(timedelta(seconds=1), False), (timedelta(0), True), (-timedelta(seconds=1), True)]
)
def test_a_session_has_started_from_its_first_moment(ahead: timedelta, started: bool) -> None:
    assert rules.has_started(NOW + ahead, now=NOW) is started


def test_access_needs_are_kept_for_two_weeks_after_the_last_day() -> None:
    assert rules.access_needs_deleted_after(date(2026, 12, 24)) == date(2027, 1, 7)


def test_no_letter_of_a_reference_reads_as_another() -> None:
    assert len(set(rules.REFERENCE_LETTERS)) == 32
    assert not set("IO01") & set(rules.REFERENCE_LETTERS)
