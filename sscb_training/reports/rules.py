"""How training dates were used, as rates that each name what they are a share of."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Use:
    """What became of the places of some training dates.

    `booked` are the places that were booked beforehand, `cancelled` those of them that the delegate gave up.
    `attended` counts everybody who came to all of it that took place, `unscheduled` those of them who came without booking.
    Dates whose register is not closed have no outcomes yet: they are `open_registers` and in no other figure.
    """

    dates: int = 0
    capacity: int = 0
    booked: int = 0
    cancelled: int = 0
    attended: int = 0
    unscheduled: int = 0
    part_attended: int = 0
    did_not_attend: int = 0
    open_registers: int = 0

    @property
    def expected(self) -> int:
        """Booked and not cancelled: who should have come."""
        return self.booked - self.cancelled

    @property
    def came_as_booked(self) -> int:
        """Those who attended and had booked: walk-ins cannot stand in for bookings."""
        return self.attended - self.unscheduled

    def __add__(self, other: Self) -> "Use":
        return Use(
            self.dates + other.dates,
            self.capacity + other.capacity,
            self.booked + other.booked,
            self.cancelled + other.cancelled,
            self.attended + other.attended,
            self.unscheduled + other.unscheduled,
            self.part_attended + other.part_attended,
            self.did_not_attend + other.did_not_attend,
            self.open_registers + other.open_registers,
        )


@dataclass(frozen=True)
class Rate:
    """A share, with both figures that it is made of."""

    part: int
    whole: int
    of: str

    @property
    def percent(self) -> str:
        """To one decimal place, half up: "93.1%"; "Not known" when there is nothing to be a share of."""
        if self.whole <= 0:
            return "Not known"
        tenths = (2000 * self.part + self.whole) // (2 * self.whole)
        return f"{tenths // 10}.{tenths % 10}%"

    @property
    def words(self) -> str:
        return f"{self.part:,} of {self.whole:,} {self.of}"


def left_out(use: Use) -> str:
    """How many dates the rates leave out because nobody closed their register; empty when none."""
    if use.open_registers == 1:
        return "1 register is still open and left out"
    return f"{use.open_registers:,} registers are still open and left out" if use.open_registers else ""


def came_as_booked(use: Use) -> Rate:
    """Who came to all of it and had booked, of those expected."""
    return Rate(use.came_as_booked, use.expected, "booked and not cancelled")


def no_show(use: Use) -> Rate:
    """Who did not come at all, of those expected. A late cancellation is not a no-show."""
    return Rate(use.did_not_attend, use.expected, "booked and not cancelled")


def seats_filled(use: Use) -> Rate:
    """Who came to all of it, with or without booking, of the places that there were."""
    return Rate(use.attended, use.capacity, "places")
