"""What teams say of briefings: recording it, and who sees it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.case_audits.briefings import service as briefings
from sscb_training.case_audits.briefings.models import DiscussionQuestion
from sscb_training.case_audits.discussions import service
from sscb_training.case_audits.discussions.models import Discussion
from sscb_training.case_audits.models import Briefing
from sscb_training.core.db import db
from sscb_training.core.errors import Refused
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_agency,
    make_finding,
    make_membership,
    make_person,
    make_published_briefing,
)

pytestmark = pytest.mark.one_database
TOLD: dict[str, Any] = {"team": "Ludlow", "number_of_people": 6}


def published(by: Person) -> Briefing:
    audit = make_finding().case_audit
    assert audit is not None
    return make_published_briefing(audit, by=by, code="LIB-9")


def recorded(briefing: Briefing, by: Person, **given: Any) -> Discussion:
    usual = {**TOLD, "agency": by.memberships[0].agency, "held_on": TODAY}
    with transaction():
        return service.record_discussion(briefing, **usual | given, by=by, now=NOW)


def test_record_a_discussion(browser: Browser, asha: Person, cara: Person) -> None:
    published(cara)
    url = "/briefings/LIB-9/discussed"

    page = browser.signed_in(asha).get(url)
    assert page.h1 == "Record a discussion"
    question = str(page.soup.select_one("[name=questions]")["value"])  # type: ignore[index]
    page = browser.fill(
        page, team="Reception", number_of_people="5", questions=question, will_do="Ask about home earlier",
        **day("held_on"),
    )  # fmt: skip

    assert "Reception" in page.text
    assert "Ask about home earlier" in page.text
    assert page.link("Q-1") == "/briefings/LIB-9/editions/1#q-1"
    discussion = db.session.scalars(db.select(Discussion)).one()
    assert (discussion.agency, discussion.number_of_people) == (asha.memberships[0].agency, 5)
    assert [one.code for one in discussion.questions] == ["Q-1"]


def test_what_a_team_said_leads_to_the_edition_that_it_read(
    browser: Browser, asha: Person, cara: Person
) -> None:
    briefing = published(cara)
    recorded(briefing, asha)
    other, later = make_person(roles=[Role.BOARD_STAFF]), NOW + timedelta(hours=1)
    with transaction():
        briefings.correct(briefing, note="Better put", by=cara, now=later)
        briefings.add_link(briefing, label="More", by=cara, now=later)
        briefings.submit(briefing, by=cara, now=later)
        briefings.approve(briefing, reason="Yes", by=other, now=later)
        briefings.publish(briefing, by=cara, now=later)
    title = briefing.title

    page = browser.signed_in(asha).get("/discussions")

    assert page.link(title) == "/briefings/LIB-9/editions/1"


def test_somebody_with_two_jobs_says_at_which_agency(browser: Browser, asha: Person, cara: Person) -> None:
    published(cara)
    other = make_agency(name="Other school")
    make_membership(asha, other)

    page = browser.signed_in(asha).submit(
        "/briefings/LIB-9/discussed",
        team="Both",
        number_of_people="5",
        agency=str(other.id),
        **day("held_on"),
    )

    assert "Other school" in page.text


def test_somebody_without_a_job_is_told_what_to_do(browser: Browser, dev: Person, cara: Person) -> None:
    published(cara)
    nobody = make_person("No Job")

    assert "Say where you work first" in browser.signed_in(nobody).get("/briefings/LIB-9/discussed").text


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"held_on": TODAY + timedelta(days=1)}, "must be today or in the past"),
        (
            {"held_on": date(2016, 12, 31)},
            "on or after 1 January 2017, when readers could first have had this briefing",
        ),
        ({"will_do": "See NHS 943 476 5919"}, "looks like an NHS number"),
        ({"team": "Child id 12345"}, "looks like a case number"),
        ({"agency": None}, "only for an agency where you work"),
    ],
)
def test_what_cannot_be_recorded(asha: Person, cara: Person, given: dict[str, Any], error: str) -> None:
    briefing = published(cara)
    if "agency" in given:
        given = {"agency": make_agency()}

    with pytest.raises(Refused, match=error):
        recorded(briefing, asha, **given)


@pytest.mark.parametrize("is_out", [False, True])
def test_a_talk_about_an_earlier_edition_is_recorded_whatever_month_the_next_bears(
    asha: Person, cara: Person, is_out: bool
) -> None:
    briefing = published(cara)
    with transaction():
        briefings.correct(briefing, note="The month was wrong", by=cara, now=NOW)
        briefing.published_month = date(2017, 3, 1)
        if is_out:
            other = make_person(roles=[Role.BOARD_STAFF])
            briefings.submit(briefing, by=cara, now=NOW)
            briefings.approve(briefing, reason="Yes", by=other, now=NOW)
            briefings.publish(briefing, by=cara, now=NOW)

    assert recorded(briefing, asha, held_on=date(2017, 2, 1)).held_on == date(2017, 2, 1)
    with pytest.raises(Refused, match="on or after 1 January 2017"):
        recorded(briefing, asha, held_on=date(2016, 12, 31))


def test_a_talk_about_a_briefing_that_is_out_before_its_month_is_recorded(asha: Person, cara: Person) -> None:
    audit = make_finding().case_audit
    assert audit is not None
    briefing = make_published_briefing(audit, by=cara, published_month=date(2026, 12, 1))

    assert recorded(briefing, asha, held_on=TODAY).held_on == TODAY
    with pytest.raises(Refused, match="on or after 23 November 2026"):
        recorded(briefing, asha, held_on=TODAY - timedelta(days=1))


def test_a_discussion_that_is_sent_twice_stands_once(asha: Person, cara: Person) -> None:
    briefing = published(cara)
    recorded(briefing, asha)

    with pytest.raises(Refused, match="recorded this team’s discussion of that day already"):
        recorded(briefing, asha)


def test_a_team_is_asked_what_the_edition_asks(browser: Browser, asha: Person, cara: Person) -> None:
    briefing = published(cara)
    title = briefing.title
    with transaction():
        briefings.correct(briefing, note="Better put", by=cara, now=NOW)
        briefings.add_question(briefing, text="Nobody has approved this", by=cara, now=NOW)
        question = db.session.scalars(db.select(DiscussionQuestion)).first()
        assert question is not None
        briefings.change_question(question, briefing, text="Nor this", theme=None, by=cara, now=NOW)
        briefing.title = "Nor this title"

    page = browser.signed_in(asha).get("/briefings/LIB-9/discussed")

    assert "How do we assess neglect?" in page.text
    assert title in page.text
    assert "Nor this" not in page.text
    assert "Nobody has approved this" not in page.text
    listed = browser.get("/discussions").text + browser.client.get("/discussions?format=csv").text
    assert title in listed
    assert "Nor this title" not in listed


def test_nobody_talks_about_a_withdrawn_briefing(browser: Browser, asha: Person, cara: Person) -> None:
    briefing = published(cara)
    with transaction():
        briefings.withdraw(briefing, reason="Wrong", by=cara, now=NOW)

    with pytest.raises(Refused, match="is not published"):
        recorded(briefing, asha)
    assert "was withdrawn" in browser.signed_in(asha).get("/briefings/LIB-9/discussed").h1


@pytest.mark.parametrize(
    ("who", "sees"),
    [("asha", {"Own"}), ("ben", {"Own"}), ("cara", {"Own", "Elsewhere"}), ("dev", {"Elsewhere"})],
)
def test_who_sees_what_teams_said(
    request: pytest.FixtureRequest, browser: Browser, asha: Person, ben: Person, cara: Person, dev: Person, who: str,
    sees: set[str],
) -> None:  # fmt: skip
    briefing = published(cara)
    discussion = recorded(briefing, asha, team="Own")
    theirs = recorded(briefing, dev, team="Elsewhere")
    keys = {"Own": discussion.id, "Elsewhere": theirs.id}

    page = browser.signed_in(request.getfixturevalue(who)).get("/discussions")

    assert {name for name in ("Own", "Elsewhere") if name in page.text} == sees
    for name in {"Own", "Elsewhere"} - sees:
        browser.post(f"/discussions/{keys[name]}/withdraw", status=404)


def test_a_manager_sees_what_teams_of_the_agency_said(
    browser: Browser, asha: Person, cara: Person, hill_school: Agency
) -> None:
    recorded(published(cara), asha, team="Own")
    manager = make_person("Mo Manager", agency=hill_school, email="mo@agency.example")
    colleague = make_person("Col League", agency=hill_school)
    walk_in = make_person("Wal Kin", email="wal@agency.example")
    make_membership(walk_in, hill_school, confirmed_at=None)
    make_membership(make_person("Sam Staff"), make_agency(), manager_email="wal@agency.example")

    assert "Own" in browser.signed_in(manager).get("/discussions").text
    for person in (colleague, walk_in):
        assert "No discussion is recorded here yet" in browser.signed_in(person).get("/discussions").text


def test_staff_count_by_agency_narrow_and_export(
    browser: Browser,
    asha: Person,
    cara: Person,
    dev: Person,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    briefing = published(cara)
    recorded(briefing, asha, team="=Own", will_do="Ask")
    recorded(briefing, dev, team="Elsewhere")
    browser.signed_in(cara)
    few = count_queries(lambda: browser.get("/discussions"))
    for team in ("North", "South"):
        recorded(briefing, asha, team=team, number_of_people=4)

    page = browser.get("/discussions")
    first = page.soup.select_one("table tbody tr")
    assert first is not None
    assert " ".join(first.get_text(" ").split()).endswith("3 14")
    assert count_queries(lambda: browser.get("/discussions")) == few
    assert "Elsewhere" not in browser.get(f"/discussions?agency={asha.memberships[0].agency_id}").text
    assert "No discussion" in browser.get("/discussions?briefing=other").text
    exported = browser.get("/discussions?format=csv").response.get_data(as_text=True)
    assert "'=Own,6,,Ask," in exported
    assert browser.get("/discussions?format=xlsx").response.data[:2] == b"PK"


def test_what_was_recorded_in_error_is_taken_back(
    browser: Browser, asha: Person, ben: Person, cara: Person
) -> None:
    discussion = recorded(published(cara), asha, team="Own")
    url = f"/discussions/{discussion.id}/withdraw"

    browser.signed_in(ben).post(url, status=409)
    page = browser.signed_in(asha).post(url)

    assert "Own" not in page.text


def day(name: str) -> dict[str, Any]:
    return {name: [str(TODAY.day), str(TODAY.month), str(TODAY.year)]}
