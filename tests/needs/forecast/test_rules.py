"""The forecast's arithmetic: by hand, as properties of any plan, and against a future that is thrown with dice."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sscb_training.case_audits.indicators.rules import wilson
from sscb_training.needs.forecast import rules
from sscb_training.needs.forecast.estimates.rules import ENOUGH, Pace, Share, Source
from sscb_training.needs.forecast.rules import AgencyShare, Coming, Inputs, Known, Lapses, When

pytestmark = pytest.mark.one_database

AS_AT = date(2026, 1, 10)
YEAR_END = date(2026, 12, 31)


def chosen(percent: int) -> Share:
    return Share(0, 0, 50, percent)


CERTAIN = Inputs(chosen(50), chosen(100), chosen(0), chosen(100), chosen(100), capacity=10)
"""Half renew; every place is filled by somebody of the audience, who comes and passes."""


def test_months_begin_with_this_one_and_are_two_years() -> None:
    found = rules.months(date(2026, 12, 31))

    assert (found[0], found[1], found[-1]) == (date(2026, 12, 1), date(2027, 1, 1), date(2028, 11, 1))
    later = (date(2028, 12, 1), Lapses(1))
    assert rules.total([some for _, some in rules.by_month([later], on=date(2026, 12, 31))]) == Lapses()


@pytest.mark.parametrize(
    ("to_book", "part", "whole", "places"),
    [(10, 0, 0, 10), (0, 1, 10, 0), (9, 1, 10, 10), (10, 1, 10, 12), (10, 0, 50, 10), (10, 5, 5, 10)],
)
def test_places_needed_allow_for_those_who_stay_away(
    to_book: int, part: int, whole: int, places: int
) -> None:
    assert rules.places_needed(to_book, stay_away=part, of=whole) == places


@pytest.mark.parametrize(
    ("share", "source", "percent", "low", "high"),
    [
        (Share(61, 84, 50), Source.COUNTED, 73, 62, 82),
        (Share(0, 20, 50), Source.COUNTED, 0, 0, 17),
        (Share(20, 20, 50), Source.COUNTED, 100, 83, 100),
        (Share(19, 19, 50), Source.ASSUMED, 50, 23, 77),
        (Share(61, 84, 50, 10), Source.CHOSEN, 10, 10, 10),
    ],
)
def test_a_share_is_counted_assumed_or_chosen(
    share: Share, source: Source, percent: int, low: int, high: int
) -> None:
    assert (share.source, share.percent, share.low, share.high) == (source, percent, low, high)


def test_wilson_is_as_published() -> None:
    low, high = wilson(15, 148)  # Newcombe 1998, table I, method 3: 0.0624 to 0.1605 for 15 of 148

    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)


@pytest.mark.parametrize(("people", "low", "high"), [(0, 0.0, 3.7), (10, 4.8, 18.4), (100, 81.4, 121.6)])
def test_a_pace_lies_within_the_interval_of_a_poisson_count(people: int, low: float, high: float) -> None:
    pace = Pace(people, months=1)

    assert pace.low == pytest.approx(low, abs=0.06)
    assert pace.high == pytest.approx(high, abs=0.06)
    assert pace.is_told == (people >= ENOUGH)


def test_a_plan_by_hand() -> None:
    """60 of 100; 20 run out, of whom half renew: 50. 5 are booked: 55. 80 are wanted: 25 to reach, 5 places are left,
    20 more need two sessions of 10."""
    known = Known(
        AS_AT,
        in_force=60,
        headcount=100,
        target_percent=80,
        target_date=YEAR_END,
        ends=[(date(2026, 3, 31), Lapses(12)), (date(2026, 4, 30), Lapses(8)), (YEAR_END, Lapses(7))],
        coming=[Coming(date(2026, 5, 5), capacity=20, left=5), Coming(date(2026, 5, 5), booked=5)],
        pace=Pace(60),
    )
    plan = rules.plan(known, CERTAIN)

    assert (plan.until, plan.is_for_the_target_date, plan.required) == (YEAR_END, True, 80)
    assert (plan.lapse, plan.booked, plan.left, plan.dates) == (20, 5, 5, 1)
    assert (plan.to_reach, plan.places, plan.needed, plan.sessions) == (25, 25, 2, 2)
    assert (plan.as_planned.expected, plan.with_sessions.expected) == (60, 80)
    assert plan.with_sessions.low == 75  # only renewing is uncertain: 1.96 × √5
    assert plan.with_sessions.high == 85
    assert plan.surely == 3
    assert [(one.sessions, one.point.percent) for one in plan.options] == [
        (0, 60),
        (1, 70),
        (2, 80),
        (4, 100),
    ]
    assert [point.expected for point in plan.points[:5]] == [60, 70, 70, 64, 70]
    months = plan.by_month
    assert [(month.lapse, month.renewed) for month in months[2:4]] == [(12, 6), (8, 4)]
    assert (months[4].dates, months[4].left, months[4].booked) == (1, 5, 5)
    assert sum(month.reach for month in months) == sum(month.places for month in months) == 25
    assert [month.sessions for month in months] == [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert plan.outlook == rules.Outlook(When.BY, date(2026, 7, 31), date(2026, 6, 30), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("in_force", "lapse", "people", "when"),
    [
        (80, 0, 0, When.MET),
        (79, 0, 10, When.NOT_BEFORE),
        (60, 0, 0, When.NOT_IN_SIGHT),
        (60, 50, 0, When.NEVER),
    ],
)
def test_the_outlook_names_no_month_from_too_few_people(
    in_force: int, lapse: int, people: int, when: When
) -> None:
    known = Known(
        AS_AT, in_force, 100, 80, YEAR_END, ends=[(date(2026, 3, 1), Lapses(lapse))], pace=Pace(people)
    )
    outlook = rules.plan(known, CERTAIN).outlook

    assert outlook is not None
    assert outlook.when is when
    assert outlook.expected is None


@pytest.mark.parametrize(
    ("target_date", "until"),
    [
        (None, date(2027, 1, 31)),
        (AS_AT, date(2027, 1, 31)),
        (date(2026, 1, 11), date(2026, 1, 11)),
        (date(2030, 1, 1), date(2027, 12, 31)),
    ],
)
def test_a_plan_reaches_a_day_within_the_forecast(target_date: date | None, until: date) -> None:
    plan = rules.plan(Known(AS_AT, 1, 10, 50, target_date), CERTAIN)

    assert plan.until == until
    assert plan.is_for_the_target_date == (target_date == until)
    assert sum(month.sessions for month in plan.by_month) == plan.sessions == 1


def test_without_a_target_nothing_is_required() -> None:
    plan = rules.plan(Known(AS_AT, 1, 10), CERTAIN, sessions=1)

    assert (plan.required, plan.needed, plan.to_reach, plan.outlook) == (None, None, 0, None)
    assert plan.with_sessions.expected == 10  # a session of 10, and 9 people are left


def test_a_place_that_brings_nobody_needs_more_than_any_number() -> None:
    plan = rules.plan(Known(AS_AT, 1, 10, 100, YEAR_END), replace(CERTAIN, passed=Share(0, 0, 90, 0)))

    assert (plan.needed, plan.surely, plan.places, plan.sessions) == (None, None, None, 0)


def test_the_mix_gives_places_to_agencies_by_their_gap() -> None:
    lines = [("Police", 10, 3), ("Schools", 20, 0), ("Health", 5, 5), ("Done", 0, 2)]

    assert rules.mix(lines, places=10) == [
        AgencyShare("Schools", 20, 0, 7),
        AgencyShare("Police", 10, 3, 3),
        AgencyShare("Health", 5, 5, 0),
    ]
    assert rules.mix([("Done", 0, 0)], places=3) == []


shares = st.builds(
    Share,
    part=st.integers(0, 50),
    whole=st.integers(50, 90) | st.just(0),
    assumed=st.integers(0, 100),
    chosen=st.none() | st.integers(0, 100),
)
inputs = st.builds(Inputs, shares, shares, shares, shares, shares, capacity=st.integers(1, 30))
days = st.dates(AS_AT, date(2028, 12, 31))
plans = st.builds(
    Known,
    as_at=st.just(AS_AT),
    in_force=st.integers(100, 300),
    headcount=st.integers(1, 400),
    target_percent=st.integers(1, 100),
    target_date=st.none() | days,
    ends=st.lists(st.tuples(days, st.builds(Lapses, st.integers(0, 25))), max_size=4),
    coming=st.lists(
        st.builds(Coming, days, st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)), max_size=4
    ),
)


@settings(max_examples=40)
@given(plans, inputs, st.integers(0, 12))
def test_a_plan_never_promises_more_than_places_and_never_less_for_a_session_more(
    known: Known, reckoned: Inputs, sessions: int
) -> None:
    plan = rules.plan(known, reckoned, sessions=sessions)
    more = rules.plan(known, reckoned, sessions=sessions + 1)
    stays = known.in_force - plan.lapse
    with_all = stays + plan.lapse + plan.booked + plan.left + sessions * reckoned.capacity
    point = plan.with_sessions

    assert stays <= point.low <= point.expected <= point.high
    assert point.high <= min(with_all, max(known.headcount, known.in_force))
    for before, after in [
        *zip(plan.points[::5], more.points[::5], strict=True),
        (point, more.with_sessions),
    ]:
        assert before.low <= after.low
        assert before.expected <= after.expected
        assert before.high <= after.high
    if plan.needed is not None:
        assert plan.required is not None
        assert plan.at(plan.until, plan.needed).expected >= plan.required
        assert plan.surely is None or plan.surely >= plan.needed
    months = plan.by_month
    assert sum(month.sessions for month in months) == sessions
    assert sum(month.reach for month in months) == plan.to_reach
    assert sum(month.places for month in months) == (plan.places or 0)


@pytest.mark.parametrize("counted", [20, 200])
def test_the_interval_holds_what_comes_of_it_as_often_as_it_says(counted: int) -> None:
    """Shares that nobody knows, a past that shows them to so many people, and a future: 95 in 100 lie within."""
    dice, within, trials = Random(20260110), 0, 300

    def of(number: int, chance: float) -> int:
        return sum(dice.random() < chance for _ in range(number))

    for _ in range(trials):
        truly = [dice.betavariate(3, 2) for _ in range(5)]
        renewed, filled, no_show, of_audience, passed = truly
        seen = [Share(of(counted, share), counted, 50) for share in truly]
        reckoned = Inputs(seen[0], seen[1], seen[2], seen[3], seen[4], capacity=20)
        known = Known(
            AS_AT,
            300,
            1000,
            80,
            YEAR_END,
            ends=[(date(2026, 6, 1), Lapses(60))],
            coming=[Coming(date(2026, 5, 1), 30, 20, booked=20)],
        )
        point = rules.plan(known, reckoned, sessions=3).with_sessions
        came = (1 - no_show) * passed
        future = 240 + of(60, renewed) + of(20, came) + of(80, filled * of_audience * came)
        within += point.low <= future <= point.high

    assert within / trials >= 0.93
