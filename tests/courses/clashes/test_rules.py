"""When two parts are in each other's way, tried with every order of their times."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sscb_training.courses.clashes.rules import Occupation, Shared, in_each_others_way, shared

MIDNIGHT = datetime(2027, 3, 28, tzinfo=UTC)


def part(
    starts: float, ends: float, venue: int | None = 1, trainers: frozenset[int] = frozenset()
) -> Occupation:
    return Occupation(MIDNIGHT + timedelta(hours=starts), MIDNIGHT + timedelta(hours=ends), venue, trainers)


@pytest.mark.parametrize(
    ("starts", "ends", "clashes"),
    [
        (7, 9, False),
        (7, 9.5, True),
        (9, 12, True),
        (10, 11, True),
        (8, 13, True),
        (11.5, 14, True),
        (12, 14, False),
    ],
)
def test_shared_room_is_a_clash_while_the_times_overlap(starts: float, ends: float, clashes: bool) -> None:
    assert shared(part(9, 12), part(starts, ends)) == (Shared(True, frozenset()) if clashes else None)


def test_shared_is_what_both_want_at_once() -> None:
    tom, olu = frozenset({1}), frozenset({2})
    assert shared(part(9, 12, None, tom), part(9, 12, None, tom | olu)) == Shared(False, tom)
    assert shared(part(9, 12, 1, tom), part(9, 12, 1, tom)) == Shared(True, tom)
    assert shared(part(9, 12, None, tom), part(9, 12, None, olu)) is None  # online is no room
    assert shared(part(9, 12, 1), part(9, 12, 2)) is None


hours = st.integers(0, 47)
anything = st.builds(
    lambda starts, length, venue, trainers: part(starts, starts + length, venue, trainers),
    hours,
    st.integers(1, 9),
    st.sampled_from([None, 1, 2]),
    st.frozensets(st.integers(1, 3), max_size=2),
)


@given(anything, anything)
def test_a_clash_is_one_from_both_sides_and_at_some_moment(one: Occupation, other: Occupation) -> None:
    moments = [MIDNIGHT + timedelta(minutes=30 * half + 15) for half in range(2 * 60)]
    at_once = any(
        one.starts_at < moment < one.ends_at and other.starts_at < moment < other.ends_at
        for moment in moments
    )
    same = (
        one.venue_id is not None and one.venue_id == other.venue_id
    ) or one.trainer_ids & other.trainer_ids
    assert shared(one, other) == shared(other, one)
    assert bool(shared(one, other)) == bool(at_once and same)


def test_in_each_others_way_names_the_dates_that_clash_among_themselves() -> None:
    two_days = [part(9, 12), part(33, 36)]
    found = in_each_others_way([two_days, [part(35, 38)], [part(60, 63)]])
    assert {place: list(others) for place, others in found.items()} == {0: [1], 1: [0]}
    assert found[0] == {1: shared(part(33, 36), part(35, 38))}
    assert in_each_others_way([two_days]) == {}
