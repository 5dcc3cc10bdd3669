"""Where a session stands, when one to come is so thin that somebody must act, and who has which share of it."""

from calendar import Calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sscb_training.bookings.places.rules import Mix
from sscb_training.bookings.rules import NEARLY_EMPTY

SOON = timedelta(days=14)


class State(StrEnum):
    """Where a session stands, as its list says: published until its register is closed."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return self.value.capitalize()


def is_nearly_empty(starts_at: datetime, *, capacity: int, taken: int, now: datetime) -> bool:
    """Whether a published session starts soon and hardly anybody has booked it; `needs_attention` asks the same in SQL."""
    return now < starts_at <= now + SOON and taken * NEARLY_EMPTY < capacity


def is_short(*, fewest: int | None, taken: int) -> bool:
    """Whether a session has fewer delegates than it needs."""
    return fewest is not None and taken < fewest


def is_at_risk(*, fewest: int | None, decide_by: date | None, taken: int, today: date) -> bool:
    """Whether that has to be decided within two weeks, or should have been; `at_risk` asks the same in SQL."""
    return decide_by is not None and is_short(fewest=fewest, taken=taken) and decide_by <= today + SOON


class Share(NamedTuple):
    """How many places a sector or an agency holds.

    `mark` is what was set: the places kept for the sector, or the most that the agency may have. `kept` are those of
    the sector that nobody holds yet.
    """

    name: str
    held: int
    mark: int | None = None
    kept: int = 0


def shares_of_sectors(mix: Mix) -> Sequence[Share]:
    """Each sector that holds a place or for which some are kept, the most first."""
    return _most_first(
        Share(sector.label, mix.by_sector.get(sector, 0), mark=mix.floors.get(sector), kept=mix.kept(sector))
        for sector in {*mix.by_sector, *mix.floors}
    )


def shares_of_agencies(mix: Mix, names: Mapping[int, str]) -> Sequence[Share]:
    """Each agency that holds a place, the most first."""
    shares = [Share(names[key], held, mark=mix.most_per_agency) for key, held in mix.by_agency.items()]
    unknown = [Share("Agency not known", mix.without_agency)] if mix.without_agency else []
    return _most_first([*shares, *unknown])


def _most_first(shares: Iterable[Share]) -> Sequence[Share]:
    return sorted(shares, key=lambda share: (-share.held, share.name))


def weeks_of(month: date) -> Sequence[Sequence[date]]:
    """The weeks, Monday to Sunday, that a month touches, whole."""
    return Calendar().monthdatescalendar(month.year, month.month)
