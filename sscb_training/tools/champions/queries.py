"""The directory of champions, those of one agency, and who can be named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.agencies.models import Agency
from sscb_training.agencies.queries import is_current
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.mail import WhyNot
from sscb_training.core.times import london_date
from sscb_training.people.models import Membership, Person
from sscb_training.tools import queries as tools
from sscb_training.tools.champions import rules
from sscb_training.tools.champions.models import Champion, standing

EXPORTED = ("Agency", "Name", "Job title", "Email", "Phone", "From", "Until", "As at")


@dataclass(frozen=True)
class Filters:
    """What the directory is narrowed to."""

    search: str = ""
    agency_id: int | None = None


@dataclass(frozen=True)
class Named:
    """Somebody whom an agency named, and how they stand."""

    champion: Champion
    stand: rules.Stand


def may_see_directory(viewer: Person, scheme: AccreditationScheme, *, on: date) -> bool:
    """Whoever may use the tool, every agency's leads, and board staff."""
    return viewer.is_board_staff or bool(viewer.leads_agency_ids) or tools.may_use(viewer, scheme, on=on)


def directory(scheme: AccreditationScheme, filters: Filters, *, on: date) -> Sequence[Champion]:
    """The champions who are shown on this day, by agency and name."""
    query = _shown(scheme, on)
    for word in filters.search.split():
        query = query.where(
            Person.name.icontains(word, autoescape=True)
            | Champion.job_title.icontains(word, autoescape=True)
            | Agency.name.icontains(word, autoescape=True)
        )
    if filters.agency_id is not None:
        query = query.where(Agency.id == filters.agency_id)
    return rows(query)


def agencies_with_champions(scheme: AccreditationScheme, *, on: date) -> Mapping[int, str]:
    """The agencies in the directory, by name."""
    query = _shown(scheme, on).with_only_columns(Agency.id, Agency.name).order_by(None).distinct()
    return dict(
        sorted(((key, name) for key, name in db.session.execute(query)), key=lambda one: one[1].lower())
    )


def _shown(scheme: AccreditationScheme, on: date) -> Select[Champion]:
    """What `rules.stand` calls shown, in SQL."""
    return (
        _WITH_PERSON.where(
            Champion.scheme_id == scheme.id,
            standing,
            Champion.agreed_at.is_not(None),
            Champion.valid_from <= on,
            or_(Champion.valid_to.is_(None), Champion.valid_to >= on),
            Membership.is_current(on),
            Membership.confirmed_at.is_not(None),
            is_current(on),
            tools.holds(scheme.id, on),
        )
        .order_by(None)
        .order_by(func.lower(Agency.name), func.lower(Person.name), Champion.id)
    )


def exported(champions: Sequence[Champion], *, on: date) -> Iterator[list[str | date | None]]:
    """The directory as rows of a file, under `EXPORTED`."""
    for one in champions:
        job = one.membership
        yield [
            job.agency.name, job.person.name, one.job_title, one.email, one.phone, one.valid_from, one.valid_to, on
        ]  # fmt: skip


def named_by(scheme: AccreditationScheme, agency: Agency, *, on: date) -> Sequence[Named]:
    """Everybody whom the agency named for the tool, those that stand first; in two queries."""
    champions = rows(
        _WITH_PERSON.where(Champion.scheme_id == scheme.id, Membership.agency_id == agency.id)
        .order_by(None)
        .order_by(Champion.ended_at.is_not(None), func.lower(Person.name), Champion.id.desc())
    )
    people = [one.membership.person_id for one in champions]
    holders = set(
        rows(
            select(Accreditation.person_id).where(
                Accreditation.person_id.in_(people),
                Accreditation.scheme_id == scheme.id,
                Accreditation.in_force(on),
            )
        )
    )
    return [Named(one, _stand(one, holds=one.membership.person_id in holders, on=on)) for one in champions]


def _stand(champion: Champion, *, holds: bool, on: date) -> rules.Stand:
    job = champion.membership
    return rules.stand(
        is_ended=champion.ended_at is not None,
        ended_it_themself=champion.ended_by_id == job.person_id,
        has_agreed=champion.agreed_at is not None,
        works_there=job.is_current(on) and job.confirmed_at is not None and job.agency.is_current(on),
        is_suspended=not job.person.is_active,
        holds=holds,
        valid_from=champion.valid_from,
        valid_to=champion.valid_to,
        on=on,
    )


def stand_of(champion: Champion, *, on: date) -> rules.Stand:
    """How one of them stands."""
    holds = tools.may_use(champion.membership.person, champion.scheme, on=on)
    return _stand(champion, holds=holds, on=on)


def can_be_named(scheme: AccreditationScheme, agency: Agency, *, on: date) -> Sequence[Membership]:
    """The jobs at the agency of whoever may use the tool, has an account, and does not stand as its champion."""
    taken = select(Champion.membership_id).where(Champion.scheme_id == scheme.id, standing)
    return rows(
        select(Membership)
        .join(Membership.person)
        .where(
            tools.works_at(agency.id, on),
            tools.holds(scheme.id, on),
            Person.email.is_not(None),
            Person.email_confirmed_at.is_not(None),
            Membership.id.not_in(taken),
        )
        .options(contains_eager(Membership.person))
        .order_by(func.lower(Person.name), Membership.id)
    )


def champion_of_agency(viewer: Person, champion_id: int) -> Champion:
    """Somebody who was named, for board staff and whoever leads the agency; otherwise 404."""
    query = _WITH_PERSON.where(Champion.id == champion_id)
    if not viewer.is_board_staff:
        query = query.where(Membership.agency_id.in_(viewer.leads_agency_ids))
    return row_or_404(query)


def own_champion(person: Person, champion_id: int) -> Champion:
    """What somebody was asked to be; otherwise 404."""
    return row_or_404(_WITH_PERSON.where(Champion.id == champion_id, Membership.person_id == person.id))


def own_champions(person: Person, *, on: date) -> Sequence[Champion]:
    """What somebody was asked to be, or is, in a job that they have."""
    return rows(_WITH_PERSON.where(Membership.person_id == person.id, standing, Membership.is_current(on)))


def standing_champion(scheme: AccreditationScheme, membership: Membership) -> Champion | None:
    """Who stands as champion in this job, or was asked to."""
    return row_or_none(
        select(Champion).where(
            Champion.scheme_id == scheme.id, Champion.membership_id == membership.id, standing
        )
    )


def why_not_asked(champion_id: int, now: datetime) -> str:
    """Nobody is asked what they have answered, or what is not wanted any more."""
    found = row_or_none(_WITH_PERSON.where(Champion.id == champion_id))
    if found is None:
        return "It was taken back."
    how = stand_of(found, on=london_date(now))
    return "" if how is rules.Stand.WAITS else f"It does not wait for an answer any more: {how.label}."


WHY_NOT: Mapping[str, WhyNot] = {"tools/asked_to_be_champion": why_not_asked}
"""What is asked of letters about champions just before they are sent."""

_WITH_PERSON = (
    select(Champion)
    .join(Champion.membership)
    .join(Membership.person)
    .join(Membership.agency)
    .options(
        contains_eager(Champion.membership).options(
            contains_eager(Membership.person), contains_eager(Membership.agency)
        ),
        joinedload(Champion.scheme),
    )
    .order_by(Champion.id)
)
