"""Questions about agencies, staff groups and headcount returns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    and_,
    column,
    exists,
    func,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from sscb_training.agencies.models import (
    Agency,
    Headcount,
    HeadcountRequest,
    NamedWorkforce,
    RequestedGroup,
    Sector,
    StaffGroup,
    waits,
)
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.times import plain_date, short_date

# People come after agencies in the story, so they and their jobs are named here and not imported.
person = table("person", column("id", Integer), column("name", String))
membership = table(
    "membership",
    column("person_id", Integer),
    column("confirmed_at", DateTime),
    column("agency_id", Integer),
    column("staff_group_id", Integer),
    column("valid_from", Date),
    column("valid_to", Date),
)


class Viewer(Protocol):
    """Whoever asks: what decides which agencies they see."""

    @property
    def id(self) -> int: ...

    @property
    def is_board_staff(self) -> bool: ...

    @property
    def leads_agency_ids(self) -> frozenset[int]: ...


@dataclass(frozen=True)
class GroupHeadcount:
    """A staff group and an agency's latest return for it; None where the headcount is not supplied.

    `people` of the group work at the agency by name. Where any do and there is no return, coverage has no headcount,
    unless the agency keeps its people here.
    """

    staff_group: StaffGroup
    headcount: Headcount | None
    people: int

    @property
    def is_missed(self) -> bool:
        return self.headcount is None and self.people > 0

    def newer_than(self, as_at: date) -> str:
        """That a return as at this day is "older than the return of 16 November 2026, which goes on counting"; empty
        where none is newer."""
        if self.headcount is None or self.headcount.as_at <= as_at:
            return ""
        return f"older than the return of {plain_date(self.headcount.as_at)}, which goes on counting"


def agency_seen_by(viewer: Viewer, agency_id: int) -> Agency:
    """The agency, for board staff and for whoever leads it; otherwise 404, as if it did not exist."""
    query = select(Agency).where(Agency.id == agency_id).options(joinedload(Agency.successor))
    if not viewer.is_board_staff:
        query = query.where(Agency.id.in_(viewer.leads_agency_ids))
    return row_or_404(query)


def is_current(on: date) -> ColumnElement[bool]:
    """Agencies that exist on this day."""
    return and_(Agency.valid_from <= on, or_(Agency.valid_to.is_(None), Agency.valid_to >= on))


def current_agencies(on: date) -> Sequence[Agency]:
    """The agencies that exist on this day, by name."""
    return rows(select(Agency).where(is_current(on)).order_by(Agency.name))


def every_agency() -> Sequence[Agency]:
    """Agencies past, present and to come, by name."""
    return rows(select(Agency).order_by(Agency.name))


def agencies_found(
    *, search: str = "", sector: Sector | None = None, current: bool | None = None, on: date
) -> Select[Agency]:
    """Agencies by name whose name or short name holds the words; `current` None takes former ones too."""
    query = select(Agency).options(joinedload(Agency.successor)).order_by(Agency.name, Agency.id)
    for word in search[:100].split():
        query = query.where(
            Agency.name.icontains(word, autoescape=True) | Agency.short_name.icontains(word, autoescape=True)
        )
    if sector is not None:
        query = query.where(Agency.sector == sector)
    if current is not None:
        query = query.where(is_current(on) if current else ~is_current(on))
    return query


def agency_named(name: str) -> Agency | None:
    """The agency of this name, whatever its capitals."""
    return row_or_none(select(Agency).where(func.lower(Agency.name) == name.lower()))


def predecessors(agency: Agency) -> Sequence[Agency]:
    """The agencies that this one followed."""
    return rows(select(Agency).where(Agency.successor_id == agency.id).order_by(Agency.valid_to, Agency.name))


def successors() -> Mapping[int, int]:
    """Each former agency's id with that of the agency that followed it."""
    query = select(Agency).where(Agency.successor_id.is_not(None))
    return {agency.id: agency.successor_id for agency in rows(query) if agency.successor_id is not None}


def staff_groups() -> Sequence[StaffGroup]:
    """Every staff group, in the board's order."""
    return rows(select(StaffGroup).order_by(StaffGroup.position, StaffGroup.name))


def staff_group_named(name: str) -> StaffGroup | None:
    """The staff group of this name, whatever its capitals."""
    return row_or_none(select(StaffGroup).where(func.lower(StaffGroup.name) == name.lower()))


