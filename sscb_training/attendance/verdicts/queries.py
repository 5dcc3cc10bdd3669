"""What a register amounts to, and what has to change in what its bookings hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AssessmentAttempt,
    SchemeCourse,
    standing,
)
from sscb_training.accreditation.queries import terms_on
from sscb_training.accreditation.rules import awarded_on
from sscb_training.accreditation.terms.queries import why_not_renewed
from sscb_training.accreditation.terms.rules import renewal
from sscb_training.attendance import rules
from sscb_training.attendance.models import Confirmation, Mark
from sscb_training.attendance.queries import Sheet, first_pass
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.core.db import rows
from sscb_training.core.times import london_date
from sscb_training.courses.models import SessionPart, TrainingSession


@dataclass(frozen=True)
class Earned:
    """An accreditation that a delegate has earned."""

    scheme: AccreditationScheme
    awarded_on: date
    attempt: AssessmentAttempt | None
    counts_from: date


@dataclass(frozen=True)
class Verdict:
    """What closing means for one delegate: the outcome, its day, what was earned, and which scheme lacks a pass.

    `completed` are the schemes of which they attended every part that it takes. `not_renewed` says of a refresher
    that gave them nothing why not. `awaiting` waits for the manager's word, and `not_ready` has it: not yet.
    `missed` are the parts that somebody who came to some did not complete. Somebody who came without booking earns
    nothing while something that the course needs first is not on record (`missing_first`).
    """

    booking: Booking
    outcome: Outcome
    on: date
    completed: Sequence[AccreditationScheme]
    earned: Sequence[Earned]
    awaiting: Sequence[AccreditationScheme]
    not_ready: Sequence[AccreditationScheme]
    not_renewed: Sequence[str]
    not_passed: Sequence[AccreditationScheme]
    missed: Sequence[SessionPart]
    missing_first: Sequence[str]


def verdicts(sheet: Sheet) -> Sequence[Verdict]:
    """What closing this register, with every part marked, means for each delegate."""
    return [verdict(sheet, booking) for booking in sheet.delegates]


def verdict(sheet: Sheet, booking: Booking) -> Verdict:
    """What the delegate's marks amount to, with the parts made up on other dates; a make-up by itself earns nothing."""
    parts, make_ups = booking.parts, sheet.made_up.get(booking.id, ())
    made_up = {one.makes_up_part_id: one for one in make_ups}
    here = {
        part: rules.as_it_counts(sheet.seen[booking.id, part.id], may_miss=sheet.may_miss) for part in parts
    }
    marks = here | {part: Mark.ATTENDED for part in booking.booked_parts if part.id in made_up}
    lacks_a_part = any(not part.is_on and part.id not in made_up for part in booking.booked_parts)
    outcome = rules.outcome(marks.values(), lacks_a_part=lacks_a_part)
    came = {
        part: (part.id in made_up and made_up[part.id].outcome_on) or london_date(part.starts_at)
        for part, mark in marks.items()
        if mark is not Mark.DID_NOT_ATTEND
    }
    on = max(came.values() or [london_date(part.starts_at) for part in parts])
    earned: list[Earned] = []
    awaiting: list[AccreditationScheme] = []
    not_ready: list[AccreditationScheme] = []
    not_renewed: list[str] = []
    not_passed: list[AccreditationScheme] = []
    completed: list[AccreditationScheme] = []
    lacks = sheet.missing_first.get(booking.person_id, ()) if booking.unscheduled else ()
    for way in sheet.ways if booking.part_id is None else []:
        scheme, attempt = way.scheme, first_pass(sheet, [booking, *make_ups], way.scheme)
        asked = [part for part in booking.booked_parts if part.position in way.parts]
        if not (
            all(marks.get(part) in rules.COMPLETES for part in asked)
            if asked
            else outcome is Outcome.ATTENDED
        ):
            continue
        completed.append(scheme)
        attended_on = max(came[part] for part in asked) if asked else on
        found = _earned(sheet, booking, way, attended_on, attempt)
        if isinstance(found, str):
            not_renewed.append(found)
        elif attempt is None and sheet.terms[scheme.id].pass_mark is not None:
            not_passed.append(scheme)
        elif lacks:
            continue
        elif not sheet.terms[scheme.id].supervisor_confirms:
            earned.append(found)
        elif (word := sheet.confirmations.get((booking.id, scheme.id))) is None or word.answered_at is None:
            awaiting.append(scheme)
        elif word.is_ready:
            earned.append(replace(found, awarded_on=max(found.awarded_on, london_date(word.answered_at))))
        else:
            not_ready.append(scheme)
    missed = [part for part, mark in here.items() if mark not in rules.COMPLETES]
    came_to_some = outcome is Outcome.PART_ATTENDED
    missed = [part for part in missed if part.id not in made_up]
    return Verdict(
        booking,
        outcome,
        on,
        completed,
        earned,
        awaiting,
        not_ready,
        not_renewed,
        not_passed,
        missed if came_to_some else [],
        lacks if sheet.schemes else [],
    )


