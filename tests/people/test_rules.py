"""Which addresses are the same, which are shared, who gives what, what a device is called."""

from datetime import date

import pytest

from sscb_training.people.rules import device_words, fold_email, is_shared_mailbox, may_give, overlap


@pytest.mark.parametrize(
    "spelling", ["asha@hill.example", "ASHA@HILL.EXAMPLE", " Asha@hill.example", "ａｓｈａ@hill.example"]
)
def test_spellings_of_one_address_are_equal(spelling: str) -> None:
    assert fold_email(spelling) == "asha@hill.example"


@pytest.mark.parametrize(("email", "shared"), [
    ("office@hill.example", True), ("Admin@hill.example", True), ("school.office@hill.example", True),
    ("info2@hill.example", True), ("reception+sscb@hill.example", True), ("asha@office.example", False),
    ("officer.dibble@police.example", False), ("adminah.khan@nhs.example", False),
])  # fmt: skip
def test_a_mailbox_that_several_people_read(email: str, shared: bool) -> None:
    assert is_shared_mailbox(email) is shared


@pytest.mark.parametrize(("ends", "other_begins", "other_ends", "shared"), [
    (None, 9, None, True), (None, 1, None, True), (5, 6, None, False), (5, 5, None, True), (None, 1, 2, False),
    (None, 1, 3, True), (5, 1, 9, True), (5, 4, 4, True),
])  # fmt: skip
def test_stretches_that_share_a_day_overlap(
    ends: int | None, other_begins: int, other_ends: int | None, shared: bool
) -> None:
    def day(number: int | None) -> date | None:
        return date(2026, 1, number) if number else None

    assert overlap(date(2026, 1, 3), day(ends), date(2026, 1, other_begins), day(other_ends)) is shared


@pytest.mark.parametrize(("held", "role", "may"), [
    ({"administrator", "board_staff"}, "administrator", True), ({"administrator", "board_staff"}, "trainer", True),
    ({"board_staff"}, "trainer", True), ({"board_staff"}, "agency_lead", True),
    ({"board_staff"}, "board_staff", False), ({"board_staff"}, "administrator", False),
    ({"agency_lead"}, "agency_lead", False), (set(), "trainer", False),
])  # fmt: skip
def test_who_gives_which_role(held: set[str], role: str, may: bool) -> None:
    assert may_give(held, role) is may


@pytest.mark.parametrize(("sent", "words"), [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1", "Safari on Mac"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
    ("", "A browser"),
])  # fmt: skip
def test_a_device_is_named_as_its_owner_would(sent: str, words: str) -> None:
    assert device_words(sent) == words
