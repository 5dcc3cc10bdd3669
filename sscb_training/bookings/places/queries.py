"""Who holds a session's places, who waits, and which offers are over."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from sscb_training.agencies.models import Agency, Sector
from sscb_training.bookings.models import HOLDS_A_PLACE, Booking, BookingStatus
from sscb_training.bookings.places import rules
from sscb_training.bookings.places.rules import Mix
from sscb_training.bookings.queries import taken
from sscb_training.core.db import db, rows
from sscb_training.core.times import london_date
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Membership


def mix(training_session: TrainingSession, *, today: date) -> Mix:
    """The session's places by agency and sector, with the limits that hold today."""
    held = db.session.execute(
        select(Membership.agency_id, Agency.sector, Booking.part_id, func.count(Booking.id))
        .select_from(Booking)
        .outerjoin(Membership, Membership.id == Booking.membership_id)
        .outerjoin(Agency, Agency.id == Membership.agency_id)
        .where(Booking.training_session_id == training_session.id, Booking.status.in_(HOLDS_A_PLACE))
        .group_by(Membership.agency_id, Agency.sector, Booking.part_id)
    )
    by_agency, by_sector, without_agency = Counter[int](), Counter[Sector](), 0
    by_part = Counter[int]()
    for agency_id, sector, part_id, number in held:
        if part_id is not None:
            by_part[part_id] += number
        elif agency_id is None:
            without_agency = number
        else:
            by_agency[agency_id] = number
            by_sector[sector] += number
    stated = {floor.sector: floor.places for floor in training_session.floors}
    return Mix(
        capacity=training_session.capacity,
        by_agency=by_agency,
        by_sector=by_sector,
        without_agency=without_agency,
        by_part=by_part,
        most_per_agency=training_session.most_per_agency,
        floors=rules.places_by_share(training_session.capacity, stated)
        if training_session.floors_in_percent
        else stated,
        released=rules.is_released(
            london_date(training_session.starts_at),
            release_days=training_session.release_days,
            today=today,
        ),
    )


def offers_over(now: datetime) -> Sequence[int]:
    """The bookings whose offer nobody answered in time, the earliest deadline first."""
    return rows(
        select(Booking.id)
        .where(Booking.status == BookingStatus.OFFERED, Booking.offer_until <= now)
        .order_by(Booking.offer_until, Booking.id)
    )


def sessions_with_places_for_waiting(now: datetime) -> Sequence[int]:
    """The open sessions on which somebody waits although not every place is held: limits may have been released."""
    somebody_waits = (
        select(Booking.id)
        .where(Booking.training_session_id == TrainingSession.id, Booking.status == BookingStatus.WAITLISTED)
        .exists()
    )
    return rows(
        select(TrainingSession.id)
        .where(
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.starts_at > now,
            somebody_waits,
            taken() < TrainingSession.capacity,
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
