"""Pages of audits."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sscb_training.case_audits import service
from sscb_training.case_audits.models import Action, AuditKind, AuditLink, CaseAudit, Finding, FindingKind
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Theme
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    a_theme,
    make_action,
    make_agency,
    make_case_audit,
    make_finding,
    make_indicator,
    make_result,
    make_version,
    saved,
)

ACTION = {"code": "ACT-1", "text": "Review the course", "kind": "course_content", "status": "planned"}
LONG = "A very long title of an audit that nobody shortened " * 4


def day(name: str, *parts: int) -> dict[str, Any]:
    """What the three boxes of a date send."""
    return {name: [str(part) for part in parts]}


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


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("", {"Of neglect", "Of core groups", "Section 11 return"}),
        ("?theme=core-groups", {"Of core groups"}),
        ("?kind=section_11", {"Section 11 return"}),
        ("?state=draft", {"Section 11 return"}),
        ("?state=published&year=2016", {"Of neglect"}),
        ("?agency={police}", {"Of core groups"}),
        (
            "?theme=nonsense&kind=x&year=x&agency=x&state=x",
            {"Of neglect", "Of core groups", "Section 11 return"},
        ),
        ("?theme=core-groups&state=draft", set()),
    ],
)
def test_the_list_is_narrowed_by_the_address(
    browser: Browser, cara: Person, asked: str, titles: set[str]
) -> None:
    police = make_agency(name="Police")
    neglect = make_case_audit(title="Of neglect").theme
    other = saved(Theme(slug="core-groups", name="Core groups"))
    make_case_audit(title="Of core groups", theme=other, agencies=[police], month=date(2017, 1, 1))
    make_case_audit(title="Section 11 return", theme=neglect, kind=AuditKind.SECTION_11, published_at=None)

    page = browser.signed_in(cara).get("/audits" + asked.format(police=police.id))

    assert {link.get_text() for link in page.soup.select("tbody th a")} == titles
    assert ("No audit is like that" in page.text) is (not titles)


def test_the_list_asks_as_often_for_three_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    make_finding(make_case_audit())
    one = count_queries(lambda: browser.get("/audits"))
    for _ in range(2):
        make_finding(make_case_audit())

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


@pytest.mark.parametrize(
    ("answers", "where", "error"),
    [
        ({"code": "AUD-1"}, "#code", "The code AUD-1 is taken. Choose another one."),
        (
            day("period_begin", 2, 5, 2027) | day("period_end", 1, 5, 2027),
            "#period_end",
            "The period must end on or after the day that it begins on.",
        ),
    ],
)
def test_record_an_audit_says_beside_the_question_what_cannot_be(
    browser: Browser, cara: Person, answers: dict[str, Any], where: str, error: str
) -> None:
    make_case_audit(code="AUD-1")
    usual = {"code": "AUD-2", "title": "Again", "theme": str(a_theme().id), "focus": "Again"}

    page = browser.signed_in(cara).submit("/audits/new", **usual | day("month", 1, 5, 2027) | answers)

    assert page.errors == [error]
    beside = page.soup.select_one(".govuk-error-summary a")
    assert beside is not None
    assert str(beside["href"]).startswith(where)
    assert page.soup.select_one(str(beside["href"]))


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
        ("code", "9434765919", "Code holds what looks like an NHS number."),
    ],
)
def test_add_a_finding_refuses_a_childs_details(
    browser: Browser, cara: Person, field: str, typed: str, error: str
) -> None:
    url = f"/audits/{make_case_audit().id}/findings/new"
    given: dict[str, Any] = {"code": "NEG-1", "kind": "strength", "text": "Good", field: typed}

    page = browser.signed_in(cara).submit(url, **given)

    (said,) = page.errors
    assert said.startswith(f"{error} Take it out: no child’s details belong here")
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
    case_audit = make_case_audit()
    finding = make_finding(case_audit, code="NEG-1")
    action = make_action(case_audit, code="ACT-1", text="Reveiw the course", owner="The board")
    browser.signed_in(cara).get(f"/audits/{action.case_audit_id}")

    page = browser.fill(
        browser.click("Change ACT-1"), text="Review the course", kind="promotion", findings=[str(finding.id)]
    )

    assert "The action is changed." in page.text
    assert (
        "Text: was Reveiw the course, now Review the course Kind: was Course content, now Promotion"
        in page.text
    )
    assert "Findings: was nothing, now NEG-1" in page.text
    assert (action.owner, [one.code for one in action.findings]) == ("The board", ["NEG-1"])


def test_a_draft_is_corrected_emptied_published_and_stays(browser: Browser, cara: Person) -> None:
    health = make_agency(name="Health")
    draft = make_case_audit(published_at=None, code="AUD-7", title="Negelct", sample_size=None)
    finding, wrong, action = (
        make_finding(draft, code="NEG-1"),
        make_finding(draft, code="NEG-2"),
        make_action(draft, code="ACT-7"),
    )
    page = browser.signed_in(cara).get(f"/audits/{draft.id}")
    assert "This is a draft" in page.text
    for blank in ("Number not given", "Not recorded", "Decided once it is published"):
        assert blank in page.text

    page = browser.fill(
        browser.click("Change the draft"), title="Neglect", agencies=[str(health.id)], method="By pairs"
    )
    assert "Title: was Negelct, now Neglect" in page.text
    assert "By pairs" in page.text
    browser.post(f"/findings/{wrong.id}/remove")
    assert "NEG-2" not in browser.post(f"/actions/{action.id}/remove").text.split("History")[0]
    assert "once it is published" in browser.get(f"/findings/{finding.id}").text

    browser.get(f"/audits/{draft.id}")
    page = browser.fill(browser.click("Publish this audit"))
    assert page.errors == ["Confirm that nothing in it could lead to a child"]
    page = browser.fill(page, checked="y")
    assert "The audit is published" in page.text
    assert "This is a draft" not in page.text
    for url in (f"/findings/{finding.id}/remove", f"/audits/{draft.id}/discard"):
        assert "This audit is published" in browser.post(url, status=409).text
    page = browser.get(f"/audits/{draft.id}/change")
    assert "This audit is published. A correction shows at once" in page.text
    assert [one.get_text() for one in page.soup.select("#re_audit_of option")] == ["Not a re-audit"]


def test_a_draft_is_dropped_with_all_that_stands_in_it(browser: Browser, cara: Person) -> None:
    draft = make_case_audit(published_at=None, code="AUD-7")
    make_action(draft, make_finding(draft, agencies=[make_agency()]))
    make_result(draft, make_indicator(), 1, 2)
    saved(AuditLink(case_audit_id=draft.id, label="The tool"))
    browser.signed_in(cara).get(f"/audits/{draft.id}")

    page = browser.fill(browser.click("Drop this draft"))

    assert "The draft AUD-7 is dropped" in page.text
    assert [db.session.scalars(db.select(model)).all() for model in (CaseAudit, Finding, Action)] == [
        [],
        [],
        [],
    ]


def test_an_action_of_a_draft_is_answered_by_no_course(browser: Browser, cara: Person) -> None:
    draft, version = make_case_audit(published_at=None), make_version()
    action, version_id = make_action(draft, code="ACT-9"), version.id

    assert "ACT-9" not in browser.signed_in(cara).get(f"/manage/versions/{version_id}/actions").text
    with pytest.raises(service.AuditRefused, match="stands in a draft"), transaction():
        service.answer_actions(version, [action], by=cara, now=NOW)


def test_findings_that_disagree_stand_side_by_side_seen_from_either(browser: Browser, cara: Person) -> None:
    one = make_finding(code="NEG-6", text="Not on the child", note="Read beside POS-7")
    other = make_finding(code="POS-7", text="Needs were considered", kind=FindingKind.STRENGTH)
    make_finding(make_case_audit(published_at=None), code="NEG-60", note="Read beside NEG-6")
    browser.signed_in(cara)

    for finding in (one, other):
        for url in (f"/findings/{finding.id}", f"/audits/{finding.case_audit_id}"):
            (beside,) = browser.get(url).soup.select(".app-beside")
            assert "Not on the child" in beside.text
            assert "Needs were considered" in beside.text


@pytest.mark.parametrize("url", ["/audits", "/audits/new", "/manage/briefings/1", "/audits/1/findings/new"])
def test_audits_are_for_board_staff(browser: Browser, asha: Person, url: str) -> None:
    assert browser.signed_in(asha).get(url, status=403).h1 == "You cannot open this page"
