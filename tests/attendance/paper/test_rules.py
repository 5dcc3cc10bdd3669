import pytest

from sscb_training.attendance.models import Mark, Seen
from sscb_training.attendance.paper.rules import Unread, exceptions

AWAY, LATE, EARLY = Seen(Mark.DID_NOT_ATTEND), Seen(Mark.LATE), Seen(Mark.LEFT_EARLY)
NUMBERS = {1, 2, 3, 5, 8, 13}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", {}),
        ("3", {3: AWAY}),
        ("3, 5 late; 8 left early\n13 LATE.", {3: AWAY, 5: LATE, 8: EARLY, 13: LATE}),
        ("1-3, 5 to 8 late", {1: AWAY, 2: AWAY, 3: AWAY, 5: LATE, 8: LATE}),
        ("3 late 15, 5 left early 5 minutes", {3: Seen(Mark.LATE, 15), 5: Seen(Mark.LEFT_EARLY, 5)}),
        (" , 2  did  not attend ,", {2: AWAY}),
    ],
)
def test_what_is_typed_from_paper_is_read(typed: str, found: dict[int, Seen]) -> None:
    assert exceptions(typed, numbers=NUMBERS) == found


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("4", "Number 4 is not on this sheet"),
        ("3, 3 late", "Number 3 is there twice"),
        ("2-5, 3", "Number 3 is there twice"),
        ("8-3", "Enter 3-8"),
        ("3 5 late", "comma"),
        ("3 5", "comma"),
        ("3 absent 5", "Minutes go with late"),
        ("3 ill", "“ill” is no mark"),
        ("Asha", "is not a number and a mark"),
        ("٣", "is not a number and a mark"),
    ],
)
def test_nothing_is_guessed(typed: str, why: str) -> None:
    with pytest.raises(Unread, match=why):
        exceptions(typed, numbers=NUMBERS)
