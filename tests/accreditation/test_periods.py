"""Periods and states against a replay that knows nothing of how they are worked out."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sscb_training.accreditation import queries, rules
from sscb_training.accreditation.models import Accreditation, AccreditationState, EvidenceKind
from sscb_training.accreditation.rules import Award, Ending, Period
from sscb_training.core.db import db
from sscb_training.people.models import Person
from tests.factories import make_accreditation, make_scheme

FIRST, LAST = date(2024, 1, 27), date(2024, 4, 10)  # 29 February, two ends of months and a clock change in it
ALL_DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
LONDON = ZoneInfo("Europe/London")

days = st.dates(FIRST, LAST)


@st.composite
def award(draw: st.DrawFn, key: int) -> Award:
    begins = draw(days)
    by_term = st.integers(1, 2).map(lambda months: rules.expires_on(begins, valid_months=months))
    expires_on = draw(st.none() | by_term | st.dates(begins, LAST))
    revoked_on = draw(st.none() | st.none() | st.dates(begins, expires_on or LAST))
    return Award(key, begins, expires_on, revoked_on)


def several(draw: st.DrawFn, one: Any) -> list[Any]:
    return [draw(one(key)) for key in range(draw(st.integers(0, 5)))]


@st.composite
def several_awards(draw: st.DrawFn) -> list[Award]:
    return several(draw, award)


def _counts(award: Award, on: date) -> bool:
    return (
        award.awarded_on <= on
        and (award.expires_on is None or on <= award.expires_on)
        and (award.revoked_on is None or on < award.revoked_on)
    )


def _over(period: Period, on: date) -> bool:
    return period.begins <= on and (period.ends is None or on <= period.ends)


@pytest.mark.one_database
@given(several_awards())
def test_periods_never_overlap_and_are_the_days_that_an_award_counts(awards: list[Award]) -> None:
    periods = rules.periods(awards)

    for before, after in pairwise(periods):
        assert before.ends is not None
        assert before.begins <= before.ends < after.begins
    for on in ALL_DAYS:
        counting = [one for one in awards if _counts(one, on)]
        latest = [max(counting, key=lambda one: (one.awarded_on, one.key)).key] if counting else []
        assert [period.award for period in periods if _over(period, on)] == latest


@pytest.mark.one_database
@given(several_awards())
def test_unbroken_since_goes_back_while_every_day_counts(awards: list[Award]) -> None:
    periods = rules.periods(awards)
    since: date | None = None
    for on in ALL_DAYS:
        since = (since or on) if any(_counts(one, on) for one in awards) else None
        assert rules.unbroken_since(periods, on=on) == since


@pytest.mark.parametrize(
    ("second", "periods", "since"),
    [
        (
            Award(2, date(2026, 5, 14), date(2029, 5, 14)),
            [
                Period(date(2023, 5, 14), date(2026, 5, 13), 1, Ending.RENEWED),
                Period(date(2026, 5, 14), date(2029, 5, 14), 2, Ending.EXPIRED),
            ],
            date(2023, 5, 14),
        ),
        (
            Award(2, date(2026, 5, 16), date(2029, 5, 16)),
            [
                Period(date(2023, 5, 14), date(2026, 5, 14), 1, Ending.EXPIRED),
                Period(date(2026, 5, 16), date(2029, 5, 16), 2, Ending.EXPIRED),
            ],
            date(2026, 5, 16),
        ),
        (
            Award(2, date(2025, 3, 1), date(2025, 8, 31), date(2025, 6, 1)),
            [
                Period(date(2023, 5, 14), date(2025, 2, 28), 1, Ending.RENEWED),
                Period(date(2025, 3, 1), date(2025, 5, 31), 2, Ending.REVOKED),
                Period(date(2025, 6, 1), date(2026, 5, 14), 1, Ending.EXPIRED),
            ],
            None,
        ),
    ],
    ids=["refreshed on the last day", "a day without", "a shorter one on top"],
)
def test_periods_of_an_award_and_a_later_one(
    second: Award, periods: list[Period], since: date | None
) -> None:
    found = rules.periods([second, Award(1, date(2023, 5, 14), date(2026, 5, 14))])
    assert found == periods
    assert rules.unbroken_since(found, on=date(2026, 6, 1)) == since


# The two nights of a year on which London's clocks change are in it, and the moments are close to midnight.
MOMENTS = [
    datetime(2024, 3, day, hour, 30, tzinfo=UTC) for day in (29, 30, 31) for hour in (0, 1, 22, 23)
] + [datetime(2024, 10, day, hour, 30, tzinfo=UTC) for day in (26, 27) for hour in (0, 1, 22, 23)]
KNOWN_ON = [date(2024, 3, 28), date(2024, 3, 29), date(2024, 3, 30), date(2024, 3, 31), date(2024, 4, 1)] + [
    date(2024, 10, day) for day in (25, 26, 27, 28)
]


def _a_life(random: Random, key: int) -> dict[str, Any]:
    """What happened to one accreditation, in the columns that keep it."""
    moments = sorted(random.sample(MOMENTS, 3))
    begins = random.choice(ALL_DAYS)
    last_day = rules.expires_on(begins, valid_months=random.choice([1, 2]))
    life: dict[str, Any] = {
        "id": key,
        "awarded_on": begins,
        "expires_on": random.choice([None, last_day]),
        "recorded_at": moments[0],
    }
    if random.random() < 0.4:
        life |= {
            "revoked_on": begins + timedelta(days=random.randrange(25)),
            "revoked_recorded_at": moments[1],
        }
    if random.random() < 0.3:
        life["withdrawn_at"] = moments[2]
    return life


def _replayed(lives: Sequence[dict[str, Any]], *, known_on: date) -> set[date]:
    """The days that count, by doing again what was done up to the end of a day, event by event."""
    events = []
    for life in lives:
        events.append((life["recorded_at"], life["id"], "awarded", life))
        if "revoked_on" in life:
            events.append((life["revoked_recorded_at"], life["id"], "revoked", life))
        if "withdrawn_at" in life:
            events.append((life["withdrawn_at"], life["id"], "withdrawn", life))
    counting: dict[int, set[date]] = {}
    for moment, key, verb, life in sorted(events, key=lambda event: event[:2]):
        if moment.astimezone(LONDON).date() > known_on:
            break
        if verb == "awarded":
            counting[key] = {
                day
                for day in ALL_DAYS
                if day >= life["awarded_on"] and not (life["expires_on"] and day > life["expires_on"])
            }
        elif verb == "revoked":
            counting[key] = {day for day in counting[key] if day < life["revoked_on"]}
        else:
            del counting[key]
    return set().union(*counting.values())


@pytest.mark.one_database
@given(st.integers(0, 2**32), st.integers(0, 4), st.sampled_from(KNOWN_ON))
def test_as_at_as_known_on_is_a_replay_of_what_happened(seed: int, number: int, known_on: date) -> None:
    random = Random(seed)
    lives = [_a_life(random, key) for key in range(1, number + 1)]
    held = [Accreditation(**life) for life in lives]
    periods = queries.periods(held, known_on=known_on)

    expected = _replayed(lives, known_on=known_on)

    assert {day for day in ALL_DAYS if any(one.in_force(day, known_on=known_on) for one in held)} == expected
    assert {day for day in ALL_DAYS if any(_over(period, day) for period in periods)} == expected


def test_state_is_the_same_in_the_database(asha: Person) -> None:
    random, scheme = Random(20241027), make_scheme()
    for key in range(1, 41):
        db.session.add(
            Accreditation(person=asha, scheme=scheme, evidence=EvidenceKind.IMPORTED, **_a_life(random, key))
        )
    db.session.commit()
    held = queries.recorded_of(asha, scheme)
    seen = set()
    for known_on in (None, *KNOWN_ON):
        for on in ALL_DAYS[::15]:
            found = db.session.execute(
                select(
                    Accreditation.id,
                    Accreditation.state(on, known_on=known_on),
                    Accreditation.in_force(on, known_on=known_on),
                    Accreditation.is_known(known_on),
                ).order_by(Accreditation.id)
            )
            states = [(one.id, one.state(on, known_on=known_on), one.is_known(known_on)) for one in held]
            expected = [
                (key, state, state is AccreditationState.IN_FORCE, known)
                for key, state, known in sorted(states)
            ]
            assert [
                (key, AccreditationState(state), counts, known) for key, state, counts, known in found
            ] == expected
            seen |= {state for _, state, _ in states}
    assert seen == set(AccreditationState)


@pytest.mark.parametrize(
    ("recorded_at", "known_on", "is_known"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 6, 30), True),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 6, 30), False),
        (datetime(2026, 12, 30, 23, 59, tzinfo=UTC), date(2026, 12, 30), True),
    ],
)
def test_what_is_recorded_late_on_a_summer_evening_is_known_by_londons_calendar(
    asha: Person, recorded_at: datetime, known_on: date, is_known: bool
) -> None:
    held = make_accreditation(asha, make_scheme(), recorded_at=recorded_at)
    assert held.is_known(known_on) is is_known


def test_withdrawn_is_never_called_expired(asha: Person) -> None:
    recorded, corrected = datetime(2026, 2, 1, 9, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)
    held = make_accreditation(asha, make_scheme(), recorded_at=recorded, withdrawn_at=corrected)
    on = date(2026, 1, 20)
    assert held.state(on) is AccreditationState.WITHDRAWN
    assert held.state(date(2040, 1, 1)).label == "Recorded in error"
    assert held.state(on, known_on=date(2026, 2, 28)) is AccreditationState.IN_FORCE
    assert held.state(on, known_on=date(2026, 1, 31)) is AccreditationState.NOT_YET
