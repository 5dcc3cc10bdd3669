"""Staff's pages of briefings: a briefing from its beginning until it is withdrawn."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sscb_training.case_audits.briefings import queries, service
from sscb_training.case_audits.briefings.routes import paper
from sscb_training.case_audits.drafts.service import discard
from sscb_training.case_audits.models import Briefing, FindingKind
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.letters.kinds import WHY_NOT
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    changed,
    make_action,
    make_briefing,
    make_case_audit,
    make_finding,
    make_person,
    make_published_briefing,
)
from tests.paper import each_page, left_of_the_edge, spoken, tags

pytestmark = pytest.mark.one_database


def day(name: str, day: int, month: int, year: int) -> dict[str, Any]:
    return {name: [str(day), str(month), str(year)]}


def test_a_briefing_from_its_beginning_until_it_is_withdrawn(browser: Browser, cara: Person) -> None:
    audit = make_case_audit(code="AUD-1", title="Neglect")
    finding = make_finding(audit, code="NEG-1", note="For staff alone")
    make_finding(audit, code="NEG-2")
    make_action(audit, finding, code="ACT-1")
    other = make_person("Olga Other", roles=[Role.BOARD_STAFF])
    audit_id = audit.id

    page = browser.signed_in(cara).submit(
        "/manage/briefings/new", code="LIB-10", title="Briefing 10", number="10", summary="In short",
        audits=str(audit_id), **day("published_month", 1, 2, 2027),
    )  # fmt: skip
    assert page.h1 == "Briefing 10"
    here = page.url
    assert "Told in Briefing 10 Draft" in browser.get(f"/audits/{audit_id}").text
    item = queries.items_of(db.session.scalars(db.select(Briefing)).one())[1].id
    theme = queries.themes_of(db.session.scalars(db.select(Briefing)).one())[0].theme_id
    steps: list[tuple[str, dict[str, Any]]] = [
        ("change", {"title": "Briefing 10"}),
        ("audits", {"audits": str(audit_id)}),
        (f"themes/{theme}", {"introduction": "Said before the findings"}),
        (f"items/{item}", {"restated": "Said plainly", "note": "A note for readers"}),
        ("questions/new", {"text": "How do we assess it?"}),
        ("news/new", {"title": "A policy", "text": "Revised"}),
        ("links/new", {"label": "The procedures"}),
        ("strengths/new", {"code": "POS-1", "text": "Families were given time"}),
    ]
    for where, answers in steps:
        page = browser.fill(browser.get(f"{here}/{where}"), **answers)
        assert page.url == here, where
    page = browser.post(f"{here}/items/{item}/up")
    assert page.text.index("NEG-2") < page.text.index("NEG-1")
    browser.post(f"{here}/themes/{theme}/up")

    assert [note.get_text() for note in page.soup.select("main .app-section__head p")] == [
        "2 of 2 go in", *["1 of 1 goes in"] * 4,
    ]  # fmt: skip

    preview = browser.get(f"{here}/preview").text
    assert "It is a draft." in preview
    asked = browser.get(f"{here}/news/new").soup.select("main label, main legend")
    assert asked[0].get_text(strip=True) == "Title"
    for words in (
        "Said before the findings", "Said plainly", "A note for readers", "No specific action", "Not named",
        "No date given", "Families were given time", "How do we assess it?", "the address was lost", "The procedures",
    ):  # fmt: skip
        assert words in preview, words
    assert "For staff alone" not in preview
    browser.get("/briefings/LIB-10", status=404)

    browser.fill(browser.get(here), button="Submit for approval")
    assert not browser.get(here).soup.select("a[role=button][href$=decide]")
    page = browser.get(f"{here}/decide")
    assert page.h1 == "Send this briefing back"
    assert "somebody else of the board’s staff approves it" in page.text
    assert not page.soup.select("[type=radio]")
    assert "waits for approval" not in browser.get("/home").text
    assert "1 briefing waits for approval" in browser.signed_in(other).get("/home").text
    page = browser.submit(f"{here}/decide", decision="send_back", reason="Say it of practice")
    assert "Sent back Olga Other, 23 November 2026. Reason: Say it of practice" in page.text
    page = browser.signed_in(cara).fill(browser.get(here), button="Submit for approval")
    assert "Sent back Olga Other" not in page.text
    page = browser.signed_in(other).get(f"{here}/decide")
    browser.fill(page, decision="approve", reason="As it was found")
    late = browser.fill(page, decision="approve", reason="The same again")  # sends nothing back
    assert "This briefing is approved by now" in late.errors[0]
    assert not browser.get(f"{here}/decide").soup.select("[type=radio], .govuk-inset-text")
    page = browser.fill(browser.get(here), button="Publish now")
    assert "Olga Other" in page.text
    assert "As it was found" in page.text
    assert "Said plainly" in browser.get("/briefings/lib-10").text

    browser.submit(f"{here}/correct", note="The month was wrong")
    page = browser.get(here)
    assert page.text.count("Move up") == 1
    assert not {"Submitted", "Approved"} & {term.get_text() for term in page.soup.select("main dt")}
    page = browser.submit(f"{here}/withdraw", reason="The audit was flawed")
    assert "The briefing is withdrawn" in page.text
    assert "The audit was flawed" in browser.get("/briefings/LIB-10").text
    assert "Told in Briefing 10 Draft" in browser.get(f"/audits/{audit_id}").text
    assert "Withdrawn" in browser.get("/manage/briefings").text


def test_whoever_submitted_what_came_back_is_told_until_it_is_submitted_again_or_dropped(
    browser: Browser, cara: Person, outbox: Callable[[], list[Letter]],
    count_queries: Callable[[Callable[[], object]], int],
) -> None:  # fmt: skip
    other = make_person("Olga Other", roles=[Role.BOARD_STAFF])
    audit = make_finding().case_audit
    assert audit is not None
    who: dict[str, Any] = {"by": cara, "now": NOW}

    def sent_back(code: str, *, by: Person) -> Briefing:
        with transaction():
            briefing = service.record_briefing(
                code=code, title=f"Of {code}", published_month=date(2027, 2, 1), audits=[audit], **who
            )
            service.submit(briefing, **who)
            service.send_back(briefing, reason=f"Say more of {code}", by=by, now=NOW)
        return briefing

    few = count_queries(lambda: browser.signed_in(cara).get("/home"))
    first, second = (sent_back(code, by=other) for code in ("LIB-1", "LIB-2"))
    sent_back("LIB-3", by=cara)  # to go on with it

    (letter, _) = outbox()
    assert (letter.to_address, letter.subject) == (cara.email, "Sent back to be changed: Of LIB-1")
    for words in ("Olga Other", "Say more of LIB-1", f"/manage/briefings/{first.id}"):
        assert words in letter.body
    assert WHY_NOT["case_audits/sent_back"](first.id, NOW) == ""
    assert count_queries(lambda: browser.signed_in(cara).get("/home")) == few
    page = browser.get("/home")
    assert page.text.count("came back to be changed") == 2
    assert "LIB-1: Of LIB-1. Olga Other: Say more of LIB-1" in page.text
    assert page.link("Change LIB-1") == f"/manage/briefings/{first.id}"
    assert "came back" not in browser.signed_in(other).get("/home").text

    with transaction():
        service.submit(first, **who)
        discard(second, **who)
    assert "came back" not in browser.signed_in(cara).get("/home").text
    assert WHY_NOT["case_audits/sent_back"](first.id, NOW) == "The briefing was submitted again."
    assert WHY_NOT["case_audits/sent_back"](second.id, NOW) == "The briefing was dropped."


def test_a_page_that_a_briefing_is_past_says_so_at_once(browser: Browser, cara: Person) -> None:
    audit = make_finding().case_audit
    assert audit is not None
    who: dict[str, Any] = {"by": cara, "now": NOW}
    with transaction():
        briefing = service.record_briefing(
            code="LIB-1", title="Briefing 1", published_month=date(2027, 2, 1), audits=[audit], **who
        )
        link = service.add_link(briefing, label="Procedures", **who)
        service.submit(briefing, **who)
    (item,), (theme,) = queries.items_of(briefing), queries.themes_of(briefing)
    here = f"/manage/briefings/{briefing.id}"
    browser.signed_in(cara)

    for where in (
        "change", "audits", "items", f"items/{item.id}", f"themes/{theme.theme_id}", f"links/{link.id}", "news/new",
    ):  # fmt: skip
        page = browser.get(f"{here}/{where}")
        assert page.url == here, where
        assert "Please note This briefing is waiting for approval by now." in page.text
    with transaction():
        service.send_back(briefing, reason="Say more", **who)
    page = browser.get(f"{here}/decide")
    assert page.url == here
    assert "Please note This briefing was sent back." in page.text
    assert "Reason: Say more" in page.text
    with transaction():
        service.add_link(briefing, label="More", **who)
        service.submit(briefing, **who)
        service.approve(briefing, reason="Right", **who)
        service.publish(briefing, **who)
    assert "This briefing is published by now." in browser.get(f"{here}/decide").text
    with transaction():
        service.correct(briefing, note="More", **who)
    assert "This briefing is a draft by now." in browser.get(f"{here}/decide").text


GONE: dict[str, Callable[[Person], object]] = {
    "suspended": lambda author: changed(author, suspended_at=NOW),
    "without the role": lambda author: changed(author.role_grants[0], ended_at=NOW),
}


@pytest.mark.parametrize("how", GONE)
@pytest.mark.parametrize("before", [True, False])
def test_nobody_who_left_the_boards_staff_reads_why_a_briefing_came_back(
    cara: Person, outbox: Callable[[], list[Letter]], how: str, before: bool
) -> None:
    author = make_person(roles=[Role.BOARD_STAFF])
    audit = make_finding().case_audit
    assert audit is not None
    with transaction():
        briefing = service.record_briefing(
            code="LIB-1", title="One", published_month=date(2027, 2, 1), audits=[audit], by=author, now=NOW
        )
        service.submit(briefing, by=author, now=NOW)

    if before:
        GONE[how](author)
    with transaction():
        service.send_back(briefing, reason="No", by=cara, now=NOW)
    assert len(outbox()) == (0 if before else 1)
    if not before:
        assert WHY_NOT["case_audits/sent_back"](briefing.id, NOW) == ""
        GONE[how](author)

    why_not = WHY_NOT["case_audits/sent_back"](briefing.id, NOW)
    assert why_not == "Whoever submitted the briefing may not open it any more."


def test_a_new_correction_is_not_what_was_sent_back(browser: Browser, cara: Person) -> None:
    audit = make_case_audit()
    make_finding(audit)
    briefing = make_published_briefing(audit, by=cara, code="LIB-1")
    with transaction():
        service.correct(briefing, note="More", by=cara, now=NOW)
        service.add_link(briefing, label="More", by=cara, now=NOW)
        service.submit(briefing, by=cara, now=NOW)
        service.send_back(briefing, reason="No", by=make_person("Olga Other"), now=NOW)
    assert "came back to be changed" in browser.signed_in(cara).get("/home").text
    with transaction():
        discard(briefing, by=cara, now=NOW)
    assert "came back to be changed" not in browser.get("/home").text

    with transaction():
        service.correct(briefing, note="Another", by=cara, now=NOW)

    assert "came back to be changed" not in browser.get("/home").text
    assert WHY_NOT["case_audits/sent_back"](briefing.id, NOW) == "The briefing was dropped."


def test_choose_items_leaves_out_what_is_not_ticked(browser: Browser, cara: Person) -> None:
    audit = make_case_audit()
    make_finding(audit, code="NEG-1")
    make_finding(audit, code="NEG-2")
    with transaction():
        briefing = service.record_briefing(
            code="LIB-1", title="One", published_month=date(2027, 2, 1), audits=[audit], by=cara, now=NOW
        )
    first, second = queries.items_of(briefing)
    shown = [str(first.id), str(second.id)]
    url = f"/manage/briefings/{briefing.id}/items"
    kept = str(first.id)
    browser.signed_in(cara).get(url)
    with transaction():
        service.add_question(briefing, text="Added meanwhile", by=cara, now=NOW)

    page = browser.post(url, {"items": [kept, "999", "x", "9" * 5000], "shown": shown})

    assert "1 of 2 go in" in page.text
    assert queries.items_of(briefing)[2].is_included
    assert len(page.soup.select("main li .govuk-tag--grey")) == 1


def test_two_who_change_a_question_at_once_do_not_overwrite_one_another(
    browser: Browser, cara: Person
) -> None:
    briefing = make_briefing()
    with transaction():
        question = service.add_question(briefing, text="How?", by=cara, now=NOW)
    (item,) = queries.items_of(briefing)
    url = f"/manage/briefings/{briefing.id}/items/{item.id}"
    page = browser.signed_in(cara).get(url)
    with transaction():
        service.change_question(question, briefing, text="How else?", theme=None, by=cara, now=NOW)

    page = browser.fill(page, text="Why?")

    assert "saved changes, while you had this page open" in page.errors[0]
    assert question.text == "How else?"


def test_a_link_is_marked_dead_and_removed(browser: Browser, cara: Person) -> None:
    briefing = make_briefing()
    with transaction():
        link = service.add_link(briefing, label="Procedures", url="https://old.example", by=cara, now=NOW)
    here, url = f"/manage/briefings/{briefing.id}", f"/manage/briefings/{briefing.id}/links/{link.id}"

    browser.signed_in(cara).submit(url, button="Save the link", **day("dead_on", 1, 2, 2026))
    assert "leads nowhere any more: https://old.example" in browser.get(f"{here}/preview").text
    page = browser.fill(browser.get(url), button="Remove the link")

    assert "The link is removed" in page.text


@pytest.mark.parametrize(
    ("where", "answers", "error"),
    [
        ("questions/new", {"text": "Of NHS 943 476 5919?"}, "Question holds what looks like an NHS number."),
        ("news/new", {"title": "A", "text": "B", "url": "ftp://x"}, "The address must begin with https"),
        ("withdraw", {"reason": "Wrong"}, "This briefing is not published"),
        ("correct", {"note": "Wrong"}, "This briefing is a draft by now."),
        ("strengths/new", {"code": "NEG-1", "text": "Good"}, "The code NEG-1 is taken."),
    ],
)
def test_what_is_refused_is_said_on_the_form(
    browser: Browser, cara: Person, where: str, answers: dict[str, Any], error: str
) -> None:
    make_finding(code="NEG-1")
    briefing = make_briefing()

    page = browser.signed_in(cara).get(f"/manage/briefings/{briefing.id}/{where}")
    page = browser.fill(page, **answers)

    assert page.errors[0].startswith(error)


def test_lists_ask_as_often_for_three_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    audit = make_case_audit()
    make_action(audit, make_finding(audit))
    briefing = make_published_briefing(audit, by=cara)
    urls = [
        "/manage/briefings",
        f"/manage/briefings/{briefing.id}",
        "/briefings",
        f"/briefings/{briefing.code}",
    ]
    browser.signed_in(cara)
    with transaction():
        service.correct(briefing, note="More", by=cara, now=NOW)
    one = [count_queries(lambda url=url: browser.get(url)) for url in urls]  # type: ignore[misc]
    for _ in range(2):
        make_action(audit, make_finding(audit), make_finding(audit, kind=FindingKind.STRENGTH))
        make_published_briefing(make_finding().case_audit, by=cara)  # type: ignore[arg-type]
    with transaction():
        service.choose_audits(briefing, [audit], by=cara, now=NOW)

    assert [count_queries(lambda url=url: browser.get(url)) for url in urls] == one  # type: ignore[misc]


def test_the_pdf_is_tagged_and_read_in_its_order(browser: Browser, cara: Person) -> None:
    audit = make_case_audit(title="Neglect", focus="How agencies worked together.")
    finding = make_finding(audit, code="NEG-1", text="It was raised late.", note="Beside POS-1")
    make_finding(audit, code="POS-1", kind=FindingKind.STRENGTH, text="Time was given.")
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte"
    make_action(audit, finding, code="ACT-1", text="Put the tools in.", owner=long)
    with transaction():
        briefing = service.record_briefing(
            code="LIB-1",
            title="Briefing 1",
            published_month=date(2027, 2, 1),
            audits=[audit],
            by=cara,
            now=NOW,
        )
        service.add_question(briefing, text="How do we?", by=cara, now=NOW)
        service.add_news_item(briefing, title="A policy", text="Revised.", by=cara, now=NOW)

    made = browser.signed_in(cara).get(f"/manage/briefings/{briefing.id}/preview.pdf").response.data

    said = " ".join(spoken(made))
    in_turn = (
        "Briefing 1", "The audits", "What the audits found", "It was raised late.", "What went well", "Time was given.",
        "Actions and learning", "Put the tools in.", long, "No date given", "Questions for your team", "How do we?",
        "What’s new", "the address was lost",
    )  # fmt: skip
    places = [said.index(words) for words in in_turn]
    assert places == sorted(places)
    assert left_of_the_edge(made) > 14.9
    assert {"Title", "H2", "H3", "L", "Table", "TH"} <= set(tags(made))


def test_no_page_of_the_pdf_ends_with_what_leads_to_a_list(cara: Person) -> None:
    """However long the summary is, and so wherever a page ends."""
    audit = make_case_audit()
    for _ in range(3):
        make_finding(audit, text="Neglect was raised late, and no record says why. " * 9)
    briefing = make_published_briefing(audit, by=cara)
    with transaction():
        service.correct(briefing, note="More", by=cara, now=NOW)
        introduction = "What it is about in a few words."
        service.introduce_theme(
            queries.themes_of(briefing)[0], briefing, introduction=introduction, by=cara, now=NOW
        )
    told = queries.content(briefing)
    for length in range(300, 900, 50):
        made = paper(told | {"summary": "word " * length}, edition="Edition 2", note="More")
        for page in each_page(made)[:-1]:
            last = [line for line in page.splitlines() if line.strip()][-3:]  # and two of the foot
            assert not {introduction, "Neglect", "What the audits found", "Questions for your team"} & set(
                last
            ), length


def test_what_a_correction_says_of_itself_is_changed_where_its_title_is(
    browser: Browser, cara: Person
) -> None:
    audit = make_case_audit()
    make_finding(audit)
    briefing = make_published_briefing(audit, by=cara)
    first = make_briefing()
    here = f"/manage/briefings/{briefing.id}"
    with transaction():
        service.correct(briefing, note="It was lste", by=cara, now=NOW)
    assert (
        "What is corrected?" not in browser.signed_in(cara).get(f"/manage/briefings/{first.id}/change").text
    )
    browser.get(here)

    browser.click("Change the title, number, month, summary or what is corrected")
    assert browser.page is not None
    assert browser.fill(browser.page, correction="").errors == ["Enter what is corrected"]
    page = browser.fill(browser.page, correction="It was late")

    assert "Corrects It was late" in page.text
    assert "Correction: was It was lste, now It was late" in page.text


def test_whoever_approves_a_correction_of_which_nothing_differs_is_warned(
    browser: Browser, cara: Person
) -> None:
    audit = make_case_audit()
    finding = make_finding(audit, text="It was raised late")
    briefing = make_published_briefing(audit, by=cara)
    here = f"/manage/briefings/{briefing.id}"
    with transaction():
        service.correct(briefing, note="It was late", by=cara, now=NOW)
        finding.text = "It was raised too late"
        service.submit(briefing, by=cara, now=NOW)
    warned = "Nothing differs from edition 1."
    browser.signed_in(make_person("Olga Other", roles=[Role.BOARD_STAFF]))
    assert warned not in browser.get(f"{here}/decide").text

    changed(finding, text="It was raised late")

    warning = browser.get(f"{here}/decide").soup.select_one(".govuk-warning-text")
    assert warning is not None
    assert "Readers would find the same under a new date" in warning.get_text()
    with transaction():
        service.withdraw(briefing, reason="It was flawed", by=cara, now=NOW)
    assert "Readers find it again as it was once this is published." in browser.get(f"{here}/decide").text
    with transaction():
        service.send_back(briefing, reason="Say why it stands", by=cara, now=NOW)
    page = browser.get(here)
    assert "Readers find it again as it was once this is published." in page.text
    assert page.soup.select("form[action$=submit]")


def test_who_writes_and_who_approves_a_correction_read_what_differs(browser: Browser, cara: Person) -> None:
    audit = make_case_audit()
    make_finding(audit, code="NEG-1", text="It was raised late")
    gone = make_finding(audit, code="NEG-2")
    other = make_person("Olga Other", roles=[Role.BOARD_STAFF])
    briefing = make_published_briefing(audit, by=cara)
    here = f"/manage/briefings/{briefing.id}"
    assert "What differs" not in browser.signed_in(cara).get(here).text
    with transaction():
        service.correct(briefing, note="It was late", by=cara, now=NOW)

    page = browser.get(here)
    assert "Nothing differs from edition 1. It cannot be submitted: change what" in page.text
    assert page.text.count("differs from edition 1") == 1
    assert not page.soup.select("form[action$=submit]")
    browser.post(f"{here}/submit", status=409)
    with transaction():
        item, *others = queries.items_of(briefing)
        service.restate(item, restated="It was raised too late", note="", by=cara, now=NOW)
        kept = {one.id for one in others if one.finding != gone} | {item.id}
        service.choose_items(briefing, kept, by=cara, now=NOW)
        service.restate(item, restated="It was never raised", note="", by=cara, now=NOW)
    own = browser.get(here).soup.select_one("#changes")
    assert own
    page = browser.fill(browser.page or browser.get(here), button="Submit for approval")
    page = browser.signed_in(other).get(f"{here}/decide")

    assert "What is corrected It was late" in page.text
    assert page.text.index("It was late") < page.text.index("What differs from edition 1")
    said = [one.get_text(" ", strip=True) for one in page.soup.select("main .app-change")]
    assert said == [one.get_text(" ", strip=True) for one in own.select(".app-change")]
    assert said == [
        "NEG-1 Reworded Before: It was raised late Now: It was never raised",
        "NEG-2 Removed Before: Neglect was not always raised with parents.",
    ]
    assert next(one.get_text() for one in page.soup.select("main del")) == "late"
    assert [one.get_text() for one in page.soup.select("main ins")] == ["never"]
    with transaction():
        service.approve(briefing, reason="Right", by=other, now=NOW)
        item.finding.text = item.restated = "Changed behind their back"  # type: ignore[union-attr]
    shown = browser.get(here).soup.select(".app-change")
    assert [one.get_text(" ", strip=True) for one in shown] == said
