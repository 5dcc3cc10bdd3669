"""Parts in order, places that fit, and what to think of before publishing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sscb_training.courses.dates import rules
from sscb_training.courses.dates.rules import Room, Times


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2027, 3, day, hour, minute, tzinfo=UTC)


MORNING = Times(at(9), at(12))

AFTERNOON = Times(at(13), at(16))


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([MORNING], None),
        ([MORNING, AFTERNOON], None),
        ([MORNING, Times(at(12), at(13))], None),
        ([], (1, "at least one part")),
        ([Times(at(9), at(9))], (1, "must end after it starts")),
        ([MORNING, Times(at(16), at(13))], (2, "must end after it starts")),
        ([MORNING, Times(at(11, 59), at(13))], (2, "must start after part 1 ends")),
        ([AFTERNOON, MORNING], (2, "Put the parts in order")),
        ([MORNING, AFTERNOON, AFTERNOON], (3, "must start after part 2 ends")),
    ],
)
def test_parts_are_in_order_and_do_not_overlap(parts: list[Times], problem: tuple[int, str] | None) -> None:
    found = rules.problem_with_parts(parts)
    if problem is None:
        assert found is None
    else:
        assert found is not None
        assert found.position == problem[0]
        assert problem[1] in found.sentence


@pytest.mark.parametrize(
    ("capacity", "rooms", "named"),
    [
        (20, [], None),
        (20, [Room("Hall", 20)], None),
        (21, [Room("Hall", 20)], "Hall holds 20 people"),
        (25, [Room("Hall", 30), Room("Annexe", 12), Room("Library", 20)], "Annexe holds 12 people"),
    ],
)
def test_places_fit_into_the_smallest_room(capacity: int, rooms: list[Room], named: str | None) -> None:
    problem = rules.problem_with_rooms(capacity, rooms)
    assert (problem is None) if named is None else (problem is not None and problem.startswith(named))


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        ({}, None),
        ({"has_begun": True}, "This date has already begun"),
        ({"course_is_published": False}, "The course is not published"),
        ({"has_trainers": False}, "No trainer"),
        ({"lacks_address": True}, "A part online has no address"),
        ({"has_instructions": False}, "There are no joining instructions"),
        ({"too_short": "Its parts are too short."}, "Its parts are too short"),
    ],
)
def test_cautions_say_what_is_missing_and_nothing_else(given: dict[str, Any], begins: str | None) -> None:
    ready: dict[str, Any] = {
        "has_trainers": True,
        "has_instructions": True,
        "lacks_address": False,
        "course_is_published": True,
        "has_begun": False,
    }
    said = rules.cautions(**ready | given)
    assert said == [] if begins is None else len(said) == 1 and said[0].startswith(begins)


@pytest.mark.parametrize(
    ("minutes", "length", "said"),
    [
        ([180], 180, None),
        ([120, 90], 200, None),
        ([150], 180, "Its parts are 2.5 hours together, and the version takes 3 hours."),
        ([20, 30], 60, "Its parts are 50 minutes together, and the version takes 1 hour."),
    ],
)
def test_too_short_for_the_version(minutes: list[int], length: int, said: str | None) -> None:
    parts = [Times(at(9), at(9) + timedelta(minutes=each)) for each in minutes]
    assert rules.too_short(parts, length) == said
