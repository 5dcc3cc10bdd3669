from datetime import date
from typing import Any

import pytest

from sscb_training.tools.champions.rules import Stand, stand

ON = date(2026, 11, 23)
WELL: dict[str, Any] = {
    "is_ended": False,
    "ended_it_themself": False,
    "has_agreed": True,
    "works_there": True,
    "is_suspended": False,
    "holds": True,
    "valid_from": date(2026, 1, 1),
    "valid_to": ON,
    "on": ON,
}


@pytest.mark.parametrize(
    ("but", "found"),
    [
        ({}, Stand.SHOWN),
        ({"holds": False}, Stand.LAPSED),
        ({"works_there": False, "holds": False}, Stand.LEFT),
        ({"is_suspended": True, "holds": False}, Stand.SUSPENDED),
        ({"valid_to": date(2026, 11, 22)}, Stand.OVER),
        ({"valid_from": date(2026, 11, 24), "valid_to": None}, Stand.TO_COME),
        ({"has_agreed": False}, Stand.WAITS),
        ({"is_ended": True}, Stand.TAKEN_OFF),
        ({"is_ended": True, "ended_it_themself": True}, Stand.STEPPED_BACK),
        ({"is_ended": True, "ended_it_themself": True, "has_agreed": False}, Stand.DECLINED),
    ],
)
def test_stand_says_why_somebody_is_not_shown(but: dict[str, Any], found: Stand) -> None:
    assert stand(**WELL | but) is found
