"""Imports from upload to undoing: story 10 of the domain, on the pages and in the worker."""

import io
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter
from flask import Flask

from sscb_training.accreditation.models import Accreditation, AccreditationScheme, EvidenceKind
from sscb_training.accreditation.reminders.jobs import remind_of_expiry
from sscb_training.agencies.models import Agency
from sscb_training.certificates.jobs import keep_certificates
from sscb_training.certificates.models import Certificate
from sscb_training.core.db import db
from sscb_training.core.history import HistoryEntry
from sscb_training.core.lists import ListRefused
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.imports import jobs, queries, service
from sscb_training.imports.files import listed_in
from sscb_training.imports.models import (
    Assessment,
    EarlierTraining,
    ImportRow,
    ImportState,
    SchemeLaunch,
    Spelling,
    TrainingImport,
    Verdict,
)
from sscb_training.needs.coverage import queries as needs
from sscb_training.people.models import Membership, Person
from tests import factories
from tests.browser import Browser, Page
from tests.factories import NOW, TODAY, changed, saved

HEADINGS = ("Name", "Work email", "Organisation", "Job", "Date of training", "Passed", "Tool")


def csv_of(rows: Iterable[Sequence[str]], *, apart: str = ",", headings: Sequence[str] = HEADINGS) -> bytes:
    return "\r\n".join(apart.join(row) for row in (headings, *rows)).encode("utf-8-sig")


