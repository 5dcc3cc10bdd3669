"""Decisions about needs: made ready by coverage, closed by the board, re-opened by what an audit found since."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.case_audits.models import CaseAudit, Finding
from sscb_training.core import db as core_db
from sscb_training.core.db import db
from sscb_training.core.history import entries_about
from sscb_training.core.transaction import transaction
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.needs.reviews import jobs, queries, rules, service
from sscb_training.needs.reviews.models import NeedDecision
from sscb_training.needs.triage import service as triage
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_agency,
    make_case_audit,
    make_finding,
    make_headcount,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
    saved,
)

OPEN, READY, CLOSED, AGAIN = NeedStatus
DAY = timedelta(days=1)


@dataclass
class N1:
    """Two of four at Hill hold it, the target being half of them; NEG-5 leads to it."""

    need: TrainingNeed
    agency: Agency
    group: StaffGroup
    audit: CaseAudit
    finding: Finding


@pytest.fixture
def n1() -> N1:
    agency, group, scheme = make_agency(), make_staff_group(), make_scheme()
    audit = make_case_audit(title="Neglect")
    finding = make_finding(audit, code="NEG-5")
    need = make_need(finding, staff_groups=[group], scheme=scheme, code="N1", target_percent=50)
    for _ in range(2):
        make_accreditation(make_person(agency=agency, staff_group=group), scheme)
    make_headcount(agency, group, 4)
    return N1(need, agency, group, audit, finding)


def decide(verb: Callable[..., Any], need: TrainingNeed, *, at: datetime = NOW, **more: Any) -> Any:
    usual = {"minute_reference": "7.2", "evidence": "The re-audit saw it.", "statement": rules.STATEMENT,
             "review_on": None, "by": None, "decided_on": at.date(), "now": at}  # fmt: skip
    with transaction():
        return verb(need, **usual | more)


def re_audit_finding(n1: N1, **given: Any) -> Finding:
    again = make_case_audit(title="Neglect again", re_audit_of=n1.audit, month=date(2027, 2, 1), **given)
    return make_finding(again)


def test_the_job_follows_coverage_up_and_down_and_closes_nothing(n1: N1) -> None:
    without_target = make_need(staff_groups=[n1.group])

    assert [jobs.follow_coverage(NOW), jobs.follow_coverage(NOW)] == [1, 0]
    assert n1.need.status is READY
    make_headcount(n1.agency, n1.group, 5, as_at=TODAY, recorded_at=NOW)
    assert jobs.follow_coverage(NOW + DAY) == 1

    assert (n1.need.status, without_target.status) == (OPEN, OPEN)
    assert [(one.status, one.by_coverage, one.in_force, one.headcount, one.target_percent)
            for one in queries.in_their_order(n1.need)] == [
        (READY, True, 2, 4, 50), (OPEN, True, 2, 5, 50),
    ]  # fmt: skip
    assert [entry.verb for entry in entries_about(n1.need)] == ["ready to review", "below its target again"]


def test_a_need_that_the_board_keeps_open_is_not_ready_again_before_its_day(n1: N1) -> None:
    jobs.follow_coverage(NOW)
    with transaction():
        service.keep_open(
            n1.need, decided_on=TODAY, minute_reference="7.2", reason="The spread is too wide.",
            review_on=TODAY + 90 * DAY, by=None, now=NOW,
        )  # fmt: skip
    assert n1.need.status is OPEN
    assert jobs.follow_coverage(NOW + 89 * DAY) == 0
    assert queries.due_for_review(on=TODAY + 89 * DAY) == []
    assert [one.need for one in queries.due_for_review(on=TODAY + 90 * DAY)] == [n1.need]
    assert [queries.number_to_review(on=TODAY + days * DAY) for days in (89, 90)] == [0, 1]

    assert jobs.follow_coverage(NOW + 90 * DAY) == 1
    assert [one.need for one in queries.ready_to_review()] == [n1.need]
    assert queries.due_for_review(on=TODAY + 90 * DAY) == []
    assert queries.number_to_review(on=TODAY + 90 * DAY) == 1


def test_story_12_a_re_audit_re_opens_and_the_year_before_still_shows_closed(n1: N1) -> None:
    closed_on, known = date(2026, 12, 10), NOW.replace(year=2026, month=12, day=20)
    jobs.follow_coverage(known)
    decide(service.close_need, n1.need, at=known, decided_on=closed_on, review_on=date(2027, 6, 1))
    later = NOW.replace(year=2027, month=3, day=1)
    found = re_audit_finding(n1, code="AUD-2027")
    with transaction():
        re_opened = triage.found_again(found, n1.finding, by=None, now=later)

    assert re_opened == [n1.need]
    assert n1.need.status is AGAIN
    assert jobs.follow_coverage(later) == 0  # its coverage was up when it was re-opened
    closing, ready, opening = queries.in_their_order(n1.need)
    assert (closing.status, closing.statement) == (CLOSED, rules.STATEMENT)
    assert (ready.status, ready.decided_on > closed_on) == (READY, True)  # and yet it was closed by then
    assert (opening.status, opening.cause_audit) == (AGAIN, found.case_audit)
    for as_at, known_on, status in [
        (date(2026, 12, 9), later.date(), OPEN),
        (date(2026, 12, 15), later.date(), CLOSED),
        (date(2026, 12, 15), date(2026, 12, 15), OPEN),  # the minute had not come yet
        (date(2026, 12, 31), later.date(), CLOSED),  # as at 2026 it was still closed
        (later.date(), date(2026, 12, 31), CLOSED),
        (later.date(), later.date(), AGAIN),
    ]:
        assert queries.status_on(n1.need, as_at=as_at, known_on=known_on) is status
        assert queries.statuses_on(as_at=as_at, known_on=known_on)[n1.need.id] is status
    history = entries_about(n1.need)[-2]
    assert (history.verb, history.detail["cause"]) == ("re-opened", "AUD-2027: Neglect again")
    with transaction():
        assert triage.take_back_found_again(found, n1.finding, by=None, now=later) == [n1.need]
    assert n1.need.status is AGAIN  # only the board closes it


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"evidence": " "}, "evidence of effect"),
        ({"minute_reference": ""}, "reference of the minute"),
        ({"statement": ""}, "not proof"),
        ({"decided_on": TODAY + DAY}, "today or in the past"),
        ({"review_on": TODAY}, "must be after"),
        ({"decided_on": date(2016, 4, 30)}, "after 1 May 2016. Nothing behind"),
    ],
)
def test_closing_refuses_what_the_board_could_not_stand_by(n1: N1, more: dict[str, Any], words: str) -> None:
    with pytest.raises(service.ReviewRefused, match=words):
        decide(service.close_need, n1.need, **more)

    assert n1.need.status is OPEN


def test_a_decision_before_the_boards_last_one_or_that_changes_nothing_is_refused(n1: N1) -> None:
    by_hand: dict[str, Any] = {"reason": "Told by the inspectors", "decided_on": TODAY}

    def re_open(need: TrainingNeed, *, evidence: str, statement: str, review_on: None, **said: Any) -> None:
        service.re_open(need, **said)

    with pytest.raises(service.ReviewRefused, match="not closed"):
        decide(re_open, n1.need, **by_hand)
    decide(service.close_need, n1.need)
    with pytest.raises(service.ReviewRefused, match="closed already"):
        decide(service.close_need, n1.need)
    with pytest.raises(service.ReviewRefused, match="last decision"):
        decide(re_open, n1.need, **by_hand | {"decided_on": TODAY - DAY})
    decide(re_open, n1.need, **by_hand)

    assert n1.need.status is AGAIN
    assert [entry.verb for entry in entries_about(n1.need)] == ["closed", "re-opened"]


def test_an_older_audits_finding_does_not_re_open_a_closed_need(n1: N1) -> None:
    decide(service.close_need, n1.need)
    older = make_finding(make_case_audit(month=date(2016, 9, 1)))

    with pytest.raises(service.ReviewRefused, match="Re-open it first"), transaction():
        triage.lead_to(older, [n1.need], by=None, now=NOW)

    assert n1.need.status is CLOSED


def test_a_decision_is_never_changed_and_never_closed_without_evidence_in_the_database(n1: N1) -> None:
    decision = decide(service.close_need, n1.need)

    with pytest.raises(RuntimeError, match="stands"):
        changed(decision, evidence="Something else")
    db.session.rollback()
    bare = NeedDecision(
        need_id=n1.need.id, number=2, status=CLOSED, decided_on=TODAY, recorded_at=NOW, in_force=0
    )
    with pytest.raises(IntegrityError):
        saved(bare)


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The verbs without their lock, and both counting before either decides; on SQLite BEGIN IMMEDIATE is a lock too."""
    both_counted, count = Barrier(2), queries.decisions_so_far

    def count_and_wait(need: TrainingNeed) -> int:
        number = count(need)
        both_counted.wait(30)
        return number

    monkeypatch.setattr(service, "lock", lambda _row: None)
    monkeypatch.setattr(queries, "decisions_so_far", count_and_wait)
    if db.engine.dialect.name != "sqlite":
        yield
        return
    event.remove(Engine, "begin", core_db._begin_sqlite)
    yield
    event.listen(Engine, "begin", core_db._begin_sqlite)


@pytest.mark.parametrize("locked", [True, False])
def test_two_findings_of_one_re_audit_re_open_a_need_once(
    app: Flask, n1: N1, request: pytest.FixtureRequest, locked: bool
) -> None:
    """The control without the lock has both find it closed; then the number that no two decisions share refuses one."""
    decide(service.close_need, n1.need)
    again = make_case_audit(re_audit_of=n1.audit, month=date(2027, 2, 1)).id
    need_id, start = n1.need.id, Barrier(2)
    if not locked:
        request.getfixturevalue("no_lock")

    def re_open(_thread: int) -> str:
        with app.app_context():
            need, audit = db.session.get_one(TrainingNeed, need_id), db.session.get_one(CaseAudit, again)
            start.wait(30)
            try:
                with transaction():
                    decision = service.re_open_for(need, audit, by=None, now=NOW)
            except IntegrityError:
                return "refused by the database"
            return "re-opened" if decision else "was open already"

    db.session.remove()
    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(re_open, range(2)))

    assert answers == ["re-opened", "was open already" if locked else "refused by the database"]
    decisions = queries.in_their_order(db.session.get_one(TrainingNeed, need_id))
    assert [one.status for one in decisions] == [CLOSED, AGAIN]