def latest_headcounts(agency: Agency, *, on: date) -> Sequence[GroupHeadcount]:
    """Every staff group with the agency's latest return for it, by as-at date and then by when it was recorded."""
    ranked = (
        select(
            Headcount.id,
            func.row_number()
            .over(
                partition_by=Headcount.staff_group_id,
                order_by=(Headcount.as_at.desc(), Headcount.recorded_at.desc(), Headcount.id.desc()),
            )
            .label("place"),
        )
        .where(Headcount.agency_id == agency.id, Headcount.withdrawn_at.is_(None))
        .subquery()
    )
    latest = aliased(
        Headcount,
        select(Headcount).join(ranked, and_(ranked.c.id == Headcount.id, ranked.c.place == 1)).subquery(),
    )
    people = (
        select(func.count(membership.c.person_id.distinct()))
        .where(
            membership.c.agency_id == agency.id,
            membership.c.staff_group_id == StaffGroup.id,
            membership.c.valid_from <= on,
            or_(membership.c.valid_to.is_(None), membership.c.valid_to >= on),
            membership.c.confirmed_at.is_not(None),
        )
        .scalar_subquery()
    )
    query = (
        select(StaffGroup, latest, people)
        .outerjoin(latest, latest.staff_group_id == StaffGroup.id)
        .order_by(StaffGroup.position, StaffGroup.name)
    )
    return [GroupHeadcount(*row) for row in db.session.execute(query)]


def newest_returns(agencies: Sequence[Agency]) -> Mapping[int, date]:
    """The day of each agency's newest headcount return, by its id, in one query; one without any is missing."""
    query = (
        select(Headcount.agency_id, func.max(Headcount.as_at))
        .where(Headcount.agency_id.in_([agency.id for agency in agencies]), Headcount.withdrawn_at.is_(None))
        .group_by(Headcount.agency_id)
    )
    return dict(db.session.execute(query).all())


def returns_of(agency: Agency, viewer: Viewer) -> Select[*tuple[Headcount, str | None, str | None, bool]]:
    """The agency's headcount returns, newest first, each with the names of who recorded and who withdrew it, and
    whether the viewer may withdraw it."""
    withdrew, later = person.alias(), aliased(Headcount)
    is_corrected = exists().where(later.corrects_id == Headcount.id, later.withdrawn_at.is_(None))
    may_withdraw = and_(Headcount.withdrawn_at.is_(None), ~is_corrected, _is_theirs(viewer))
    return (
        select(Headcount, person.c.name, withdrew.c.name, may_withdraw)
        .outerjoin(person, person.c.id == Headcount.recorded_by_id)
        .outerjoin(withdrew, withdrew.c.id == Headcount.withdrawn_by_id)
        .where(Headcount.agency_id == agency.id)
        .options(joinedload(Headcount.staff_group))
        .order_by(Headcount.as_at.desc(), Headcount.recorded_at.desc(), Headcount.id.desc())
    )


def return_to_withdraw(viewer: Viewer, headcount_id: int) -> Headcount:
    """A return that the viewer may withdraw: board staff any, a lead what they recorded themselves; otherwise 404."""
    query = (
        select(Headcount)
        .where(Headcount.id == headcount_id, _is_theirs(viewer))
        .options(
            joinedload(Headcount.agency), joinedload(Headcount.staff_group), joinedload(Headcount.corrects)
        )
    )
    return row_or_404(query)


