"""What changes imports: receiving a file, checking it, deciding, running it some rows at a time, and undoing it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.accreditation.queries import expiry_of_award
from sscb_training.accreditation.service import award_by_records
from sscb_training.core import history
from sscb_training.core.db import db, lock, lock_each
from sscb_training.core.errors import Refused
from sscb_training.core.history import HistoryEntry
from sscb_training.core.times import london_date, plain_date
from sscb_training.imports import queries, rules
from sscb_training.imports.judging import LEAVE_OUT, NEW, Judgement
from sscb_training.imports.models import (
    EarlierTraining,
    ImportRow,
    ImportState,
    Kind,
    SchemeLaunch,
    Spelling,
    TrainingImport,
    Verdict,
)
from sscb_training.people.models import FormerName, Membership, Person
from sscb_training.people.rules import fold_email

CHUNK = 500
NOT_RECORDED = "Not recorded"
IMPORT_FAILED = (
    "The next rows could not be imported, and none of them was. It is our fault and has been noted. Try again, or stop "
    "here: what was imported stays and can be undone, and the other rows are left out."
)
UNDO_FAILED = (
    "This import could not be undone, and nothing of it was taken back. It is our fault and has been noted. Try again, "
    "or leave it as it is."
)


class ImportRefused(Refused):
    """An import that cannot go on so."""


def receive(
    name: str,
    *,
    sheet: str,
    headings: Sequence[str],
    listed: Iterable[tuple[int, Sequence[str]]],
    sha256: str,
    by: Person,
    now: datetime,
) -> TrainingImport:
    """Keep the cells of a file, row by row with their numbers, and guess what its columns hold."""
    listed = list(listed)
    before = queries.remembered(rules.headings_key(headings))
    training_import = TrainingImport(
        name=name,
        sheet=sheet,
        headings=list(headings),
        headings_key=rules.headings_key(headings),
        sha256=sha256,
        columns=dict(before.columns) if before else rules.guessed_columns(headings),
        scheme_id=before.scheme_id if before else None,
        course_id=before.course_id if before else None,
        staff_group_id=before.staff_group_id if before else None,
        jobs_are_current=before.jobs_are_current if before else False,
        state=ImportState.UPLOADED,
        rows_total=len(listed),
        uploaded_at=now,
        uploaded_by=by,
    )
    db.session.add(training_import)
    history.record("uploaded", training_import, by=by, at=now, rows=len(listed))
    db.session.execute(
        insert(ImportRow),
        [
            {"training_import_id": training_import.id, "number": number, "cells": list(cells)}
            for number, cells in listed
        ],
    )
    return training_import


def match_columns(
    training_import: TrainingImport,
    columns: Mapping[str, int],
    *,
    scheme_id: int | None,
    course_id: int | None,
    staff_group_id: int | None,
    jobs_are_current: bool,
    by: Person,
    now: datetime,
) -> None:
    """Say what each column holds and what holds for every row, and check the rows."""
    _hold(training_import, ImportState.UPLOADED, ImportState.CHECKED)
    training_import.columns = dict(columns)
    training_import.scheme_id, training_import.course_id = scheme_id, course_id
    training_import.staff_group_id, training_import.jobs_are_current = staff_group_id, jobs_are_current
    training_import.state = ImportState.CHECKED
    history.record("matched columns", training_import, by=by, at=now, columns=dict(columns))
    check(training_import, now=now)


def check(training_import: TrainingImport, *, now: datetime) -> None:
    """Find out what would become of each row. Nothing but the verdicts is written."""
    rows = queries.every_row(training_import)
    decided = ((cells, decision) for _, _, cells, decision in rows)
    judge = queries.judge(training_import, decided, today=london_date(now))
    found = [
        _as_columns(row_id, judge.judge(number, cells, decision)) for row_id, number, cells, decision in rows
    ]
    if found:
        db.session.execute(update(ImportRow), found)
    db.session.expire_all()


def _as_columns(row_id: int, judgement: Judgement) -> dict[str, Any]:
    person_id = judgement.person_id
    return {
        "id": row_id,
        "name": judgement.name,
        "says": _in_words(judgement),
        "verdict": judgement.verdict,
        "why": judgement.why,
        "asks": judgement.asks,
        "asks_value": judgement.asks_value,
        "candidates": list(judgement.candidates),
        "person_id": person_id if person_id and person_id > 0 else None,
    }


def _in_words(judgement: Judgement) -> str:
    """What a row adds or would add, for the list: "GCP2 accredited on 10 November 2016"; of a name to explain, the name."""
    claim = judgement.claim
    if claim is None:
        return judgement.asks_words
    awards = [claim.award] if claim.award else []
    return "; ".join(
        [
            *(f"{one.code}, accredited on {plain_date(one.awarded_on)}" for one in awards),
            *(f"{one.title} on {plain_date(one.on)}" for one in claim.trainings),
        ]
    )


def decide_row(
    training_import: TrainingImport, row: ImportRow, *, decision: str, by: Person, now: datetime
) -> None:
    """Say whom an ambiguous row means: somebody who may be meant (their key), somebody new, or leave it out."""
    _hold(training_import, ImportState.CHECKED)
    lock(row)
    if decision not in {NEW, LEAVE_OUT, *map(str, row.candidates)}:
        raise ImportRefused("Select one of those whom the row may mean.")
    row.decision = decision
    history.record("decided row", training_import, by=by, at=now, row=row.number)
    check(training_import, now=now)


def decide_name(
    training_import: TrainingImport, kind: Kind, words: str, *, meaning: str, by: Person, now: datetime
) -> None:
    """Say what a name in the file means, for all rows with it and for later files: a row's key, keep, or leave out."""
    _hold(training_import, ImportState.CHECKED)
    folded = rules.fold(words)
    spelling = queries.spelling(kind, folded)
    if spelling is None:
        spelling = Spelling(kind=kind, folded=folded, meaning=meaning, decided_at=now, decided_by_id=by.id)
        db.session.add(spelling)
    spelling.meaning, spelling.decided_at, spelling.decided_by_id = meaning, now, by.id
    history.record("decided a name", spelling, by=by, at=now, kind=kind, words=words, meaning=meaning)
    check(training_import, now=now)


