"""What a register amounts to, and what has to change in what its bookings hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from sscb_training.accreditation.models import Accreditation, AccreditationScheme, AssessmentAttempt, standing
from sscb_training.accreditation.rules import awarded_on
from sscb_training.attendance import rules
from sscb_training.attendance.models import Mark
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


@dataclass(frozen=True)
class Verdict:
    """What closing means for one delegate: the outcome, its day, what was earned, and which scheme lacks a pass.

    `missed` are the parts that somebody who came to some did not complete. Somebody who came without booking earns
    nothing while something that the course needs first is not on record (`missing_first`).
    """

    booking: Booking
    outcome: Outcome
    on: date
    earned: Sequence[Earned]
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
    came = [
        london_date(part.starts_at)
        for part, mark in marks.items()
        if mark is not Mark.DID_NOT_ATTEND and part.id not in made_up
    ] + [one.outcome_on for one in make_ups if one.outcome_on]
    on = max(came or [london_date(part.starts_at) for part in parts])
    earned: list[Earned] = []
    not_passed: list[AccreditationScheme] = []
    lacks = sheet.missing_first.get(booking.person_id, ()) if booking.unscheduled else ()
    for scheme in sheet.schemes if outcome is Outcome.ATTENDED and booking.part_id is None else []:
        attempt = first_pass(sheet, [booking, *make_ups], scheme)
        if attempt is None and sheet.terms[scheme.id].pass_mark is not None:
            not_passed.append(scheme)
        else:
            passed_on = attempt.assessed_on if attempt else None
            earned += [] if lacks else [Earned(scheme, awarded_on(on, passed_on), attempt)]
    missed = [part for part, mark in here.items() if mark not in rules.COMPLETES]
    came_to_some = outcome is Outcome.PART_ATTENDED
    missed = [part for part in missed if part.id not in made_up]
    return Verdict(
        booking,
        outcome,
        on,
        earned,
        not_passed,
        missed if came_to_some else [],
        lacks if sheet.schemes else [],
    )


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
    came = {verdict.booking.id for verdict in verdicts if verdict.outcome is Outcome.ATTENDED}
    stand = {
        key
        for key, one in held.items()
        if one.revoked_on is not None
        or (key in earned and earned[key][1].awarded_on == one.awarded_on)
        or (key not in earned and one.attempt_id is None and key[0] in came)
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
