"""What changes a published date, moves what hangs on it, and tells people, or decides to tell nobody."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.charges.models import ChargeTerms
from sscb_training.bookings.charges.queries import free_until
from sscb_training.bookings.dates import queries, rules
from sscb_training.bookings.dates.queries import ToApprover, ToDelegate, ToManager, ToTrainer, in_words
from sscb_training.bookings.models import LIVE, AccessNeeds, Approval, Booking
from sscb_training.bookings.places.service import keep_offers_until_start
from sscb_training.bookings.requests.service import write_to_approvers
from sscb_training.bookings.rules import DAYS_TO_DECIDE, access_needs_deleted_after
from sscb_training.bookings.service import BookingRefused, addresses_for, calendar_letter
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock, rows
from sscb_training.core.mail import Letter
from sscb_training.core.times import london_date
from sscb_training.core.working_days import working_days_after
from sscb_training.courses.dates.queries import state_of
from sscb_training.courses.dates.service import PartPlan, change_published
from sscb_training.courses.models import Trainer, TrainingSession
from sscb_training.people.models import Person

SAY_WHEN = (
    "confirmed",
    "moved",
    "substitute",
    "received",
    "waitlisted",
    "offered",
    "offered_instead",
    "waiting_instead",
    "part_offered",
    "joining",
)
"""The letters to delegates that say when and where; the changed letter says it too, and what became of the booking."""

SAY_WHEN_TO_MANAGERS = ("moved_manager", "joining_manager")

WRITTEN_ANEW = ("joining", "joining_manager")
"""Of these letters those that are written again when they are due."""

SAYS_IT_ALL = "The date changed, and the letter on that says all that this one says."


def change_date(
    training_session: TrainingSession,
    *,
    parts: Sequence[PartPlan],
    trainers: Sequence[Trainer],
    joining_instructions: str,
    by: Person | None,
    now: datetime,
) -> None:
    """Change when and where a published date is, and its people; nobody is told yet.

    Offers and approvals end no later than the session starts. Access needs are kept from the new last day on, and
    giving up the place is free for longer, never for shorter. A letter about an earlier change that still waits goes
    no more: the next one says what it said.
    """
    lock(training_session)
    before = state_of(training_session)
    change_published(
        training_session,
        parts=parts,
        trainers=trainers,
        joining_instructions=joining_instructions,
        by=by,
        now=now,
    )
    found = rules.changes(before, state_of(training_session))
    if not found:
        return
    _take_back_letters(training_session, now)
    if rules.is_moved(found):
        if bookings.has_outcomes(training_session) or queries.has_marks(training_session):
            raise BookingRefused(
                "The register of this session has marks already, so its times and places stay."
            )
        _move_what_hangs_on(training_session, now)
    if not queries.untold(training_session, now=now):
        _all_know(training_session)


def tell(training_session: TrainingSession, *, edition: int, by: Person | None, now: datetime) -> int:
    """Write to all whom the changes concern what was and what is; to how many people.

    Refused unless `edition`, whose letter was looked at, is the present one.
    """
    lock(training_session)
    untold = _what_was_seen(training_session, edition, now)
    _take_back_what_says_when(untold, now)
    for one in untold.delegates:
        _write_to_delegate(one, now)
    for manager in untold.managers:
        known = min(booking.edition for booking in manager.bookings)
        mail.queue(
            "bookings/changed_manager",
            to=manager.address,
            at=now,
            once_key=queries.letter_key(training_session, known, f"manager {manager.address}"),
            **manager_letter(training_session, manager),
        )
    for approver in untold.approvers:
        known = min(booking.edition for booking in approver.bookings)
        write_to_approvers(
            "bookings/changed_approver",
            approver.approval,
            approver.bookings,
            once_key=queries.letter_key(training_session, known, f"approval {approver.approval.id}"),
            now=now,
            changes=in_words(approver.changes),
        )
    for trainer in untold.trainers:
        mail.queue(
            template_for(trainer),
            to=trainer.trainer.person.email,
            at=now,
            once_key=queries.letter_key(
                training_session, training_session.trainers_told, f"trainer {trainer.trainer.id}"
            ),
            **trainer_letter(training_session, trainer),
        )
    people = sum(map(len, (untold.delegates, untold.managers, untold.approvers, untold.trainers)))
    _all_know(training_session)
    history.record(
        "told people of the changes",
        training_session,
        by=by,
        at=now,
        delegates=len(untold.delegates),
        managers=len(untold.managers) + len(untold.approvers),
        trainers=len(untold.trainers),
    )
    return people


def tell_nobody(
    training_session: TrainingSession, *, edition: int, reason: str, by: Person | None, now: datetime
) -> None:
    """Take the changes for known, without a letter, for a reason that is kept."""
    lock(training_session)
    untold = _what_was_seen(training_session, edition, now)
    _all_know(training_session)
    history.record(
        "told nobody of the changes",
        training_session,
        by=by,
        at=now,
        reason=reason,
        changes="; ".join(f"{line.what}: {line.before}, now {line.now}" for line in in_words(untold.changes)),
    )


def delegate_letter(told: ToDelegate, *, now: datetime) -> dict[str, Any]:
    """What the delegate's letter is made of."""
    terms = told.booking.charge_terms
    is_charged = terms is not None and not terms.follows_own_rules and bool(terms.late_fee)
    is_moved = rules.is_moved(told.changes)
    may_cancel_free = is_charged and told.booking.is_confirmed and is_moved
    return {
        "booking": told.booking,
        "changes": in_words(told.changes),
        "is_moved": is_moved,
        "free_until": _free_until(terms, told.booking.training_session, now)
        if terms and may_cancel_free
        else None,
    }