def forget_name(spelling: Spelling, *, by: Person, now: datetime) -> None:
    """Ask again about this name in the next file. What files with it brought in stays as it is."""
    lock(spelling)
    history.record(
        "forgot a name",
        spelling,
        by=by,
        at=now,
        kind=spelling.kind,
        words=spelling.folded,
        meaning=spelling.meaning,
    )
    db.session.delete(spelling)


def leave_out_undecided(training_import: TrainingImport, *, by: Person, now: datetime) -> None:
    """Leave out every row that is ambiguous still. The same file sent again asks about them again."""
    _hold(training_import, ImportState.CHECKED)
    db.session.execute(
        update(ImportRow)
        .where(ImportRow.training_import_id == training_import.id, ImportRow.verdict == Verdict.AMBIGUOUS)
        .values(decision=LEAVE_OUT)
        .execution_options(synchronize_session=False)
    )
    history.record("left out what is ambiguous", training_import, by=by, at=now)
    check(training_import, now=now)


def confirm(training_import: TrainingImport, *, by: Person, now: datetime) -> None:
    """Let the worker import the rows. Refuses while a row is ambiguous, and where nothing would be added."""
    _hold(training_import, ImportState.CHECKED)
    found = queries.counts(training_import)
    if found[Verdict.AMBIGUOUS]:
        raise ImportRefused("Decide the ambiguous rows first, or leave them out.")
    if not any(number for verdict, number in found.items() if verdict.is_imported):
        raise ImportRefused("No row of this file adds anything.")
    training_import.state, training_import.confirmed_at = ImportState.RUNNING, now
    history.record("confirmed", training_import, by=by, at=now)


