"""What settles terms, and raises, waives, excuses and withdraws charges. Nothing here takes a payment."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sscb_training.bookings.charges import queries, rules
from sscb_training.bookings.charges.models import Charge, ChargeKind, ChargePolicy, ChargeState
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.bookings.service import addresses_for
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.money import pounds
from sscb_training.core.times import london_date, plain_date
from sscb_training.people.models import Person
from sscb_training.people.queries import leads_of


class ChargeRefused(Refused):
    """A charge or a policy that cannot be changed so."""


class SecondRule(ChargeRefused):
    """A rule beside one that is for the same agencies, sessions and days."""


def settle_terms(booking: Booking, *, now: datetime) -> None:
    """Copy the terms in force onto a booking that is being made; none without a policy."""
    if booking.membership is not None:
        booking.charge_terms = queries.terms_for(
            booking.training_session, booking.membership.agency, on=london_date(now)
        )


def settle_terms_anew(booking: Booking, *, now: datetime) -> None:
    """Copy the terms in force for another agency onto a booking that is carried over to it."""
    if booking.charge_terms is not None:
        db.session.delete(booking.charge_terms)
        db.session.flush()
        db.session.expire(booking, ["charge_terms"])
    settle_terms(booking, now=now)


def charge_cancellation(
    booking: Booking, *, was: BookingStatus, by: Person | None, now: datetime
) -> Charge | None:
    """Charge the delegate's own late cancellation of a confirmed place; nothing when it was free."""
    terms, on = booking.charge_terms, london_date(now)
    amount = rules.cancellation_fee(terms, was=was, on=on, lost_a_part=booking.lost_a_part)
    if terms is None or not amount:
        return None
    why = f"Cancelled on {plain_date(on)}, after {plain_date(terms.free_until)}."
    return _raise(booking, ChargeKind.LATE_CANCELLATION, amount, why, by=by, now=now)


def settle_absences(bookings: Sequence[Booking], *, by: Person | None, now: datetime) -> None:
    """Charge who did not attend, once, and withdraw the charge of who did after all, when a register closes.

    A walk-in has no terms, so nothing can follow for them.
    """
    ids = [booking.id for booking in bookings]
    terms, standing = queries.terms_of(ids), queries.standing_charges(ids)
    for booking in bookings:
        amount = rules.absence_fee(terms.get(booking.id), booking.outcome)
        charge = standing.get(booking.id)
        if charge is not None and booking.outcome is not Outcome.DID_NOT_ATTEND:
            _decide(charge, ChargeState.WITHDRAWN, "The register was corrected", by=by, now=now)
        elif charge is None and amount:
            why = f"Did not attend on {plain_date(booking.training_session.starts_at)}."
            _raise(booking, ChargeKind.DID_NOT_ATTEND, amount, why, by=by, now=now)


def waive(charge: Charge, *, reason: str, by: Person, now: datetime) -> None:
    """Let a charge go, for a reason that stays with it."""
    _refuse_unless_due(charge)
    _decide(charge, ChargeState.WAIVED, reason, by=by, now=now)


def excuse(charge: Charge, *, confirmed_by: str, by: Person, now: datetime) -> None:
    """Excuse a charge because the manager has confirmed an illness; the outcome, and every rate, stay as they are."""
    _refuse_unless_due(charge)
    _decide(charge, ChargeState.EXCUSED, f"Confirmed by {confirmed_by}", by=by, now=now)


def take_back(charge: Charge, *, by: Person, now: datetime) -> None:
    """Charge after all what was waived or excused."""
    lock(charge)
    if not charge.is_forgiven:
        raise ChargeRefused(f"This charge is {charge.state.label.lower()}, so there is nothing to take back.")
    _decide(charge, ChargeState.DUE, "", by=by, now=now)


