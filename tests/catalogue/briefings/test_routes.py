"""Learning briefings as everybody reads them, and the courses that answer them."""

import re
from copy import deepcopy
from datetime import date, timedelta

import pytest

from sscb_training.case_audits.briefings import service
from sscb_training.case_audits.briefings.queries import edition as edition_of
from sscb_training.case_audits.models import AuditLink
from sscb_training.core.db import db
from sscb_training.core.files import KeptFile
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Theme
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    make_action,
    make_case_audit,
    make_course,
    make_finding,
    make_need,
    make_person,
    make_published_briefing,
    make_training_session,
    make_version,
    saved,
)
from tests.paper import words

pytestmark = pytest.mark.one_database


def test_the_list_is_empty_until_one_comes_out(browser: Browser) -> None:
    assert "No briefings yet" in browser.get("/briefings").text


def test_everybody_finds_briefings_newest_first_by_theme_and_by_words(browser: Browser, cara: Person) -> None:
    neglect = make_finding(text="Raised late").case_audit
    core = make_case_audit(theme=saved(Theme(slug="core-groups", name="Core groups")))
    make_finding(core, text="Minutes were lost")
    assert neglect is not None
    corrected = make_published_briefing(
        neglect, by=cara, title="Of neglect", published_month=date(2017, 1, 1)
    )
    make_published_briefing(core, by=cara, title="Of core groups", published_month=date(2018, 1, 1))
    with transaction():
        service.record_briefing(
            code="DRAFT", title="A draft", published_month=date(2019, 1, 1), audits=[core], by=cara, now=NOW
        )
        service.correct(corrected, note="Of something else", by=cara, now=NOW)
        service.choose_audits(corrected, [core], by=cara, now=NOW)

    def titles(url: str) -> list[str]:
        return [link.get_text() for link in browser.get(url).soup.select("main .app-course__title")]

    assert titles("/briefings") == ["Of core groups", "Of neglect"]
    assert titles("/briefings?theme=neglect") == ["Of neglect"]
    assert titles("/briefings?theme=core-groups") == ["Of core groups"]
    assert titles("/briefings?q=minutes+lost") == ["Of core groups"]
    assert "No briefing matches" in browser.get("/briefings?q=nonsense").text
    assert browser.get("/briefings").soup.select_one("footer a[href='/briefings']")
    browser.get("/briefings/DRAFT", status=404)
    assert not browser.get("/briefings").soup.select("main a[href='/manage/briefings']")
    assert browser.signed_in(cara).get("/briefings").link("Compose briefings") == "/manage/briefings"


def test_the_filter_calls_a_theme_as_it_came_out(browser: Browser, cara: Person) -> None:
    finding = make_finding()
    assert finding.case_audit is not None
    briefing = make_published_briefing(finding.case_audit, by=cara)
    before = make_published_briefing(finding.case_audit, by=cara, title="Of before themes had keys")
    finding.case_audit.theme.name = "Called otherwise since"
    edition = edition_of(before.code)
    for part in (content := deepcopy(edition.content))["themes"]:
        del part["theme_id"]
    edition.content = content
    db.session.commit()
    with transaction():
        service.correct(briefing, note="Under its new name", by=cara, now=NOW)

    def offered() -> list[str]:
        return [one.get_text() for one in browser.get("/briefings").soup.select("main [name=theme] option")][
            1:
        ]

    assert offered() == ["Neglect"]
    assert "Theme: Neglect" in browser.get("/briefings?theme=neglect").text
    with transaction():
        service.withdraw(briefing, reason="Wrong", by=cara, now=NOW)
    assert offered() == ["Called otherwise since"]


