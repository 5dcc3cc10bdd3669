import pytest

from sscb_training.core.money import pounds


@pytest.mark.parametrize(
    ("pence", "words"), [(0, "£0"), (2500, "£25"), (1250, "£12.50"), (5, "£0.05"), (120000, "£1,200")]
)
def test_pounds_leave_out_pence_that_are_nought(pence: int, words: str) -> None:
    assert pounds(pence) == words
