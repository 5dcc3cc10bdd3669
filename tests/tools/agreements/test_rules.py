from datetime import date, timedelta

import pytest

from sscb_training.tools.agreements.rules import AgreementState, stands

ON = date(2026, 11, 23)


def days(number: int) -> date:
    return ON + timedelta(days=number)


@pytest.mark.parametrize(
    ("spans", "state", "day"),
    [
        ([], "missing", None),
        ([(-9, None)], "in_force", None),
        ([(-9, 91)], "in_force", 91),
        ([(-9, 90)], "lapsing", 90),
        ([(-9, 0)], "lapsing", 0),
        ([(-9, -1)], "lapsed", -1),
        ([(1, 400)], "to_come", 1),
        ([(-9, 30), (31, 400)], "in_force", 400),
        ([(-9, 30), (31, None)], "in_force", None),
        ([(-9, 30), (32, 400)], "lapsing", 30),
        ([(-9, 30), (10, 60)], "lapsing", 60),
        ([(-99, -50), (-40, -1), (5, 400)], "to_come", 5),
        ([(-99, 300), (-9, 30)], "in_force", 300),
    ],
)
def test_stands_takes_agreements_that_follow_each_other_as_one(
    spans: list[tuple[int, int | None]], state: str, day: int | None
) -> None:
    found = stands([(days(begins), None if ends is None else days(ends)) for begins, ends in spans], on=ON)

    assert found.state is AgreementState(state)
    assert found.day == (None if day is None else days(day))
