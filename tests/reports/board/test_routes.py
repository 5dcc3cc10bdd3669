"""The report as a page, a PDF and a workbook: what staff ask of it, and what a lead sees and does not see."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Agency, Sector
from sscb_training.agencies.queries import every_agency
from sscb_training.bookings.models import Outcome
from sscb_training.case_audits import service as case_audits
from sscb_training.case_audits.models import ActionStatus
from sscb_training.core.board import BoardSetting
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.evaluations.models import Stage
from sscb_training.needs import service as needs
from sscb_training.needs.models import Intervention, NeedAudience, NeedStatus, TrainingNeed
from sscb_training.needs.reviews.models import NeedDecision
from sscb_training.people.models import Person
from sscb_training.reports import board
from tests import paper
from tests.browser import Browser, Page
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    changed,
    make_accreditation,
    make_action,
    make_agency,
    make_booking,
    make_case_audit,
    make_course,
    make_evaluation,
    make_finding,
    make_frozen_report,
    make_headcount,
    make_indicator,
    make_need,
    make_person,
    make_published_briefing,
    make_register,
    make_result,
    make_scheme,
    make_staff_group,
    make_training_session,
    make_version,
    saved,
)

PAST = NOW - timedelta(days=30)


def make_date(title: str, people: dict[Agency, int], *, absent: int = 0, on: datetime = PAST) -> None:
    """A date a month ago to which so many of each agency came; `absent` more of each did not."""
    held = make_training_session(make_version(make_course(title=title)), starts_at=on, capacity=40)
    make_register(held)
    for agency, number in people.items():
        for place in range(number + absent):
            outcome = Outcome.ATTENDED if place < number else Outcome.DID_NOT_ATTEND
            make_booking(held, person=make_person(agency=agency), outcome=outcome)


def line(page: Page, name: str, table: str) -> str:
    """The words of one line of a table, by the name that begins it."""
    for found in page.soup.select(f"#{table} tr"):
        heading = found.select_one("th[scope=row]")
        if heading and " ".join(heading.get_text(" ").split()).startswith(name):
            return " ".join(found.get_text(" ").split())
    raise AssertionError(f"No line {name} in {table}")


def test_every_figure_opens_as_many_rows_as_it_says(browser: Browser, cara: Person) -> None:
    make_date("Core groups", {make_agency(name="Hill"): 3, make_agency(name="Vale"): 2}, absent=1)

    page = browser.signed_in(cara).get("/reports/board")

    assert line(page, "Hill", "use-by-agency").startswith("Hill 1 Hill, dates 4")
    figures = page.soup.select(
        "#use-by-agency a[href*='/reports/rows'], #use-by-course a[href*='/reports/rows']"
    )
    assert len(figures) > 20
    for link in figures[:12]:
        words = re.match(r"[\d,]+(?!\.)\b(?!%)", link.get_text().strip())
        answer = browser.get(f"{link['href']}&format=csv", check=False)
        behind = list(csv.reader(io.StringIO(answer.response.get_data().decode("utf-8-sig"))))[1:]
        if words and "%" not in link.get_text():
            assert len(behind) == int(words[0]), link["href"]
    page = browser.get(str(figures[0]["href"]))
    assert "Core groups" in page.text
    assert "Nobody" in browser.get("/reports/rows?figure=excused").text
    browser.get("/reports/rows?figure=person_id", status=404)


def test_the_report_shows_needs_actions_audits_and_what_changed(browser: Browser, cara: Person) -> None:
    audit = make_case_audit(title="Neglect audit", published_at=PAST)
    finding = make_finding(audit, text="Neglect was not raised.")
    make_finding(audit)
    make_action(audit, finding, code="ACT-LATE", owner="Head of service", due_on=TODAY - timedelta(days=1))
    make_action(audit, finding, code="ACT-DONE", status=ActionStatus.COMPLETED)
    make_action(audit, finding, code="ACT-BLANK")
    make_action(make_case_audit(title="Of one action", published_at=PAST))
    scheme, hill = make_scheme(), make_agency(name="Hill")
    make_headcount(hill, a_staff_group(), 10)
    need = make_need(finding, code="N1", title="Neglect", scheme=scheme)
    make_accreditation(make_person(agency=hill), scheme, awarded_on=TODAY - timedelta(days=5))
    make_need(code="N2", title="Fathers", scheme=scheme, recorded_at=NOW - timedelta(days=2))
    met: dict[str, Any] = {"evidence": "Seen.", "statement": "Not proof.", "minute_reference": "Minute 7.2"}
    again = make_case_audit(title="Looked at again")
    for number, days, status, why in [
        (1, 20, NeedStatus.CLOSED, met), (2, 10, NeedStatus.RE_OPENED, {"cause_audit": again}),
        (3, 9, NeedStatus.READY_TO_REVIEW, {"by_coverage": True}), (4, 5, NeedStatus.RE_OPENED, {"by_coverage": True}),
    ]:  # fmt: skip
        on = TODAY - timedelta(days=days)
        saved(
            NeedDecision(
                need=need, number=number, status=status, decided_on=on, in_force=0,
                recorded_at=NOW - timedelta(days=days), **why,
            )
        )  # fmt: skip

    page = browser.signed_in(cara).get(f"/reports/board?since={TODAY - timedelta(days=60)}")

    assert "10% N1: Neglect, coverage" in line(page, "N1: Neglect", "coverage")
    assert "Up 10 points" in line(page, "N1: Neglect", "coverage")
    assert "0% No change" not in line(page, "N2: Fathers", "coverage")
    assert "10% N2: Fathers, coverage New 9" in line(page, "N2: Fathers", "coverage")
    assert "New need N2: Fathers Recorded on 21 Nov 2026" in page.text
    assert "New needs 1 New needs Needs with coverage up 1 Needs with" in page.text
    assert "Needs with audience changed 0 Needs with target changed 0 Needs closed 1" in page.text
    assert "Overdue" in line(page, "ACT-LATE", "actions")
    assert "Not named No date given" in line(page, "ACT-BLANK", "actions")
    assert "ACT-DONE" not in page.text
    assert "1 of 3 actions completed" in line(page, "Neglect audit", "audits")
    assert "0 of 1 action completed" in line(page, "Of one action", "audits")
    assert "Coverage up N1: Neglect 0% to 10%" in page.text
    assert "Need closed N1: Neglect Closed on 3 Nov 2026, Minute 7.2" in page.text
    assert "Need re-opened N1: Neglect Re-opened on 13 Nov 2026, because of Looked at again" in page.text
    assert "Needs closed 1 Needs closed Needs re-opened 1" in page.text
    rows_behind = {
        str(tile["href"]): " ".join(page.soup.select_one(str(tile["href"])).get_text(" ").split())  # type: ignore[union-attr]
        for tile in page.soup.select("#changes .app-stat a")
    }
    assert rows_behind["#changes-new-need"] == "New need N2: Fathers Recorded on 21 Nov 2026"
    assert rows_behind["#changes-coverage-up"].startswith("Coverage up N1: Neglect")
    assert rows_behind["#changes-need-closed"].startswith("Need closed N1")
    assert rows_behind["#changes-need-re-opened"].startswith("Need re-opened N1")
    assert "#changes-coverage-down" not in rows_behind  # there are none
    marked = page.soup.select_one(
        "tbody#changes-new-finding"
    )  # all of a kind, below headings that stay in view
    assert marked
    assert len(marked.select("tr")) == 2
    assert page.soup.select_one("table.app-table--grouped tbody#changes-new-need")
    page = browser.get(f"/reports/board?since={TODAY - timedelta(days=8)}")
    assert "Need open N1: Neglect Ready to review to re-opened" in page.text
    assert "Needs closed 0 Needs re-opened 0" in page.text
    assert "New finding" in page.text
    assert browser.get(str(page.soup.select_one("#coverage td a")["href"])).h1.startswith("Coverage")  # type: ignore[index]
    gap = page.soup.select_one("#coverage td a[href*=forecast]")
    assert gap
    assert str(gap["href"]) == f"/needs/{need.id}/forecast?as_at={TODAY}&known_on={TODAY}"


def test_the_report_says_that_both_days_are_counted_as_known_on_its_own(
    browser: Browser, cara: Person
) -> None:
    then = TODAY - timedelta(days=60)
    scheme, hill = make_scheme(name="GCP2"), make_agency(name="Hill")
    make_headcount(hill, a_staff_group(), 10, as_at=TODAY - timedelta(days=90))
    need = make_need(code="N1", title="Neglect", scheme=scheme)
    make_accreditation(make_person(agency=hill), scheme, awarded_on=TODAY - timedelta(days=90))
    url = f"/reports/board?since={then}"
    words = "Both days are counted as known on 23 November 2026, with each need’s answers and audience of that day."

    page = browser.signed_in(cara).get(url)
    assert words in page.text
    assert "What was printed then may differ" not in page.text
    assert "Needs with answers changed 0" in page.text

    copy = changed(make_frozen_report(cara, title="Autumn meeting"), as_at=then)
    changed(
        make_frozen_report(cara, title="Deleted"),
        as_at=then,
        deleted_at=NOW,
        deleted_because="x",
        content=None,
    )
    changed(need.interventions[0], withdrawn_at=NOW)
    version = make_version(make_course(title="Core groups"), number=2)
    saved(Intervention(need=need, from_version=version, recorded_at=NOW - timedelta(days=2)))
    saved(Intervention(need=need, text="A leaflet", counts=False, recorded_at=NOW - timedelta(days=90)))
    saved(Intervention(need=need, text="A slip", counts=False, recorded_at=PAST, withdrawn_at=NOW))
    make_need(code="N2", title="Fathers", scheme=scheme, recorded_at=NOW - timedelta(days=2))

    page = browser.get(url)
    said = "Answers changed N1: Neglect"
    assert f"{said} Taken away on 23 Nov 2026: GCP2, which counted" in page.text
    assert f"{said} Added on 21 Nov 2026: Core groups, version 2 or later, which counts" in page.text
    assert page.text.count("Answers changed N") == 2
    assert "Needs with answers changed 1" in page.text
    assert "No change" in line(page, "N1: Neglect", "coverage")
    for kind in ("pdf", "xlsx"):
        answer = browser.get(f"{url}&format={kind}", check=False).response.data
        told = " ".join((paper.words(answer) if kind == "pdf" else str(_cells(answer))).split())
        assert words in told
        assert "Core groups, version 2 or later" in told
    browser.get(url)
    page = browser.click("What was printed then may differ: compare “Autumn meeting” with today")
    assert page.h1 == "The copy beside today’s figures"
    kept = make_frozen_report(cara, since=then)
    page = browser.get(f"/reports/copies/{kept.id}")
    assert said in page.text
    changed(copy, deleted_at=NOW, deleted_because="A slip.", content=None)
    page = browser.click("What was printed then may differ: compare “Autumn meeting” with today")
    assert "This copy was deleted on 23 November 2026: A slip." in page.text

    page = browser.get(f"{url}&figures=published")
    assert f"{said} Taken away" in page.text
    assert "What was printed then" not in page.text  # another kind of report was


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("since=2026-06-30&to=2026-09-30", True),  # taken away after the report's day, as is known by today
        ("since=2026-06-30&known_on=2026-10-23", False),  # not known yet, though the report's day is later
        ("since=2026-10-30&known_on=2026-10-20", False),  # taken away before the day that it is set beside
    ],
)
def test_answers_changed_by_the_day_as_known_on(
    browser: Browser, cara: Person, days: str, told: bool
) -> None:
    need = make_need(code="N1", title="Neglect", scheme=make_scheme(name="GCP2"))
    changed(need.interventions[0], withdrawn_at=PAST)

    page = browser.signed_in(cara).get(f"/reports/board?from=2026-07-01&{days}")

    assert ("Answers changed N1: Neglect Taken away on 24 Oct 2026: GCP2, which counted" in page.text) is told
    assert f"Needs with answers changed {1 if told else 0}" in page.text


def test_a_changed_audience_is_told(browser: Browser, cara: Person, hill_school: Agency) -> None:
    need = make_need(code="N1", title="Neglect", staff_groups=[make_staff_group(name="Teachers")])
    changed(need.audience[0], withdrawn_at=PAST)
    saved(NeedAudience(need=need, staff_group=make_staff_group(name="Nurses"), recorded_at=PAST))
    saved(NeedAudience(need=need, sector=Sector.POLICE, recorded_at=PAST))
    saved(NeedAudience(need=need, agency=hill_school, excluded=True, recorded_at=PAST))

    page = browser.signed_in(cara).get("/reports/board?from=2026-07-01&to=2026-09-30&since=2026-06-30")

    said = "Audience changed N1: Neglect"
    assert f"{said} Taken away on 24 Oct 2026: Teachers" in page.text
    assert f"{said} Added on 24 Oct 2026: Nurses" in page.text
    assert f"{said} Added on 24 Oct 2026: Police" in page.text
    assert f"{said} Left out on 24 Oct 2026: Hill School" in page.text
    assert "Needs with audience changed 1" in page.text
    page = browser.get("/reports/board?from=2026-07-01&to=2026-09-30&since=2026-11-01")
    assert said not in page.text


def test_what_was_put_back_is_no_change(browser: Browser, cara: Person) -> None:
    group, scheme = make_staff_group(), make_scheme()
    need = make_need(code="N1", staff_groups=[group], scheme=scheme)
    for part in (need.audience[0], need.interventions[0]):
        changed(part, withdrawn_at=PAST)
    saved(NeedAudience(need=need, staff_group=group, recorded_at=PAST + timedelta(minutes=5)))
    saved(Intervention(need=need, scheme=scheme, recorded_at=PAST + timedelta(minutes=5)))

    page = browser.signed_in(cara).get("/reports/board?from=2026-07-01&to=2026-09-30&since=2026-06-30")

    assert "Needs with answers changed 0 Needs with audience changed 0" in page.text


def test_a_published_report_sets_no_need_beside_another_audience(browser: Browser, cara: Person) -> None:
    """Else the earlier day, counted anew and set beside what was published of it, tells of the few left out since."""
    scheme, group, small = make_scheme(), a_staff_group(), make_agency(name="Hill Nursery")
    ago = NOW - timedelta(days=300)
    for agency, number, held in (*((make_agency(), 20, 10) for _ in range(4)), (small, 9, 3)):
        make_headcount(agency, group, number, as_at=ago.date(), recorded_at=ago)
        for _ in range(held):
            make_accreditation(
                make_person(agency=agency, staff_group=group), scheme, awarded_on=ago.date(), recorded_at=ago
            )
    need = make_need(code="N1", title="Neglect", scheme=scheme, staff_groups=[group])
    saved(NeedAudience(need=need, agency=small, excluded=True, recorded_at=NOW - timedelta(days=50)))
    url = f"/reports/board?since={TODAY - timedelta(days=100)}"

    page = browser.signed_in(cara).get(f"{url}&figures=published")

    assert "Not comparable" in line(page, "N1: Neglect", "coverage")
    assert "Not comparable: what answers the need, or whom it is for, changed since" in page.text
    assert "Audience changed N1: Neglect Left out on 4 Oct 2026: an agency" in page.text
    assert "Left out on 4 Oct 2026: Hill Nursery" not in page.text
    assert "Needs with coverage up 0 Needs with coverage down 0" in page.text
    page = browser.get(url)
    assert "No change" in line(page, "N1: Neglect", "coverage")
    assert "Left out on 4 Oct 2026: Hill Nursery" in page.text


def test_what_was_recorded_after_the_earlier_day_is_told_though_it_happened_before(
    browser: Browser, cara: Person
) -> None:
    audit = make_case_audit(published_at=PAST)
    since = TODAY - timedelta(days=20)
    need = make_need(make_finding(audit, kind="strength", text="Good chairs."), code="N1", title="Neglect")
    action = make_action(audit, make_finding(audit), code="ACT-1", text="Say it.")
    told_then = make_action(audit, make_finding(audit), code="ACT-2")
    for one, at in ((action, NOW), (told_then, NOW - timedelta(days=21))):
        with transaction():
            case_audits.change_action(
                one, text=one.text, kind=one.kind, status=ActionStatus.COMPLETED, owner="", due_on=None,
                completed_on=TODAY - timedelta(days=22), evidence="", note="", findings=one.findings, by=cara, now=at,
            )  # fmt: skip
    saved(
        NeedDecision(
            need=need, number=1, status=NeedStatus.CLOSED, decided_on=TODAY - timedelta(days=22), recorded_at=NOW,
            in_force=0, evidence="Seen.", statement="Not proof.", minute_reference="Minute 7",
        )
    )  # fmt: skip

    page = browser.signed_in(cara).get(f"/reports/board?since={since}")

    assert "Need closed N1: Neglect Closed on 1 Nov 2026, recorded on 23 Nov 2026, Minute 7" in page.text
    assert "Action completed ACT-1 Completed on 1 Nov 2026, and recorded later: Say it." in page.text
    assert "Needs closed 1" in page.text
    assert "Actions completed 1" in page.text
    page = browser.get(f"/reports/board?since={since}&known_on={TODAY - timedelta(days=1)}")
    assert "Needs closed 0" in page.text
    assert "Actions completed 0" in page.text
    assert "Strength: Good chairs." in browser.get(f"/reports/board?since={TODAY - timedelta(days=60)}").text


def test_a_target_that_moved_is_told(browser: Browser, cara: Person) -> None:
    moved, back = (make_need(code=code, title="Neglect", target_percent=40) for code in ("N1", "N2"))
    as_before: dict[str, Any] = {
        "title": "Neglect",
        "description": "",
        "measure": "",
        "basis": "",
        "owner": "",
    }
    for need, percents in ((moved, [20, 10]), (back, [20, 40])):
        for percent in percents:
            with transaction():
                needs.change_need(
                    need, **as_before, target_percent=percent, target_date=need.target_date, by=cara, now=PAST
                )
    with transaction():
        needs.change_need(
            moved, **as_before, target_percent=10, target_date=date(2027, 6, 30), by=cara, now=PAST
        )

    page = browser.signed_in(cara).get(f"/reports/board?since={TODAY - timedelta(days=60)}")

    assert "Target changed N1: Neglect 40% to 10%, none to 30 Jun 2027" in page.text
    assert "Needs with target changed 1" in page.text
    assert "Target changed" not in browser.get(f"/reports/board?since={TODAY - timedelta(days=9)}").text


def test_a_briefing_that_was_withdrawn_is_told_as_withdrawn(browser: Browser, cara: Person) -> None:
    briefing = make_published_briefing(make_case_audit(), by=cara, code="LIB-11", title="Neglect")
    changed(briefing, withdrawn_at=NOW, withdrawal_reason="A slip.")

    page = browser.signed_in(cara).get(f"/reports/board?since={TODAY - timedelta(days=9)}")

    assert "New briefing Neglect LIB-11, withdrawn on 23 Nov 2026" in page.text


def test_one_agency_has_no_published_figures(browser: Browser, cara: Person, hill_school: Agency) -> None:
    url = f"/reports/board?agency={hill_school.id}&figures=published"
    page = browser.signed_in(cara).get(url)

    assert page.errors == ["Published figures are of all agencies together, and cannot be of one agency"]
    assert "Mend what is wrong above" in page.text
    browser.get(url.replace("/board?", "/board/freeze?"), status=404)


def test_what_leads_to_a_copy_is_on_the_page_of_who_may_follow_it_alone(
    browser: Browser, cara: Person
) -> None:
    then = TODAY - timedelta(days=60)
    url, leads = f"/reports/board?since={then}", "What was printed then may differ"
    for is_published in (False, True):
        changed(make_frozen_report(cara, title="Working title"), as_at=then, is_published=is_published)

    assert leads in browser.signed_in(cara).get(url).text
    for query in (url, f"{url}&figures=published"):
        for kind in ("pdf", "xlsx"):
            answer = browser.get(f"{query}&format={kind}", check=False).response.data
            told = " ".join((paper.words(answer) if kind == "pdf" else str(_cells(answer))).split())
            assert "that this report is set beside" in told
            assert leads not in told
    assert leads not in browser.get(f"{url}&figures=published").text
    kept = make_frozen_report(cara, since=then)
    page = f"/reports/copies/{kept.id}"
    assert leads in browser.get(page).text
    changed(kept, content=json.loads(json.dumps(kept.content).replace("reports.compare_copy", "")))
    assert leads not in browser.get(page).text  # as a published copy of before has it: without an address


def test_a_report_of_an_earlier_period_has_the_actions_that_waited_then(
    browser: Browser, cara: Person
) -> None:
    audit = make_case_audit(published_at=NOW - timedelta(days=300))
    make_action(
        audit, code="ACT-LATER", status=ActionStatus.COMPLETED, completed_on=TODAY - timedelta(days=5)
    )
    make_action(make_case_audit(published_at=NOW - timedelta(days=5)), code="ACT-NEW")
    then = TODAY - timedelta(days=60)

    page = browser.signed_in(cara).get(f"/reports/board?from={then - timedelta(days=90)}&to={then}")

    assert "Completed 18 Nov 2026" in line(page, "ACT-LATER", "actions")
    assert "ACT-NEW" not in page.text
    assert "ACT-LATER" not in " ".join(
        row.get_text(" ") for row in browser.get("/reports/board").soup.select("#actions tr")
    )


def test_the_report_of_a_day_to_come_says_so(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/reports/board?from=2027-06-01&to=2027-06-01")

    assert "On 1 June 2027; needs as at" in page.text
    assert "This period is still to come" in page.text


def test_the_report_says_which_days_it_could_not_read(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/reports/board?from=soon&known_on=2026-02-30")

    assert "Mend what is wrong above" in page.text
    page = browser.get(f"/reports/board?since={TODAY}")
    assert "Set beside must be a day before" in page.text
    browser.get("/reports/board/freeze?known_on=2030-01-01", status=404)
    assert "No training dates in this period" in browser.get("/reports/board?figures=published").text


def test_the_report_is_a_tagged_pdf_and_a_workbook_of_a_sheet_a_part(browser: Browser, cara: Person) -> None:
    make_date("Core groups", {make_agency(name="Hill"): 3}, absent=1)

    browser.signed_in(cara)
    made = browser.get("/reports/board?format=pdf", check=False).response.data
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(browser.get("/reports/board?format=xlsx", check=False).response.data)
    )

    assert {"Title", "H2", "Table", "TH", "TD"} <= set(paper.tags(made))
    assert "3 of 4 booked and not cancelled" in " ".join(paper.words(made).split())
    assert book.sheet_names[:4] == [
        "About",
        "At a glance",
        "What changed",
        "Coverage of every need",
    ]
    cells = [cell for row in book.get_sheet_by_name("Use of training by course").to_python() for cell in row]
    assert {3, 4, 0.75} <= {cell for cell in cells if isinstance(cell, float)}
    assert "3 of 4" in cells


def test_published_figures_hide_the_few(browser: Browser, cara: Person) -> None:
    make_date(
        "Core groups",
        {make_agency(name="Hill"): 12, make_agency(name="Vale"): 2, make_agency(name="Dale"): 9},
    )

    page = browser.signed_in(cara).get("/reports/board?figures=published")

    assert line(page, "Hill", "use-by-agency").startswith("Hill 1 12 0 12")
    assert line(page, "Other agencies together", "use-by-agency").startswith("Other agencies together 2 11")
    told = " ".join(part.get_text(" ") for part in page.soup.select("main section"))
    assert "Vale" not in told
    assert "Dale" not in told
    assert page.soup.select("main section a[href]:not([href='#contents'])") == []


def test_a_published_report_says_nowhere_what_it_withholds(browser: Browser, cara: Person) -> None:
    scheme, group = make_scheme(), a_staff_group()
    make_headcount(make_agency(name="Hill"), group, 30)
    make_need(code="N1", title="Neglect", scheme=scheme)
    (hill,) = _agency("Hill")
    for place in range(12):
        awarded = TODAY - timedelta(days=90 if place < 3 else 5)
        make_accreditation(make_person(agency=hill), scheme, awarded_on=awarded)
    url = f"/reports/board?figures=published&since={TODAY - timedelta(days=60)}"

    page = browser.signed_in(cara).get(url)
    assert "40%" in line(page, "N1", "coverage")
    assert "point" not in line(page, "N1", "coverage")
    assert "10%" not in page.text
    assert "Coverage up" not in page.text
    saved(BoardSetting(name="published_below", value=20))

    page = browser.get(url)
    assert line(page, "N1", "coverage").count("Withheld") == 5
    assert "fewer than 20 people" in page.text


def test_two_courses_of_one_title_are_two_lines_of_what_is_published(browser: Browser, cara: Person) -> None:
    hill = make_agency(name="Hill")
    for came in (12, 7):
        make_date("Core groups", {hill: came})

    page = browser.signed_in(cara).get("/reports/board?figures=published")

    assert line(page, "All courses", "use-by-course").startswith("All courses 2 80 19")
    assert len(page.soup.select("#use-by-course tbody tr")) == 3


def test_a_published_copy_close_to_another_is_noted(browser: Browser, cara: Person) -> None:
    make_frozen_report(cara, is_published=True)

    url = "/reports/board/freeze?figures=published&to="
    assert "are kept already" in browser.signed_in(cara).get(url + "2026-11-01").text
    assert "are kept already" not in browser.get(url + "2026-08-01").text


def test_every_page_that_a_figure_names_exists(app: Flask) -> None:
    room = Path(board.__file__).parent
    named = {
        name
        for file in room.glob("*.py")
        for name in re.findall(r'rules\.to\(\s*"([^"]+)"', file.read_text())
    }

    assert len(named) > 10
    assert named - set(app.view_functions) == set()


def test_what_runs_out_of_an_agency_opens_its_own_lapses(browser: Browser, cara: Person) -> None:
    hill = make_agency(name="Hill")
    make_accreditation(make_person(agency=hill), make_scheme(), expires_on=TODAY + timedelta(days=30))
    hill_id = hill.id

    page = browser.signed_in(cara).get(f"/reports/board?agency={hill_id}")

    links = page.soup.select(f"#lapses a[href*='agency={hill_id}']")
    assert [link.get_text().split()[0] for link in links] == ["1", "1", "1"]  # nobody booked is no link
    assert [browser.get(str(link["href"])).h1.split(": ")[1] for link in links] == [
        "in force",
        "run out",
        "renewal to book",
    ]


@pytest.fixture
def lead(browser: Browser) -> Person:
    """Of Hill; Vale has people, a need and a copy that a lead of Hill could want to see."""
    hill, vale = make_agency(name="Hill"), make_agency(name="Vale")
    make_date("Core groups", {hill: 12, vale: 11}, absent=7, on=NOW - timedelta(days=75))
    scheme = make_scheme()
    for agency in (hill, vale):
        make_headcount(agency, a_staff_group(), 40)
        for _ in range(6):
            make_accreditation(make_person(agency=agency), scheme)
    make_need(code="N1", title="Neglect", scheme=scheme)
    lead = make_person("Lena Lead", agency=hill, leads=hill)
    browser.signed_in(lead)
    return lead


def test_a_lead_sees_their_own_agency_and_of_the_county_what_is_published(
    browser: Browser, lead: Person
) -> None:
    page = browser.get("/reports/board?period=last-quarter")

    assert page.h1 == "Report of Hill"
    assert line(page, "All courses", "use").startswith("All courses 1")
    assert "12 of 19" in line(page, "Came as booked", "use")
    assert line(page, "Came as booked", "use").endswith("62%")  # 23 of 37, without the figures
    assert line(page, "N1", "coverage").endswith("15%")
    assert "Vale" not in page.text
    assert "23" not in line(page, "Came as booked", "use")
    for period in ("from=2026-07-02&to=2026-09-30", "from=2026-10-01&to=2026-12-31"):
        assert "Shown for whole quarters" in browser.get(f"/reports/board?{period}").text


def test_a_lead_opens_the_people_behind_each_figure(browser: Browser, lead: Person) -> None:
    scheme = db.session.scalars(select(AccreditationScheme)).one()
    hill = lead.memberships[0].agency
    gone = make_person("Greta Gone", agency=hill, staff_group=a_staff_group())
    make_accreditation(
        gone, scheme, awarded_on=TODAY - timedelta(days=90), recorded_at=NOW - timedelta(days=90)
    )
    changed(
        gone.memberships[0], valid_to=TODAY - timedelta(days=9), ended_recorded_at=NOW - timedelta(days=9)
    )

    page = browser.get("/reports/board")
    own = [str(one["href"]) for one in page.soup.select("#coverage td a, #lapses td a")]
    found = [browser.get(href) for href in own]

    assert [one.h1.split(": ")[-1] for one in found] == [
        "people in force", "Hill", "people in force", "people not in force", "in force",
    ]  # fmt: skip
    assert "6 people" in found[0].text
    assert "Lena Lead" in found[3].text  # who works here and holds nothing
    assert "Greta" not in "".join(one.text for one in found)
    then = browser.get(own[0].replace(TODAY.isoformat(), (TODAY - timedelta(days=20)).isoformat(), 1))
    assert "Greta Gone" in then.text
    assert not then.soup.find("a", string="Greta Gone")  # whose own page is closed to whom she left
    assert browser.get(own[0].replace("as_at=", "as_at=x")).h1 == "Report of Hill"


def test_a_lead_ticks_who_is_left_and_books_them(browser: Browser, lead: Person) -> None:
    need = db.session.scalars(select(TrainingNeed)).one()
    hill = lead.memberships[0].agency
    version = make_version()
    scheme = db.session.scalars(select(AccreditationScheme)).one()
    refresher = make_version()
    scheme.courses += [version.course, refresher.course]
    db.session.commit()
    changed(scheme.ways[1], is_refresher=True)
    held = make_training_session(version, starts_at=NOW + timedelta(days=20))
    make_booking(held, person=make_person("Bo Booked", agency=hill, staff_group=a_staff_group()))
    before = make_version()
    later = saved(
        Intervention(need=need, from_version=make_version(before.course), recorded_at=NOW - timedelta(days=1))
    )
    for other in (make_version(), refresher, before):
        make_training_session(other, starts_at=NOW + timedelta(days=21))
    url = f"/needs/{need.id}/coverage/{hill.id}?show=not_in_force"

    assert not browser.get(f"{url}&known_on={TODAY - timedelta(days=1)}").soup.select("main form")
    left = browser.get(url)
    boxes = {line.th.get_text(): line.input.has_attr("checked") for line in left.soup.select("tbody tr")}  # type: ignore[union-attr]
    assert not browser.click("Tick nobody").soup.select("input[name=people][checked]")
    assert browser.click("Tick all without a place").soup.select("input[name=people][checked]")
    dates = browser.fill(left, button="Book those who are ticked")

    assert [ticked for name, ticked in boxes.items() if "Lena" in name or "Bo" in name] == [False, True]
    assert (
        "1 date" in dates.text
    )  # of what counts, and not of every course, nor of one that only renews, nor of a version too early

    changed(later, withdrawn_at=NOW)
    changed(scheme.ways[0], is_refresher=True)
    assert "Lena" in browser.get(url).text
    assert not browser.get(url).soup.select("main form")


def test_what_a_lead_sees_of_the_county_moves_once_a_quarter(browser: Browser, lead: Person) -> None:
    scheme = db.session.scalars(select(AccreditationScheme)).one()
    (vale,) = _agency("Vale")
    for days in (40, 3):  # one is known since October, the other is told of after the day
        make_accreditation(
            make_person(agency=vale),
            scheme,
            awarded_on=date(2026, 9, 1),
            recorded_at=NOW - timedelta(days=days),
        )

    for asked in ("", "?to=2026-11-01", "?known_on=2026-10-31"):
        page = browser.get(f"/reports/board{asked}")
        assert "County on 30 Sep 2026" in page.text
        assert line(page, "N1", "coverage").endswith("15%"), asked
    assert "County on 30 Jun 2026" in browser.get("/reports/board?known_on=2026-09-29&to=2026-09-29").text


def test_a_lead_finds_nothing_of_another_agency(browser: Browser, lead: Person, cara: Person) -> None:
    vale = next(iter(_agency("Vale")))
    need_id = db.session.scalars(select(TrainingNeed)).one().id
    theirs = make_frozen_report(cara, agency=vale, title="Vale’s secret").id
    everybody = make_frozen_report(cara, title="Everybody").id

    for url in (
        f"/reports/board?agency={vale.id}", f"/reports/board?agency={vale.id}&format=xlsx",
        f"/reports/board/freeze?agency={vale.id}", f"/reports/rows?figure=attended&agency={vale.id}",
        f"/reports/rows?figure=attended&agency={vale.id}&format=csv", "/reports/board?agency=999999",
        f"/needs/{need_id}/coverage/{vale.id}", f"/needs/{need_id}/coverage/{vale.id}?show=not_in_force&format=csv",
        f"/reports/lapses/people?agency={vale.id}", f"/reports/lapses/people?agency={vale.id}&format=xlsx",
        f"/reports/copies/{theirs}", f"/reports/copies/{theirs}?format=pdf", f"/reports/copies/{theirs}/compare",
        f"/reports/copies/{everybody}", f"/reports/copies/{everybody}?format=xlsx",
    ):  # fmt: skip
        browser.get(url, status=404)
    assert "secret" not in browser.get("/reports/copies").text
    for url in ("/reports/rows?figure=attended", "/reports/rows?figure=attended&unconfirmed=1&sector=police"):
        page = browser.get(url)
        assert "12 bookings" in page.text
        assert "Vale" not in page.text
    for kind in ("xlsx", "pdf"):
        answer = browser.get(f"/reports/board?figures=published&format={kind}", check=False).response.data
        words = paper.words(answer) if kind == "pdf" else str(_cells(answer))
        assert "Hill" in words
        assert "Vale" not in words


@pytest.mark.one_database
def test_the_report_takes_as_many_queries_for_three_of_everything_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def add(name: str) -> None:
        agency, course = make_agency(name=name), make_course()
        version, scheme = make_version(course), make_scheme(course)
        held = make_training_session(version, starts_at=PAST)
        make_register(held)
        for _ in range(5):
            booking = make_booking(held, person=make_person(agency=agency), outcome=Outcome.ATTENDED)
            make_evaluation(booking, Stage.PRE, 2, 2)
            make_evaluation(booking, Stage.POST, 4, 4)
            make_evaluation(booking, Stage.FOLLOW_UP, 4, 3)
            make_accreditation(booking.person, scheme, expires_on=TODAY + timedelta(days=40))
        make_headcount(agency, a_staff_group(), 20)
        first, indicator = make_case_audit(), make_indicator()
        again = make_case_audit(re_audit_of=first, month=date(2026, 6, 1))
        make_result(first, indicator, 6, 20)
        make_result(again, indicator, 18, 20)
        finding = make_finding(again)
        make_action(again, finding, due_on=TODAY - timedelta(days=9))
        make_need(finding, scheme=scheme)
        need = make_need(finding, from_version=version)
        saved(Intervention(need=need, scheme=scheme, recorded_at=PAST))
        saved(Intervention(need=need, text="A leaflet", counts=False, recorded_at=PAST))

    browser.signed_in(cara)
    add("Hill")
    urls = (
        "/reports/board",
        "/reports/board?figures=published",
        f"/reports/board?agency={_agency('Hill')[0].id}",
    )
    one = [count_queries(lambda url=url: browser.get(url)) for url in urls]  # type: ignore[misc]
    add("Vale")
    add("Dale")
    assert [count_queries(lambda url=url: browser.get(url)) for url in urls] == one  # type: ignore[misc]


def _agency(name: str) -> list[Agency]:
    return [agency for agency in every_agency() if agency.name == name]


def _cells(answer: bytes) -> list[object]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
