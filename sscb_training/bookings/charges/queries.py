"""What is known of policies, terms and charges."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from sscb_training.agencies.models import Agency
from sscb_training.agencies.queries import every_agency
from sscb_training.bookings.charges import rules
from sscb_training.bookings.charges.models import Charge, ChargePolicy, ChargeState, ChargeTerms, stands
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.mail import WhyNot
from sscb_training.core.times import at_london, london_date, month_after
from sscb_training.core.working_days import working_days_before
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.people.models import Membership, Person


def terms_for(training_session: TrainingSession, agency: Agency, *, on: date) -> ChargeTerms | None:
    """What a booking made on this day would be settled at, not written anywhere; nothing without a policy."""
    policy = rules.policy_in_force(
        rows(_POLICIES),
        agency_id=agency.id,
        sector=agency.sector,
        parts=len(training_session.parts_on),
        on=on,
    )
    if policy is None:
        return None
    return ChargeTerms(
        policy_id=policy.id,
        follows_own_rules=policy.follows_own_rules,
        free_days=policy.free_days,
        in_working_days=policy.in_working_days,
        free_until=free_until(policy, london_date(training_session.starts_at)),
        late_fee=policy.late_fee,
        absence_fee=policy.absence_fee,
    )


def terms_of(booking_ids: Iterable[int]) -> dict[int, ChargeTerms]:
    """The terms of each of these bookings that has any, in one query."""
    found = rows(select(ChargeTerms).where(ChargeTerms.booking_id.in_(list(booking_ids))))
    return {terms.booking_id: terms for terms in found}


def standing_charges(booking_ids: Iterable[int]) -> dict[int, Charge]:
    """The charge of each of these bookings that has one which was not withdrawn, in one query."""
    found = rows(select(Charge).where(Charge.booking_id.in_(list(booking_ids)), stands))
    return {charge.booking_id: charge for charge in found}


def why_no_charge(booking_id: int, _now: datetime) -> str:
    """Nobody is told of a charge that was let go or taken back meanwhile."""
    return "" if _is_charged(booking_id) else "It is not charged any more."


def why_charged_still(booking_id: int, _now: datetime) -> str:
    """Nobody is told that nothing is charged once it is charged after all."""
    return "It is charged after all." if _is_charged(booking_id) else ""


def _is_charged(booking_id: int) -> bool:
    due = select(Charge.id).where(Charge.booking_id == booking_id, Charge.state == ChargeState.DUE)
    return row_or_none(due) is not None


WHY_NOT: Mapping[str, WhyNot] = {
    "bookings/charge_raised": why_no_charge,
    "bookings/charge_ended": why_charged_still,
}
"""What is asked of letters about charges just before they are sent."""


def free_until(notice: ChargePolicy | ChargeTerms, first_day: date) -> date:
    """The last day on which a place of a session that begins on this day is given up free of charge."""
    if notice.in_working_days:
        return working_days_before(first_day, notice.free_days)
    return first_day - timedelta(days=notice.free_days)


def policies() -> Sequence[ChargePolicy]:
    """Every rule there was, the lasting ones first, by whom they are for."""
    return rows(
        select(ChargePolicy)
        .outerjoin(ChargePolicy.agency)
        .options(contains_eager(ChargePolicy.agency))
        .order_by(
            ChargePolicy.valid_to.is_not(None),
            func.coalesce(Agency.name, ChargePolicy.sector, ""),
            ChargePolicy.length,
            ChargePolicy.valid_from.desc(),
            ChargePolicy.id,
        )
    )


def has_a_twin(policy: ChargePolicy) -> bool:
    """Whether another rule is for the same agencies and the same sessions from the same day."""
    with db.session.no_autoflush:
        twins = rows(
            select(ChargePolicy.id).where(
                ChargePolicy.agency_id.is_not_distinct_from(policy.agency_id),
                ChargePolicy.sector.is_not_distinct_from(policy.sector),
                ChargePolicy.length == policy.length,
                ChargePolicy.valid_from == policy.valid_from,
            )
        )
    return any(one != policy.id for one in twins)


@dataclass(frozen=True)
class Filters:
    """What the list of charges is narrowed to; the month is that in which a charge was raised."""

    month: date | None = None
    agency_id: int | None = None
    state: ChargeState | None = None


@dataclass(frozen=True)
class Total:
    """How many charges, and how much in pence."""

    number: int = 0
    amount: int = 0


def charges_found(filters: Filters) -> Select[Charge]:
    """The charges, the latest first, with all that a line says of them."""
    return (
        select(Charge)
        .where(*_narrowed(filters))
        .options(_BOOKING, joinedload(Charge.agency), joinedload(Charge.decided_by))
        .order_by(Charge.raised_at.desc(), Charge.id.desc())
    )


def totals(filters: Filters) -> dict[ChargeState, Total]:
    """What the charges come to in each state, in one query."""
    query = (
        select(Charge.state, func.count(Charge.id), func.sum(Charge.amount))
        .where(*_narrowed(filters))
        .group_by(Charge.state)
    )
    found = {state: Total(number, int(amount)) for state, number, amount in db.session.execute(query)}
    return {state: found.get(state, Total()) for state in ChargeState}


def charge_for_staff(charge_id: int) -> Charge:
    """The charge, for board staff, who see them all; 404 when there is none."""
    return row_or_404(
        select(Charge).where(Charge.id == charge_id).options(_BOOKING, joinedload(Charge.agency))
    )


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    conditions = []
    if filters.month is not None:
        conditions += [
            Charge.raised_at >= at_london(filters.month),
            Charge.raised_at < at_london(month_after(filters.month)),
        ]
    if filters.agency_id is not None:
        conditions.append(Charge.agency_id == filters.agency_id)
    if filters.state is not None:
        conditions.append(Charge.state == filters.state)
    return conditions


def agencies_with_own_rules(on: date) -> Sequence[Agency]:
    """The agencies that on this day follow their own rules, for sessions of some length."""
    found = rows(_POLICIES)
    return [
        agency
        for agency in every_agency()
        if any(
            policy is not None and policy.follows_own_rules
            for policy in (
                rules.policy_in_force(found, agency_id=agency.id, sector=agency.sector, parts=parts, on=on)
                for parts in (1, 2)
            )
        )
    ]


def attendance_of(agency_ids: Iterable[int], *, quarter: date) -> Select[Booking]:
    """The places that these agencies had on sessions of the quarter, and gave up, by agency and day.

    What the board cancelled, and who was never confirmed, is left out.
    """
    return (
        select(Booking)
        .join(Booking.membership)
        .join(Membership.agency)
        .join(Booking.training_session)
        .join(Booking.person)
        .where(*_attendance(agency_ids, quarter))
        .options(
            contains_eager(Booking.membership).contains_eager(Membership.agency),
            contains_eager(Booking.person),
            contains_eager(Booking.training_session).options(_COURSE),
        )
        .order_by(Agency.name, TrainingSession.starts_at, Person.name, Booking.id)
    )


@dataclass(frozen=True)
class Attendance:
    """What became of one agency's places in a quarter; `not_settled` are those whose register is not closed."""

    agency: str
    booked: int
    attended: int
    part_attended: int
    did_not_attend: int
    cancelled: int
    not_settled: int


