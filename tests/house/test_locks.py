"""Two who do the same at once, each with a connection of their own: one comes after the other.

Whoever has looked waits a moment for the other to look too. Under the lock the other cannot; without it both have, and
both go by what they saw: the control has to lose, or this proves nothing.
"""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sscb_training.agencies import queries as agency_queries
from sscb_training.agencies import service as agencies
from sscb_training.agencies.models import Headcount
from sscb_training.bookings.teams import queries as team_queries
from sscb_training.bookings.teams import service as teams
from sscb_training.bookings.teams.rules import Entry
from sscb_training.case_audits import service as case_audits
from sscb_training.case_audits.briefings import service as briefings
from sscb_training.case_audits.briefings.models import BriefingEdition
from sscb_training.case_audits.models import Action, Finding
from sscb_training.core import history
from sscb_training.core.db import db, get_or_404
from sscb_training.core.errors import Refused
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from sscb_training.reports.schedules import queries as schedule_queries
from sscb_training.reports.schedules import service as schedules
from sscb_training.reports.schedules.models import ReportSchedule
from tests.bookings.test_races import all_at_once
from tests.factories import (
    NOW,
    a_staff_group,
    make_action,
    make_agency,
    make_case_audit,
    make_finding,
    make_headcount,
    make_person,
    make_published_briefing,
    make_report_schedule,
    make_training_session,
)
from tests.unbegun import no_begin

A_MOMENT, AS_LONG_AS_IT_TAKES = 0.2, 30


@dataclass(frozen=True)
class Race:
    """What both do, where the lock stands, the look that they decide by, and how many went by the same look."""

    act: Callable[[int], str]
    verbs: Any
    look: tuple[Any, str]
    number: Callable[[list[str]], int]


def withdraw_return() -> Race:
    headcount_id = make_headcount(make_agency(), a_staff_group(), 40).id

    def act(_: int) -> str:
        headcount = get_or_404(Headcount, headcount_id)
        agencies.withdraw_return(headcount, reason="A slip", others_too=False, by=None, now=NOW)
        return "withdrawn"

    return Race(act, agencies, (agency_queries, "correction_of"), lambda got: got.count("withdrawn"))


def make_scheduled_report() -> Race:
    owner = make_person(roles=[Role.BOARD_STAFF])
    schedule_id = make_report_schedule(owner, title=f"Of person {owner.id}").id

    def act(_: int) -> str:
        schedule = get_or_404(ReportSchedule, schedule_id)
        return str(schedules.make(schedule, schedules.gather(schedule, now=NOW), now=NOW))

    return Race(act, schedules, (schedule_queries, "why_not_made"), lambda got: got.count("True"))


def pause_schedule() -> Race:
    owner = make_person(roles=[Role.BOARD_STAFF])
    schedule_id = make_report_schedule(owner, title=f"Paused by {owner.id}").id

    def act(_: int) -> str:
        schedules.pause(get_or_404(ReportSchedule, schedule_id), by=owner, now=NOW)
        return ""

    def told(_: list[str]) -> int:
        entries = history.entries_about(get_or_404(ReportSchedule, schedule_id))
        return [entry.verb for entry in entries].count("paused")

    return Race(act, schedules, (schedules, "_hold"), told)


def keep_paper() -> Race:
    briefing = make_published_briefing(make_case_audit(), by=make_person())
    edition = db.session.scalars(
        select(BriefingEdition).where(BriefingEdition.briefing_id == briefing.id)
    ).one()
    edition_id = edition.id

    def act(_: int) -> str:
        kept = briefings.keep_paper(get_or_404(BriefingEdition, edition_id), b"%PDF-1.7", now=NOW)
        db.session.flush()
        return str(kept.id)

    return Race(act, briefings, (briefings, "keep"), lambda got: len(set(got)))


def change_findings() -> Race:
    """The history says what each found and what they made of it."""
    case_audit = make_case_audit()
    first, *others = (make_finding(case_audit).id for _ in range(3))
    action = make_action(case_audit, get_or_404(Finding, first))
    action_id, found = action.id, get_or_404(Finding, first).code

    def act(thread: int) -> str:
        action = get_or_404(Action, action_id)
        case_audits.change_action(
            action, text=action.text, kind=action.kind, status=action.status, owner=action.owner,
            due_on=action.due_on, completed_on=action.completed_on, evidence=action.evidence, note=action.note,
            findings=[get_or_404(Finding, one) for one in (first, others[thread])], by=None, now=NOW,
        )  # fmt: skip
        return ""

    def went_by_the_first(_: list[str]) -> int:
        entries = history.entries_about(get_or_404(Action, action_id))
        return [entry.detail.get("findings", [""])[0] for entry in entries].count(found)

    return Race(act, case_audits, (case_audits, "_codes"), went_by_the_first)


def book_the_same_person() -> Race:
    """Each list has somebody of its own too, and is booked whole: who is booked already by then stands in no way."""
    agency = make_agency()
    leads = [make_person(agency=agency, leads=agency).id for _ in range(2)]
    both, *own = (Entry(0, "", membership_id=make_person(agency=agency).memberships[0].id) for _ in range(3))
    session_id = make_training_session(capacity=9).id

    def act(thread: int) -> str:
        lead = get_or_404(Person, leads[thread])
        teams.book_team(
            get_or_404(TrainingSession, session_id),
            teams.TeamList(lead.memberships[0].agency, [both, own[thread]], None),
            all_or_none=True, approver=("", ""), form_key=f"{session_id}-{thread}", by=lead, now=NOW,
        )  # fmt: skip
        return "booked"

    return Race(act, teams, (team_queries, "roster"), lambda got: 3 - got.count("booked"))


RACES = [
    withdraw_return,
    make_scheduled_report,
    pause_schedule,
    keep_paper,
    change_findings,
    book_the_same_person,
]


@pytest.mark.parametrize("of", RACES)
def test_of_two_who_do_the_same_at_once_one_comes_after_the_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch, of: Callable[[], Race]
) -> None:
    assert _run(app, of(), monkeypatch, wait=A_MOMENT) == 1
    race = of()
    monkeypatch.setattr(race.verbs, "lock", lambda _row: None)
    if db.engine.dialect.name == "sqlite":
        monkeypatch.setattr(db.session, "begin_nested", nullcontext)  # a savepoint is a lock there
    with no_begin():
        assert _run(app, race, monkeypatch, wait=AS_LONG_AS_IT_TAKES) == 2


def _run(app: Flask, race: Race, monkeypatch: pytest.MonkeyPatch, *, wait: float) -> int:
    both_have_looked = Barrier(2)
    module, name = race.look
    look = getattr(module, name)

    def look_and_wait(*given: Any, **named: Any) -> Any:
        found = look(*given, **named)
        with suppress(BrokenBarrierError):
            both_have_looked.wait(wait)
        return found

    def act(thread: int) -> str:
        try:
            with transaction():
                return race.act(thread)
        except (Refused, IntegrityError) as refusal:
            return str(refusal)

    with monkeypatch.context() as waiting:
        waiting.setattr(module, name, look_and_wait)
        return race.number(all_at_once(app, 2, act))
