"""`python -m benchmarks.matrix [--database postgresql]`: the staff matrix of an agency of 2,000 people with 12 columns.

Six schemes and six courses, about half of all cells held, and a place booked by one in ten. Milliseconds are of this
process's processor time, so those of PostgreSQL's own processes are not among them.
"""

import argparse
import statistics
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import insert

from benchmarks.measuring import Visitor, counting
from config import from_environment
from sscb_training import create_app
from sscb_training.accreditation.models import Accreditation, EvidenceKind
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people import service as people
from sscb_training.people.models import Membership, Person
from tests import factories, postgres
from tests.factories import NOW, TODAY

PEOPLE, SCHEMES, COURSES, TIMES = 2_000, 6, 6, 15


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matrix")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    kind = parser.parse_args().database
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        server = postgres.start() if kind == "postgresql" else None
        try:
            url = server.create("matrix") if server else f"sqlite:///{Path(name) / 'matrix.sqlite3'}"
            measure(url, Path(name))
        finally:
            if server:
                server.stop()


def measure(url: str, folder: Path) -> None:
    app = create_app(
        from_environment(
            {
                "APP_ENV": "test",
                "DATABASE_URL": url,
                "DATA_DIR": str(folder),
                "TEST_CLOCK": NOW.isoformat(),
                "PUBLIC_URL": "https://training.example.org",
            }
        )
    )
    with app.app_context():
        flask_migrate.upgrade()
        lead, scheme_keys, course_keys = _fill()
        if db.engine.dialect.name == "postgresql":  # as one that lives has done by itself
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        columns = "&".join(f"col={key}" for key in [*scheme_keys, *course_keys])
        visitor = _signed_in(app, lead)
    for words, address in [
        ("the first page", ""),
        ("page 40", "&page=40"),
        ("in the order of a scheme", f"&sort=-{scheme_keys[0]}"),
        ("due or lapsed and not booked, in any column", "&state=to_book"),
        ("never, in any column", "&state=never"),
        ("the whole as CSV", "&format=csv"),
    ]:
        path = f"/staff-matrix?{columns}{address}"
        visitor.send(visitor.request(path))
        with counting() as statements:
            answer = visitor.send(visitor.request(path))
        assert answer.status == 200, answer.body[:500]
        times = [visitor.send(visitor.request(path)).cpu * 1000 for _ in range(TIMES)]
        asked = sum("holder_id" in statement for statement, _ in statements)

        print(
            f"{words}: {statistics.median(times):.1f} ms (most {max(times):.1f}), {len(statements)} queries, "
            f"{asked} of them the matrix",
            flush=True,
        )
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _fill() -> tuple[Person, list[str], list[str]]:
    agency, group = factories.make_agency(), factories.a_staff_group()
    lead = factories.make_person("Lead", agency=agency, leads=agency)
    versions = [factories.make_version() for _ in range(SCHEMES + COURSES)]
    schemes = [factories.make_scheme(version.course) for version in versions[:SCHEMES]]
    past = [
        factories.make_training_session(version, starts_at=NOW - timedelta(days=90)) for version in versions
    ]
    coming = [factories.make_training_session(version) for version in versions]
    names: list[dict[str, Any]] = [
        {
            "name": f"Person {number}",
            "email": f"p{number}@many.example",
            "email_key": f"p{number}@many.example",
        }
        for number in range(PEOPLE)
    ]
    with transaction():
        keys = db.session.scalars(
            insert(Person).returning(Person.id, sort_by_parameter_order=True),
            [{**one, "contact_email": "", "created_at": NOW} for one in names],
        ).all()
        jobs = db.session.scalars(
            insert(Membership).returning(Membership.id, sort_by_parameter_order=True),
            [
                {
                    "person_id": key,
                    "agency_id": agency.id,
                    "staff_group_id": group.id,
                    "job_title": "Social worker",
                    "valid_from": factories.LONG_AGO,
                    "confirmed_at": NOW,
                    "recorded_at": NOW,
                }
                for key in keys
            ],
        ).all()
        held, bookings = [], []
        for number, (key, job) in enumerate(zip(keys, jobs, strict=True)):
            for place, scheme in enumerate(schemes):
                if (number + place) % 2:
                    ends = TODAY + timedelta(days=(number * 37 + place * 211) % 1400 - 300)
                    held.append(
                        {
                            "person_id": key,
                            "scheme_id": scheme.id,
                            "evidence": EvidenceKind.ATTEMPT,
                            "awarded_on": ends - timedelta(days=1096),
                            "expires_on": ends,
                            "recorded_at": NOW,
                        }
                    )
            for place, training_session in enumerate(past):
                if (number + place) % 2:
                    bookings.append(_booking(training_session.id, key, job, Outcome.ATTENDED))
            for place, training_session in enumerate(coming):
                if (number + place) % 10 == 0:
                    bookings.append(_booking(training_session.id, key, job, None))
        for number, booking in enumerate(bookings):
            booking["reference"] = f"B-{number}"
        db.session.execute(insert(Accreditation), held)
        db.session.execute(insert(Booking), bookings)
    courses = [f"c{version.course.id}" for version in versions[SCHEMES:]]
    return lead, [f"s{scheme.id}" for scheme in schemes], courses


def _booking(session_id: int, person_id: int, membership_id: int, outcome: Outcome | None) -> dict[str, Any]:
    return {
        "training_session_id": session_id,
        "person_id": person_id,
        "membership_id": membership_id,
        "status": BookingStatus.CONFIRMED,
        "requested_at": NOW,
        "outcome": outcome,
        "outcome_on": TODAY - timedelta(days=90) if outcome else None,
        "outcome_recorded_at": NOW if outcome else None,
    }


def _signed_in(app: Flask, lead: Person) -> Visitor:
    with transaction():
        token = people.begin_sign_in(lead, device="benchmark", now=NOW)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return Visitor(app, {app.config["SESSION_COOKIE_NAME"]: serializer.dumps({"token": token})})


if __name__ == "__main__":
    main()
