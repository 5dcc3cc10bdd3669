"""What changes agencies, staff groups and headcounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sscb_training.agencies import queries, rules
from sscb_training.agencies.models import Agency, Confidence, Headcount, NamedWorkforce, Sector, StaffGroup
from sscb_training.core import history
from sscb_training.core.db import Base, db, lock, only_if_free
from sscb_training.core.errors import Refused
from sscb_training.core.identifying import refuse_a_childs
from sscb_training.core.times import london_date, plain_date


class AgencyRefused(Refused):
    """Why an agency, a staff group or a headcount cannot be so."""


def add_agency(
    *,
    name: str,
    short_name: str = "",
    sector: Sector,
    valid_from: date,
    by: Base | None,
    now: datetime,
) -> Agency:
    """A new partner agency. Refused under a name that is taken."""
    with only_if_free(partial(_refuse_taken_name, name)):
        agency = Agency(name=name, short_name=short_name, sector=sector, valid_from=valid_from)
        db.session.add(agency)
    history.record("added", agency, by=by, at=now, name=name, sector=sector.label, valid_from=valid_from)
    return agency


def change_agency(
    agency: Agency,
    *,
    name: str,
    short_name: str,
    sector: Sector,
    valid_from: date,
    by: Base | None,
    now: datetime,
) -> None:
    """Correct an agency's details. A body that *becomes* another is ended with a successor instead."""
    lock(agency)
    if agency.valid_to is not None and valid_from > agency.valid_to:
        raise AgencyRefused(
            f"{agency.name} ended on {plain_date(agency.valid_to)}. Enter a first day on or before that."
        )
    with only_if_free(partial(_refuse_taken_name, name, but=agency)):
        changes = history.amend(agency, name=name, short_name=short_name, valid_from=valid_from)
    if agency.sector is not sector:
        changes["sector"] = [agency.sector.label, sector.label]
        agency.sector = sector
    if changes:
        history.record("changed", agency, by=by, at=now, **changes)


def end_agency(
    agency: Agency, *, valid_to: date, successor: Agency | None = None, by: Base | None, now: datetime
) -> None:
    """Say which day was the agency's last, and who followed it if anybody did. The past keeps its name.

    A successor that this agency itself followed, or that ended before it took over, is refused.
    """
    lock(agency)
    if valid_to < agency.valid_from:
        raise AgencyRefused(
            f"{agency.name} began on {plain_date(agency.valid_from)}. Enter a last day on or after that."
        )
    if successor is not None:
        _refuse_successor(agency, successor, valid_to)
    _end(agency, "ended", valid_to=valid_to, successor=successor, by=by, now=now)


def reopen_agency(agency: Agency, *, by: Base | None, now: datetime) -> None:
    """Take back an ending that was a mistake."""
    lock(agency)
    _end(agency, "re-opened", valid_to=None, successor=None, by=by, now=now)


def add_staff_group(name: str, *, by: Base | None, now: datetime) -> StaffGroup:
    """A new kind of worker, last in the board's order. Refused under a name that is taken."""
    last = max((group.position for group in queries.staff_groups()), default=0)
    with only_if_free(partial(_refuse_taken_group, name)):
        staff_group = StaffGroup(name=name, position=last + 1)
        db.session.add(staff_group)
    history.record("added", staff_group, by=by, at=now, name=name)
    return staff_group


def rename_staff_group(staff_group: StaffGroup, *, name: str, by: Base | None, now: datetime) -> None:
    """Call the same kind of worker by a better name, everywhere and for the past too."""
    lock(staff_group)
    with only_if_free(partial(_refuse_taken_group, name, but=staff_group)):
        changes = history.amend(staff_group, name=name)
    if changes:
        history.record("renamed", staff_group, by=by, at=now, **changes)


