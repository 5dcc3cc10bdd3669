"""Questions about imports: how far one is, what its rows say, what is known that they may mean, and what depends on it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Table, and_, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.agencies.queries import successors
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.core.db import db, number, row_or_404, row_or_none, rows
from sscb_training.core.history import HistoryEntry
from sscb_training.courses.models import Course, CourseVersion, TrainingSession
from sscb_training.imports import rules
from sscb_training.imports.identity import Directory, Known
from sscb_training.imports.judging import Held, Judge
from sscb_training.imports.models import (
    EarlierTraining,
    ImportRow,
    ImportState,
    Kind,
    SchemeLaunch,
    Spelling,
    TrainingImport,
    Verdict,
    stands,
)
from sscb_training.people.models import FormerName, Membership, Person

MOST_TOLD = 50
ASKED_AT_ONCE = 10_000
"""A statement takes no more than some 32,000 values."""
NOT_A_DEPENDENCE = {"import_row", "former_name", "training_import"}
DEPENDS = {
    "booking": "booked on a date",
    "certificate": "sent a certificate",
    "expiry_reminder": "reminded that it runs out",
    "role_grant": "given a role",
    "sign_in": "signed in",
    "membership": "given another job",
    "accreditation": "accredited besides",
    "earlier_training": "earlier training from another file",
    "first_use": "asked whether they use the tool",
    "changed": "changed since",
}
"""What it means that rows of another table rest on what an import made."""


def confirmed_by(training_import: TrainingImport) -> Person | None:
    """Who decided that the file is imported: what it adds is theirs, though the worker adds it."""
    return row_or_none(
        select(Person)
        .join(HistoryEntry, HistoryEntry.actor_id == Person.id)
        .where(
            HistoryEntry.subject_type == TrainingImport.__tablename__,
            HistoryEntry.subject_id == training_import.id,
            HistoryEntry.verb == "confirmed",
        )
    )


def imports() -> Select[TrainingImport]:
    """Every import, the latest first."""
    return (
        select(TrainingImport)
        .options(joinedload(TrainingImport.uploaded_by))
        .order_by(TrainingImport.uploaded_at.desc(), TrainingImport.id.desc())
    )


def import_for_staff(training_import_id: int) -> TrainingImport:
    """The import; 404 when there is none."""
    return row_or_404(
        select(TrainingImport)
        .where(TrainingImport.id == training_import_id)
        .options(
            joinedload(TrainingImport.uploaded_by),
            joinedload(TrainingImport.scheme),
            joinedload(TrainingImport.course),
        )
    )


def row_of(training_import: TrainingImport, row_id: int) -> ImportRow:
    """One row of an import; otherwise 404."""
    return row_or_404(
        select(ImportRow).where(ImportRow.id == row_id, ImportRow.training_import_id == training_import.id)
    )


def next_at_work() -> TrainingImport | None:
    """The import that the worker goes on with: the one that was confirmed, or is to be undone, for longest.

    One in trouble waits for staff and keeps nobody else waiting.
    """
    return row_or_none(
        select(TrainingImport)
        .where(
            TrainingImport.state.in_([ImportState.RUNNING, ImportState.UNDOING]), TrainingImport.trouble == ""
        )
        .order_by(TrainingImport.confirmed_at, TrainingImport.id)
    )


def with_the_same_content(sha256: str) -> TrainingImport | None:
    """The latest import of the very same file that was confirmed and not undone."""
    return row_or_none(
        select(TrainingImport)
        .where(
            TrainingImport.sha256 == sha256,
            TrainingImport.state.in_([ImportState.RUNNING, ImportState.DONE]),
        )
        .order_by(TrainingImport.id.desc())
    )


def remembered(headings_key: str) -> TrainingImport | None:
    """The latest import with the same headings whose columns were matched."""
    return row_or_none(
        select(TrainingImport)
        .where(TrainingImport.headings_key == headings_key, TrainingImport.state != ImportState.UPLOADED)
        .order_by(TrainingImport.id.desc())
    )


def first_rows(training_import: TrainingImport, most: int = 5) -> Sequence[ImportRow]:
    """The first rows of the file."""
    return rows(_rows(training_import).order_by(ImportRow.number).limit(most))


def next_rows(training_import: TrainingImport, most: int) -> Sequence[ImportRow]:
    """The rows with which a running import goes on."""
    return rows(
        _rows(training_import).where(ImportRow.is_done.is_(False)).order_by(ImportRow.number).limit(most)
    )


def every_row(training_import: TrainingImport) -> Sequence[tuple[int, int, list[str], str]]:
    """Key, number, cells and decision of each row in their order."""
    query = select(ImportRow.id, ImportRow.number, ImportRow.cells, ImportRow.decision)
    answer = db.session.execute(
        query.where(ImportRow.training_import_id == training_import.id).order_by(ImportRow.number)
    )
    return [(key, place, cells, decision) for key, place, cells, decision in answer]


def _rows(training_import: TrainingImport) -> Select[ImportRow]:
    return select(ImportRow).where(ImportRow.training_import_id == training_import.id)


@dataclass(frozen=True)
class Filters:
    """What the list of rows is narrowed to."""

    verdict: Verdict | None = None
    search: str = ""


def rows_found(training_import: TrainingImport, filters: Filters) -> Select[ImportRow]:
    """The rows that the filters find, in the file's order."""
    query = _rows(training_import).options(joinedload(ImportRow.person)).order_by(ImportRow.number)
    if filters.verdict is not None:
        query = query.where(ImportRow.verdict == filters.verdict)
    if filters.search:
        words = filters.search.lower()
        query = query.where(
            or_(
                *(func.lower(one).contains(words, autoescape=True) for one in (ImportRow.name, ImportRow.why))
            )
        )
    return query


