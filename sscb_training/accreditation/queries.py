"""What is known of schemes, scores and accreditations. What was withdrawn is left out everywhere."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, case, exists, func, not_, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from sscb_training.accreditation import rules
from sscb_training.accreditation.models import (
    Acceptance,
    Accreditation,
    AccreditationScheme,
    AccreditationState,
    AssessmentAttempt,
    Evidence,
    LicenceText,
    SchemeCourse,
    SchemeTerms,
    scheme_course,
    standing,
)
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.times import london_date
from sscb_training.people.models import Membership, Person

if TYPE_CHECKING:
    from sscb_training.courses.models import Course, CourseVersion


def terms_on(scheme: AccreditationScheme, day: date) -> SchemeTerms:
    """What the scheme asks on a day; before its first terms held, those."""
    return next((terms for terms in reversed(scheme.terms) if terms.holds_from <= day), scheme.terms[0])


def expiry_of_award(scheme: AccreditationScheme, awarded_on: date) -> date | None:
    """The last day of an award of this day, by the terms of that day; None when it does not expire."""
    return rules.expires_on(awarded_on, valid_months=terms_on(scheme, awarded_on).valid_months)


def present_text(scheme: AccreditationScheme) -> LicenceText | None:
    """The text that the scheme's holders accept; none where the board has written none."""
    return row_or_none(
        select(LicenceText).where(LicenceText.scheme_id == scheme.id).order_by(LicenceText.number.desc())
    )


def has_accepted(person: Person, scheme: AccreditationScheme) -> bool:
    """Whether somebody has accepted the present text; nobody has where there is none."""
    text = present_text(scheme)
    query = select(Acceptance.id).where(
        Acceptance.person_id == person.id, Acceptance.licence_text_id == (text.id if text else None)
    )
    return db.session.scalar(query) is not None


def terms_accepted(person: Person, scheme: AccreditationScheme) -> bool:
    """Whether nothing stands between somebody and the tool's resources for want of accepting the present text."""
    return not scheme.must_accept or has_accepted(person, scheme)


def later_schemes(scheme_ids: Iterable[int]) -> Mapping[int, Sequence[str]]:
    """The codes of the schemes to which these, by key, do not carry over."""
    found: dict[int, list[str]] = {}
    query = (
        select(AccreditationScheme.earlier_id, AccreditationScheme.code)
        .where(AccreditationScheme.earlier_id.in_(list(scheme_ids)))
        .order_by(AccreditationScheme.code)
    )
    for earlier_id, code in db.session.execute(query):
        found.setdefault(earlier_id or 0, []).append(code)
    return found


@dataclass(frozen=True)
class TermsInTime:
    """Terms with the last day on which they hold; none while nothing follows."""

    terms: SchemeTerms
    until: date | None


@dataclass(frozen=True)
class TermsOverTime:
    """What a scheme asks on a day, what it will ask (the next first) and what it asked (the latest first).

    The first terms of a scheme are asked before their day as well, but nothing was decided under them while they `wait`.
    """

    now: TermsInTime
    to_come: Sequence[TermsInTime]
    earlier: Sequence[TermsInTime]
    wait: bool


def terms_over_time(scheme: AccreditationScheme, *, on: date) -> TermsOverTime:
    """All terms of a scheme as they stand on a day."""
    present = scheme.terms.index(terms_on(scheme, on))
    following = [terms.holds_from - timedelta(days=1) for terms in scheme.terms[1:]]
    held = list(map(TermsInTime, scheme.terms, [*following, None]))
    return TermsOverTime(
        held[present],
        held[present + 1 :],
        held[:present][::-1],
        wait=scheme.terms[present].holds_from > on,
    )


def schemes_for(course: "Course") -> Sequence[AccreditationScheme]:
    """The schemes that the course leads to, by name."""
    return rows(
        select(AccreditationScheme)
        .join(scheme_course, scheme_course.c.scheme_id == AccreditationScheme.id)
        .where(scheme_course.c.course_id == course.id)
        .options(selectinload(AccreditationScheme.terms))
        .order_by(AccreditationScheme.name)
    )


