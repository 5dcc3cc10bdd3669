from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from sscb_training.home.rules import Held, Standing, Stands, is_behind, stands

TODAY = date(2026, 11, 23)
LONG, IN_90, IN_91 = TODAY + timedelta(days=400), TODAY + timedelta(days=90), TODAY + timedelta(days=91)
PAST = date(2025, 3, 1)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], Stands(Standing.NONE, None)),
        ([Held(True, LONG)], Stands(Standing.IN_FORCE, LONG)),
        ([Held(True, None)], Stands(Standing.IN_FORCE, None)),
        ([Held(True, IN_91)], Stands(Standing.IN_FORCE, IN_91)),
        ([Held(True, IN_90)], Stands(Standing.DUE, IN_90)),
        ([Held(True, IN_90), Held(True, LONG)], Stands(Standing.IN_FORCE, LONG)),
        ([Held(True, IN_90), Held(True, None)], Stands(Standing.IN_FORCE, None)),
        ([Held(True, IN_90), Held(False, PAST)], Stands(Standing.DUE, IN_90)),
        ([Held(False, PAST)], Stands(Standing.ENDED, PAST)),
        ([Held(False, LONG, revoked=True)], Stands(Standing.ENDED, None)),
        ([Held(False, PAST), Held(False, LONG, revoked=True)], Stands(Standing.ENDED, None)),
    ],
)
def test_stands_goes_by_what_counts_longest_and_never_tells_why_it_ended(
    held: Sequence[Held], expected: Stands
) -> None:
    assert stands(held, on=TODAY) == expected


@pytest.mark.parametrize(
    ("percent", "target", "expected"),
    [(59, 60, True), (60, 60, False), (0, 60, True), (None, 60, False), (10, None, False)],
)
def test_is_behind_needs_a_percentage_and_a_target(
    percent: int | None, target: int | None, expected: bool
) -> None:
    assert is_behind(percent=percent, target=target) is expected
