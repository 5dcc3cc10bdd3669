"""What books and offers one part of a later session, and makes a date for one part."""

from collections.abc import Sequence
from datetime import datetime

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.make_up import queries
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.places.service import offer_free_places, offer_until
from sscb_training.bookings.service import (
    BookingRefused,
    added,
    needs_to_take_part,
    new_reference,
    refuse_if_closed_to,
    send_invitation,
    write_to,
)
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date
from sscb_training.courses.dates.service import PartPlan, add_session, publish_session
from sscb_training.courses.models import SessionPart, SessionStatus, TrainingSession
from sscb_training.courses.pool.queries import unfit
from sscb_training.people.models import Person


class ReasonWanted(BookingRefused):
    """A part of another version, or after the course's time for it: staff can book it with a reason."""


def book_part(
    booking: Booking,
    missed: SessionPart,
    part: SessionPart,
    *,
    reason: str = "",
    by: Person | None,
    now: datetime,
) -> Booking:
    """Put somebody onto one part of a later session in place of the one that they missed, or that was cancelled.

    It costs nothing and nobody approves it again. Of another version, or after the course's months, it asks for a reason,
    which is kept.
    """
    _hold(missed, part)
    db.session.refresh(booking)
    _refuse_unless_it_fits(missed, part, reason=reason, now=now)
    if bookings.places_left_in([part])[part.id] == 0:
        raise BookingRefused(
            "No place is free in this part. Choose another date, or raise the number of places."
        )
    _refuse_unless_theirs(booking, missed, part)
    made = _make(booking, missed, part, BookingStatus.CONFIRMED, reason=reason, by=by, now=now)
    send_invitation("bookings/confirmed", made, at=now)
    return made


def offer_part(
    missed: SessionPart, part: SessionPart, *, reason: str = "", by: Person | None, now: datetime
) -> Sequence[Booking]:
    """Offer everybody whose part was cancelled the same part of a later session; who was offered a place.

    Each place is kept until the deadline of an offer. When there are fewer places, who booked first is asked first; the
    others can be offered another date. Somebody who is on that session already is left out.
    """
    _hold(missed, part)
    if missed.is_on:
        raise BookingRefused("This part was not cancelled, so nobody has to be moved.")
    _refuse_unless_it_fits(missed, part, reason=reason, now=now)
    there = queries.booked_on(part.training_session)
    free = bookings.places_left_in([part])[part.id]
    asked = [
        booking
        for booking in queries.to_make_up(missed)
        if booking.person_id not in there and _may_come(booking, part.training_session)
    ]
    if not asked:
        raise BookingRefused("Nobody is left to be offered this date.")
    if not free:
        raise BookingRefused(
            "No place is free in this part. Choose another date, or raise the number of places."
        )
    offered = []
    for booking in asked[:free]:
        made = _make(booking, missed, part, BookingStatus.OFFERED, reason=reason, by=by, now=now)
        write_to(made, "bookings/part_offered", at=now, part=missed)
        offered.append(made)
    return offered


def add_date_for_part(
    missed: SessionPart, plan: PartPlan, *, capacity: int, by: Person | None, now: datetime
) -> TrainingSession:
    """A new date for one part alone, open for those who have to make it up and for nobody else.

    Its trainers are the same, without those who may not train on it any more. The same form sent twice makes one.
    """
    before = missed.training_session
    lock(before)
    if any(part.starts_at == plan.starts_at for part in queries.parts_like(missed, now=now)):
        raise BookingRefused(
            "This part has a date at that time already. Offer that one, or enter another time."
        )
    named = PartPlan(plan.title or missed.name, plan.starts_at, plan.ends_at, plan.venue, plan.online_url)
    day = london_date(plan.starts_at)
    lacking = {one.trainer for one in unfit(before.course, before.trainers, [day])}
    date = add_session(
        before.course_version,
        capacity=capacity,
        parts=[named],
        trainers=[trainer for trainer in before.trainers if trainer not in lacking],
        joining_instructions=before.joining_instructions,
        by=by,
        now=now,
    )
    date.repeats_part = before.repeats_part or missed.position
    date.most_per_agency = None
    db.session.flush()
    publish_session(date, by=by, now=now)
    return date


def _hold(missed: SessionPart, part: SessionPart) -> None:
    sessions = {missed.training_session, part.training_session}
    for one in sorted(sessions, key=lambda held: held.id):  # as whoever moves a booking holds two
        lock(one)
    for row in (missed, part):
        db.session.refresh(row)


def _refuse_unless_it_fits(missed: SessionPart, part: SessionPart, *, reason: str, now: datetime) -> None:
    before, after = missed.training_session, part.training_session
    if after.id == before.id or after.course.id != before.course.id:
        raise BookingRefused("Choose a later date of the same course.")
    if (after.repeats_part or part.position) != (before.repeats_part or missed.position):
        raise BookingRefused(f"Choose the same part of another date: {missed.name}.")
    if after.status is not SessionStatus.PUBLISHED or not part.is_on:
        raise BookingRefused("This part does not take place. Choose another date.")
    if part.starts_at <= now:
        raise BookingRefused("This part has started. Choose another date.")
    unusual = queries.exceptions(missed, part)
    if unusual and not reason.strip():
        raise ReasonWanted(f"{' '.join(unusual)} Enter the reason why it counts all the same.")
    if bookings.number_waiting(after):
        offer_free_places(after, now=now)  # nobody who waits there for all of it is overtaken
    if bookings.somebody_is_called(after):
        raise BookingRefused(
            "Others wait for the free places of that date, and the first to accept has one. Choose another date."
        )


def _refuse_unless_theirs(booking: Booking, missed: SessionPart, part: SessionPart) -> None:
    if missed not in booking.parts_to_make_up:
        raise BookingRefused(f"{booking.person.name} has nothing to make up for {missed.name}.")
    if existing := bookings.live_booking(part.training_session, booking.person):
        raise BookingRefused(
            f"{booking.person.name} already has booking {existing.reference} for that session."
        )
    if booking.membership is not None:
        refuse_if_closed_to(part.training_session, booking.membership)


def _may_come(booking: Booking, training_session: TrainingSession) -> bool:
    only, role = training_session.only_agency_id, booking.membership
    return only is None or (role is not None and role.agency_id == only)


def _make(
    booking: Booking,
    missed: SessionPart,
    part: SessionPart,
    status: BookingStatus,
    *,
    reason: str,
    by: Person | None,
    now: datetime,
) -> Booking:
    is_offer, needs = status is BookingStatus.OFFERED, booking.access_needs
    made = added(
        Booking(
            reference=new_reference(),
            training_session=part.training_session,
            person=booking.person,
            membership=booking.membership,
            status=status,
            requested_at=now,
            requested_by_id=by.id if by else None,
            confirmed_at=None if is_offer else now,
            offered_at=now if is_offer else None,
            offer_until=offer_until(part.starts_at, now=now) if is_offer else None,
            override_reason=reason if queries.exceptions(missed, part) else "",
            part=part,
            makes_up_id=booking.id,
            makes_up_part=missed,
            access_needs=needs_to_take_part(needs.text if needs else "", part.training_session),
        )
    )
    db.session.expire(booking, ["make_ups"])
    verb = "offered a part to make up" if is_offer else "booked to make up a part"
    told = {"reason": made.override_reason} if made.override_reason else {}
    history.record(verb, made, by=by, at=now, part=missed.name, completes=booking.reference, **told)
    history.record(verb, booking, by=by, at=now, part=missed.name, through=made.reference, **told)
    return made
