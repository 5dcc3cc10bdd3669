"""What corrects the ledger, says what days earn, and uses the places."""

from datetime import date, datetime, timedelta
from functools import partial

from sscb_training.agencies.models import Agency
from sscb_training.bookings.charges.models import Charge
from sscb_training.bookings.charges.service import waive
from sscb_training.core import history
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, lock, only_if_free
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date, plain_date
from sscb_training.courses.models import Trainer
from sscb_training.people.models import Person
from sscb_training.trainers import queries, rules
from sscb_training.trainers.models import EarnedPlace, EarningRule, LedgerCorrection

SENT_AGAIN = timedelta(minutes=1)
"""The same correction by the same person within this time is a form that was sent twice."""

EARNED = "A free place that the agency earned by trainer days"


class LedgerRefused(Refused):
    """Something that the ledger does not allow."""


class TooMuchTaken(LedgerRefused):
    """A correction that would leave an agency with less than nothing lent."""


def correct_ledger(
    agency: Agency,
    *,
    trainer: Trainer | None,
    on: date,
    half_days: int,
    reason: str,
    by: Person | None,
    now: datetime,
) -> LedgerCorrection:
    """Count an agency half days more or less on a day, for a reason that stays with it.

    The same form sent twice corrects once, and nobody lends less than nothing in a year of account.
    """
    lock(agency)
    if on > london_date(now):
        raise LedgerRefused("The day must be today or in the past.")
    if last := queries.last_correction(agency):
        was = (last.trainer, last.on, last.half_days, last.reason, last.recorded_by_id)
        if was == (trainer, on, half_days, reason, by and by.id) and now - last.recorded_at < SENT_AGAIN:
            return last
    lent = _half_days_in_year_of(agency, on, now)
    if half_days < 0 and lent + half_days < 0:
        raise TooMuchTaken(
            f"{agency.name} lent {rules.in_words(max(lent, 0))} in that year of account. Enter no more than that"
        )
    correction = LedgerCorrection(
        agency=agency,
        trainer=trainer,
        on=on,
        half_days=half_days,
        reason=reason,
        recorded_at=now,
        recorded_by_id=by.id if by else None,
    )
    db.session.add(correction)
    history.record(
        "corrected the ledger",
        correction,
        by=by,
        at=now,
        agency=agency.name,
        on=on,
        days=rules.in_words(half_days),
        reason=reason,
    )
    return correction


def set_earning_rule(
    *, valid_from: date, places_per_day: int, by: Person | None, now: datetime
) -> EarningRule:
    """Say how many free places a trainer day earns from a day on. The rule that begins on that day is replaced."""
    rule = queries.rule_from(valid_from)
    if rule is not None:
        lock(rule)
        changes = history.amend(rule, places_per_day=places_per_day)
        if changes:
            history.record("changed", rule, by=by, at=now, **changes)
        return rule
    with only_if_free(partial(_refuse_a_second, valid_from)):
        rule = EarningRule(valid_from=valid_from, places_per_day=places_per_day)
        db.session.add(rule)
    history.record("added", rule, by=by, at=now, valid_from=valid_from, places_per_day=places_per_day)
    return rule


def use_place(charge: Charge, *, by: Person, now: datetime) -> EarnedPlace:
    """Let a charge go for one of the free places that its agency has left this year of account.

    The agency's row is held, so that two members of staff do not use the same place.
    """
    lock(charge.agency)
    today = london_date(now)
    year = rules.account_year(today, first_month=board_numbers().account_year_month)
    if queries.free_places(year, now=now).get(charge.agency_id, queries.Places()).left < 1:
        raise LedgerRefused(
            f"{charge.agency.name} has no free place left in the year of account until {plain_date(year.end)}."
        )
    waive(charge, reason=EARNED, by=by, now=now)
    place = queries.place_for(charge)
    if place is None:
        place = EarnedPlace(charge=charge, agency_id=charge.agency_id)
        db.session.add(place)
    place.used_on, place.used_at = today, now
    db.session.flush()
    history.record("used an earned place", place, by=by, at=now, agency=charge.agency.name)
    return place


def _half_days_in_year_of(agency: Agency, day: date, now: datetime) -> int:
    year = rules.account_year(day, first_month=board_numbers().account_year_month)
    found = queries.accounts(year, year=year, now=now)
    return sum(account.half_days for account in found if account.agency_id == agency.id)


def _refuse_a_second(valid_from: date) -> None:
    if queries.rule_from(valid_from) is not None:
        raise LedgerRefused(f"There is a rule from {plain_date(valid_from)} already. Open the page again.")