def counts(training_import: TrainingImport) -> dict[Verdict, int]:
    """How many rows there are of each kind, all kinds in their order."""
    found = db.session.execute(
        select(ImportRow.verdict, func.count())
        .where(ImportRow.training_import_id == training_import.id)
        .group_by(ImportRow.verdict)
    )
    known = {verdict: many for verdict, many in found if verdict is not None}
    return {verdict: known.get(verdict, 0) for verdict in Verdict}


@dataclass(frozen=True)
class Asked:
    """A name in the file that nobody knows here, and in how many rows it stands. `row` is the first of them."""

    row_id: int
    kind: Kind
    words: str
    number: int


def asked(training_import: TrainingImport) -> list[Asked]:
    """The names that must be explained, those in most rows first."""
    many = func.count()
    query = (
        select(func.min(ImportRow.id), ImportRow.asks, func.min(ImportRow.says), many)
        .where(
            ImportRow.training_import_id == training_import.id,
            ImportRow.verdict == Verdict.AMBIGUOUS,
            ImportRow.asks.is_not(None),
        )
        .group_by(ImportRow.asks, ImportRow.asks_value)
        .order_by(many.desc(), ImportRow.asks, ImportRow.asks_value)
    )
    return [Asked(key, kind, said, rows) for key, kind, said, rows in db.session.execute(query) if kind]


def number_asked(row: ImportRow) -> int:
    """In how many rows of its file stands the name that a row asks about."""
    return number(
        select(func.count()).where(
            ImportRow.training_import_id == row.training_import_id,
            ImportRow.asks == row.asks,
            ImportRow.asks_value == row.asks_value,
        )
    )


@dataclass(frozen=True)
class Figures:
    """What a finished import added."""

    people: int
    accreditations: int
    trainings: int
    in_force: int


def figures(training_import: TrainingImport, *, on: date) -> Figures:
    """What an import added, and how many of its accreditations are in force on a day."""
    mine = ImportRow.training_import_id == training_import.id
    awarded = (
        select(func.count())
        .select_from(Accreditation)
        .join(ImportRow, ImportRow.accreditation_id == Accreditation.id)
        .where(mine)
    )
    return Figures(
        people=number(select(func.count()).where(mine, ImportRow.made_person)),
        accreditations=number(awarded),
        trainings=number(
            select(func.count())
            .select_from(EarlierTraining)
            .join(ImportRow, ImportRow.id == EarlierTraining.row_id)
            .where(mine)
        ),
        in_force=number(awarded.where(Accreditation.in_force(on))),
    )


