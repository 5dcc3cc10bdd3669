"""Questions about needs: which there are, what answers them, and how far the county has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from sscb_training.accreditation.models import Accreditation, AccreditationScheme, scheme_course, standing
from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Booking
from sscb_training.case_audits.models import CaseAudit, Finding
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.needs import coverage, rules
from sscb_training.needs.models import Intervention, NotTraining, TrainingNeed, need_finding
from sscb_training.people.models import Membership, Person


@dataclass(frozen=True)
class Figure:
    """People in force beside the headcount that was declared; `headcount` is empty when it is not known."""

    in_force: int
    headcount: int | None
    booked: int

    @property
    def percent(self) -> int | None:
        return rules.percent(self.in_force, self.headcount)

    @property
    def gap(self) -> int | None:
        return rules.gap(self.in_force, self.headcount)

    @property
    def needs_checking(self) -> bool:
        return rules.needs_checking(self.in_force, self.headcount)


@dataclass(frozen=True)
class AgencyCoverage(Figure):
    """How far one agency has come; `returned_on` is the date of its oldest headcount that was counted."""

    agency_id: int
    name: str
    returned_on: date | None


@dataclass(frozen=True)
class CountyCoverage(Figure):
    """How far the county has come, each person once.

    `in_force`, `headcount` and the percentage leave out the agencies whose headcount is not known; `everywhere`
    counts their people too.
    """

    need_id: int
    on: date
    everywhere: int
    agencies: int
    left_out: int

    @classmethod
    def nobody(cls, need: TrainingNeed, on: date) -> Self:
        """The figure of a need that no agency has anybody for."""
        return cls(0, None, 0, need.id, on, 0, 0, 0)


@dataclass(frozen=True)
class Behind:
    """One of the people behind a figure, and what they hold: an award or earlier training until `until`, or
    attendance since `since`."""

    person_id: int
    name: str
    staff_group: str
    job_title: str
    since: date | None
    until: date | None
    basis: int | None

    @property
    def is_accredited(self) -> bool:
        return self.basis == coverage.AWARDED

    @property
    def is_trained_only(self) -> bool:
        return self.basis == coverage.TRAINED


def coverage_on(
    need: TrainingNeed, *, as_at: date, known_on: date
) -> tuple[Sequence[AgencyCoverage], CountyCoverage]:
    """How far each agency that the need is for has come, by name, and the county; in one query.

    As at the end of a day and as known on another. The county counts each person once, and leaves agencies
    without a headcount out of both sides.
    """
    given = coverage.answers(as_at, known_on, need_id=need.id)
    found = db.session.execute(coverage.table(), given).all()
    lines = [AgencyCoverage(*row[:6]) for row in found]
    known = [line.headcount for line in lines if line.headcount is not None]
    in_force, everywhere, booked = found[0][6:] if found else (0, 0, 0)
    return lines, CountyCoverage(
        in_force=in_force,
        headcount=sum(known) if known else None,
        booked=booked,
        need_id=need.id,
        on=as_at,
        everywhere=everywhere,
        agencies=len(lines),
        left_out=len(lines) - len(known),
    )


def coverage_by_agency(need: TrainingNeed, *, as_at: date, known_on: date) -> Sequence[AgencyCoverage]:
    """One row per agency that the need is for, by name."""
    return coverage_on(need, as_at=as_at, known_on=known_on)[0]


def county_coverage(need: TrainingNeed, *, as_at: date, known_on: date) -> CountyCoverage:
    """The county's figure."""
    return coverage_on(need, as_at=as_at, known_on=known_on)[1]


def trained_only(need: TrainingNeed, *, as_at: date, known_on: date) -> int:
    """How many of the county's people in force are so by earlier training alone, with an assessment not evidenced."""
    given = coverage.answers(as_at, known_on, need_id=need.id)
    return db.session.scalar(coverage.trained_only(), given) or 0


def coverage_of_every_need(*, as_at: date, known_on: date) -> dict[int, CountyCoverage]:
    """The county's figure of each need that is for anybody, by the need's id, in one query."""
    found = db.session.execute(coverage.county(), coverage.answers(as_at, known_on))
    return {figure.need_id: figure for figure in (CountyCoverage(*row) for row in found)}