def manager_letter(training_session: TrainingSession, told: ToManager) -> dict[str, Any]:
    """What the manager's letter is made of."""
    return {
        "training_session": training_session,
        "booking": told.bookings[0],
        "bookings": told.bookings,
        "manager_name": told.name,
        "changes": in_words(told.changes),
    }


def approver_letter(told: ToApprover) -> dict[str, Any]:
    """What the letter to whoever is asked to approve is made of, without the link that lets them answer."""
    return {
        "approval": told.approval,
        "bookings": told.bookings,
        "approver_name": told.approval.approver_name or "the agency’s lead",
        "token": "",
        "changes": in_words(told.changes),
    }


def template_for(told: ToTrainer) -> str:
    """Which letter a trainer gets: one who comes, one who goes, or one who stays."""
    if told.is_new:
        return "bookings/changed_trainer_on"
    return "bookings/changed_trainer_off" if told.is_off else "bookings/changed_trainer"


def trainer_letter(training_session: TrainingSession, told: ToTrainer) -> dict[str, Any]:
    """What the trainer's letter is made of."""
    return {
        "training_session": training_session,
        "trainer": told.trainer,
        "changes": in_words(told.changes),
    }


def _what_was_seen(training_session: TrainingSession, edition: int, now: datetime) -> queries.Untold:
    """What is untold now, if that is what was looked at."""
    untold = queries.untold(training_session, now=now)
    if not untold:
        raise BookingRefused(
            "There is nothing to tell: everybody has been told, or the change was taken back."
        )
    if edition != training_session.edition:
        raise BookingRefused(
            "This date was changed again since you opened the page. Look at the letter again before you decide."
        )
    return untold


def _write_to_delegate(told: ToDelegate, now: datetime) -> None:
    booking, training_session = told.booking, told.booking.training_session
    context = delegate_letter(told, now=now)
    if rules.is_moved(told.changes) and booking.charge_terms:
        booking.charge_terms.free_until = _free_until(booking.charge_terms, training_session, now)
    invites = booking.is_confirmed and rules.says_when(told.changes)
    entry = calendar_letter(booking, method="REQUEST", at=now) if invites else None
    for number, address in enumerate(addresses_for(booking)):
        mail.queue(
            "bookings/changed",
            to=address,
            at=now,
            calendar=entry,
            once_key=queries.letter_key(training_session, booking.edition, f"booking {booking.id}/{number}"),
            **context,
        )


