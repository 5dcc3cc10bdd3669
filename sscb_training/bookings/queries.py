"""What is known of places and bookings. Whatever is shown to a person is scoped by who asks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, func, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.bookings import rules
from sscb_training.bookings.models import (
    HOLDS_A_PLACE,
    LIVE,
    AccessNeeds,
    Approval,
    Booking,
    BookingStatus,
    Outcome,
)
from sscb_training.core.db import db, number, row_or_404, row_or_none, rows
from sscb_training.core.mail import Letter
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    Trainer,
    TrainingSession,
)
from sscb_training.courses.queries import sessions_trained_by
from sscb_training.people.models import Membership, Person

MOST_LETTERS = 50
"""More than one booking ever has; a page that lists them stays short."""

PART_STARTS_AT = select(SessionPart.starts_at).where(SessionPart.id == Booking.part_id).scalar_subquery()
PART_ENDS_AT = select(SessionPart.ends_at).where(SessionPart.id == Booking.part_id).scalar_subquery()
STARTS_AT = func.coalesce(PART_STARTS_AT, TrainingSession.starts_at)
ENDS_AT = func.coalesce(PART_ENDS_AT, TrainingSession.ends_at)
"""When a booking begins and is over, in a query that joins its session: that of its part, if it is of one alone."""

FIRST_COME = (Booking.waitlisted_at, Booking.id)


def taken(*by_bookings: ColumnElement[bool]) -> ColumnElement[int]:
    """How many places of each session of a query are taken, walk-ins included; by the bookings of which this holds.

    A booking of the whole session takes one in every part, one of a part alone takes one in that: what is free is what
    the fullest part leaves.
    """
    takes = Booking.training_session_id == TrainingSession.id
    holding = and_(takes, Booking.status.in_(HOLDS_A_PLACE), *by_bookings)
    how_many = func.count(Booking.id)
    in_all = select(how_many).where(holding, Booking.part_id.is_(None)).correlate(TrainingSession)
    in_one = (
        select(how_many)
        .where(holding, Booking.part_id.is_not(None))
        .group_by(Booking.part_id)
        .order_by(how_many.desc())
        .limit(1)
        .correlate(TrainingSession)
    )
    return in_all.scalar_subquery() + func.coalesce(in_one.scalar_subquery(), 0)


def places_taken(training_session: TrainingSession) -> int:
    """How many places are taken in the fullest part."""
    return number(select(taken()).where(TrainingSession.id == training_session.id))


def places_left(training_session_ids: Iterable[int]) -> Mapping[int, int]:
    """How many places each of these sessions has left, never below 0; in one query."""
    query = select(TrainingSession.id, TrainingSession.capacity - taken()).where(
        TrainingSession.id.in_(list(training_session_ids))
    )
    return {training_session_id: max(0, left) for training_session_id, left in db.session.execute(query)}


def places_left_in(parts: Iterable[SessionPart]) -> Mapping[int, int]:
    """How many places each of these parts has left for somebody who books it alone, never below 0; in one query."""
    takes_one = and_(
        Booking.training_session_id == SessionPart.training_session_id,
        Booking.status.in_(HOLDS_A_PLACE),
        or_(Booking.part_id.is_(None), Booking.part_id == SessionPart.id),
    )
    query = (
        select(SessionPart.id, TrainingSession.capacity - func.count(Booking.id))
        .join(SessionPart.training_session)
        .outerjoin(Booking, takes_one)
        .where(SessionPart.id.in_([part.id for part in parts]))
        .group_by(SessionPart.id, TrainingSession.capacity)
    )
    return {part_id: max(0, left) for part_id, left in db.session.execute(query)}


def nearly_empty(taken: ColumnElement[int]) -> ColumnElement[bool]:
    """The sessions of which, with so many places taken, few are."""
    return taken * rules.NEARLY_EMPTY < TrainingSession.capacity


def waiting(training_session: TrainingSession) -> Sequence[Booking]:
    """Who waits for a place, the longest wait first."""
    return rows(
        select(Booking)
        .where(Booking.training_session_id == training_session.id, Booking.status == BookingStatus.WAITLISTED)
        .options(joinedload(Booking.person), _MEMBERSHIP)
        .order_by(*FIRST_COME)
    )


def number_waiting(training_session: TrainingSession) -> int:
    """How many wait for a place."""
    return number(
        select(func.count(Booking.id)).where(
            Booking.training_session_id == training_session.id, Booking.status == BookingStatus.WAITLISTED
        )
    )


def somebody_is_called(training_session: TrainingSession) -> bool:
    """Whether a free place is for the first of those who wait."""
    called = select(Booking.id).where(
        Booking.training_session_id == training_session.id,
        Booking.status == BookingStatus.WAITLISTED,
        Booking.offer_until.is_not(None),
    )
    return row_or_none(called) is not None


def with_a_deadline(training_session: TrainingSession) -> Sequence[Booking]:
    """Those who are offered a place, or called to be the first to accept one."""
    return rows(
        select(Booking)
        .where(
            Booking.training_session_id == training_session.id,
            Booking.status.in_((BookingStatus.OFFERED, BookingStatus.WAITLISTED)),
            Booking.offer_until.is_not(None),
        )
        .options(joinedload(Booking.part))
    )


def live_booking(training_session: TrainingSession, person: Person) -> Booking | None:
    """The booking by which this person holds a place or waits for one; there is never more than one."""
    return row_or_none(_LIVE_BOOKING, training_session_id=training_session.id, person_id=person.id)


def live_bookings(training_session: TrainingSession) -> Sequence[Booking]:
    """Every booking that holds a place or waits for one, in the order in which they were asked for."""
    return rows(
        select(Booking)
        .where(Booking.training_session_id == training_session.id, Booking.status.in_(LIVE))
        .options(joinedload(Booking.person), selectinload(Booking.make_ups))
        .order_by(Booking.requested_at, Booking.id)
    )


def called_off(training_session: TrainingSession) -> Sequence[Booking]:
    """The bookings that ended when this session was cancelled, in the order in which they were asked for."""
    return rows(
        select(Booking)
        .where(
            Booking.training_session_id == training_session.id,
            Booking.status == BookingStatus.CANCELLED_BY_BOARD,
            Booking.ended_at == training_session.cancelled_at,
        )
        .options(joinedload(Booking.person), _MEMBERSHIP, joinedload(Booking.replaced_by))
        .order_by(Booking.requested_at, Booking.id)
    )


def booking_of_form(training_session: TrainingSession, person: Person, *, form_key: str) -> Booking | None:
    """The booking that this very form made when it was sent before."""
    return row_or_none(
        select(Booking).where(
            Booking.form_key == form_key,
            Booking.training_session_id == training_session.id,
            Booking.person_id == person.id,
        )
    )


def delegates(training_session: TrainingSession) -> Sequence[Booking]:
    """The confirmed bookings, by name, with agency and staff group. Access needs are not among it."""
    return rows(
        select(Booking)
        .join(Booking.person)
        .where(Booking.training_session_id == training_session.id, Booking.status == BookingStatus.CONFIRMED)
        .options(contains_eager(Booking.person), _MEMBERSHIP)
        .order_by(func.lower(Person.name), Booking.id)
    )


def made_up(booking_ids: Collection[int]) -> Mapping[int, Sequence[Booking]]:
    """By booking, those of one part by which its delegate attended what they missed; in one query."""
    query = (
        select(Booking)
        # a cast, or SQLite would begin with everybody who ever attended anything
        .where(Booking.makes_up_id.in_(booking_ids), Booking.outcome.cast(String) == Outcome.ATTENDED.value)
        .order_by(Booking.id)
    )
    found = defaultdict[int, list[Booking]](list)
    for booking in rows(query) if booking_ids else ():
        found[booking.makes_up_id or 0].append(booking)
    return found


def originals(training_session: TrainingSession) -> Sequence[Booking]:
    """The bookings, on other dates, of which the delegates of this session make up a part."""
    making_up = select(Booking.makes_up_id).where(
        Booking.training_session_id == training_session.id,
        Booking.part_id.is_not(None),
        Booking.status == BookingStatus.CONFIRMED,
    )
    return rows(
        select(Booking)
        .where(Booking.id.in_(making_up))
        .options(
            joinedload(Booking.person),
            _MEMBERSHIP,
            joinedload(Booking.training_session).options(*_SESSION),
        )
        .order_by(Booking.training_session_id, Booking.id)
    )


def make_ups_to_come(of: ColumnElement[bool]) -> Sequence[Booking]:
    """By which parts of such bookings are still to be made up, as it is at this moment."""
    made_up = select(Booking.id).where(of).correlate(None)
    return rows(
        select(Booking)
        .where(Booking.makes_up_id.in_(made_up), Booking.status.in_(LIVE), Booking.outcome.is_(None))
        .options(joinedload(Booking.training_session))
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    )


def bookings_to_come(person: Person, *, now: datetime) -> Sequence[Booking]:
    """The places that somebody has on sessions that are not over, and those that they wait for; the next session first."""
    return rows(
        select(Booking)
        .join(Booking.training_session)
        .where(Booking.person_id == person.id, _to_come(now))
        .options(contains_eager(Booking.training_session).options(*_SESSION))
        .order_by(TrainingSession.starts_at, Booking.id)
    )


def past_bookings(person: Person, *, now: datetime) -> Select[Booking]:
    """All else that somebody ever booked: what is over, ended or was waited for in vain; the latest session first."""
    return (
        select(Booking)
        .join(Booking.training_session)
        .where(Booking.person_id == person.id, not_(_to_come(now)))
        .options(contains_eager(Booking.training_session).options(_COURSE))
        .order_by(TrainingSession.starts_at.desc(), Booking.id.desc())
    )


def clashing(training_session: TrainingSession, person: Person) -> Sequence[Booking]:
    """Other places that somebody holds whose parts lie at the same time as one of this session's."""
    at_once = and_(
        SessionPart.cancelled_at.is_(None),
        or_(
            *(
                and_(SessionPart.starts_at < part.ends_at, SessionPart.ends_at > part.starts_at)
                for part in training_session.parts_on
            )
        ),
    )
    return rows(
        select(Booking)
        .join(Booking.training_session)
        .where(
            Booking.person_id == person.id,
            Booking.training_session_id != training_session.id,
            Booking.status.in_(HOLDS_A_PLACE),
            TrainingSession.parts.any(
                and_(at_once, or_(Booking.part_id.is_(None), Booking.part_id == SessionPart.id))
            ),
        )
        .options(contains_eager(Booking.training_session).options(_COURSE))
        .order_by(TrainingSession.starts_at, Booking.id)
    )


