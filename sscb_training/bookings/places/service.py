"""What changes places: offering those that are free, ending offers, setting how many there are and for whom.

Whatever frees a place calls `offer_free_places`, the one way from the waiting list to a place. Every verb holds the
training session's row first, so that two people after the last place are answered one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import update

from sscb_training.agencies.models import Sector
from sscb_training.bookings import queries as bookings
from sscb_training.bookings import rules as booking_rules
from sscb_training.bookings.models import AccessNeeds, Booking, BookingStatus
from sscb_training.bookings.places import queries, rules
from sscb_training.bookings.places.rules import Mix, Obstacle
from sscb_training.bookings.service import BookingRefused, added, end, new_reference, write_to
from sscb_training.core import history
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, lock
from sscb_training.core.times import at_london, london_date
from sscb_training.core.working_days import CLOSES, close_of_business, working_days_until
from sscb_training.courses.dates import rules as date_rules
from sscb_training.courses.models import PlaceFloor, SessionStatus, TrainingSession
from sscb_training.people.models import Membership, Person

OPENS = time(10)
"""When somebody who was made an offer in the evening can be expected to have read it."""


def offer_free_places(training_session: TrainingSession, *, now: datetime) -> Sequence[Booking]:
    """Offer each free place to whoever waits longest and may have it; never once the session has started.

    Somebody whom the mix keeps from a place is passed over for the next, and the reason is recorded. Close to the date
    the board may have everybody told instead, and the first to accept has the place.
    """
    lock(training_session)
    if not booking_rules.is_open(training_session.status, training_session.starts_at, now=now):
        return []
    mix = queries.mix(training_session, today=london_date(now))
    if not mix.free:
        call_nobody(training_session)
        return []
    waiting = bookings.waiting(training_session)
    if not waiting:
        return []
    if board_numbers().short_offers_to_all and _is_short(training_session.starts_at, now=now):
        return _call(waiting, mix, now=now)
    until = offer_until(training_session.starts_at, now=now)
    offered: list[Booking] = []
    kept_back: list[tuple[Booking, Obstacle]] = []
    for booking in waiting:
        agency_id, sector = whose(booking)
        obstacle = mix.obstacle(agency_id, sector)
        if obstacle is Obstacle.FULL:
            break
        if obstacle is not None:
            kept_back.append((booking, obstacle))
            continue
        for other, reason in kept_back:
            pass_over(other, reason.value, for_=booking, by=None, now=now)
        kept_back.clear()
        _offer(booking, until=until, by=None, now=now)
        mix = mix.with_one(agency_id, sector)
        offered.append(booking)
    return offered


def refuse_unless_first(booking: Booking, *, now: datetime) -> None:
    """Refuse whoever was called together with others and is not the first to accept, or is too late."""
    mix = queries.mix(booking.training_session, today=london_date(now))
    is_over = booking.offer_until is None or booking.offer_until <= now
    if is_over or mix.obstacle(*whose(booking)) is not None:
        raise BookingRefused("Somebody else was quicker, and no place is left. You stay on the waiting list.")


def _call(waiting: Sequence[Booking], mix: Mix, *, now: datetime) -> Sequence[Booking]:
    """Tell everybody who could have a free place, once until places are gone; whoever no longer could is left out."""
    called = []
    for booking in waiting:
        may = mix.obstacle(*whose(booking)) is None
        if may and not booking.is_called:
            booking.offered_at, booking.offer_until = now, booking.training_session.starts_at
            history.record("called to be first", booking, by=None, at=now)
            write_to(booking, "bookings/first_to_accept", at=now)
            called.append(booking)
        elif not may and booking.is_called:
            booking.offered_at = booking.offer_until = None
    return called


def call_nobody(training_session: TrainingSession) -> None:
    """No place is left of those for which people were called."""
    db.session.execute(
        update(Booking)
        .where(
            Booking.training_session_id == training_session.id,
            Booking.status == BookingStatus.WAITLISTED,
            Booking.offer_until.is_not(None),
        )
        .values(offered_at=None, offer_until=None)
    )


def keep_offers_until_start(training_session: TrainingSession) -> None:
    """After what they are for begins at another time: no offer stands longer, and who is called may be first until then."""
    for booking in bookings.with_a_deadline(training_session):
        if booking.is_called:
            booking.offer_until = booking.starts_at
        elif booking.offer_until is not None:
            booking.offer_until = min(booking.offer_until, booking.starts_at)


def offer_ahead(booking: Booking, *, reason: str, by: Person | None, now: datetime) -> None:
    """Offer a free place to somebody out of turn, whatever the mix says; everybody before them is passed over."""
    training_session = booking.training_session
    hold(booking)
    if not booking.is_waiting:
        raise BookingRefused(f"Booking {booking.reference} is not on the waiting list any more.")
    if not booking_rules.is_open(training_session.status, training_session.starts_at, now=now):
        raise BookingRefused("Places on this session can no longer be offered.")
    if queries.mix(training_session, today=london_date(now)).free == 0:
        raise BookingRefused("No place is free. Raise the number of places first, or wait for one.")
    for other in bookings.waiting(training_session):
        if other.id == booking.id:
            break
        pass_over(other, reason, for_=booking, by=by, now=now)
    booking.override_reason = reason
    _offer(booking, until=offer_until(training_session.starts_at, now=now), by=by, now=now)
    offer_free_places(training_session, now=now)  # whoever was called may have come too late by this


def turn_down(booking: Booking, *, by: Person | None, now: datetime) -> None:
    """Turn an offered place down, so that the next in line is offered it at once."""
    hold(booking)
    if not booking.is_offered:
        raise BookingRefused("This place is not on offer any more, so there is nothing to turn down.")
    end(booking, BookingStatus.DECLINED, by=by, now=now)
    offer_free_places(booking.training_session, now=now)


def lapse_offer(booking: Booking, *, now: datetime) -> bool:
    """End an offer that nobody answered in time and pass the place on; whether it was over."""
    hold(booking)
    if not booking.is_offered or booking.offer_until is None or booking.offer_until > now:
        return False
    end(booking, BookingStatus.LAPSED, by=None, now=now)
    if booking.part_id is not None:
        write_to(booking, "bookings/part_offer_lapsed", at=now)
    else:
        training_session = booking.training_session
        may_stay = booking_rules.is_open(training_session.status, training_session.starts_at, now=now)
        write_to(booking, "bookings/offer_lapsed", at=now, may_stay=may_stay)
    offer_free_places(booking.training_session, now=now)
    return True


def rejoin(booking: Booking, *, by: Person | None, now: datetime) -> None:
    """Put somebody whose offer lapsed back onto the waiting list, at its end."""
    training_session = booking.training_session
    hold(booking)
    if booking.part_id is not None:
        raise BookingRefused("Nobody waits for a single part. Ask the board’s staff for another date.")
    if booking.status is not BookingStatus.LAPSED or booking.offer_until is None:
        raise BookingRefused("Only somebody whose offer lapsed can go back onto the list.")
    if not booking_rules.is_open(training_session.status, training_session.starts_at, now=now):
        raise BookingRefused("This session has started or is not on. Choose another date of the course.")
    if existing := bookings.live_booking(training_session, booking.person):
        raise BookingRefused(f"You have booking {existing.reference} for this session already.")
    booking.status = BookingStatus.WAITLISTED
    booking.waitlisted_at = now
    booking.edition = training_session.edition
    booking.ended_at = booking.offered_at = booking.offer_until = None
    booking.passed_over = ""
    history.record("rejoined the waiting list", booking, by=by, at=now)
    write_to(booking, "bookings/waitlisted", at=now)
    offer_free_places(training_session, now=now)


def change_capacity(
    training_session: TrainingSession, capacity: int, *, by: Person | None, now: datetime
) -> Sequence[Booking]:
    """Offer more or fewer places. Nobody loses a place that they hold; more places go to those who wait."""
    lock(training_session)
    _set_capacity(training_session, capacity, by=by, now=now)
    return offer_free_places(training_session, now=now)


def change_mix(
    training_session: TrainingSession,
    *,
    most_per_agency: int | None,
    floors: Mapping[Sector, int],
    in_percent: bool = False,
    release_days: int | None,
    by: Person | None,
    now: datetime,
) -> Sequence[Booking]:
    """Set who the places are for. Nobody loses a place that they hold, and those who may now have one are offered it."""
    lock(training_session)
    return change_places(
        training_session,
        capacity=training_session.capacity,
        most_per_agency=most_per_agency,
        floors=floors,
        in_percent=in_percent,
        release_days=release_days,
        by=by,
        now=now,
    )


def change_places(
    training_session: TrainingSession,
    *,
    capacity: int,
    most_per_agency: int | None,
    floors: Mapping[Sector, int],
    in_percent: bool = False,
    release_days: int | None,
    by: Person | None,
    now: datetime,
) -> Sequence[Booking]:
    """Set how many places there are and who they are for, together; the offers that follow keep to both."""
    lock(training_session)
    _set_capacity(training_session, capacity, by=by, now=now)
    _refuse_to_keep_too_many(floors, capacity=capacity, in_percent=in_percent)
    before, was_in_percent = _floors_of(training_session), training_session.floors_in_percent
    wanted = {sector: places for sector, places in floors.items() if places}
    changes = history.amend(training_session, most_per_agency=most_per_agency, release_days=release_days)
    if (before, was_in_percent) != (wanted, in_percent):
        training_session.floors.clear()
        db.session.flush()
        training_session.floors_in_percent = in_percent
        training_session.floors = [
            PlaceFloor(sector=sector, places=places) for sector, places in sorted(wanted.items())
        ]
        changes["kept"] = [_in_words(before, was_in_percent), _in_words(wanted, in_percent)]
    if changes:
        history.record("mix changed", training_session, by=by, at=now, **changes)
    return offer_free_places(training_session, now=now)


@dataclass(frozen=True)
class Foreseen:
    """Somebody who would be offered a place, as plain values: they outlive a rehearsal."""

    name: str
    agency: str
    waits_since: datetime
    until: datetime


def rehearse_places(
    training_session: TrainingSession, *, by: Person | None, now: datetime, **given: Any
) -> Sequence[Foreseen]:
    """Who would be offered a place by `change_places`, found out by doing it; nothing of it stays."""
    trial = db.session.begin_nested()
    try:
        return [
            Foreseen(
                booking.person.name,
                booking.membership.agency.name if booking.membership else "",
                booking.waitlisted_at or booking.requested_at,
                booking.offer_until or training_session.starts_at,
            )
            for booking in change_places(training_session, by=by, now=now, **given)
        ]
    finally:
        trial.rollback()


def add_walk_in(
    training_session: TrainingSession,
    person: Person,
    *,
    membership: Membership | None,
    by: Person | None,
    now: datetime,
) -> Booking:
    """Book in somebody who came without a place; the room's limit is for whoever stands at the door to mind.

    Somebody from the waiting list who came all the same keeps that booking.
    """
    lock(training_session)
    if training_session.status is not SessionStatus.PUBLISHED:
        raise BookingRefused("Nobody can be added: this session is not on.")
    if training_session.repeats_part is not None:
        raise BookingRefused(
            "This date repeats one part of a course. Only those whom staff have booked to make it up can come."
        )
    if membership is not None and membership.person_id != person.id:
        raise BookingRefused("Choose a role that this person holds.")
    booking = bookings.live_booking(training_session, person)
    if booking is None:
        booking = Booking(
            reference=new_reference(),
            training_session=training_session,
            person=person,
            membership=membership,
            status=BookingStatus.CONFIRMED,
            requested_at=now,
            requested_by_id=by.id if by else None,
        )
    elif booking.status is BookingStatus.CONFIRMED:
        raise BookingRefused(f"{person.name} has a place already: look for the name in the register.")
    booking.status = BookingStatus.CONFIRMED
    booking.confirmed_at = now
    booking.unscheduled = True
    added(booking)
    history.record("walked in", booking, by=by, at=now)
    return booking


def see_access_needs(
    training_session: TrainingSession, *, by: Person, now: datetime
) -> Sequence[AccessNeeds]:
    """What the delegates need to take part; that somebody looked is recorded, what they saw is not."""
    needs = bookings.access_needs_of(training_session)
    history.record("access needs viewed", training_session, by=by, at=now, number=len(needs))
    return needs


def hold(booking: Booking) -> None:
    """Hold the session and read the booking afresh, or two verbs at once would both find it as it was."""
    lock(booking.training_session)
    db.session.refresh(booking)


def whose(booking: Booking) -> tuple[int | None, Sector | None]:
    """The agency and sector that a booking counts for; none for a walk-in whose work is not known."""
    role = booking.membership
    return (role.agency_id, role.agency.sector) if role else (None, None)


def pass_over(booking: Booking, reason: str, *, for_: Booking, by: Person | None, now: datetime) -> None:
    """Note why a place went to somebody behind this booking."""
    booking.passed_over = reason
    history.record("passed over", booking, by=by, at=now, reason=reason, for_booking=for_.reference)


def _offer(booking: Booking, *, until: datetime, by: Person | None, now: datetime) -> None:
    booking.status = BookingStatus.OFFERED
    booking.offered_at, booking.offer_until = now, until
    history.record("offered", booking, by=by, at=now, until=until, waited_since=booking.waitlisted_at)
    letter = "bookings/offered_instead" if booking.follows_a_cancelled_one else "bookings/offered"
    write_to(booking, letter, at=now)


def offer_until(starts_at: datetime, *, now: datetime) -> datetime:
    """Until when an offer made now stands, of what begins then."""
    today = london_date(now)
    return rules.offer_until(
        now,
        starts_at=starts_at,
        usual=close_of_business(now, board_numbers().offer_working_days),
        close=at_london(today, CLOSES),
        next_morning=at_london(today + timedelta(days=1), OPENS),
        short=_is_short(starts_at, now=now),
    )


def _is_short(starts_at: datetime, *, now: datetime) -> bool:
    """Whether the date is so near that offers cannot stand for days."""
    days_left = working_days_until(london_date(now), london_date(starts_at))
    return days_left < board_numbers().short_offer_working_days


def _set_capacity(
    training_session: TrainingSession, capacity: int, *, by: Person | None, now: datetime
) -> None:
    if training_session.status is SessionStatus.CANCELLED:
        raise BookingRefused("This session was cancelled, so its places stay as they were.")
    if capacity > training_session.capacity:
        _refuse_more_than_the_room_holds(training_session, capacity)
    taken = bookings.places_taken(training_session)
    least = min(taken, training_session.capacity)  # walk-ins may have taken more than there are
    if capacity < least:
        hold = "1 person holds a place" if taken == 1 else f"{taken} people hold places"
        raise BookingRefused(f"{hold}, so enter {least} or more. To go lower, cancel bookings first.")
    changes = history.amend(training_session, capacity=capacity)
    if changes:
        history.record("capacity changed", training_session, by=by, at=now, **changes)


def _refuse_more_than_the_room_holds(training_session: TrainingSession, capacity: int) -> None:
    rooms = (
        date_rules.Room(part.venue.name, part.venue.capacity)
        for part in training_session.parts_on
        if part.venue
    )
    if problem := date_rules.problem_with_rooms(capacity, rooms):
        raise BookingRefused(problem)


def _refuse_to_keep_too_many(floors: Mapping[Sector, int], *, capacity: int, in_percent: bool) -> None:
    if in_percent and sum(floors.values()) > 100:
        raise BookingRefused("The shares of the sectors come to more than 100 percent. Lower one of them.")
    if not in_percent and sum(floors.values()) > capacity:
        raise BookingRefused(
            f"The session has {capacity} places, and more than that are kept for sectors. "
            "Keep fewer, or raise the number of places."
        )


def _floors_of(training_session: TrainingSession) -> dict[Sector, int]:
    return {floor.sector: floor.places for floor in training_session.floors}


def _in_words(floors: Mapping[Sector, int], in_percent: bool) -> str:
    unit = "%" if in_percent else ""
    return ", ".join(f"{places}{unit} for {sector.label}" for sector, places in sorted(floors.items()))
