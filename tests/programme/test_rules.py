"""Which twelve months a year is."""

from datetime import date

import pytest

from sscb_training.programme import rules
from sscb_training.programme.rules import Year


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("2027", date(2027, 1, 1)), ("2026-27", date(2026, 4, 1)), ("2099-00", date(2099, 4, 1)), ("2026-28", None),
        ("1926", None), ("2026-2027", None), ("", None), ("٢٠٢٦", None), ("2027\n", None),
    ],
)  # fmt: skip
def test_a_year_is_named_in_an_address(key: str, first: date | None) -> None:
    year = rules.year_of(key)
    assert (year and year.first) == first
    assert year is None or year.key == key


def test_a_year_has_twelve_months_and_ends_where_the_next_begins() -> None:
    financial, calendar = Year(date(2026, 4, 1)), Year(date(2027, 1, 1))
    assert (financial.months[0], financial.months[8:10]) == (
        date(2026, 4, 1),
        [date(2026, 12, 1), date(2027, 1, 1)],
    )
    assert (len(financial.months), financial.end) == (12, date(2027, 4, 1))
    assert (calendar.months[-1], calendar.end) == (date(2027, 12, 1), date(2028, 1, 1))
    assert (financial.name, calendar.name) == ("April 2026 to March 2027", "January to December 2027")


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2027, 3, 31), date(2026, 4, 1)),
        (date(2027, 4, 1), date(2027, 4, 1)),
        (date(2026, 12, 31), date(2026, 4, 1)),
    ],
)
def test_the_financial_year_begins_in_april(day: date, first: date) -> None:
    assert rules.financial_year_of(day).first == first
    assert {Year(first), Year(date(day.year, 1, 1))} <= set(rules.years_around(day))


@pytest.mark.parametrize(
    ("gap", "booked", "places", "left"), [(10, 3, 4, 3), (10, 10, 0, 0), (10, 3, 20, 0), (10, 0, 0, 10)]
)
def test_unplanned_is_whom_neither_a_booking_nor_a_place_is_for(
    gap: int, booked: int, places: int, left: int
) -> None:
    assert rules.unplanned(gap=gap, booked=booked, places=places) == left
