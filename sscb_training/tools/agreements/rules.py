"""How an agency's agreements stand, taken together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=90)
A_DAY = timedelta(days=1)


class AgreementState(StrEnum):
    """How an agency stands on a day. Who has signed nothing and has nobody accredited is not asked."""

    MISSING = "missing"
    LAPSED = "lapsed"
    TO_COME = "to_come"
    LAPSING = "lapsing"
    IN_FORCE = "in_force"

    @property
    def label(self) -> str:
        return {"lapsing": "Lapses within 90 days", "missing": "None"}.get(
            self.value, self.value.replace("_", " ").capitalize()
        )

    @property
    def holds(self) -> bool:
        return self in (AgreementState.LAPSING, AgreementState.IN_FORCE)


@dataclass(frozen=True)
class Stands:
    """How an agency stands, and the last day of what it has; the first one when that is still to come."""

    state: AgreementState
    day: date | None = None


def stands(spans: Iterable[tuple[date, date | None]], *, on: date) -> Stands:
    """How agreements that hold from … until … stand on a day.

    One that begins on the day after another ends, or before, carries it on: then nothing lapses.
    """
    begun: list[tuple[date, date | None]] = []
    to_come: list[tuple[date, date | None]] = []
    for span in sorted(spans, key=lambda span: span[0]):
        (begun if span[0] <= on else to_come).append(span)
    if any(until is None for _, until in begun):
        return Stands(AgreementState.IN_FORCE)
    last = max((until for _, until in begun if until is not None), default=None)
    if last is None or last < on:
        if to_come:
            return Stands(AgreementState.TO_COME, to_come[0][0])
        return Stands(AgreementState.LAPSED, last) if last else Stands(AgreementState.MISSING)
    for begins, until in to_come:
        if begins > last + A_DAY:
            break
        if until is None:
            return Stands(AgreementState.IN_FORCE)
        last = max(last, until)
    return Stands(AgreementState.LAPSING if last <= on + SOON else AgreementState.IN_FORCE, last)
