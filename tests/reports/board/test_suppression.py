"""What of a report's figures may leave the board."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sscb_training.reports.board.suppression import parts_shown, publishable
from sscb_training.reports.board.use import withheld
from sscb_training.reports.use.rules import Use

BELOW = 5


def is_small(lines: Sequence[tuple[int, ...]]) -> bool:
    return any(0 < sum(parts) < BELOW for parts in zip(*lines, strict=True))


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ({"a": (9, 8), "b": (7, 6)}, {"a", "b"}),
        ({"a": (9, 0), "b": (7, 0)}, {"a", "b"}),
        (
            {"a": (9, 8), "b": (7, 6), "c": (3, 0)},
            {"a"},
        ),  # b goes too, or c is what is missing from the total
        ({"a": (9, 8), "b": (3, 6), "c": (3, 7)}, {"a"}),
        ({}, set()),
    ],
)
def test_a_small_line_stands_together_with_others(lines: dict[str, tuple[int, ...]], shown: set[str]) -> None:
    assert publishable(lines, size=sum, is_small=is_small) == shown


PARTS = st.tuples(*(st.integers(0, 12) for _ in range(3)))


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 30), PARTS, max_size=8))
def test_no_part_of_a_few_people_can_be_worked_out(lines: dict[int, tuple[int, ...]]) -> None:
    shown = publishable(lines, size=sum, is_small=is_small)
    together = [sum(parts) for parts in zip(*(lines[key] for key in set(lines) - shown), strict=True)]

    assert all(part == 0 or part >= BELOW for key in shown for part in lines[key])
    assert not shown or all(part == 0 or part >= BELOW for part in together)


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 30), st.integers(0, 12), max_size=6))
def test_no_part_of_a_whole_is_what_the_others_leave(parts: dict[int, int]) -> None:
    shown = parts_shown(parts, below=BELOW)
    hidden = [parts[key] for key in set(parts) - shown]

    assert all(parts[key] == 0 or parts[key] >= BELOW for key in shown)
    assert not hidden or not shown or (len(hidden) >= 2 and sum(hidden) >= BELOW)


def test_that_nobody_came_is_withheld_and_that_nobody_stayed_away_is_not() -> None:
    assert "came_as_booked" in withheld(Use(booked=20, cancelled=10, did_not_attend=10), below=BELOW)
    assert withheld(Use(booked=20, cancelled=10, attended=10), below=BELOW) == set()
    assert withheld(Use(booked=20, cancelled=9, attended=11), below=10) > {"attended"}
