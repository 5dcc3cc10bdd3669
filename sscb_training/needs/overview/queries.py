"""The list of needs, each with how far the county has come and whether it waits for its course."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sscb_training.needs.coverage.queries import CountyCoverage, percent_of_every_need
from sscb_training.needs.coverage.rules import month_ends_before
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.needs.queries import needs_in_order, waiting


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to, and what it is sorted by; `owner` "" is one that nobody owns."""

    status: NeedStatus | None = None
    owner: str | None = None
    waits: bool = False
    below_target: bool = False
    sort: str = "code"


@dataclass(frozen=True)
class Line:
    """A need with its percentages a year ago and half a year ago, and its figure today, all as known today.

    It `is_new` when it did not exist a year ago.
    """

    need: TrainingNeed
    earlier: Sequence[int | None]
    figure: CountyCoverage
    waits: bool
    is_new: bool

    @property
    def change(self) -> int | None:
        """By how many percentage points coverage has risen in a year; unknown where either is."""
        before, now = self.earlier[0], self.figure.percent
        return None if before is None or now is None else now - before

    @property
    def is_below_target(self) -> bool:
        target, percent = self.need.target_percent, self.figure.percent
        return target is not None and percent is not None and percent < target


def lines(filters: Filters, figures: dict[int, CountyCoverage], *, on: date) -> Sequence[Line]:
    """The needs that the filters ask for, in their order; what is not known comes last, whichever way it is sorted."""
    days = [month_ends_before(on)[0], month_ends_before(on)[6]]
    earlier = [percent_of_every_need(as_at=day, known_on=on) for day in days]
    held = waiting(as_at=on, known_on=on)
    found = [
        Line(
            need,
            [
                percents.get(need.id) if need.existed_on(day) else None
                for day, percents in zip(days, earlier, strict=True)
            ],
            figures.get(need.id) or CountyCoverage.nobody(need, on),
            need.id in held,
            not need.existed_on(days[0]),
        )
        for need in needs_in_order()
    ]
    return _sorted([line for line in found if _is_asked_for(line, filters)], filters.sort)


def owners(needs: Sequence[TrainingNeed]) -> Sequence[str]:
    """Everybody who owns one of these, by name."""
    return sorted({need.owner for need in needs if need.owner})


def _is_asked_for(line: Line, filters: Filters) -> bool:
    return (
        filters.status in (None, line.need.status)
        and filters.owner in (None, line.need.owner)
        and (line.waits or not filters.waits)
        and (line.is_below_target or not filters.below_target)
    )


SORTS: dict[str, Callable[[Line], int | str | date | None]] = {
    "code": lambda line: "",
    "status": lambda line: list(NeedStatus).index(line.need.status),
    "coverage": lambda line: line.figure.percent,
    "gap": lambda line: line.figure.gap,
    "target": lambda line: line.need.target_date,
    "owner": lambda line: line.need.owner or None,
}


def _sorted(found: Sequence[Line], sort: str) -> Sequence[Line]:
    key, backwards = SORTS[sort.removeprefix("-")], sort.startswith("-")
    if sort == "-code":
        return found[::-1]
    known = [line for line in found if key(line) is not None]
    known.sort(key=key, reverse=backwards)  # type: ignore[arg-type]
    return [*known, *(line for line in found if key(line) is None)]
