"""Recording audits and what they found."""

from datetime import date, timedelta
from typing import Any

import pytest

from sscb_training.case_audits import service
from sscb_training.case_audits.models import (
    Action,
    ActionKind,
    ActionStatus,
    AuditKind,
    CaseAudit,
    Finding,
    FindingKind,
)
from sscb_training.core.db import db
from sscb_training.core.history import entries_about
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    a_theme,
    make_action,
    make_agency,
    make_briefing,
    make_case_audit,
    make_finding,
)


def test_record_audit_may_be_a_re_audit_of_another(cara: Person) -> None:
    first, theme = make_case_audit(), a_theme()

    with transaction():
        again = service.record_audit(
            code="AUD-2027-05", title="Neglect again", theme=theme, month=date(2027, 5, 9),
            focus="Whether practice changed.", sample_size=12, re_audit_of=first, by=cara, now=NOW,
        )  # fmt: skip

    assert (again.month, again.re_audit_of, again.sample_size) == (date(2027, 5, 1), first, 12)


def test_record_audit_begins_a_draft_that_publishing_ends(cara: Person) -> None:
    theme = a_theme()
    with transaction():
        draft = service.record_audit(
            code="S11", title="Section 11 return", kind=AuditKind.SECTION_11, theme=theme, month=TODAY, focus="Duties",
            agencies=[make_agency()], method="Returns of agencies", by=cara, now=NOW,
        )  # fmt: skip
    assert draft.is_draft
    with pytest.raises(service.AuditRefused, match="no finding and no result yet"), transaction():
        service.publish_audit(draft, by=cara, now=NOW)
    make_finding(draft)

    with transaction():
        service.publish_audit(draft, by=cara, now=NOW)
    with pytest.raises(service.AuditRefused, match="published already"), transaction():
        service.publish_audit(draft, by=cara, now=NOW)

    assert draft.published_at == NOW
    assert [entry.verb for entry in entries_about(draft)] == ["recorded", "published"]


def test_an_audit_of_a_month_to_come_stays_a_draft() -> None:
    later = (TODAY + timedelta(days=40)).replace(day=1)
    draft, published = (
        make_case_audit(code="AUD-1", month=later, published_at=None),
        make_case_audit(code="AUD-2"),
    )
    make_finding(draft)

    with pytest.raises(service.AuditRefused, match="month to come"), transaction():
        service.publish_audit(draft, by=None, now=NOW)
    with pytest.raises(service.AuditRefused, match="month to come"), transaction():
        service.change_audit(published, **described(published) | {"month": later}, by=None, now=NOW)


def test_change_audit_corrects_what_is_published_and_keeps_what_it_said(cara: Person) -> None:
    health, police = make_agency(name="Health"), make_agency(name="Police")
    case_audit = make_case_audit(title="Nelgect", agencies=[health])

    for _ in range(2):
        with transaction():
            service.change_audit(
                case_audit, **described(case_audit) | {"title": "Neglect", "agencies": [health, police]},
                by=cara, now=NOW,
            )  # fmt: skip

    (entry,) = entries_about(case_audit)
    assert entry.detail == {"title": ["Nelgect", "Neglect"], "agencies": ["Health", "Health, Police"]}


def test_a_re_audit_is_of_a_later_month_than_what_it_looks_at_again() -> None:
    first = make_case_audit(code="AUD-1", month=date(2016, 5, 1))
    again = make_case_audit(code="AUD-2", month=date(2017, 5, 1), re_audit_of=first)

    with pytest.raises(service.AuditRefused, match="AUD-2 is not of an earlier month"), transaction():
        service.change_audit(first, **described(first) | {"re_audit_of": again}, by=None, now=NOW)
    with pytest.raises(service.AuditRefused, match="AUD-2 is a re-audit of this one"), transaction():
        service.change_audit(first, **described(first) | {"month": date(2017, 5, 9)}, by=None, now=NOW)
    with pytest.raises(service.AuditRefused, match="must end on or after"), transaction():
        service.change_audit(
            first,
            **described(first) | {"period_begin": TODAY, "period_end": date(2016, 1, 1)},
            by=None,
            now=NOW,
        )


def test_add_finding_takes_the_audits_theme(cara: Person) -> None:
    case_audit = make_case_audit()

    with transaction():
        finding = service.add_finding(
            code="NEG-1", kind=FindingKind.AREA_FOR_IMPROVEMENT, text="Neglect was raised late.",
            case_audit=case_audit, by=cara, now=NOW,
        )  # fmt: skip

    assert finding.theme == case_audit.theme
    assert entries_about(finding)[0].detail == {"code": "NEG-1", "kind": "area_for_improvement"}


def test_add_finding_lets_only_a_strength_belong_to_a_briefing_alone(cara: Person) -> None:
    briefing = make_briefing()

    with transaction():
        strength = service.add_finding(
            code="POS-1",
            kind=FindingKind.STRENGTH,
            text="Time and energy.",
            briefing=briefing,
            by=None,
            now=NOW,
        )
    assert strength.case_audit is None
    with pytest.raises(service.AuditRefused, match="Only a strength"), transaction():
        service.add_finding(
            code="NEG-1", kind=FindingKind.AREA_FOR_IMPROVEMENT, text="Late.", briefing=briefing, by=None, now=NOW
        )  # fmt: skip