def booked_elsewhere(
    asked: Collection[tuple[int, TrainingSession]], *, now: datetime
) -> Mapping[tuple[int, int], Sequence[Booking]]:
    """By person and date asked of, what they have on other dates of its course to come, the next first; one query for
    all. Make-ups of a part are none."""
    others = rows(
        select(Booking)
        .join(Booking.training_session)
        .join(TrainingSession.course_version)
        .where(
            Booking.person_id.in_({person_id for person_id, _ in asked}),
            CourseVersion.course_id.in_({wanted.course_version.course_id for _, wanted in asked}),
            Booking.status.in_(LIVE),
            Booking.part_id.is_(None),
            TrainingSession.ends_at > now,
        )
        .options(contains_eager(Booking.training_session).contains_eager(TrainingSession.course_version))
        .order_by(TrainingSession.starts_at, Booking.id)
    )
    return {
        (person_id, wanted.id): [
            one
            for one in others
            if one.person_id == person_id
            and one.training_session_id != wanted.id
            and one.training_session.course_version.course_id == wanted.course_version.course_id
        ]
        for person_id, wanted in asked
    }


def bookings_of_seen_by(viewer: Person, person: Person) -> Sequence[Booking]:
    """Of all that somebody ever booked what the viewer may know of, the latest session first."""
    every = (
        select(Booking)
        .join(Booking.training_session)
        .where(Booking.person_id == person.id)
        .options(contains_eager(Booking.training_session).options(*_SESSION))
        .order_by(TrainingSession.starts_at.desc(), Booking.id.desc())
    )
    return rows(seen_by(viewer, every))