def test_a_briefing_and_its_courses_lead_to_one_another(browser: Browser, cara: Person) -> None:
    finding = make_finding(text="Raised late")
    assert finding.case_audit is not None
    course = make_course(code="NEG-1D", title="Neglect in a day", published_at=NOW)
    version = make_version(course)
    session = make_training_session(version)
    make_need(finding, from_version=version, title="See neglect")
    make_need(
        make_finding(), from_version=make_version(make_course(title="Of another need", published_at=NOW))
    )
    make_need(finding, from_version=make_version(make_course(title="Not published", published_at=None)))
    briefing = make_published_briefing(finding.case_audit, by=cara, title="Of neglect")
    session_id, code = session.id, briefing.code

    page = browser.get(f"/briefings/{code}")
    assert page.text.index("On this page") < page.text.index("Raised late")
    assert page.text.index("Record a discussion") < page.text.index("Raised late")
    assert [link["href"] for link in page.soup.select("nav[aria-labelledby=contents] a")] == [
        "#audits", "#found", "#questions", "#new", "#courses",
    ]  # fmt: skip
    assert page.link("Back to the contents") == "#contents"
    assert page.link("Neglect in a day") == "/courses/NEG-1D"
    assert "For what staff need: See neglect." in page.text
    assert page.soup.select(f"a[href='/dates/{session_id}']")
    assert "Of another need" not in page.text
    assert "Not published" not in page.text

    with transaction():
        service.correct(briefing, note="Not yet out", by=cara, now=NOW)
        service.choose_audits(briefing, [], by=cara, now=NOW)
        briefing.title = "Not yet approved"
    assert browser.get(f"/briefings/{code}").link("Neglect in a day") == "/courses/NEG-1D"
    page = browser.get("/courses/NEG-1D")
    assert "Why this course: what audits found" in page.text
    assert page.link("Of neglect") == f"/briefings/{code}"
    assert "Not yet approved" not in page.text


def test_only_dates_of_the_version_that_answers_are_offered_for_a_need(
    browser: Browser, cara: Person
) -> None:
    finding = make_finding()
    assert finding.case_audit is not None
    old = make_version(make_course(code="NEG-1D", title="Neglect in a day", published_at=NOW))
    new = make_version(old.course)
    make_need(finding, from_version=old, title="See neglect")
    make_need(finding, from_version=new, title="Say neglect")
    dates = {make_training_session(old, starts_at=NOW + timedelta(days=day)).id for day in range(1, 5)}
    briefing = make_published_briefing(finding.case_audit, by=cara).code

    def offered(heading: str) -> tuple[str, set[int]]:
        page = browser.get(f"/briefings/{briefing}").soup.select_one("#courses")
        assert page
        assert len(page.find_all("h3")) == 1
        told = page.find("p", string=re.compile(heading))
        assert told
        beside = told.find_next_sibling()
        assert beside
        return beside.get_text(), {
            int(str(a["href"]).rpartition("/")[2]) for a in beside.select("a[href^='/dates/']")
        }

    not_yet = "Dates of the version that answers this are not published yet."
    assert offered("See neglect")[1] < dates
    assert not_yet in offered("Say neglect")[0]
    ask = browser.get(f"/briefings/{briefing}").link("Ask to hear of those that will : Say neglect")
    assert ask == "/courses/NEG-1D#why"
    assert browser.get("/courses/NEG-1D").text.count(f"{not_yet} The dates above do not answer it.") == 1

    late = make_training_session(new, starts_at=NOW + timedelta(days=9)).id

    assert offered("Say neglect")[1] == {late}
    page = browser.get("/courses/NEG-1D")
    assert not_yet not in page.text
    assert page.text.count("Of the dates above this one answers it:") == 1
    assert len(page.soup.select(f"a[href='/dates/{late}']")) == 2


