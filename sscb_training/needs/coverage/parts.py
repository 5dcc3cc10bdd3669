"""The parts of the statements that count coverage.

* *aim* is who a need is for: its staff groups, as known. A job that rests on a walk-in's word alone, which nobody has
  checked yet, puts nobody into it and makes no line;
* *holding* is what meets it, person by person, each from a day and perhaps until one;
* *held* is who holds it on the day, and what of it.

Who claims a place that would meet it is in `claims`, and the headcounts beside them are in `lines`. Whom a need was for and
what answered it are rows that were known on a day, as all else is.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    CompoundSelect,
    Date,
    FromClause,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from sscb_training.accreditation.models import Accreditation
from sscb_training.agencies.models import Sector
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.core.board import BoardSetting
from sscb_training.core.db import Moment, words
from sscb_training.core.times import at_london
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.imports.models import Assessment, EarlierTraining
from sscb_training.needs.coverage.rules import Standing
from sscb_training.needs.models import Intervention, NeedAudience
from sscb_training.needs.queries import first_versions, stood
from sscb_training.people.models import Membership

AnyColumns = Select[*tuple[Any, ...]]
Condition = ColumnElement[bool]

AS_AT = bindparam("as_at", type_=Date())
BEGINS = bindparam("begins", type_=Moment())
EARLIER = bindparam("earlier", type_=Date())
ENDS = bindparam("ends", type_=Moment())
KNOWN_BEFORE = bindparam("known_before", type_=Moment())
NEED = bindparam("need_id", type_=Integer())
AGENCY = bindparam("agency_id", type_=Integer())
SECTOR = bindparam("sector", type_=words(Sector))
STAFF_GROUP = bindparam("staff_group_id", type_=Integer())
ONLY_KNOWN = bindparam("only_known", type_=Integer())

END_IS_NOT_KNOWN = Membership.ended_recorded_at >= KNOWN_BEFORE
"""The job's last day was recorded later, so that the job went on as far as was known."""

TRAINED, ATTENDED, AWARDED = range(3)
"""What somebody holds it by, the strongest last: earlier training alone, a course, or an accreditation."""


IN_FORCE, BOOKED, WAITING = Standing

THEN, NOW = 1, 2
"""Of two days the earlier and the later; their sum is both."""


def answers(as_at: date, known_on: date, **more: Any) -> dict[str, Any]:
    """What goes into the places of a statement."""
    return {
        "as_at": as_at,
        "begins": at_london(as_at),
        "ends": at_london(as_at + timedelta(days=1)),
        "known_before": at_london(known_on + timedelta(days=1)),
        **more,
    }


def aim(*, one_need: bool) -> CTE:
    query = select(NeedAudience.need_id, NeedAudience.staff_group_id).where(
        NeedAudience.staff_group_id.is_not(None), stood(NeedAudience, KNOWN_BEFORE)
    )
    return (query.where(NeedAudience.need_id == NEED) if one_need else query).cte("aim")


def wanted(one_need: bool) -> Condition:
    """The interventions that make coverage, as known."""
    counts = and_(Intervention.counts, stood(Intervention, KNOWN_BEFORE))
    return and_(Intervention.need_id == NEED, counts) if one_need else counts


def holdings(*, one_need: bool) -> CTE:
    """What meets the need: a scheme's accreditation, or having attended a version or a later one.

    An accreditation counts from `since`, until `until` (that day included) and before `ended_on`; having
    attended counts from the first time on, and not before the version that the need waited for holds. Earlier
    training counts where the board says so.
    """
    attended = _attended(one_need).subquery()
    first_attended = select(
        attended.c.need_id,
        attended.c.person_id,
        func.min(attended.c.since),
        null().cast(Date),
        null().cast(Date),
        literal(ATTENDED),
    ).group_by(attended.c.need_id, attended.c.person_id)
    return union_all(_awarded(one_need), first_attended, _trained(one_need)).cte("holding")