def move_staff_group_up(staff_group: StaffGroup, *, by: Base | None, now: datetime) -> None:
    """Put a staff group one place earlier in the board's order; the first one stays first."""
    order = list(queries.staff_groups())
    for group in order:
        lock(group)
    place = order.index(staff_group)
    if place == 0:
        return
    order[place - 1], order[place] = order[place], order[place - 1]
    for position, group in enumerate(order, 1):
        group.position = position
    history.record("moved up", staff_group, by=by, at=now)


@dataclass(frozen=True)
class Line:
    """What an agency says of a staff group: a number, or nothing because it cannot tell yet."""

    staff_group: StaffGroup
    number: int | None
    as_at: date
    source: str
    confidence: Confidence | None


def record_headcount(
    agency: Agency,
    *,
    staff_group: StaffGroup,
    number: int,
    as_at: date,
    source: str,
    confidence: Confidence | None = None,
    by: Base | None,
    now: datetime,
) -> Headcount:
    """Add an agency's return: so many of a staff group, as at a day. Earlier returns stay as they are."""
    line = Line(staff_group, number, as_at, source, confidence)
    ((_, headcount),) = record_return(agency, [line], by=by, now=now)
    assert headcount is not None  # noqa: S101 - a number was given
    return headcount


def record_return(
    agency: Agency, lines: Sequence[Line], *, by: Base | None, now: datetime
) -> list[tuple[Line, Headcount | None]]:
    """Add what an agency says of several staff groups, all of it or nothing, and answer the board's request with it.

    A line that says again what is on record for its day adds nothing, so that a return sent twice stands once; another
    number for the same day corrects the one before. What cannot be told yet leaves the last number, or none.
    """
    lock(agency)
    for line in lines:
        _refuse_day(agency, line.as_at, now)
    refuse_a_childs(*(line.source for line in lines), refused=AgencyRefused, about="source")
    found = [(line, _recorded(agency, line, by=by, now=now)) for line in lines]
    db.session.flush()
    _answer_request(agency, found, by=by, now=now)
    return found


def _recorded(agency: Agency, line: Line, *, by: Base | None, now: datetime) -> Headcount | None:
    if line.number is None:
        return None
    before = queries.return_of_day(agency, line.staff_group, line.as_at)
    said = (line.number, line.source, line.confidence)
    if before is not None and (before.number, before.source, before.confidence) == said:
        return before
    headcount = Headcount(
        agency_id=agency.id,
        staff_group_id=line.staff_group.id,
        number=line.number,
        as_at=line.as_at,
        source=line.source,
        confidence=line.confidence,
        corrects_id=before.id if before else None,
        recorded_at=now,
        recorded_by_id=by.id if by is not None else None,
    )
    db.session.add(headcount)
    history.record(
        "headcount corrected" if before else "headcount recorded",
        agency,
        by=by,
        at=now,
        staff_group=line.staff_group.name,
        number=[before.number, line.number] if before else line.number,
        as_at=line.as_at,
        source=line.source,
        **({"confidence": line.confidence.label} if line.confidence else {}),
    )
    return headcount


def withdraw_return(
    headcount: Headcount, *, reason: str, others_too: bool, by: Base | None, now: datetime
) -> list[Headcount]:
    """Take back a number that was recorded in error, and if asked the others that were sent in with it.

    As known before now they still count. What a number corrected stands again, and the last request waits again if it
    was answered with it.
    """
    lock(headcount.agency)
    db.session.refresh(headcount)
    if headcount.withdrawn_at is not None:
        raise AgencyRefused("This return was withdrawn already.")
    if queries.correction_of(headcount) is not None:
        raise AgencyRefused("This return was corrected since. Withdraw the correction first.")
    found = [headcount, *(queries.sent_with(headcount) if others_too else ())]
    for one in found:
        one.withdrawn_at, one.why_withdrawn = now, reason
        one.withdrawn_by_id = by.id if by is not None else None
        history.record(
            "headcount withdrawn", one.agency, by=by, at=now, staff_group=one.staff_group.name,
            number=one.number, as_at=one.as_at, reason=reason,
        )  # fmt: skip
    if request := queries.last_request(headcount.agency):
        for asked in request.groups:
            if asked.headcount in found:
                asked.headcount_id = request.sent_in_at = request.sent_in_by_id = None
    return found


