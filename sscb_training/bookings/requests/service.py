"""What asks for places and decides about the asking: booking, accepting an offer, approving, declining, lapsing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sscb_training.bookings import queries as bookings
from sscb_training.bookings import rules as booking_rules
from sscb_training.bookings.charges.service import settle_terms
from sscb_training.bookings.eligibility import queries as eligibility
from sscb_training.bookings.models import Approval, Booking, BookingStatus
from sscb_training.bookings.places import queries as places
from sscb_training.bookings.places.rules import Mix, Obstacle
from sscb_training.bookings.places.service import (
    hold,
    offer_free_places,
    pass_over,
    refuse_unless_first,
    whose,
)
from sscb_training.bookings.requests import queries, rules
from sscb_training.bookings.service import (
    BookingRefused,
    added,
    end,
    needs_to_take_part,
    new_reference,
    refuse_if_closed_to,
    send_ending,
    send_invitation,
    tell_managers,
    write_to,
)
from sscb_training.core import history, mail
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, lock
from sscb_training.core.signing import signed
from sscb_training.core.times import london_date
from sscb_training.core.working_days import close_of_business, working_days_after
from sscb_training.courses.models import ApprovalStyle, SessionStatus, TrainingSession
from sscb_training.people import queries as people
from sscb_training.people.models import Membership, Person
from sscb_training.people.rules import fold_email, is_address_of


class NotEligible(BookingRefused):
    """A booking by somebody whom the course's booking rules keep out. Board staff can make an exception."""


class ManagerWanted(BookingRefused):
    """A booking that a manager must approve, by somebody who has not said who that is."""


def request_place(
    training_session: TrainingSession,
    person: Person,
    *,
    membership: Membership,
    access_needs: str = "",
    form_key: str | None = None,
    override_reason: str = "",
    mix_override: str = "",
    together: list[Booking] | None = None,
    by: Person | None,
    now: datetime,
) -> Booking:
    """Book the person in, ask for approval, or put them onto the waiting list, as places and course demand.

    Whom the course's rules keep out is refused, unless board staff give an `override_reason`, which is kept.
    The same form sent again (its `form_key`) gives the booking that it made, and nothing more happens. Staff may give a
    free place whatever the mix says, for the reason `mix_override`. A booking that needs approval is put into `together`
    where that is given, and the caller asks for all of them at once.
    """
    lock(training_session)
    if form_key and (made_before := bookings.booking_of_form(training_session, person, form_key=form_key)):
        return made_before
    _refuse_unless_open(training_session, now)
    _refuse_a_second(training_session, person)
    called = False
    if bookings.number_waiting(training_session):
        offer_free_places(training_session, now=now)  # limits may have been released since
        called = bookings.somebody_is_called(training_session)
    found = verdict(
        training_session,
        person,
        membership,
        obstacles=eligibility.obstacles(training_session, membership, on=london_date(now)),
        mix=places.mix(training_session, today=london_date(now)),
        called=called,
        override_reason=override_reason,
        mix_override=mix_override,
        by=by,
        now=now,
    )
    style = training_session.course.approval
    if together is None:
        refuse_without_a_manager(style, membership)
    has_place, asks, exception = found.has_place, found.asks, found.exception
    booking = _make(
        training_session,
        membership,
        has_place=has_place,
        asks=asks,
        access_needs=access_needs,
        by=by,
        now=now,
        noted={"exception": exception} if exception else {},
        form_key=form_key,
        override_reason=exception or (mix_override if found.overridden else ""),
    )
    if found.overridden:
        history.record("booked whatever the mix says", booking, by=by, at=now, reason=mix_override)
        for other in bookings.waiting(training_session):
            pass_over(other, mix_override, for_=booking, by=by, now=now)
    if asks and together is not None:
        together.append(booking)
    elif asks:
        ask_for_approval([booking], style, by=by, now=now)
    elif has_place:
        send_invitation("bookings/confirmed", booking, at=now)
    else:
        write_to(booking, "bookings/waitlisted", at=now)
        if called:
            offer_free_places(training_session, now=now)
    return booking