def _awarded(one_need: bool, on: BindParameter[date] | None = None) -> AnyColumns:
    """Who was accredited; with a day, only those who are so on it."""
    revoked = or_(
        Accreditation.revoked_recorded_at.is_(None), Accreditation.revoked_recorded_at < KNOWN_BEFORE
    )
    since, until = Accreditation.awarded_on, Accreditation.expires_on
    ended_on = case((revoked, Accreditation.revoked_on))
    return (
        select(
            Intervention.need_id,
            Accreditation.person_id,
            since.label("since"),
            until.label("until"),
            ended_on.label("ended_on"),
            literal(AWARDED).label("basis"),
        )
        .join(Accreditation, Accreditation.scheme_id == Intervention.scheme_id)
        .where(
            wanted(one_need),
            _in_one(
                *(() if on is None else _on_the_day(since, until, ended_on, on)),
                since <= AS_AT,
                Accreditation.recorded_at < KNOWN_BEFORE,
                or_(Accreditation.withdrawn_at.is_(None), Accreditation.withdrawn_at >= KNOWN_BEFORE),
            ),
        )
    )


def _attended(one_need: bool) -> AnyColumns:
    session = _sessions_that_count(one_need)
    came_on = case((Booking.outcome_on < session.c.since, session.c.since), else_=Booking.outcome_on)
    return (
        select(
            session.c.need_id,
            Booking.person_id,
            came_on.label("since"),
            null().cast(Date).label("until"),
            null().cast(Date).label("ended_on"),
        )
        .join(Booking, Booking.training_session_id == session.c.training_session_id)
        .where(
            # a cast and a sum, or SQLite would begin with everybody who ever attended anything
            Booking.outcome.cast(String) == Outcome.ATTENDED.value,
            (Booking.part_id + 0).is_(None),
            _known_by_then(),
        )
    )


def _known_by_then() -> Condition:
    return and_(Booking.outcome_on <= AS_AT, Booking.outcome_recorded_at < KNOWN_BEFORE)


def _sessions_that_count(one_need: bool) -> Subquery:
    """The training sessions of versions that count. Distinct, so that SQLite finds these few first, whatever follows."""
    first, version = counting_from(one_need)
    return (
        select(first.c.need_id, first.c.since, TrainingSession.id.label("training_session_id"))
        .join(version, from_there_on(version, first))
        .join(TrainingSession, TrainingSession.course_version_id == version.id)
        .distinct()
        .subquery()
    )


def _trained(one_need: bool, on: BindParameter[date] | None = None) -> AnyColumns:
    """Earlier training under a scheme with nothing that evidences its assessment; nothing unless the board counts it.
    With a day, only what counts on it."""
    since, until = EarlierTraining.attended_on, EarlierTraining.counts_until
    board_counts_it = exists().where(BoardSetting.name == "trained_counts", BoardSetting.value == 1)
    return (
        select(
            Intervention.need_id,
            EarlierTraining.person_id,
            since.label("since"),
            until.label("until"),
            null().cast(Date).label("ended_on"),
            literal(TRAINED).label("basis"),
        )
        .join(EarlierTraining, EarlierTraining.scheme_id == Intervention.scheme_id)
        .where(
            board_counts_it,
            wanted(one_need),
            *(() if on is None else _on_the_day(since, until, null(), on)),
            EarlierTraining.assessment == Assessment.NOT_EVIDENCED,
            since <= AS_AT,
            EarlierTraining.recorded_at < KNOWN_BEFORE,
            or_(EarlierTraining.withdrawn_at.is_(None), EarlierTraining.withdrawn_at >= KNOWN_BEFORE),
        )
    )


def counting_from(one_need: bool) -> tuple[Subquery, type[CourseVersion]]:
    """The course versions from which on having attended counts, and the versions that are to be joined to them."""
    query = first_versions(KNOWN_BEFORE, counting=True)
    return (query.where(Intervention.need_id == NEED) if one_need else query).subquery(), aliased(
        CourseVersion
    )


def from_there_on(version: type[CourseVersion], first: Subquery) -> Condition:
    return and_(version.course_id == first.c.course_id, version.number >= first.c.number)


def in_audience(query: AnyColumns, person: CTE, aim: CTE, works: Condition) -> AnyColumns:
    """The same, joined to the memberships that put a person into the audience of one need."""
    staff_group = Membership.staff_group_id + 0  # or SQLite would begin with every member of it
    return query.join(Membership, and_(Membership.person_id == person.c.person_id, works)).where(
        staff_group.in_(select(aim.c.staff_group_id))
    )


