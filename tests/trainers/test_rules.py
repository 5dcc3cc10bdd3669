from datetime import date, timedelta
from functools import reduce

import pytest

from sscb_training.trainers import rules
from sscb_training.trainers.rules import Lent, Period


@pytest.mark.parametrize(
    ("hours", "halves"), [([], 0), ([3], 1), ([4], 1), ([4.5], 2), ([3, 3], 2), ([3, 6], 2), ([2, 2, 2], 2)]
)
def test_half_days(hours: list[float], halves: int) -> None:
    assert reduce(rules.half_days, [timedelta(hours=length) for length in hours], 0) == halves


@pytest.mark.parametrize(
    ("halves", "words"), [(0, "0 days"), (1, "0.5 days"), (2, "1 day"), (-2, "-1 day"), (5, "2.5 days")]
)
def test_in_words(halves: int, words: str) -> None:
    assert rules.in_words(halves) == words


EARLY, LATE = date(2026, 4, 1), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("lent", "places"),
    [
        ([], 0),
        ([Lent(date(2026, 3, 31), 2)], 0),
        ([Lent(EARLY, 1)], 0),
        ([Lent(EARLY, 1), Lent(date(2026, 9, 30), 1)], 1),
        ([Lent(EARLY, 2), Lent(LATE, 2)], 4),
        ([Lent(EARLY, 2), Lent(EARLY, -4)], 0),
    ],
)
def test_places_earned(lent: list[Lent], places: int) -> None:
    assert rules.places_earned(lent, {LATE: 3, EARLY: 1}) == places


@pytest.mark.parametrize(
    ("day", "first_month", "year"),
    [
        (date(2026, 3, 31), 4, Period(date(2025, 4, 1), date(2026, 3, 31))),
        (date(2026, 4, 1), 4, Period(date(2026, 4, 1), date(2027, 3, 31))),
        (date(2028, 1, 5), 1, Period(date(2028, 1, 1), date(2028, 12, 31))),
    ],
)
def test_account_year(day: date, first_month: int, year: Period) -> None:
    assert rules.account_year(day, first_month=first_month) == year
