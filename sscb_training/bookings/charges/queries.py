"""What is known of policies, terms and charges."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select

from sscb_training.bookings.charges import rules
from sscb_training.bookings.charges.models import Charge, ChargePolicy, ChargeTerms, stands
from sscb_training.core.db import rows
from sscb_training.core.times import london_date
from sscb_training.core.working_days import working_days_before
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Membership


def terms_for(training_session: TrainingSession, membership: Membership, *, on: date) -> ChargeTerms | None:
    """What a booking made on this day would be settled at, not written anywhere; nothing without a policy."""
    policy = rules.policy_in_force(
        rows(_POLICIES),
        agency_id=membership.agency_id,
        sector=membership.agency.sector,
        parts=len(training_session.parts),
        on=on,
    )
    if policy is None:
        return None
    return ChargeTerms(
        policy_id=policy.id,
        follows_own_rules=policy.follows_own_rules,
        free_until=_free_until(policy, london_date(training_session.starts_at)),
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


def _free_until(policy: ChargePolicy, first_day: date) -> date:
    if policy.in_working_days:
        return working_days_before(first_day, policy.free_days)
    return first_day - timedelta(days=policy.free_days)


_POLICIES = select(ChargePolicy)