def attendance_by_agency(agency_ids: Iterable[int], *, quarter: date) -> Sequence[Attendance]:
    """One line an agency that had any place, in one query."""
    kept = Booking.status == BookingStatus.CONFIRMED

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(Booking.id).filter(condition)

    query = (
        select(
            Agency.name,
            func.count(Booking.id),
            count(and_(kept, Booking.outcome == Outcome.ATTENDED)),
            count(and_(kept, Booking.outcome == Outcome.PART_ATTENDED)),
            count(and_(kept, Booking.outcome == Outcome.DID_NOT_ATTEND)),
            count(Booking.status == BookingStatus.CANCELLED_BY_DELEGATE),
            count(and_(kept, Booking.outcome.is_(None))),
        )
        .select_from(Booking)
        .join(Booking.membership)
        .join(Membership.agency)
        .join(Booking.training_session)
        .where(*_attendance(agency_ids, quarter))
        .group_by(Agency.id, Agency.name)
        .order_by(Agency.name)
    )
    return [Attendance(*line) for line in db.session.execute(query)]


def _attendance(agency_ids: Iterable[int], quarter: date) -> list[ColumnElement[bool]]:
    given_up = and_(Booking.status == BookingStatus.CANCELLED_BY_DELEGATE, Booking.confirmed_at.is_not(None))
    return [
        Membership.agency_id.in_(list(agency_ids)),
        Booking.part_id.is_(None),
        or_(Booking.status == BookingStatus.CONFIRMED, given_up),
        TrainingSession.starts_at >= at_london(quarter),
        TrainingSession.starts_at < at_london(rules.quarter_after(quarter)),
    ]


_POLICIES = select(ChargePolicy)
_COURSE = joinedload(TrainingSession.course_version).joinedload(CourseVersion.course)
_BOOKING = joinedload(Charge.booking).options(
    joinedload(Booking.person), joinedload(Booking.training_session).options(_COURSE)
)
