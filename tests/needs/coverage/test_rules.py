"""What a coverage figure may say."""

from datetime import date

import numpy as np
import pytest

from sscb_training.needs.coverage import rules


@pytest.mark.parametrize(
    ("in_force", "headcount", "said"),
    [
        (61, 84, 73),
        (37, None, None),
        (0, None, None),
        (0, 0, None),
        (3, 0, None),
        (0, 84, 0),
        (84, 84, 100),
        (90, 84, 107),
        (1, 1000, 1),
        (999, 1000, 99),
        (1, 8, 13),
    ],
)
def test_a_percentage_only_where_there_is_a_headcount(
    in_force: int, headcount: int | None, said: int | None
) -> None:
    assert rules.percent(in_force, headcount) == said


def test_the_spread_says_what_the_lines_say() -> None:
    lines = [(5, 40), (10, 80), (15, 40), (1, 9), (45, 40)]  # 13%, 13%, 38%, too few to compare, 113%

    assert rules.spread(lines) == rules.Spread(13, 13, 26, 57, 113, 4)


@pytest.mark.parametrize(
    ("in_force", "headcount", "missing"), [(61, 84, 23), (90, 84, 0), (37, None, None), (0, 0, 0)]
)
def test_the_gap_is_never_below_nought(in_force: int, headcount: int | None, missing: int | None) -> None:
    assert rules.gap(in_force, headcount) == missing


@pytest.mark.parametrize(
    ("in_force", "headcount", "odd"), [(85, 84, True), (84, 84, False), (1, None, False)]
)
def test_more_people_than_the_headcount_is_to_be_checked(
    in_force: int, headcount: int | None, odd: bool
) -> None:
    assert rules.needs_checking(in_force, headcount) is odd


def test_a_headcount_is_old_when_the_next_years_return_is_overdue() -> None:
    assert not rules.is_old(date(2025, 9, 1), as_at=date(2026, 9, 1))
    assert rules.is_old(date(2025, 9, 1), as_at=date(2026, 11, 1))
    assert not rules.is_old(None, as_at=date(2026, 9, 1))


def test_the_twelve_month_ends_before_a_day() -> None:
    ends = rules.month_ends_before(date(2024, 3, 31))

    assert len(ends) == 12
    assert (ends[0], ends[-1]) == (date(2023, 3, 31), date(2024, 2, 29))
    assert rules.month_ends_before(date(2024, 1, 1))[-1] == date(2023, 12, 31)


def test_people_of_the_same_jobs_are_tallied_together_and_each_once() -> None:
    here, there = (1, 1), (2, 1)
    places = rules.places({here: people(3, 4, 7), there: people(4, 7, 9)})

    found = rules.tallies(5, rules.Standing.BOOKED, people(1, 4, 7, 9, 9, 40), places)

    assert {(tally.jobs, tally.people) for tally in found} == {
        (frozenset([here, there]), 2),
        (frozenset([there]), 1),
    }


def test_nobody_is_tallied_where_nobody_works() -> None:
    assert rules.tallies(5, rules.Standing.IN_FORCE, people(1, 4), rules.places({})) == []
    assert rules.tallies(5, rules.Standing.IN_FORCE, people(), rules.places({(1, 1): people(3)})) == []


def people(*ids: int) -> rules.People:
    return rules.each_once(np.array(ids, dtype=np.int64))
