"""What a course asks for, and when each stage of it is open (docs/decisions/0025)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sscb_training.bookings.models import BookingStatus, Outcome
from sscb_training.evaluations.models import FollowUp, Stage

LOWEST, HIGHEST = 1, 5
SCALE = {1: "Not at all", 2: "A little", 3: "Fairly", 4: "Very", 5: "Completely"}
"""How confident, at every stage the same."""

AGREES = {1: "Not at all", 2: "A little", 3: "Partly", 4: "Mostly", 5: "Fully"}
"""How far somebody agrees with a statement."""

STATEMENTS = {
    "relevant": "The course was relevant to my work",
    "clear": "The trainers explained things clearly",
    "involved": "I could take part and ask questions",
    "recommends": "I would recommend the course to a colleague",
}

MOST_WEEKS = 52
"""The latest that a follow-up can be asked for."""

ON_ARRIVAL = timedelta(hours=1)
"""How long after the start the stage before stays open, and before the end the one after opens: both in the room."""


@dataclass(frozen=True)
class Plan:
    """What a course asks for; `follow_up_weeks` is empty where the board's number holds."""

    asks_before: bool = True
    asks_after: bool = True
    follow_up: FollowUp = FollowUp.DELEGATE
    follow_up_weeks: int | None = None
    certificate_waits: bool = True

    def asks(self, stage: Stage) -> bool:
        if stage is Stage.PRE:
            return self.asks_before
        if stage is Stage.POST:
            return self.asks_after
        if stage is Stage.FOLLOW_UP:
            return self.follow_up is not FollowUp.NOBODY
        return self.follow_up is FollowUp.WITH_MANAGER

    @property
    def holds_certificate(self) -> bool:
        """Whether a certificate waits for what is sent in straight after; for what is not asked nothing can wait."""
        return self.asks_after and self.certificate_waits


USUAL = Plan()


@dataclass(frozen=True)
class Numbers:
    """The board's numbers: days before a course, days to answer, and weeks until it asks again."""

    days_before: int
    open_days: int
    follow_up_weeks: int
    manager_weeks: int

    def weeks(self, plan: Plan) -> int:
        """Weeks after the course until the follow-up."""
        usual = self.manager_weeks if plan.follow_up is FollowUp.WITH_MANAGER else self.follow_up_weeks
        return plan.follow_up_weeks or usual


@dataclass(frozen=True)
class Window:
    """From when to when a stage can be sent in. `asks_at` is when the letter goes, at the earliest."""

    opens_at: datetime
    asks_at: datetime
    closes_at: datetime

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at


def window(
    stage: Stage, plan: Plan, numbers: Numbers, *, starts_at: datetime, ends_at: datetime
) -> Window | None:
    """When a stage of a booking can be sent in; None when the course does not ask for it.

    What is said before must come before: it closes an hour into the course. Late answers to the others count until the
    board's days are over.
    """
    if not plan.asks(stage):
        return None
    answered_within = timedelta(days=numbers.open_days)
    if stage is Stage.PRE:
        opens = starts_at - timedelta(days=numbers.days_before)
        return Window(opens, opens, starts_at + ON_ARRIVAL)
    if stage is Stage.POST:
        return Window(ends_at - ON_ARRIVAL, ends_at, ends_at + answered_within)
    opens = ends_at + timedelta(weeks=numbers.weeks(plan))
    return Window(opens, opens, opens + answered_within)


def concerns(
    stage: Stage, status: BookingStatus, outcome: Outcome | None, *, is_of_a_part: bool = False
) -> bool:
    """Whether a stage is for this booking's delegate: who has a place, later who came. What makes up a part has none."""
    if status is not BookingStatus.CONFIRMED or is_of_a_part:
        return False
    came = outcome in (Outcome.ATTENDED, Outcome.PART_ATTENDED)
    return came or (outcome is None and stage in (Stage.PRE, Stage.POST))


TITLES = frozenset({"dr", "mr", "mrs", "miss", "ms", "mx", "prof", "rev", "revd", "sir", "dame"})


def first_name(name: str) -> str:
    """What a page that anybody with the link can open calls somebody: "Asha" of "Dr Asha Patel"."""
    parts = [part for part in name.split() if part.rstrip(".").casefold() not in TITLES]
    return (parts or [name])[0]
