"""The matrix in one query, however many people and columns it has, and whose people a viewer may see in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql import ColumnElement

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import Accreditation, standing
from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.agencies.queries import current_agencies
from sscb_training.bookings.models import HOLDS_A_PLACE, LIVE, Booking, BookingStatus, Outcome
from sscb_training.bookings.queries import ENDS_AT
from sscb_training.core.db import Moment, db, rows
from sscb_training.core.pages import PAGE_LENGTH, Page
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.home.matrix import rules
from sscb_training.home.matrix.rules import Asked, Cell, Column
from sscb_training.home.queries import due_by
from sscb_training.imports.models import EarlierTraining
from sscb_training.imports.models import stands as counts_earlier
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.needs.queries import first_versions
from sscb_training.people.models import Membership, Person

FOR_EVER = date(9999, 12, 31)
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Team:
    """Whose people a matrix shows: an agency's, or those who name one of these addresses as their manager's."""

    key: str
    name: str
    agency_id: int | None = None
    manager_emails: frozenset[str] = frozenset()

    @property
    def jobs(self) -> ColumnElement[bool]:
        """The condition on Membership."""
        if self.agency_id is not None:
            return Membership.agency_id == self.agency_id
        return Membership.manager_email.in_(self.manager_emails)


@dataclass(frozen=True)
class Filters:
    """What a matrix is narrowed to. `column` says in which column people stand as `asked`; none: in any."""

    search: str = ""
    manager: str = ""
    staff_group_id: int | None = None
    asked: Asked | None = None
    column: Column | None = None
    sort: str = "name"


@dataclass(frozen=True)
class Line:
    """A person of the team with the first of their jobs in it, and their cells by the key of the column."""

    person_id: int
    membership_id: int
    name: str
    email: str
    job_title: str
    staff_group: str
    agency: str
    cells: dict[str, Cell] = field(default_factory=dict)

    def cell(self, column: Column) -> Cell:
        """How the person stands in the column."""
        return self.cells.get(column.key, Cell())


def teams_of(viewer: Person, *, on: date) -> Sequence[Team]:
    """The teams that a viewer may see: agencies that they lead, for board staff all, and who names them as manager."""
    found = [
        Team(str(agency.id), agency.name, agency.id)
        for agency in current_agencies(on)
        if viewer.is_board_staff or agency.id in viewer.leads_agency_ids
    ]
    if viewer.manages_somebody:
        addresses = frozenset(address for address in (viewer.email, viewer.email_key) if address)
        found.append(Team("mine", "People I manage", manager_emails=addresses))
    return found


def every_column(*, on: date) -> list[Column]:
    """All that a matrix can show: the schemes, then the published courses, each by name."""
    schemes = [
        Column(
            f"s{scheme.id}",
            scheme.code,
            scheme.name,
            frozenset(course.id for course in scheme.courses),
            scheme_id=scheme.id,
            due_by=due_by(scheme, on),
        )
        for scheme in accreditation.schemes()
    ]
    published = select(Course.id, Course.code, Course.title).where(Course.published_at.is_not(None))
    return schemes + [
        Column(f"c{course_id}", code, title, frozenset([course_id]))
        for course_id, code, title in db.session.execute(published.order_by(Course.title, Course.id))
    ]


def usual_columns(every: Sequence[Column]) -> list[Column]:
    """The schemes, and the courses that an open need asks for."""
    first = first_versions(counting=True).subquery()
    needed = set(
        rows(
            select(first.c.course_id)
            .join(TrainingNeed, TrainingNeed.id == first.c.need_id)
            .where(TrainingNeed.status != NeedStatus.CLOSED)
        )
    )
    return [column for column in every if column.is_scheme or column.course_ids & needed]


def page_of_lines(
    team: Team, filters: Filters, columns: Sequence[Column], *, page: int, on: date, now: datetime
) -> Page[Line]:
    """One page of the matrix in one query; a page past the end shows the last one, which takes a second."""
    items, total = _lines(team, filters, columns, (page - 1) * PAGE_LENGTH, PAGE_LENGTH, on=on, now=now)
    if items or page == 1:
        return Page(items, page, total)
    chosen = _people(team, filters, columns, on=on, now=now).subquery()
    total = db.session.scalar(select(func.count()).select_from(chosen)) or 0
    return page_of_lines(team, filters, columns, page=max(1, -(-total // PAGE_LENGTH)), on=on, now=now)


def every_line(
    team: Team, filters: Filters, columns: Sequence[Column], *, on: date, now: datetime
) -> Sequence[Line]:
    """The whole matrix, in one query."""
    return _lines(team, filters, columns, 0, None, on=on, now=now)[0]


def memberships_of(
    team: Team, filters: Filters, columns: Sequence[Column], *, most: int, on: date, now: datetime
) -> Sequence[int]:
    """The first of these people's jobs, by key, in the order of the matrix; no more than so many."""
    chosen = _people(team, filters, columns, on=on, now=now).subquery()
    return rows(select(chosen.c.membership_id).order_by(chosen.c.place).limit(most))