@dataclass(frozen=True)
class Verdict:
    """What becomes of a booking: a place, once approved if it `asks`, or the waiting list.

    `exception`: the reason for which board staff let somebody in whom the booking rules keep out. `overridden`: it has
    a place whatever the mix says.
    """

    has_place: bool
    asks: bool
    exception: str
    overridden: bool


def verdict(
    training_session: TrainingSession,
    person: Person,
    membership: Membership,
    *,
    obstacles: Sequence[str],
    mix: Mix,
    called: bool,
    override_reason: str = "",
    mix_override: str = "",
    by: Person | None,
    now: datetime,
) -> Verdict:
    """Refuse this person in this role, or say what a booking would be. Nothing is asked of the database.

    `obstacles` are those of the booking rules; `called`: a free place is for the first of those who wait.
    """
    _refuse_unless_own(membership, person, now)
    refuse_if_closed_to(training_session, membership)
    is_staff = by is not None and by.is_board_staff
    if obstacles and not (override_reason and is_staff):
        raise NotEligible(" ".join(obstacles))
    obstacle = mix.obstacle(membership.agency_id, membership.agency.sector)
    overridden = bool(mix_override) and is_staff and obstacle not in (None, Obstacle.FULL)
    has_place = (obstacle is None and not called) or overridden
    asks = rules.needs_approval(training_session.course.approval, has_no_manager=membership.has_no_manager)
    return Verdict(has_place, has_place and asks, override_reason if obstacles else "", overridden)


def take_place(
    training_session: TrainingSession,
    person: Person,
    *,
    membership: Membership,
    replaces: Booking,
    access_needs: str = "",
    by: Person | None,
    now: datetime,
) -> Booking:
    """Book the person into a place that is kept for them: a colleague's, or their own on another date.

    A colleague must be somebody who may book, and is approved as the course says; of whoever only changes the date
    both were asked already. The caller holds the session, has ended the booking that is replaced, and knows that
    there is a place.
    """
    _refuse_unless_open(training_session, now)
    _refuse_a_second(training_session, person)
    _refuse_unless_own(membership, person, now)
    refuse_if_closed_to(training_session, membership)
    only_moves = replaces.person_id == person.id
    if not only_moves:
        if obstacles := eligibility.obstacles(training_session, membership, on=london_date(now)):
            raise NotEligible(" ".join(obstacles))
        refuse_without_a_manager(training_session.course.approval, membership)
    style = training_session.course.approval
    asks = not only_moves and rules.needs_approval(style, has_no_manager=membership.has_no_manager)
    booking = _make(
        training_session,
        membership,
        has_place=True,
        asks=asks,
        access_needs=access_needs,
        by=by,
        now=now,
        noted={"replaces": replaces.reference},
        approval_id=replaces.approval_id if only_moves else None,
        replaces_id=replaces.id,
    )
    if asks:
        ask_for_approval([booking], style, by=by, now=now)
    else:
        send_invitation("bookings/moved" if only_moves else "bookings/substitute", booking, at=now)
    return booking