def ways_of(version: "CourseVersion") -> Sequence[SchemeCourse]:
    """How this version of its course leads to schemes, with those and their terms, by the scheme's name."""
    found = rows(
        select(SchemeCourse)
        .join(SchemeCourse.scheme)
        .where(SchemeCourse.course_id == version.course_id)
        .options(
            contains_eager(SchemeCourse.scheme).selectinload(AccreditationScheme.terms),
            joinedload(SchemeCourse.from_version),
        )
        .order_by(AccreditationScheme.name)
    )
    return [way for way in found if way.from_version is None or way.from_version.number <= version.number]


def leads_to(course: "Course") -> Sequence[str]:
    """What the course leads to, in words: GCP2 accreditation, renewal of GCP2 accreditation."""
    return [
        f"renewal of {code} accreditation" if is_refresher else f"{code} accreditation"
        for code, is_refresher in db.session.execute(
            select(AccreditationScheme.code, SchemeCourse.is_refresher)
            .join(SchemeCourse.scheme)
            .where(SchemeCourse.course_id == course.id)
            .order_by(AccreditationScheme.name)
        )
    ]


def schemes_for_trainers(course_ids: Iterable[int]) -> Mapping[int, Sequence[AccreditationScheme]]:
    """The schemes that whoever trains on these courses must hold, by course; a course that asks for none is missing."""
    found: dict[int, list[AccreditationScheme]] = {}
    query = (
        select(scheme_course.c.course_id, AccreditationScheme)
        .join(scheme_course, scheme_course.c.scheme_id == AccreditationScheme.id)
        .where(scheme_course.c.course_id.in_(list(course_ids)), AccreditationScheme.trainers_hold_it)
        .order_by(AccreditationScheme.name)
    )
    for course_id, scheme in db.session.execute(query):
        found.setdefault(course_id, []).append(scheme)
    return found


def held_by(person_ids: Iterable[int]) -> Sequence[Accreditation]:
    """All that these people were ever accredited in, with the schemes, the latest first."""
    return rows(
        select(Accreditation)
        .where(Accreditation.person_id.in_(list(person_ids)), standing)
        .options(joinedload(Accreditation.scheme))
        .order_by(Accreditation.awarded_on.desc(), Accreditation.id.desc())
    )


def schemes() -> Sequence[AccreditationScheme]:
    """Every scheme with its courses and terms, by name."""
    return rows(
        select(AccreditationScheme)
        .options(selectinload(AccreditationScheme.courses), selectinload(AccreditationScheme.terms))
        .order_by(AccreditationScheme.name)
    )


def why_no_award(accreditation_id: int, _now: datetime) -> str:
    """Nobody is told that they hold what was taken back meanwhile."""
    query = select(Accreditation.withdrawn_at, Accreditation.revoked_on).where(
        Accreditation.id == accreditation_id
    )
    withdrawn_at, revoked_on = db.session.execute(query).one()
    if withdrawn_at is not None:
        return "It was recorded in error."
    return "It was revoked." if revoked_on is not None else ""


def scheme_called(*, code: str = "", name: str = "") -> AccreditationScheme | None:
    """The scheme that has this code or this name already, however it is capitalised."""
    return row_or_none(
        select(AccreditationScheme).where(
            or_(
                func.lower(AccreditationScheme.code) == code.lower(),
                func.lower(AccreditationScheme.name) == name.lower(),
            )
        )
    )


def accreditations_of(person: Person) -> Sequence[Accreditation]:
    """All that somebody was ever accredited in, the latest first."""
    return held_by([person.id])


def recorded_of(person: Person, scheme: AccreditationScheme) -> Sequence[Accreditation]:
    """Every accreditation that was ever recorded of somebody in the scheme, also in error, the first awarded first."""
    return rows(
        select(Accreditation)
        .where(Accreditation.person_id == person.id, Accreditation.scheme_id == scheme.id)
        .options(joinedload(Accreditation.scheme))
        .order_by(Accreditation.awarded_on, Accreditation.id)
    )


