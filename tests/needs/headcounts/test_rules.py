"""When a headcount is reminded of, and when it is questioned."""

from datetime import date

import pytest

from sscb_training.needs.headcounts import rules
from sscb_training.needs.headcounts.rules import State


@pytest.mark.parametrize(
    ("number", "before", "differs"),
    [(60, 40, False), (61, 40, True), (20, 40, False), (19, 40, True), (3, None, False), (1, 0, True), (0, 0, False)],
)  # fmt: skip
def test_a_number_is_questioned_when_it_differs_by_more_than_half(
    number: int, before: int | None, differs: bool
) -> None:
    assert rules.differs_much(number, before) is differs


@pytest.mark.parametrize(
    ("due_on", "reminded_on"),
    [(date(2026, 11, 15), date(2026, 11, 8)), (date(2026, 11, 14), date(2026, 11, 14))],
)
def test_the_reminder_is_a_week_before_or_on_the_last_day(due_on: date, reminded_on: date) -> None:
    assert rules.remind_on(date(2026, 11, 1), due_on) == reminded_on


def test_a_request_is_late_from_the_day_after_its_last() -> None:
    last = date(2026, 11, 15)
    assert rules.state(last, is_sent_in=False, on=last) is State.WAITING
    assert rules.state(last, is_sent_in=False, on=date(2026, 11, 16)) is State.LATE
    assert rules.state(last, is_sent_in=True, on=date(2026, 11, 16)) is State.SENT_IN
    assert rules.state(None, is_sent_in=False, on=last) is State.NOT_ASKED
