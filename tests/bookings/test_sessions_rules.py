"""Which sessions are thinly booked."""

from datetime import timedelta

import pytest

from sscb_training.bookings.sessions import rules
from tests.factories import NOW


@pytest.mark.parametrize(
    ("days", "capacity", "taken", "expected"),
    [
        (1, 4, 1, True),
        (14, 3, 0, True),
        (14, 3, 1, False),
        (15, 4, 0, False),
        (0, 4, 0, False),
        (1, 0, 0, False),
    ],
)
def test_is_nearly_empty_soon_and_under_a_third(days: int, capacity: int, taken: int, expected: bool) -> None:
    starts_at = NOW + timedelta(days=days)
    assert rules.is_nearly_empty(starts_at, capacity=capacity, taken=taken, now=NOW) is expected
