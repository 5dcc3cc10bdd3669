"""How training dates were used: the figures of a published report, what they are shares of, and why places went."""

from datetime import date

import pytest

from sscb_training.bookings.models import CancelReason
from sscb_training.reports.use import rules
from sscb_training.reports.use.rules import By, Line, Use

# Leicester, Leicestershire and Rutland, 2016: the report printed 96 %, which counts walk-ins against bookings.
PUBLISHED = Use(
    dates=12, capacity=393, booked=318, cancelled=29, attended=304, unscheduled=35, did_not_attend=20
)


def test_the_golden_figures() -> None:
    assert rules.came_as_booked(PUBLISHED).words == "269 of 289 booked and not cancelled"
    assert rules.came_as_booked(PUBLISHED).percent == "93.1%"
    assert rules.no_show(PUBLISHED).words == "20 of 289 booked and not cancelled"
    assert rules.no_show(PUBLISHED).percent == "6.9%"
    assert rules.seats_filled(PUBLISHED).words == "304 of 393 places"
    assert rules.seats_filled(PUBLISHED).percent == "77.4%"


def test_courses_add_up() -> None:
    twice = Use(
        dates=24, capacity=786, booked=636, cancelled=58, attended=608, unscheduled=70, did_not_attend=40
    )
    assert twice == PUBLISHED + PUBLISHED


def test_months_without_a_date_are_there_too() -> None:
    used = [(date(2027, 1, 31), Use(attended=2)), (date(2026, 11, 1), Use(attended=3))]

    assert [use.attended for use in rules.by_month(used).values()] == [3, 0, 2]
    assert rules.by_month([]) == {}


@pytest.mark.parametrize(
    ("open_registers", "said"),
    [
        (0, ""),
        (1, "1 register is still open and left out"),
        (1000, "1,000 registers are still open and left out"),
    ],
)
def test_it_is_said_how_many_dates_are_left_out(open_registers: int, said: str) -> None:
    assert rules.left_out(Use(open_registers=open_registers)) == said


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", "abc"), ("-name", "cba"), ("nonsense", "abc"), ("attended", "cba"), ("-attended", "abc"),
        ("seats_filled", "bac"), ("-seats_filled", "abc"),
    ],
)  # fmt: skip
def test_lines_are_sorted_by_any_column_and_what_is_not_known_goes_last(sort: str, names: str) -> None:
    lines = [
        Line("b", Use(attended=2, capacity=9), ("b",)),
        Line("c", Use(), ("c",)),
        Line("a", Use(attended=3, capacity=9), ("a",)),
    ]
    columns = rules.columns_for(By.COURSE, total=Use(), is_narrowed=False)

    assert "".join(line.name for line in rules.in_order(lines, columns, sort=sort)) == names


def test_some_of_the_people_on_a_date_have_no_share_of_its_places() -> None:
    def keys(by: By, *, is_narrowed: bool) -> set[str]:
        return {column.key for column in rules.columns_for(by, total=PUBLISHED, is_narrowed=is_narrowed)}

    assert {"capacity", "seats_filled"} <= keys(By.DATE, is_narrowed=False)
    assert "share" in keys(By.SECTOR, is_narrowed=False)
    for found in (keys(By.COURSE, is_narrowed=True), keys(By.AGENCY, is_narrowed=True)):
        assert not found & {"capacity", "seats_filled", "share"}


def test_reasons_that_are_nobodys_business_are_counted_among_others_however_many_they_are() -> None:
    counted = {
        CancelReason.ILLNESS: 6, CancelReason.BEREAVEMENT: 1, CancelReason.CARING: 3, CancelReason.OTHER: 1, None: 4,
    }  # fmt: skip

    assert [f"{one.label} {one.rate.counted}" for one in rules.reasons(counted)] == [
        "Illness, bereavement or another reason 8 of 15", "Caring for somebody 3 of 15", "No reason given 4 of 15"
    ]  # fmt: skip
