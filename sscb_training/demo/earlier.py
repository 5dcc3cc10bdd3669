"""What the board has loaded from its old lists: one file that was imported, and one that waits for decisions."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from sscb_training.core.times import at_london
from sscb_training.demo.county import County, Worker
from sscb_training.demo.learning import Learning
from sscb_training.imports import service
from sscb_training.imports.files import listed_in
from sscb_training.imports.models import TrainingImport

HEADINGS = ("Delegate", "Work email", "Organisation", "Job title", "Date of training", "Result", "Tool")
YEARS_AGO = 6
OF_STAFF = 14
LEFT = (
    ("Gwenllian Pryce", "Health visitor"), ("Tudor Onions", "School nurse"), ("Menna Bebb", "Health visitor"),
    ("Idris Corfield", "Staff nurse"), ("Sioned Hotchkiss", "Health visitor"), ("Emrys Breeze", "School nurse"),
)  # fmt: skip
WAITING = (
    ("Rhodri Gough", "", "Shrops Early Help", "Family support worker", "14/09/2018", "Pass", "GCP2"),
    ("Nesta Bufton", "", "Shrops Early Help", "Family support worker", "14/09/2018", "Pass", "GCP2"),
    ("Owain Mapp", "", "Early Help", "Family support worker", "Sept 2018", "Pass", "GCP2"),
    ("Delyth Wall", "", "Early Help", "Family support worker", "14/09/18", "", "GCP2"),
    ("Iolo Cadwallader", "", "Early Help", "Family support worker", "14/09/18", "Fail", "GCP2"),
    ("Bethan Speake", "team@earlyhelp.council.example", "Early Help", "Manager", "14/09/18", "Pass", "Graded Care Profile"),
)  # fmt: skip


def build(county: County, learning: Learning) -> None:
    """Put both on the agenda, three weeks ago and yesterday."""
    county.agenda.put(
        at_london(county.today - timedelta(days=20), time(14)), partial(_load, county, learning)
    )
    county.agenda.put(
        at_london(county.today - timedelta(days=1), time(15)), partial(_look_at_another, county, learning)
    )


def _load(county: County, learning: Learning, now: datetime) -> None:
    service.set_launch(learning.schemes["GCP2"], launched_on=date(2016, 4, 1), by=county.board, now=now)
    some = [one for one in county.workers if one.email and one.person and one.job_on(county.today)][:OF_STAFF]
    rows = [
        *(_row(one, county, place) for place, one in enumerate(some)),
        *(
            (name, "", "SCHT", job, f"{8 + place}/05/{county.today.year - YEARS_AGO}", "Pass", "GCP2")
            for place, (name, job) in enumerate(LEFT)
        ),
        ("Huw Instone", "", "SCHT", "Health visitor", "11/02/2015", "Pass", "GCP"),
        ("Cerys Lello", "", "SCHT", "Health visitor", f"May {county.today.year - YEARS_AGO}", "Pass", "GCP2"),
    ]
    training_import = _received(county, "GCP2 training, old register.csv", rows, now=now)
    _match(county, training_import, now=now)
    service.leave_out_undecided(training_import, by=county.board, now=now)
    service.confirm(training_import, by=county.board, now=now)
    while service.import_some(training_import, now=now + timedelta(minutes=2)) == service.CHUNK:
        pass


def _row(worker: Worker, county: County, place: int) -> Sequence[str]:
    day = f"{1 + place}/05/{county.today.year - YEARS_AGO}"
    passed = "" if place % 5 == 4 else "Pass"
    return (worker.name, worker.email or "", worker.agency, worker.job_title, day, passed, "GCP2")


def _look_at_another(county: County, _learning: Learning, now: datetime) -> None:
    known = next(one for one in county.workers if one.person and one.agency != "Early Help")
    alike = (known.name, "", "Early Help", "Family support worker", "14/09/18", "Pass", "GCP2")
    training_import = _received(county, "Early Help, September 2018.csv", [*WAITING, alike], now=now)
    _match(county, training_import, now=now)


def _received(county: County, name: str, rows: Sequence[Sequence[str]], *, now: datetime) -> TrainingImport:
    content = "\r\n".join(";".join(row) for row in (HEADINGS, *rows)).encode("utf-8-sig")
    listed = listed_in(content)
    return service.receive(
        name,
        sheet=listed.sheet,
        headings=listed.headings,
        listed=listed.rows,
        sha256=listed.sha256,
        by=county.board,
        now=now,
    )


def _match(county: County, training_import: TrainingImport, *, now: datetime) -> None:
    service.match_columns(
        training_import,
        training_import.columns,
        scheme_id=None,
        course_id=None,
        staff_group_id=county.staff_groups["Health visitors"].id,
        jobs_are_current=False,
        by=county.board,
        now=now,
    )
