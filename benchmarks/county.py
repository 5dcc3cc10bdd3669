"""`python -m benchmarks.county [--database postgresql]`: coverage and the board's report in a large county.

100,000 people, 1,000,000 bookings, 200,000 accreditations.
The demonstration is copied until there are that many people; then earlier bookings and accreditations are added to what
they have, as a service has that is ten years old. Milliseconds are by the clock, the database's own processes
included, so the machine must be quiet; those of the processor, which are told beside them, hold SQLite but not PostgreSQL.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select

from benchmarks.ground import load_demonstration, open_app
from benchmarks.measuring import counting
from benchmarks.plans import plans_of
from sscb_training.accreditation.models import Accreditation, AccreditationScheme, EvidenceKind
from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core import clock
from sscb_training.core.db import db, number, rows
from sscb_training.core.pages import page_of
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.needs.coverage import queries
from sscb_training.needs.coverage.rules import Standing
from sscb_training.needs.forecast.queries import forecast
from sscb_training.needs.models import TrainingNeed
from sscb_training.people.models import Membership
from sscb_training.reports.board.queries import asked as asked_for
from sscb_training.reports.board.report import report
from tests import postgres

PEOPLE, BOOKINGS, ACCREDITATIONS = 100_000, 1_000_000, 200_000
PEOPLE_IN_THE_DEMONSTRATION = 423
AT_ONCE = 20_000
TIMES = 5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.county")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--share", type=float, default=1.0, help="so much of the size")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        if arguments.database == "sqlite":
            measure(build(f"sqlite:///{Path(name) / 'county.sqlite3'}", Path(name), arguments.share))
            return
        server = postgres.start()
        try:
            measure(build(server.create("benchmarks_county"), Path(name), arguments.share))
        finally:
            server.stop()


def build(url: str, folder: Path, share: float = 1.0) -> Flask:
    """The service on a database of that size, as a database that lives is: with the statistics that it keeps itself."""
    scale = max(1, round(PEOPLE * share / PEOPLE_IN_THE_DEMONSTRATION))
    with open(os.devnull, "w") as nowhere:
        load_demonstration(url, folder, scale=scale, tell=nowhere)
    app = open_app(url, folder)
    with app.app_context(), transaction():
        _add_accreditations(round(ACCREDITATIONS * share))
        _add_bookings(round(BOOKINGS * share))
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
    return app


def measure(app: Flask) -> None:
    """How long coverage takes for each need, and the board's report of the last year."""
    with app.app_context():
        today = clock.today()
        sizes = [
            f"{number(select(func.count(table.id))):,} {words}"
            for table, words in [
                (Membership, "jobs"), (Booking, "bookings"), (Accreditation, "accreditations")
            ]
        ]  # fmt: skip
        print(", ".join(sizes))
        days = {"as_at": today, "known_on": today}
        for need in rows(select(TrainingNeed).order_by(TrainingNeed.code)):
            _tell(f"{need.code} by agency", partial(queries.coverage_on, need, **days))
            _tell(f"{need.code} 12 months", partial(queries.coverage_trend, need, **days))
            _tell(f"{need.code} forecast", partial(forecast, need, **days))
        agency = db.session.scalars(select(Agency).order_by(Agency.id)).first()
        assert agency is not None
        _tell("Every need of one agency", partial(queries.coverage_of_agency, agency, **days))
        for standing in (*Standing, None):
            behind = queries.people_behind(need, queries.Parts(agency.id), standing=standing, **days)
            words = "left to train" if standing is None else standing.name.lower().replace("_", " ")
            _tell(f"Who of it is {words}", partial(page_of, behind, page=1, scalars=False))
        begin = today - timedelta(days=365)
        asked = asked_for(
            begin, today, agency=None, is_published=False, known_on=today, since=begin, today=today
        )
        _tell("The board's report", lambda: report(asked, now=clock.now()))
        print(plans_of(partial(queries.coverage_on, need, **days)))


def _tell(name: str, ask: Callable[[], object]) -> None:
    ask()
    with counting() as statements:
        ask()
    times = sorted(_seconds(ask) for _ in range(TIMES))
    [clocked, worked] = times[len(times) // 2]
    print(
        f"{name}: {clocked * 1000:.0f} ms (most {times[-1][0] * 1000:.0f}), {worked * 1000:.0f} of the processor, "
        f"{len(statements)} queries, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _seconds(ask: Callable[[], object]) -> tuple[float, float]:
    begun, worked = time.perf_counter(), time.process_time()
    ask()
    return time.perf_counter() - begun, time.process_time() - worked


def _add_accreditations(wanted: int) -> None:
    """Half of those in the first scheme run still, each person's in their order; the others go round the schemes."""
    schemes = rows(select(AccreditationScheme.id).order_by(AccreditationScheme.id))
    people = _people()
    missing = wanted - number(select(func.count(Accreditation.id)))
    today, now = clock.today(), clock.now()

    def award(place: int) -> dict[str, Any]:
        begun = today - timedelta(days=30 + place * 37 % 2200)
        return {
            "person_id": people[place * 7 % len(people)],
            "scheme_id": schemes[0] if place % 3 else schemes[place // 3 % len(schemes)],
            "evidence": EvidenceKind.IMPORTED,
            "awarded_on": begun,
            "expires_on": begun + timedelta(days=1096),
            "recorded_at": now - timedelta(days=20),
        }

    _insert(Accreditation, missing, award)


def _add_bookings(wanted: int) -> None:
    """Attended bookings of dates that have been, each of somebody who had none for the date."""
    past = db.session.execute(
        select(TrainingSession.id, TrainingSession.starts_at)
        .where(TrainingSession.ends_at < clock.now())
        .order_by(TrainingSession.id)
    ).all()
    taken = set(db.session.execute(select(Booking.training_session_id, Booking.person_id)))
    people = _people()
    missing = wanted - len(taken)
    free = _free_places([(session_id, begun.date()) for session_id, begun in past], people, taken)

    def booking(place: int) -> dict[str, Any]:
        session_id, person_id, on = next(free)
        asked_at = clock.now() - (clock.today() - on) - timedelta(days=30)
        return {
            "reference": f"EARLIER-{place}",
            "training_session_id": session_id,
            "person_id": person_id,
            "status": BookingStatus.CONFIRMED,
            "requested_at": asked_at,
            "confirmed_at": asked_at,
            "outcome": Outcome.DID_NOT_ATTEND if place % 9 == 0 else Outcome.ATTENDED,
            "outcome_on": on,
            "outcome_recorded_at": asked_at + timedelta(days=31),
        }

    _insert(Booking, missing, booking)


def _free_places(
    past: list[tuple[int, date]], people: list[int], taken: set[tuple[int, int]]
) -> Iterator[tuple[int, int, date]]:
    """Everybody comes round to every date, far from one another on each."""
    for turn in range(len(people)):
        for place, (session_id, on) in enumerate(past):
            person_id = people[(turn + place * 7919) % len(people)]
            if (session_id, person_id) not in taken:
                yield session_id, person_id, on


def _people() -> list[int]:
    return list(rows(select(Membership.person_id).distinct().order_by(Membership.person_id)))


def _insert(table: Any, missing: int, row: Any) -> None:
    for begun in range(0, missing, AT_ONCE):
        db.session.execute(
            insert(table), [row(place) for place in range(begun, min(missing, begun + AT_ONCE))]
        )


if __name__ == "__main__":
    main()
