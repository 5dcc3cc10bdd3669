from datetime import datetime, timedelta
from functools import partial

from sscb_training.demo.agenda import Agenda
from tests.factories import NOW


def test_run_does_things_in_order_of_time_and_stops_in_time() -> None:
    done: list[str] = []
    agenda = Agenda()

    def do(what: str, at: datetime) -> None:
        done.append(what)
        if what == "first":
            agenda.put(at + timedelta(minutes=1), partial(do, "planned by the first"))

    for what, at in (
        ("too late", NOW),
        ("second", NOW - timedelta(days=1)),
        ("second too", NOW - timedelta(days=1)),
        ("first", NOW - timedelta(days=400)),
    ):
        agenda.put(at, partial(do, what))
    told: list[str] = []

    agenda.run(until=NOW, tell=told.append)

    assert done == ["first", "planned by the first", "second", "second too"]
    assert told == ["2025", "2026"]
