"""Take the pictures of the README and the guides: `make pictures` (after `python3 dev.py test` has set all up).

Serves a fresh demonstration in a temporary folder, opens the pages in Chromium as the people who use them,
and writes docs/pictures/*.png. Nobody edits these pictures by hand.
"""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests import live  # noqa: E402 - the project's root must be on the path first

Visitor = Callable[..., Page]
PICTURES = ROOT / "docs/pictures"
WIDE, GUIDE, PHONE = 1280, 960, 390
ENGLISH = (
    "--lang=en-GB"  # dates are shown day first, where Chromium has its languages (Debian: chromium-l10n)
)
GCP2 = "Graded Care Profile 2 practitioner training"
TEAM = """\
David Davies,david.davies@scht.nhs.example,Specialist community public health nurse
Alan Nicholls,alan.nicholls@scht.nhs.example,Community nursery nurse
Kim Newcomer,kim.newcomer@scht.nhs.example,Health visitor
Sam Sharer,office@scht.nhs.example,Administrator
"""


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        database_url = f"sqlite:///{folder}/demo.sqlite3"
        passwords = load_demo(database_url, folder)
        server = live.start(
            database_url, Path(folder), clock=datetime.now(UTC), environment_name="development"
        )
        try:
            with sync_playwright() as playwright:
                path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
                browser = playwright.chromium.launch(
                    executable_path=path, args=[*live.CHROMIUM_ARGUMENTS, ENGLISH]
                )
                visitor = partial(sign_in, browser, server.address, passwords)
                take_all(visitor, server.address)
                take_bookings(visitor, server.address)
                take_results(visitor("boardstaff"), server.address)
                server.stop()
                coming, begins = next_session(folder)
                server = live.start(database_url, Path(folder), clock=begins, environment_name="development")
                take_wall(sign_in(browser, server.address, passwords, "trainer"), server.address, coming)
                trainer = sign_in(browser, server.address, passwords, "trainer", width=PHONE)
                take_register(trainer, server.address, coming)
        finally:
            server.stop()


def load_demo(database_url: str, folder: str) -> dict[str, str]:
    """A demonstration in a database of its own; the password of each account."""
    environment = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": folder, "APP_ENV": "development"}

    def flask(*command: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            env=environment, cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    flask("db", "upgrade")
    flask("demo", "load")
    accounts = [line.split() for line in flask("demo", "accounts").splitlines() if "@" in line]
    return {words[0]: words[1] for words in accounts}


def sign_in(
    browser: Browser, address: str, passwords: dict[str, str], account: str = "", *, width: int = WIDE
) -> Page:
    """A browser of somebody's, signed in when an account is named."""
    page = browser.new_page(viewport={"width": width, "height": 800}, device_scale_factor=1)
    if account:
        email = f"{account}@demo.example"
        page.goto(f"{address}/sign-in")
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password", exact=True).fill(passwords[email])
        page.get_by_role("button", name="Sign in").click()
    return page


def keep(page: Page, name: str, *, height: int = 800) -> None:
    """Take the picture of the page that is open, so many pixels from its top."""
    page.set_viewport_size(
        {"width": page.viewport_size["width"] if page.viewport_size else WIDE, "height": height}
    )
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"docs/pictures/{name}.png")


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def take_all(visitor: Visitor, address: str) -> None:
    """The pages as they are when the demonstration is loaded."""

    def take(page: Page, name: str, path: str, *, height: int = 800) -> None:
        page.goto(address + path)
        keep(page, name, height=height)

    anybody, staff = visitor(), visitor("boardstaff")
    take(anybody, "courses", "/courses")
    take(anybody, "course", "/courses/GCP2-PRAC")
    take(visitor("professional"), "home", "/home")
    take(visitor("trainer", width=PHONE), "registers-phone", "/registers")
    take(visitor("agencylead"), "my-agency", "/my-agency")
    take(visitor("professional"), "record", "/my-training-record", height=1100)
    take(visitor("agencylead"), "staff-matrix", "/staff-matrix", height=900)
    take(staff, "lapses", "/reports/lapses", height=1300)
    take(staff, "imports", "/imports")
    take(staff, "audits", "/audits")
    take(staff, "findings", "/findings", height=1100)
    take(staff, "practice", "/indicators/1", height=1100)
    take(anybody, "briefing", "/briefings/LIB-9", height=1200)
    take(staff, "needs", "/needs")
    take(staff, "need", "/needs/1", height=1500)
    take(staff, "coverage", "/needs/1/coverage")
    take(staff, "forecast", "/needs/1/forecast", height=1900)
    take(staff, "headcounts", "/needs/headcounts", height=1100)
    take(staff, "dashboard", "/reports/dashboard", height=2000)
    take(staff, "board-report", "/reports/board", height=2000)
    lead = visitor("agencylead")
    take(lead, "agency-report", "/reports/board", height=1300)
    lead.get_by_role("link", name=re.compile("^[0-9]+ N1: .*, gap")).click()
    keep(lead, "left-to-train", height=1000)
    take(staff, "sessions", "/sessions")
    take(staff, "year", "/sessions/year", height=1300)
    take(staff, "figures", "/reports/use", height=1400)


