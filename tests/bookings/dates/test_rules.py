"""What differs between two states of a date, and until when giving up the place is free."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sscb_training.bookings.dates import rules
from sscb_training.bookings.dates.rules import Kind
from sscb_training.courses.dates.rules import DateState, PartState, state_kept

NINE = datetime(2027, 3, 1, 9, tzinfo=UTC)
ONLINE = PartState("", NINE, NINE + timedelta(hours=3), None, "", "https://meet.example/1")
HALL = ONLINE._replace(venue_id=7, place="Shirehall", online_url="")
TRAINERS = {1: "Tom"}


@pytest.mark.parametrize(
    ("before", "now", "kinds"),
    [
        (ONLINE, ONLINE, []),
        (ONLINE, ONLINE._replace(ends_at=NINE), [Kind.TIME]),
        (ONLINE, HALL, [Kind.PLACE]),
        (HALL, HALL._replace(place="Shirehall, Abbey Foregate"), []),
        (ONLINE, ONLINE._replace(online_url=""), [Kind.ADDRESS]),
        (ONLINE, HALL._replace(starts_at=NINE - timedelta(days=1)), [Kind.TIME, Kind.PLACE]),
    ],
)
def test_changes_say_what_differs(before: PartState, now: PartState, kinds: list[Kind]) -> None:
    found = rules.changes(DateState([before], TRAINERS), DateState([now], TRAINERS))
    assert [change.kind for change in found] == kinds


def test_changes_leave_out_what_is_not_for_the_reader() -> None:
    before, now = DateState([ONLINE], TRAINERS), DateState([ONLINE._replace(online_url="")], {})
    assert [change.kind for change in rules.changes(before, now)] == [Kind.ADDRESS, Kind.TRAINERS]
    assert [change.kind for change in rules.changes(before, now, of=rules.WITHOUT_ADDRESS)] == [Kind.TRAINERS]
    assert rules.changes(before, now, of=rules.MOVES) == []


def test_a_state_is_the_same_after_it_was_kept() -> None:
    state = DateState([ONLINE, HALL], TRAINERS)
    assert rules.changes(state, state_kept(state.to_keep())) == []
    assert state_kept(state.to_keep()).trainers == TRAINERS


@pytest.mark.parametrize(
    ("settled", "from_new_start", "to_decide", "until"), [(3, 1, 2, 3), (1, 3, 2, 3), (1, 2, 3, 3)]
)
def test_free_until_is_never_earlier_than_any_of_the_three(
    settled: int, from_new_start: int, to_decide: int, until: int
) -> None:
    assert rules.free_until(
        date(2027, 3, settled),
        from_new_start=date(2027, 3, from_new_start),
        to_decide=date(2027, 3, to_decide),
    ) == date(2027, 3, until)
