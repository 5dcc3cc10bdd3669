"""Letters go to a real SMTP server: each once, none lost, and a bad one delays nobody (promise P6)."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask

from sscb_training.bookings.models import BookingStatus
from sscb_training.core import mail
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from tests.factories import NOW, changed, make_booking, make_training_session, saved


@dataclass
class PostOffice:
    """Takes letters in, and refuses the addresses that it was told to."""

    arrived: list[Envelope] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"
    hangs_up: bool = False
    takes_seconds: float = 0

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Envelope) -> str:
        self.arrived.append(envelope)
        await asyncio.sleep(self.takes_seconds)
        if self.hangs_up:
            server.transport.abort()
        return self.answer

    @property
    def addresses(self) -> list[str]:
        return [envelope.rcpt_tos[0] for envelope in self.arrived]


@pytest.fixture
def post_office(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    office = PostOffice()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    state = app.extensions["mail"]
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
    monkeypatch.setattr(state, "server", "127.0.0.1")
    monkeypatch.setattr(state, "port", port)
    monkeypatch.setattr(state, "suppress", False)
    yield office
    controller.stop()


def make_letter(to_address: str, **given: Any) -> Letter:
    usual = {
        "template": "bookings/confirmed",
        "subject": "Your place is confirmed",
        "body": "Dear Asha,\n\nSee your booking:\nhttps://training.example.org/bookings/1\n",
        "message_id": f"<{to_address.replace('@', '-at-')}@board.example>",
        "queued_at": NOW,
        "send_at": NOW,
    }
    return saved(Letter(to_address=to_address, **usual | given))


def test_a_letter_goes_once_and_keeps_its_message_id(post_office: PostOffice) -> None:
    letter = make_letter("asha@hill.example", calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    assert mail.deliver(NOW) == 1
    assert mail.deliver(NOW) == 0
    [envelope] = post_office.arrived
    content = envelope.content
    assert isinstance(content, bytes)
    assert letter.message_id.encode() in content
    assert b"text/calendar; method=REQUEST" in content.replace(b'"', b"")
    assert b'href="https://training.example.org/bookings/1"' in content
    assert letter.state == "Sent"


def test_a_dead_address_delays_nobody(post_office: PostOffice) -> None:
    post_office.refusals = {"gone@hill.example": "550 no such user", "full@hill.example": "452 try later"}
    letters = [make_letter(f"{name}@hill.example") for name in ("gone", "full", "asha")]
    assert mail.deliver(NOW) == 1
    assert post_office.addresses == ["asha@hill.example"]
    assert [letter.state for letter in letters] == ["Not delivered", "Waiting", "Sent"]


def test_a_letter_whose_reason_is_gone_is_dropped_with_the_reason(post_office: PostOffice) -> None:
    booking = make_booking(make_training_session(), status=BookingStatus.WAITLISTED)
    with transaction():
        mail.queue("bookings/waitlisted", to="asha@hill.example", at=NOW, booking=booking)
    changed(booking, status=BookingStatus.CANCELLED_BY_DELEGATE)
    make_letter("dev@vale.example")

    assert mail.deliver(NOW) == 1
    assert mail.deliver(NOW + timedelta(days=1)) == 0

    letter = db.session.scalars(db.select(Letter).where(Letter.about_type == "booking")).one()
    assert letter.about_id == booking.id
    assert (letter.state, letter.dropped_at) == ("Dropped", NOW)
    assert letter.drop_reason == "The booking’s state has changed: Cancelled."
    assert post_office.addresses == ["dev@vale.example"]


def test_a_letter_that_goes_once_is_written_once() -> None:
    booking = make_booking(make_training_session())
    for _ in range(2):
        with transaction():
            mail.queue("bookings/waitlisted", to="a@hill.example", at=NOW, once_key="one", booking=booking)

    assert db.session.scalars(db.select(Letter.once_key)).all() == ["one"]


LINK = "https://training.example.org/reset-password/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_abcde"


@pytest.mark.parametrize(
    ("answer", "is_kept"), [("250 OK", False), ("550 no such user", False), ("452 later", True)]
)
def test_a_one_time_link_stays_in_a_letter_until_it_went_or_was_given_up(
    post_office: PostOffice, answer: str, is_kept: bool
) -> None:
    if answer != "250 OK":
        post_office.refusals = {"asha@hill.example": answer}
    letter = make_letter(
        "asha@hill.example", body=f"Dear Asha\n\n{LINK}\n\nGood day.\n", has_secret_link=True
    )
    mail.deliver(NOW)

    assert all(LINK.encode() in (envelope.content or b"") for envelope in post_office.arrived)
    db.session.rollback()
    assert (LINK in letter.body) is is_kept
    assert letter.body.startswith("Dear Asha")
    assert letter.body.endswith("Good day.\n")


def test_forget_old_letters_a_year_after_they_went_or_were_given_up() -> None:
    a_year_ago = NOW - mail.LETTERS_KEPT
    make_letter("a@hill.example", queued_at=a_year_ago)
    make_letter("b@hill.example", queued_at=a_year_ago, sent_at=a_year_ago)
    make_letter("c@hill.example", queued_at=a_year_ago, sent_at=a_year_ago + timedelta(seconds=1))
    make_letter("d@hill.example", queued_at=a_year_ago, gave_up_at=a_year_ago)

    assert mail.forget_old_letters(NOW) == 2
    assert mail.forget_old_letters(NOW) == 0
    kept = db.session.scalars(db.select(Letter.to_address).order_by(Letter.to_address)).all()
    assert kept == ["a@hill.example", "c@hill.example"]


def test_what_was_put_off_goes_later(post_office: PostOffice) -> None:
    post_office.refusals = {"full@hill.example": "452 try later"}
    make_letter("full@hill.example")
    mail.deliver(NOW)
    post_office.refusals = {}
    assert mail.deliver(NOW) == 0
    assert mail.deliver(NOW + timedelta(minutes=2)) == 1


@pytest.mark.parametrize("address", ["zoë@hill.example", f"é@{'a' * 70}.example"])
def test_an_address_that_cannot_be_written_delays_nobody(post_office: PostOffice, address: str) -> None:
    letters = [make_letter(address), make_letter("asha@hill.example")]
    assert mail.deliver(NOW) == 1
    assert [letter.state for letter in letters] == ["Not delivered", "Sent"]


def test_a_letter_being_sent_is_left_to_its_worker(post_office: PostOffice) -> None:
    letter = make_letter("asha@hill.example", lease_until=NOW + timedelta(minutes=1))
    assert mail.deliver(NOW) == 0
    assert mail.deliver(NOW + timedelta(minutes=2)) == 1
    db.session.rollback()
    assert letter.tries == 1


def test_two_workers_at_once_send_each_letter_once(app: Flask, post_office: PostOffice) -> None:
    letters = [make_letter(f"person{number}@hill.example") for number in range(12)]
    together = Barrier(2)

    def work() -> int:
        with app.app_context():
            together.wait()
            return mail.deliver(NOW)

    with ThreadPoolExecutor(2) as workers:
        went = sum(job.result() for job in [workers.submit(work), workers.submit(work)])

    assert went == 12
    assert sorted(post_office.addresses) == sorted(letter.to_address for letter in letters)


class Peevish(threading.Thread):
    """A mail server that says these things at these moments and hangs up where it is told to."""

    def __init__(self, *, greeting: str = "220 x", sender: str = "250 OK", hang_up_at: str = "") -> None:
        super().__init__(daemon=True)
        self.greeting, self.sender, self.hang_up_at = greeting, sender, hang_up_at
        self.taken = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb", buffering=0) as lines:
                self._talk(lines)

    def _talk(self, lines: Any) -> None:
        lines.write(f"{self.greeting}\r\n".encode())
        while line := lines.readline().decode().upper():
            if line.startswith("QUIT"):
                return
            if line.startswith("DATA"):
                lines.write(b"354 go on\r\n")
                while lines.readline() != b".\r\n":
                    pass
                self.taken += 1
                if self.hang_up_at == "data":
                    return
            lines.write(f"{self.sender if line.startswith('MAIL') else '250 OK'}\r\n".encode())


@pytest.fixture
def peevish(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Peevish]]:
    started: list[Peevish] = []

    def start(**how: str) -> Peevish:
        server = Peevish(**how)
        started.append(server)
        server.start()
        monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
        for name, value in {"server": "127.0.0.1", "port": server.port, "suppress": False}.items():
            monkeypatch.setattr(app.extensions["mail"], name, value)
        return server

    yield start
    for server in started:
        server.socket.close()


@pytest.mark.parametrize(
    "how", [{"greeting": "554 no service here"}, {"sender": "550 relaying is not configured"}]
)
def test_what_a_server_says_about_us_is_no_end_of_a_letter(
    peevish: Callable[..., Peevish], how: dict[str, str]
) -> None:
    peevish(**how)
    letter = make_letter("a@hill.example")

    mail.deliver(NOW)

    db.session.refresh(letter)
    assert letter.state == "Waiting"


def test_a_server_that_hangs_up_after_it_took_the_letter_gets_it_once(
    peevish: Callable[..., Peevish],
) -> None:
    server = peevish()
    letter = make_letter("a@hill.example")

    mail.deliver(NOW)
    mail.deliver(NOW + timedelta(days=1))

    db.session.refresh(letter)
    assert (letter.state, server.taken) == ("Sent", 1)


def test_a_connection_that_breaks_after_the_letter_repeats_it_once_at_most(
    peevish: Callable[..., Peevish],
) -> None:
    server = peevish(hang_up_at="data")
    letter = make_letter("a@hill.example")

    for day in range(5):
        mail.deliver(NOW + timedelta(days=day))

    db.session.refresh(letter)
    assert server.taken == 2
    assert (letter.state, letter.last_error) == ("Not delivered", mail.MAY_HAVE_ARRIVED)


def test_a_server_that_was_away_for_an_hour_gets_each_letter_once(
    app: Flask, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        with monkeypatch.context() as away:
            away.setattr(app.extensions["mail"], "port", nobody.getsockname()[1])
            letters = [make_letter(f"person{number}@hill.example") for number in range(3)]
            assert sum(mail.deliver(NOW + timedelta(seconds=5 * turn)) for turn in range(720)) == 0
    assert {letter.state for letter in letters} == {"Waiting"}

    sent = [mail.deliver(NOW + timedelta(hours=1, minutes=minute)) for minute in range(61)]

    assert sum(sent) == 3
    assert sorted(post_office.addresses) == [letter.to_address for letter in letters]


@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 try later", "Waiting"), ("552 too large", "Not delivered"), ("554 no", "Not delivered")],
)
def test_a_server_that_refuses_a_letter_is_believed(post_office: PostOffice, answer: str, state: str) -> None:
    post_office.answer = answer
    letter = make_letter("asha@hill.example")

    assert mail.deliver(NOW) == 0

    assert letter.state == state
    assert answer[:3] in (letter.last_error or "")
    assert letter.broke_off_at is None


def test_a_break_and_then_a_refusal_and_a_break_still_repeat_a_letter_once(post_office: PostOffice) -> None:
    letter = make_letter("asha@hill.example")
    for day, (hangs_up, refusals) in enumerate(
        [(True, {}), (False, {letter.to_address: "452 later"}), (True, {}), (True, {})]
    ):
        post_office.hangs_up, post_office.refusals = hangs_up, refusals
        mail.deliver(NOW + timedelta(days=day))

    assert len(post_office.arrived) == 2
    assert all(letter.message_id.encode() in (envelope.content or b"") for envelope in post_office.arrived)
    assert (letter.state, letter.broke_off_at) == ("Not delivered", NOW)


def test_a_slow_server_is_left_after_a_while_and_keeps_the_worker_from_nothing_else(
    post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PATIENCE", 0.2)
    post_office.takes_seconds = 1
    letters = [make_letter(f"person{number}@hill.example") for number in range(3)]

    began = time.monotonic()
    assert mail.deliver(NOW) == 0

    assert time.monotonic() - began < 1
    assert [letter.tries for letter in letters] == [1, 0, 0]
