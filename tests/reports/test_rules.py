"""How training dates were used: the figures of a published report, and what they are shares of."""

import pytest

from sscb_training.reports import rules
from sscb_training.reports.rules import Rate, Use

# Leicester, Leicestershire and Rutland, 2016: the report printed 96 %, which counts walk-ins against bookings.
PUBLISHED = Use(
    dates=12, capacity=393, booked=318, cancelled=29, attended=304, unscheduled=35, did_not_attend=20
)


def test_the_golden_figures() -> None:
    assert (rules.came_as_booked(PUBLISHED).part, rules.came_as_booked(PUBLISHED).whole) == (269, 289)
    assert rules.came_as_booked(PUBLISHED).percent == "93.1%"
    assert rules.no_show(PUBLISHED).percent == "6.9%"
    assert rules.seats_filled(PUBLISHED).percent == "77.4%"


def test_every_rate_names_its_denominator() -> None:
    assert rules.no_show(PUBLISHED).words == "20 of 289 booked and not cancelled"
    assert rules.seats_filled(PUBLISHED).words == "304 of 393 places"


def test_a_share_of_nothing_is_not_known() -> None:
    for rate in (rules.came_as_booked, rules.no_show, rules.seats_filled):
        assert rate(Use()).percent == "Not known"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(1, 3, "33.3%"), (2, 3, "66.7%"), (1, 2000, "0.1%"), (5, 5, "100.0%"), (6, 5, "120.0%")],
)
def test_a_rate_is_said_to_one_decimal_place(part: int, whole: int, said: str) -> None:
    assert Rate(part, whole, "of them").percent == said


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


def test_courses_add_up() -> None:
    assert Use(24, 786, 636, 58, 608, 70, 0, 40) == PUBLISHED + PUBLISHED