def add_policy(*, by: Person | None, now: datetime, **values: Any) -> ChargePolicy:
    """Make a rule. It settles the terms of bookings made while it is in force."""
    _refuse_an_end_before_the_start(**values)
    policy = ChargePolicy(**values)
    _refuse_a_second(policy)
    db.session.add(policy)
    history.record("added", policy, by=by, at=now, whose=policy.whose, **_as_told(values))
    return policy


def change_policy(policy: ChargePolicy, *, by: Person | None, now: datetime, **values: Any) -> None:
    """Change a rule, or end it by its last day. Bookings that were made keep their terms."""
    _refuse_an_end_before_the_start(**values)
    lock(policy)
    whose = policy.whose
    changes = history.amend(policy, **values)
    if changes:
        _refuse_a_second(policy)
        db.session.flush()
        db.session.refresh(policy)
        history.record("changed", policy, by=by, at=now, whose=[whose, policy.whose], **_as_told(changes))


def _raise(
    booking: Booking, kind: ChargeKind, amount: int, why: str, *, by: Person | None, now: datetime
) -> Charge:
    role = booking.membership
    if role is None:
        raise ChargeRefused("Nobody can be charged for a booking without an agency.")
    charge = Charge(
        booking=booking,
        agency_id=role.agency_id,
        kind=kind,
        amount=amount,
        why=why,
        raised_at=now,
        state=ChargeState.DUE,
    )
    db.session.add(charge)
    history.record("raised", charge, by=by, at=now, kind=kind, amount=pounds(amount), why=why)
    _tell("bookings/charge_raised", charge, now=now)
    return charge


def _tell(template: str, charge: Charge, *, now: datetime) -> None:
    """Write to the delegate and to whoever answers for the agency: its leads, or else the manager.

    Never why a charge ended: that may be an illness.
    """
    booking = charge.booking
    leads = [lead for lead in leads_of(charge.agency_id) if lead.email]
    role = booking.membership
    readers = {lead.email or "": lead.name for lead in leads}
    for address in addresses_for(booking):  # of somebody without an address they are the leads'
        readers.setdefault(address, booking.person.name)
    if not leads and role is not None and role.manager_email:
        readers = {role.manager_email: role.manager_name or "manager"} | readers
    for address, reader in readers.items():
        mail.queue(
            template, to=address, at=now, booking=booking, charge=charge, agency=charge.agency, reader=reader
        )


def _decide(charge: Charge, state: ChargeState, reason: str, *, by: Person | None, now: datetime) -> None:
    before = charge.state
    charge.state, charge.reason = state, reason
    charge.decided_at, charge.decided_by_id = now, by.id if by else None
    verb = "taken back" if state is ChargeState.DUE else state.value
    history.record(verb, charge, by=by, at=now, state=[before, state], reason=reason)
    _tell("bookings/charge_raised" if charge.is_due else "bookings/charge_ended", charge, now=now)


def _refuse_an_end_before_the_start(*, valid_from: date, valid_to: date | None = None, **_: Any) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise ChargeRefused("The last day must be the same as or after the first day.")


def _refuse_a_second(policy: ChargePolicy) -> None:
    """Of two rules for the same that begin on the same day nobody could say which holds."""
    if queries.has_a_twin(policy):
        raise SecondRule(
            "There is a rule for the same agencies and sessions from this day already. Change that one, "
            "or enter another first day"
        )


def _as_told(values: dict[str, Any]) -> dict[str, Any]:
    """Values of a policy for the history: fees in pounds, and not whose it is, which is told by name."""
    told = {name: value for name, value in values.items() if name not in ("agency_id", "sector")}
    for fee in ("late_fee", "absence_fee"):
        if fee in told:
            told[fee] = (
                [pounds(one) for one in told[fee]] if isinstance(told[fee], list) else pounds(told[fee])
            )
    return told


def _refuse_unless_due(charge: Charge) -> None:
    lock(charge)
    if not charge.is_due:
        raise ChargeRefused(f"This charge is {charge.state.label.lower()} already. Nothing was changed.")