def still_counting(accreditation: Accreditation, *, on: date) -> Sequence[Accreditation]:
    """Whatever else its holder has in the same scheme that counts on this day or on a later one."""
    return rows(
        select(Accreditation)
        .where(
            Accreditation.person_id == accreditation.person_id,
            Accreditation.scheme_id == accreditation.scheme_id,
            Accreditation.id != accreditation.id,
            standing,
            Accreditation.revoked_on.is_(None),
            or_(Accreditation.expires_on.is_(None), Accreditation.expires_on >= on),
        )
        .order_by(Accreditation.id)
    )


def revoked_together(accreditation: Accreditation) -> Sequence[Accreditation]:
    """What the decision that revoked this accreditation ended, itself included."""
    return rows(
        select(Accreditation)
        .where(
            Accreditation.person_id == accreditation.person_id,
            Accreditation.scheme_id == accreditation.scheme_id,
            Accreditation.revoked_recorded_at == accreditation.revoked_recorded_at,
            standing,
        )
        .order_by(Accreditation.id)
    )


def revoked_of(person_ids: Collection[int]) -> Mapping[tuple[int, int], Accreditation]:
    """By person and scheme, what the board's latest decision revoked of these people; of several the first to end."""
    query = (
        select(Accreditation)
        .where(Accreditation.person_id.in_(person_ids), Accreditation.revoked_on.is_not(None), standing)
        .order_by(Accreditation.revoked_recorded_at, Accreditation.revoked_on.desc(), Accreditation.id.desc())
    )
    return {(one.person_id, one.scheme_id): one for one in rows(query)}


def reinstatement_of(accreditation: Accreditation) -> Accreditation | None:
    """The accreditation that reinstates this one, if the board has reinstated it."""
    return row_or_none(select(Accreditation).where(Accreditation.reinstates_id == accreditation.id, standing))


def periods(held: Iterable[Accreditation], *, known_on: date | None = None) -> Sequence[rules.Period]:
    """One person's accreditations in one scheme as a row of periods, as far as was known at the end of a day (now)."""
    return rules.periods(
        rules.Award(one.id, one.awarded_on, one.expires_on, one.known_revoked_on(known_on))
        for one in held
        if one.is_known(known_on)
    )


def standing_accreditation(booking: Evidence, scheme: AccreditationScheme) -> Accreditation | None:
    """What this booking earned in the scheme; there is never more than one."""
    return row_or_none(
        select(Accreditation).where(
            Accreditation.booking_id == booking.id, Accreditation.scheme_id == scheme.id, standing
        )
    )


def attempts(booking_ids: Iterable[int]) -> Sequence[AssessmentAttempt]:
    """The scores of these bookings, the first attempt first."""
    return rows(
        select(AssessmentAttempt)
        .where(AssessmentAttempt.booking_id.in_(list(booking_ids)), AssessmentAttempt.withdrawn_at.is_(None))
        .order_by(AssessmentAttempt.assessed_on, AssessmentAttempt.id)
    )


def accreditation_for_staff(accreditation_id: int) -> Accreditation:
    """The accreditation with holder and scheme; 404 when there is none, or it was withdrawn."""
    return row_or_404(
        select(Accreditation)
        .where(Accreditation.id == accreditation_id, standing)
        .options(joinedload(Accreditation.person), joinedload(Accreditation.scheme))
    )


ON_THE_REGISTER = (AccreditationState.IN_FORCE, AccreditationState.EXPIRED, AccreditationState.REVOKED)


@dataclass(frozen=True)
class Filters:
    """What the register of accreditations is narrowed to, and its order.

    It always shows how things stood on `as_at`, as far as was known at the end of `known_on` (now). Of several awards of
    one person in a scheme it shows the one that tells how they stand, unless `earlier` ones are asked for as well.
    """

    as_at: date
    known_on: date | None = None
    scheme_id: int | None = None
    state: AccreditationState | None = None
    agency_id: int | None = None
    search: str = ""
    earlier: bool = False
    sort: str = "name"


SORTS: Mapping[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    "name": func.lower(Person.name),
    "scheme": AccreditationScheme.code,
    "awarded": Accreditation.awarded_on,
    "expires": func.coalesce(Accreditation.expires_on, date.max),
    "recorded": Accreditation.recorded_at,
}
"""What the register can be sorted by; what does not expire comes after all that does."""


