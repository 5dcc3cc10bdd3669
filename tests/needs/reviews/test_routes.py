"""The pages on which needs are reviewed."""

from datetime import date, timedelta
from typing import Any

from sscb_training.needs.models import TrainingNeed
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    TODAY,
    make_accreditation,
    make_agency,
    make_case_audit,
    make_finding,
    make_headcount,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
)


def covered_need(**given: Any) -> TrainingNeed:
    """Two of two hold it, the target being all of them."""
    agency, group, scheme = make_agency(), make_staff_group(), make_scheme()
    for _ in range(2):
        make_accreditation(make_person(agency=agency, staff_group=group), scheme)
    make_headcount(agency, group, 2)
    return make_need(
        make_finding(make_case_audit(title="Neglect case audit"), code="NEG-5", text="Neglect was inconsistent"),
        staff_groups=[group], scheme=scheme, code="N1", title="Neglect", target_percent=100, **given,
    )  # fmt: skip


def day_fields(name: str, day: date) -> dict[str, Any]:
    return {name: [str(day.day), str(day.month), str(day.year)]}


def test_a_need_is_ready_at_once_when_seen_and_the_board_keeps_it_open(
    browser: Browser, cara: Person
) -> None:
    need = covered_need()

    page = browser.signed_in(cara).get("/needs/reviews")
    assert "N1: Neglect Ready to review" in page.text
    browser.click("Keep open N1")
    assert browser.page is not None
    assert browser.fill(browser.page).errors == [
        "Enter the date of the decision", "Enter the reference of the minute", "Enter why it stays open",
        "Enter when the board will look again",
    ]  # fmt: skip
    assert browser.get(f"/needs/{need.id}").link("keep it open") == f"/needs/{need.id}/keep-open"
    page = browser.submit(
        f"/needs/{need.id}/keep-open", minute_reference="7.2", reason="Spread",
        **day_fields("decided_on", date(2016, 4, 30)), **day_fields("review_on", TODAY),
    )  # fmt: skip
    assert ["Nothing behind this need was found before" in error for error in page.errors] == [True]
    assert page.soup.select("#decided_on-error")
    page = browser.submit(
        f"/needs/{need.id}/keep-open", minute_reference="7.2", reason="Spread",
        **day_fields("decided_on", TODAY), **day_fields("review_on", TODAY + timedelta(days=90)),
    )  # fmt: skip
    assert "The need stays open" in page.text
    assert "By the figure, not by the board" in page.text
    assert "No need waits for the board" in browser.get("/needs/reviews").text
    assert "nothing to re-open" in browser.get(f"/needs/{need.id}/re-open").text
