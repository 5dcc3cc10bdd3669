"""What makes the bookings hold what they earned."""

from collections.abc import Sequence
from datetime import datetime

from sscb_training.accreditation.service import award, withdraw
from sscb_training.attendance.models import Confirmation
from sscb_training.attendance.verdicts import queries
from sscb_training.attendance.verdicts.queries import Verdict
from sscb_training.core import mail
from sscb_training.core.db import db, lock_each
from sscb_training.core.signing import signed
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Person
from sscb_training.people.rules import is_address_of


def correct_awards(
    training_session: TrainingSession,
    verdicts: Sequence[Verdict],
    *,
    others_stand: bool = False,
    by: Person | None,
    now: datetime,
) -> dict[str, list[int]]:
    """Make what the bookings hold what they earned; which accreditations that made and withdrew.

    Managers are asked for their word where it is all that is missing.
    """
    for verdict in verdicts:
        _ask_managers(verdict, now=now)
    awards = queries.awards(training_session, verdicts, others_stand=others_stand)
    concerned = [booking.person_id for booking, _ in awards.to_make]
    concerned += [accreditation.person_id for accreditation in (*awards.to_withdraw, *awards.to_replace)]
    lock_each(Person, concerned)
    for accreditation in awards.to_withdraw:
        withdraw(accreditation, by=by, now=now)
    for accreditation in awards.to_replace:
        withdraw(accreditation, by=by, now=now, replaced=True)
    db.session.flush()
    made = [
        award(
            booking.person,
            earned.scheme,
            awarded_on=earned.awarded_on,
            counts_from=earned.counts_from,
            booking=booking,
            attempt=earned.attempt,
            by=by,
            now=now,
        )
        for booking, earned in awards.to_make
    ]
    return {
        "awarded": [accreditation.id for accreditation in made],
        "withdrawn": [accreditation.id for accreditation in (*awards.to_withdraw, *awards.to_replace)],
    }


def _ask_managers(verdict: Verdict, *, now: datetime) -> None:
    """Ask once for each scheme that waits for nothing else; take back what a corrected register does not ask any more."""
    booking = verdict.booking
    asked = {one.scheme_id: one for one in queries.confirmations_of(booking)}
    for scheme in verdict.awaiting:
        confirmation = asked.pop(scheme.id, None)
        if confirmation is None:
            confirmation = Confirmation(booking=booking, scheme=scheme, asked_at=now)
            db.session.add(confirmation)
        elif confirmation.withdrawn_at is None:
            continue
        role = booking.membership
        if role is not None and not is_address_of(booking.person, role.manager_email):
            confirmation.manager_name, confirmation.manager_email = role.manager_name, role.manager_email
        confirmation.asked_at, confirmation.reminded_at, confirmation.withdrawn_at = now, None, None
        db.session.flush()
        write_to_manager(confirmation, reminder=False, now=now)
    for confirmation in asked.values():
        if confirmation.answered_at is None and confirmation.withdrawn_at is None:
            confirmation.withdrawn_at = now


def write_to_manager(confirmation: Confirmation, *, reminder: bool, now: datetime) -> None:
    """The letter with the link that needs no account; none where no manager is on record."""
    mail.queue(
        "confirmations/asked",
        to=confirmation.manager_email,
        at=now,
        confirmation=confirmation,
        token=signed(queries.SIGNED_FOR, confirmation.id),
        reminder=reminder,
    )
