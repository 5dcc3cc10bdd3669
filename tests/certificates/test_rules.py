from math import log2

from sscb_training.bookings.rules import REFERENCE_LETTERS
from sscb_training.certificates import rules


def test_nobody_guesses_a_code() -> None:
    assert rules.LENGTH * log2(len(REFERENCE_LETTERS)) >= 128


def test_in_groups_is_what_somebody_types_from_paper() -> None:
    assert rules.in_groups("ABCDEFGHJK") == "ABCD-EFGH-JK"