def people_to_choose(person_ids: Sequence[int]) -> Sequence[Person]:
    """Those whom a row may mean, with where they work and worked."""
    return rows(
        select(Person)
        .where(Person.id.in_(person_ids), Person.withdrawn_at.is_(None))
        .options(joinedload(Person.memberships).joinedload(Membership.agency))
        .order_by(Person.name, Person.id)
    )


def judge(training_import: TrainingImport, rows: Iterable[tuple[list[str], str]], *, today: date) -> Judge:
    """Who reads these rows of the import, given as cells and decision, knowing what the service knows at this moment.

    Of where people work and what they hold it knows that of those whom the rows may mean: a county's is too much to read.
    """
    directory, meant, held = _directory(), set(), set()
    for cells, decision in rows:
        of = rules.cells_by_field(cells, training_import.columns)
        meant |= directory.called(rules.name_in(of), of(rules.Field.FORMER_NAME), of(rules.Field.EMAIL))
        meant |= {int(decision)} if decision.isdecimal() else set()
    for some in _batches(sorted(meant)):
        held |= _held(some)
        jobs = select(Membership.person_id, Membership.agency_id).where(Membership.person_id.in_(some))
        for person_id, agency_id in db.session.execute(jobs.distinct()):
            directory.add_agency(person_id, agency_id)
    return Judge(
        directory,
        words(),
        rules.Usual(training_import.scheme_id, training_import.course_id, training_import.staff_group_id),
        training_import.columns,
        held,
        today=today,
    )


def _directory() -> Directory:
    """Everybody by name and address; where they work is added for whom it matters."""
    following = successors()
    lines = {agency_id: _last_of_line(agency_id, following) for agency_id in following}
    directory = Directory(lines)
    people = select(Person.id, Person.name, Person.email_key).where(Person.withdrawn_at.is_(None))
    for person_id, name, email_key in db.session.execute(people):
        directory.add(Known(person_id, name, email_key or ""))
    for person_id, name in db.session.execute(select(FormerName.person_id, FormerName.name)):
        directory.add_name(person_id, name)
    return directory


