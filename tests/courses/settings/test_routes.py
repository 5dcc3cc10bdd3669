"""The pages of settings."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sscb_training.core import history
from sscb_training.core.board import BoardSetting, board_numbers
from sscb_training.core.db import row_or_404
from sscb_training.core.jobs import JobBeat
from sscb_training.courses.models import Theme
from sscb_training.courses.settings import queries
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import NOW, make_levels, saved


def test_the_settings_of_a_new_installation_say_what_to_do(
    browser: Browser, ada: Person, cara: Person
) -> None:
    page = browser.signed_in(ada).get("/settings").text
    assert "No themes yet" in page
    assert "No staff groups yet" in page
    assert "Never: start it" in page
    browser.signed_in(cara).get("/settings", status=403)


def test_an_administrator_keeps_themes_and_levels(browser: Browser, ada: Person) -> None:
    browser.signed_in(ada).submit("/settings/themes/new", name="Neglect")
    assert "already a theme" in browser.submit("/settings/themes/new", name="neglect").errors[0]
    theme = queries.themes()[0]
    page = browser.submit(f"/settings/themes/{theme.id}", name="Neglect and poverty")
    assert "Neglect and poverty" in page.text
    browser.submit("/settings/themes/new", name="Other")
    assert browser.submit(f"/settings/themes/{theme.id}", name="Other").errors

    browser.submit("/settings/level-schemes/new", name="Health")
    assert browser.submit("/settings/level-schemes/new", name="health").errors
    scheme = queries.level_schemes()[0]
    browser.submit(f"/settings/level-schemes/{scheme.id}", name="Health levels")
    assert "No levels yet" in browser.get("/settings").text
    browser.submit(f"/settings/level-schemes/{scheme.id}/levels/new", name="Level 1")
    assert browser.submit(f"/settings/level-schemes/{scheme.id}/levels/new", name="level 1").errors
    level = queries.levels()[0]
    page = browser.submit(f"/settings/levels/{level.id}", name="Level 2")
    assert "Health levels" in page.text
    assert "Level 2" in page.text
    assert browser.submit(f"/settings/levels/{level.id}", name="").errors == ["Enter a name"]
    browser.submit(f"/settings/level-schemes/{scheme.id}/levels/new", name="Level 3")
    assert browser.submit(f"/settings/levels/{level.id}", name="Level 3").errors
    browser.submit("/settings/level-schemes/new", name="Groups")
    assert browser.submit(f"/settings/level-schemes/{scheme.id}", name="Groups").errors


def test_an_administrator_puts_themes_and_levels_in_order(browser: Browser, ada: Person) -> None:
    saved(Theme(slug="neglect", name="Neglect", position=1))
    saved(Theme(slug="abuse", name="Abuse", position=2))
    make_levels()

    page = browser.signed_in(ada).get("/settings")
    browser.fill(page, button="Move up Abuse")
    browser.fill(page, button="Move up Two")

    assert [theme.name for theme in queries.themes()] == ["Abuse", "Neglect"]
    assert [level.name for level in queries.levels()] == ["Two", "One"]
    with pytest.raises(AssertionError, match="0 forms"):
        browser.fill(browser.get("/settings"), button="Move up Two")


def test_an_administrator_sets_the_boards_numbers(browser: Browser, ada: Person) -> None:
    assert "5 working days, with a reminder after 2" in browser.signed_in(ada).get("/settings").text

    page = browser.submit("/settings/numbers", approval_working_days="3", approval_reminder_working_days="3")
    assert page.errors == ["The reminder must come before the time to approve is over"]
    page = browser.fill(
        page, approval_reminder_working_days="1", joining_days_second="0", short_offers_to_all="1"
    )

    assert "3 working days, with a reminder after 1" in page.text
    assert "7 days before" in page.text
    assert "the first of all who wait when fewer than 3 are left" in page.text
    assert (board_numbers().approval_working_days, board_numbers().short_offers_to_all) == (3, 1)
    [entry] = history.entries_about(
        row_or_404(select(BoardSetting).where(BoardSetting.name == "approval_working_days"))
    )
    assert entry.detail == {"approval_working_days": [5, 3]}


def test_the_settings_show_this_installation(browser: Browser, ada: Person) -> None:
    saved(JobBeat(name="send letters", begun_at=NOW - timedelta(minutes=1)))
    page = browser.signed_in(ada).get("/settings").text
    assert "https://training.example.org" in page
    assert "Not set: letters wait" in page
    assert "23 November 2026 at 8:59am" in page
    document = Path(__file__).parents[3] / "docs/running.md"
    assert document.read_text().startswith("# Running it for real")
    assert "“Running it for real”, docs/running.md in the folder of this service" in page
    assert "SQLite" in page or "PostgreSQL" in page