def test_a_course_tells_of_findings_what_a_briefing_told(browser: Browser, cara: Person) -> None:
    told, kept = (
        make_finding(text="As it came out"),
        make_finding(make_case_audit(), text="In no briefing yet"),
    )
    assert told.case_audit is not None
    make_need(told, kept, from_version=make_version(make_course(code="NEG-1D", published_at=NOW)))
    briefing = make_published_briefing(told.case_audit, by=cara)
    told.text = "Corrected since"
    db.session.commit()

    page = browser.get("/courses/NEG-1D")
    assert "As it came out" in page.text
    assert "Corrected since" not in page.text
    assert "In no briefing yet" not in page.text

    with transaction():
        service.withdraw(briefing, reason="The audit was flawed", by=cara, now=NOW)
    assert "As it came out" not in browser.get("/courses/NEG-1D").text
    assert "In no briefing yet" in browser.signed_in(cara).get("/courses/NEG-1D").text


def test_an_address_that_died_after_the_briefing_is_no_link(browser: Browser, cara: Person) -> None:
    case_audit = make_case_audit()
    action = make_action(case_audit)
    link = saved(AuditLink(action_id=action.id, label="The old page", url="https://old.example"))
    code = make_published_briefing(case_audit, by=cara).code
    assert browser.get(f"/briefings/{code}").link("The old page") == "https://old.example"

    link.dead_on = date(2026, 3, 1)
    db.session.commit()

    page = browser.get(f"/briefings/{code}")
    assert "The old page (this address leads nowhere any more: https://old.example)" in page.text
    assert "https://old.example" not in {a.get("href") for a in page.soup.find_all("a")}


def test_an_earlier_edition_stays_and_says_so(browser: Browser, cara: Person) -> None:
    finding = make_finding(text="As it was put")
    assert finding.case_audit is not None
    briefing = make_published_briefing(finding.case_audit, by=cara, title="First put", code="LIB-1")
    other = make_person(roles=[Role.BOARD_STAFF])
    with transaction():
        service.correct(briefing, note="The title was wrong", by=cara, now=NOW)
        service.change_briefing(
            briefing,
            title="Better put",
            number=1,
            published_month=date(2017, 1, 1),
            summary="",
            by=cara,
            now=NOW,
        )
        service.submit(briefing, by=cara, now=NOW)
        service.approve(briefing, reason="Yes", by=other, now=NOW)
        service.publish(briefing, by=cara, now=NOW)

    page = browser.get("/briefings/LIB-1")
    assert page.h1 == "Better put"
    assert "Corrected on 23 November 2026: The title was wrong" in page.text
    page = browser.click("Edition 1")
    assert page.h1 == "First put"
    assert (
        "This is an earlier edition. Read the latest one . Corrected on 23 November 2026: The title was wrong"
        in page.text
    )
    paper = "/briefings/LIB-1/editions/1/briefing.pdf"
    first = browser.get(paper).response
    assert "First put" in words(first.data)
    kept = db.session.scalars(db.select(KeptFile)).one()
    kept.content = b"%PDF-1.7 is made once"
    db.session.commit()
    again = browser.get(paper).response
    assert again.data == b"%PDF-1.7 is made once"
    assert again.headers["ETag"] == first.headers["ETag"]
    second = browser.get(paper.replace("/1/", "/2/")).response
    assert "Corrected: The title was wrong" in words(second.data)
    browser.get("/briefings/LIB-1/editions/3", status=404)


def test_a_withdrawn_briefing_says_why_and_nothing_else(browser: Browser, cara: Person) -> None:
    finding = make_finding(text="What was found")
    assert finding.case_audit is not None
    briefing = make_published_briefing(finding.case_audit, by=cara, code="LIB-1")
    with transaction():
        service.withdraw(briefing, reason="The audit was flawed", by=cara, now=NOW)

    paper, discussed = "/briefings/LIB-1/editions/1/briefing.pdf", "/briefings/LIB-1/discussed"
    browser.signed_in(cara)
    for url in ("/briefings/LIB-1", "/briefings/LIB-1/editions/1", paper, discussed):
        page = browser.get(url)
        assert "The audit was flawed" in page.text
        assert "What was found" not in page.text
