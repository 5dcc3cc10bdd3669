"""Which passwords will do, and what an attempt is counted under."""

import pytest

from sscb_training.people.accounts.common_passwords import COMMON
from sscb_training.people.accounts.rules import Action, fault_in_password, limits_on, network_of


@pytest.mark.parametrize(
    "password",
    [
        "three green bicycles",
        "kjhasd8732kjh",
        "ένα δύο τρία τέσσερα",
        "correct staple of horses",
        "            x4!q",
    ],
)
def test_any_characters_will_do(password: str) -> None:
    assert fault_in_password(password, name="Asha Patel", email="asha@hill.example") is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("elevenchars", "12 characters"),
        ("password1234", "harder to guess"),
        ("PASSWORD1234", "harder to guess"),
        ("P@ssw0rd2026!", "harder to guess"),
        ("ｐａｓｓｗｏｒｄ１２３４", "harder to guess"),
        ("Safeguarding2026", "harder to guess"),
        ("aaaaaaaaaaaaa", "harder to guess"),
        ("1234567890123", "harder to guess"),
        ("abcdefghijklm", "harder to guess"),
        ("ashapatel2026", "your name or email"),
        ("Asha.Patel!!1", "your name or email"),
        ("asha@hill.example", "your name or email"),
    ],
)
def test_what_is_guessed_first_will_not_do(password: str, fault: str) -> None:
    refused = fault_in_password(password, name="Asha Patel", email="asha@hill.example")
    assert refused
    assert fault in refused


def test_no_listed_password_is_let_through() -> None:
    assert [word for word in COMMON if fault_in_password(word, name="", email="") is None] == []


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_a_client_is_an_address_or_the_net_that_one_customer_gets(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_keys_tell_neither_the_address_nor_the_network() -> None:
    limits = limits_on(Action.SIGN_IN, address="asha@hill.example", network="192.0.2.7")
    assert [limit.most for limit in limits] == [10, 100, 100]
    assert len({limit.key for limit in limits}) == 3
    assert all("asha" not in limit.key and "192" not in limit.key[:8] for limit in limits)
    assert limits == limits_on(Action.SIGN_IN, address=" ASHA@hill.example", network="192.0.2.7")
