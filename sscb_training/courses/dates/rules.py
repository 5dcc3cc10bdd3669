"""Decisions about parts and rooms, and what a date was before it changed: values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

USUAL_DECIDE_DAYS = 14


class Times(NamedTuple):
    """When a part starts and ends."""

    starts_at: datetime
    ends_at: datetime


class Room(NamedTuple):
    """What a venue is called and holds."""

    name: str
    capacity: int


class PartProblem(NamedTuple):
    """What is wrong with which part, counted from 1."""

    position: int
    sentence: str


class PartState(NamedTuple):
    """When and where a part is: at a venue, which `place` names with its address, or online."""

    name: str
    starts_at: datetime
    ends_at: datetime
    venue_id: int | None
    place: str
    online_url: str
    is_on: bool = True


class DateState(NamedTuple):
    """What people are told of a date: its parts, and its trainers by name."""

    parts: Sequence[PartState]
    trainers: Mapping[int, str]

    def to_keep(self) -> dict[str, Any]:
        """As it is kept in the database."""
        parts = [
            part._asdict() | {"starts_at": part.starts_at.isoformat(), "ends_at": part.ends_at.isoformat()}
            for part in self.parts
        ]
        return {"parts": parts, "trainers": sorted(self.trainers.items())}


def state_kept(kept: Mapping[str, Any]) -> DateState:
    """The state that was kept so."""
    parts = [
        PartState(
            **part
            | {
                "starts_at": datetime.fromisoformat(part["starts_at"]),
                "ends_at": datetime.fromisoformat(part["ends_at"]),
            }
        )
        for part in kept["parts"]
    ]
    return DateState(parts, dict(kept["trainers"]))


def problem_with_parts(parts: Sequence[Times]) -> PartProblem | None:
    """The first thing wrong with a session's parts: each ends after it starts, and none begins before the last is over."""
    if not parts:
        return PartProblem(1, "Add at least one part, with its date and times.")
    for position, part in enumerate(parts, 1):
        if part.ends_at <= part.starts_at:
            return PartProblem(position, f"Part {position} must end after it starts.")
        if position > 1 and part.starts_at < parts[position - 2].ends_at:
            return PartProblem(
                position,
                f"Part {position} must start after part {position - 1} ends. "
                "Put the parts in order, so that none overlap.",
            )
    return None


def problem_with_rooms(capacity: int, rooms: Iterable[Room]) -> str | None:
    """Why so many places do not fit into the smallest of the rooms."""
    smallest = min(rooms, key=lambda room: room.capacity, default=None)
    if smallest is None or capacity <= smallest.capacity:
        return None
    return (
        f"{smallest.name} holds {smallest.capacity} people. "
        f"Offer {smallest.capacity} places or fewer, or choose a larger venue."
    )


def decide_by(first_day: date, *, days_before: int) -> date:
    """By when it is decided whether a date with too few delegates is held."""
    return first_day - timedelta(days=days_before)


def too_short(parts: Iterable[Times], length_minutes: int) -> str | None:
    """Why the parts together, breaks and all, are too short for what a version teaches."""
    planned = sum(int((part.ends_at - part.starts_at).total_seconds()) for part in parts) // 60
    if planned >= length_minutes:
        return None
    return f"Its parts are {_hours(planned)} together, and the version takes {_hours(length_minutes)}."


def _hours(minutes: int) -> str:
    """3 hours, 2.5 hours, 50 minutes"""
    if minutes < 60:
        return f"{minutes} minutes"
    return "1 hour" if minutes == 60 else f"{round(minutes / 60, 2):g} hours"


def cautions(
    *,
    has_trainers: bool,
    has_instructions: bool,
    lacks_address: bool,
    course_is_published: bool,
    has_begun: bool,
    too_short: str | None = None,
) -> list[str]:
    """What to think of before publishing a date. None of it stands in the way: much is settled later."""
    said = {
        "This date has already begun, so nobody can book it. Trainers can still take its register.": has_begun,
        "The course is not published, so nobody can find this date. Publish the course too.": not course_is_published,
        "No trainer is put down, so only board staff can take the register.": not has_trainers,
        "A part online has no address yet. Delegates need it before the day.": lacks_address,
        "There are no joining instructions yet.": not has_instructions,
    }
    return [*(sentence for sentence, holds in said.items() if holds), *([too_short] if too_short else [])]
