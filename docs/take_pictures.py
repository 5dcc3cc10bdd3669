"""Take the pictures of the README and the guides: `make pictures` (after `python3 dev.py test` has set all up).

Serves a fresh demonstration in a temporary folder, opens the pages in Chromium as the people who use them,
and writes docs/pictures/*.png. Nobody edits these pictures by hand.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests import live  # noqa: E402 - the project's root must be on the path first

PICTURES = ROOT / "docs/pictures"
WIDE, PHONE = 1280, 390


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
                browser = playwright.chromium.launch(executable_path=path, args=live.CHROMIUM_ARGUMENTS)
                take_all(browser, server.address, passwords)
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


def take_all(browser: Browser, address: str, passwords: dict[str, str]) -> None:
    def visitor(account: str = "", *, width: int = WIDE) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 800}, device_scale_factor=1)
        if account:
            email = f"{account}@demo.example"
            page.goto(f"{address}/sign-in")
            page.get_by_label("Email address").fill(email)
            page.get_by_label("Password", exact=True).fill(passwords[email])
            page.get_by_role("button", name="Sign in").click()
        return page

    def take(page: Page, name: str, path: str, *links: str, whole: bool = False) -> None:
        page.goto(address + path)
        for link in links:
            page.get_by_role("link", name=link).first.click()
        page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
        print(f"docs/pictures/{name}.png")

    anybody, staff = visitor(), visitor("boardstaff")
    take(anybody, "courses", "/courses")
    take(anybody, "course", "/courses/GCP2-PRAC")
    take(visitor("professional"), "home", "/home")
    take(visitor("trainer", width=PHONE), "registers-phone", "/registers")
    take(visitor("agencylead"), "my-agency", "/my-agency")
    take(staff, "audits", "/audits")
    take(staff, "needs", "/needs")
    take(staff, "coverage", "/needs/1/coverage")
    take(staff, "sessions", "/sessions")


if __name__ == "__main__":
    main()
