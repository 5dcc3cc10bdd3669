"""Which policy applies, and story 9: who is charged for what."""

from datetime import date, timedelta

import pytest

from sscb_training.agencies.models import Sector
from sscb_training.bookings.charges import rules
from sscb_training.bookings.charges.models import ChargePolicy, ChargeTerms, Length
from sscb_training.bookings.models import BookingStatus, Outcome

DAY = date(2026, 11, 16)
TRUST, NURSERY, COUNCIL = 1, 2, 3


def policy(**given: object) -> ChargePolicy:
    usual = {"agency_id": None, "sector": None, "length": Length.ANY, "valid_from": DAY, "valid_to": None}
    return ChargePolicy(**usual | given)


EVERYBODY = policy(late_fee=2500)
SEVERAL = policy(length=Length.SEVERAL_PARTS)
ONE_PART = policy(length=Length.ONE_PART, valid_from=DAY - timedelta(days=9))
CARE = policy(sector=Sector.SOCIAL_CARE)
OWN = policy(agency_id=TRUST, follows_own_rules=True)
ENDED = policy(agency_id=NURSERY, valid_to=DAY + timedelta(days=1))
LATER = policy(valid_from=DAY + timedelta(days=5))
POLICIES = [EVERYBODY, SEVERAL, ONE_PART, CARE, OWN, ENDED, LATER]


@pytest.mark.parametrize(
    ("agency_id", "sector", "parts", "days_later", "expected"),
    [
        (9, Sector.POLICE, 2, 0, SEVERAL),
        (9, Sector.POLICE, 1, 0, ONE_PART),
        (9, Sector.SOCIAL_CARE, 2, 0, CARE),
        (TRUST, Sector.SOCIAL_CARE, 1, 0, OWN),
        (NURSERY, Sector.EARLY_YEARS, 1, 1, ENDED),
        (NURSERY, Sector.EARLY_YEARS, 1, 2, ONE_PART),
        (9, Sector.POLICE, 1, -1, ONE_PART),
        (9, Sector.POLICE, 2, -1, None),
    ],
)
def test_the_most_specific_policy_in_force_wins(
    agency_id: int, sector: Sector, parts: int, days_later: int, expected: ChargePolicy | None
) -> None:
    found = rules.policy_in_force(
        POLICIES, agency_id=agency_id, sector=sector, parts=parts, on=DAY + timedelta(days=days_later)
    )
    assert found is expected


def test_of_two_as_specific_the_later_wins() -> None:
    days = {"agency_id": 9, "sector": Sector.POLICE, "parts": 1}
    assert rules.policy_in_force([EVERYBODY, LATER], **days, on=DAY + timedelta(days=5)) is LATER  # type: ignore[arg-type]
    assert rules.policy_in_force([LATER, EVERYBODY], **days, on=DAY) is EVERYBODY  # type: ignore[arg-type]


def terms(late_fee: int = 2500, absence_fee: int = 2500, follows_own_rules: bool = False) -> ChargeTerms:
    return ChargeTerms(
        free_until=DAY, late_fee=late_fee, absence_fee=absence_fee, follows_own_rules=follows_own_rules
    )


NURSERYS, COUNCILS, TRUSTS = terms(), terms(late_fee=0), terms(follows_own_rules=True)


@pytest.mark.parametrize(
    ("agreed", "outcome", "pence"),
    [
        (NURSERYS, Outcome.DID_NOT_ATTEND, 2500),
        (COUNCILS, Outcome.DID_NOT_ATTEND, 2500),
        (TRUSTS, Outcome.DID_NOT_ATTEND, 0),
        (None, Outcome.DID_NOT_ATTEND, 0),
        (NURSERYS, Outcome.ATTENDED, 0),
        (NURSERYS, Outcome.PART_ATTENDED, 0),
        (NURSERYS, Outcome.CANCELLED_BY_BOARD, 0),
        (NURSERYS, None, 0),
    ],
)
def test_what_an_outcome_costs(agreed: ChargeTerms | None, outcome: Outcome | None, pence: int) -> None:
    assert rules.absence_fee(agreed, outcome) == pence


@pytest.mark.parametrize(
    ("agreed", "was", "days_late", "pence", "why"),
    [
        (NURSERYS, BookingStatus.CONFIRMED, 0, 0, "it was cancelled in time"),
        (NURSERYS, BookingStatus.CONFIRMED, 1, 2500, ""),
        (COUNCILS, BookingStatus.CONFIRMED, 1, 0, "cancelling is free for your agency"),
        (TRUSTS, BookingStatus.CONFIRMED, 1, 0, "your agency follows its own rules"),
        (None, BookingStatus.CONFIRMED, 1, 0, "this booking is free of charge"),
        (NURSERYS, BookingStatus.WAITLISTED, 1, 0, "the place was not confirmed"),
        (NURSERYS, BookingStatus.OFFERED, 1, 0, "the place was not confirmed"),
        (NURSERYS, BookingStatus.AWAITING_APPROVAL, 1, 0, "the place was not confirmed"),
    ],
)
def test_what_a_cancellation_costs(
    agreed: ChargeTerms | None, was: BookingStatus, days_late: int, pence: int, why: str
) -> None:
    assert rules.cancellation_fee(agreed, was=was, on=DAY + timedelta(days=days_late)) == pence
    if not pence:
        assert rules.why_nothing_follows(agreed, was=was) == why


@pytest.mark.parametrize(
    ("agreed", "days_late", "words"),
    [
        (NURSERYS, 0, "Free to cancel until 16 November 2026. After that, or if you do not come, "
                      "your agency is charged £25."),
        (NURSERYS, 1, "It is too late to cancel free of charge. If you cancel, or if you do not come, "
                      "your agency is charged £25."),
        (COUNCILS, 1, "Cancelling is free. If you do not come, your agency is charged £25."),
        (TRUSTS, 0, "Nothing is charged here: your agency follows its own rules, and gets a report of "
                    "attendance."),
        (terms(1250, 5000), 0, "Free to cancel until 16 November 2026. After that, your agency is charged "
                               "£12.50. If you do not come, your agency is charged £50."),
        (terms(2500, 0), 0, "Free to cancel until 16 November 2026. After that, your agency is charged £25. "
                            "If you do not come, nothing is charged."),
        (terms(0, 0), 0, "Nothing is charged if you cancel or do not come."),
    ],
)  # fmt: skip
def test_terms_say_what_they_mean_in_plain_words(agreed: ChargeTerms, days_late: int, words: str) -> None:
    assert agreed.words(DAY + timedelta(days=days_late)) == words


@pytest.mark.parametrize(
    ("day", "first", "after", "name"),
    [
        (date(2026, 11, 23), date(2026, 10, 1), date(2027, 1, 1), "Oct to Dec 2026"),
        (date(2026, 3, 31), date(2026, 1, 1), date(2026, 4, 1), "Jan to Mar 2026"),
        (date(2026, 4, 1), date(2026, 4, 1), date(2026, 7, 1), "Apr to Jun 2026"),
    ],
)
def test_a_quarter_begins_in_january_april_july_and_october(
    day: date, first: date, after: date, name: str
) -> None:
    assert rules.quarter_of(day) == first
    assert rules.quarter_after(first) == after
    assert rules.quarter_name(first) == name