def discard(training_import: TrainingImport, *, by: Person, now: datetime) -> None:
    """Drop a file that was not confirmed, with its rows."""
    _hold(training_import, ImportState.UPLOADED, ImportState.CHECKED)
    history.record("discarded", training_import, by=by, at=now, rows=training_import.rows_total)
    db.session.execute(delete(ImportRow).where(ImportRow.training_import_id == training_import.id))
    db.session.execute(delete(TrainingImport).where(TrainingImport.id == training_import.id))


def import_some(training_import: TrainingImport, *, most: int = CHUNK, now: datetime) -> int:
    """Import the next rows, all of them or none; how many. After the last one the import is done.

    Each is judged again, knowing what happened since: what became uncertain meanwhile is left out with its reason.
    """
    _hold(training_import, ImportState.RUNNING)
    rows = queries.next_rows(training_import, most)
    decided = ((row.cells, row.decision) for row in rows)
    judge = queries.judge(training_import, decided, today=london_date(now))
    judged: list[tuple[ImportRow, Judgement]] = []
    for row in rows:
        row.is_done = True
        if row.verdict is not None and row.verdict.is_imported:
            judgement = judge.judge(row.number, row.cells, row.decision)
            row.verdict, row.why = judgement.verdict, judgement.why
            if judgement.verdict.is_imported:
                judged.append((row, judgement))
    people = _people(training_import, judged, now=now)
    _add_awards(training_import, judged, people, now=now)
    _add_trainings(training_import, judged, people, now=now)
    training_import.rows_done += len(rows)
    if len(rows) < most:
        training_import.state, training_import.finished_at = ImportState.DONE, now
        history.record("imported", training_import, by=None, at=now, rows=training_import.rows_done)
    db.session.flush()
    return len(rows)


def note_trouble(training_import: TrainingImport, *, now: datetime) -> None:
    """Leave to staff what the worker could not go on with. The rows that failed changed nothing."""
    _hold(training_import, ImportState.RUNNING, ImportState.UNDOING)
    training_import.trouble = IMPORT_FAILED if training_import.state is ImportState.RUNNING else UNDO_FAILED
    history.record("could not go on", training_import, by=None, at=now, rows=training_import.rows_done)


def try_again(training_import: TrainingImport, *, by: Person, now: datetime) -> None:
    """Let the worker go on with what it could not go on with before."""
    _hold_in_trouble(training_import)
    training_import.trouble = ""
    history.record("tried again", training_import, by=by, at=now)


def stop(training_import: TrainingImport, *, by: Person, now: datetime) -> None:
    """Leave it at what is done. Of an import the other rows are left out, and it can be undone; an undoing is given up."""
    _hold_in_trouble(training_import)
    db.session.execute(
        update(ImportRow)
        .where(ImportRow.training_import_id == training_import.id, ImportRow.is_done.is_(False))
        .values(is_done=True, verdict=Verdict.LEFT_OUT, why="The import was stopped before this row")
        .execution_options(synchronize_session=False)
    )
    training_import.state, training_import.trouble = ImportState.DONE, ""
    training_import.finished_at = training_import.finished_at or now
    history.record("stopped", training_import, by=by, at=now, rows=training_import.rows_done)


def _hold_in_trouble(training_import: TrainingImport) -> None:
    _hold(training_import, ImportState.RUNNING, ImportState.UNDOING)
    if not training_import.is_held_up:
        raise ImportRefused("This import is going on. Wait until it is done.")


