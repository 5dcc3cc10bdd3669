from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sscb_training.accreditation import rules

days = st.dates(date(1990, 1, 1), date(2200, 12, 31))
months = st.integers(1, 600)


@pytest.mark.parametrize(
    ("awarded", "months", "last_day"),
    [
        (date(2026, 5, 14), 36, date(2029, 5, 14)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_expires_on(awarded: date, months: int, last_day: date) -> None:
    assert rules.expires_on(awarded, valid_months=months) == last_day


def test_expires_on_is_nothing_without_a_term() -> None:
    assert rules.expires_on(date(2026, 5, 14), valid_months=None) is None


@given(days, months)
def test_expires_on_is_in_the_right_month_and_never_after_the_day_it_was_earned(
    awarded: date, months: int
) -> None:
    last_day = rules.expires_on(awarded, valid_months=months)
    assert last_day is not None
    assert (last_day.year - awarded.year) * 12 + last_day.month - awarded.month == months
    assert last_day.day <= awarded.day
    month_ends_there = (last_day + timedelta(days=1)).day == 1
    assert last_day.day == awarded.day or month_ends_there


@given(days, days, months)
def test_expires_on_keeps_the_order_of_awards(one: date, other: date, months: int) -> None:
    first, second = (rules.expires_on(day, valid_months=months) for day in sorted([one, other]))
    assert first is not None
    assert second is not None
    assert first <= second


@pytest.mark.parametrize(
    ("attended", "passed", "awarded"),
    [
        (date(2026, 5, 14), date(2026, 5, 21), date(2026, 5, 21)),
        (date(2026, 5, 14), date(2026, 5, 7), date(2026, 5, 14)),
        (date(2026, 5, 14), None, date(2026, 5, 14)),
    ],
)
def test_awarded_on_is_the_later_of_the_two(attended: date, passed: date | None, awarded: date) -> None:
    assert rules.awarded_on(attended, passed) == awarded


@pytest.mark.parametrize(
    ("percent", "pass_mark", "does"), [(79, 80, False), (80, 80, True), (100, 80, True), (0, 0, True)]
)
def test_passed_includes_the_pass_mark(percent: int, pass_mark: int, does: bool) -> None:
    assert rules.passed(percent, pass_mark) is does