def _to_come(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Booking.status.in_(HOLDS_A_PLACE), now < ENDS_AT),
        and_(Booking.status == BookingStatus.WAITLISTED, TrainingSession.starts_at > now),
    )


def booking_seen_by(viewer: Person, booking_id: int) -> Booking:
    """The booking, if the viewer may know of it; otherwise 404, as if it did not exist.

    That is the delegate, the board's staff, the lead of the agency for which it was made, and the
    session's trainers.
    """
    return row_or_404(seen_by(viewer, select(Booking).where(Booking.id == booking_id).options(*_IN_FULL)))


def joined_seen_by(viewer: Person, booking: Booking) -> frozenset[int]:
    """Of the booking that this one completes, and of those that complete it, which the viewer may know of, by key."""
    joined = [booking.makes_up_id, *(one.id for one in booking.make_ups)]
    if joined == [None]:
        return frozenset()
    return frozenset(one.id for one in rows(seen_by(viewer, select(Booking).where(Booking.id.in_(joined)))))


def has_outcomes(training_session: TrainingSession) -> bool:
    """Whether a closed register has said what became of anybody on the day."""
    found = select(Booking.id).where(
        Booking.training_session_id == training_session.id,
        Booking.outcome.is_not(None),
        Booking.outcome != Outcome.CANCELLED_BY_BOARD,
    )
    return row_or_none(found) is not None


