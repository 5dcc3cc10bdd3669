"""`python -m benchmarks.imports [--database postgresql] [--rows 20000]`: a workbook of earlier training, from upload on.

One row in ten is somebody who is here already, and one in a hundred cannot be read. Seconds are by the clock; memory is this
process's most, less what it held before the first step.
"""

import argparse
import io
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import flask_migrate
import xlsxwriter

from config import from_environment
from sscb_training import create_app
from sscb_training.accreditation.models import Accreditation
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.imports import jobs, queries
from sscb_training.imports.models import ImportState, TrainingImport
from sscb_training.people.models import Membership, Person
from tests import factories, postgres
from tests.browser import Browser
from tests.factories import NOW

HEADINGS = ("Name", "Email", "Agency", "Job title", "Date attended", "Passed", "Scheme")
FIRST = date(2016, 4, 1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rows", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        server = postgres.start() if given.database == "postgresql" else None
        try:
            url = server.create("imports") if server else f"sqlite:///{Path(name) / 'imports.sqlite3'}"
            measure(url, Path(name), rows=given.rows)
        finally:
            if server:
                server.stop()


def measure(url: str, folder: Path, *, rows: int) -> None:
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
        staff_id, group_id = _ground(rows)
        content = _workbook(rows)
    print(f"{rows:,} rows, {len(content) / 1024 / 1024:.1f} MB")
    with app.app_context():
        browser = Browser(app).signed_in(db.session.get_one(Person, staff_id))
        browser.get("/imports/new")
        with _taken("upload and read"):
            page = browser.submit("/imports/new", file=(io.BytesIO(content), "old.xlsx"), sheet="")
        with _taken("match columns and check every row"):
            page = browser.fill(page, staff_group=str(group_id), jobs_are_current="1")
        with _taken("open the page of the rows"):
            browser.get(page.url)
        with _taken("export them"):
            browser.get(f"{page.url}?format=xlsx", check=False)
        browser.submit(f"{page.url}/start")
        longest = 0.0
        with _taken("import"):
            while _begin():
                began = time.perf_counter()
                jobs.go_on_with_imports(NOW)
                longest = max(longest, time.perf_counter() - began)
        print(f"{'  the longest run of the worker':45}{longest:8.1f} s")
        _tell()
    with app.app_context():
        with _taken("ask what depends on it"):
            browser.submit(f"{page.url}/undo")
        with _taken("undo"):
            jobs.go_on_with_imports(NOW)
        _tell()


def _begin() -> bool:
    """Whether there is more to import, asked as the worker would: with nothing in mind."""
    db.session.remove()
    return queries.next_at_work() is not None


def _ground(rows: int) -> tuple[int, int]:
    """Somebody of the board's staff, twenty agencies, and everybody who is here already."""
    staff = factories.make_person("Cara Board", roles=[Role.BOARD_STAFF])
    factories.make_scheme(code="GCP2", name="Graded Care Profile 2")
    agencies = [factories.make_agency(name=f"Agency {number}") for number in range(20)]
    group = factories.a_staff_group()
    with transaction():
        people = [
            Person(
                name=f"Worker Number{place}",
                email=f"w{place}@agency.example",
                email_key=f"w{place}@agency.example",
                created_at=NOW,
            )
            for place in range(0, rows, 10)
        ]
        db.session.add_all(people)
        db.session.add_all(
            Membership(
                person=person,
                agency=agencies[place % 20],
                staff_group=group,
                job_title="Nurse",
                valid_from=FIRST,
                confirmed_at=NOW,
                recorded_at=NOW,
            )
            for place, person in enumerate(people)
        )
    return staff.id, group.id


def _workbook(rows: int) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for place in range(rows):
            on = FIRST + timedelta(days=place % 3_600)
            told = "perhaps" if place % 100 == 99 else "Yes"
            cells = (f"Worker Number{place}", f"w{place}@agency.example", f"Agency {place % 20}", "Nurse")
            sheet.write_row(place + 1, 0, cells)
            sheet.write_datetime(place + 1, 4, on)
            sheet.write_row(place + 1, 5, (told, "GCP2"))
    return file.getvalue()


@contextmanager
def _taken(what: str) -> Iterator[None]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    yield
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"{what:40}{seconds:7.1f} s, of which {cpu:5.1f} s of this process, {more:5.0f} MiB more at most",
        flush=True,
    )


def _tell() -> None:
    training_import = db.session.scalars(db.select(TrainingImport)).one()
    counts = ", ".join(
        f"{many:,} {verdict.value}" for verdict, many in queries.counts(training_import).items() if many
    )
    stand = db.select(db.func.count(Accreditation.id)).where(Accreditation.withdrawn_at.is_(None))
    awards = db.session.scalar(stand)
    assert training_import.state in {ImportState.DONE, ImportState.UNDONE}
    print(f"  {training_import.state.label}: {counts}; {awards:,} accreditations stand")


if __name__ == "__main__":
    main()