def _is_theirs(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_board_staff:
        return true()
    return and_(Headcount.recorded_by_id == viewer.id, Headcount.agency_id.in_(viewer.leads_agency_ids))


def correction_of(headcount: Headcount) -> Headcount | None:
    """The return that corrects this one and stands."""
    return row_or_none(
        select(Headcount).where(Headcount.corrects_id == headcount.id, Headcount.withdrawn_at.is_(None))
    )


def sent_with(headcount: Headcount) -> Sequence[Headcount]:
    """The other numbers of the same day that the same person sent in at the same moment and that stand uncorrected."""
    later = aliased(Headcount)
    return rows(
        select(Headcount)
        .join(Headcount.staff_group)
        .where(
            Headcount.id != headcount.id,
            Headcount.agency_id == headcount.agency_id,
            Headcount.as_at == headcount.as_at,
            Headcount.recorded_at == headcount.recorded_at,
            Headcount.recorded_by_id.is_not_distinct_from(headcount.recorded_by_id),
            Headcount.withdrawn_at.is_(None),
            ~exists().where(later.corrects_id == Headcount.id, later.withdrawn_at.is_(None)),
        )
        .options(contains_eager(Headcount.staff_group))
        .order_by(StaffGroup.position, StaffGroup.name)
    )


def return_of_day(agency: Agency, staff_group: StaffGroup, as_at: date) -> Headcount | None:
    """What an agency last said of a staff group on a day, and did not withdraw."""
    return row_or_none(
        select(Headcount)
        .where(
            Headcount.agency_id == agency.id,
            Headcount.staff_group_id == staff_group.id,
            Headcount.as_at == as_at,
            Headcount.withdrawn_at.is_(None),
        )
        .order_by(Headcount.recorded_at.desc(), Headcount.id.desc())
    )


def open_request(agency: Agency) -> HeadcountRequest | None:
    """What the board asks of an agency and has no full answer to."""
    return row_or_none(
        select(HeadcountRequest)
        .where(HeadcountRequest.agency_id == agency.id, waits)
        .options(selectinload(HeadcountRequest.groups).joinedload(RequestedGroup.staff_group))
    )


def last_request(agency: Agency) -> HeadcountRequest | None:
    """What the board last asked of an agency and did not take back, answered or not."""
    return row_or_none(
        select(HeadcountRequest)
        .where(HeadcountRequest.agency_id == agency.id, HeadcountRequest.withdrawn_at.is_(None))
        .options(selectinload(HeadcountRequest.groups).joinedload(RequestedGroup.headcount))
        .order_by(HeadcountRequest.id.desc())
    )


def groups_not_told(agency: Agency) -> Sequence[RequestedGroup]:
    """What the agency answered, whenever it was asked, with that it cannot tell yet."""
    return rows(
        select(RequestedGroup)
        .join(RequestedGroup.request)
        .where(HeadcountRequest.agency_id == agency.id, RequestedGroup.cannot_tell)
    )


@dataclass(frozen=True)
class NotTold:
    """A staff group of which an agency cannot tell yet how many it has, and the number that stays until it can."""

    staff_group: StaffGroup
    last: Headcount | None

    @property
    def words(self) -> str:
        """Heads (19 as at 1 Sep 2026 stays)"""
        if self.last is None:
            return self.staff_group.name
        return f"{self.staff_group.name} ({self.last.number:,} as at {short_date(self.last.as_at)} stays)"


def not_told(agency_ids: Iterable[int]) -> Mapping[int, Sequence[NotTold]]:
    """By agency, what it said that it cannot tell yet when the board asked last, and has sent no number of since."""
    asked = select(func.max(HeadcountRequest.id)).where(
        HeadcountRequest.agency_id.in_(list(agency_ids)), HeadcountRequest.withdrawn_at.is_(None)
    )
    sent = aliased(Headcount)
    last = (
        select(sent.id)
        .where(
            sent.agency_id == HeadcountRequest.agency_id,
            sent.staff_group_id == StaffGroup.id,
            sent.withdrawn_at.is_(None),
        )
        .order_by(sent.as_at.desc(), sent.recorded_at.desc(), sent.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(HeadcountRequest.agency_id, StaffGroup, Headcount)
        .join(HeadcountRequest.groups)
        .join(RequestedGroup.staff_group)
        .outerjoin(Headcount, Headcount.id == last)
        .where(
            HeadcountRequest.id.in_(asked.group_by(HeadcountRequest.agency_id)),
            RequestedGroup.cannot_tell,
        )
        .order_by(RequestedGroup.id)
    )
    found: dict[int, list[NotTold]] = {}
    for agency_id, staff_group, number in db.session.execute(query):
        found.setdefault(agency_id, []).append(NotTold(staff_group, number))
    return found


def named_workforce(agency: Agency) -> NamedWorkforce | None:
    """That the agency keeps its people here, while it does."""
    return row_or_none(
        select(NamedWorkforce).where(
            NamedWorkforce.agency_id == agency.id, NamedWorkforce.withdrawn_at.is_(None)
        )
    )
