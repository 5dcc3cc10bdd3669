"""Parts in order, places that fit, versions that say what changed, and slips that are only slips."""

from datetime import UTC, date, datetime

import pytest

from sscb_training.courses import rules
from sscb_training.courses.rules import Room, Times


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
    ("valid_from", "what_changed", "previous", "words"),
    [
        (date(2020, 1, 1), "", None, None),
        (date(2020, 1, 2), "MARAC added", date(2020, 1, 1), None),
        (date(2020, 1, 2), "", date(2020, 1, 1), "Say what changed"),
        (date(2020, 1, 1), "MARAC added", date(2020, 1, 1), "after 1 January 2020"),
    ],
)
def test_a_new_version_says_what_changed_and_begins_later(
    valid_from: date, what_changed: str, previous: date | None, words: str | None
) -> None:
    problem = rules.problem_with_new_version(
        valid_from=valid_from, what_changed=what_changed, previous=previous
    )
    assert (problem is None) if words is None else (problem is not None and words in problem)


@pytest.mark.parametrize(
    ("before", "after", "item"),
    [
        ("The sings of neglect\nThe law", "The signs of neglect\nThe law", None),
        ("The law\n\n", "the law.", None),
        ("The signs of neglect", "How to use the DASH tool", "The signs of neglect"),
        ("The law", "The law\nMARAC", "MARAC"),
        ("The law\nMARAC", "The law", "The law"),
        ("The law", "", "The law"),
    ],
)
def test_a_correction_keeps_every_item(before: str, after: str, item: str | None) -> None:
    assert rules.rewritten(before, after) == item


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Domestic abuse", "domestic-abuse"), ("  Core groups & plans ", "core-groups-plans"), ("…", "theme")],
)
def test_a_slug_is_fit_for_an_address(name: str, slug: str) -> None:
    assert rules.slug_of(name) == slug


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        ({}, None),
        ({"has_begun": True}, "This date has already begun"),
        ({"course_is_published": False}, "The course is not published"),
        ({"has_trainers": False}, "No trainer"),
        ({"lacks_address": True}, "A part on-line has no address"),
        ({"has_instructions": False}, "There are no joining instructions"),
    ],
)
def test_cautions_say_what_is_missing_and_nothing_else(given: dict[str, bool], begins: str | None) -> None:
    ready = {
        "has_trainers": True,
        "has_instructions": True,
        "lacks_address": False,
        "course_is_published": True,
        "has_begun": False,
    }
    said = rules.cautions(**ready | given)
    assert said == [] if begins is None else len(said) == 1 and said[0].startswith(begins)
