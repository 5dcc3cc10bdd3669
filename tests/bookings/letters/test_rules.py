"""When joining instructions are due."""

import pytest

from sscb_training.bookings.letters.rules import joining_round


@pytest.mark.parametrize(
    ("days_left", "due"),
    [(8, ""), (7, "first"), (2, "first"), (1, "second"), (0, "second")],
)
def test_joining_round(days_left: int, due: str) -> None:
    assert joining_round(days_left, first=7, second=1) == due
    assert joining_round(days_left, first=1, second=7) == due
