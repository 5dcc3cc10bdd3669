"""What decides who may book, as values."""

import pytest

from sscb_training.bookings.eligibility import rules


@pytest.mark.parametrize(
    ("attended", "needs", "stuck"),
    [
        ([], {}, False),
        ([2], {}, False),
        ([2], {2: {3}}, False),
        ([1], {}, True),
        ([2], {2: {1}}, True),
        ([2], {2: {3}, 3: {1}}, True),
        ([2], {2: {3}, 3: {2}}, False),
    ],
)
def test_a_course_cannot_need_itself_first(
    attended: list[int], needs: dict[int, set[int]], stuck: bool
) -> None:
    assert rules.leads_back(1, attended, needs=needs) is stuck
