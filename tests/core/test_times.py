"""Times on both sides of a clock change."""

from datetime import UTC, date, datetime, time

import pytest

from sscb_training.core import times


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "12:30am"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2am"),
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), "1am"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "2am"),
        (datetime(2026, 7, 1, 11, 0, tzinfo=UTC), "midday"),
        (datetime(2026, 7, 1, 12, 30, tzinfo=UTC), "1:30pm"),
    ],
)
def test_a_time_is_shown_as_on_a_wall_in_shropshire(moment: datetime, shown: str) -> None:
    assert times.clock_time(moment) == shown


def test_a_summer_morning_is_stored_an_hour_earlier() -> None:
    assert times.at_london(date(2026, 6, 1), time(9, 30)) == datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


def test_the_date_turns_at_londons_midnight() -> None:
    assert times.london_date(datetime(2026, 6, 1, 23, 30, tzinfo=UTC)) == date(2026, 6, 2)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9:30am", time(9, 30)),
        (" 9.30 AM ", time(9, 30)),
        ("9am", time(9)),
        ("2 pm", time(14)),
        ("12am", time(0)),
        ("12:15pm", time(12, 15)),
        ("14:00", time(14)),
        ("0930", time(9, 30)),
        ("930", time(9, 30)),
        ("23:59", time(23, 59)),
        ("midday", time(12)),
        ("midnight", time(0)),
        ("9", None),
        ("24:00", None),
        ("9:60", None),
        ("13pm", None),
        ("0am", None),
        ("half past nine", None),
        ("٩:٣٠", None),
        ("", None),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, read: time | None) -> None:
    assert times.time_of_day(typed) == read


def test_every_time_is_read_as_it_is_shown() -> None:
    for minute in range(24 * 60):
        clock = time(*divmod(minute, 60))
        assert times.time_of_day(times.clock_words(clock)) == clock


@pytest.mark.parametrize(
    ("day", "clock", "skipped"),
    [
        (date(2027, 3, 28), time(0, 59), False),
        (date(2027, 3, 28), time(1, 0), True),
        (date(2027, 3, 28), time(1, 59), True),
        (date(2027, 3, 28), time(2, 0), False),
        (date(2027, 10, 31), time(1, 30), False),
        (date(2027, 3, 29), time(1, 30), False),
    ],
)
def test_spring_skips_an_hour_and_autumn_none(day: date, clock: time, skipped: bool) -> None:
    assert times.is_skipped(day, clock) is skipped


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 minutes"), (60, "1 hour"), (180, "3 hours"), (391, "6 hours 31 minutes")]
)
def test_a_duration_in_words(minutes: int, words: str) -> None:
    assert times.duration(minutes) == words


def test_no_line_breaks_a_short_date() -> None:
    assert times.short_date(date(2026, 3, 3)) == "3\N{NO-BREAK SPACE}Mar\N{NO-BREAK SPACE}2026"