def workbook(*sheets: Sequence[Sequence[Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "dd/mm/yyyy"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


def sent(browser: Browser, content: bytes, *, name: str = "old list.csv", sheet: str = "") -> Page:
    return browser.submit("/imports/new", file=(io.BytesIO(content), name), sheet=sheet)


def checked(
    browser: Browser, content: bytes, *, scheme: AccreditationScheme | None = None, are_current: bool = True
) -> TrainingImport:
    """The import of a file whose columns were guessed, as far as its rows are checked."""
    page = sent(browser, content)
    group = factories.a_staff_group()
    browser.fill(
        page,
        staff_group=str(group.id),
        jobs_are_current=str(int(are_current)),
        scheme=str(scheme.id) if scheme else "",
    )
    return latest()


def latest() -> TrainingImport:
    db.session.rollback()
    query = db.select(TrainingImport).order_by(TrainingImport.id.desc()).limit(1)
    found: TrainingImport = db.session.scalars(query).one()
    return found


def run(training_import: TrainingImport, browser: Browser) -> TrainingImport:
    browser.submit(f"/imports/{training_import.id}/start")
    while jobs.go_on_with_imports(NOW):
        pass
    return latest()


def verdicts(training_import: TrainingImport) -> dict[str, int]:
    db.session.rollback()
    return {verdict.value: many for verdict, many in queries.counts(training_import).items() if many}


def why(training_import: TrainingImport) -> dict[int, str]:
    db.session.rollback()
    rows = db.session.scalars(
        db.select(ImportRow).where(ImportRow.training_import_id == training_import.id, ImportRow.why != "")
    )
    return {row.number: row.why for row in rows}


def everything() -> Counter[str]:
    """How many people, jobs, accreditations and earlier trainings there are."""
    db.session.rollback()
    return Counter(
        {
            model.__tablename__: db.session.scalar(db.select(db.func.count(model.id)))
            for model in (Person, Membership, Accreditation, EarlierTraining)
        }
    )


@pytest.fixture
def gcp2(app: Flask) -> AccreditationScheme:
    scheme = factories.make_scheme(code="GCP2", name="Graded Care Profile 2", valid_months=36)
    saved(SchemeLaunch(scheme_id=scheme.id, launched_on=date(2016, 4, 1)))
    return scheme


@pytest.fixture
def staff(browser: Browser, cara: Person) -> Browser:
    return browser.signed_in(cara)


def story_10() -> list[tuple[str, ...]]:
    """412 rows of GCP2 training, 2016 to 2020: good ones, and two or more of each thing that is wrong with old lists."""
    good = [
        (
            f"Worker {number:03}",
            f"worker{number}@hill.example",
            "Hill School",
            "Teacher",
            f"{number % 28 + 1}/{number % 12 + 1}/{17 + number % 4}",
            "Y",
            "GCP2",
        )
        for number in range(390)
    ]
    return [
        *good,
        ("ASHA PATEL", "ASHA@hill.example", "Hill School", "Teacher", "10/11/16", "yes", "GCP2"),
        ("Ben Lead", "", "Hill School", "Head", "10/11/16", "pass", "GCP2"),
        ("Asha Patel", "asha@hill.example", "Hill School", "Teacher", "10.11.2016", "Y", "gcp2"),  # twice in the file
        ("Nia First", "nia@hill.example", "Hill School", "Nurse", "3/3/17", "Y", "GCP"),
        ("Oli First", "oli@hill.example", "Hill School", "Nurse", "3/3/17", "", "GCP"),
        ("Pat Trained", "pat@hill.example", "Hill School", "Nurse", "4/3/17", "", "GCP2"),
        ("Quinn Failed", "quinn@hill.example", "Hill School", "Nurse", "4/3/17", "N", "GCP2"),
        ("Rae Shared", "office@hill.example", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Sam Shared", "office@hill.example", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Tia Future", "tia@hill.example", "Hill School", "Nurse", "4/3/27", "Y", "GCP2"),
        ("Uma Early", "uma@hill.example", "Hill School", "Nurse", "4/3/16", "Y", "GCP2"),
        ("Val Month", "val@hill.example", "Hill School", "Nurse", "Nov 2016", "Y", "GCP2"),
        ("", "who@hill.example", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Wes Mail", "wes at hill", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Xia Perhaps", "xia@hill.example", "Hill School", "Nurse", "4/3/17", "perhaps", "GCP2"),
        ("=1+1", "y@hill.example", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Yan Nowhere", "yan@hill.example", "", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Zoe Hill", "zoe@hill.example", "The Hill Sch.", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Abe Hill", "abe@hill.example", "The Hill Sch.", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Dev Outsider", "", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Ravi Patel", "ben.lead@hill.example", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Ben Lead", "other@hill.example", "Hill School", "Nurse", "5/3/17", "Y", "GCP2"),
    ]  # fmt: skip


def test_story_10_loads_412_rows_once(
    staff: Browser,
    gcp2: AccreditationScheme,
    hill_school: Agency,
    asha: Person,
    ben: Person,
    dev: Person,
    outbox: Callable[[], list[Letter]],
) -> None:
    need = factories.make_need(
        factories.make_finding(), staff_groups=[factories.a_staff_group()], scheme=gcp2
    )
    factories.make_headcount(hill_school, factories.a_staff_group(), 500)
    a_while_ago = TODAY - timedelta(days=1)
    last_year = date(2018, 6, 1)

    def printed() -> tuple[int, int]:
        db.session.rollback()
        table = needs.coverage_by_agency(need, as_at=last_year, known_on=a_while_ago)
        now = needs.coverage_by_agency(need, as_at=last_year, known_on=TODAY)
        return sum(line.in_force for line in table), sum(line.in_force for line in now)

    assert printed() == (0, 0)
    before, content = everything(), csv_of(story_10())
    training_import = checked(staff, content)

    assert training_import.rows_total == 412
    assert verdicts(training_import) == {"matched": 2, "new": 397, "ambiguous": 4, "rejected": 8, "known": 1}
    assert everything() == before  # a dry run
    reasons = why(training_import)
    assert reasons[394] == "The same as row 392"
    assert reasons[395] == "GCP is the first version and not GCP2, so it is kept as earlier training"
    assert reasons[397] == "Trained, assessment not evidenced"
    assert reasons[399] == "office@hill.example is a shared mailbox: it takes letters and is no account"
    assert reasons[401] == "“4/3/27” is in the future"
    assert reasons[402] == "GCP2 began here on 1 April 2016, and the row says 4 March 2016"
    assert reasons[403] == "“Nov 2016” has no day. Enter day, month and year, like 10/11/2016"
    assert reasons[404] == "There is no name"
    assert reasons[408] == "Nobody of this name is here yet. Enter the agency as well"
    assert reasons[409] == "The agency “The Hill Sch.” is not known here"
    assert reasons[411] == "Somebody of this name is here, at another agency"

    page = staff.get(f"/imports/{training_import.id}")
    assert "It stands in 2 rows" in staff.get(page.link("Decide what The Hill Sch. means")).text

    staff.fill(staff.page, meaning=str(hill_school.id))  # type: ignore[arg-type]
    assert verdicts(training_import)["new"] == 399
    assert db.session.scalars(db.select(Spelling.meaning)).all() == [str(hill_school.id)]
    row = db.session.scalars(db.select(ImportRow).where(ImportRow.number == 411)).one()
    page = staff.submit(f"/imports/{training_import.id}/rows/{row.id}", decision=str(dev.id))
    page = staff.fill(page, button="Leave out all ambiguous rows")
    assert verdicts(training_import) == {"matched": 3, "new": 399, "rejected": 8, "known": 1, "left_out": 1}

    training_import = run(training_import, staff)

    assert (training_import.state, training_import.rows_done) == (ImportState.DONE, 412)
    added = everything() - before
    assert added == {"person": 399, "membership": 399, "accreditation": 398, "earlier_training": 4}
    assert outbox() == []
    of_asha = db.session.scalars(db.select(Accreditation).where(Accreditation.person_id == asha.id)).one()
    assert (of_asha.awarded_on, of_asha.expires_on) == (date(2016, 11, 10), date(2019, 11, 10))
    assert (of_asha.evidence, of_asha.source) == (EvidenceKind.IMPORTED, "old list.csv, row 392")
    assert of_asha.recorded_at == NOW
    assert "Awarded by Cara Board" in staff.get(f"/accreditations/{of_asha.id}").text
    of_oli = db.session.scalars(db.select(EarlierTraining).where(EarlierTraining.title == "GCP")).all()
    assert [one.assessment for one in of_oli] == [Assessment.NONE, Assessment.NOT_EVIDENCED]
    under_gcp2 = db.select(EarlierTraining).where(EarlierTraining.scheme_id.is_not(None))
    assert {one.counts_until for one in db.session.scalars(under_gcp2)} == {date(2020, 3, 4)}
    shared = db.session.scalars(db.select(Person).where(Person.name == "Sam Shared")).one()
    assert (shared.email, shared.contact_email) == (None, "office@hill.example")
    oli = of_oli[-1].person_id
    assert "Trained, assessment not evidenced old list.csv, row 396" in staff.get(f"/people/{oli}").text
    then, now = printed()
    assert (then, now > 100) == (0, True)  # what was printed last year comes out the same

    after = everything()
    again = checked(staff, csv_of(story_10(), apart=";"))
    assert verdicts(again) == {"known": 402, "ambiguous": 2, "rejected": 8}
    staff.fill(staff.get(f"/imports/{again.id}"), button="Leave out all ambiguous rows")
    page = staff.post(f"/imports/{again.id}/start", status=409)
    assert "No row of this file adds anything" in page.text
    assert everything() == after

    page = staff.submit(f"/imports/{training_import.id}/undo")
    assert page.h1 == "Undoing the import"
    jobs.go_on_with_imports(NOW)
    assert printed() == (0, 0)
    page = staff.get(f"/imports/{training_import.id}")
    assert page.h1 == "Import undone"
    assert "Worker 001" not in staff.get("/people?q=Worker").text
    assert everything() == after  # the history keeps it
    once_more = checked(staff, content)
    assert verdicts(once_more) == {"matched": 2, "new": 399, "ambiguous": 2, "rejected": 8, "known": 1}


@pytest.mark.one_database
def test_a_killed_import_goes_on_where_it_stopped(
    staff: Browser, gcp2: AccreditationScheme, hill_school: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    training_import = checked(staff, csv_of(story_10()[:30]))
    staff.submit(f"/imports/{training_import.id}/start")
    with transaction():
        service.import_some(latest(), most=10, now=NOW)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(service, "_add_trainings", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.go_on_with_imports(NOW)
    assert latest().rows_done == 10
    assert everything()["accreditation"] == 10
    page = staff.get(f"/imports/{training_import.id}")
    assert "10 of 30 rows are done" in page.text
    assert page.soup.select_one("noscript meta[http-equiv=refresh]") is not None

    jobs.go_on_with_imports(NOW)

    assert (latest().state, everything()["accreditation"]) == (ImportState.DONE, 30)
    verbs = db.session.scalars(
        db.select(HistoryEntry.verb).where(HistoryEntry.subject_type == "accreditation")
    )
    assert Counter(verbs) == {"awarded": 30}


@pytest.mark.one_database
def test_an_import_that_fails_waits_for_staff_and_keeps_no_other_waiting(
    staff: Browser, gcp2: AccreditationScheme, hill_school: Agency, asha: Person
) -> None:
    broken = checked(staff, csv_of(story_10()[:2]))
    fault = db.session.scalars(db.select(ImportRow).order_by(ImportRow.id)).first()
    good = checked(staff, csv_of(story_10()[2:4]))
    staff.submit(f"/imports/{broken.id}/start")
    changed(fault, decision="a word that nobody wrote")

    run(good, staff)

    assert latest().state is ImportState.DONE
    page = staff.get(f"/imports/{broken.id}")
    assert page.h1 == "The import is held up"
    assert "could not be imported, and none of them was" in page.text
    assert "Held up" in staff.get("/imports").text
    page = staff.get(f"/imports/{broken.id}")
    staff.fill(page, button="Try again")
    assert jobs.go_on_with_imports(NOW) == 0
    page = staff.fill(staff.get(f"/imports/{broken.id}"), button="Stop here")
    assert page.h1 == "Import done"
    assert everything()["accreditation"] == 2
    assert staff.get(f"/imports/{broken.id}?verdict=left_out").text.count("stopped before this row") == 2
    staff.post(f"/imports/{good.id}/stop", status=409)


def test_a_worker_that_comes_second_to_the_last_rows_does_nothing(
    app: Flask, staff: Browser, gcp2: AccreditationScheme, hill_school: Agency
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("about PostgreSQL: on SQLite the second sees what the first did")
    training_import = checked(staff, csv_of(story_10()[:2]))
    staff.submit(f"/imports/{training_import.id}/start")
    import_id, waits = training_import.id, db.text("SELECT count(*) FROM pg_locks WHERE NOT granted")

    def work() -> int:
        with app.app_context():
            return jobs.go_on_with_imports(NOW)

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            service.import_some(db.session.get_one(TrainingImport, import_id), now=NOW)
            second = pool.submit(work)
            with db.engine.connect() as aside:
                while not aside.scalar(waits):
                    aside.rollback()
                    assert not second.done()
        assert second.result() == 0
    assert (latest().state, latest().trouble) == (ImportState.DONE, "")


def test_an_import_is_not_undone_while_something_depends_on_it(
    staff: Browser, gcp2: AccreditationScheme, hill_school: Agency, asha: Person
) -> None:
    rows = [
        *story_10()[:2],
        ("Asha Patel", "asha@hill.example", "Hill School", "Teacher", "10/11/25", "Y", "GCP2"),
    ]
    training_import = run(checked(staff, csv_of(rows)), staff)
    first, second = db.session.scalars(
        db.select(Person).where(Person.name.like("Worker%")).order_by(Person.id)
    )
    factories.make_booking(factories.make_training_session(), person=first)
    with transaction():
        second.memberships[0].job_title = "Head"
        db.session.add(
            HistoryEntry(
                at=NOW, verb="changed", subject_type="membership", subject_id=second.memberships[0].id
            )
        )
    of_asha = db.session.scalars(db.select(Accreditation).where(Accreditation.person_id == asha.id)).one()
    factories.make_first_use(of_asha)
    db.session.rollback()

    page = staff.get(f"/imports/{training_import.id}/undo")

    told = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert told == [
        "Asha Patel Asked whether they use the tool",
        "Worker 000 Booked on a date",
        "Worker 001 Changed since",
    ]
    assert "depends on what it added" in staff.post(f"/imports/{training_import.id}/undo", status=409).text
    changed(training_import, state=ImportState.UNDOING)  # as when somebody books between asking and undoing
    jobs.go_on_with_imports(NOW)
    assert "depends on what it added" in staff.get(f"/imports/{training_import.id}").text
    assert latest().state is ImportState.DONE


def test_what_the_worker_does_by_itself_keeps_no_import_from_being_undone(
    staff: Browser,
    gcp2: AccreditationScheme,
    hill_school: Agency,
    asha: Person,
    outbox: Callable[[], list[Letter]],
) -> None:
    rows = [
        ("Asha Patel", "asha@hill.example", "Hill School", "Teacher", "10/11/25", "Y", "GCP2"),
        ("Ended Lately", "ended@hill.example", "Hill School", "Teacher", "20/11/23", "Y", "GCP2"),
        ("Ending Soon", "", "Hill School", "Teacher", "20/12/23", "Y", "GCP2"),
    ]
    training_import = run(checked(staff, csv_of(rows)), staff)
    assert keep_certificates(NOW) == 2
    assert (remind_of_expiry(NOW), outbox()) == (0, [])
    db.session.rollback()

    staff.submit(f"/imports/{training_import.id}/undo")
    jobs.go_on_with_imports(NOW)

    assert (latest().state, keep_certificates(NOW)) == (ImportState.UNDONE, 2)
    again = run(checked(staff, csv_of(rows)), staff)
    keep_certificates(NOW)
    given = db.session.scalars(db.select(Certificate).where(Certificate.withdrawn_at.is_(None))).first()
    changed(given, emailed_at=NOW)
    assert "Sent a certificate" in staff.get(f"/imports/{again.id}/undo").text


@pytest.mark.one_database
@pytest.mark.parametrize("address", ["nina@hill.example", ""])
def test_whom_an_undone_import_had_added_is_nobody_to_the_next(
    staff: Browser, gcp2: AccreditationScheme, hill_school: Agency, address: str
) -> None:
    row = ("Nina New", address, "Hill School", "Teacher", "10/11/25", "Y", "GCP2", "Nina Old")
    content = csv_of([row], headings=(*HEADINGS, "Former name"))
    first = run(checked(staff, content), staff)
    gone = db.session.scalars(db.select(Person).where(Person.name == "Nina New")).one()
    staff.submit(f"/imports/{first.id}/undo")
    jobs.go_on_with_imports(NOW)

    again = checked(staff, content)

    assert verdicts(again) == {"new": 1}
    row_again = db.session.scalars(db.select(ImportRow).where(ImportRow.training_import_id == again.id)).one()
    changed(row_again, decision=str(gone.id))  # as when it was undone after the row was decided
    run(again, staff)
    held = db.session.scalars(db.select(Accreditation).where(Accreditation.withdrawn_at.is_(None))).one()
    assert (held.person.name, held.person.withdrawn_at) == ("Nina New", None)


def test_somebody_new_with_anothers_address_is_added_without_it(
    staff: Browser, gcp2: AccreditationScheme, hill_school: Agency, ben: Person
) -> None:
    rows = [
        ("Ravi Patel", "ben@hill.example", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Rose New", "rose@hill.example", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
        ("Robin New", "rose@hill.example", "Hill School", "Nurse", "4/3/17", "Y", "GCP2"),
    ]
    training_import = checked(staff, csv_of(rows))
    query = db.select(ImportRow.id).where(ImportRow.verdict == Verdict.AMBIGUOUS).order_by(ImportRow.number)
    asked = db.session.scalars(query).all()
    for row_id in asked:
        staff.submit(f"/imports/{training_import.id}/rows/{row_id}", decision="new")
    assert verdicts(training_import) == {"new": 3}
    assert why(training_import)[2] == "Without the address ben@hill.example, which is that of Ben Lead"

    run(training_import, staff)

    assert latest().state is ImportState.DONE
    added = db.session.execute(
        db.select(Person.name, Person.email).where(Person.name.like("R%")).order_by(Person.name)
    )
    assert [tuple(one) for one in added] == [
        ("Ravi Patel", None),
        ("Robin New", None),
        ("Rose New", "rose@hill.example"),
    ]


@pytest.mark.one_database
def test_columns_and_names_are_remembered(
    staff: Browser, gcp2: AccreditationScheme, hill_school: Agency, cara: Person
) -> None:
    course = factories.make_course(title="Working together")
    headings = ("Who", "Where", "When", "What", "Notes")
    rows = [
        ("Nia New", "Hill School", "10/11/16", "WT day", ""),
        ("Oli New", "Hill School", "11/11/16", "Other", "x"),
    ]
    page = sent(staff, csv_of(rows, headings=headings))
    page = staff.fill(page, staff_group=str(factories.a_staff_group().id), jobs_are_current="0")
    assert page.errors == [
        "Select the column with the full name, or those with first and last name",
        "Select the column with the date attended or the date accredited",
        "Select a column with the course or scheme, or one for every row",
    ]
    matched: dict[str, Any] = {
        "column_0": "name",
        "column_1": "agency",
        "column_2": "attended_on",
        "column_3": "course",
    }
    page = staff.fill(page, **matched)
    first = latest()
    page = staff.get(page.link("Decide what WT day means"))
    page = staff.fill(page, meaning=str(course.id))
    page = staff.fill(staff.get(page.link("Decide what Other means")), meaning="keep")
    assert verdicts(first) == {"new": 2}
    assert run(first, staff).state is ImportState.DONE
    kept = db.session.scalars(db.select(EarlierTraining).order_by(EarlierTraining.id)).all()
    assert [(one.title, one.course_id) for one in kept] == [("Working together", course.id), ("Other", None)]
    assert [job.confirmed_at for job in db.session.scalars(db.select(Membership))] == [None, None]

    page = sent(staff, csv_of([("Pat New", "Hill School", "12/11/16", "wt DAY", "")], headings=headings))

    assert "The answers are those of old list.csv, which had the same headings" in page.text
    staff.fill(page)
    assert verdicts(latest()) == {"new": 1}
    page = staff.get("/imports/names")
    assert "wt day Course Working together" in page.text
    assert "other Course Kept in the file’s own words" in page.text
    page = staff.fill(page, button="Ask again about wt day")
    assert "The next file with wt day asks what it means" in page.text
    forgotten = db.session.scalars(db.select(HistoryEntry).where(HistoryEntry.verb == "forgot a name")).one()
    assert (forgotten.actor_id, forgotten.detail["words"]) == (cara.id, "wt day")
    assert db.session.scalars(db.select(Spelling.folded)).all() == ["other"]
    page = staff.submit(f"/imports/{latest().id}/discard")
    assert page.h1 == "Imports of earlier training"
    assert latest().id == first.id
    assert [one.source for one in queries.earlier_training_of(kept[0].person)] == ["old list.csv, row 2"]


@pytest.mark.one_database
def test_the_rows_of_a_file_are_forgotten_in_time(
    staff: Browser, gcp2: AccreditationScheme, hill_school: Agency
) -> None:
    done = run(checked(staff, csv_of(story_10()[:3])), staff)
    lying = checked(staff, csv_of(story_10()[3:6]))

    assert jobs.forget_imported_files(NOW + timedelta(days=29)) == 0
    assert jobs.forget_imported_files(NOW + timedelta(days=31)) == 2

    assert latest().id == done.id != lying.id
    rows = db.session.scalars(db.select(ImportRow)).all()
    assert [(row.name, row.cells, row.verdict) for row in rows] == [("", [], Verdict.NEW)] * 3
    page = staff.get(f"/imports/{done.id}")
    assert "What the file said of each person was dropped" in page.text
    assert (
        staff.get(f"/imports/{done.id}?format=csv").response.get_data(as_text=True).count("New person") == 3
    )


@pytest.mark.one_database
def test_a_workbook_is_read_with_its_dates_and_its_rows_are_inert(
    staff: Browser, gcp2: AccreditationScheme, hill_school: Agency
) -> None:
    first, second = [date(2016, 11, 10)], [42684]
    usual = ("", "Hill School", "")
    content = workbook(
        [
            HEADINGS,
            ("{{7*7}} <img src=x onerror=alert(1)>", *usual, *first, "Y", "GCP2"),
            ("Oli ‮New", *usual, *second, True, "GCP2"),
            ("+Nia", *usual, *second, True, "GCP2"),
        ]
    )

    training_import = checked(staff, content)

    page = staff.get(f"/imports/{training_import.id}")
    assert "{{7*7}} <img src=x onerror=alert(1)>" in page.text
    assert page.text.count("GCP2, accredited on 10 November 2016") == 2
    exported = staff.get(f"/imports/{training_import.id}?format=csv&verdict=rejected").response
    assert "4,'+Nia,Rejected,“+Nia” is a formula and not a name" in exported.get_data(as_text=True)
    run(training_import, staff)
    assert everything()["accreditation"] == 2


def test_the_first_day_of_a_tool_is_set_and_taken_away(staff: Browser, gcp2: AccreditationScheme) -> None:
    page = staff.get(staff.get("/imports").link("Change the first day of GCP2"))
    assert [field["value"] for field in page.soup.select("main input[type=text]")] == ["01", "04", "2016"]
    page = staff.post(f"/imports/launch/{gcp2.id}", {"launched_on": ["2", "5", "2017"]})
    assert "2 May 2017" in page.text
    page = staff.post(f"/imports/launch/{gcp2.id}", {"launched_on": ["", "", ""]})
    assert "Not recorded" in page.text


def test_the_template_is_a_good_file(staff: Browser, gcp2: AccreditationScheme, hill_school: Agency) -> None:
    factories.make_course(title="Working together")
    for kind in ("xlsx", "csv"):
        content = staff.get(f"/imports/template?format={kind}").response.get_data()

        training_import = checked(staff, content)

        assert verdicts(training_import) == {"new": 2}


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("xl/workbook.xml", b"<workbook/>")
        folder.writestr("xl/worksheets/sheet1.xml", b" " * 45_000_000)
    return file.getvalue()


def with_part(name: str, part: bytes) -> bytes:
    """A good workbook with one part more, or another one in its place."""
    file = io.BytesIO()
    good = zipfile.ZipFile(io.BytesIO(workbook([HEADINGS, story_10()[0]])))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        for other in good.namelist():
            if other != name:
                folder.writestr(other, good.read(other))
        folder.writestr(name, part)
    return file.getvalue()


def far_out() -> bytes:
    cells = (
        b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    return with_part("xl/worksheets/sheet1.xml", cells)


XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst><si><t>&e;</t></si></sst>'
TWO = [HEADINGS, ("Asha Patel", "", "", "", "10/11/16", "", "GCP2")]
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip bomb": (bomb, "holds too much"),
    "a cell far out": (far_out, "holds too much"),
    "an outside entity": (lambda: with_part("xl/sharedStrings.xml", XXE), "could not be read"),
    "macros": (lambda: with_part("xl/vbaProject.bin", b"x"), "has macros in it"),
    "a broken workbook": (lambda: b"PK\x03\x04" + b"x" * 500, "could not be read"),
    "a password": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "protected by a password"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 50, "must be a CSV file or an Excel workbook"),
    "a PDF": (lambda: b"%PDF-1.7 hello, there", "must be a CSV file or an Excel workbook"),
    "nothing": (lambda: b"", "is empty"),
    "spaces": (lambda: b" \r\n , ,\r\n", "is empty"),
    "an empty workbook": (lambda: workbook([]), "is empty"),
    "only headings": (lambda: csv_of([]), "nothing below the headings"),
    "one column": (lambda: b"Name\r\nAsha", "must hold the headings"),
    "a ragged row": (lambda: csv_of([story_10()[0], (*story_10()[1], "x")]), "Row 3 has 8 cells"),
    "an open quotation mark": (lambda: csv_of([("Asha", '"x' + "y" * 900)]), "Row 2 has a cell with"),
    "a huge cell": (lambda: csv_of([("Asha", '"' + "y" * 200_000)]), "from row 2 on"),
    "half of a wide encoding": (lambda: b"\xff\xfeN\x00a", "could not be read"),
    "many rows": (lambda: b"Name,Date\r\n" + b"Asha,1/1/16\r\n" * 20_001, "more than 20,000 rows"),
    "many columns": (lambda: b"a," * 60 + b"\r\n" + b"1," * 60, "Send at most 40"),
    "two sheets": (lambda: workbook(TWO, TWO), "has 2 sheets with something in them: “Sheet1”, “Sheet2”"),
}


@pytest.mark.one_database
def test_bad_files_are_refused_soon_in_words() -> None:
    answers = {}
    for what, (make, words) in BAD.items():
        content = make()
        began = time.monotonic()
        with pytest.raises(ListRefused) as refused:
            listed_in(content)
        assert time.monotonic() - began < 5, what
        if words not in str(refused.value):
            answers[what] = refused.value.problems
    assert answers == {}


@pytest.mark.one_database
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_files_are_read_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    listed = listed_in("Name;Date\r\nZoë O’Neill;10/11/16\r\n\r\nBen;11/11/16".encode(encoding))

    assert listed.headings == ["Name", "Date"]
    assert listed.rows == [(2, ["Zoë O’Neill", "10/11/16"]), (4, ["Ben", "11/11/16"])]


@pytest.mark.one_database
def test_a_title_above_the_headings_is_passed_over() -> None:
    listed = listed_in(workbook([["GCP2 training, 2016 to 2020", ""], [], ["", "Board list"], *TWO]))

    assert listed.headings == list(HEADINGS)
    assert [number for number, _ in listed.rows] == [5]


@pytest.mark.one_database
def test_a_bad_file_is_said_on_the_page_and_nothing_is_kept(staff: Browser) -> None:
    page = sent(staff, csv_of([(*story_10()[0], "x"), (*story_10()[1], "y")]))

    assert sorted(error[:31] for error in page.errors) == [
        "Row 2 has 8 cells and there are",
        "Row 3 has 8 cells and there are",
    ]
    assert staff.get("/imports").text.count("No imports yet") == 1
    for sheet, says in (
        ("", "Enter which one, and select the file again"),
        ("2020", "no sheet called “2020”"),
    ):
        page = sent(staff, workbook(TWO, TWO), name="two.xlsx", sheet=sheet)
        assert says in page.errors[0]
        assert page.soup.select_one(".govuk-error-summary a[href='#sheet']")
    page = sent(staff, workbook(TWO, TWO), name="two.xlsx", sheet="sheet2")
    assert page.h1 == "What does each column hold?"
    assert latest().sheet == "Sheet2"
