"""What decides who may book, as values."""

from collections.abc import Mapping

import pytest

from sscb_training.bookings.eligibility import rules
from sscb_training.bookings.eligibility.rules import Needed


def every(*courses: int) -> Needed:
    return Needed(set(courses), set())


def one_of(*courses: int) -> Needed:
    return Needed(set(), set(courses))


@pytest.mark.parametrize(
    ("needs", "can_be"),
    [
        ({}, True),
        ({1: every(2)}, True),
        ({1: every(2), 2: every(3)}, True),
        ({1: every(1)}, False),
        ({1: every(2), 2: every(1)}, False),
        ({1: every(2), 2: every(3), 3: every(1)}, False),
        ({1: every(4), 2: every(3), 3: every(2)}, True),
        ({1: one_of(2, 3), 2: every(1)}, True),
        ({1: one_of(2, 3), 2: every(1), 3: every(1)}, False),
        ({1: one_of(2, 3), 2: every(1), 3: one_of(1, 4)}, True),
        ({1: Needed({2}, {3}), 2: every(1)}, False),
    ],
)
def test_a_course_cannot_need_itself_first(needs: Mapping[int, Needed], can_be: bool) -> None:
    assert rules.can_be_booked(1, needs) is can_be
