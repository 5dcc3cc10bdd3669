"""What the words of a search are taken for."""

import pytest

from sscb_training.search import rules


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("ABCD-2345", "ABCD-2345"),
        (" abcd2345 ", "ABCD-2345"),
        ("abcd 2345", "ABCD-2345"),
        ("abcd-efgh", "ABCD-EFGH"),
        ("Margaret", ""),
        ("Mary Anne", ""),
        ("ABCD-23", ""),
        ("", ""),
    ],
)
def test_reference_is_told_from_a_name(typed: str, reference: str) -> None:
    assert rules.reference(typed) == reference


def test_words_of_a_long_search_are_its_first() -> None:
    assert rules.words("a " * 500) == ["a"] * 6
