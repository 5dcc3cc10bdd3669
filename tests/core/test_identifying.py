"""Free text that seems to tell of a child is found out, and what people write of training is left alone."""

import pytest

from sscb_training.core.identifying import looks_like


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The child 943 476 5919 was seen", "an NHS number"),
        ("9434765919", "an NHS number"),
        ("943-476-5919.", "an NHS number"),
        ("born 9 March 2018", "a date of birth"),
        ("D.O.B: 3rd of May 17", "a date of birth"),
        ("on 03/05/2017 we met", "a date of birth"),
        ("case no. A-4471", "a case number"),
        ("It is 20417733", "a case number"),
        ("943 476 5918", ""),  # the check digit is another
        ("I used the tool 3 times in 2026, with 2 families, and 10/10 for the trainers", ""),
        ("Section 47, chapter 3.2, on page 12 of 140", ""),
        ("", ""),
    ],
)
def test_looks_like(text: str, expected: str) -> None:
    assert looks_like(text) == expected
