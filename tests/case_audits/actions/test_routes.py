"""The list of all actions."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.case_audits.models import ActionStatus
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import TODAY, make_action, make_case_audit, make_finding


@pytest.fixture
def decided() -> None:
    case_audit = make_case_audit(title="Neglect")
    finding = make_finding(case_audit, code="NEG-1")
    make_action(case_audit, finding, code="ACT-1", owner="The board", due_on=TODAY - timedelta(days=1))
    make_action(case_audit, code="ACT-2", status=ActionStatus.STANDING)
    make_action(case_audit, code="ACT-3", owner="The board", due_on=TODAY, status=ActionStatus.IN_PROGRESS)
    make_action(
        case_audit, code="ACT-4", status=ActionStatus.COMPLETED, completed_on=TODAY, evidence="Minutes, item 4",
        due_on=TODAY - timedelta(days=9),
    )  # fmt: skip
    make_action(make_case_audit(published_at=None), code="ACT-9", due_on=TODAY - timedelta(days=9))


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("", ["ACT-1", "ACT-3", "ACT-2", "ACT-4"]),
        ("?due=overdue", ["ACT-1"]),
        ("?due=coming", ["ACT-3"]),
        ("?due=no_date", ["ACT-2"]),
        ("?owner=none", ["ACT-2", "ACT-4"]),
        ("?owner=The+board&status=planned", ["ACT-1"]),
        ("?status=nonsense&due=never&theme=none", ["ACT-1", "ACT-3", "ACT-2", "ACT-4"]),
        ("?owner=Nobody+of+that+name", []),
    ],
)
@pytest.mark.usefixtures("decided")
def test_actions_are_narrowed_by_the_address_and_those_of_drafts_left_out(
    browser: Browser, cara: Person, asked: str, codes: list[str]
) -> None:
    page = browser.signed_in(cara).get(f"/actions{asked}")

    assert [str(row["id"]).upper() for row in page.soup.select("tbody tr")] == codes
    assert ("No action is like that" in page.text) is (not codes)


@pytest.mark.usefixtures("decided")
def test_what_is_overdue_and_what_nobody_has_stand_out(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/actions")

    labels, figures = (page.soup.select(f".app-stat__{part}") for part in ("label", "value"))
    assert [(one.text.strip(), other.text.strip()) for one, other in zip(labels, figures, strict=True)] == [
        ("Overdue", "1"), ("Without an owner", "1"), ("Without a date", "1"),
    ]  # fmt: skip
    assert page.soup.select("#act-1 .govuk-tag--red") == page.soup.select(".govuk-tag--red")
    assert "Evidence: Minutes, item 4" in page.text
    sheet = browser.get("/actions?format=csv", check=False).response.get_data(as_text=True)
    assert "ACT-1,Put the tools into the course." in sheet
    assert "ACT-9" not in sheet


def test_the_list_of_actions_says_what_to_do_when_it_is_empty(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    assert "No actions yet" in browser.signed_in(cara).get("/actions").text
    case_audit = make_case_audit()
    make_action(case_audit, make_finding(case_audit))
    browser.get("/actions")

    one = count_queries(lambda: browser.get("/actions"))
    for _ in range(2):
        make_action(make_case_audit(), make_finding(case_audit))
    assert count_queries(lambda: browser.get("/actions")) == one
