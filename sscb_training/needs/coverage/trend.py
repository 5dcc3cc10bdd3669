"""Coverage on each of twelve days in one statement, with its own way of counting a person once a day: see `trend`."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    Date,
    Integer,
    and_,
    bindparam,
    case,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import ColumnElement

from sscb_training.needs.coverage import lines, parts
from sscb_training.needs.coverage.parts import (
    END_IS_NOT_KNOWN,
    KNOWN_BEFORE,
    NEED,
    AnyColumns,
    Condition,
)
from sscb_training.people.models import Membership

MONTHS = 12
DAYS = [bindparam(f"on_{place}", type_=Date()) for place in range(MONTHS)]
BITS = 5


def days_of(days: Sequence[date]) -> dict[str, Any]:
    """What goes into the places of the twelve days."""
    return {f"on_{place}": on for place, on in enumerate(days)}


@cache
def trend() -> AnyColumns:
    """For one need on each of twelve days, the county's figure in the columns of `county`, without who is booked.

    Counting each person once a day, day by day, would read everybody twelve times. Instead each pair of a job
    and something held is read once, and becomes a number with a digit a day: 1 on the days that both cover.
    A person's numbers are added, and people with the same sum are counted together; a day's people are those
    whose digit for it is not 0. A digit has five bits, and equal numbers are added once, so it could run over
    only for somebody with 32 pairs on one day, each from or until another month.
    """
    aim = parts.aim(one_need=True)
    line = lines.line(DAYS, aim)
    digit = union_all(
        *(
            select(day.label("on_day"), _whole(1 << BITS * place).label("one"))
            for place, day in enumerate(DAYS)
        )
    ).cte("digit")
    every = ((1 << BITS) - 1) * digit.c.one
    known = (
        select(
            line.c.agency_id,
            func.sum(case((line.c.headcount.is_not(None), every), else_=0)).cast(BigInteger).label("days"),
        )
        .join(digit, digit.c.on_day == line.c.on_day)
        .group_by(line.c.agency_id)
        .cte("known")
    )
    pair = _pairs(aim)
    person = (
        select(
            func.sum(distinct(pair.c.days.bitwise_and(known.c.days))).cast(BigInteger).label("known"),
            func.sum(distinct(pair.c.days)).cast(BigInteger).label("everywhere"),
        )
        .join(known, known.c.agency_id == pair.c.agency_id)
        .group_by(pair.c.person_id)
        .cte("person_days")
    )
    alike = (
        select(person.c.known, person.c.everywhere, func.count().label("people"))
        .group_by(person.c.known, person.c.everywhere)
        .cte("alike")
    )

    def on_the_day(sum_of_days: ColumnElement[int]) -> Any:
        covered = sum_of_days.bitwise_and(every) != 0
        return func.coalesce(func.sum(case((covered, alike.c.people), else_=0)), 0).cast(Integer)

    held = (
        select(
            digit.c.on_day,
            on_the_day(alike.c.known).label("people"),
            on_the_day(alike.c.everywhere).label("everywhere"),
        )
        .join(alike, true())
        .group_by(digit.c.on_day)
        .cte("held")
    )
    sums = lines.sums(line, "on_day")
    return (
        select(
            func.coalesce(held.c.people, 0),
            sums.c.headcount,
            literal(0),
            NEED,
            sums.c.on_day,
            func.coalesce(held.c.everywhere, 0),
            sums.c.agencies,
            sums.c.left_out,
        )
        .select_from(sums)
        .outerjoin(held, held.c.on_day == sums.c.on_day)
    )


def _pairs(aim: CTE) -> CTE:
    """Each job in the audience with each thing held beside it, and the days of the trend that both cover."""
    holding = parts.holdings(one_need=True)
    days = (
        _days_from(holding.c.since)
        .bitwise_and(_days_until(holding.c.until))
        .bitwise_and(_days_before(holding.c.ended_on))
        .bitwise_and(_days_from(Membership.valid_from))
        .bitwise_and(_days_until(Membership.valid_to, unless=END_IS_NOT_KNOWN))
    )
    in_the_year = and_(
        Membership.valid_from <= DAYS[-1],
        or_(Membership.valid_to.is_(None), Membership.valid_to >= DAYS[0], END_IS_NOT_KNOWN),
        Membership.recorded_at < KNOWN_BEFORE,
        Membership.confirmed_at.is_not(None),
    )
    query = select(holding.c.person_id, Membership.agency_id, days.label("days")).where(
        holding.c.since <= DAYS[-1], or_(holding.c.until.is_(None), holding.c.until >= DAYS[0])
    )
    return parts.in_audience(query, holding, aim, in_the_year).cte("pair")


def _days_from(begun: Any) -> ColumnElement[int]:
    """The days on and after this one, a digit each."""
    return case(
        (begun <= DAYS[0], _whole(_ones(MONTHS))),
        else_=_by_number_of_days(lambda day: day < begun, lambda n: _ones(MONTHS) - _ones(n)),
    )


def _days_until(last: Any, *, unless: Condition | None = None) -> ColumnElement[int]:
    """The days before this one and the day itself; all of them when there is no such day, or it does not hold."""
    every = or_(last.is_(None), last >= DAYS[-1])
    return case(
        (every if unless is None else or_(every, unless), _whole(_ones(MONTHS))),
        else_=_by_number_of_days(lambda day: day <= last, _ones),
    )


def _days_before(end: Any) -> ColumnElement[int]:
    """The days before this one; all of them when there is no such day."""
    return case(
        (end.is_(None), _whole(_ones(MONTHS))), else_=_by_number_of_days(lambda day: day < end, _ones)
    )


def _by_number_of_days(
    holds: Callable[[BindParameter[Any]], Condition],
    then: Callable[[int], int],
    low: int = 0,
    high: int = MONTHS,
) -> ColumnElement[int]:
    """What follows from the number of days, in order, of which this holds: found by halving."""
    if low == high:
        return _whole(then(low))
    middle = (low + high) // 2
    return case(
        (holds(DAYS[middle]), _by_number_of_days(holds, then, middle + 1, high)),
        else_=_by_number_of_days(holds, then, low, middle),
    )


def _ones(days: int) -> int:
    """A number with the digit 1 for each of the first so many days."""
    return sum(1 << BITS * place for place in range(days))


def _whole(number: int) -> ColumnElement[int]:
    return literal_column(str(number), BigInteger)
