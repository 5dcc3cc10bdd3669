"""Known values of the paired interval, and that no two figures that are shown differ by fewer than five people."""

from datetime import date, timedelta
from functools import reduce
from operator import add

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sscb_training.evaluations.results.rules import (
    FEWEST,
    Of,
    Sums,
    change,
    lumped,
    released,
    t_95,
    whole_quarters,
)

MONDAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("freedom", "expected"),
    [
        (1, 12.7062),
        (2, 4.3027),
        (4, 2.7764),
        (5, 2.5706),
        (9, 2.2622),
        (29, 2.0452),
        (100, 1.9840),
        (5000, 1.9600),
    ],
)
def test_t_95_is_that_of_the_tables(freedom: int, expected: float) -> None:
    assert t_95(freedom) == pytest.approx(expected, abs=0.0002)


def sums(*pairs: tuple[float, float]) -> Sums:
    return reduce(add, (Sums(1, a, b, b - a, (b - a) ** 2) for a, b in pairs), Sums())


def test_change_is_the_mean_difference_with_its_paired_t_interval() -> None:
    # Student's sleep data of 1908: extra hours with two drugs, ten patients; R's t.test(paired = TRUE) gives these
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

    found = change(sums(*zip(first, second, strict=True)))

    assert found is not None
    assert found.pairs == 10
    assert [found.before, found.after] == pytest.approx([0.75, 2.33])
    assert found.difference == pytest.approx(1.58)
    assert [found.low, found.high] == pytest.approx([0.7001142, 2.4598858])


def test_change_of_the_same_step_by_all_has_no_width_and_of_four_people_is_not_told() -> None:
    found = change(sums(*[(2, 3)] * 5))

    assert found is not None
    assert (found.low, found.difference, found.high) == (1, 1, 1)
    assert change(sums(*[(2, 3)] * 4)) is None


sizes = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 9), st.integers(1, 2)), max_size=25)
periods = st.tuples(st.integers(0, 400), st.integers(0, 400))


@settings(deadline=None, max_examples=60)
@given(sizes, periods, periods)
def test_two_figures_of_any_periods_never_differ_by_fewer_than_five_people(
    made: list[tuple[int, int, int]], one: tuple[int, int], other: tuple[int, int]
) -> None:
    sessions = [
        Of(number, version, MONDAY + timedelta(days=days), people)
        for number, (days, people, version) in enumerate(made)
    ]

    def people(shown: frozenset[int]) -> int:
        return sum(session.people for session in sessions if session.training_session_id in shown)

    first, second = (
        released(sessions, begin=MONDAY + timedelta(days=begin), end=MONDAY + timedelta(days=end))
        for begin, end in (one, other)
    )
    for shown in (first, second, first - second, second - first, first & second):
        assert not 0 < people(shown) < FEWEST
    assert first | second <= released(sessions)


@given(st.dictionaries(st.integers(0, 30), st.integers(1, 12), max_size=12), st.integers(0, 6))
def test_lumped_leaves_no_rest_of_fewer_than_five(people: dict[int, int], beside: int) -> None:
    shown = lumped(people, beside=beside)
    rest = beside + sum(number for key, number in people.items() if key not in shown)

    assert all(people[key] >= FEWEST for key in shown)
    assert rest == 0 or rest >= FEWEST or not shown


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (date(2025, 11, 27), date(2026, 11, 26), (date(2026, 1, 1), date(2026, 9, 30))),
        (date(2026, 4, 1), date(2027, 3, 31), (date(2026, 4, 1), date(2027, 3, 31))),
        (date(2026, 4, 2), date(2026, 9, 29), None),
        (date(2026, 12, 31), date(2026, 1, 1), None),
        (date.max, date.max, None),
        (date.min, date.max, (date.min, date.max)),
    ],
)
def test_whole_quarters_leaves_out_what_the_period_cuts(
    begin: date, end: date, expected: tuple[date, date] | None
) -> None:
    assert whole_quarters(begin, end) == expected
