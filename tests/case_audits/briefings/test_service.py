"""Composing a briefing, deciding about it, its editions, and what it refuses."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sscb_training.case_audits.briefings import queries, rules, service
from sscb_training.case_audits.briefings.forms import briefing_as_it_is
from sscb_training.case_audits.models import ActionStatus, AuditLink, Briefing, BriefingStatus, FindingKind
from sscb_training.core.db import db
from sscb_training.core.errors import Refused
from sscb_training.core.history import entries_about
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Theme
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    a_theme,
    changed,
    make_action,
    make_case_audit,
    make_finding,
    make_person,
    make_published_briefing,
    saved,
)

pytestmark = pytest.mark.one_database
NHS = "NHS 943 476 5919"


def begun(*audits: Any, by: Person, **given: Any) -> Briefing:
    usual: dict[str, Any] = {"code": "LIB-1", "title": "Briefing 1", "published_month": date(2027, 2, 9)}
    with transaction():
        return service.record_briefing(**usual | given, audits=audits, by=by, now=NOW)


def told(briefing: Briefing) -> list[tuple[str, list[str]]]:
    return [
        (name, [item.thing.code for item in items]) for name, items in queries.composition(briefing).groups
    ]


def test_a_briefing_begins_with_all_that_its_audits_found_and_decided(cara: Person) -> None:
    audit = make_case_audit()
    finding = make_finding(audit, code="NEG-1")
    make_finding(audit, code="POS-1", kind=FindingKind.STRENGTH)
    make_action(audit, finding, code="ACT-1")

    briefing = begun(audit, by=cara)

    assert briefing.published_month == date(2027, 2, 1)
    assert told(briefing) == [
        ("Findings: Neglect", ["NEG-1"]), ("Strengths", ["POS-1"]), ("Actions: Neglect", ["ACT-1"]),
    ]  # fmt: skip


def test_a_draft_of_an_audit_leads_to_no_briefing(cara: Person) -> None:
    draft = make_case_audit(code="AUD-9", published_at=None)

    with pytest.raises(Refused, match="AUD-9 is still a draft"):
        begun(draft, by=cara)


def test_choose_audits_brings_in_what_is_new_and_keeps_what_was_put_in_other_words(cara: Person) -> None:
    audit, other = make_case_audit(), make_case_audit(theme=saved(Theme(slug="core", name="Core groups")))
    make_finding(audit, code="NEG-1")
    make_finding(other, code="CG-1")
    briefing = begun(audit, other, by=cara)
    item = queries.items_of(briefing)[0]
    with transaction():
        service.restate(item, restated="Raised too late", note="In 2016", by=cara, now=NOW)
    make_finding(audit, code="NEG-2")

    with transaction():
        service.choose_audits(briefing, [audit], by=cara, now=NOW)

    assert told(briefing) == [("Findings: Neglect", ["NEG-1", "NEG-2"])]
    assert queries.items_of(briefing)[0].words == "Raised too late"
    assert item.finding is not None
    assert item.finding.text == "Neglect was not always raised with parents."


def test_items_and_themes_are_chosen_and_put_in_order(cara: Person) -> None:
    audit, other = make_case_audit(), make_case_audit(theme=saved(Theme(slug="core", name="Core groups")))
    for code in ("NEG-1", "NEG-2", "NEG-3"):
        make_finding(audit, code=code)
    make_finding(other, code="CG-1")
    briefing = begun(audit, other, by=cara)
    first, second, third, _ = queries.items_of(briefing)

    with transaction():
        service.move_item_up(third, by=cara, now=NOW)
        service.move_item_up(third, by=cara, now=NOW)
        service.choose_items(briefing, {first.id, third.id}, by=cara, now=NOW)
        service.move_theme_up(queries.themes_of(briefing)[1], briefing, by=cara, now=NOW)

    assert told(briefing) == [
        ("Findings: Core groups", ["CG-1"]),
        ("Findings: Neglect", ["NEG-3", "NEG-1", "NEG-2"]),
    ]
    content = queries.content(briefing)
    assert [[one["code"] for one in part["findings"]] for part in content["themes"]] == [["NEG-3", "NEG-1"]]
    assert entries_about(briefing)[-2].detail == {"items": "NEG-2, CG-1"}
    assert second.is_included is False


def test_moved_up_leaves_the_first_where_it_is() -> None:
    assert rules.moved_up("abc", "a") == ["a", "b", "c"]
    assert rules.moved_up("abc", "c") == ["a", "c", "b"]


def test_content_says_blanks_contradictions_and_what_became_of_links(cara: Person) -> None:
    audit = make_case_audit(sample_size=12)
    finding = make_finding(audit, code="NEG-6", note="Read beside POS-7 and XX-1.", named="Agencies")
    make_finding(audit, code="POS-7", kind=FindingKind.STRENGTH, text="They did")
    make_action(audit, finding, code="ACT-1", status=ActionStatus.STANDING)
    make_finding(audit, code="NEG-4")
    briefing = begun(audit, by=cara, summary="In short")
    with transaction():
        for title, url, dead_on in (
            ("Lost", "", None), ("Dead", "https://old.example", date(2020, 1, 1)), ("There", "https://new.example", None),
        ):  # fmt: skip
            service.add_news_item(
                briefing, title=title, text="Revised.", url=url, dead_on=dead_on, by=cara, now=NOW
            )
        service.add_question(briefing, text="How?", theme=a_theme(), by=cara, now=NOW)
        service.add_question(briefing, text="Why?", by=cara, now=NOW)

    content = queries.content(briefing)

    (part,) = content["themes"]
    assert part["findings"][0]["beside"] == ["POS-7"]
    assert "Read beside" not in str(content)
    assert [one["has_action"] for one in part["findings"]] == [True, False]
    action = part["actions"][0]
    assert (action["owner"], action["due"], action["status"]) == ("", "", "Standing")
    assert [(one["code"], one["state"]) for one in content["news"]] == [
        ("NEW-1", "lost"), ("NEW-2", "dead"), ("NEW-3", ""),
    ]  # fmt: skip
    assert [one["code"] for one in content["questions"]] == ["Q-1", "Q-2"]
    assert content["audits"][0]["cases"] == 12
    assert "They did" in queries.words_of(content)


def test_two_people_bring_a_briefing_out(cara: Person) -> None:
    audit = make_case_audit()
    make_finding(audit)
    other = make_person("Olga Other", roles=[Role.BOARD_STAFF])
    briefing = begun(audit, by=cara)
    with transaction():
        service.submit(briefing, by=cara, now=NOW)

    with pytest.raises(Refused, match="Somebody else of the board’s staff"), transaction():
        service.approve(briefing, reason="Mine", by=cara, now=NOW)
    with transaction():
        service.approve(briefing, reason="It says what was found", by=other, now=NOW)
    assert not briefing.is_public
    with transaction():
        edition = service.publish(briefing, by=cara, now=NOW)

    assert briefing.is_public
    assert (briefing.status, briefing.approved_by, briefing.approved_alone) == (
        BriefingStatus.PUBLISHED, other, False,
    )  # fmt: skip
    assert (edition.number, edition.content["title"]) == (1, "Briefing 1")


def test_a_board_of_one_decides_alone_and_it_is_said(ada: Person) -> None:
    audit = make_case_audit()
    make_finding(audit)
    make_person("Sam Suspended", roles=[Role.BOARD_STAFF], suspended_at=NOW)
    briefing = begun(audit, by=ada)

    with transaction():
        service.submit(briefing, by=ada, now=NOW)
        service.approve(briefing, reason="Nobody else is here", by=ada, now=NOW)

    assert briefing.approved_alone
    assert entries_about(briefing)[-1].detail == {"reason": "Nobody else is here", "alone": True}


def test_what_was_approved_comes_out_whatever_was_changed_since(cara: Person) -> None:
    audit = make_case_audit()
    finding = make_finding(audit, text="As it was read")
    briefing = begun(audit, by=cara)
    other = make_person("Olga Other", roles=[Role.BOARD_STAFF])
    with transaction():
        service.submit(briefing, by=cara, now=NOW)
        service.approve(briefing, reason="It says what was found", by=other, now=NOW)
    with transaction():
        finding.text = "Changed behind their back"
        audit.theme.name = "Called otherwise since"

    assert queries.content(briefing)["themes"][0]["findings"][0]["text"] == "As it was read"
    with transaction():
        edition = service.publish(briefing, by=cara, now=NOW)

    assert edition.content["themes"][0]["findings"][0]["text"] == "As it was read"
    assert (edition.themes, edition.findings) == ([audit.theme], [finding])
    assert briefing.approved_content is None


def test_an_audit_that_gets_another_theme_is_told_under_it(cara: Person) -> None:
    audit = make_case_audit()
    make_action(audit, make_finding(audit))
    briefing = make_published_briefing(audit, by=cara)
    with transaction():
        audit.theme = Theme(slug="core-groups", name="Core groups")

    assert [part["name"] for part in queries.content(briefing)["themes"]] == ["Core groups"]
    with transaction():
        service.correct(briefing, note="Another theme", by=cara, now=NOW)

    assert "Core groups" in [theme.theme.name for theme in queries.themes_of(briefing)]


def test_a_correction_is_a_new_edition_and_the_old_one_stays(cara: Person) -> None:
    audit = make_case_audit()
    finding = make_finding(audit, text="As it was put")
    briefing = make_published_briefing(audit, by=cara)
    other = make_person("Olga Other", roles=[Role.BOARD_STAFF])
    with transaction():
        finding.text = "Changed behind its back"
    assert queries.edition(briefing.code).content["themes"][0]["findings"][0]["text"] == "As it was put"

    with transaction():
        service.correct(briefing, note="A date was wrong", by=cara, now=NOW)
    assert briefing.is_public
    with transaction():
        service.change_briefing(
            briefing,
            title="Corrected",
            number=9,
            published_month=date(2017, 1, 1),
            summary="",
            by=cara,
            now=NOW,
        )
        service.submit(briefing, by=cara, now=NOW)
        service.approve(briefing, reason="Right now", by=other, now=NOW)
        service.publish(briefing, by=cara, now=NOW)

    first, second = reversed(queries.editions_of(briefing))
    assert (second.number, second.note, second.content["title"]) == (2, "A date was wrong", "Corrected")
    assert (first.number, first.note) == (1, "")
    assert first.content["title"] != "Corrected"


def change(briefing: Briefing, *, by: Person, **given: Any) -> None:
    with transaction():
        service.change_briefing(briefing, **briefing_as_it_is(briefing) | given, by=by, now=NOW)


def test_the_note_of_a_correction_is_changed_while_it_is_a_draft(cara: Person) -> None:
    audit = make_case_audit()
    make_finding(audit)
    briefing = make_published_briefing(audit, by=cara)
    with transaction():
        service.correct(briefing, note="The mnoth was wrong", by=cara, now=NOW)

    change(briefing, by=cara, correction="The month was wrong")

    assert briefing.correction == "The month was wrong"
    said = entries_about(briefing)[-1]
    assert (said.verb, said.detail) == (
        "changed", {"correction": ["The mnoth was wrong", "The month was wrong"]},
    )  # fmt: skip
    with pytest.raises(Refused, match="looks like an NHS number"):
        change(briefing, by=cara, correction=NHS)


def test_a_correction_of_which_nothing_differs_is_not_submitted(cara: Person) -> None:
    audit = make_case_audit()
    action = make_action(audit, make_finding(audit))
    link = saved(AuditLink(action_id=action.id, label="The tool", url="https://tool.example"))
    briefing = make_published_briefing(audit, by=cara)
    with transaction():
        service.correct(briefing, note="The month was wrong", by=cara, now=NOW)
    changed(link, dead_on=date(2026, 11, 1))  # which readers of edition 1 are told as well

    assert queries.changes(briefing) == (queries.edition(briefing.code), [])
    for note in ("The month was wrong", "Another note is no difference"):
        change(briefing, by=cara, correction=note)
        with pytest.raises(Refused, match="Nothing differs from edition 1"), transaction():
            service.submit(briefing, by=cara, now=NOW)
    change(briefing, by=cara, published_month=date(2017, 2, 1))
    with transaction():
        service.submit(briefing, by=cara, now=NOW)

    assert briefing.status is BriefingStatus.SUBMITTED


def test_what_was_withdrawn_comes_out_again_as_it_was(cara: Person) -> None:
    audit = make_case_audit()
    make_finding(audit)
    briefing = make_published_briefing(audit, by=cara)
    with transaction():
        service.withdraw(briefing, reason="The audit was looked into", by=cara, now=NOW)
        service.correct(briefing, note="The audit stands", by=cara, now=NOW)
        service.submit(briefing, by=cara, now=NOW)

    assert briefing.status is BriefingStatus.SUBMITTED


def test_withdrawing_takes_it_from_readers_until_it_comes_out_again(cara: Person) -> None:
    audit = make_case_audit()
    finding = make_finding(audit)
    briefing = make_published_briefing(audit, by=cara)
    assert [one.briefing for one in queries.editions_telling([finding])] == [briefing]

    with transaction():
        service.withdraw(briefing, reason="The audit was flawed", by=cara, now=NOW)

    assert queries.editions_telling([finding]) == []
    assert list(db.session.scalars(queries.editions_found())) == []
    with pytest.raises(Refused, match="nothing to withdraw"), transaction():
        service.withdraw(briefing, reason="Again", by=cara, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda briefing, **who: service.choose_items(briefing, set(), **who),
        lambda briefing, **who: service.add_question(briefing, text="How?", **who),
        lambda briefing, **who: service.restate(queries.items_of(briefing)[0], restated="", note="", **who),
        lambda briefing, **who: service.submit(briefing, **who),
        lambda briefing, **who: service.send_back(briefing, reason="No", **who),
        lambda briefing, **who: service.publish(briefing, **who),
    ],
)
def test_what_came_out_is_not_changed(cara: Person, change: Callable[..., object]) -> None:
    audit = make_case_audit()
    make_finding(audit)
    briefing = make_published_briefing(audit, by=cara)

    with pytest.raises(Refused, match="is published by now"), transaction():
        change(briefing, by=cara, now=NOW)


@pytest.mark.parametrize(
    "write",
    [
        lambda briefing, item, **who: service.restate(item, restated=NHS, note="", **who),
        lambda briefing, item, **who: service.restate(item, restated="", note=NHS, **who),
        lambda briefing, item, **who: service.add_question(briefing, text=NHS, **who),
        lambda briefing, item, **who: service.add_news_item(briefing, title="New", text=NHS, **who),
        lambda briefing, item, **who: service.add_strength(briefing, code="POS-1", text=NHS, **who),
        lambda briefing, item, **who: service.add_link(briefing, label=NHS, **who),
        lambda briefing, item, **who: service.introduce_theme(
            queries.themes_of(briefing)[0], briefing, introduction=NHS, **who
        ),
    ],
)
def test_no_childs_details_go_in(cara: Person, write: Callable[..., object]) -> None:
    audit = make_case_audit()
    make_finding(audit)
    briefing = begun(audit, by=cara)

    with pytest.raises(Refused, match="looks like an NHS number"), transaction():
        write(briefing, queries.items_of(briefing)[0], by=cara, now=NOW)


def test_an_empty_briefing_and_one_of_a_draft_are_not_submitted(cara: Person) -> None:
    audit = make_case_audit()
    make_finding(audit)
    briefing = begun(audit, by=cara)
    with transaction():
        service.choose_items(briefing, set(), by=cara, now=NOW)
    with pytest.raises(Refused, match="nothing in this briefing yet"), transaction():
        service.submit(briefing, by=cara, now=NOW)


@pytest.mark.parametrize(
    ("url", "dead_on", "error"),
    [("ftp://x.example", None, "must begin with https"), ("", date(2020, 1, 1), "Enter the address")],
)
def test_a_link_has_an_address_or_is_lost(cara: Person, url: str, dead_on: date | None, error: str) -> None:
    briefing = begun(by=cara)
    with pytest.raises(Refused, match=error), transaction():
        service.add_link(briefing, label="More", url=url, dead_on=dead_on, by=cara, now=NOW)
