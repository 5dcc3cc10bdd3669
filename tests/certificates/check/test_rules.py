import pytest

from sscb_training.certificates.check import rules


@pytest.mark.parametrize(
    ("name", "masked", "spelt"),
    [
        ("Asha Patel", "A••• P••••", "A and 3 more letters, P and 4 more letters"),
        ("Zoe\N{COMBINING DIAERESIS}", "Z••", "Z and 2 more letters"),
        ("Jo B", "J• B", "J and 1 more letter, B"),
        (
            "Siân O’Neill-Smith",
            "S••• O’•••••-S••••",
            "S and 3 more letters, O and 5 more letters, S and 4 more letters",
        ),
    ],
)
def test_masked_shows_the_first_letter_of_each_part(name: str, masked: str, spelt: str) -> None:
    assert rules.masked(name) == masked
    assert rules.spelt(name) == spelt