@pytest.mark.parametrize("field", ["text", "note", "named", "source"])
def test_add_finding_refuses_a_childs_details_wherever_they_stand(field: str) -> None:
    case_audit = make_case_audit()
    words: dict[str, Any] = {"text": "Late.", field: "NHS number 943 476 5919"}

    with pytest.raises(service.AuditRefused, match="an NHS number"), transaction():
        service.add_finding(
            code="NEG-1", kind=FindingKind.AREA_FOR_IMPROVEMENT, case_audit=case_audit, by=None, now=NOW, **words
        )  # fmt: skip

    assert db.session.scalars(db.select(Finding)).all() == []


@pytest.mark.parametrize("code", ["NEG-1", "neg-1"])
def test_a_code_is_given_once(code: str) -> None:
    finding = make_finding(code="NEG-1")

    with pytest.raises(service.AuditRefused, match=f"{code} is taken"), transaction():
        service.add_finding(
            code=code, kind=FindingKind.STRENGTH, text="Good.", case_audit=finding.case_audit, by=None, now=NOW
        )  # fmt: skip


def test_change_finding_keeps_what_it_said_before(cara: Person) -> None:
    finding = make_finding(text="Neglect was not allways raised.", note="Read beside POS-7")

    for _ in range(2):
        with transaction():
            service.change_finding(
                finding,
                text="Neglect was not always raised.",
                agencies=[],
                note="",
                named="",
                source="",
                by=cara,
                now=NOW,
            )

    (entry,) = entries_about(finding)
    assert (entry.verb, entry.actor_id) == ("changed", cara.id)
    assert entry.detail == {
        "text": ["Neglect was not allways raised.", "Neglect was not always raised."],
        "note": ["Read beside POS-7", ""],
    }


def test_change_finding_refuses_a_childs_details() -> None:
    finding = make_finding(text="Late.")

    with pytest.raises(service.AuditRefused, match="an NHS number"), transaction():
        service.change_finding(
            finding, text="Late.", agencies=[], note="943 476 5919", named="", source="", by=None, now=NOW
        )

    db.session.rollback()
    assert (finding.note, entries_about(finding)) == ("", [])


def test_change_action_keeps_what_it_said_before(cara: Person) -> None:
    case_audit = make_case_audit()
    first, second = make_finding(case_audit, code="NEG-1"), make_finding(case_audit, code="NEG-2")
    action = make_action(case_audit, first, code="ACT-1", text="Reveiw the course.")

    with transaction():
        service.change_action(
            action, text="Review the course.", kind=action.kind, status=ActionStatus.COMPLETED, owner="The board",
            due_on=None, completed_on=TODAY, evidence="Minutes of June, item 4", note="",
            findings=[first, second], by=cara, now=NOW,
        )  # fmt: skip

    (entry,) = entries_about(action)
    assert entry.detail == {
        "code": "ACT-1",
        "text": ["Reveiw the course.", "Review the course."],
        "status": ["planned", "completed"],
        "owner": ["", "The board"],
        "completed_on": [None, TODAY.isoformat()],
        "evidence": ["", "Minutes of June, item 4"],
        "findings": ["NEG-1", "NEG-1, NEG-2"],
    }


@pytest.mark.parametrize(
    ("status", "completed_on", "refused"),
    [
        (ActionStatus.PLANNED, TODAY, "Only a completed action"),
        (ActionStatus.COMPLETED, TODAY + timedelta(days=1), "today or in the past"),
    ],
)
def test_only_a_completed_action_was_completed_on_a_day(
    status: ActionStatus, completed_on: date, refused: str
) -> None:
    case_audit = make_case_audit()

    with pytest.raises(service.AuditRefused, match=refused), transaction():
        service.add_action(
            case_audit, code="ACT-1", text="Review.", kind=ActionKind.REPORT, status=status,
            completed_on=completed_on, by=None, now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "due_on", "overdue"),
    [
        (ActionStatus.PLANNED, TODAY - timedelta(days=1), True),
        (ActionStatus.IN_PROGRESS, TODAY, False),
        (ActionStatus.PLANNED, None, False),
        (ActionStatus.STANDING, TODAY - timedelta(days=1), False),
        (ActionStatus.COMPLETED, TODAY - timedelta(days=1), False),
    ],
)
@pytest.mark.one_database
def test_an_action_is_overdue_when_its_day_has_passed_and_it_waits(
    status: ActionStatus, due_on: date | None, overdue: bool
) -> None:
    assert Action(status=status, due_on=due_on).is_overdue(TODAY) is overdue


def test_add_action_keeps_an_owner_and_a_date_that_nobody_gave_blank(cara: Person) -> None:
    case_audit = make_case_audit()
    finding = make_finding(case_audit)

    with transaction():
        service.add_action(
            case_audit, code="ACT-1", text="Review the course.", kind=ActionKind.COURSE_CONTENT,
            status=ActionStatus.PLANNED, findings=[finding], by=cara, now=NOW,
        )  # fmt: skip

    db.session.rollback()
    action = db.session.scalars(db.select(Action)).one()
    assert (action.owner, action.due_on, action.findings) == ("", None, [finding])


def described(case_audit: CaseAudit) -> dict[str, Any]:
    """How an audit is described, as the arguments of `change_audit`."""
    names = (
        "title", "theme", "month", "focus", "kind", "period_begin", "period_end", "method", "sample_size", "agencies",
        "source", "re_audit_of",
    )  # fmt: skip
    return {name: getattr(case_audit, name) for name in names}