def _lines(
    team: Team,
    filters: Filters,
    columns: Sequence[Column],
    offset: int,
    length: int | None,
    *,
    on: date,
    now: datetime,
) -> tuple[list[Line], int]:
    """The people from `offset` on with all their cells, and how many there are in all."""
    chosen = _people(team, filters, columns, on=on, now=now)
    shown = (
        chosen.order_by("place").offset(offset).limit(length).cte("shown") if length else chosen.cte("shown")
    )
    people = select(shown.c.person_id)
    query = union_all(
        _present(shown),
        _accredited([column.scheme_id for column in columns if column.scheme_id], people, on),
        _attended(_courses(column for column in columns if not column.is_scheme), people),
        _came_earlier(_courses(column for column in columns if not column.is_scheme), people),
        _booked(_courses(columns), people, now),
    )
    of_scheme = {column.scheme_id: column for column in columns if column.is_scheme}
    of_course = {min(column.course_ids): column for column in columns if not column.is_scheme}
    renewed_by: dict[int, list[Column]] = defaultdict(list)
    for column in columns:
        for course_id in column.course_ids:
            renewed_by[course_id].append(column)
    answer = db.session.execute(query).all()
    present = sorted((row for row in answer if row.kind == "person"), key=lambda row: row.mark)
    found = {
        row.holder_id: Line(
            row.holder_id, row.key, row.name, row.email or "", row.job_title, row.staff_group, row.agency
        )
        for row in present
    }
    for row in answer:
        line = found[row.holder_id]
        if row.kind == "scheme":
            column = of_scheme[row.key]
            held = rules.scheme_cell(
                column,
                counts=row.first_day is not None,
                until=None if row.first_day == FOR_EVER else row.first_day,
                ran_out=row.second_day,
                revoked=bool(row.mark),
            )
            line.cells[column.key] = _merged(line.cell(column), held)
        elif row.kind == "course":
            column = of_course[row.key]
            before = line.cell(column)
            came = rules.course_cell(
                attended_on=rules.later(row.first_day, before.day), part_on=row.second_day or before.part_on
            )
            line.cells[column.key] = _merged(before, came)
        elif row.kind == "booked":
            for column in renewed_by[row.key]:
                line.cells[column.key] = rules.with_booking(line.cell(column), row.place_at, row.waits_at)
    return list(found.values()), present[0].total if present else 0


def _merged(booked: Cell, held: Cell) -> Cell:
    """What is held, with what was found booked before it; a database answers in whatever order it likes."""
    return replace(held, booked_at=booked.booked_at, waits_for=booked.waits_for)


def _courses(columns: Iterable[Column]) -> list[int]:
    return sorted({course_id for column in columns for course_id in column.course_ids})


