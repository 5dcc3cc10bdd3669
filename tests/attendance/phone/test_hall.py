"""A trainer in a hall with a real browser: the network cut, the browser closed, two phones, another person signed in."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from sscb_training.attendance import queries, service
from sscb_training.attendance.models import Mark, SentMark
from sscb_training.bookings.models import Booking
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Person
from tests import live
from tests.factories import NOW, changed, make_booking, make_person, make_scheme, make_training_session
from tests.journeys.browsers import Serve, assert_accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
NewPage = Callable[..., Page]
NAMES = ("Asha Patel", "Bea Brown", "Cal Clark", "Dan Davies")
PATIENCE = 15_000
KEPT = """async ([number, having]) => {
    for (let tries = 0; tries < 100; tries += 1) {
        const pages = await caches.open("register-pages")
        const found = await Promise.all((await pages.keys()).map((key) => pages.match(key)))
        const texts = await Promise.all(found.map((page) => page?.text() ?? ""))
        if (texts.length === number && texts.every((text) => text.includes(having))) return true
        await new Promise((later) => setTimeout(later, 50))
    }
    return false
}"""
COMES_BACK = "() => void document.dispatchEvent(new Event('visibilitychange'))"
WAITING = "() => Number(localStorage.getItem('register-marks') ?? 0)"


@pytest.fixture
def hall(tom: Person, cara: Person) -> TrainingSession:
    training_session = make_training_session(starts_at=NOW - timedelta(hours=1), trainers=[tom])
    for name in NAMES:
        make_booking(training_session, person=make_person(name))
    db.session.rollback()
    return training_session


@pytest.fixture
def path(hall: TrainingSession) -> str:
    """The address of its register; read now, because an open reader would keep SQLite's writers waiting."""
    found = f"/registers/{hall.id}"
    db.session.rollback()
    return found


def delegate(page: Page, name: str) -> Locator:
    return page.locator(".app-register__delegate").filter(
        has=page.get_by_role("heading", name=name, exact=True)
    )


def tap(page: Page, name: str, mark: str) -> None:
    delegate(page, name).locator("[data-part]:visible").get_by_label(mark, exact=True).check()


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-hall-status]")).to_contain_text(words, timeout=PATIENCE)


def marked(page: Page) -> dict[str, str]:
    """What the page shows as marked."""
    chosen = page.evaluate(
        """() => [...document.querySelectorAll("[data-booking]")].flatMap((row) => {
            const radio = row.querySelector("input:checked")
            return radio ? [[row.querySelector("h2").textContent.trim(), radio.value]] : []
        })"""
    )
    return dict(chosen)


def stored(training_session: TrainingSession) -> dict[str, str]:
    """What the database holds."""
    db.session.rollback()
    seen = queries.seen_in(training_session)
    names = {booking.id: booking.person.name for booking in queries.sheet(training_session).delegates}
    db.session.rollback()
    return {names[booking_id]: mark.word for (booking_id, _), mark in seen.items()}


def back_online(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('online'))")


def kept(page: Page, number: int = 1, *, having: str = "") -> None:
    """Wait until so many pages, all with this in them, would open without a connection.

    (A promise that is waited for as a function is true.)
    """
    assert page.evaluate(KEPT, [number, having])


Phone = Callable[[], Page]


