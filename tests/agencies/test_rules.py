"""How old a return is, and whether successors come round again."""

from datetime import date

import pytest

from sscb_training.agencies import rules


@pytest.mark.parametrize(
    ("as_at", "old"),
    [(date(2025, 10, 20), False), (date(2025, 10, 19), False), (date(2025, 10, 18), True)],
)
def test_a_return_is_old_after_400_days(as_at: date, old: bool) -> None:
    assert rules.is_old(as_at, on=date(2026, 11, 23)) is old


@pytest.mark.parametrize(
    ("as_at", "words"),
    [
        (date(2026, 11, 23), "new"),
        (date(2026, 10, 24), "new"),
        (date(2026, 10, 23), "1 month old"),
        (date(2025, 11, 24), "11 months old"),
        (date(2025, 11, 23), "1 year old"),
        (date(2023, 11, 24), "2 years old"),
        (date(2023, 11, 23), "3 years old"),
    ],
)
def test_age_is_in_whole_months_and_years(as_at: date, words: str) -> None:
    assert rules.age(as_at, on=date(2026, 11, 23)) == words


@pytest.mark.parametrize(
    ("successor", "successors", "back"),
    [
        (2, {}, False),
        (1, {}, True),
        (2, {2: 3, 3: 1}, True),
        (2, {2: 3, 3: 4}, False),
        (2, {2: 3, 3: 2}, False),
    ],
)
def test_successors_that_come_round_are_seen(successor: int, successors: dict[int, int], back: bool) -> None:
    assert rules.leads_back(1, successor, successors=successors) is back
