"""What of a report's figures may leave the board."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sscb_training.reports.board.suppression import FEWEST, is_whole_quarters, parts_shown, publishable


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
    assert publishable(lines) == shown


PARTS = st.tuples(*(st.integers(0, 12) for _ in range(3)))


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 30), PARTS, max_size=8))
def test_no_part_of_a_few_people_can_be_worked_out(lines: dict[int, tuple[int, ...]]) -> None:
    shown = publishable(lines)
    together = [sum(parts) for parts in zip(*(lines[key] for key in set(lines) - shown), strict=True)]

    assert all(part == 0 or part >= FEWEST for key in shown for part in lines[key])
    assert not shown or all(part == 0 or part >= FEWEST for part in together)


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 30), st.integers(0, 12), max_size=6))
def test_no_part_of_a_whole_is_what_the_others_leave(parts: dict[int, int]) -> None:
    shown = parts_shown(parts)
    hidden = [parts[key] for key in set(parts) - shown]

    assert all(parts[key] == 0 or parts[key] >= FEWEST for key in shown)
    assert not hidden or not shown or (len(hidden) >= 2 and sum(hidden) >= FEWEST)


@pytest.mark.parametrize(
    ("begin", "end", "whole"),
    [
        (date(2026, 4, 1), date(2026, 9, 30), True),
        (date(2026, 1, 1), date(2026, 12, 31), True),
        (date(2026, 4, 2), date(2026, 9, 30), False),
        (date(2026, 4, 1), date(2026, 9, 29), False),
    ],
)
def test_a_county_is_set_beside_an_agency_for_whole_quarters(begin: date, end: date, whole: bool) -> None:
    assert is_whole_quarters(begin, end) is whole
