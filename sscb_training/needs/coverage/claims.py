"""Who claims a place that would meet a need: the parts of the statements that begin with coming dates.

* *meeting* is the course versions that meet it;
* *claim* is who asked for a coming date of these by the day, and *place* those of them who have one;
* *claiming* is each of these people once.
"""

from sqlalchemy import CTE, and_, case, func, or_, select, union

from sscb_training.accreditation.models import scheme_course
from sscb_training.bookings.models import LIVE, Booking, BookingStatus
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.needs.coverage.parts import (
    AGENCY,
    AS_AT,
    BEGINS,
    BOOKED,
    ENDS,
    KNOWN_BEFORE,
    WAITING,
    AnyColumns,
    Condition,
    counting_from,
    from_there_on,
    held,
    holders,
    joined_apart,
    wanted,
    works,
)
from sscb_training.needs.coverage.rules import Waits
from sscb_training.needs.models import Intervention
from sscb_training.people.models import Membership


def meeting(*, one_need: bool, refreshers: bool = True) -> CTE:
    """The course versions that meet a need: those that count by themselves, and those of courses that lead to its scheme.

    `refreshers`: whether courses are among them that only renew what somebody holds.
    """
    first, version = counting_from(one_need)
    by_course = select(first.c.need_id, version.id.label("course_version_id")).join(
        version, from_there_on(version, first)
    )
    by_scheme = (
        select(Intervention.need_id, CourseVersion.id)
        .join(scheme_course, scheme_course.c.scheme_id == Intervention.scheme_id)
        .join(CourseVersion, CourseVersion.course_id == scheme_course.c.course_id)
        .where(wanted(one_need))
    )
    if not refreshers:
        by_scheme = by_scheme.where(scheme_course.c.is_refresher.is_(False))
    return union(by_course, by_scheme).cte("meeting")


def claim(meeting: CTE) -> CTE:
    """Who asked by then for a coming date of these versions, when it begins, and whether they had a place by then.

    Who has none waits: for approval, on the waiting list, or for their own answer to an offer. What became of it after the
    day is left out, as far as the booking keeps when.
    """
    later = Booking.status.in_([BookingStatus.OFFERED, BookingStatus.CONFIRMED])
    waits = case(
        (and_(later, Booking.offered_at < ENDS, Booking.offered_at < KNOWN_BEFORE), Waits.OFFER),
        (
            and_(
                Booking.status != BookingStatus.AWAITING_APPROVAL,
                Booking.waitlisted_at < ENDS,
                Booking.waitlisted_at < KNOWN_BEFORE,
            ),
            Waits.WAITING_LIST,
        ),
        else_=Waits.APPROVAL,
    )
    coming = _coming(meeting)
    return (
        select(
            coming.c.need_id,
            Booking.person_id,
            coming.c.starts_at,
            case((_has_place(), 1), else_=0).label("has_place"),
            waits.label("waits"),
        )
        .join(Booking, Booking.training_session_id == coming.c.id)
        .where(_is_one())
        .cte("claim")
    )


def joined(meeting: CTE) -> AnyColumns:
    """Who claims each coming date of these versions: need, who has a place, who waits; both joined with commas.

    Date by date, or PostgreSQL would look through all bookings that there ever were.
    """
    coming = _coming(meeting)
    asked = select(joined_apart(_has_place())).where(Booking.training_session_id == coming.c.id, _is_one())
    return select(coming.c.need_id, asked.scalar_subquery())


def _coming(meeting: CTE) -> CTE:
    """The coming dates of these versions. Distinct, so that SQLite finds these few first."""
    return (
        select(meeting.c.need_id, TrainingSession.id, TrainingSession.starts_at)
        .join(TrainingSession, TrainingSession.course_version_id == meeting.c.course_version_id)
        .where(TrainingSession.status == SessionStatus.PUBLISHED, TrainingSession.starts_at >= BEGINS)
        .distinct()
        .cte("coming_date")
    )


def _is_one() -> Condition:
    """Whether a booking claims its date on the day, as was known."""
    return and_(
        Booking.status.in_(LIVE),
        Booking.unscheduled.is_(False),
        Booking.requested_at < ENDS,
        Booking.requested_at < KNOWN_BEFORE,
        or_(
            Booking.outcome.is_(None),
            Booking.outcome_on > AS_AT,
            Booking.outcome_recorded_at >= KNOWN_BEFORE,
        ),
    )


def _has_place() -> Condition:
    placed_at = func.coalesce(Booking.confirmed_at, Booking.requested_at)
    return and_(Booking.status == BookingStatus.CONFIRMED, placed_at < ENDS, placed_at < KNOWN_BEFORE)


def place(meeting: CTE) -> CTE:
    """The confirmed places, asked for by then, on coming dates of these versions, with when the date begins."""
    asked = claim(meeting)
    return (
        select(asked.c.need_id, asked.c.person_id, asked.c.starts_at)
        .where(asked.c.has_place == 1)
        .cte("place")
    )


def claiming() -> CTE:
    """Each person who claims a coming date that would meet one need, booked or waiting; booked when they are both."""
    asked = claim(meeting(one_need=True))
    standing = case((func.max(asked.c.has_place) == 1, BOOKED), else_=WAITING)
    return (
        select(
            asked.c.need_id,
            asked.c.person_id,
            standing.label("standing"),
            func.min(asked.c.waits).label("waits"),
        )
        .group_by(asked.c.need_id, asked.c.person_id)
        .cte("claiming")
    )


def claiming_and_held() -> CTE:
    """Who claims a place, with what they hold already."""
    asked = claiming()
    before = held(asked)
    return (
        select(asked, before.c.since, before.c.until, before.c.basis)
        .outerjoin(before, before.c.person_id == asked.c.person_id)
        .cte("claiming_and_held")
    )


def left_to_train(aim: CTE) -> CTE:
    """Each person of one need's audience, as far as they are known by name, who does not hold what meets it, with how
    they claim a place, if they do."""
    people, asked = holders().subquery(), claiming()
    return (
        select(Membership.person_id, asked.c.standing, asked.c.waits)
        .outerjoin(asked, asked.c.person_id == Membership.person_id)
        .where(
            works(AS_AT),
            or_(AGENCY.is_(None), Membership.agency_id == AGENCY),
            Membership.staff_group_id.in_(select(aim.c.staff_group_id)),
            Membership.person_id.not_in(select(people.c.person_id)),
        )
        .distinct()
        .cte("left_to_train")
    )
