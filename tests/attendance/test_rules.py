from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sscb_training.attendance import rules
from sscb_training.attendance.models import Mark, Seen
from sscb_training.attendance.rules import PartSoFar
from sscb_training.bookings.models import Outcome
from tests.factories import NOW

A, LATE, EARLY, DNA = Mark.ATTENDED, Mark.LATE, Mark.LEFT_EARLY, Mark.DID_NOT_ATTEND


@pytest.mark.parametrize(
    ("marks", "outcome"),
    [
        ([A], Outcome.ATTENDED),
        ([LATE], Outcome.ATTENDED),
        ([A, LATE], Outcome.ATTENDED),
        ([EARLY], Outcome.PART_ATTENDED),
        ([A, EARLY], Outcome.PART_ATTENDED),
        ([A, DNA], Outcome.PART_ATTENDED),
        ([DNA, EARLY], Outcome.PART_ATTENDED),
        ([DNA], Outcome.DID_NOT_ATTEND),
        ([DNA, DNA], Outcome.DID_NOT_ATTEND),
    ],
)
def test_outcome(marks: list[Mark], outcome: Outcome) -> None:
    assert rules.outcome(marks) is outcome


@pytest.mark.parametrize(
    ("seen", "may_miss", "counts"),
    [
        ("left_early", None, EARLY),
        ("late/90", None, LATE),
        ("late/15", 15, LATE),
        ("late/16", 15, EARLY),
        ("left_early/15", 15, LATE),
        ("left_early/16", 15, EARLY),
        ("late", 15, EARLY),
        ("late/0", 0, LATE),
        ("attended", 0, A),
        ("did_not_attend", 15, DNA),
    ],
)
def test_minutes_decide_where_the_course_demands_full_attendance(
    seen: str, may_miss: int | None, counts: Mark
) -> None:
    assert rules.as_it_counts(Seen.read(seen), may_miss=may_miss) is counts


@pytest.mark.parametrize("word", ["", "asleep", "attended/5", "late/", "late/-5", "late/1000", "late/\u0665"])
def test_what_is_no_mark_is_not_read(word: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Seen.read(word)


@given(st.lists(st.sampled_from(Mark), min_size=1, max_size=6))
def test_outcome_does_not_depend_on_the_order_of_parts(marks: list[Mark]) -> None:
    assert rules.outcome(marks) is rules.outcome(reversed(marks))


@pytest.mark.parametrize(
    ("starts_in", "may"),
    [(timedelta(0), True), (timedelta(hours=1), True), (timedelta(hours=1, seconds=1), False)],
)
def test_may_be_marked_from_an_hour_before(starts_in: timedelta, may: bool) -> None:
    assert rules.may_be_marked(NOW + starts_in, now=NOW) is may


@pytest.mark.parametrize(
    ("parts", "reasons"),
    [
        ([("Part 1", True, 0)], []),
        ([("Part 1", True, 1)], ["1 delegate has no mark for Part 1"]),
        (
            [("Day 1", True, 0), ("Part 2", True, 3)],
            ["3 delegates have no mark for Part 2"],
        ),
        ([("Part 1", True, 0), ("Part 2", False, 3)], ["Part 2 has not begun yet"]),
        (
            [("Part 1", True, 0, 1), ("", True, 0, 2)],
            [
                "1 delegate who came late or left early lacks the minutes missed for Part 1",
                "2 delegates who came late or left early lack the minutes missed",
            ],
        ),
    ],
)
def test_reasons_to_stay_open(parts: list[tuple[Any, ...]], reasons: list[str]) -> None:
    assert rules.reasons_to_stay_open([PartSoFar(*part) for part in parts]) == reasons


@pytest.mark.parametrize(
    ("typed", "percent"),
    [
        ("90", 90),
        (" 90% ", 90),
        ("0", 0),
        ("100", 100),
        ("9/10", 90),
        ("9 / 10", 90),
        ("9 out of 10", 90),
        ("0/10", 0),
        ("7.5/10", 75),
        ("15.5 / 20", 77),
    ],
)
def test_percent(typed: str, percent: int) -> None:
    assert rules.percent(typed) == percent


@pytest.mark.parametrize(
    "typed",
    ["101", "-1", "nine", "11/10", "9/0", "9.5", "９０", "90%%", "", "1e2", "9/10/10", "10.5/10", ".5/10"],
)
def test_percent_refuses(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        rules.percent(typed)


@given(
    st.integers(1, 9999).flatmap(lambda asked: st.tuples(st.integers(0, asked), st.just(asked))),
    st.integers(0, 100),
)
def test_percent_of_a_share_passes_exactly_when_the_share_does(
    share: tuple[int, int], pass_mark: int
) -> None:
    right, asked = share
    assert (rules.percent(f"{right}/{asked}") >= pass_mark) is (100 * right >= pass_mark * asked)


@pytest.mark.parametrize(
    ("delegates", "room", "warns"),
    [
        (19, None, ""),
        (20, None, "The session has 20 places"),
        (20, 20, "The room holds 20"),
        (10, 10, "The room holds 10"),
    ],
)
def test_standing_room(delegates: int, room: int | None, warns: str) -> None:
    warning = rules.standing_room(delegates=delegates, capacity=20, room=room)
    assert warning.startswith(warns)
    assert bool(warning) is bool(warns)


def test_part_name_falls_back_to_its_number() -> None:
    assert rules.part_name("", 2, of=2) == "Part 2"
    assert rules.part_name("Morning", 2, of=2) == "Morning"


def test_the_only_part_has_no_name() -> None:
    assert rules.part_name("", 1, of=1) == ""
    assert rules.part_name("Part 1", 1, of=1) == ""
    assert rules.reasons_to_stay_open([PartSoFar("", False, 3)]) == ["The session has not begun yet"]
    assert rules.reasons_to_stay_open([PartSoFar("", True, 3)]) == ["3 delegates have no mark"]
