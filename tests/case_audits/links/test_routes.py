"""Links of audits and actions, and what is done when they are dead."""

from datetime import date, timedelta

import pytest

from sscb_training.case_audits.links import service
from sscb_training.case_audits.models import AuditLink
from sscb_training.case_audits.service import AuditRefused
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import NOW, TODAY, make_action, make_case_audit, saved

TOOL = "https://tool.example/gcp2"


def test_a_link_is_added_marked_dead_and_alive_again(browser: Browser, cara: Person) -> None:
    case_audit = make_case_audit()
    make_action(case_audit, code="ACT-1")
    browser.signed_in(cara).get(f"/audits/{case_audit.id}")

    page = browser.fill(browser.click("Add a link to ACT-1"), label="The tool", url=TOOL)
    assert page.link("The tool") == TOOL
    page = browser.fill(browser.click("Mark as dead : The tool"), dead_on=["3", "3", "2026"])
    assert "Dead link" in page.text
    assert f"{TOOL}, found dead on" in page.text
    assert TOOL not in {a.get("href") for a in page.soup.find_all("a")}
    link = db.session.scalars(db.select(AuditLink)).one()
    assert "Dead on: was nothing, now 3 March 2026" in page.text

    assert browser.post(f"/audit-links/{link.id}/alive").link("The tool") == TOOL
    assert "The tool" not in browser.post(f"/audit-links/{link.id}/remove").text.split("History")[0]


@pytest.mark.parametrize(("url", "error"), [("javascript:alert(1)", 1), ("ftp://old.example", 1), ("", 0)])
def test_an_address_is_one_that_a_browser_follows_or_lost(
    browser: Browser, cara: Person, url: str, error: int
) -> None:
    case_audit = make_case_audit()

    browser.signed_in(cara)
    page = browser.post(f"/audits/{case_audit.id}/links/new", {"label": "The policy", "url": url})

    assert len(page.errors) == error
    assert ("The policy (the address was lost)" in page.text) is (not error)
    for link in db.session.scalars(db.select(AuditLink)).all():
        page = browser.get(f"/audit-links/{link.id}/dead")
        assert "The address of this was lost" in page.text
        assert not page.soup.select("main form")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("url", "dead_on", "why"),
    [("", date(2026, 3, 1), "was lost"), (TOOL, TODAY + timedelta(days=1), "has not come yet")],
)
def test_only_an_address_is_dead_and_not_before_its_day(url: str, dead_on: date, why: str) -> None:
    link = saved(AuditLink(case_audit_id=make_case_audit().id, label="The tool", url=url))

    with pytest.raises(AuditRefused, match=why), transaction():
        service.mark_link(link, dead_on=dead_on, by=None, now=NOW)
