"""What changes bookings that were made: cancelling, passing on, moving, calling a session off and offering another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement

from sscb_training.bookings import queries, rules
from sscb_training.bookings.changes import queries as changes
from sscb_training.bookings.charges.rules import is_late, why_nothing_follows
from sscb_training.bookings.charges.service import charge_cancellation
from sscb_training.bookings.models import HOLDS_A_PLACE, Booking, BookingStatus, CancelReason
from sscb_training.bookings.places import queries as places
from sscb_training.bookings.places.rules import Obstacle
from sscb_training.bookings.places.service import call_nobody, hold, offer_free_places, whose
from sscb_training.bookings.requests.service import take_place, wait_instead
from sscb_training.bookings.service import BookingRefused, end, send_ending, tell_managers, write_to
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people import queries as people
from sscb_training.people.models import Membership, Person
from sscb_training.people.service import add_membership, register_person


def cancel(
    booking: Booking,
    *,
    reason: str,
    reason_code: CancelReason | None = None,
    by: Person | None,
    now: datetime,
    board_decided: bool = False,
    free_because: str = "",
) -> None:
    """Give up the place or the wait, send a dated receipt, and let the next who waits have the place.

    A late cancellation of a confirmed place is charged as its terms say; the receipt says whether.

    `board_decided` tells a place that the board took away from one that the delegate gave up, also when
    staff do it for the delegate. `free_because` says why it costs nothing however late it is. Neither the delegate's
    reason nor its code goes into the history: they may be about somebody's health.
    """
    training_session = booking.training_session
    _hold_with_make_ups(booking)
    if not booking.is_live:
        raise BookingRefused(f"Booking {booking.reference} has ended already. Nothing is left to cancel.")
    if rules.has_started(booking.starts_at, now=now):
        raise BookingRefused(
            "This session has started, so the booking can no longer be cancelled. "
            "The register will show who did not come."
        )
    was = booking.status
    status = BookingStatus.CANCELLED_BY_BOARD if board_decided else BookingStatus.CANCELLED_BY_DELEGATE
    end(booking, status, reason=reason, by=by, now=now)
    booking.reason_code = reason_code
    booking.cancelled_late = not board_decided and _is_late(booking, was, now)
    why_free = "the board cancelled it" if board_decided else free_because
    charge = None if why_free else charge_cancellation(booking, was=was, by=by, now=now)
    send_ending(
        "bookings/cancelled",
        booking,
        was=was,
        at=now,
        board_decided=board_decided,
        charge=charge,
        why_no_charge=why_free
        or why_nothing_follows(booking.charge_terms, was=was, lost_a_part=booking.lost_a_part),
    )
    offer_free_places(training_session, now=now)
    _end_make_ups(booking, by=by, now=now)


def _is_late(booking: Booking, was: BookingStatus, now: datetime) -> bool:
    return is_late(booking.charge_terms, was=was, on=london_date(now), lost_a_part=booking.lost_a_part)


def substitute(booking: Booking, membership: Membership, *, by: Person | None, now: datetime) -> Booking:
    """Put a colleague of the same agency into the place, which is free at no moment in between.

    They wait behind nobody, and are approved as the course says.
    """
    _hold_with_make_ups(booking)
    _refuse_unless_passed_on(booking, now)
    if not (booking.is_confirmed or booking.awaits_approval):
        raise BookingRefused("Only somebody with a place can put a colleague into it.")
    if booking.membership is None or membership.agency_id != booking.membership.agency_id:
        raise BookingRefused("Only a colleague from the same agency can take this place.")
    if membership.person_id == booking.person_id:
        raise BookingRefused(f"{booking.person.name} has this place already. Choose a colleague.")
    was = booking.status
    end(booking, BookingStatus.SUBSTITUTED, by=by, now=now)
    taken = take_place(
        booking.training_session, membership.person, membership=membership, replaces=booking, by=by, now=now
    )
    send_ending("bookings/substituted", booking, was=was, at=now, colleague=membership.person)
    # Whoever is asked to approve the colleague hears of it so.
    concerned = [booking.membership, *([membership] if taken.is_confirmed else [])]
    tell_managers("bookings/substituted_manager", booking, concerned, moved=taken, now=now)
    _end_make_ups(booking, by=by, now=now)
    return taken


def substitute_somebody_new(
    booking: Booking, *, name: str, email: str, job_title: str, by: Person | None, now: datetime
) -> Booking:
    """Put a colleague whom the service does not know into the place; they have no account until they make one.

    Staff group and manager are those of whom they stand in for. Where they work counts as unconfirmed on a
    delegate's word alone. Whoever has the address already is that person, if they work at the agency.
    """
    hold(booking)
    first = booking.membership
    if first is None:
        raise BookingRefused("Only a colleague from the same agency can take this place.")
    if person := people.person_by_email(email):
        jobs = people.memberships_of(person, london_date(now))
        membership = next((job for job in jobs if job.agency_id == first.agency_id), None)
        if membership is None:
            raise BookingRefused(
                f"This address cannot be used for somebody new at {first.agency.name}. Ask the board’s staff."
            )
    else:
        membership = add_membership(
            register_person(name=name, email=email, now=now, by=by),
            agency=first.agency,
            staff_group=first.staff_group,
            job_title=job_title,
            manager_name=first.manager_name,
            manager_email=first.manager_email,
            has_no_manager=first.has_no_manager,
            valid_from=london_date(now),
            confirmed=by is None or by.id != booking.person_id,
            by=by,
            now=now,
        )
    return substitute(booking, membership, by=by, now=now)


def move(booking: Booking, training_session: TrainingSession, *, by: Person | None, now: datetime) -> Booking:
    """Take a place on another date of the course, and only then give this one up for whoever waits for it.

    Giving it up late costs what a late cancellation does.
    """
    before = booking.training_session
    _hold_with_make_ups(booking, training_session)
    _refuse_unless_passed_on(booking, now)
    if not booking.is_confirmed or booking.membership is None:
        raise BookingRefused("Only a confirmed place can be moved to another date.")
    if training_session.id == before.id or training_session.course.id != before.course.id:
        raise BookingRefused("Choose another date of the same course.")
    _refuse_without_a_place(training_session, booking, now)
    needs = booking.access_needs.text if booking.access_needs else ""
    end(booking, BookingStatus.CANCELLED_BY_DELEGATE, by=by, now=now)
    booking.reason_code = CancelReason.MOVED
    booking.cancelled_late = _is_late(booking, BookingStatus.CONFIRMED, now)
    moved = take_place(
        training_session,
        booking.person,
        membership=booking.membership,
        replaces=booking,
        access_needs=needs,
        by=by,
        now=now,
    )
    was = BookingStatus.CONFIRMED
    charge = charge_cancellation(booking, was=was, by=by, now=now)
    send_ending("bookings/moved_from", booking, was=was, at=now, moved=moved, charge=charge)
    tell_managers("bookings/moved_manager", moved, [booking.membership], now=now)
    offer_free_places(before, now=now)
    _end_make_ups(booking, by=by, now=now)
    return moved


@dataclass(frozen=True)
class Offers:
    """What became of those who had a place: offered one, on the waiting list, or left out, each with the reason."""

    offered: Sequence[Booking]
    waiting: Sequence[Booking]
    left_out: Sequence[tuple[Booking, str]]

    @property
    def not_made(self) -> str:
        """Who was left out and why, for staff; empty when nobody was."""
        named = "; ".join(f"{booking.person.name} ({why})" for booking, why in self.left_out)
        return f"Left out: {named}." if named else ""


def offer_instead(
    called_off: TrainingSession, training_session: TrainingSession, *, by: Person | None, now: datetime
) -> Offers:
    """Offer everybody whose session was called off a place on another date of the course.

    They join that date's list, who asked first first and behind those who wait there, and its free places are offered as
    ever, within its mix. Each confirms by accepting, until the deadline of an offer; who cannot be offered one waits.
    """
    for one in sorted((called_off, training_session), key=lambda held: held.id):
        lock(one)
    if called_off.status is not SessionStatus.CANCELLED:
        raise BookingRefused("This session was not cancelled, so nobody has to be moved.")
    if training_session.course.id != called_off.course.id or training_session.id == called_off.id:
        raise BookingRefused("Choose another date of the same course.")
    made: list[Booking] = []
    left_out: list[tuple[Booking, str]] = []
    for booking in changes.to_move(called_off, now=now):
        if why := changes.why_left_out(booking, training_session):
            left_out.append((booking, why))
        else:
            made.append(wait_instead(training_session, booking, by=by, now=now))
    if not made:
        said = f"Nobody is left to be offered this date. {Offers([], [], left_out).not_made}"
        raise BookingRefused(said.rstrip())
    offer_free_places(training_session, now=now)
    offered = [booking for booking in made if booking.is_offered]
    waiting = [booking for booking in made if booking.is_waiting]
    for booking in waiting:
        write_to(booking, "bookings/waiting_instead", at=now)
    history.record(
        "offered another date",
        called_off,
        by=by,
        at=now,
        date=training_session.starts_at,
        number=len(offered),
        waiting=len(waiting),
        left_out=[f"{booking.reference}, {why}" for booking, why in left_out],
    )
    return Offers(offered, waiting, left_out)


def _hold_with_make_ups(booking: Booking, *others: TrainingSession) -> None:
    """Hold the booking, these sessions, and those on which parts of it are to be made up; it is read afresh."""
    _hold_all([booking.training_session, *others], make_ups_of=Booking.id == booking.id)
    db.session.refresh(booking)


def _hold_all(sessions: Sequence[TrainingSession], *, make_ups_of: ColumnElement[bool]) -> None:
    """Hold these sessions and those on which parts of such bookings are to be made up, in the order of all others."""
    make_ups = queries.make_ups_to_come(make_ups_of)
    held = {*sessions, *(one.training_session for one in make_ups)}
    for one in sorted(held, key=lambda session: session.id):  # two opposite moves must not deadlock
        lock(one)
    if any(one.training_session not in held for one in queries.make_ups_to_come(make_ups_of)):
        raise BookingRefused("Somebody was booked to make up a part at this moment. Try once more.")


def _end_make_ups(booking: Booking, *, by: Person | None, now: datetime) -> None:
    """Give up what was to complete a booking that has ended."""
    for make_up in booking.make_ups:
        if make_up.is_live and make_up.outcome is None:
            was = make_up.status
            end(make_up, booking.status, by=by, now=now)
            send_ending(
                "bookings/cancelled",
                make_up,
                was=was,
                at=now,
                board_decided=False,
                charge=None,
                why_no_charge="it was to complete a booking that has ended",
            )
            offer_free_places(make_up.training_session, now=now)


def _refuse_unless_passed_on(booking: Booking, now: datetime) -> None:
    if booking.part_id is not None:
        raise BookingRefused(
            "This place makes up a part that the delegate missed, so nobody else can have it. "
            "Cancel it, and ask the board’s staff for another date."
        )
    if not booking.is_live:
        raise BookingRefused(f"Booking {booking.reference} has ended already. Nothing was changed.")
    if rules.has_started(booking.training_session.starts_at, now=now):
        raise BookingRefused("This session has started, so its places can no longer be passed on or moved.")


def _let_those_who_wait_go_first(training_session: TrainingSession, now: datetime) -> None:
    """Nobody who waits there is overtaken: what could be theirs is offered to them first."""
    if queries.number_waiting(training_session):
        offer_free_places(training_session, now=now)


def _refuse_without_a_place(training_session: TrainingSession, booking: Booking, now: datetime) -> None:
    _let_those_who_wait_go_first(training_session, now)
    if queries.somebody_is_called(training_session):
        raise BookingRefused(
            "Others wait for the free places of that date, so this place stays as it is. Join the waiting list there, "
            "and cancel this booking once a place is yours."
        )
    obstacle = places.mix(training_session, today=london_date(now)).obstacle(*whose(booking))
    if obstacle is not None:
        why = "is fully booked" if obstacle is Obstacle.FULL else "has no place left for this agency"
        raise BookingRefused(
            f"That date {why}, so this place stays as it is. Join the waiting list there, "
            "and cancel this booking once a place is yours."
        )


def cancel_session(
    training_session: TrainingSession, *, reason: str, by: Person | None, now: datetime
) -> None:
    """Call the session off: every live booking ends, and delegates, trainers and managers get a letter.

    Those who waited are told too. It counts neither as a delegate's cancellation nor as not coming.
    """
    _hold_all([training_session], make_ups_of=Booking.training_session_id == training_session.id)
    if reason_to_refuse := queries.reason_not_to_cancel(training_session, now=now):
        raise BookingRefused(reason_to_refuse)
    training_session.status = SessionStatus.CANCELLED
    training_session.cancelled_at = now
    training_session.cancel_reason = reason
    history.record("cancelled", training_session, by=by, at=now, reason=reason)
    call_nobody(training_session)
    for booking in queries.live_bookings(training_session):
        was = booking.status
        end(booking, BookingStatus.CANCELLED_BY_BOARD, reason=reason, by=by, now=now)
        send_ending("bookings/session_cancelled", booking, was=was, at=now)
        if was in HOLDS_A_PLACE and booking.membership is not None:
            tell_managers("bookings/session_cancelled_manager", booking, [booking.membership], now=now)
        _end_make_ups(booking, by=by, now=now)
    for trainer in training_session.trainers:
        mail.queue(
            "bookings/session_cancelled_trainer",
            to=trainer.person.email,
            at=now,
            training_session=training_session,
            trainer=trainer,
        )