def accept_offer(booking: Booking, *, by: Person | None, now: datetime) -> None:
    """Take an offered place, if the offer still stands. A course that asks for approval asks for it now.

    Not where it was given already: for a date that was called off, by whoever would be asked now, and they hear that it
    is this one; or by staff who chose this person from the list that coordinators allocate from.
    """
    hold(booking)
    was_called = booking.is_waiting
    if was_called:
        refuse_unless_first(booking, now=now)
    elif not booking.is_offered or booking.offer_until is None or booking.offer_until <= now:
        raise BookingRefused(
            "This offer is over, and the place went to the next person. You can stay on the waiting list."
        )
    role, style = booking.membership, booking.training_session.course.approval
    history.record("accepted the offer", booking, by=by, at=now)
    approved = _approved_before(booking)
    agreed = (
        booking.part_id is not None
        or approved is not None
        or (style is ApprovalStyle.COORDINATOR and bool(booking.override_reason))
    )
    if not agreed and rules.needs_approval(style, has_no_manager=role is None or role.has_no_manager):
        ask_for_approval([booking], style, by=by, now=now)
    else:
        booking.approval = approved or booking.approval
        confirm(booking, now=now)
        if booking.follows_a_cancelled_one and role is not None:
            tell_managers("bookings/moved_manager", booking, [role], now=now)
    if was_called:
        offer_free_places(booking.training_session, now=now)  # the others, once that was the last


def ask_for_approval(
    together: Sequence[Booking],
    style: ApprovalStyle,
    *,
    approver: tuple[str, str] | None = None,
    letter: str = "bookings/received",
    by: Person | None,
    now: datetime,
) -> Approval:
    """Hold these places on one session until one answer decides about all: the same approver, the same agency.

    A team's `approver` (name and email address) is asked in place of each delegate's own manager. The `letter` tells
    the delegates.
    """
    role, training_session = together[0].membership, together[0].training_session
    by_name = style is ApprovalStyle.MANAGER and role is not None
    name, email = approver or ((role.manager_name, role.manager_email) if role else ("", ""))
    if by_name and any(is_address_of(booking.person, email) for booking in together):
        raise ManagerWanted("Nobody approves for themselves. Name somebody else as the one who approves.")
    approval = Approval(
        style=style,
        approver_name=name if by_name else "",
        approver_email=fold_email(email) if by_name else "",
        asked_at=now,
        answer_by=min(
            close_of_business(now, board_numbers().approval_working_days), training_session.starts_at
        ),
    )
    db.session.add(approval)
    for booking in together:
        booking.status = BookingStatus.AWAITING_APPROVAL
        booking.approval = approval
    history.record("asked for approval", approval, by=by, at=now, bookings=[b.reference for b in together])
    for booking in together:
        write_to(booking, letter, at=now)
    write_to_approvers("bookings/approve", approval, together, now=now)
    return approval


def answer(
    approval: Approval,
    *,
    approved: bool,
    reason: str = "",
    by: Person | None,
    by_name: str,
    now: datetime,
) -> Sequence[Booking]:
    """Approve or decline all that the approval covers and that still waits; the bookings that this decided.

    Answered once: whoever comes second is told what was answered. Once the time is over nothing is answered any more,
    whether or not the job that lets the places go has run.
    """
    _hold_sessions(approval)
    if by is not None and any(booking.person_id == by.id for booking in approval.bookings):
        raise BookingRefused("Nobody answers for themselves. Ask a colleague to answer this one.")
    if approval.answered_at is not None:
        word = "approved" if approval.approved else "declined"
        raise BookingRefused(f"{approval.answered_by} has {word} this already. Nothing was changed.")
    waiting = [booking for booking in approval.bookings if booking.awaits_approval]
    if not waiting or rules.is_over(approval.answer_by, now=now):
        raise BookingRefused(
            "Nothing waits for this approval any more: the time to answer is over, or the booking was cancelled."
        )
    if not approved and not reason.strip():
        raise BookingRefused("Enter the reason, so that the delegate knows why.")
    approval.approved, approval.reason = approved, reason.strip()
    approval.answered_at, approval.answered_by = now, by_name
    approval.answered_by_id = by.id if by else None
    history.record("approved" if approved else "declined", approval, by=by, at=now, name=by_name)
    for booking in waiting:
        if approved:
            confirm(booking, now=now)
            history.record("confirmed", booking, by=by, at=now)
        else:
            end(booking, BookingStatus.DECLINED, reason=approval.reason, by=by, now=now)
            send_ending("bookings/declined", booking, was=BookingStatus.AWAITING_APPROVAL, at=now)
    if not approved:
        offer_free_places(waiting[0].training_session, now=now)
    return waiting


