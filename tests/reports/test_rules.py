"""Shares, and the periods that boards report on."""

from datetime import date

import pytest

from sscb_training.reports.rules import Preset, Rate, days_of, is_whole_quarters, preset_of, quarter_end_by


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 2000, "0.1%"),
        (5, 5, "100.0%"),
        (6, 5, "120.0%"),
        (0, 0, "Not known"),
    ],
)
def test_a_rate_is_said_to_one_decimal_place(part: int, whole: int, said: str) -> None:
    assert Rate(part, whole, "of them").percent == said


@pytest.mark.parametrize(
    ("preset", "today", "begin", "end"),
    [
        ("last-12-months", date(2026, 11, 23), date(2025, 11, 24), date(2026, 11, 23)),
        ("this-quarter", date(2026, 11, 23), date(2026, 10, 1), date(2026, 11, 23)),
        ("last-quarter", date(2026, 11, 23), date(2026, 7, 1), date(2026, 9, 30)),
        ("last-quarter", date(2026, 1, 1), date(2025, 10, 1), date(2025, 12, 31)),
        ("this-financial-year", date(2026, 11, 23), date(2026, 4, 1), date(2026, 11, 23)),
        ("this-financial-year", date(2026, 3, 31), date(2025, 4, 1), date(2026, 3, 31)),
        ("this-financial-year", date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 1)),
        ("last-financial-year", date(2026, 3, 31), date(2024, 4, 1), date(2025, 3, 31)),
        ("this-calendar-year", date(2024, 2, 29), date(2024, 1, 1), date(2024, 2, 29)),
        ("last-calendar-year", date(2024, 2, 29), date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_a_period_by_name_has_its_days(preset: str, today: date, begin: date, end: date) -> None:
    assert days_of(Preset(preset), today=today) == (begin, end)
    assert preset_of(begin, end, today=today) is not None
    assert preset_of(begin, date(2199, 1, 1), today=today) is None


@pytest.mark.parametrize(
    ("begin", "end", "whole"),
    [
        (date(2026, 4, 1), date(2026, 9, 30), True),
        (date(2026, 1, 1), date(2026, 12, 31), True),
        (date(2026, 4, 2), date(2026, 9, 30), False),
        (date(2026, 4, 1), date(2026, 9, 29), False),
    ],
)
def test_a_period_of_whole_quarters(begin: date, end: date, whole: bool) -> None:
    assert is_whole_quarters(begin, end) is whole


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 9, 29), date(2026, 6, 30)),
        (date(2026, 2, 28), date(2025, 12, 31)),
    ],
)
def test_a_quarters_end_that_had_come(day: date, end: date) -> None:
    assert quarter_end_by(day) == end
