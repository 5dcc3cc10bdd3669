"""Days as people type them, and a date's parts on another day."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sscb_training.core.times import at_london, is_skipped, local
from sscb_training.courses.copies.rules import DaysTyped, Sitting, days_typed, on_another_day

DAY = date(2027, 3, 27)


@pytest.mark.parametrize(
    "line",
    [
        "27 3 2027", "27/3/2027", "27.03.2027", "27-3-2027", "27 March 2027", "27th mar 2027", "Sat 27 March 2027",
        "Saturday, 27 march, 2027", "2027-03-27", "  27  MARCH 2027 ",
    ],
)  # fmt: skip
def test_days_typed_reads_what_people_write(line: str) -> None:
    assert days_typed(line) == DaysTyped([DAY], [])


def test_days_typed_are_in_order_and_each_once_and_what_is_no_day_is_named() -> None:
    typed = days_typed(
        "3/4/2027\n\n27 3 2027\n27 March 2027\n31 6 2027\n27 3 27\n27 ma 2027\nsoon\n٢٧ 3 2027\n31/12/9999"
    )
    assert typed.days == [DAY, date(2027, 4, 3)]
    assert typed.unread == ["31 6 2027", "27 3 27", "27 ma 2027", "soon", "٢٧ 3 2027", "31/12/9999"]


days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0, fold=0))


@given(days, st.lists(st.tuples(st.integers(0, 60), clocks, clocks), min_size=1, max_size=4), days)
def test_a_copy_keeps_the_clock_and_the_days_between(
    first: date, apart: list[tuple[int, time, time]], wanted: date
) -> None:
    """On either side of a clock change, which moves the moments and not what the clock on the wall shows."""
    sittings = [
        Sitting(day := first + timedelta(days=days), starts, day, ends)
        for days, starts, ends in [(0, *apart[0][1:]), *apart[1:]]
    ]
    for was, copy in zip(sittings, on_another_day(sittings, wanted), strict=True):
        assert copy.day - wanted == was.day - first
        if not is_skipped(copy.day, copy.starts):
            shown = local(at_london(copy.day, copy.starts))
            assert (shown.date(), shown.time()) == (copy.day, was.starts)
