"""Which headcounts the board wants, whom it asked, and who has answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select, tuple_
from sqlalchemy.orm import aliased, joinedload, selectinload

from sscb_training.agencies import queries as agencies
from sscb_training.agencies import rules as ages
from sscb_training.agencies.models import (
    Agency,
    Headcount,
    HeadcountRequest,
    NamedWorkforce,
    RequestedGroup,
    StaffGroup,
    waits,
)
from sscb_training.agencies.queries import GroupHeadcount, NotTold
from sscb_training.core.db import db, row_or_404, rows
from sscb_training.core.mail import WhyNot
from sscb_training.core.sheets import Cell
from sscb_training.core.times import london_date
from sscb_training.needs.headcounts import rules
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.people.models import Membership, Person
from sscb_training.people.queries import led

EXPORTED = (
    "Agency", "State", "Asked", "By", "Sent in", "Sent in by", "Staff groups wanted", "With a headcount",
    "Oldest headcount", "Not supplied", "Cannot tell yet", "As at",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What the board has from an agency of what it wants, and how its last request stands."""

    agency: Agency
    state: rules.State
    request: HeadcountRequest | None
    sent_in_by: str | None
    wanted: Sequence[StaffGroup]
    missing: Sequence[StaffGroup]
    not_told: Sequence[NotTold]
    oldest: date | None
    is_named: bool
    is_led: bool

    def is_lacking(self, on: date) -> bool:
        """Whether anything that the board wants is missing or old."""
        return bool(self.missing) or (self.oldest is not None and ages.is_old(self.oldest, on=on))


def wanted_of(chosen: Sequence[Agency], *, on: date) -> Mapping[int, Sequence[StaffGroup]]:
    """By agency, the staff groups that the board wants a headcount of, in the board's order.

    They are in audiences of open needs that are for the agency, and it is known to have them: people work there, or its
    last return was above nought. An agency of which nothing is known is asked for all of them, and no school for midwives.
    One that keeps all its people here and has none in these groups is asked for nothing.
    """
    possible = possible_of(chosen)
    known = _known_to_have(list(possible), on)
    named = _keeping_their_people_here()
    wanted = {
        agency_id: [group for group in groups if (agency_id, group.id) in known]
        or ([] if agency_id in named else groups)
        for agency_id, groups in possible.items()
    }
    return {agency_id: groups for agency_id, groups in wanted.items() if groups}


def _keeping_their_people_here() -> set[int]:
    return set(rows(select(NamedWorkforce.agency_id).where(NamedWorkforce.withdrawn_at.is_(None))))


def possible_of(chosen: Sequence[Agency]) -> Mapping[int, Sequence[StaffGroup]]:
    """By agency, every staff group in audiences of open needs that are for it, in the board's order."""
    needs = rows(
        select(TrainingNeed)
        .where(TrainingNeed.status != NeedStatus.CLOSED)
        .options(selectinload(TrainingNeed.audience))
    )
    found: dict[int, Sequence[StaffGroup]] = {}
    for agency in chosen:
        groups = {group for need in needs if _is_for(need, agency) for group in need.staff_groups}
        if groups:
            found[agency.id] = sorted(groups, key=lambda group: (group.position, group.name))
    return found


def _known_to_have(agency_ids: Sequence[int], on: date) -> set[tuple[int, int]]:
    """The staff groups of these agencies in which people work, or of which the last return was above nought."""
    works_there = select(Membership.agency_id, Membership.staff_group_id).where(
        Membership.agency_id.in_(agency_ids), Membership.is_current(on), Membership.confirmed_at.is_not(None)
    )
    later = aliased(Headcount)
    is_last = ~exists().where(
        later.agency_id == Headcount.agency_id,
        later.staff_group_id == Headcount.staff_group_id,
        later.withdrawn_at.is_(None),
        tuple_(later.as_at, later.recorded_at, later.id)
        > tuple_(Headcount.as_at, Headcount.recorded_at, Headcount.id),
    )
    returned = select(Headcount.agency_id, Headcount.staff_group_id).where(
        Headcount.agency_id.in_(agency_ids), Headcount.number > 0, Headcount.withdrawn_at.is_(None), is_last
    )
    return {(agency_id, group_id) for agency_id, group_id in db.session.execute(works_there.union(returned))}


def _is_for(need: TrainingNeed, agency: Agency) -> bool:
    """Whether the agency is one of those that narrow the need, if any do, and none that is excluded."""
    parts = [part for part in need.audience if part.staff_group_id is None]
    named = [part for part in parts if part.sector is agency.sector or part.agency_id == agency.id]
    is_narrowed = any(not part.excluded for part in parts)
    return bool(named or not is_narrowed) and not any(part.excluded for part in named)


