"""Dropping a draft: the published edition stays, the briefing is composed as before, and a first draft goes."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from sscb_training.case_audits.briefings import queries
from sscb_training.case_audits.briefings import service as briefings
from sscb_training.case_audits.briefings.models import BriefingItem, DiscussionQuestion, NewsItem
from sscb_training.case_audits.drafts import service
from sscb_training.case_audits.models import Briefing, BriefingStatus, Finding
from sscb_training.core.db import db, rows
from sscb_training.core.errors import Refused
from sscb_training.core.history import entries_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Theme
from sscb_training.needs import service as needs
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    make_action,
    make_case_audit,
    make_finding,
    make_need,
    make_published_briefing,
    saved,
)

pytestmark = pytest.mark.one_database


def in_correction(cara: Person) -> Briefing:
    """A published briefing of which everything was changed by a correction that nobody has submitted."""
    neglect = make_case_audit()
    make_action(neglect, make_finding(neglect, code="NEG-1"))
    make_finding(neglect, code="NEG-2")
    other = make_case_audit(theme=saved(Theme(slug="core-groups", name="Core groups")))
    make_finding(other, code="CG-1")
    briefing = make_published_briefing(neglect, by=cara, code="LIB-1", title="As it came out", number=1)
    with transaction():
        who: dict[str, Any] = {"by": cara, "now": NOW}
        briefings.correct(briefing, note="Begun by mistake", **who)
        item, second, *_ = queries.items_of(briefing)
        briefings.restate(item, restated="Otherwise", note="Noted", **who)
        briefings.move_item_up(second, **who)
        briefings.choose_items(briefing, {item.id}, **who)
        briefings.introduce_theme(queries.themes_of(briefing)[0], briefing, introduction="Read this", **who)
        (question,) = queries.rows_of(DiscussionQuestion, briefing)
        (news,) = queries.rows_of(NewsItem, briefing)
        briefings.change_question(question, briefing, text="How else?", theme=None, **who)
        briefings.change_news_item(
            news,
            briefing,
            title="Else",
            text="Else",
            url="https://a.example",
            dead_on=date(2026, 1, 1),
            **who,
        )
        briefings.add_question(briefing, text="Why?", **who)
        briefings.add_news_item(briefing, title="New", text="New", **who)
        briefings.add_strength(briefing, code="POS-9", text="Well done", **who)
        briefings.add_link(briefing, label="More", **who)
        briefings.choose_audits(briefing, [other], **who)
        briefings.change_briefing(
            briefing, title="Otherwise", number=2, published_month=date(2027, 3, 1), summary="Else", **who
        )
    return briefing


def test_a_correction_that_is_dropped_leaves_the_briefing_as_it_came_out(cara: Person) -> None:
    briefing = in_correction(cara)
    (edition,) = queries.editions_of(briefing)
    changes = queries.changes(briefing)
    assert changes is not None
    assert changes[1] != []

    with transaction():
        service.discard(briefing, by=cara, now=NOW)

    db.session.expire_all()
    assert queries.content(briefing) == edition.content
    assert [one.id for one in queries.editions_of(briefing)] == [edition.id]
    assert (briefing.status, briefing.correction) == (BriefingStatus.PUBLISHED, "")
    assert briefing.approved_by is not None
    assert rows(select(Finding).where(Finding.code == "POS-9")) == []
    assert len(queries.rows_of(DiscussionQuestion, briefing)) == len(queries.rows_of(NewsItem, briefing)) == 1
    last = entries_about(briefing)[-1]
    assert (last.verb, last.detail) == ("correction dropped", {"note": "Begun by mistake"})
    with transaction():
        briefings.correct(briefing, note="Meant this time", by=cara, now=NOW)
    assert queries.changes(briefing) == (edition, [])


def test_a_correction_that_began_before_its_beginning_was_kept_is_dropped_and_stays_composed(
    cara: Person,
) -> None:
    briefing = in_correction(cara)
    briefing.before_correction = None
    db.session.commit()

    with transaction():
        service.discard(briefing, by=cara, now=NOW)

    assert (briefing.status, briefing.title) == (BriefingStatus.PUBLISHED, "Otherwise")
    assert queries.edition("LIB-1").content["title"] == "As it came out"


def test_what_is_left_out_and_put_in_other_words_is_there_again(cara: Person) -> None:
    audit = make_case_audit()
    make_finding(audit, code="NEG-1")
    make_finding(audit, code="NEG-2")
    briefing = make_published_briefing(audit, by=cara)
    with transaction():
        briefings.correct(briefing, note="Meant", by=cara, now=NOW)
        first, second, *others = queries.items_of(briefing)
        briefings.restate(first, restated="In other words", note="", by=cara, now=NOW)
        briefings.restate(second, restated="Kept", note="", by=cara, now=NOW)
        briefings.choose_items(briefing, {first.id, *(one.id for one in others)}, by=cara, now=NOW)
        briefings.submit(briefing, by=cara, now=NOW)
        decides = db.session.scalars(select(Person).where(Person.name.startswith("Other"))).one()
        briefings.approve(briefing, reason="Right", by=decides, now=NOW)
        briefings.publish(briefing, by=cara, now=NOW)
        assert briefing.before_correction is None
        briefings.correct(briefing, note="A slip", by=cara, now=NOW)
        for item in queries.items_of(briefing):
            briefings.restate(item, restated="", note="", by=cara, now=NOW)
        service.discard(briefing, by=cara, now=NOW)

    found = [(one.words, one.is_included) for one in queries.items_of(briefing) if one.finding]
    assert found == [("In other words", True), ("Kept", False)]
    assert (briefing.approval_reason, briefing.correction) == ("Right", "Meant")


def test_a_first_draft_goes_with_what_is_its_own_and_its_audits_remember(
    browser: Browser, cara: Person
) -> None:
    audit = make_case_audit()
    make_finding(audit, code="NEG-1")
    with transaction():
        who: dict[str, Any] = {"by": cara, "now": NOW}
        briefing = briefings.record_briefing(
            code="LIB-1", title="A slip", published_month=date(2027, 2, 1), audits=[audit], **who
        )
        briefings.add_strength(briefing, code="POS-9", text="Well done", **who)
        briefings.add_question(briefing, text="How?", **who)
        briefings.add_link(briefing, label="More", **who)
    here, audit_id = f"/manage/briefings/{briefing.id}", audit.id

    browser.signed_in(cara).get(here)
    page = browser.click("Drop this draft")
    assert page.h1 == "Drop this draft?"
    page = browser.fill(page)

    assert "The draft LIB-1 is dropped." in page.text
    browser.get(here, status=404)
    assert rows(select(BriefingItem)) == []
    assert rows(select(Finding.code)) == ["NEG-1"]
    assert "Draft briefing dropped" in browser.get(f"/audits/{audit_id}").text
    with transaction():
        after = briefings.record_briefing(
            code="LIB-1", title="Meant", published_month=date(2027, 2, 1), **who
        )
    assert [entry.verb for entry in entries_about(after)] == ["recorded"]


def test_a_draft_that_a_need_names_is_not_dropped(browser: Browser, cara: Person) -> None:
    need = make_need()
    with transaction():
        who: dict[str, Any] = {"by": cara, "now": NOW}
        briefing = briefings.record_briefing(
            code="LIB-1", title="One", published_month=date(2027, 2, 1), audits=[make_case_audit()], **who
        )
        needs.add_intervention(need, briefing, counts=False, **who)
        briefings.add_question(briefing, text="How?", **who)
    here = f"/manage/briefings/{briefing.id}"

    page = browser.signed_in(cara).fill(browser.signed_in(cara).get(f"{here}/drop"), status=409)

    assert "A need names this briefing" in page.text
    assert "How?" in browser.get(here).text


def test_the_page_says_what_is_lost_and_only_a_draft_is_dropped(browser: Browser, cara: Person) -> None:
    briefing = in_correction(cara)
    here = f"/manage/briefings/{briefing.id}"
    page = browser.signed_in(cara).get(f"{here}/drop")

    assert "Edition 1 stays as it is, and is the one that readers see." in page.text
    assert "Begun by mistake" in page.text
    assert "In other words" not in page.text
    assert [one.get_text() for one in page.soup.select("main h3")][:2] == ["At the head", "The audits"]
    page = browser.fill(page)
    assert "The correction is dropped." in page.text
    assert page.h1 == "As it came out"
    assert page.url == here
    assert browser.get(f"{here}/drop").url == here
    with pytest.raises(Refused, match="is published by now"), transaction():
        service.discard(briefing, by=cara, now=NOW)