def _all_know(training_session: TrainingSession) -> None:
    db.session.execute(
        update(Booking).where(_live_of(training_session)).values(edition=training_session.edition)
    )
    training_session.trainers_told = training_session.edition


def _take_back_letters(training_session: TrainingSession, now: datetime) -> None:
    """Drop the letters about earlier changes that still wait; who was to read them knows what they knew before.

    What they took the place of waits again. A manager, or whoever is asked to approve, still reads of the change of
    which the delegates have read.
    """
    told: dict[int, datetime] = {}
    letters = queries.changed_letters_to_take_back(training_session)
    for letter in letters:
        kind, _, row = letter.whom.partition(" ")
        if kind == "booking":
            db.session.get_one(Booking, int(row)).edition = letter.known
            told[int(row)] = letter.queued_at
        elif kind == "trainer":
            training_session.trainers_told = min(training_session.trainers_told, letter.known)
    others = {whom for heard in queries.who_hears_of(told).values() for whom in heard}
    mail.take_back(
        Letter.once_key.in_(
            [
                letter.key
                for letter in letters
                if letter.whom in others or letter.whom.startswith(("booking ", "trainer "))
            ]
        ),
        reason="The date was changed again.",
        at=now,
    )
    mail.put_back(
        queries.is_about(told),
        Letter.drop_reason == SAYS_IT_ALL,
        Letter.dropped_at.in_(set(told.values())),
        Letter.template.not_in([f"bookings/{name}" for name in WRITTEN_ANEW]),
    )


def _take_back_what_says_when(untold: queries.Untold, now: datetime) -> None:
    """Drop what waits and says when and where it was; joining instructions are written anew when they are due."""
    for templates, bookings_told in (
        (SAY_WHEN, [one.booking.id for one in untold.delegates if rules.says_when(one.changes)]),
        (SAY_WHEN_TO_MANAGERS, [booking.id for one in untold.managers for booking in one.bookings]),
    ):
        mail.take_back(
            Letter.about_type == Booking.__tablename__,
            Letter.about_id.in_(bookings_told),
            Letter.template.in_([f"bookings/{name}" for name in templates]),
            reason=SAYS_IT_ALL,
            at=now,
        )
    mail.take_back(
        Letter.about_type == Approval.__tablename__,
        Letter.about_id.in_([one.approval.id for one in untold.approvers]),
        reason=SAYS_IT_ALL,
        at=now,
    )


def _move_what_hangs_on(training_session: TrainingSession, now: datetime) -> None:
    of_session = _live_of(training_session)
    starts_at = training_session.starts_at
    keep_offers_until_start(training_session)
    asked = select(Booking.approval_id).where(of_session)
    db.session.execute(
        update(Approval)
        .where(Approval.id.in_(asked), Approval.answered_at.is_(None), Approval.answer_by > starts_at)
        .values(answer_by=starts_at)
    )
    db.session.execute(
        update(AccessNeeds)
        .where(AccessNeeds.booking_id.in_(select(Booking.id).where(of_session)))
        .values(delete_after=access_needs_deleted_after(london_date(training_session.ends_at)))
    )
    for terms in rows(select(ChargeTerms).join(ChargeTerms.booking).where(of_session)):
        terms.free_until = _free_until(terms, training_session, now)


def _free_until(terms: ChargeTerms, training_session: TrainingSession, now: datetime) -> date:
    return rules.free_until(
        terms.free_until,
        from_new_start=free_until(terms, london_date(training_session.starts_at)),
        to_decide=working_days_after(london_date(now), DAYS_TO_DECIDE),
    )


def _live_of(training_session: TrainingSession) -> ColumnElement[bool]:
    return (Booking.training_session_id == training_session.id) & Booking.status.in_(LIVE)