class Gate:
    """The only way to the service, by an address of its own: shut, nothing answers there."""

    def __init__(self, address: str) -> None:
        self.behind = int(address.rsplit(":", 1)[1])
        self.port = 0
        self.open()

    def open(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listening.getsockname()[1]
        self.through: list[socket.socket] = []
        Thread(target=self._let_in, args=(self.listening,), daemon=True).start()

    def shut(self) -> None:
        for one in [self.listening, *self.through]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _let_in(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _ = listening.accept()
                service = socket.create_connection(("127.0.0.1", self.behind))
                self.through += [caller, service]
                for here, there in ((caller, service), (service, caller)):
                    Thread(target=self._carry, args=(here, there), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(65536):
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def gate(serve: Serve) -> Iterator[Gate]:
    found = Gate(serve(NOW))
    yield found
    found.shut()


@pytest.fixture
def phone(chromium: Browser, tmp_path: Path) -> Iterator[Phone]:
    """A phone whose browser can be closed and opened again: what it stored stays."""
    contexts: list[Any] = []

    def opened() -> Page:
        for context in contexts:
            context.close()
        contexts[:] = [
            chromium.browser_type.launch_persistent_context(
                tmp_path / "phone",
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                args=live.CHROMIUM_ARGUMENTS,
                viewport={"width": 375, "height": 800},
                locale="en-GB",
            )
        ]
        contexts[0].set_default_timeout(15_000)
        return contexts[0].pages[0]  # type: ignore[no-any-return]

    yield opened
    for context in contexts:
        context.close()


def test_marks_outlive_a_lost_server_and_a_closed_browser(
    app: Flask,
    hall: TrainingSession,
    path: str,
    tom: Person,
    gate: Gate,
    phone: Phone,
) -> None:
    page, url = phone(), gate.address + path
    sign_in(page, tom, gate.address)
    page.goto(url)
    tap(page, "Asha Patel", "Late")
    says(page, "All marks are saved.")
    kept(page)
    page.goto(url)
    says(page, "All marks are saved.")
    kept(page, having=" checked")
    gate.shut()
    page.get_by_role("button", name="Close the register").click()
    says(page, "No connection.")
    tap(page, "Bea Brown", "Attended")
    tap(page, "Cal Clark", "Did not attend")
    says(page, "No connection. 2 marks are on this phone only. They are sent as soon as there is one.")
    assert_accessible(page)

    page = phone()
    page.goto(url)
    says(page, "2 marks are on this phone only")
    assert marked(page) == {"Asha Patel": "late", "Bea Brown": "attended", "Cal Clark": "did_not_attend"}
    tap(page, "Dan Davies", "Attended")
    says(page, "3 marks are on this phone only")
    page.goto(f"{gate.address}/registers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Register marks on this phone")
    expect(page.get_by_text("Cal Clark (booking")).to_be_visible()
    assert_accessible(page)
    assert stored(hall) == {"Asha Patel": "late"}

    page.goto(url)
    says(page, "3 marks are on this phone only")
    gate.open()
    back_online(page)
    says(page, "You are signed out. 3 marks are on this phone only. Sign in as Tom Trainer to send them")
    sign_in(page, tom, gate.address)
    back_online(page)
    says(page, "All marks are saved.")
    assert page.evaluate(WAITING) == 0
    assert stored(hall) == dict(zip(NAMES, ["late", "attended", "did_not_attend", "attended"], strict=True))


def test_two_phones_in_conflict_show_both_marks_and_the_trainer_chooses(
    app: Flask, hall: TrainingSession, path: str, tom: Person, cara: Person, serve: Serve, new_page: NewPage
) -> None:
    address = serve(NOW)
    pages = [new_page(width=375), new_page(width=375)]
    for page, person in zip(pages, [tom, cara], strict=True):
        sign_in(page, person, address)
        page.goto(address + path)
        says(page, "All marks are saved.")
    toms, caras = pages
    toms.context.set_offline(True)
    tap(toms, "Asha Patel", "Late")
    tap(toms, "Bea Brown", "Late")
    tap(toms, "Cal Clark", "Late")
    says(toms, "3 marks are on this phone only")
    tap(caras, "Asha Patel", "Attended")
    tap(caras, "Bea Brown", "Did not attend")
    tap(caras, "Dan Davies", "Attended")
    says(caras, "All marks are saved.")

    toms.context.set_offline(False)
    says(toms, "2 marks are not saved. Choose which is right")
    told = delegate(toms, "Asha Patel").locator(".app-told")
    expect(told).to_contain_text("Cara Board marked Attended at 9am on 23 November 2026. You marked Late at")
    assert_accessible(toms)
    assert stored(hall) == {
        "Asha Patel": "attended",
        "Bea Brown": "did_not_attend",
        "Cal Clark": "late",
        "Dan Davies": "attended",
    }
    told.get_by_role("button", name="Keep Late").click()
    delegate(toms, "Bea Brown").get_by_role("button", name="Take Did not attend").click()
    says(toms, "All marks are saved.")
    expected = {
        "Asha Patel": "late",
        "Bea Brown": "did_not_attend",
        "Cal Clark": "late",
        "Dan Davies": "attended",
    }
    assert stored(hall) == expected
    assert marked(toms) == expected


def test_what_must_be_chosen_is_brought_into_sight(
    app: Flask, tom: Person, cara: Person, serve: Serve, new_page: NewPage
) -> None:
    hall = make_training_session(starts_at=NOW - timedelta(days=1), parts=2, trainers=[tom])
    changed(hall.parts[1], starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=2))
    booking = make_booking(hall, person=make_person("Asha Patel"))
    for name in ("Aaron", "Abel", "Ada", "Bea", "Cal", "Dan", "Eve"):
        make_booking(hall, person=make_person(f"{name} Adams"))
    path, first = f"/registers/{hall.id}", (booking.id, hall.parts[0].id)
    db.session.rollback()
    address = serve(NOW)
    page = new_page(width=375)
    sign_in(page, tom, address)
    page.goto(address + path)
    says(page, "All marks are saved.")
    page.locator("[data-show]").nth(0).click()
    page.context.set_offline(True)
    tap(page, "Asha Patel", "Late")
    page.get_by_role("button", name="Close the register").click()
    says(page, "1 mark is on this phone only")
    says(page, "Adding somebody and closing the register need a connection.")
    with transaction():
        service.save_register(hall, marks={first: Mark.ATTENDED}, scores={}, by=cara, now=NOW)
    db.session.rollback()
    page.locator("[data-show]").nth(1).click()
    page.get_by_label("Find a delegate by name").fill("nobody")
    page.context.set_offline(False)
    says(page, "1 mark is not saved.")
    page.get_by_role("link", name="Choose which is right").click()
    told = delegate(page, "Asha Patel").locator(".app-told")
    expect(told).to_be_focused()
    expect(told).to_have_accessible_name("Asha Patel")
    expect(told.get_by_role("button", name="Keep Late")).to_be_in_viewport()
    page.wait_for_timeout(100)
    head, row = page.locator("[data-hall]").bounding_box(), delegate(page, "Asha Patel").bounding_box()
    assert head is not None
    assert row is not None
    assert row["y"] >= head["y"] + head["height"]


def test_a_register_that_is_theirs_no_more_leaves_the_phone(
    app: Flask, hall: TrainingSession, path: str, tom: Person, serve: Serve, new_page: NewPage
) -> None:
    address = serve(NOW)
    page = new_page(width=375)
    sign_in(page, tom, address)
    for looks_again in (lambda: page.goto(address + path), lambda: page.evaluate(COMES_BACK)):
        page.goto(address + path)
        says(page, "All marks are saved.")
        kept(page)
        changed(hall, status=SessionStatus.CANCELLED)
        db.session.rollback()
        looks_again()
        kept(page, 0)
        changed(hall, status=SessionStatus.PUBLISHED)
        db.session.rollback()


def test_marks_wait_for_whose_they_are_when_somebody_else_signs_in(
    app: Flask, hall: TrainingSession, path: str, tom: Person, cara: Person, serve: Serve, new_page: NewPage
) -> None:
    address = serve(NOW)
    page = new_page(width=375)
    sign_in(page, tom, address)
    page.goto(address + path)
    says(page, "All marks are saved.")
    kept(page)
    page.context.set_offline(True)
    tap(page, "Asha Patel", "Late")
    says(page, "No connection")
    page.context.clear_cookies()
    page.context.set_offline(False)
    says(page, "You are signed out. 1 mark is on this phone only. Sign in as Tom Trainer to send it")
    tap(page, "Bea Brown", "Attended")
    says(page, "Sign in as Tom Trainer to send them")
    assert_accessible(page)

    sign_in(page, cara, address)
    back_online(page)
    says(page, "Cara Board is signed in. 2 marks are on this phone only. Sign in as Tom Trainer to send them")
    page.goto(address + path)
    says(page, "2 marks of Tom Trainer are on this phone only.")
    assert marked(page) == {}
    page.goto(f"{address}/registers")
    expect(page.locator(".app-marks-wait")).to_contain_text("2 register marks are on this phone only.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    kept(page, 0)
    page.get_by_role("link", name="See what to do").click()
    expect(page.locator("[data-on-this-phone]")).to_contain_text(
        "2 marks of Tom Trainer are on this phone only."
    )
    assert "Asha" not in page.locator("main").inner_text()
    assert stored(hall) == {}

    sign_in(page, tom, address)
    page.goto(address + path)
    says(page, "All marks are saved.")
    assert stored(hall) == {"Asha Patel": "late", "Bea Brown": "attended"}
    assert db.session.scalar(db.select(db.func.count(SentMark.id))) == 2


def test_marks_that_came_too_late_stay_in_sight_and_can_be_taken_home(
    app: Flask, hall: TrainingSession, path: str, tom: Person, serve: Serve, new_page: NewPage
) -> None:
    address = serve(NOW)
    page = new_page(width=375)
    sign_in(page, tom, address)
    page.goto(address + path)
    says(page, "All marks are saved.")
    page.context.set_offline(True)
    tap(page, "Asha Patel", "Late")
    tap(page, "Bea Brown", "Attended")
    says(page, "2 marks are on this phone only")
    absent = {
        (booking.id, hall.parts[0].id): Mark.DID_NOT_ATTEND for booking in queries.sheet(hall).delegates
    }
    with transaction():
        service.save_register(hall, marks=absent, scores={}, by=None, now=NOW)
        service.close_register(hall, by=None, now=NOW)
    page.context.set_offline(False)
    says(page, "2 marks are not saved.")
    expect(delegate(page, "Asha Patel")).to_contain_text(
        "Not saved. This register is closed. Re-open it to change anything. The mark is on this phone only."
    )
    assert_accessible(page)

    page.goto(address + path)
    page.get_by_role("link", name="See what to do").click()
    expect(page.locator("[data-on-this-phone] li").first).to_contain_text("Late, at")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the list").click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0] == '"Booking","Part","Mark","Marked","Why it is not saved"'
    assert len(lines) == 3
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove from this phone").click()
    expect(page.locator("[data-nothing]")).to_be_visible()
    assert page.evaluate(WAITING) == 0


def test_a_phone_page_finds_counts_marks_all_and_takes_back(
    app: Flask, tom: Person, serve: Serve, new_page: NewPage
) -> None:
    """Two parts, of a course that demands full attendance."""
    hall = make_training_session(starts_at=NOW - timedelta(weeks=1, hours=1), parts=2, trainers=[tom])
    changed(hall.course, may_miss_minutes=15)
    make_scheme(hall.course)
    bookings: list[Booking] = [make_booking(hall, person=make_person(name)) for name in NAMES]
    cells = {booking.person.name: f"{booking.id}-{hall.parts[1].id}" for booking in bookings}
    address, register = serve(NOW), f"/registers/{hall.id}"
    page = new_page(width=375)
    sign_in(page, tom, address)
    page.goto(address + register)
    says(page, "All marks are saved.")
    count = page.locator("[data-hall-count]")
    expect(count).to_have_text("0 of 4 marked")
    expect(page.get_by_role("button", name="Part 2")).to_have_attribute("aria-pressed", "true")
    assert_accessible(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll(".app-hall button, .app-segments__choice, .app-hall__find")]
            .filter((target) => target.offsetHeight && target.offsetHeight < 44).length"""
    )
    assert small == 0

    tap(page, "Asha Patel", "Late")
    minutes = delegate(page, "Asha Patel").get_by_label("Minutes missed").last
    minutes.fill("20")
    minutes.blur()
    page.get_by_label("Not marked yet").check()
    expect(page.locator(".app-register__delegate:visible")).to_have_count(3)
    page.get_by_label("Find a delegate").fill("dan")
    expect(page.locator(".app-register__delegate:visible")).to_have_count(1)
    page.get_by_role("button", name="The other 3 attended").click()
    expect(count).to_have_text("4 of 4 marked")
    says(page, "All marks are saved.")
    assert stored(hall) == dict(zip(NAMES, ["late/20", "attended", "attended", "attended"], strict=True))
    page.get_by_role("button", name="Undo 3 marks").click()
    says(page, "All marks are saved.")
    expect(count).to_have_text("1 of 4 marked")
    assert stored(hall) == {"Asha Patel": "late/20"}
    page.get_by_label("Not marked yet").uncheck()
    page.get_by_label("Find a delegate").fill("")
    page.get_by_role("button", name="All parts").click()
    expect(count).to_have_text("1 of 8 marked")
    page.get_by_role("button", name="Save the register").click()
    expect(page.locator(".govuk-notification-banner, .app-flash, [role=alert], main")).to_contain_text(
        ["The register is saved"]
    )
    assert page.locator(f"#mark-{cells['Asha Patel']}-2").is_checked()
    delegate(page, "Asha Patel").get_by_label("Assessment score").fill("abc")
    page.get_by_role("button", name="Save the register").click()
    says(page, "All marks are saved, and scores are not yet.")
