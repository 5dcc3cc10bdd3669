from datetime import date, timedelta

import pytest

from sscb_training.accreditation.models import Accreditation, FailMeans, RenewsFrom, SchemeTerms
from sscb_training.accreditation.terms import rules
from sscb_training.accreditation.terms.rules import Failed, NoRenewal, Obstacle, Renewal

DAY = date(2026, 5, 14)
EXPIRY = date(2028, 2, 29)


def _terms(**given: object) -> SchemeTerms:
    usual = {"waiting_days": 0, "late_months": 0, "renews_from": RenewsFrom.OWN_DAY}
    return SchemeTerms(**{"fail_means": FailMeans.ASSESSED_AGAIN} | usual | given)


@pytest.mark.parametrize(
    ("terms", "failed", "found"),
    [
        ({}, [Failed(DAY, True)] * 9, None),
        ({"attempts_allowed": 2}, [Failed(DAY, True)], None),
        ({"attempts_allowed": 2}, [Failed(DAY, True)] * 2, Obstacle.NO_ATTEMPT_LEFT),
        ({"attempts_allowed": 2}, [Failed(DAY, False)] * 2, None),  # another attendance gives as many again
        ({"fail_means": FailMeans.ATTENDS_AGAIN}, [Failed(DAY, True)], Obstacle.ATTENDS_AGAIN),
        ({"fail_means": FailMeans.ATTENDS_AGAIN}, [Failed(DAY, False)], None),
        ({"waiting_days": 14}, [Failed(DAY - timedelta(days=13), False)], Obstacle.TOO_EARLY),
        ({"waiting_days": 14}, [Failed(DAY - timedelta(days=14), True)], None),
        ({"waiting_days": 14}, [Failed(DAY + timedelta(days=1), True)], Obstacle.TOO_EARLY),
        ({"waiting_days": 14}, [], None),
    ],
)
def test_obstacle_says_what_keeps_from_another_attempt(
    terms: dict[str, object], failed: list[Failed], found: Obstacle | None
) -> None:
    assert rules.obstacle(_terms(**terms), failed, on=DAY) is found


def _held(until: date | None = EXPIRY, **given: object) -> Accreditation:
    return Accreditation(**{"awarded_on": date(2025, 2, 28), "expires_on": until} | given)


LATER = EXPIRY + timedelta(days=1)
OPENS = date(2027, 8, 29)
A_YEAR_LATER = date(2029, 2, 28)
OLD = {"renews_from": RenewsFrom.OLD_EXPIRY}


@pytest.mark.parametrize(
    ("terms", "held", "on", "found"),
    [
        ({}, [], EXPIRY, Renewal(None, NoRenewal.NEVER_HELD)),
        ({}, [_held()], EXPIRY, Renewal(EXPIRY)),
        ({}, [_held()], LATER, Renewal(None, NoRenewal.TOO_LATE, EXPIRY)),
        ({"late_months": 12}, [_held()], A_YEAR_LATER, Renewal(A_YEAR_LATER)),
        (
            {"late_months": 12},
            [_held()],
            A_YEAR_LATER + timedelta(days=1),
            Renewal(None, NoRenewal.TOO_LATE, EXPIRY),
        ),
        ({"window_months": 6}, [_held()], OPENS, Renewal(OPENS)),
        (
            {"window_months": 6},
            [_held()],
            OPENS - timedelta(days=1),
            Renewal(None, NoRenewal.TOO_EARLY, OPENS),
        ),
        (OLD, [_held()], OPENS, Renewal(EXPIRY)),
        (OLD | {"late_months": 12}, [_held()], LATER, Renewal(LATER)),  # nobody is given what had ended
        ({}, [_held(None)], EXPIRY, Renewal(None, NoRenewal.DOES_NOT_EXPIRE)),
        ({}, [_held(revoked_on=OPENS)], EXPIRY, Renewal(None, NoRenewal.NOT_HELD_ANY_MORE)),
        (
            {},
            [_held(), _held(awarded_on=OPENS, revoked_on=OPENS)],
            EXPIRY,
            Renewal(None, NoRenewal.NOT_HELD_ANY_MORE),
        ),
        ({}, [_held(revoked_on=DAY), _held(awarded_on=OPENS)], EXPIRY, Renewal(EXPIRY)),  # reinstated
        ({}, [_held(awarded_on=LATER)], EXPIRY, Renewal(None, NoRenewal.NEVER_HELD)),
    ],
)
def test_renewal_counts_from_a_day_or_says_why_not(
    terms: dict[str, object], held: list[Accreditation], on: date, found: Renewal
) -> None:
    assert rules.renewal(_terms(**terms), held, on=on) == found