def _people(
    training_import: TrainingImport, judged: Sequence[tuple[ImportRow, Judgement]], *, now: datetime
) -> dict[int, Person]:
    """Everybody whom the rows mean, by the key in the judgements; those who are new are added, and get no letter."""
    meant = {judgement.person_id for _, judgement in judged if judgement.person_id}
    here = [key for key in meant if key > 0]
    lock_each(Person, here)
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(here)))}
    jobs: list[tuple[ImportRow, Membership]] = []
    new = [(row, judgement) for row, judgement in judged if judgement.adds_person]
    for row, judgement in new:
        claim = judgement.claim
        if (
            claim is None
            or judgement.person_id is None
            or claim.agency_id is None
            or claim.staff_group_id is None
        ):
            raise ImportRefused("A person needs an agency.")
        person = Person(
            name=claim.name,
            email=claim.email or None,
            email_key=fold_email(claim.email) if claim.email else None,
            contact_email=claim.letters_to,
            created_at=now,
        )
        people[judgement.person_id] = person
        job = Membership(
            person=person,
            agency_id=claim.agency_id,
            staff_group_id=claim.staff_group_id,
            job_title=claim.job_title or NOT_RECORDED,
            valid_from=claim.first_day,
            confirmed_at=now if training_import.jobs_are_current else None,
            recorded_at=now,
        )
        db.session.add_all([person, job])
        if claim.former_name:
            db.session.add(FormerName(person=person, name=claim.former_name, until=now))
        jobs.append((row, job))
    history.record_each(
        "registered",
        [(people[one.person_id], _source(training_import, row)) for row, one in new if one.person_id],
        by=None,
        at=now,
    )
    history.record_each(
        "added a job", [(job, _source(training_import, row)) for row, job in jobs], by=None, at=now
    )
    for row, job in jobs:
        row.made_person, row.membership_id = True, job.id
    for row, judgement in judged:
        row.person_id = people[judgement.person_id or 0].id
    return people


def _source(training_import: TrainingImport, row: ImportRow) -> dict[str, Any]:
    return {"source": source_of(training_import, row)}


def source_of(training_import: TrainingImport, row: ImportRow) -> str:
    """Where something comes from, for whoever asks later: file, sheet and row."""
    sheet = f", {training_import.sheet}" if training_import.sheet else ""
    return f"{training_import.name}{sheet}, row {row.number}"


def _add_awards(
    training_import: TrainingImport,
    judged: Sequence[tuple[ImportRow, Judgement]],
    people: Mapping[int, Person],
    *,
    now: datetime,
) -> None:
    schemes = queries.schemes_by_key()
    earned: list[tuple[ImportRow, tuple[Person, AccreditationScheme, date, str]]] = [
        (
            row,
            (
                people[one.person_id or 0],
                schemes[one.award.scheme_id],
                one.award.awarded_on,
                source_of(training_import, row),
            ),
        )
        for row, one in judged
        if one.award
    ]
    by = queries.confirmed_by(training_import)
    awarded = award_by_records([one for _, one in earned], by=by, now=now)
    for (row, _), accreditation in zip(earned, awarded, strict=True):
        row.accreditation_id = accreditation.id


def _add_trainings(
    training_import: TrainingImport,
    judged: Sequence[tuple[ImportRow, Judgement]],
    people: Mapping[int, Person],
    *,
    now: datetime,
) -> None:
    schemes = queries.schemes_by_key()
    added = [
        EarlierTraining(
            person=people[judgement.person_id or 0],
            course_id=one.course_id,
            scheme_id=one.scheme_id,
            title=one.title,
            key=one.key,
            attended_on=one.on,
            assessment=one.assessment,
            counts_until=expiry_of_award(schemes[one.scheme_id], one.on) if one.scheme_id else None,
            source=source_of(training_import, row),
            row_id=row.id,
            recorded_at=now,
        )
        for row, judgement in judged
        for one in judgement.trainings
    ]
    db.session.add_all(added)
    history.record_each(
        "recorded",
        [(one, {"title": one.title, "attended_on": one.attended_on, "source": one.source}) for one in added],
        by=None,
        at=now,
    )


def ask_to_undo(training_import: TrainingImport, *, by: Person, now: datetime) -> None:
    """Let the worker undo a finished import. Refuses while anything depends on it."""
    _hold(training_import, ImportState.DONE)
    _refuse_if_something_depends(training_import)
    training_import.state, training_import.trouble = ImportState.UNDOING, ""
    training_import.undone_by_id = by.id
    history.record("asked to undo", training_import, by=by, at=now)


