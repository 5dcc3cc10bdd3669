"""Values that leave the service and come back."""

from typing import Any

import pytest
from flask import Flask

from sscb_training.core.encryption import decrypted, encrypted


@pytest.mark.parametrize("value", [{"needs": "A loop, “please”\n🦻"}, [], "", None, 7])
def test_what_was_encrypted_comes_back(value: Any) -> None:
    assert decrypted(encrypted(value)) == value


def test_the_same_value_never_looks_the_same() -> None:
    assert encrypted("A loop") != encrypted("A loop")


@pytest.mark.parametrize("text", ["", "x", "é", "gAAAAA==", None, {"needs": "A loop"}, 7])
def test_what_cannot_be_read_is_nothing(text: object) -> None:
    assert decrypted(text) is None


def test_another_secret_key_reads_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    text = encrypted("A loop")
    monkeypatch.setitem(app.config, "SECRET_KEY", "another")

    assert decrypted(text) is None


def test_a_changed_text_reads_nothing() -> None:
    text = encrypted("A loop")
    changed = text[:30] + ("A" if text[30] != "A" else "B") + text[31:]

    assert decrypted(changed) is None
