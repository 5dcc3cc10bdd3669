"""When coverage moves a need, and where its decisions leave it."""

from dataclasses import dataclass
from datetime import date

import pytest

from sscb_training.needs.models import NeedStatus
from sscb_training.needs.reviews import rules

OPEN, READY, CLOSED, AGAIN = NeedStatus


@dataclass
class One:
    status: NeedStatus
    by_coverage: bool = False


@dataclass
class Looked:
    """The board looked at 8 of 10, the target being 80."""

    review_on: date | None = date(2027, 9, 1)
    in_force: int = 8
    headcount: int | None = 10
    target_percent: int | None = 80


@pytest.mark.parametrize(
    ("decisions", "status"),
    [
        ([], OPEN),
        ([One(READY, True)], READY),
        ([One(READY, True), One(OPEN, True)], OPEN),
        ([One(CLOSED), One(READY, True)], CLOSED),  # the minute came after the figure moved
        ([One(CLOSED), One(AGAIN)], AGAIN),
        ([One(CLOSED), One(AGAIN), One(READY, True)], READY),
    ],
)
def test_decisions_leave_a_need(decisions: list[One], status: NeedStatus) -> None:
    assert rules.status_after(decisions) is status


@pytest.mark.parametrize(
    ("in_force", "headcount", "target", "reached"),
    [
        (8, 10, 80, True), (199, 250, 80, False), (12, 10, 80, True), (0, 0, 80, False), (5, None, 80, False),
        (8, 10, None, False),
    ],
)  # fmt: skip
def test_a_target_is_reached_exactly(
    in_force: int, headcount: int | None, target: int | None, reached: bool
) -> None:
    assert rules.is_reached(in_force=in_force, headcount=headcount, target_percent=target) is reached


@pytest.mark.parametrize(
    ("status", "reached", "kept_open", "was_closed", "moved"),
    [
        (OPEN, True, False, False, READY),
        (OPEN, True, True, False, None),
        (OPEN, False, False, False, None),
        (AGAIN, True, False, True, READY),
        (READY, True, False, False, None),
        (READY, False, False, False, OPEN),
        (READY, False, False, True, AGAIN),
        (CLOSED, True, False, True, None),
        (CLOSED, False, False, True, None),
    ],
)
def test_coverage_moves_a_need_and_never_closes_it(
    status: NeedStatus, reached: bool, kept_open: bool, was_closed: bool, moved: NeedStatus | None
) -> None:
    assert (
        rules.moved_by_coverage(status, reached=reached, kept_open=kept_open, was_closed=was_closed) is moved
    )


@pytest.mark.parametrize(
    ("looked", "target", "on", "kept"),
    [
        (Looked(), 80, date(2027, 8, 31), True),
        (Looked(), 80, date(2027, 9, 1), False),
        (Looked(), 90, date(2027, 8, 31), False),  # another target than the board looked at
        (Looked(in_force=7), 80, date(2027, 8, 31), False),  # it was not reached then
        (Looked(review_on=None), 80, date(2027, 8, 31), False),
        (None, 80, date(2027, 8, 31), False),
    ],
)
def test_a_need_is_kept_open_until_the_board_looks_again(
    looked: Looked | None, target: int, on: date, kept: bool
) -> None:
    assert rules.is_kept_open(looked, target_percent=target, on=on) is kept


@pytest.mark.parametrize(
    ("is_re_audit", "month", "re_opens"),
    [(True, date(2027, 2, 1), True), (False, date(2027, 4, 1), True), (False, date(2016, 5, 1), False)],
)
def test_an_audit_re_opens_what_was_closed_before_it(is_re_audit: bool, month: date, re_opens: bool) -> None:
    assert rules.re_opens(is_re_audit=is_re_audit, month=month, closed_on=date(2027, 3, 10)) is re_opens
