"""Versions that say what changed, and slips that are only slips."""

from datetime import date

import pytest

from sscb_training.courses.described import rules


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
