"""Who can have the next place, and until when an offer stands."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sscb_training.agencies.models import Sector
from sscb_training.bookings.places import rules
from sscb_training.bookings.places.rules import Mix, Obstacle

A, B = 1, 2


def mix(**given: object) -> Mix:
    return Mix(**{"capacity": 3, "by_agency": {A: 1}, "by_sector": {Sector.EDUCATION: 1}} | given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "obstacle"),
    [
        ({}, None),
        ({"capacity": 1}, Obstacle.FULL),
        ({"capacity": 0}, Obstacle.FULL),  # more walked in than there were places
        ({"most_per_agency": 1}, Obstacle.AGENCY_HAS_ITS_SHARE),
        ({"most_per_agency": 2}, None),
        ({"most_per_agency": 1, "released": True}, None),
        ({"floors": {Sector.POLICE: 1}}, None),
        ({"floors": {Sector.POLICE: 2}}, Obstacle.KEPT_FOR_OTHERS),
        ({"floors": {Sector.POLICE: 1, Sector.HOUSING: 1}}, Obstacle.KEPT_FOR_OTHERS),
        ({"floors": {Sector.POLICE: 2}, "released": True}, None),
        ({"floors": {Sector.EDUCATION: 3}}, None),
        ({"without_agency": 2}, Obstacle.FULL),
    ],
)
def test_the_obstacle_for_somebody_of_a_school(given: dict[str, object], obstacle: Obstacle | None) -> None:
    assert mix(**given).obstacle(A, Sector.EDUCATION) is obstacle


def test_a_place_that_a_floor_keeps_is_for_its_sector() -> None:
    kept = mix(floors={Sector.POLICE: 2})

    assert kept.obstacle(B, Sector.POLICE) is None
    assert kept.with_one(B, Sector.POLICE).obstacle(A, Sector.EDUCATION) is Obstacle.KEPT_FOR_OTHERS
    one_taken_by_police = mix(capacity=4, floors={Sector.POLICE: 2}).with_one(B, Sector.POLICE)
    assert one_taken_by_police.obstacle(A, Sector.EDUCATION) is None
    assert (one_taken_by_police.taken, one_taken_by_police.free) == (2, 2)


@pytest.mark.parametrize(
    ("capacity", "percents", "places"),
    [
        (20, {}, {}),
        (20, {Sector.HOUSING: 50, Sector.POLICE: 25}, {Sector.HOUSING: 10, Sector.POLICE: 5}),
        (10, {Sector.HOUSING: 33, Sector.POLICE: 33}, {Sector.HOUSING: 3, Sector.POLICE: 3}),
        (5, {Sector.HOUSING: 50, Sector.POLICE: 50}, {Sector.HOUSING: 3, Sector.POLICE: 2}),
        (7, {Sector.HOUSING: 45, Sector.POLICE: 55}, {Sector.HOUSING: 3, Sector.POLICE: 4}),
        (1, {Sector.HOUSING: 30, Sector.POLICE: 30}, {Sector.HOUSING: 0, Sector.POLICE: 0}),
        (0, {Sector.HOUSING: 100}, {Sector.HOUSING: 0}),
    ],
)  # fmt: skip
def test_places_by_share_are_whole_and_never_more_than_there_are(
    capacity: int, percents: dict[Sector, int], places: dict[Sector, int]
) -> None:
    found = rules.places_by_share(capacity, percents)

    assert found == places
    assert sum(found.values()) <= capacity


def test_somebody_without_an_agency_counts_for_the_total_alone() -> None:
    limited = mix(most_per_agency=1, floors={Sector.POLICE: 1})

    assert limited.obstacle(None, None) is None
    assert limited.with_one(None, None).obstacle(None, None) is Obstacle.KEPT_FOR_OTHERS


@pytest.mark.parametrize(
    ("days", "today", "released"),
    [
        (None, date(2026, 12, 1), False),
        (7, date(2026, 11, 23), False),
        (7, date(2026, 11, 24), True),
        (0, date(2026, 12, 1), True),
    ],
)
def test_is_released_so_many_days_before(days: int | None, today: date, released: bool) -> None:
    assert rules.is_released(date(2026, 12, 1), release_days=days, today=today) is released


@pytest.mark.parametrize(
    ("short", "hour", "until"),
    [
        (False, 9, "usual"),
        (True, 9, "close"),
        (True, 15, "close"),
        (True, 16, "next_morning"),
    ],
)
def test_offer_until(short: bool, hour: int, until: str) -> None:
    now = datetime(2026, 11, 23, hour, tzinfo=UTC)
    ends = {
        "usual": datetime(2026, 11, 25, 17, tzinfo=UTC),
        "close": datetime(2026, 11, 23, 17, tzinfo=UTC),
        "next_morning": datetime(2026, 11, 24, 10, tzinfo=UTC),
    }
    assert rules.offer_until(now, starts_at=now + timedelta(days=9), short=short, **ends) == ends[until]
    soon = now + timedelta(minutes=5)
    assert rules.offer_until(now, starts_at=soon, short=short, **ends) == soon