def _tells_how_they_stand(filters: Filters) -> ColumnElement[bool]:
    """Whether no other award of the holder in the scheme comes before it: in force, then for longest, then the latest."""
    other = aliased(Accreditation)

    def place(award: Any) -> list[Any]:
        in_force = award.in_force(filters.as_at, known_on=filters.known_on)
        until = func.coalesce(award.expires_on, date.max)
        return [case((in_force, 1), else_=0), until, award.awarded_on, award.id]

    return not_(
        exists().where(
            other.person_id == Accreditation.person_id,
            other.scheme_id == Accreditation.scheme_id,
            other.is_known(filters.known_on),
            other.awarded_on <= filters.as_at,
            tuple_(*place(other)) > tuple_(*place(Accreditation)),
        )
    )


def register(filters: Filters) -> Select[Accreditation]:
    """What was awarded by the day, in the order asked for and then by the holder's name; a page or an export runs it."""
    by = SORTS[filters.sort.removeprefix("-")]
    query = (
        select(Accreditation)
        .join(Accreditation.person)
        .join(Accreditation.scheme)
        .where(Accreditation.is_known(filters.known_on), Accreditation.awarded_on <= filters.as_at)
        .options(
            contains_eager(Accreditation.scheme),
            joinedload(Accreditation.person).selectinload(Person.memberships).joinedload(Membership.agency),
        )
        .order_by(
            by.desc() if filters.sort.startswith("-") else by.asc(),
            func.lower(Person.name),
            Accreditation.awarded_on.desc(),
            Accreditation.id,
        )
    )
    if not filters.earlier:
        query = query.where(_tells_how_they_stand(filters))
    if filters.scheme_id is not None:
        query = query.where(Accreditation.scheme_id == filters.scheme_id)
    if filters.state is not None:
        state = Accreditation.state(filters.as_at, known_on=filters.known_on)
        query = query.where(state == filters.state.value)
    if filters.agency_id is not None:
        query = query.where(
            Person.memberships.any(
                (Membership.agency_id == filters.agency_id) & Membership.is_current(filters.as_at)
            )
        )
    if filters.search:
        query = query.where(func.lower(Person.name).contains(filters.search.lower(), autoescape=True))
    return query


def agencies_of(accreditation: Accreditation, *, on: date) -> list[str]:
    """Where the holder worked on this day."""
    return [
        membership.agency.name for membership in accreditation.person.memberships if membership.is_current(on)
    ]


EXPORTED = (
    "Name", "Agency", "Scheme", "Awarded on", "Expires on", "As at", "As known on", "State", "Revoked on", "Rests on",
    "Source", "Recorded on",
)  # fmt: skip


def exported(filters: Filters, *, today: date) -> list[list[str | date | None]]:
    """The register as rows of a file, under the headings of EXPORTED."""
    return [
        [
            accreditation.person.name,
            ", ".join(agencies_of(accreditation, on=filters.as_at)),
            accreditation.scheme.code,
            accreditation.awarded_on,
            accreditation.expires_on,
            filters.as_at,
            filters.known_on or today,
            accreditation.state(filters.as_at, known_on=filters.known_on).label,
            accreditation.known_revoked_on(filters.known_on),
            accreditation.evidence.label,
            accreditation.source,
            london_date(accreditation.recorded_at),
        ]
        for accreditation in rows(register(filters))
    ]


@dataclass(frozen=True)
class Scores:
    """What a booking scored in one scheme: the latest attempt, and the first that passed."""

    latest: AssessmentAttempt
    first_pass: AssessmentAttempt | None = field(default=None)


def scores(booking_ids: Iterable[int]) -> Mapping[tuple[int, int], Scores]:
    """The scores by (booking, scheme)."""
    found: dict[tuple[int, int], Scores] = {}
    for attempt in attempts(booking_ids):
        if attempt.booking_id is None:
            continue
        key = (attempt.booking_id, attempt.scheme_id)
        before = found[key].first_pass if key in found else None
        found[key] = Scores(attempt, before or (attempt if attempt.passed else None))
    return found
