from datetime import date

import pytest

from sscb_training.tools import rules
from sscb_training.tools.rules import Way

MAY = date(2026, 5, 14)
JUNE = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("ends", "last"),
    [
        ([], None),
        ([(None, None)], None),
        ([(MAY, None)], MAY),
        ([(JUNE, MAY)], MAY),
        ([(None, MAY), (JUNE, None)], JUNE),
    ],
)
def test_last_end_is_the_latest_of_expiries_and_revocations(
    ends: list[tuple[date | None, date | None]], last: date | None
) -> None:
    assert rules.last_end(ends) == last


@pytest.mark.parametrize(
    ("holds", "ended_on", "needed", "has", "way"),
    [
        (True, None, False, False, Way.OPEN),
        (True, None, True, True, Way.OPEN),
        (True, None, True, False, Way.NO_AGREEMENT),
        (False, None, False, False, Way.NEVER),
        (False, MAY, True, True, Way.ENDED),
    ],
)
def test_entry_is_open_to_who_holds_and_to_staff(
    holds: bool, ended_on: date | None, needed: bool, has: bool, way: Way
) -> None:
    given = {
        "holds": holds,
        "ended_on": ended_on,
        "agreement_needed": needed,
        "has_agreement": has,
    }
    assert rules.entry(is_staff=False, **given).way is way  # type: ignore[arg-type]
    assert rules.entry(is_staff=True, **given).is_open  # type: ignore[arg-type]
