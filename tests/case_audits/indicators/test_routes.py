"""Pages of indicators and of what re-audits say."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sscb_training.case_audits.indicators.queries import verdicts_behind
from sscb_training.case_audits.models import CaseAudit, Indicator, IndicatorResult
from sscb_training.core.db import db
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import changed, make_case_audit, make_indicator, make_result

SPRING = [date(2016, 5, 1), date(2017, 5, 1), date(2018, 5, 1)]


def test_record_an_indicator_and_its_result_on_the_way(browser: Browser, cara: Person) -> None:
    case_audit = make_case_audit(published_at=None, title="Neglect again")
    browser.signed_in(cara).get(f"/audits/{case_audit.id}")

    assert "No indicator is left" in browser.click("Add a result").text
    page = browser.fill(
        browser.click("Add an indicator"),
        code="IND-1",
        text="The child’s view is recorded",
        higher_is_better="1",
    )
    assert page.h1 == "Add a result"
    page = browser.fill(page, numerator="12", denominator="18", cannot_tell="2")

    assert page.h1 == "Neglect again"
    assert "12 of 18 (67%)" in page.text
    assert "Asked for the first time" in page.text
    assert "Result: 12 of 18, cannot tell of 2" in page.text


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"numerator": "19", "denominator": "18"}, "It cannot be true of 19 when the auditors could tell of 18 cases"),
        ({"numerator": "1", "denominator": "18", "note": "case no 12345"}, "Note holds what looks like a case number."),
        ({"denominator": "18"}, "Enter of how many cases it was true"),
        ({"numerator": "0", "denominator": "0", "cannot_tell": "0"}, "Enter how many cases were looked at"),
        ({"numerator": "0", "denominator": "0"}, "Enter how many cases were looked at"),
    ],
)  # fmt: skip
def test_a_result_that_cannot_be_is_refused(
    browser: Browser, cara: Person, typed: dict[str, Any], error: str
) -> None:
    indicator = make_indicator()

    page = browser.signed_in(cara).submit(
        f"/audits/{make_case_audit().id}/indicators/new", indicator=str(indicator.id), **typed
    )

    assert len(page.errors) == 1
    assert page.errors[0].startswith(error)
    assert db.session.scalars(db.select(IndicatorResult)).all() == []


def test_more_cases_than_the_audit_looked_at_are_saved_and_told(browser: Browser, cara: Person) -> None:
    """They may be children where the audit looked at families."""
    case_audit, indicator = make_case_audit(sample_size=12), make_indicator()
    told = "14 cases, and the audit looked at 12: check both."
    page = browser.signed_in(cara).submit(
        f"/audits/{case_audit.id}/indicators/new", indicator=str(indicator.id), numerator="5", denominator="11",
        cannot_tell="3",
    )  # fmt: skip
    assert "The result is recorded." in page.text
    assert f"Please note {told}" in page.text
    (result,) = db.session.scalars(db.select(IndicatorResult))
    url = f"/results/{result.id}/change"

    assert "looked at 12: check" not in browser.submit(url, cannot_tell="1").text
    assert told in browser.submit(url, denominator="13").text
    changed(case_audit, sample_size=None)
    assert "check both" not in browser.submit(url, numerator="6").text
    assert browser.submit(url, numerator="0", denominator="0", cannot_tell="").errors == [
        "Enter how many cases were looked at."
    ]


def test_a_re_audit_says_in_words_and_with_n_whether_practice_changed(browser: Browser, cara: Person) -> None:
    series, indicator = three_audits(), make_indicator(code="IND-1")
    for case_audit, numerator in zip(series, (6, 20, 36), strict=True):
        make_result(case_audit, indicator, numerator, 40)
    make_result(series[0], make_indicator(code="IND-2", text="A chronology was kept"), 3, 8)

    page = browser.signed_in(cara).get(f"/audits/{series[2].id}/indicators")

    table = [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in page.soup.select("tbody tr")
    ]
    assert [row[1:5] for row in table] == [
        ["6 of 40 (15%)", "7% to 29%", "0", "First audit"],
        ["20 of 40 (50%)", "35% to 65%", "0", "+35 points (+15 to +52)"],
        ["36 of 40 (90%)", "77% to 96%", "0", "+40 points (+20 to +56)"],
    ]
    assert [row[5].split(" ")[0] for row in table] == ["Asked", "Improving", "Continued"]
    assert "IND-2 : A chronology was kept Last asked in May 2016" in page.text
    assert len(page.soup.select("svg circle")) == 3


def test_an_audit_is_compared_with_what_came_before_and_never_with_a_draft(
    browser: Browser, cara: Person
) -> None:
    first, draft, last = three_audits(draft=1)
    indicator = make_indicator()
    for case_audit, numerator in ((first, 20), (draft, 2), (last, 38)):
        make_result(case_audit, indicator, numerator, 40)

    browser.signed_in(cara)

    assert f"Looked at again in {draft.title} , May 2017, draft" in browser.get(f"/audits/{first.id}").text
    assert "2 of 40" not in browser.get(f"/audits/{last.id}/indicators").text
    assert "38 of 40" not in browser.get(f"/audits/{draft.id}/indicators").text
    assert "2 of 40" not in browser.get(f"/indicators/{indicator.id}").text
    (behind,) = verdicts_behind([first])
    assert [point.seen.numerator for point in behind.points] == [20, 38]
    assert behind.verdict == "improving"


def test_what_a_published_audit_asked_keeps_its_words(browser: Browser, cara: Person) -> None:
    indicator = make_indicator(text="Seen alone")
    browser.signed_in(cara)
    page = browser.submit(f"/indicators/{indicator.id}/change", text="The child was seen alone")
    assert "Text: was Seen alone, now The child was seen alone" in page.text
    make_result(make_case_audit(), indicator, 1, 12)

    page = browser.submit(f"/indicators/{indicator.id}/change", text="The child was seen")

    assert page.errors[0].startswith("A published audit has a result of this indicator")
    assert db.session.scalars(db.select(Indicator.text)).all() == ["The child was seen alone"]


def test_a_result_is_taken_out_of_a_draft_and_corrected_afterwards(browser: Browser, cara: Person) -> None:
    draft, published = make_case_audit(published_at=None), make_case_audit()
    indicator = make_indicator(code="IND-1")
    gone, kept = make_result(draft, indicator, 1, 12), make_result(published, indicator, 1, 12)
    browser.signed_in(cara)

    assert "The result is removed" in browser.post(f"/results/{gone.id}/remove").text
    refused = browser.post(f"/results/{kept.id}/remove", status=409)
    page = browser.submit(f"/results/{kept.id}/change", numerator="2")

    assert "This audit is published" in refused.text
    assert "Result: was 1 of 12, now 2 of 12" in page.text


def test_pages_of_indicators_say_what_to_do_when_they_are_empty(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    assert "No indicators yet" in browser.get("/indicators").text
    case_audit = make_case_audit()
    assert "No results yet" in browser.get(f"/audits/{case_audit.id}/indicators").text
    indicator = make_indicator(theme=case_audit.theme)
    assert "No published audit has asked this yet" in browser.get(f"/indicators/{indicator.id}").text

    url = f"/indicators?theme={case_audit.theme.slug}"
    browser.get(url)
    one = count_queries(lambda: browser.get(url))
    for _ in range(2):
        make_result(case_audit, make_indicator(theme=case_audit.theme), 1, 2)
    assert count_queries(lambda: browser.get(url)) == one
    assert "No indicator of" not in browser.get("/indicators?theme=nonsense").text


def three_audits(draft: int | None = None) -> list[CaseAudit]:
    """Three springs, each a re-audit of the one before."""
    made: list[CaseAudit] = []
    for place, month in enumerate(SPRING):
        state = {"published_at": None} if place == draft else {}
        made.append(make_case_audit(month=month, re_audit_of=made[-1] if made else None, **state))
    return made