def reason_not_to_cancel(training_session: TrainingSession, *, now: datetime) -> str:
    """Why this session cannot be called off any more; empty while it can."""
    return rules.reason_not_to_cancel(
        training_session.status,
        training_session.ends_at,
        has_outcomes=has_outcomes(training_session),
        now=now,
    )


def may_answer(viewer: Person, booking: Booking) -> bool:
    """Whether an offer is theirs to answer: the delegate's own, or for somebody without an account, who cannot sign in,
    their agency's lead's and the staff's."""
    if booking.person_id == viewer.id:
        return True
    role = booking.membership
    leads = role is not None and role.agency_id in viewer.leads_agency_ids
    return not booking.person.has_account and (leads or viewer.is_board_staff)


def offers_to_answer_for(lead: Person, *, now: datetime) -> Sequence[Booking]:
    """The offers to people of the lead's agencies who have no account; the first to be over first."""
    return rows(
        select(Booking)
        .join(Booking.person)
        .join(Booking.membership)
        .where(
            Membership.agency_id.in_(lead.leads_agency_ids),
            or_(Person.email.is_(None), Person.email_confirmed_at.is_(None)),
            Booking.status.in_([BookingStatus.OFFERED, BookingStatus.WAITLISTED]),
            Booking.offer_until > now,
        )
        .options(contains_eager(Booking.person), joinedload(Booking.training_session).options(_COURSE))
        .order_by(Booking.offer_until, Booking.id)
    )


def may_cancel(viewer: Person, booking: Booking) -> bool:
    """Whoever may answer for the delegate may, and the board's staff; else a lead and a trainer only look."""
    return may_answer(viewer, booking) or viewer.is_board_staff


def may_see_charges(viewer: Person, booking: Booking) -> bool:
    """The delegate, the board's staff and the lead of the agency that pays; no trainer."""
    pays = booking.membership is not None and booking.membership.agency_id in viewer.leads_agency_ids
    return booking.person_id == viewer.id or viewer.is_board_staff or pays


def may_pass_on(viewer: Person, booking: Booking) -> bool:
    """Who may put a colleague into a place or move it to another date: the delegate, their lead, the board's staff."""
    if booking.part_id is not None:  # what somebody missed is theirs alone to make up
        return False
    role = booking.membership
    is_lead = role is not None and role.agency_id in viewer.leads_agency_ids
    return is_lead or may_cancel(viewer, booking)


