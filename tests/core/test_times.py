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
