"""What two results of an indicator, or a series of them, amount to (docs/decisions/0036)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from math import floor, sqrt
from statistics import NormalDist

FEWEST = 10
"""So many cases are in either audit, or nothing is claimed of the change between them."""

Z = NormalDist().inv_cdf(0.975)
MINUS = "−"


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The 95% interval of a share, after E. B. Wilson (1927): never outside 0 and 1, and none of width 0."""
    share, square = part / whole, Z * Z
    middle = share + square / (2 * whole)
    half = Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    low, high = (middle - half) / (1 + square / whole), (middle + half) / (1 + square / whole)
    return (0.0 if part == 0 else low), (1.0 if part == whole else high)


class Verdict(StrEnum):
    """What a re-audit saw of an indicator."""

    AREA_FOR_DEVELOPMENT = "area_for_development"
    IMPROVING = "improving"
    CONTINUED_DEVELOPMENT = "continued_development"
    CANNOT_TELL = "cannot_tell"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Seen:
    """What an audit saw: true of `numerator` out of `denominator` cases, and not to be told of `cannot_tell` more."""

    numerator: int
    denominator: int
    cannot_tell: int = 0

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval of the share; all of it where no case could be told of."""
        return wilson(self.numerator, self.denominator) if self.denominator else (0.0, 1.0)

    @property
    def in_words(self) -> str:
        """ "12 of 18 (67%)", half up: a share never stands without its cases."""
        if self.share is None:
            return "No case that could be told"
        whole = (200 * self.numerator + self.denominator) // (2 * self.denominator)
        return f"{self.numerator} of {self.denominator} ({whole}%)"

    @property
    def interval_in_words(self) -> str:
        if self.share is None:
            return "Not known"
        low, high = self.interval
        return f"{_whole(low)}% to {_whole(high)}%"


@dataclass(frozen=True)
class Change:
    """By how much the share changed, in parts of one, with Newcombe's 95% interval."""

    difference: float
    low: float
    high: float

    @property
    def spans_nought(self) -> bool:
        return self.low <= 0 <= self.high

    @property
    def in_words(self) -> str:
        return f"{_points(self.difference)} points ({_points(self.low)} to {_points(self.high)})"


@dataclass(frozen=True)
class Comparison:
    """A verdict with the change and the reason for it, in words."""

    verdict: Verdict
    change: Change | None
    why: str


def change(before: Seen, after: Seen) -> Change | None:
    """How the share changed between two independent samples (Newcombe 1998, method 10); None where one is empty."""
    if before.share is None or after.share is None:
        return None
    difference = after.share - before.share
    (before_low, before_high), (after_low, after_high) = before.interval, after.interval
    return Change(
        difference,
        difference - sqrt((after.share - after_low) ** 2 + (before_high - before.share) ** 2),
        difference + sqrt((after_high - after.share) ** 2 + (before.share - before_low) ** 2),
    )


def compare(before: Seen, after: Seen, *, higher_is_better: bool) -> Comparison:
    """What a second audit says beside a first.

    Nothing is claimed of fewer than `FEWEST` cases, of a change whose interval spans nought, or of one that would do so
    if the cases of which the auditors could not tell had come out against it.
    """
    found = change(before, after)
    fewest = min(before.denominator, after.denominator)
    if found is None or fewest < FEWEST:
        return Comparison(
            Verdict.CANNOT_TELL, found, f"Too few cases: {fewest}, and {FEWEST} are needed in each audit."
        )
    if found.spans_nought:
        return Comparison(Verdict.CANNOT_TELL, found, "The interval of the change spans nought.")
    rises = found.difference > 0
    worst = change(_all_told(before, as_true=rises), _all_told(after, as_true=not rises))
    if worst is None or worst.spans_nought or (worst.difference > 0) != rises:
        return Comparison(
            Verdict.CANNOT_TELL, found, "The cases of which the auditors could not tell might turn it."
        )
    if rises == higher_is_better:
        return Comparison(Verdict.IMPROVING, found, "Better than the audit before.")
    return Comparison(Verdict.AREA_FOR_DEVELOPMENT, found, "Worse than the audit before.")


def beyond_the_sample(seen: Seen, sample_size: int | None) -> str:
    """What to check where a result has more cases than its audit looked at.

    It may be right: they are children where the audit looked at families.
    """
    cases = seen.denominator + seen.cannot_tell
    if sample_size is None or cases <= sample_size:
        return ""
    return f"{cases:,} cases, and the audit looked at {sample_size:,}: check both."


def compare_each(seen: Sequence[Seen], *, higher_is_better: bool) -> Sequence[Comparison | None]:
    """What each of a series says beside the one before; the first says nothing.

    Improvement that goes on, and improvement that a later audit neither adds to nor takes away but that still stands
    clear of where it began, is continued development.
    """
    said: list[Comparison | None] = [None]
    began: Seen | None = None
    for before, after in pairwise(seen):
        found = compare(before, after, higher_is_better=higher_is_better)
        if found.verdict is Verdict.AREA_FOR_DEVELOPMENT:
            began = None
        elif began is None:
            began = before if found.verdict is Verdict.IMPROVING else None
        elif found.verdict is Verdict.IMPROVING:
            found = replace(
                found, verdict=Verdict.CONTINUED_DEVELOPMENT, why="Better again than the audit before."
            )
        else:
            kept = compare(began, after, higher_is_better=higher_is_better)
            if kept.verdict is Verdict.IMPROVING:
                why = "No clear change from the audit before, and still better than before it improved."
                found = replace(found, verdict=Verdict.CONTINUED_DEVELOPMENT, why=why)
        said.append(found)
    return said


def families(re_audit_of: Mapping[int, int | None]) -> dict[int, int]:
    """Each audit's first one, by their ids: those with the same first one looked again and again at the same thing."""
    first: dict[int, int] = {}
    for audit in re_audit_of:
        one, passed = audit, {audit}
        while (before := re_audit_of.get(one)) is not None and before not in passed:
            one = before
            passed.add(one)
        first[audit] = one
    return first


def _all_told(seen: Seen, *, as_true: bool) -> Seen:
    """As if the auditors had been able to tell of every case, and it had been the same of all those."""
    extra = seen.cannot_tell
    return Seen(seen.numerator + (extra if as_true else 0), seen.denominator + extra)


def _points(part: float) -> str:
    points = _whole(abs(part))
    if not points:
        return "0"
    return f"+{points}" if part > 0 else f"{MINUS}{points}"


def _whole(part: float) -> int:
    """A part of one in whole percent, half up, as every share of the service is rounded."""
    return floor(100 * part + 0.5)