def letters_seen_by(viewer: Person, booking: Booking) -> Sequence[Letter]:
    """The letters about a booking and its approval, the latest first: to staff all, to anybody else those that went to
    their own address. A lead does not read what only delegates are told, like an address online."""
    of_booking = (Letter.about_type == Booking.__tablename__) & (Letter.about_id == booking.id)
    of_approval = (Letter.about_type == Approval.__tablename__) & (Letter.about_id == booking.approval_id)
    query = select(Letter).where(or_(of_booking, of_approval) if booking.approval_id else of_booking)
    if not viewer.is_board_staff:
        query = query.where(Letter.sent_at.is_not(None), func.lower(Letter.to_address) == viewer.email_key)
    return rows(query.order_by(Letter.queued_at.desc(), Letter.id.desc()).limit(MOST_LETTERS))


def published_session(training_session_id: int, *, in_full: bool = False) -> TrainingSession:
    """A session of the catalogue; 404 for drafts and for courses that are not published.

    `in_full` loads its parts and trainers as well, for a page that shows them all.
    """
    return row_or_404(_PUBLISHED_IN_FULL if in_full else _PUBLISHED, training_session_id=training_session_id)


def session_seen_by(viewer: Person, training_session_id: int) -> TrainingSession:
    """The session with its delegates, for the board's staff and for its own trainers; otherwise 404."""
    query = (
        select(TrainingSession).where(TrainingSession.id == training_session_id).options(*_SESSION, _TRAINERS)
    )
    if not viewer.is_board_staff:
        query = query.where(TrainingSession.id.in_(sessions_trained_by(viewer)))
    return row_or_404(query)


def access_needs_of(training_session: TrainingSession) -> Sequence[AccessNeeds]:
    """What the delegates need to take part, by name. Only for a page that records who looked."""
    return rows(
        select(AccessNeeds)
        .join(AccessNeeds.booking)
        .join(Booking.person)
        .where(Booking.training_session_id == training_session.id, Booking.status == BookingStatus.CONFIRMED)
        .options(contains_eager(AccessNeeds.booking).contains_eager(Booking.person))
        .order_by(func.lower(Person.name), AccessNeeds.id)
    )


def room_for(training_session: TrainingSession) -> int | None:
    """How many its smallest room holds; nothing when every part is online."""
    return min((part.venue.capacity for part in training_session.parts_on if part.venue), default=None)


def seen_by(viewer: Person, query: Select[Booking]) -> Select[Booking]:
    """Of the bookings that a query finds, those that the viewer may know of (see `booking_seen_by`)."""
    if viewer.is_board_staff:
        return query
    own = Booking.person_id == viewer.id
    of_own_agency = Booking.membership_id.in_(
        select(Membership.id).where(Membership.agency_id.in_(viewer.leads_agency_ids))
    )
    of_own_session = Booking.training_session_id.in_(sessions_trained_by(viewer))
    return query.where(or_(own, of_own_agency, of_own_session))


_MEMBERSHIP = joinedload(Booking.membership).options(
    joinedload(Membership.agency), joinedload(Membership.staff_group)
)
_COURSE = joinedload(TrainingSession.course_version).joinedload(CourseVersion.course)
_SESSION = (_COURSE, selectinload(TrainingSession.parts).joinedload(SessionPart.venue))
_TRAINERS = selectinload(TrainingSession.trainers).joinedload(Trainer.person)
_IN_FULL = (
    joinedload(Booking.person),
    _MEMBERSHIP,
    joinedload(Booking.training_session).options(*_SESSION, _TRAINERS),
)
_LIVE_BOOKING = select(Booking).where(
    Booking.training_session_id == bindparam("training_session_id"),
    Booking.person_id == bindparam("person_id"),
    Booking.status.in_(LIVE),
)
_PUBLISHED = (
    select(TrainingSession)
    .join(TrainingSession.course_version)
    .join(CourseVersion.course)
    .where(
        TrainingSession.id == bindparam("training_session_id"),
        TrainingSession.status != SessionStatus.DRAFT,
        TrainingSession.repeats_part.is_(None),
        Course.published_at.is_not(None),
    )
    .options(_COURSE)
)
_PUBLISHED_IN_FULL = _PUBLISHED.options(*_SESSION, _TRAINERS)