def _batches(person_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (person_ids[begin : begin + ASKED_AT_ONCE] for begin in range(0, len(person_ids), ASKED_AT_ONCE))


def _last_of_line(agency_id: int, following: Mapping[int, int]) -> int:
    seen = {agency_id}
    while (successor := following.get(agency_id)) and successor not in seen:
        agency_id = successor
        seen.add(agency_id)
    return agency_id


def _held(person_ids: Sequence[int]) -> set[Held]:
    """What these people have: accreditations and earlier trainings that stand, and courses attended by a booking."""
    awards = select(Accreditation.person_id, Accreditation.scheme_id, Accreditation.awarded_on).where(
        Accreditation.withdrawn_at.is_(None), Accreditation.person_id.in_(person_ids)
    )
    trainings = select(EarlierTraining.person_id, EarlierTraining.key, EarlierTraining.attended_on).where(
        stands, EarlierTraining.person_id.in_(person_ids)
    )
    attended = (
        select(Booking.person_id, CourseVersion.course_id, Booking.outcome_on)
        .join(Booking.training_session)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .where(
            Booking.person_id.in_(person_ids),
            Booking.outcome == Outcome.ATTENDED,
            Booking.outcome_on.is_not(None),
        )
    )
    return {
        *((one, f"award {scheme}", on) for one, scheme, on in db.session.execute(awards)),
        *((one, key, on) for one, key, on in db.session.execute(trainings)),
        *((one, f"course {course}", on) for one, course, on in db.session.execute(attended) if on),
    }


def words() -> rules.Words:
    """Every name that a file may use for what is known here, and what was decided of other spellings."""
    named: dict[Kind, dict[str, int]] = {kind: {} for kind in Kind}
    titles: dict[int, str] = {}
    for key, name, short_name in db.session.execute(select(Agency.id, Agency.name, Agency.short_name)):
        for one in (name, short_name):
            named[Kind.AGENCY].setdefault(rules.fold(one), key)
    for key, name in db.session.execute(select(StaffGroup.id, StaffGroup.name)):
        named[Kind.STAFF_GROUP][rules.fold(name)] = key
    for key, code, title in db.session.execute(select(Course.id, Course.code, Course.title)):
        titles[key] = title
        for one in (code, title):
            named[Kind.COURSE].setdefault(rules.fold(one), key)
    schemes = _schemes()
    for scheme in schemes.values():
        named[Kind.SCHEME] |= {rules.fold(scheme.code): scheme.id, rules.fold(scheme.name): scheme.id}
    for names in named.values():
        names.pop("", None)
    decided: dict[tuple[Kind, str], int | str] = {
        (one.kind, one.folded): int(one.meaning) if one.meaning.isdecimal() else one.meaning
        for one in rows(select(Spelling))
    }
    return rules.Words(named, decided, schemes, titles)


_WITH_TERMS = select(AccreditationScheme).options(selectinload(AccreditationScheme.terms))


def _schemes() -> dict[int, rules.Scheme]:
    launched = {one.scheme_id: one.launched_on for one in rows(select(SchemeLaunch))}
    return {
        scheme.id: rules.Scheme(
            scheme.id,
            scheme.code,
            scheme.name,
            launched.get(scheme.id),
            [(terms.holds_from, terms.pass_mark) for terms in scheme.terms],
        )
        for scheme in rows(_WITH_TERMS)
    }


@dataclass(frozen=True)
class Remembered:
    """A name that files use and what was decided that it means."""

    spelling: Spelling
    means: str


def remembered_names() -> Select[Spelling]:
    """What was decided of names in files, by what they are names of and the name."""
    return select(Spelling).order_by(Spelling.kind, Spelling.folded)


def in_words(found: Sequence[Spelling]) -> list[Remembered]:
    """Each with what it means by its name here; a query for each kind, however many there are."""
    named = {
        Kind.AGENCY: (Agency.id, Agency.name),
        Kind.SCHEME: (AccreditationScheme.id, AccreditationScheme.name),
        Kind.COURSE: (Course.id, Course.title),
        Kind.STAFF_GROUP: (StaffGroup.id, StaffGroup.name),
    }
    names: dict[tuple[Kind, str], str] = {}
    for kind, (key, name) in named.items():
        keys = [int(one.meaning) for one in found if one.kind is kind and one.meaning.isdecimal()]
        for row_id, called in db.session.execute(select(key, name).where(key.in_(keys))):
            names[kind, str(row_id)] = called
    otherwise = {rules.KEEP_WORDS: "Kept in the file’s own words"}
    return [
        Remembered(
            one, names.get((one.kind, one.meaning)) or otherwise.get(one.meaning, "Its rows are left out")
        )
        for one in found
    ]


def launches() -> Sequence[tuple[AccreditationScheme, date | None]]:
    """Every scheme with the day from which its tool was used here, if that is known."""
    query = (
        select(AccreditationScheme, SchemeLaunch.launched_on)
        .outerjoin(SchemeLaunch, SchemeLaunch.scheme_id == AccreditationScheme.id)
        .order_by(AccreditationScheme.name)
    )
    return [(scheme, on) for scheme, on in db.session.execute(query)]


def launch_of(scheme: AccreditationScheme) -> SchemeLaunch | None:
    return row_or_none(select(SchemeLaunch).where(SchemeLaunch.scheme_id == scheme.id))


def spelling(kind: Kind, folded: str) -> Spelling | None:
    """What was decided of a name in files."""
    return row_or_none(select(Spelling).where(Spelling.kind == kind, Spelling.folded == folded))


def schemes_by_key() -> Mapping[int, AccreditationScheme]:
    return {scheme.id: scheme for scheme in rows(_WITH_TERMS)}


def earlier_training_of(person: Person) -> Sequence[EarlierTraining]:
    """What somebody attended before this service knew of it, the latest first."""
    return rows(
        select(EarlierTraining)
        .where(EarlierTraining.person_id == person.id, stands)
        .options(joinedload(EarlierTraining.course))
        .order_by(EarlierTraining.attended_on.desc(), EarlierTraining.id.desc())
    )


def to_forget(*, before: datetime) -> Sequence[TrainingImport]:
    """The imports whose cells are needed no longer: done, undone or left lying since before that moment."""
    last = func.coalesce(TrainingImport.undone_at, TrainingImport.finished_at, TrainingImport.uploaded_at)
    at_work = TrainingImport.state.in_([ImportState.RUNNING, ImportState.UNDOING])
    return rows(select(TrainingImport).where(TrainingImport.forgotten_at.is_(None), last < before, ~at_work))


@dataclass(frozen=True)
class Dependent:
    """Somebody with something that rests on what an import made."""

    person_id: int
    name: str
    what: str


def made_by(training_import: TrainingImport) -> dict[str, Select[int]]:
    """The keys of what an import made, by table."""
    training = aliased(EarlierTraining)  # a query of earlier training would take it for its own
    mine = ImportRow.training_import_id == training_import.id
    return {
        "person": select(ImportRow.person_id).where(mine, ImportRow.made_person),  # type: ignore[dict-item]
        "membership": select(ImportRow.membership_id).where(mine, ImportRow.membership_id.is_not(None)),  # type: ignore[dict-item]
        "accreditation": select(ImportRow.accreditation_id).where(  # type: ignore[dict-item]
            mine, ImportRow.accreditation_id.is_not(None)
        ),
        "earlier_training": select(training.id).join(ImportRow, ImportRow.id == training.row_id).where(mine),
    }


def dependents(training_import: TrainingImport, *, most: int = MOST_TOLD) -> list[Dependent]:
    """Why an import cannot be undone: every row of any table that refers to what it made, and what was changed since.

    The tables are asked, not listed, so that one which comes later is not forgotten.
    """
    made = made_by(training_import)
    found: defaultdict[int, set[str]] = defaultdict(set)
    for table in db.metadata.sorted_tables:
        if table.name in NOT_A_DEPENDENCE:
            continue
        for key in table.foreign_keys:
            kind = key.column.table.name
            if kind not in made:
                continue
            rests: ColumnElement[bool] = key.parent.in_(made[kind]) & _reached_somebody(table)
            if table.name in made:
                rests = and_(rests, table.c.id.not_in(made[table.name]))
            for person_id in _owners(kind, key.parent, rests, most=most):
                found[person_id].add(DEPENDS.get(table.name, table.name.replace("_", " ")))
    for kind, keys in made.items():
        for person_id in _changed(kind, keys, most=most):
            found[person_id].add(DEPENDS["changed"])
    people = rows(select(Person).where(Person.id.in_(found)).order_by(Person.name, Person.id).limit(most))
    return [Dependent(one.id, one.name, ", ".join(sorted(found[one.id]))) for one in people]


def _reached_somebody(table: Table) -> ColumnElement[bool]:
    """Of what the worker makes of everything by itself, only what somebody was given or written; of all else, every row."""
    match table.name:
        case "certificate":
            return table.c.emailed_at.is_not(None) | table.c.replaced_at.is_not(None)
        case "expiry_reminder":
            return table.c.letters > 0
        case _:
            return true()


def _owners(kind: str, key: ColumnElement[Any], rests: ColumnElement[bool], *, most: int) -> Sequence[int]:
    """Whose the rows are on which others rest."""
    if kind == "person":
        return rows(select(key).where(rests).distinct().limit(most))
    owner = db.metadata.tables[kind].alias()  # a row may refer to one of its own table
    return rows(
        select(owner.c.person_id).join(key.table, key == owner.c.id).where(rests).distinct().limit(most)
    )


def _changed(kind: str, keys: Select[int], *, most: int) -> Sequence[int]:
    """Whose rows have more in their history than that the import made them."""
    owner = db.metadata.tables[kind]
    whose = owner.c.id if kind == "person" else owner.c.person_id
    return rows(
        select(whose)
        .join(HistoryEntry, and_(HistoryEntry.subject_type == kind, HistoryEntry.subject_id == owner.c.id))
        .where(owner.c.id.in_(keys))
        .group_by(owner.c.id, whose)
        .having(func.count() > 1)
        .limit(most)
    )
