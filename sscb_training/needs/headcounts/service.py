"""What asks agencies for their headcounts, and reminds them."""

from collections.abc import Sequence
from datetime import date, datetime

from sscb_training.agencies import queries as agencies
from sscb_training.agencies.models import Agency, HeadcountRequest, RequestedGroup, StaffGroup
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date
from sscb_training.needs.headcounts import queries
from sscb_training.people.models import Person
from sscb_training.people.queries import leads_of


class HeadcountsRefused(Refused):
    """Why headcounts cannot be asked for so."""


def ask(chosen: Sequence[Agency], *, due_on: date, by: Person, now: datetime) -> list[HeadcountRequest]:
    """Ask these agencies, by a day, for the headcounts that the board wants of them; their leads get a letter.

    What was asked of them before and not answered is asked no longer; but what was asked today, by the same day, stands
    and is written to nobody twice. An agency that no open need is for is left out. Gives what was asked now.
    """
    if due_on < london_date(now):
        raise HeadcountsRefused("The day by which they are to be sent in must be today or later.")
    wanted = queries.wanted_of(chosen, on=london_date(now))
    if not wanted:
        raise HeadcountsRefused("No open need is for any of these agencies, so there is nothing to ask.")
    asked = []
    for agency in sorted(chosen, key=lambda one: one.id):
        if agency.id not in wanted:
            continue
        lock(agency)
        before = agencies.open_request(agency)
        if before is not None and _asks_the_same(before, wanted[agency.id], due_on=due_on, now=now):
            _write(agency, before, leads_of(agency.id), reminder=False, now=now)  # whoever leads it since
            continue
        if before is not None:
            before.withdrawn_at = now
            db.session.flush()
        request = HeadcountRequest(
            agency_id=agency.id,
            due_on=due_on,
            asked_at=now,
            asked_by_id=by.id,
            groups=[RequestedGroup(staff_group=group) for group in wanted[agency.id]],
        )
        db.session.add(request)
        history.record(
            "asked for headcounts", agency, by=by, at=now, due_on=due_on,
            staff_groups=[group.name for group in wanted[agency.id]],
        )  # fmt: skip
        _write(agency, request, leads_of(agency.id), reminder=False, replaces=before, now=now)
        asked.append(request)
    return asked


def stop_asking(request: HeadcountRequest, *, by: Person, now: datetime) -> None:
    """Ask for these headcounts no longer; letters that still wait are not sent."""
    lock(request.agency)
    db.session.refresh(request)
    if request.is_open:
        request.withdrawn_at = now
        history.record("no longer asked for headcounts", request.agency, by=by, at=now)


def remind(request: HeadcountRequest, *, now: datetime) -> bool:
    """Write once more to the leads of an agency that has not sent its headcounts in; whether that was still to do."""
    lock(request.agency)
    db.session.refresh(request)
    leads = leads_of(request.agency_id)
    if not request.is_open or request.reminded_at or not leads:
        return False
    request.reminded_at = now
    _write(request.agency, request, leads, reminder=True, now=now)
    return True


def _asks_the_same(
    request: HeadcountRequest, groups: Sequence[StaffGroup], *, due_on: date, now: datetime
) -> bool:
    """Whether this was asked today, by this day, for all of these staff groups."""
    asked = {one.staff_group_id for one in request.groups}
    is_of_today = london_date(request.asked_at) == london_date(now)
    return is_of_today and request.due_on == due_on and asked >= {group.id for group in groups}


def _write(
    agency: Agency, request: HeadcountRequest, leads: Sequence[Person], *, reminder: bool,
    replaces: HeadcountRequest | None = None, now: datetime,
) -> None:  # fmt: skip
    db.session.flush()
    for lead in leads:
        mail.queue(
            "headcounts/asked",
            to=lead.email,
            at=now,
            once_key=f"headcounts:{request.id}:{lead.id}:{'reminder' if reminder else 'asked'}",
            headcount_request=request,
            agency=agency,
            lead=lead,
            reminder=reminder,
            replaces=replaces,
        )
