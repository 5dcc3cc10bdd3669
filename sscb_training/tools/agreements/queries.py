"""The agreements of a scheme and how each agency stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import distinct, exists, func, select
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.agencies.models import Agency
from sscb_training.core.db import db, row_or_404, rows
from sscb_training.people.models import Membership, Person
from sscb_training.tools.agreements import rules
from sscb_training.tools.agreements.models import ServiceAgreement
from sscb_training.tools.agreements.rules import AgreementState, Stands

EXPORTED = (
    "Agency", "Accredited in force", "Agreement", "Until", "Reference", "Signed by", "Responsible", "Email", "As at"
)  # fmt: skip


@dataclass(frozen=True)
class AgencyLine:
    """An agency that has people accredited or an agreement; `agreement` is the one that holds, or was the last."""

    agency: Agency
    accredited: int
    stands: Stands
    agreement: ServiceAgreement | None

    @property
    def is_gap(self) -> bool:
        """Whether people are accredited and nothing is in force."""
        return self.accredited > 0 and not self.stands.state.holds


def by_agency(
    scheme: AccreditationScheme, *, on: date, search: str = "", state: AgreementState | None = None
) -> Sequence[AgencyLine]:
    """How the agencies stand that have people accredited or an agreement, by name; in three queries."""
    accredited = _accredited(scheme, on)
    agreements: dict[int, list[ServiceAgreement]] = {}
    for one in rows(_STANDING.where(ServiceAgreement.scheme_id == scheme.id)):
        agreements.setdefault(one.agency_id, []).append(one)
    agencies = select(Agency).where(Agency.id.in_(accredited.keys() | agreements.keys()))
    for word in search.split():
        agencies = agencies.where(
            Agency.name.icontains(word, autoescape=True) | Agency.short_name.icontains(word, autoescape=True)
        )
    lines = []
    for agency in rows(agencies.order_by(func.lower(Agency.name), Agency.id)):
        theirs = agreements.get(agency.id, [])
        how = rules.stands([(one.valid_from, one.valid_to) for one in theirs], on=on)
        number = accredited.get(agency.id, 0)
        if (state is None or how.state is state) and (number or how.state is not AgreementState.LAPSED):
            lines.append(AgencyLine(agency, number, how, _shown(theirs, on)))
    return lines


def _accredited(scheme: AccreditationScheme, on: date) -> dict[int, int]:
    """How many people are accredited in force, by agency; somebody with two jobs counts in each."""
    query = (
        select(Membership.agency_id, func.count(distinct(Membership.person_id)))
        .join(Accreditation, Accreditation.person_id == Membership.person_id)
        .where(
            Accreditation.scheme_id == scheme.id,
            Accreditation.in_force(on),
            Membership.is_current(on),
            Membership.confirmed_at.is_not(None),
        )
        .group_by(Membership.agency_id)
    )
    return dict(db.session.execute(query).all())


def _shown(agreements: Sequence[ServiceAgreement], on: date) -> ServiceAgreement | None:
    """Of agreements the latest first, the one that holds, or else the latest."""
    return next((one for one in agreements if one.in_force(on)), next(iter(agreements), None))


def agreements_of(scheme: AccreditationScheme, agency: Agency) -> Sequence[ServiceAgreement]:
    """The agency's agreements for the scheme, the latest first."""
    return rows(
        _STANDING.where(ServiceAgreement.scheme_id == scheme.id, ServiceAgreement.agency_id == agency.id)
    )


def how_agency_stands(agreements: Sequence[ServiceAgreement], *, on: date) -> Stands:
    """How one agency's agreements stand."""
    return rules.stands([(one.valid_from, one.valid_to) for one in agreements], on=on)


def agreement_seen_by(viewer: Person, agreement_id: int) -> ServiceAgreement:
    """The agreement, for board staff and whoever leads its agency; otherwise 404."""
    query = _STANDING.where(ServiceAgreement.id == agreement_id)
    if not viewer.is_board_staff:
        query = query.where(ServiceAgreement.agency_id.in_(viewer.leads_agency_ids))
    return row_or_404(query)


def has_agreement(person: Person, scheme: AccreditationScheme, *, on: date) -> bool:
    """Whether an agency at which somebody works has an agreement in force."""
    found = exists().where(
        Membership.person_id == person.id,
        Membership.is_current(on),
        Membership.confirmed_at.is_not(None),
        ServiceAgreement.agency_id == Membership.agency_id,
        ServiceAgreement.scheme_id == scheme.id,
        ServiceAgreement.in_force(on),
    )
    return bool(db.session.scalar(select(found)))


_STANDING = (
    select(ServiceAgreement)
    .where(ServiceAgreement.withdrawn_at.is_(None))
    .options(
        joinedload(ServiceAgreement.agency),
        joinedload(ServiceAgreement.scheme),
        joinedload(ServiceAgreement.file),
    )
    .order_by(ServiceAgreement.valid_from.desc(), ServiceAgreement.id.desc())
)