def standings(*, on: date) -> Sequence[Standing]:
    """Every agency that an open need is for, by name; in as many queries for one as for a hundred."""
    current = agencies.current_agencies(on)
    wanted = wanted_of(current, on=on)
    asked = [agency for agency in current if agency.id in wanted]
    returned = _returned(list(wanted))
    requests = _latest_requests(list(wanted))
    not_told = agencies.not_told(wanted)
    names = _names({request.sent_in_by_id for request in requests.values()})
    named = _keeping_their_people_here()
    is_led = led(wanted)
    found = []
    for agency in asked:
        request, groups = requests.get(agency.id), wanted[agency.id]
        dated = [returned[agency.id, group.id] for group in groups if (agency.id, group.id) in returned]
        found.append(
            Standing(
                agency,
                rules.state(
                    request.due_on if request else None,
                    is_sent_in=request is not None and request.sent_in_at is not None,
                    on=on,
                ),
                request,
                names.get(request.sent_in_by_id) if request else None,
                groups,
                [group for group in groups if (agency.id, group.id) not in returned],
                not_told.get(agency.id, []),
                min(dated, default=None),
                agency.id in named,
                agency.id in is_led,
            )
        )
    return found


def _returned(agency_ids: Sequence[int]) -> dict[tuple[int, int], date]:
    """The day of the newest return of each staff group of these agencies."""
    query = (
        select(Headcount.agency_id, Headcount.staff_group_id, func.max(Headcount.as_at))
        .where(Headcount.agency_id.in_(agency_ids), Headcount.withdrawn_at.is_(None))
        .group_by(Headcount.agency_id, Headcount.staff_group_id)
    )
    return {(agency_id, group_id): as_at for agency_id, group_id, as_at in db.session.execute(query)}


def _latest_requests(agency_ids: Sequence[int]) -> dict[int, HeadcountRequest]:
    latest = (
        select(func.max(HeadcountRequest.id))
        .where(HeadcountRequest.agency_id.in_(agency_ids), HeadcountRequest.withdrawn_at.is_(None))
        .group_by(HeadcountRequest.agency_id)
    )
    query = select(HeadcountRequest).where(HeadcountRequest.id.in_(latest)).options(_WITH_GROUPS)
    return {request.agency_id: request for request in rows(query)}


_WITH_GROUPS = selectinload(HeadcountRequest.groups).joinedload(RequestedGroup.staff_group)


def _names(person_ids: set[int | None]) -> dict[int | None, str]:
    query = select(Person.id, Person.name).where(Person.id.in_(person_ids - {None}))
    return dict(db.session.execute(query).all())


def exported(standings: Sequence[Standing], *, on: date) -> Iterator[list[Cell]]:
    """The list as rows of a file, under `EXPORTED`."""
    for one in standings:
        request = one.request
        yield [
            one.agency.name,
            one.state.label,
            london_date(request.asked_at) if request else None,
            request.due_on if request else None,
            london_date(request.sent_in_at) if request and request.sent_in_at else None,
            one.sent_in_by,
            len(one.wanted),
            len(one.wanted) - len(one.missing),
            one.oldest,
            ", ".join(group.name for group in one.missing),
            ", ".join(untold.staff_group.name for untold in one.not_told),
            on,
        ]


@dataclass(frozen=True)
class Asked:
    """The staff groups that an agency is to tell of, each with its last return; and others that open needs are for."""

    groups: Sequence[GroupHeadcount]
    others: Sequence[GroupHeadcount]

    @property
    def all(self) -> Sequence[GroupHeadcount]:
        return [*self.groups, *self.others]


def asked_of(agency: Agency, request: HeadcountRequest | None, *, on: date) -> Asked:
    """What the board's request asks for, and without one what the board wants."""
    if request is not None:
        asked = {one.staff_group_id for one in request.groups}
    else:
        asked = {group.id for group in wanted_of([agency], on=on).get(agency.id, [])}
    possible = {group.id for group in possible_of([agency]).get(agency.id, [])}
    latest = agencies.latest_headcounts(agency, on=on)
    return Asked(
        [one for one in latest if one.staff_group.id in asked],
        [one for one in latest if one.staff_group.id in possible - asked],
    )


def request_in_full(request_id: int) -> HeadcountRequest:
    """A request with its agency and staff groups; 404 when there is none."""
    return row_or_404(
        select(HeadcountRequest)
        .where(HeadcountRequest.id == request_id)
        .options(joinedload(HeadcountRequest.agency), _WITH_GROUPS)
    )


def open_requests(agency_ids: frozenset[int]) -> Sequence[HeadcountRequest]:
    """What the board asks of these agencies and has no full answer to, the first due first."""
    return rows(
        select(HeadcountRequest)
        .where(HeadcountRequest.agency_id.in_(agency_ids), waits)
        .options(joinedload(HeadcountRequest.agency), _WITH_GROUPS)
        .order_by(HeadcountRequest.due_on, HeadcountRequest.id)
    )


def to_remind(*, on: date) -> Sequence[int]:
    """The open requests whose one reminder is due."""
    query = select(HeadcountRequest).where(waits, HeadcountRequest.reminded_at.is_(None))
    return [
        request.id
        for request in rows(query.order_by(HeadcountRequest.id))
        if rules.remind_on(london_date(request.asked_at), request.due_on) <= on
    ]


def why_not_asked(request_id: int, _now: datetime) -> str:
    """Nobody is asked for what was sent in, or what the board no longer asks for."""
    request = request_in_full(request_id)
    if request.sent_in_at is not None:
        return "The headcounts were sent in."
    return "The board does not ask any more." if request.withdrawn_at is not None else ""


WHY_NOT: dict[str, WhyNot] = {"headcounts/asked": why_not_asked}
"""What is asked of this letter just before it is sent."""
