"""Pages of audits."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sscb_training.case_audits.models import Action, CaseAudit, Finding, FindingKind
from sscb_training.core.db import db
from sscb_training.courses.models import Theme
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import a_theme, make_action, make_briefing, make_case_audit, make_finding, saved

ACTION = {"code": "ACT-1", "text": "Review the course", "kind": "course_content", "status": "planned"}
LONG = "A very long title of an audit that nobody shortened " * 4


def test_the_list_counts_what_each_audit_found(browser: Browser, cara: Person) -> None:
    case_audit = make_case_audit(title=LONG, month=date(2016, 5, 1))
    finding = make_finding(case_audit)
    make_finding(case_audit, kind=FindingKind.STRENGTH)
    make_action(case_audit, finding)
    make_action(case_audit, owner="The board")

    page = browser.signed_in(cara).get("/audits")

    assert [cell.get_text(" ", strip=True) for cell in page.soup.select("tbody tr > *")] == [
        "May 2016", LONG.strip(), "Neglect", "1", "1", "2 1 without an owner",
    ]  # fmt: skip


def test_the_list_says_what_to_do_when_it_is_empty(browser: Browser, cara: Person) -> None:
    assert "No audits yet" in browser.signed_in(cara).get("/audits").text


def test_the_list_is_filtered_by_theme(browser: Browser, cara: Person) -> None:
    make_case_audit(title="Of neglect")
    other = saved(Theme(slug="core-groups", name="Core groups"))
    make_case_audit(title="Of core groups", theme=other)

    browser.signed_in(cara)

    assert "Of neglect" not in browser.get("/audits?theme=core-groups").text
    assert "Of neglect" in browser.get("/audits?theme=nonsense").text
    assert "Of core groups" not in browser.get("/audits?theme=neglect").text


def test_the_list_asks_as_often_for_three_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    make_finding(make_case_audit(briefing=make_briefing()))
    one = count_queries(lambda: browser.get("/audits"))
    for _ in range(2):
        make_finding(make_case_audit(briefing=make_briefing()))

    assert count_queries(lambda: browser.get("/audits")) == one


def test_record_an_audit(browser: Browser, cara: Person) -> None:
    theme, first = a_theme(), make_case_audit()

    page = browser.signed_in(cara).submit(
        "/audits/new", code="AUD-2027-05", title="Neglect again", theme=str(theme.id), focus="Has practice changed?",
        re_audit_of=str(first.id), **day("month", 9, 5, 2027),
    )  # fmt: skip

    assert page.h1 == "Neglect again"
    assert "Now add what it found" in page.text
    saved_audit = db.session.scalars(db.select(CaseAudit).filter_by(code="AUD-2027-05")).one()
    assert (saved_audit.month, saved_audit.re_audit_of) == (
        date(2027, 5, 1),
        first,
    )


def test_record_an_audit_refuses_a_code_that_is_taken(browser: Browser, cara: Person) -> None:
    make_case_audit(code="AUD-1")

    page = browser.signed_in(cara).submit(
        "/audits/new", code="AUD-1", title="Again", theme=str(a_theme().id), focus="Again", **day("month", 1, 5, 2027)
    )  # fmt: skip

    assert page.errors == ["The code AUD-1 is taken. Choose another one."]


def test_add_a_finding_warns_and_adds_it(browser: Browser, cara: Person) -> None:
    case_audit = make_case_audit()
    url = f"/audits/{case_audit.id}/findings/new"

    assert "No child’s details belong here" in browser.signed_in(cara).get(url).text
    page = browser.submit(url, code="NEG-1", kind="area_for_improvement", text="Neglect was raised late")

    assert "Neglect was raised late" in page.text
    assert "Nothing decided yet" in page.text


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("text", "NHS 943 476 5919", "What was found holds what looks like an NHS number."),
        ("note", "born 3/4/2012", "Note holds what looks like a date of birth."),
        ("source", "case no 12345", "Source holds what looks like a case number."),
        ("named", "1234567", "Who is named holds what looks like a case number."),
    ],
)
def test_add_a_finding_refuses_a_childs_details(
    browser: Browser, cara: Person, field: str, typed: str, error: str
) -> None:
    url = f"/audits/{make_case_audit().id}/findings/new"
    given: dict[str, Any] = {"code": "NEG-1", "kind": "strength", "text": "Good", field: typed}

    page = browser.signed_in(cara).submit(url, **given)

    assert page.errors == [f"{error} Take it out: no child’s details belong here"]
    assert typed in page.response.get_data(as_text=True), "what was typed is kept, to be mended"
    assert db.session.scalars(db.select(Finding)).all() == []


def test_add_a_finding_asks_for_what_is_missing(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).submit(f"/audits/{make_case_audit().id}/findings/new", code="no spaces!")

    assert page.errors == [
        "Code must be letters, numbers and hyphens, like NEG-8",
        "Select whether it is an area for improvement or a strength",
        "Enter what was found",
    ]


def test_add_an_action_without_an_owner_or_a_date(browser: Browser, cara: Person) -> None:
    case_audit = make_case_audit()
    finding = make_finding(case_audit)

    browser.signed_in(cara)
    page = browser.post(f"/audits/{case_audit.id}/actions/new", ACTION | {"findings": [str(finding.id)]})

    assert "Not named" in page.text
    assert "No date given" in page.text
    assert db.session.scalars(db.select(Action)).one().findings == [finding]


def test_add_an_action_takes_only_findings_of_its_own_audit(browser: Browser, cara: Person) -> None:
    case_audit, elsewhere = make_case_audit(), make_finding()
    browser.signed_in(cara)

    make_finding(case_audit)
    page = browser.post(f"/audits/{case_audit.id}/actions/new", ACTION | {"findings": [str(elsewhere.id)]})

    assert len(page.errors) == 1
    assert db.session.scalars(db.select(Action)).all() == []


def test_change_a_finding_and_see_the_old_text(browser: Browser, cara: Person) -> None:
    finding = make_finding(code="NEG-1", text="Neglect was raised lateley", note="Read beside POS-7")
    browser.signed_in(cara).get(f"/findings/{finding.id}")

    page = browser.fill(browser.click("Change this finding"), text="Neglect was raised late")

    assert "The finding is changed." in page.text
    assert "Text: was Neglect was raised lateley, now Neglect was raised late" in page.text
    assert (finding.text, finding.note) == ("Neglect was raised late", "Read beside POS-7")


def test_change_a_finding_refuses_a_childs_details(browser: Browser, cara: Person) -> None:
    finding = make_finding(text="Late")

    page = browser.signed_in(cara).submit(f"/findings/{finding.id}/change", text="born 3/4/2012")

    assert page.errors[0].startswith("What was found holds what looks like a date of birth")
    assert finding.text == "Late"


def test_change_an_action_and_see_what_it_said(browser: Browser, cara: Person) -> None:
    action = make_action(make_case_audit(), code="ACT-1", text="Reveiw the course", owner="The board")
    browser.signed_in(cara).get(f"/audits/{action.case_audit_id}")

    page = browser.fill(browser.click("Change ACT-1"), text="Review the course", kind="promotion")

    assert "The action is changed." in page.text
    assert (
        "Text: was Reveiw the course, now Review the course Kind: was Course content, now Promotion"
        in page.text
    )
    assert action.owner == "The board"


@pytest.mark.parametrize("url", ["/audits", "/audits/new", "/manage/briefings/1", "/audits/1/findings/new"])
def test_audits_are_for_board_staff(browser: Browser, asha: Person, url: str) -> None:
    assert browser.signed_in(asha).get(url, status=403).h1 == "You cannot open this page"


def day(name: str, *parts: int) -> dict[str, Any]:
    """What the three boxes of a date send."""
    return {name: [str(part) for part in parts]}