def works(on: Any) -> Condition:
    return and_(
        Membership.valid_from <= on,
        or_(Membership.valid_to.is_(None), Membership.valid_to >= on, END_IS_NOT_KNOWN),
        Membership.recorded_at < KNOWN_BEFORE,
        Membership.confirmed_at.is_not(None),
    )


def held(asked: CTE | None = None) -> CTE:
    """Each person who holds on the day what meets one need, with the latest and the strongest of what they hold; of
    those who claim a place alone where these are given."""
    holding = holdings(one_need=True)
    latest = (func.max(holding.c[name]).label(name) for name in ("since", "until", "basis"))
    query = select(holding.c.person_id, *latest).where(stands(holding))
    if asked is not None:
        query = query.where(holding.c.person_id.in_(select(asked.c.person_id)))
    return query.group_by(holding.c.person_id).cte("held")


def holders() -> CompoundSelect[*tuple[Any, ...]]:
    """Who holds on the day what meets one need, some of them several times."""
    ways = [way(True).subquery() for way in (_awarded, _attended, _trained)]
    return union_all(*(select(way.c.person_id).where(stands(way)) for way in ways))


def holders_joined(*, one_need: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """The same: need, people. The people are joined with commas, those who came date by date."""
    session = _sessions_that_count(one_need)
    return union_all(
        *_joined_by_need(one_need, AS_AT),
        select(session.c.need_id, _who_came(session, joined(Booking.person_id))).where(
            _counts_by(session, AS_AT)
        ),
    )


def holders_joined_on_both() -> CompoundSelect[*tuple[Any, ...]]:
    """The same of every need on `EARLIER` and `AS_AT`, with the days that the people hold it on: need, days, people.

    Whoever came after the earlier day stands behind a semicolon, and holds it on the later day alone.
    """
    session = _sessions_that_count(False)
    people = joined_apart(Booking.outcome_on <= EARLIER)
    days = case((_counts_by(session, EARLIER), THEN + NOW), else_=NOW)
    return union_all(
        *_joined_by_need(False, EARLIER, literal(THEN)),
        *_joined_by_need(False, AS_AT, literal(NOW)),
        select(session.c.need_id, days, _who_came(session, people)).where(_counts_by(session, AS_AT)),
    )


def _joined_by_need(one_need: bool, on: BindParameter[date], *columns: Any) -> list[AnyColumns]:
    """Who holds it by other ways than having come."""
    ways = [way(one_need, on).subquery() for way in (_awarded, _trained)]
    return [select(way.c.need_id, *columns, joined(way.c.person_id)).group_by(way.c.need_id) for way in ways]


def _who_came(session: Subquery, people: ColumnElement[str]) -> ColumnElement[str]:
    came = select(people).where(
        Booking.training_session_id == session.c.training_session_id,
        Booking.outcome == Outcome.ATTENDED,
        _in_one(Booking.part_id.is_(None), _known_by_then()),
    )
    return came.scalar_subquery()


def _in_one(*conditions: Condition) -> Condition:
    """All of these, asked of each row at once: one by one PostgreSQL 18 skips about in the index by them, which takes
    nearly twice as long."""
    return case((and_(*conditions), true()), else_=false())


def _counts_by(session: Subquery, on: BindParameter[date]) -> Condition:
    return or_(session.c.since.is_(None), session.c.since <= on)


def joined(numbers: SQLColumnExpression[int]) -> ColumnElement[str]:
    """Ids in one text with commas between them, in any order."""
    return func.aggregate_strings(cast(numbers, String), ",")


def joined_apart(first: Condition) -> ColumnElement[str]:
    """The people of bookings in one text; those of whom the condition does not hold stand behind a semicolon."""
    before, after = (
        func.coalesce(joined(case((one, Booking.person_id))), "") for one in (first, not_(first))
    )
    return before + ";" + after


def stands(holding: FromClause) -> Condition:
    return and_(*_on_the_day(holding.c.since, holding.c.until, holding.c.ended_on, AS_AT))


def _on_the_day(since: Any, until: Any, ended_on: Any, on: BindParameter[date]) -> Sequence[Condition]:
    """What holds on a day. First whether it has run out, by which most is told apart: the others are not asked then."""
    return (
        or_(until.is_(None), until >= on),
        since <= on,
        or_(ended_on.is_(None), ended_on > on),
    )
