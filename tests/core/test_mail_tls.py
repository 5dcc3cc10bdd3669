"""A letter goes to a mail server that proves who it is, encrypted; to any other nothing goes, and the letter says why."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from sscb_training.core import mail
from tests.core.test_mail import PostOffice, make_letter
from tests.factories import NOW

HERE = x509.IPAddress(ip_address("127.0.0.1"))
ELSEWHERE = x509.DNSName("mail.elsewhere.example")


class Listening(PostOffice):
    """Notes whether a letter came encrypted."""

    def __init__(self) -> None:
        super().__init__()
        self.encrypted: list[bool] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.encrypted.append(session.ssl is not None)
        return await super().handle_DATA(server, session, envelope)


Start = Callable[..., Listening]


def certificate(folder: Path, whose: x509.GeneralName, *, ended: bool = False) -> Path:
    """A certificate with its key in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The board's own")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=9))
        .not_valid_after(today + timedelta(days=-1 if ended else 1))
        .add_extension(x509.SubjectAlternativeName([whose]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.fixture
def start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """`start(certificate)`: a server that offers STARTTLS with it; `start(None)` offers none."""
    running: list[Controller] = []

    def begin(path: Path | None, *, trusted: bool) -> Listening:
        office = Listening()
        context = None
        if path is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(path)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(office, hostname="127.0.0.1", port=port, tls_context=context)
        controller.start()
        running.append(controller)
        state = app.extensions["mail"]
        monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
        monkeypatch.setitem(app.config, "MAIL_CA_FILE", str(path) if trusted else None)
        for name, value in {"server": "127.0.0.1", "port": port, "use_tls": True, "suppress": False}.items():
            monkeypatch.setattr(state, name, value)
        return office

    yield begin
    for controller in running:
        controller.stop()


def test_a_letter_goes_encrypted_to_a_server_that_proves_who_it_is(start: Start, tmp_path: Path) -> None:
    office = start(certificate(tmp_path, HERE), trusted=True)
    letter = make_letter("asha@hill.example")

    assert mail.deliver(NOW) == 1

    assert (office.addresses, office.encrypted, letter.state) == (["asha@hill.example"], [True], "Sent")


@pytest.mark.parametrize(
    ("whose", "ended", "trusted", "why"),
    [
        (HERE, False, False, "self-signed certificate"),
        (ELSEWHERE, False, True, "IP address mismatch"),
        (HERE, True, True, "certificate has expired"),
    ],
)
def test_nothing_goes_to_a_server_that_cannot_prove_who_it_is(
    start: Start, tmp_path: Path, whose: x509.GeneralName, ended: bool, trusted: bool, why: str
) -> None:
    office = start(certificate(tmp_path, whose, ended=ended), trusted=trusted)
    letters = [make_letter("asha@hill.example"), make_letter("ben@hill.example")]

    assert mail.deliver(NOW) == 0

    assert office.arrived == []
    assert [(letter.state, letter.tries) for letter in letters] == [("Waiting", 1), ("Waiting", 0)]
    assert (letters[0].last_error or "").startswith(mail.NOT_VERIFIED)
    assert why in (letters[0].last_error or "")


def test_nothing_goes_in_clear_to_a_server_that_does_not_encrypt(start: Start) -> None:
    office = start(None, trusted=False)
    letter = make_letter("asha@hill.example")

    assert mail.deliver(NOW) == 0

    assert office.arrived == []
    assert letter.state == "Waiting"
    assert (letter.last_error or "").startswith(mail.NOT_ENCRYPTED)