def _earned(
    sheet: Sheet, booking: Booking, way: SchemeCourse, attended_on: date, attempt: AssessmentAttempt | None
) -> Earned | str:
    """What somebody has earned who did all that it takes; of a refresher that gives nothing, why not."""
    on = awarded_on(attended_on, attempt.assessed_on if attempt else None)
    if not way.is_refresher:
        return Earned(way.scheme, on, attempt, on)
    held = sheet.held.get((booking.person_id, way.scheme_id), ())
    before = [one for one in held if one.booking_id != booking.id]
    found = renewal(terms_on(way.scheme, on), before, on=on)
    if found.counts_from is None:
        return why_not_renewed(way.scheme, found)
    return Earned(way.scheme, on, attempt, found.counts_from)


def not_passed(sheet: Sheet, booking: Booking) -> Sequence[AccreditationScheme]:
    """The schemes whose assessment somebody on a closed register who attended what it takes has not passed."""
    return verdict(sheet, booking).not_passed if booking.outcome else []


SIGNED_FOR = "confirm that a delegate is ready"
"""What the link of a manager's letter is signed for: it opens nothing else."""


def confirmations_of(booking: Booking) -> Sequence[Confirmation]:
    """The managers' words about a booking, asked for and given."""
    return rows(select(Confirmation).where(Confirmation.booking_id == booking.id).order_by(Confirmation.id))


@dataclass(frozen=True)
class Awards:
    """What closing changes in the accreditations that the session's bookings hold."""

    to_make: Sequence[tuple[Booking, Earned]]
    to_withdraw: Sequence[Accreditation]
    to_replace: Sequence[Accreditation]


def awards(
    training_session: TrainingSession, verdicts: Sequence[Verdict], *, others_stand: bool = False
) -> Awards:
    """What has to change for the bookings to hold what they earned; `others_stand`: for those of the verdicts alone.

    Who holds it rightly keeps the same one; one with another date is replaced; what was revoked stays so. What was
    given while the scheme asked for no assessment stands for whoever attended, whatever it asks for now.
    """
    earned = {
        (verdict.booking.id, one.scheme.id): (verdict.booking, one)
        for verdict in verdicts
        for one in verdict.earned
    }
    about = {verdict.booking.id for verdict in verdicts}
    held = {
        (one.booking_id or 0, one.scheme_id): one
        for one in earned_in(training_session)
        if not others_stand or one.booking_id in about
    }
    completed = {(verdict.booking.id, scheme.id) for verdict in verdicts for scheme in verdict.completed}
    stand = {
        key
        for key, one in held.items()
        if one.revoked_on is not None
        or (key in earned and earned[key][1].awarded_on == one.awarded_on)
        or (key not in earned and one.attempt_id is None and key in completed)
    }
    return Awards(
        to_make=[made for key, made in earned.items() if key not in stand],
        to_withdraw=[one for key, one in held.items() if key not in stand and key not in earned],
        to_replace=[one for key, one in held.items() if key not in stand and key in earned],
    )


def earned_in(training_session: TrainingSession) -> Sequence[Accreditation]:
    """What the bookings of this session have earned."""
    return rows(
        select(Accreditation)
        .join(Booking, Booking.id == Accreditation.booking_id)
        .where(Booking.training_session_id == training_session.id, standing)
        .options(joinedload(Accreditation.person), joinedload(Accreditation.scheme))
        .order_by(Accreditation.id)
    )


def held(sheet: Sheet) -> Mapping[int, Sequence[Accreditation]]:
    """What each booking on the register has earned."""
    found: dict[int, list[Accreditation]] = {booking.id: [] for booking in sheet.delegates}
    for one in earned_in(sheet.training_session):
        found.setdefault(one.booking_id or 0, []).append(one)
    return found
