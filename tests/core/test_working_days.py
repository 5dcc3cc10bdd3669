"""Deadlines over weekends, bank holidays and clock changes."""

from datetime import UTC, date, datetime

import pytest

from sscb_training.core import working_days


@pytest.mark.parametrize(
    ("day", "number", "after"),
    [
        (date(2026, 11, 26), 1, date(2026, 11, 27)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # from a Saturday
        (date(2026, 12, 24), 1, date(2026, 12, 29)),  # Christmas, a weekend, Boxing Day’s substitute
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # Good Friday until Easter Monday
        (date(2026, 11, 26), 0, date(2026, 11, 26)),
    ],
)
def test_working_days_after(day: date, number: int, after: date) -> None:
    assert working_days.working_days_after(day, number) == after


def test_working_days_before_goes_the_same_way_back() -> None:
    assert working_days.working_days_before(date(2026, 12, 29), 1) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("until", "number"),
    [(date(2026, 12, 24), 0), (date(2026, 12, 29), 1), (date(2026, 12, 31), 3), (date(2026, 12, 1), 0)],
)
def test_working_days_until(until: date, number: int) -> None:
    assert working_days.working_days_until(date(2026, 12, 24), until) == number


def test_close_of_business_is_five_in_london_on_both_sides_of_a_clock_change() -> None:
    friday_before = datetime(2026, 10, 23, 9, tzinfo=UTC)
    assert working_days.close_of_business(friday_before, 0) == datetime(2026, 10, 23, 16, tzinfo=UTC)
    assert working_days.close_of_business(friday_before, 1) == datetime(2026, 10, 26, 17, tzinfo=UTC)