def lapse(approval: Approval, *, now: datetime) -> bool:
    """Let go of the places that nobody approved in time, and tell the delegates; whether there were any."""
    _hold_sessions(approval)
    waiting = [booking for booking in approval.bookings if booking.awaits_approval]
    if approval.answered_at is not None or approval.answer_by is None or approval.answer_by > now:
        return False
    for booking in waiting:
        end(booking, BookingStatus.LAPSED, by=None, now=now)
        send_ending("bookings/approval_lapsed", booking, was=BookingStatus.AWAITING_APPROVAL, at=now)
    if waiting:
        offer_free_places(waiting[0].training_session, now=now)
    return bool(waiting)


def remind(approval: Approval, *, now: datetime) -> bool:
    """Remind whoever was asked, once; whether it was still to be done."""
    lock(approval)
    waiting = [booking for booking in approval.bookings if booking.awaits_approval]
    if approval.answered_at is not None or approval.reminded_at is not None or not waiting:
        return False
    approval.reminded_at = now
    write_to_approvers("bookings/approve_reminder", approval, waiting, now=now)
    return True


def write_to_approvers(
    template: str,
    approval: Approval,
    together: Sequence[Booking],
    *,
    once_key: str = "",
    now: datetime,
    **context: Any,
) -> None:
    """The manager by name with the signed link; else the agency's leads, who answer when signed in.

    With a `once_key` each is written to once.
    """
    agency_id, _ = whose(together[0])
    asked_by = db.session.get(Person, together[0].requested_by_id) if together[0].requested_by_id else None
    if approval.approver_email:
        token = signed(queries.SIGNED_FOR, approval.id)
        recipients = [(approval.approver_name, approval.approver_email, token)]
    else:
        leads = people.leads_of(agency_id) if agency_id is not None else []
        recipients = [(lead.name, lead.email or "", "") for lead in leads]
    for number, (name, email, token) in enumerate(recipients):
        mail.queue(
            template,
            to=email,
            at=now,
            once_key=f"{once_key}/{number}" if once_key else None,
            approval=approval,
            bookings=together,
            approver_name=name,
            asked_by=asked_by.name if asked_by else "",
            token=token,
            **context,
        )


def refuse_without_a_manager(style: ApprovalStyle, membership: Membership) -> None:
    """Refuse whoever would have to be approved by a manager, and names none or themselves."""
    if style is not ApprovalStyle.MANAGER or membership.has_no_manager:
        return
    if not membership.manager_email:
        raise ManagerWanted(
            "A manager approves bookings for this course. Say who that is in Account, or that there is nobody."
        )
    if is_address_of(membership.person, membership.manager_email):
        raise ManagerWanted(
            "A manager approves bookings for this course, and you are named as your own. "
            "Say in Account who your manager is, or that there is nobody."
        )


def wait_instead(
    training_session: TrainingSession, called_off: Booking, *, by: Person | None, now: datetime
) -> Booking:
    """Put whoever had a place on a session that was called off onto another date's list, in the same job.

    It is free to give up for some days, since the delegate did not choose the date. The caller holds both sessions,
    knows that the date can be theirs, offers its free places and writes to them.
    """
    _refuse_unless_open(training_session, now)
    if called_off.membership is None:
        raise BookingRefused(f"The job of {called_off.person.name} is not known.")
    if called_off.replaced_by is not None:  # an offer that nobody took
        called_off.replaced_by.replaces_id = None
        db.session.flush()
    booking = _make(
        training_session,
        called_off.membership,
        has_place=False,
        asks=False,
        access_needs="",
        by=by,
        now=now,
        noted={"replaces": called_off.reference},
        replaces_id=called_off.id,
    )
    if terms := booking.charge_terms:
        to_decide = working_days_after(london_date(now), booking_rules.DAYS_TO_DECIDE)
        terms.free_until = max(terms.free_until, to_decide)
    db.session.expire(called_off, ["replaced_by"])
    return booking