def coverage_trend(need: TrainingNeed, *, as_at: date, known_on: date) -> Sequence[CountyCoverage]:
    """The county's figure at the end of each of the twelve months before a day's own, oldest first; in one query.

    All as known on the one day, so that a return that came late mends the months before it too.
    """
    days = rules.month_ends_before(as_at)
    found = db.session.execute(
        coverage.trend(), coverage.answers(as_at, known_on, days=days, need_id=need.id)
    )
    figures = {figure.on: figure for figure in (CountyCoverage(*row) for row in found)}
    return [figures.get(on) or CountyCoverage.nobody(need, on) for on in days]


def people_behind(
    need: TrainingNeed, agency: Agency, *, as_at: date, known_on: date, booked: bool = False
) -> Select[*tuple[Any, ...]]:
    """The people behind an agency's number of those in force, or of those booked, by name: rows for `Behind`."""
    given = coverage.answers(as_at, known_on, need_id=need.id, agency_id=agency.id)
    return coverage.people(booked=booked).params(given)


def missing_returns(need: TrainingNeed, *, as_at: date, known_on: date) -> dict[int, list[str]]:
    """By agency, the staff groups of the need's audience that work there and whose headcount is not supplied."""
    found: dict[int, list[str]] = {}
    given = coverage.answers(as_at, known_on, need_id=need.id)
    for agency_id, staff_group in db.session.execute(coverage.missing(), given):
        found.setdefault(agency_id, []).append(staff_group)
    return found


def needs_in_order() -> Sequence[TrainingNeed]:
    """Every need, by its code."""
    return rows(select(TrainingNeed).order_by(func.length(TrainingNeed.code), TrainingNeed.code))


def need_in_full(need_id: int) -> TrainingNeed:
    """A need with its findings, audience and answers; 404 when there is none."""
    return row_or_404(
        select(TrainingNeed)
        .where(TrainingNeed.id == need_id)
        .options(
            selectinload(TrainingNeed.findings).joinedload(Finding.case_audit),
            selectinload(TrainingNeed.staff_groups),
            selectinload(TrainingNeed.excluded_sectors),
            *_answers(),
        )
    )


def needs_of(finding: Finding) -> Sequence[TrainingNeed]:
    """The needs that a finding leads to."""
    return rows(
        select(TrainingNeed)
        .join(need_finding, need_finding.c.need_id == TrainingNeed.id)
        .where(need_finding.c.finding_id == finding.id)
        .order_by(TrainingNeed.code)
    )


def not_training(finding: Finding) -> NotTraining | None:
    """The decision that training cannot mend this finding, if it was taken."""
    return row_or_none(select(NotTraining).where(NotTraining.finding_id == finding.id))


def needs_by_finding(findings: Sequence[Finding]) -> dict[int, list[TrainingNeed]]:
    """The needs that each of these findings leads to, by the finding's id."""
    found: dict[int, list[TrainingNeed]] = {}
    query = (
        select(need_finding.c.finding_id, TrainingNeed)
        .join(TrainingNeed, TrainingNeed.id == need_finding.c.need_id)
        .where(need_finding.c.finding_id.in_([finding.id for finding in findings]))
        .order_by(TrainingNeed.code)
    )
    for finding_id, need in db.session.execute(query):
        found.setdefault(finding_id, []).append(need)
    return found


def not_training_by_finding(findings: Sequence[Finding]) -> dict[int, NotTraining]:
    """Which of these findings training cannot mend, by the finding's id."""
    query = select(NotTraining).where(NotTraining.finding_id.in_([finding.id for finding in findings]))
    return {decision.finding_id: decision for decision in rows(query)}


def needs_answered_by_course(course: Course) -> Sequence[TrainingNeed]:
    """The needs that a course answers or supports, with the findings and the audits behind them."""
    own_version = aliased(CourseVersion)
    answers = (
        select(Intervention.need_id)
        .outerjoin(own_version, own_version.id == Intervention.from_version_id)
        .outerjoin(scheme_course, scheme_course.c.scheme_id == Intervention.scheme_id)
        .where(or_(own_version.course_id == course.id, scheme_course.c.course_id == course.id))
    )
    return _with_findings(select(TrainingNeed).where(TrainingNeed.id.in_(answers)))


def needs_answered_by_version(version: CourseVersion) -> Sequence[TrainingNeed]:
    """The needs that having attended this version meets or supports, with the findings and audits behind them."""
    first = aliased(CourseVersion)
    answers = (
        select(Intervention.need_id)
        .outerjoin(first, first.id == Intervention.from_version_id)
        .outerjoin(scheme_course, scheme_course.c.scheme_id == Intervention.scheme_id)
        .where(
            or_(
                and_(first.course_id == version.course_id, first.number <= version.number),
                scheme_course.c.course_id == version.course_id,
            )
        )
    )
    return _with_findings(select(TrainingNeed).where(TrainingNeed.id.in_(answers)))