def _people(team: Team, filters: Filters, columns: Sequence[Column], *, on: date, now: datetime) -> Rows:
    """The team's people as the filters leave them, each with the first of their jobs there, their place and the number.

    A job that rests on a walk-in's word alone is not one yet.
    """
    jobs = (
        select(Membership.person_id, func.min(Membership.id).label("membership_id"))
        .where(team.jobs, Membership.is_current(on), Membership.confirmed_at.is_not(None))
        .group_by(Membership.person_id)
    )
    if filters.staff_group_id is not None:
        jobs = jobs.where(Membership.staff_group_id == filters.staff_group_id)
    if filters.search:
        jobs = jobs.join(Membership.person)
        for word in filters.search.split():
            jobs = jobs.where(
                Person.name.icontains(word, autoescape=True)
                | Membership.job_title.icontains(word, autoescape=True)
            )
    for word in filters.manager.split():
        jobs = jobs.where(
            Membership.manager_name.icontains(word, autoescape=True)
            | Membership.manager_email.icontains(word, autoescape=True)
        )
    job = jobs.subquery("job")
    order = (*_order(filters, columns, job.c.membership_id, on), Person.id)
    query = select(
        Person.id.label("person_id"),
        job.c.membership_id,
        Person.name,
        Person.email,
        func.row_number().over(order_by=order).label("place"),
        func.count().over().label("total"),
    ).join(job, job.c.person_id == Person.id)
    if filters.asked is not None:
        asked_of = [filters.column] if filters.column else columns
        query = query.where(_stands(filters.asked, asked_of, select(job.c.person_id), on=on, now=now))
    return query


def _order(
    filters: Filters, columns: Sequence[Column], membership_id: Any, on: date
) -> list[ColumnElement[Any]]:
    """By what the address says before the name. In a scheme the first to run out comes first, after who holds nothing."""
    key, descending = filters.sort.removeprefix("-"), filters.sort.startswith("-")
    column = next((one for one in columns if one.key == key), None)
    by: ColumnElement[Any]
    if key == "group":
        by = (
            select(StaffGroup.name)
            .join(Membership, Membership.staff_group_id == StaffGroup.id)
            .where(Membership.id == membership_id)
            .scalar_subquery()
        )
    elif column is not None:
        latest = (
            select(func.max(func.coalesce(Accreditation.expires_on, FOR_EVER))).where(
                Accreditation.person_id == Person.id,
                Accreditation.scheme_id == column.scheme_id,
                Accreditation.in_force(on),
            )
            if column.is_scheme
            else _attendances(column.course_ids)
            .with_only_columns(func.max(_WHOLLY))
            .where(Booking.person_id == Person.id)
        )
        by = func.coalesce(latest.correlate(Person).scalar_subquery(), date.min)
    else:
        by = func.lower(Person.name)
        return [by.desc() if descending else by]
    return [by.desc() if descending else by, func.lower(Person.name)]


# The rows of the answer: holder, kind, key, two days, a mark, the moments of a place and of a wait; then who a person is


def _present(shown: CTE) -> Rows:
    """Each person once, with their job: `key` is its key and `mark` their place in the list.

    The people are rows beside their cells and not joined to them, which SQLite would do by looking through all cells for
    each person.
    """
    return (
        select(
            shown.c.person_id.label("holder_id"),
            cast(literal("person"), String).label("kind"),
            shown.c.membership_id.label("key"),
            cast(null(), Date).label("first_day"),
            cast(null(), Date).label("second_day"),
            shown.c.place.label("mark"),
            cast(null(), Moment()).label("place_at"),
            cast(null(), Moment()).label("waits_at"),
            shown.c.name.label("name"),
            shown.c.email.label("email"),
            Membership.job_title.label("job_title"),
            StaffGroup.name.label("staff_group"),
            Agency.name.label("agency"),
            shown.c.total.label("total"),
        )
        .join(Membership, Membership.id == shown.c.membership_id)
        .join(StaffGroup, StaffGroup.id == Membership.staff_group_id)
        .join(Agency, Agency.id == Membership.agency_id)
    )


_NO_PERSON: tuple[Any, ...] = (*(cast(null(), String) for _ in range(5)), cast(null(), Integer))


