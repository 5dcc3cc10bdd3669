"""What is drawn, how long it may take, and what figures about questions are worth."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from sscb_training.quizzes import rules
from sscb_training.quizzes.bank.rules import Sums, discrimination, most_chosen_wrong
from tests.factories import NOW


@dataclass
class Asked:
    id: int
    keeps_order: bool = False
    choices: list[str] = field(default_factory=lambda: ["a", "b", "c", "d"])


def test_a_draw_takes_as_many_as_asked_each_once() -> None:
    bank = [Asked(number, keeps_order=number % 2 == 0) for number in range(1, 13)]
    drawn = rules.draw(bank, draws=10, shuffled=True, by=Random(1))
    assert len({one.question_id for one in drawn}) == 10
    assert all(sorted(one.shown) == [0, 1, 2, 3] for one in drawn)
    assert all(one.shown == (0, 1, 2, 3) for one in drawn if one.question_id % 2 == 0)
    assert any(one.shown != (0, 1, 2, 3) for one in drawn)
    plain = rules.draw(bank, draws=20, shuffled=False, by=Random(1))
    assert [one.question_id for one in plain] == list(range(1, 13))


@pytest.mark.parametrize(
    ("minutes", "given", "allowed"),
    [
        (None, {}, None),
        (30, {}, 30),
        (30, {"extra_percent": 25, "extra_minutes": 5}, 43),  # 7.5 is 8
        (30, {"untimed": True, "extra_minutes": 5}, None),
    ],
)
def test_more_time_is_a_share_and_minutes_or_no_limit(
    minutes: int | None, given: dict[str, Any], allowed: int | None
) -> None:
    assert rules.minutes_allowed(minutes, **given) == allowed


def test_whoever_begins_in_time_has_the_whole_time() -> None:
    soon, later = NOW + timedelta(minutes=1), NOW + timedelta(days=9)
    assert rules.ends_at(NOW, minutes=30, closes_at=soon) == NOW + timedelta(minutes=30)
    assert rules.ends_at(NOW, minutes=None, closes_at=soon) == NOW + timedelta(days=1)
    assert rules.ends_at(NOW, minutes=None, closes_at=later) == later
    assert rules.ends_at(NOW, minutes=None, closes_at=None) is None


def test_a_page_knows_choices_by_their_places_alone() -> None:
    assert rules.positions("2,0,1", [1, 3]) == "1,2"
    assert rules.places("2,0,1", "1,2") == [1, 3]
    for tampered in ([0], [4], [-1]):
        with pytest.raises(ValueError, match=r"\d"):
            rules.positions("2,0,1", tampered)


def test_discrimination_is_a_correlation_of_enough_attempts() -> None:
    """20 who had it right did 0.8 and 0.6 in the rest, 20 who had it wrong 0.4 and 0.2."""
    rest = [0.8, 0.6] * 10 + [0.4, 0.2] * 10
    sums = Sums(40, 20, sum(rest), sum(one * one for one in rest), sum(rest[:20]))
    assert discrimination(sums) == pytest.approx(0.894, abs=0.001)
    assert discrimination(Sums(29, 20, 10, 8, 7)) is None
    assert discrimination(Sums(40, 40, 20, 18, 20)) is None
    assert discrimination(Sums(40, 20, 20, 10, 10)) is None  # all alike in the rest


def test_the_wrong_choice_that_most_picked() -> None:
    counts = {"0": 9, "0,2": 2, "1": 2, "2": 1}
    assert most_chosen_wrong(counts, "0", ["a", "b", "c"]) == ("c", 3)
    assert most_chosen_wrong({"0": 9}, "0", ["a", "b", "c"]) is None
