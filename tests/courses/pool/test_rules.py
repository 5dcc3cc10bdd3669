from datetime import date
from typing import NamedTuple

import pytest

from sscb_training.courses.pool import rules
from sscb_training.courses.pool.rules import Gap


class Held(NamedTuple):
    awarded_on: date
    expires_on: date | None
    revoked_on: date | None = None

    def in_force(self, on: date) -> bool:
        return (
            self.awarded_on <= on
            and (self.expires_on is None or on <= self.expires_on)
            and (self.revoked_on is None or on < self.revoked_on)
        )


FIRST, SECOND = date(2027, 3, 2), date(2027, 3, 9)
EARLIER = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("held", "gap"),
    [
        ([], Gap(FIRST, None)),
        ([Held(EARLIER, SECOND)], None),
        ([Held(EARLIER, None)], None),
        ([Held(EARLIER, date(2027, 3, 8))], Gap(SECOND, date(2027, 3, 8))),
        ([Held(EARLIER, FIRST), Held(date(2027, 3, 3), None)], None),
        ([Held(EARLIER, None, revoked_on=FIRST)], Gap(FIRST, None)),
        ([Held(FIRST, None)], None),
        ([Held(EARLIER, None, revoked_on=FIRST), Held(EARLIER, EARLIER)], Gap(FIRST, None)),
        ([Held(SECOND, None)], Gap(FIRST, None)),
    ],
)
def test_gap(held: list[Held], gap: Gap | None) -> None:
    assert rules.gap(held, [SECOND, FIRST]) == gap


@pytest.mark.parametrize(
    ("agencies", "only"),
    [
        ([], ""),
        ([["Hill School"]], ""),
        ([["Hill School"], ["Vale Housing", "Hill School"]], "Hill School"),
        ([["Hill School"], ["Vale Housing"]], ""),
        ([["Hill School"], []], ""),
    ],
)
def test_only_agency(agencies: list[list[str]], only: str) -> None:
    assert rules.only_agency(agencies) == only