def _accredited(scheme_ids: Collection[int], people: Rows, on: date) -> Rows:
    """Until when each holds each scheme, and when what they held before ran out."""
    revoked = and_(Accreditation.revoked_on.is_not(None), Accreditation.revoked_on <= on)
    return (
        select(
            Accreditation.person_id.label("holder_id"),
            cast(literal("scheme"), String).label("kind"),
            Accreditation.scheme_id.label("key"),
            func.max(
                case((Accreditation.in_force(on), func.coalesce(Accreditation.expires_on, FOR_EVER)))
            ).label("first_day"),
            func.max(case((~revoked, Accreditation.expires_on))).label("second_day"),
            func.max(case((revoked, 1), else_=0)).label("mark"),
            cast(null(), Moment()).label("place_at"),
            cast(null(), Moment()).label("waits_at"),
            *_NO_PERSON,
        )
        .where(
            Accreditation.person_id.in_(people),
            Accreditation.scheme_id.in_(scheme_ids),
            standing,
            Accreditation.awarded_on <= on,
        )
        .group_by(Accreditation.person_id, Accreditation.scheme_id)
    )


_WHOLLY = case((Booking.outcome == Outcome.ATTENDED, Booking.outcome_on))
_PARTLY = case((Booking.outcome == Outcome.PART_ATTENDED, Booking.outcome_on))


_of_the_whole = func.coalesce(Booking.part_id, 0) == 0
"""Not of one part alone. Put so that SQLite does not look for it by the index of parts, which nearly every booking is in."""