def take_register(trainer: Page, address: str, coming: int) -> None:
    """A register at the door, on a phone whose connection has gone."""
    trainer.goto(f"{address}/registers/{coming}")
    trainer.get_by_text("All marks are saved.").wait_for()
    trainer.context.set_offline(True)
    for row in trainer.locator("[data-booking]").all()[:2]:
        row.get_by_label("Attended", exact=True).last.check()
    trainer.get_by_text("2 marks are on this phone only").wait_for()
    trainer.screenshot(path=PICTURES / "register-offline.png")
    print("docs/pictures/register-offline.png")


def next_session(folder: str) -> tuple[int, datetime]:
    """The next session of the demonstration's trainer, and when people stand at its door."""
    with sqlite3.connect(f"{folder}/demo.sqlite3") as database:
        found, begins = database.execute(
            """
            SELECT training_session.id, training_session.starts_at FROM training_session
            JOIN training_session_trainer ON training_session_id = training_session.id
            JOIN trainer ON trainer.id = trainer_id JOIN person ON person.id = person_id
            WHERE email_key = 'trainer@demo.example' AND status = 'published' AND starts_at > ?
            ORDER BY starts_at LIMIT 1
            """,
            [datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")],
        ).fetchone()
    return found, datetime.fromisoformat(begins).replace(tzinfo=UTC) - timedelta(minutes=20)


def take_wall(trainer: Page, address: str, coming: int) -> None:
    """What hangs on the wall while people come in."""
    trainer.goto(f"{address}/registers/{coming}/check-in")
    keep(trainer, "check-in-screen")


def take_results(staff: Page, address: str) -> None:
    """What delegates said of a course."""
    staff.goto(f"{address}/evaluations")
    staff.get_by_role("main").get_by_role("link", name=GCP2).first.click()
    keep(staff, "evaluations", height=1100)


def take_bookings(visitor: Visitor, address: str) -> None:
    """The pages of a booking's journey, by doing it: a place, an offer, a team, and the answers to it."""
    manager = visitor("manager", width=GUIDE)
    manager.goto(f"{address}/approvals")
    keep(manager, "approvals")

    staff, delegate = visitor("boardstaff"), visitor("professional", width=GUIDE)
    delegate.goto(f"{address}/courses/GCP2-PRAC")
    delegate.locator("a[href^='/dates/']").last.click()
    delegate.goto(f"{delegate.url}/book/access-needs")
    press(delegate, "Continue")
    keep(delegate, "check-answers", height=1080)

    staff.goto(f"{address}/sessions")
    staff.get_by_role("row").filter(has=staff.get_by_text("Full", exact=True)).get_by_role(
        "link"
    ).first.click()
    staff.goto(f"{staff.url}/places")
    places = staff.get_by_label("Places", exact=True)
    places.fill(str(int(places.input_value()) + 3))
    press(staff, "Continue")
    press(staff, "Save")
    delegate.goto(f"{address}/my-bookings")
    delegate.get_by_role("main").get_by_role("link", name="Safeguarding disabled children").first.click()
    keep(delegate, "offer")
    delegate.goto(f"{address}/my-bookings")
    delegate.get_by_role("main").get_by_role("link", name="Child protection conferences").first.click()
    keep(delegate, "booking", height=1180)

    lead = visitor("agencylead", width=GUIDE)
    lead.goto(f"{address}/book-several")
    lead.get_by_role("main").get_by_role("link", name=GCP2).nth(1).click()
    lead.get_by_label("Find people by name or job title").fill("Public health")
    press(lead, "Find")
    lead.get_by_label("Paste a list (optional)").fill(TEAM)
    lead.get_by_label("Staff group of people who are new here").select_option("Health visitors")
    keep(lead, "book-several", height=1100)
    press(lead, "Continue")
    lead.get_by_label("As many as fit: the rest go on the waiting list").check()
    keep(lead, "check-the-list", height=1250)
    lead.get_by_label("Name", exact=True).fill("Maureen Stokes")
    lead.get_by_label("Email address", exact=True).fill("manager@demo.example")
    press(lead, "Confirm bookings")
    keep(lead, "team")

    stranger = visitor(width=GUIDE)
    stranger.goto(f"{address}/development/letters")
    stranger.get_by_role("link", name="Please approve").first.click()
    link = re.search(r"/approve/\S+", stranger.get_by_role("main").inner_text())
    if link is None:
        raise RuntimeError("The letter that asks for approval has no link")
    stranger.goto(address + link[0])
    keep(stranger, "approve", height=1160)


if __name__ == "__main__":
    main()
