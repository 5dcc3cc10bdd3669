"""What decides who can have a place, and until when an offer stands: values in, values out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from sscb_training.agencies.models import Sector

LEAST_TIME = timedelta(hours=2)
"""A same-day offer leaves at least this long to answer; one made later in the day stands until the next morning."""


class Obstacle(Enum):
    """Why the next free place is not for somebody; the value says it to staff."""

    FULL = "No place is free"
    AGENCY_HAS_ITS_SHARE = "Their agency has as many places as one agency may have"
    KEPT_FOR_OTHERS = "The free places are kept for other sectors"


@dataclass(frozen=True)
class Mix:
    """A session's places and who holds them. Without limits it is capacity alone.

    `floors` are places kept for a sector until it has taken that many. `released`: limits no longer hold. `by_part` are
    the bookings of one part alone: they take a place in it, and are in no share, having been in one with the booking
    that they complete.
    """

    capacity: int
    by_agency: Mapping[int, int] = field(default_factory=dict)
    by_sector: Mapping[Sector, int] = field(default_factory=dict)
    without_agency: int = 0
    by_part: Mapping[int, int] = field(default_factory=dict)
    most_per_agency: int | None = None
    floors: Mapping[Sector, int] = field(default_factory=dict)
    released: bool = False

    @property
    def in_all(self) -> int:
        """The bookings of all parts."""
        return sum(self.by_agency.values()) + self.without_agency

    @property
    def taken(self) -> int:
        """Places that are taken in the fullest part."""
        return self.in_all + max(self.by_part.values(), default=0)

    @property
    def free(self) -> int:
        """Places that nobody holds; 0 too when walk-ins took more than there are."""
        return max(0, self.capacity - self.taken)

    def kept(self, sector: Sector) -> int:
        """Places still kept for a sector."""
        return 0 if self.released else max(0, self.floors.get(sector, 0) - self.by_sector.get(sector, 0))

    @property
    def kept_in_all(self) -> int:
        """Of the free places, how many are kept for some sector."""
        return min(self.free, sum(self.kept(sector) for sector in self.floors))

    def obstacle(self, agency_id: int | None, sector: Sector | None) -> Obstacle | None:
        """What keeps somebody of this agency from the next place; nothing when it can be theirs."""
        if self.free == 0:
            return Obstacle.FULL
        if self.released:
            return None
        has = self.by_agency.get(agency_id, 0) if agency_id is not None else 0
        if self.most_per_agency is not None and has >= self.most_per_agency:
            return Obstacle.AGENCY_HAS_ITS_SHARE
        kept_for_others = sum(self.kept(other) for other in self.floors if other is not sector)
        return Obstacle.KEPT_FOR_OTHERS if self.free <= kept_for_others else None

    def with_one(self, agency_id: int | None, sector: Sector | None) -> "Mix":
        """The mix once somebody of this agency has a place more."""
        return Mix(
            capacity=self.capacity,
            by_agency=Counter(self.by_agency) + Counter([] if agency_id is None else [agency_id]),
            by_sector=Counter(self.by_sector) + Counter([] if sector is None else [sector]),
            without_agency=self.without_agency + (agency_id is None),
            by_part=self.by_part,
            most_per_agency=self.most_per_agency,
            floors=self.floors,
            released=self.released,
        )


def places_by_share(capacity: int, percents: Mapping[Sector, int]) -> dict[Sector, int]:
    """How many places each sector's share comes to, by the largest remainder; what is left of 100 is for anybody.

    Of equal remainders the sector named first has the place, and those for anybody come last.
    """
    parts = [*percents.items(), (None, 100 - sum(percents.values()))]
    whole = {sector: capacity * percent // 100 for sector, percent in parts}
    by_remainder = sorted(parts, key=lambda part: -(capacity * part[1] % 100))
    for sector, _percent in by_remainder[: capacity - sum(whole.values())]:
        whole[sector] += 1
    return {sector: whole[sector] for sector in percents}


def is_released(first_day: date, *, release_days: int | None, today: date) -> bool:
    """Whether the limits of the mix are over, so many days before the first day; without a number, never."""
    return release_days is not None and today >= first_day - timedelta(days=release_days)


def offer_until(
    now: datetime,
    *,
    starts_at: datetime,
    usual: datetime,
    close: datetime,
    next_morning: datetime,
    short: bool,
) -> datetime:
    """Until when an offered place stands: the usual deadline, or, close to the date, the same day.

    A short offer ends at today's `close`, or the next morning when less than two hours are left until then. No
    offer stands once the session has started.
    """
    until = (close if now + LEAST_TIME <= close else next_morning) if short else usual
    return min(until, starts_at)