def undo(training_import: TrainingImport, *, now: datetime) -> None:
    """Take back all that an import made, at once. It never counted since; before, as it was known then, it did.

    Nothing is deleted: a figure of a day between the import and now comes out the same. People whom it added lose their
    address, so that they can be added again, and stand in no list.
    """
    _hold(training_import, ImportState.UNDOING)
    try:
        _refuse_if_something_depends(training_import)
    except ImportRefused as refusal:  # somebody was quicker than the worker
        training_import.state, training_import.trouble = ImportState.DONE, str(refusal)
        return
    made = queries.made_by(training_import)
    by_id, keep = training_import.undone_by_id, {"synchronize_session": False}
    for kind, keys in made.items():
        entries = [
            {
                "at": now,
                "actor_id": by_id,
                "verb": "taken back with its import",
                "subject_type": kind,
                "subject_id": key,
                "detail": {"file": training_import.name},
            }
            for key in db.session.scalars(keys)
        ]
        if entries:
            db.session.execute(insert(HistoryEntry), entries)
    for model in (Accreditation, EarlierTraining):
        gone = update(model).where(model.id.in_(made[model.__tablename__]), model.withdrawn_at.is_(None))
        db.session.execute(gone.values(withdrawn_at=now), execution_options=keep)
    db.session.execute(
        update(Membership)
        .where(Membership.id.in_(made["membership"]))
        .values(valid_to=Membership.valid_from, ended_recorded_at=now),
        execution_options=keep,
    )
    db.session.execute(
        update(Person)
        .where(Person.id.in_(made["person"]))
        .values(withdrawn_at=now, email=None, email_key=None, contact_email=""),
        execution_options=keep,
    )
    training_import.state, training_import.undone_at = ImportState.UNDONE, now
    history.record("undone", training_import, by=None, at=now)


def _refuse_if_something_depends(training_import: TrainingImport) -> None:
    if queries.dependents(training_import, most=1):
        raise ImportRefused(
            "This import cannot be undone, because something depends on what it added. See who, and correct single "
            "records instead."
        )


def forget(training_import: TrainingImport, *, now: datetime) -> None:
    """Drop the cells of a file that are needed no longer; what became of each row stays, without names.

    A file that was never confirmed goes as a whole.
    """
    lock(training_import)
    if training_import.state in {ImportState.UPLOADED, ImportState.CHECKED}:
        history.record("forgotten", training_import, by=None, at=now)
        db.session.execute(delete(ImportRow).where(ImportRow.training_import_id == training_import.id))
        db.session.execute(delete(TrainingImport).where(TrainingImport.id == training_import.id))
        return
    db.session.execute(
        update(ImportRow)
        .where(ImportRow.training_import_id == training_import.id)
        .values(cells=[], name="", says="", candidates=[])
        .execution_options(synchronize_session=False)
    )
    training_import.forgotten_at = now


def set_launch(scheme: AccreditationScheme, *, launched_on: date | None, by: Person, now: datetime) -> None:
    """Say since when a scheme's tool is used here; nothing where that is not known."""
    lock(scheme)
    launch = queries.launch_of(scheme)
    before = launch.launched_on if launch else None
    if launched_on is None:
        if launch is not None:
            db.session.delete(launch)
    elif launch is None:
        db.session.add(SchemeLaunch(scheme_id=scheme.id, launched_on=launched_on))
    else:
        launch.launched_on = launched_on
    if before != launched_on:
        history.record("set the launch", scheme, by=by, at=now, launched_on=[before, launched_on])


def _hold(training_import: TrainingImport, *states: ImportState) -> None:
    """Hold the import, and refuse what its state does not allow any more."""
    lock(training_import)
    if training_import.state not in states:
        raise ImportRefused("This import has gone on meanwhile. Open it again to see how far it is.")