def _answer_request(
    agency: Agency, found: list[tuple[Line, Headcount | None]], *, by: Base | None, now: datetime
) -> None:
    """Note the answers in the agency's open request. It is sent in when every staff group has one.

    A number is also the answer wherever it could not be told before, whether that was sent in or not.
    """
    answers = {line.staff_group.id: headcount for line, headcount in found}
    for untold in queries.groups_not_told(agency):
        if number := answers.get(untold.staff_group_id):
            untold.headcount_id, untold.cannot_tell = number.id, False
    request = queries.open_request(agency)
    if request is None:
        return
    for asked in request.groups:
        if asked.staff_group_id in answers:
            headcount = answers[asked.staff_group_id]
            asked.headcount_id = headcount.id if headcount else None
            asked.cannot_tell = headcount is None
    if all(asked.is_answered for asked in request.groups):
        request.sent_in_at, request.sent_in_by_id = now, by.id if by is not None else None
        not_told = [asked.staff_group.name for asked in request.groups if asked.cannot_tell]
        history.record(
            "headcounts sent in", agency, by=by, at=now, **({"cannot_tell_yet": not_told} if not_told else {})
        )


def _refuse_day(agency: Agency, as_at: date, now: datetime) -> None:
    if as_at > london_date(now):
        raise AgencyRefused("A headcount cannot be of a day still to come. Enter today or a day before it.")
    if as_at < agency.valid_from or (agency.valid_to is not None and as_at > agency.valid_to):
        raise AgencyRefused(
            f"{agency.name} did not exist on {plain_date(as_at)}. Enter a day between its first and its last."
        )


def keep_people_here(agency: Agency, *, by: Base | None, now: datetime) -> None:
    """Let the number of the agency's people here serve where it has sent no return, from now on."""
    lock(agency)
    if queries.named_workforce(agency) is None:
        db.session.add(NamedWorkforce(agency_id=agency.id, recorded_at=now))
        history.record("keeps its people here", agency, by=by, at=now)


def stop_keeping_people_here(agency: Agency, *, by: Base | None, now: datetime) -> None:
    """Let only the agency's returns be its headcounts again. What was printed meanwhile stays as it was."""
    lock(agency)
    named = queries.named_workforce(agency)
    if named is not None:
        named.withdrawn_at = now
        history.record("no longer keeps its people here", agency, by=by, at=now)


def _end(
    agency: Agency,
    verb: str,
    *,
    valid_to: date | None,
    successor: Agency | None,
    by: Base | None,
    now: datetime,
) -> None:
    changes = history.amend(agency, valid_to=valid_to)
    if agency.successor is not successor:
        changes["successor"] = [
            agency.successor.name if agency.successor else None,
            successor.name if successor else None,
        ]
        agency.successor = successor
    if changes:
        history.record(verb, agency, by=by, at=now, **changes)


def _refuse_taken_name(name: str, *, but: Agency | None = None) -> None:
    found = queries.agency_named(name)
    if found is not None and found is not but:
        raise AgencyRefused(f"There is already an agency called {found.name}. Use that one, or another name.")


def _refuse_taken_group(name: str, *, but: StaffGroup | None = None) -> None:
    found = queries.staff_group_named(name)
    if found is not None and found is not but:
        raise AgencyRefused(
            f"There is already a staff group called {found.name}. Use that one, or another name."
        )


def _refuse_successor(agency: Agency, successor: Agency, valid_to: date) -> None:
    if rules.leads_back(agency.id, successor.id, successors=queries.successors()):
        raise AgencyRefused(
            f"{successor.name} cannot follow {agency.name}, because {agency.name} followed it. "
            "Select another agency, or none."
        )
    if successor.valid_to is not None and successor.valid_to <= valid_to:
        raise AgencyRefused(
            f"{successor.name} itself ended on {plain_date(successor.valid_to)}. "
            "Select the agency that took over after that day."
        )
