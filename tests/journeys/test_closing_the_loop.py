"""Story 12: coverage makes N1 ready to review, the board closes it, and a re-audit in 2027 re-opens it."""

from datetime import UTC, datetime
from typing import Any

from sscb_training.core.db import db
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.reviews.rules import STATEMENT
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    make_accreditation,
    make_agency,
    make_case_audit,
    make_finding,
    make_headcount,
    make_indicator,
    make_need,
    make_person,
    make_result,
    make_scheme,
    make_staff_group,
)

IN_2027 = datetime(2027, 5, 4, 9, tzinfo=UTC)


def test_a_board_closes_a_need_and_a_re_audit_re_opens_it(browser: Browser, cara: Person, at: Any) -> None:
    hill, practices, group, scheme = (
        make_agency(name="Hill"),
        make_agency(name="Practices"),
        make_staff_group(),
        make_scheme(),
    )
    neglect = make_case_audit(code="AUD-2016-05", title="Neglect case audit")
    need = make_need(
        make_finding(neglect, code="NEG-5", text="Neglect was inconsistent"),
        staff_groups=[group], scheme=scheme, code="N1", title="Neglect", target_percent=75,
    )  # fmt: skip
    for _ in range(3):
        make_accreditation(make_person(agency=hill, staff_group=group), scheme)
    make_accreditation(make_person(agency=practices, staff_group=group), scheme)
    make_headcount(hill, group, 4)
    browser.signed_in(cara)

    page = browser.get(f"/needs/{need.id}")
    assert "Ready to review" in page.text
    assert "1 agency whose headcount is not supplied is left out" in page.text
    assert "1 need waits for the board" in browser.get("/home").text
    browser.get(f"/needs/{need.id}")
    browser.click("Close this need")
    assert browser.page is not None
    assert browser.fill(browser.page).errors == [
        "Enter the date of the decision", "Enter the reference of the minute", "Enter the evidence of effect",
        "Confirm that coverage is not proof that practice changed",
    ]  # fmt: skip
    page = browser.submit(
        f"/needs/{need.id}/close", decided_on=["5", "3", "2026"], minute_reference="Minute 7.2",
        evidence="Chronologies in nine of ten files.", statement="y",
    )  # fmt: skip
    assert "The need is closed." in page.text
    assert STATEMENT in page.text
    assert "closed already" in browser.get(f"/needs/{need.id}/close").text

    at(IN_2027)
    browser.signed_in(cara)
    again = make_case_audit(
        code="AUD-2027-05", title="Neglect again", re_audit_of=neglect, month=IN_2027.date().replace(day=1)
    )
    make_finding(again, code="NEG-8", text="Neglect is still inconsistent")
    assert "1 finding leads nowhere yet" in browser.get("/home").text
    browser.click("Decide")
    browser.click("Found before : NEG-8")
    page = browser.fill(browser.fill(browser.page, earlier=_value(browser, "NEG-5")))
    assert "N1 was closed and is re-opened" in page.text
    page = browser.get(f"/needs/{need.id}")
    assert "A finding of Neglect again" in page.text
    assert page.link("NEG-8")
    assert "Found again NEG-8" in browser.get(f"/findings/{need.findings[0].id}").text

    indicator = make_indicator(text="A chronology is on file")
    for audit, seen in [(neglect, 10), (again, 31)]:
        make_result(audit, indicator, seen, 40)
    evidence = browser.get(f"/needs/{need.id}/close").text
    assert "Neglect again , May 2027: 1 to improve, 0 strengths" in evidence
    assert "A chronology is on file Improving 31 of 40" in evidence

    assert "N1: Neglect Re-opened" in browser.get("/reports/coverage").text
    assert "N1: Neglect Closed" in browser.get("/reports/coverage?as_at=2026-12-31").text
    assert "N1: Neglect Closed" in browser.get("/reports/coverage?as_at=2027-05-04&known_on=2026-12-31").text
    assert "N1: Neglect Open" in browser.get("/reports/coverage?as_at=2026-03-04").text
    assert db.session.scalars(db.select(TrainingNeed.status)).one() == "re_opened"


def _value(browser: Browser, code: str) -> str:
    assert browser.page is not None
    label = next(one for one in browser.page.soup.select("label") if one.get_text().strip().startswith(code))
    return str(browser.page.soup.select_one(f"#{label['for']}")["value"])  # type: ignore[index]
