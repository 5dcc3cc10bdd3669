"""When a stage is open, and whom it concerns."""

from datetime import timedelta

import pytest

from sscb_training.bookings.models import BookingStatus, Outcome
from sscb_training.evaluations.models import FollowUp, Stage
from sscb_training.evaluations.rules import Numbers, Plan, concerns, window
from tests.factories import SOON

NUMBERS = Numbers(days_before=7, open_days=60, follow_up_weeks=13, manager_weeks=7)
END = SOON + timedelta(hours=3)
WITH_MANAGER = Plan(follow_up=FollowUp.WITH_MANAGER)


@pytest.mark.parametrize(
    ("stage", "plan", "opens", "closes"),
    [
        (Stage.PRE, Plan(), SOON - timedelta(days=7), SOON + timedelta(hours=1)),
        (Stage.POST, Plan(), END - timedelta(hours=1), END + timedelta(days=60)),
        (Stage.FOLLOW_UP, Plan(), END + timedelta(weeks=13), END + timedelta(weeks=13, days=60)),
        (Stage.FOLLOW_UP, WITH_MANAGER, END + timedelta(weeks=7), END + timedelta(weeks=7, days=60)),
        (Stage.MANAGER, WITH_MANAGER, END + timedelta(weeks=7), END + timedelta(weeks=7, days=60)),
        (
            Stage.FOLLOW_UP,
            Plan(follow_up_weeks=26),
            END + timedelta(weeks=26),
            END + timedelta(weeks=26, days=60),
        ),
    ],
)
def test_window_is_open_from_then_to_then(stage: Stage, plan: Plan, opens: object, closes: object) -> None:
    found = window(stage, plan, NUMBERS, starts_at=SOON, ends_at=END)

    assert found is not None
    assert (found.opens_at, found.closes_at) == (opens, closes)
    assert found.is_open(found.opens_at)
    assert not found.is_open(found.closes_at)


@pytest.mark.parametrize(
    ("stage", "plan"),
    [
        (Stage.PRE, Plan(asks_before=False)),
        (Stage.POST, Plan(asks_after=False)),
        (Stage.FOLLOW_UP, Plan(follow_up=FollowUp.NOBODY)),
        (Stage.MANAGER, Plan()),
    ],
)
def test_window_is_none_for_what_a_course_does_not_ask(stage: Stage, plan: Plan) -> None:
    assert window(stage, plan, NUMBERS, starts_at=SOON, ends_at=END) is None


def test_a_certificate_waits_only_for_what_is_asked() -> None:
    assert Plan().holds_certificate
    assert not Plan(asks_after=False).holds_certificate


@pytest.mark.parametrize(
    ("stage", "status", "outcome", "expected"),
    [
        (Stage.PRE, BookingStatus.CONFIRMED, None, True),
        (Stage.POST, BookingStatus.CONFIRMED, None, True),
        (Stage.POST, BookingStatus.CONFIRMED, Outcome.PART_ATTENDED, True),
        (Stage.POST, BookingStatus.CONFIRMED, Outcome.DID_NOT_ATTEND, False),
        (Stage.FOLLOW_UP, BookingStatus.CONFIRMED, None, False),
        (Stage.FOLLOW_UP, BookingStatus.CONFIRMED, Outcome.ATTENDED, True),
        (Stage.PRE, BookingStatus.WAITLISTED, None, False),
    ],
)
def test_concerns_who_has_a_place_and_later_who_came(
    stage: Stage, status: BookingStatus, outcome: Outcome | None, expected: bool
) -> None:
    assert concerns(stage, status, outcome) is expected
    assert not concerns(stage, status, outcome, is_of_a_part=True)