def needs_answered_by_accreditation(accreditation: Accreditation) -> Sequence[TrainingNeed]:
    """The needs that an accreditation counts for, with the findings and the audits behind them."""
    answers = select(Intervention.need_id).where(
        Intervention.scheme_id == accreditation.scheme_id, Intervention.counts
    )
    return _with_findings(select(TrainingNeed).where(TrainingNeed.id.in_(answers)))


def accreditation_seen_by(viewer: Person, accreditation_id: int, *, on: date) -> Accreditation:
    """The accreditation, for board staff, its holder, and who leads an agency that the holder works at; else 404.

    One that was recorded in error is for board staff only.
    """
    query = (
        select(Accreditation)
        .where(Accreditation.id == accreditation_id)
        .options(
            joinedload(Accreditation.person),
            joinedload(Accreditation.scheme),
            joinedload(Accreditation.attempt),
        )
    )
    return row_or_404(_seen_by(viewer, query, on=on))


def accreditations_of_seen_by(viewer: Person, person: Person, *, on: date) -> Sequence[Accreditation]:
    """Of all that somebody was ever accredited in what the viewer may know of, the latest first."""
    query = (
        select(Accreditation)
        .where(Accreditation.person_id == person.id, standing)
        .options(joinedload(Accreditation.scheme))
        .order_by(Accreditation.awarded_on.desc(), Accreditation.id.desc())
    )
    return rows(_seen_by(viewer, query, on=on))


def training_behind(accreditation: Accreditation) -> TrainingSession | None:
    """The session by which it was earned; none when it rests on no booking of this service."""
    return row_or_none(
        select(TrainingSession)
        .join(Booking, Booking.training_session_id == TrainingSession.id)
        .where(Booking.id == accreditation.booking_id)
        .options(joinedload(TrainingSession.course_version).joinedload(CourseVersion.course))
    )


def upcoming_dates(need: TrainingNeed, *, now: datetime) -> Sequence[TrainingSession]:
    """The published dates to come of every course that answers or supports the need, soonest first."""
    first = aliased(CourseVersion)
    from_version = (
        select(CourseVersion.id)
        .join(first, and_(first.course_id == CourseVersion.course_id, first.number <= CourseVersion.number))
        .join(Intervention, Intervention.from_version_id == first.id)
        .where(Intervention.need_id == need.id)
    )
    leading = (
        select(CourseVersion.id)
        .join(scheme_course, scheme_course.c.course_id == CourseVersion.course_id)
        .join(Intervention, Intervention.scheme_id == scheme_course.c.scheme_id)
        .where(Intervention.need_id == need.id)
    )
    return rows(
        select(TrainingSession)
        .where(
            TrainingSession.course_version_id.in_(from_version.union(leading)),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.repeats_part.is_(None),
            TrainingSession.starts_at > now,
        )
        .options(
            joinedload(TrainingSession.course_version).joinedload(CourseVersion.course),
            selectinload(TrainingSession.parts),
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )


def versions() -> Sequence[CourseVersion]:
    """Every version of every course, by course."""
    return rows(
        select(CourseVersion)
        .join(Course)
        .options(joinedload(CourseVersion.course))
        .order_by(Course.title, Course.id, CourseVersion.number)
    )


def _seen_by(viewer: Person, query: Select[Accreditation], *, on: date) -> Select[Accreditation]:
    if viewer.is_board_staff:
        return query
    led = exists().where(
        Membership.person_id == Accreditation.person_id,
        Membership.agency_id.in_(viewer.leads_agency_ids),
        Membership.is_current(on),
    )
    return query.where(standing, or_(Accreditation.person_id == viewer.id, led))


def _with_findings(query: Select[TrainingNeed]) -> Sequence[TrainingNeed]:
    return rows(
        query.options(
            selectinload(TrainingNeed.findings).joinedload(Finding.case_audit).joinedload(CaseAudit.theme)
        ).order_by(func.length(TrainingNeed.code), TrainingNeed.code)
    )


def _answers() -> list[Any]:
    answers = selectinload(TrainingNeed.interventions)
    return [
        answers.joinedload(Intervention.scheme).selectinload(AccreditationScheme.courses),
        answers.joinedload(Intervention.from_version).joinedload(CourseVersion.course),
    ]
