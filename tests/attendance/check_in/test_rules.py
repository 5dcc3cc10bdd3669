from datetime import UTC, datetime, timedelta

import pytest

from sscb_training.attendance.check_in import rules

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes", "is_open"), [(-61, False), (-60, True), (0, True), (59, True), (60, False), (-24 * 60, False)]
)
def test_one_can_check_in_around_the_beginning(minutes: int, is_open: bool) -> None:
    assert rules.is_open(TEN, TEN + 3 * HOUR, now=TEN + timedelta(minutes=minutes)) is is_open


def test_nobody_checks_in_to_what_is_over() -> None:
    assert not rules.is_open(TEN, TEN + HOUR / 2, now=TEN + HOUR / 2)


def test_a_code_is_six_signs_and_read_however_it_is_typed() -> None:
    code = rules.code(bytes(range(32)))

    assert len(code) == rules.LENGTH
    assert set(code) <= set(rules.LETTERS)
    assert rules.as_typed(f" {rules.as_shown(code).lower()}-") == code


@pytest.mark.parametrize(("second", "left"), [(0, 31), (29, 2), (30, 31)])
def test_the_screen_is_asked_again_just_after_the_code_changed(second: int, left: int) -> None:
    assert rules.seconds_left(TEN + timedelta(seconds=second)) == left