def _attendances(course_ids: Collection[int]) -> Rows:
    """Who came to some of these courses or to all of it. A part that was made up shows in the booking that it completes."""
    return (
        select(Booking)
        .join(TrainingSession, TrainingSession.id == Booking.training_session_id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .where(
            CourseVersion.course_id.in_(course_ids),
            Booking.status == BookingStatus.CONFIRMED,
            _of_the_whole,
        )
    )


def _attended(course_ids: Collection[int], people: Rows) -> Rows:
    return (
        _attendances(course_ids)
        .with_only_columns(
            Booking.person_id,
            cast(literal("course"), String),
            CourseVersion.course_id,
            func.max(_WHOLLY),
            func.max(_PARTLY),
            literal(0),
            cast(null(), Moment()),
            cast(null(), Moment()),
            *_NO_PERSON,
        )
        .where(Booking.person_id.in_(people), Booking.outcome.in_((Outcome.ATTENDED, Outcome.PART_ATTENDED)))
        .group_by(Booking.person_id, CourseVersion.course_id)
    )


def _came_earlier(course_ids: Collection[int], people: Rows) -> Rows:
    """What was imported of earlier attendances, where it is of a course of this service."""
    return (
        select(
            EarlierTraining.person_id,
            cast(literal("course"), String),
            EarlierTraining.course_id,
            func.max(EarlierTraining.attended_on),
            cast(null(), Date),
            literal(0),
            cast(null(), Moment()),
            cast(null(), Moment()),
            *_NO_PERSON,
        )
        .where(
            EarlierTraining.person_id.in_(people), EarlierTraining.course_id.in_(course_ids), counts_earlier
        )
        .group_by(EarlierTraining.person_id, EarlierTraining.course_id)
    )


def _coming(course_ids: Collection[int], now: datetime) -> Rows:
    """The live bookings of dates of these courses that are not over."""
    return (
        select(Booking)
        .join(TrainingSession, TrainingSession.id == Booking.training_session_id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .where(
            CourseVersion.course_id.in_(course_ids),
            Booking.status.in_(LIVE),
            _of_the_whole,
            TrainingSession.status == SessionStatus.PUBLISHED,
            now < ENDS_AT,
        )
    )


def _booked(course_ids: Collection[int], people: Rows, now: datetime) -> Rows:
    has_place = Booking.status.in_(HOLDS_A_PLACE)
    return (
        _coming(course_ids, now)
        .with_only_columns(
            Booking.person_id,
            cast(literal("booked"), String),
            CourseVersion.course_id,
            cast(null(), Date),
            cast(null(), Date),
            literal(0),
            func.min(case((has_place, TrainingSession.starts_at))),
            func.min(case((~has_place, TrainingSession.starts_at))),
            *_NO_PERSON,
        )
        .where(Booking.person_id.in_(people))
        .group_by(Booking.person_id, CourseVersion.course_id)
    )


# Who stands so


def _stands(
    asked: Asked, columns: Sequence[Column], people: Rows, *, on: date, now: datetime
) -> ColumnElement[bool]:
    """The condition on Person that they stand so in one of these columns: as the cells say it, for all people at once."""
    schemes = [column for column in columns if column.is_scheme]
    courses = _courses(column for column in columns if not column.is_scheme)
    held = _accredited([column.scheme_id for column in schemes if column.scheme_id], people, on).cte("held")
    until = held.c.first_day
    due_by = case(
        *[(held.c.key == column.scheme_id, literal(column.due_by, Date)) for column in schemes],
        else_=literal(on, Date),
    ) if schemes else literal(on, Date)  # fmt: skip
    came = (
        _attendances(courses)
        .with_only_columns(Booking.person_id, CourseVersion.course_id)
        .where(Booking.outcome == Outcome.ATTENDED, Booking.person_id.in_(people))
        .union(
            select(EarlierTraining.person_id, EarlierTraining.course_id).where(
                EarlierTraining.course_id.in_(courses), EarlierTraining.person_id.in_(people), counts_earlier
            )
        )
        .subquery("came")
    )
    if asked is Asked.IN_FORCE:
        return or_(
            Person.id.in_(select(held.c.holder_id).where(until > due_by)),
            Person.id.in_(select(came.c.person_id)),
        )
    if asked is Asked.NEVER:
        had = union_all(select(held.c.holder_id.label("person_id")), select(came.c.person_id)).subquery()
        every = select(had.c.person_id).group_by(had.c.person_id).having(func.count() >= len(columns))
        return Person.id.not_in(every)
    if asked is Asked.BOOKED:
        return Person.id.in_(_coming(_courses(columns), now).with_only_columns(Booking.person_id))
    query = select(held.c.holder_id)
    if asked is Asked.DUE:
        return Person.id.in_(query.where(until <= due_by))
    if asked is Asked.LAPSED:
        return Person.id.in_(query.where(until.is_(None)))
    booked = (
        _coming(_courses(schemes), now)
        .with_only_columns(Booking.person_id, CourseVersion.course_id)
        .where(Booking.person_id.in_(people))
        .cte("booked")
    )
    not_booked = [
        and_(
            held.c.key == column.scheme_id,
            held.c.holder_id.not_in(
                select(booked.c.person_id).where(booked.c.course_id.in_(column.course_ids))
            ),
        )
        for column in schemes
    ]
    return Person.id.in_(query.where(or_(until.is_(None), until <= due_by), or_(false(), *not_booked)))


# As a file


def headings(columns: Sequence[Column]) -> list[str]:
    """The columns of an exported matrix."""
    per_column = [
        heading
        for column in columns
        for heading in (
            column.code,
            f"{column.code} {'until' if column.is_scheme else 'on'}",
            f"{column.code} booked for",
        )
    ]
    return ["Name", "Email", "Job title", "Staff group", "Agency", "As at", *per_column]


def exported(
    lines: Sequence[Line], columns: Sequence[Column], *, on: date
) -> list[list[str | date | datetime | None]]:
    """The matrix as rows of a file, under `headings`. Who waits for a place has none."""
    found: list[list[str | date | datetime | None]] = []
    for line in lines:
        cells = [line.cell(column) for column in columns]
        states: list[str | date | datetime | None] = [
            value
            for column, cell in zip(columns, cells, strict=True)
            for value in (rules.state_in_words(cell, column), cell.day or cell.part_on, cell.booked_at)
        ]
        found.append([line.name, line.email, line.job_title, line.staff_group, line.agency, on, *states])
    return found