def _approved_before(booking: Booking) -> Approval | None:
    """The approval of the cancelled booking that this one follows, if nobody else would be asked now."""
    first, role = booking.replaces, booking.membership
    if first is None or role is None or not booking.follows_a_cancelled_one:
        return None
    approval = first.approval
    if approval is None or not approval.approved or first.membership_id != booking.membership_id:
        return None
    asks_the_same = rules.would_ask_the_same(
        booking.training_session.course.approval,
        asked_before=approval.style,
        approver_email=approval.approver_email,
        manager_email=fold_email(role.manager_email),
    )
    return approval if asks_the_same else None


def _make(
    training_session: TrainingSession,
    membership: Membership,
    *,
    has_place: bool,
    asks: bool,
    access_needs: str,
    by: Person | None,
    now: datetime,
    noted: Mapping[str, str],
    **more: Any,
) -> Booking:
    """A new booking, its charge terms and its first line in the history, which says what is `noted`; `more` are columns."""
    booking = added(
        Booking(
            reference=new_reference(),
            training_session=training_session,
            person=membership.person,
            membership=membership,
            status=_first_status(has_place=has_place, asks=asks),
            requested_at=now,
            requested_by_id=by.id if by else None,
            confirmed_at=now if has_place and not asks else None,
            waitlisted_at=None if has_place else now,
            access_needs=needs_to_take_part(access_needs, training_session),
            **more,
        )
    )
    settle_terms(booking, now=now)
    history.record(
        "requested",
        booking,
        by=by,
        at=now,
        status=booking.status.label,
        agency=membership.agency.name,
        **noted,
    )
    return booking


def _first_status(*, has_place: bool, asks: bool) -> BookingStatus:
    if not has_place:
        return BookingStatus.WAITLISTED
    return BookingStatus.AWAITING_APPROVAL if asks else BookingStatus.CONFIRMED


def confirm(booking: Booking, *, now: datetime) -> None:
    """Let the booking stand, once everybody agreed who must, and send the delegate the invitation."""
    booking.status = BookingStatus.CONFIRMED
    booking.confirmed_at = now
    send_invitation("bookings/confirmed", booking, at=now)


def _hold_sessions(approval: Approval) -> None:
    """Hold the session before the approval, as every other verb does, and read the bookings afresh."""
    sessions = {booking.training_session for booking in approval.bookings}
    for training_session in sorted(sessions, key=lambda one: one.id):  # as whoever moves a booking holds two
        lock(training_session)
    lock(approval)
    for booking in approval.bookings:
        db.session.refresh(booking)


def _refuse_unless_open(training_session: TrainingSession, now: datetime) -> None:
    if training_session.status is SessionStatus.CANCELLED:
        raise BookingRefused("This session was cancelled. Choose another date of the course.")
    if training_session.status is SessionStatus.DRAFT:
        raise BookingRefused("Booking for this session has not opened yet.")
    if training_session.repeats_part is not None:
        raise BookingRefused(
            "This date repeats one part, for those who missed it. Choose another date of the course."
        )
    if booking_rules.has_started(training_session.starts_at, now=now):
        raise BookingRefused("This session has started. Choose another date of the course.")


def _refuse_a_second(training_session: TrainingSession, person: Person) -> None:
    if existing := bookings.live_booking(training_session, person):
        raise BookingRefused(
            f"{person.name} already has booking {existing.reference} for this session. "
            "Cancel that one first to book again."
        )


def _refuse_unless_own(membership: Membership, person: Person, now: datetime) -> None:
    if membership.person_id != person.id or not membership.is_current(london_date(now)):
        raise BookingRefused("Choose a role that this person holds now.")
