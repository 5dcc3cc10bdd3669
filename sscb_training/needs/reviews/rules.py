"""When a need is ready to review, what status its decisions leave it in, and which audits re-open it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

from sscb_training.needs.models import NeedStatus

STATEMENT = (
    "Coverage is not proof that practice changed. "
    "The board looked at the evidence of effect, and not at coverage alone."
)
LOOK_AGAIN_AFTER = timedelta(days=182)
"""After how long a need that an audit re-opened is ready to review again where its coverage stayed up throughout."""


class Decided(Protocol):
    """What the rules read of a decision."""

    @property
    def status(self) -> NeedStatus: ...
    @property
    def by_coverage(self) -> bool: ...


Row = TypeVar("Row", bound=Decided)


class Settled(Protocol):
    """What the rules read of the board's latest decision."""

    @property
    def review_on(self) -> date | None: ...
    @property
    def in_force(self) -> int: ...
    @property
    def headcount(self) -> int | None: ...
    @property
    def target_percent(self) -> int | None: ...


def status_after(decisions: Iterable[Decided]) -> NeedStatus:
    """Where these decisions, in the order of their days, leave a need.

    What coverage alone decided never moves a closed need: minutes often arrive after the day of the meeting, and the
    figure may have moved in between.
    """
    status = NeedStatus.OPEN
    for decision in decisions:
        if not (decision.by_coverage and status is NeedStatus.CLOSED):
            status = decision.status
    return status


def turns(decisions: Iterable[Row]) -> list[Row]:
    """Those of these decisions, in the order of their days, that closed the need or opened it again."""
    found: list[Row] = []
    is_closed = False
    for decision in decisions:
        if not decision.by_coverage and (decision.status is NeedStatus.CLOSED) is not is_closed:
            is_closed = not is_closed
            found.append(decision)
    return found


def is_reached(*, in_force: int, headcount: int | None, target_percent: int | None) -> bool:
    """Whether the figure is at the target: counted exactly, so that 79.6% is not yet 80%."""
    return (
        target_percent is not None and bool(headcount) and 100 * in_force >= target_percent * (headcount or 0)
    )


def is_kept_open(latest: Settled | None, *, target_percent: int | None, on: date) -> bool:
    """Whether the board looked at this very target, reached, and decided to look again only on a later day."""
    return (
        latest is not None
        and latest.review_on is not None
        and on < latest.review_on
        and latest.target_percent == target_percent
        and is_reached(
            in_force=latest.in_force, headcount=latest.headcount, target_percent=latest.target_percent
        )
    )


def moved_by_coverage(
    status: NeedStatus, *, reached: bool, kept_open: bool, was_closed: bool
) -> NeedStatus | None:
    """The status that coverage moves a need to: ready to review, or back to what it was; None where it stays.

    Coverage closes no need and re-opens none.
    """
    if status in {NeedStatus.OPEN, NeedStatus.RE_OPENED}:
        return NeedStatus.READY_TO_REVIEW if reached and not kept_open else None
    if status is NeedStatus.READY_TO_REVIEW and not reached:
        return NeedStatus.RE_OPENED if was_closed else NeedStatus.OPEN
    return None


def re_opens(*, is_re_audit: bool, month: date, closed_on: date) -> bool:
    """Whether an audit's finding re-opens a need: every re-audit's does, another audit's when it came after the closing."""
    return is_re_audit or month > closed_on


def wrong_day(decided_on: date, *, today: date, begins_on: date, not_before: date | None) -> str:
    """Why a decision cannot have been taken on this day; nothing when it can.

    One that came before the board's last decision would be overtaken as soon as it is recorded, and nobody decided
    about a need before `begins_on`, when anything behind it was found.
    """
    if decided_on > today:
        return "The date of the decision must be today or in the past."
    if not_before is not None and decided_on < not_before:
        return "The date of the decision must be the same as or after the date of the board’s last decision."
    if decided_on < begins_on:
        return (
            f"The date of the decision must be the same as or after {begins_on:%-d %B %Y}. "
            "Nothing behind this need was found before that."
        )
    return ""
