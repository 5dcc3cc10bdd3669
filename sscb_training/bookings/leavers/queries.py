"""Which bookings wait for a coordinator's decision, and to which jobs they could be carried over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from sscb_training.bookings import rules
from sscb_training.bookings.models import LIVE, Booking
from sscb_training.core.db import db, row_or_404, rows
from sscb_training.core.mail import Letter
from sscb_training.core.pages import Page, page_of_keys
from sscb_training.core.times import london_date
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.courses.queries import shown_in_lists
from sscb_training.people.models import Membership, Person
from sscb_training.people.queries import leading


def left_behind(viewer: Person, *, now: datetime, page: int = 1) -> Page[Booking]:
    """What this coordinator has to decide about, the next session first. Nobody decides about their own."""
    found = list(_left_behind(_decided_by(viewer, now)))
    query = _in_full(_made_in_a_job())
    return page_of_keys(found, lambda shown: rows(query.where(Booking.id.in_(shown))), page=page)


def number_left_behind(viewer: Person, *, now: datetime) -> int:
    """How many bookings wait for this coordinator's decision."""
    return len(_left_behind(_decided_by(viewer, now)))


def left_behind_seen_by(viewer: Person, booking_id: int, *, now: datetime) -> Booking:
    """A booking that this coordinator may decide about; otherwise 404."""
    return row_or_404(_in_full(_decided_by(viewer, now).where(Booking.id == booking_id)))


def new_jobs(booking: Booking) -> Sequence[Membership]:
    """The delegate's other jobs that they have for the whole of the session."""
    training_session = booking.training_session
    query = (
        select(Membership)
        .where(
            Membership.person_id == booking.person_id,
            Membership.id != booking.membership_id,
            Membership.is_current(london_date(training_session.starts_at)),
            Membership.is_current(london_date(training_session.ends_at)),
        )
        .options(joinedload(Membership.agency), joinedload(Membership.staff_group))
        .order_by(Membership.valid_from, Membership.id)
    )
    return rows(query)


def told_key(booking_id: int, membership_id: int | None) -> str:
    """What makes an agency's leads hear once that a booking waits for their decision."""
    return f"left behind/{booking_id}/{membership_id}"


def to_tell_of(now: datetime) -> Sequence[int]:
    """The bookings that wait for a decision and of which no lead was told, where there is one to tell."""
    lead = leading(Membership.agency_id).where(Person.id != Booking.person_id)
    found = _left_behind(_to_come(now).where(lead.exists()))
    written = set(
        db.session.scalars(
            select(Letter.once_key).where(
                Letter.about_type == Booking.__tablename__, Letter.about_id.in_(list(found))
            )
        )
    )
    return [
        booking_id
        for booking_id, membership_id in found.items()
        if told_key(booking_id, membership_id) not in written
    ]


def _made_in_a_job() -> Select[Booking]:
    """Bookings with their session and the job in which they were made, the next session first."""
    return (
        select(Booking)
        .join(Booking.training_session)
        .join(Booking.membership)
        .order_by(TrainingSession.starts_at, Booking.id)
    )


def _to_come(now: datetime) -> Select[Booking]:
    """Live bookings of sessions that have not started, made in a job whose last day is not after their end.

    That is roughly what is left behind: a session may end on a job's last day, and the database counts days by UTC.
    """
    return _made_in_a_job().where(
        Booking.status.in_(LIVE),
        TrainingSession.status == SessionStatus.PUBLISHED,
        TrainingSession.starts_at > now,
        Membership.valid_to <= func.date(TrainingSession.ends_at),
    )


def _decided_by(viewer: Person, now: datetime) -> Select[Booking]:
    query = _to_come(now).where(Booking.person_id != viewer.id)
    return query if viewer.is_board_staff else query.where(Membership.agency_id.in_(viewer.leads_agency_ids))


def _left_behind(query: Select[Booking]) -> dict[int, int]:
    """The keys of those whose session outlasts the job by London's days, with the job's."""
    columns = query.with_only_columns(
        Booking.id, Membership.id, Membership.valid_to, TrainingSession.ends_at, maintain_column_froms=True
    )
    return {
        booking_id: membership_id
        for booking_id, membership_id, last_day, ends_at in db.session.execute(columns)
        if rules.outlasts_job(london_date(ends_at), last_day=last_day)
    }


def _in_full(query: Select[Booking]) -> Select[Booking]:
    return query.options(
        joinedload(Booking.person),
        contains_eager(Booking.membership).joinedload(Membership.agency),
        contains_eager(Booking.training_session).options(*shown_in_lists()),
    )
