"""What changes registers: saving marks and scores, closing and re-opening.

Every verb holds the training session's row first. It is also what holds the register, which may not exist
yet, and it keeps bookings from coming and going while a register is closed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from sqlalchemy import delete, insert, select, tuple_, update

from sscb_training.accreditation.assessments.service import enter_scores
from sscb_training.accreditation.service import AccreditationRefused
from sscb_training.attendance import queries, rules
from sscb_training.attendance.models import AttendanceMark, DoorRequest, Mark, Register, Seen
from sscb_training.attendance.queries import Cell, Made, Sheet
from sscb_training.attendance.verdicts import queries as verdicts
from sscb_training.attendance.verdicts.service import correct_awards
from sscb_training.bookings.charges.service import settle_absences
from sscb_training.bookings.letters.service import tell_manager_who_did_not_attend, tell_of_missed_part
from sscb_training.bookings.models import Outcome
from sscb_training.bookings.queries import originals
from sscb_training.bookings.service import settle_missed_parts, settle_outcome
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Person


class RegisterRefused(Refused):
    """Something that a register cannot take."""


@dataclass(frozen=True)
class Basis:
    """What stood in the cells, and as the scores, when somebody decided to change them."""

    marks: Mapping[Cell, Seen | None] = field(default_factory=dict)
    scores: Mapping[int, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Overtaking:
    """What somebody else has put meanwhile where this person wants something different; a score has no part."""

    booking_id: int
    part_id: int | None
    theirs: Seen | int | None
    made: Made | None


class Overtaken(RegisterRefused):
    """Marks or scores were changed by somebody else since they were shown. Nothing was saved: who sent them chooses."""

    def __init__(self, overtakings: Sequence[Overtaking]) -> None:
        super().__init__(
            "Somebody else changed what you changed, while you had this page open. Nothing of yours is saved yet: "
            "choose what is right, and save again."
        )
        self.overtakings = overtakings


def save_register(
    training_session: TrainingSession,
    *,
    marks: Mapping[Cell, Mark | Seen],
    scores: Mapping[int, int | None],
    based_on: Basis | None = None,
    by: Person | None,
    now: datetime,
) -> Register:
    """Write these marks and scores (None takes a score back), all or none, and leave every other as it is.

    So two trainers who save at once keep both their marks. Whoever says what their changes are `based_on` is refused
    (`Overtaken`) where something different stands by now; without it the later stands, and the history keeps the earlier.
    """
    register = open_register(training_session, now=now)
    sheet = queries.sheet(training_session)
    _refuse_strangers(sheet, {booking_id for booking_id, _ in marks} | scores.keys())
    _refuse_parts(sheet, {part_id for _, part_id in marks}, now=now)
    _refuse_parts_not_booked(sheet, marks.keys())
    wanted = {cell: _as_seen(mark, sheet.seen.get(cell)) for cell, mark in marks.items()}
    if based_on is not None:
        _refuse_what_was_overtaken(sheet, wanted, scores, based_on)
    _refuse_scores_without_coming(sheet, wanted, scores)
    marked = write_marks(sheet.seen, wanted, by=by, now=now)
    scored = _write_scores(sheet, scores, by=by, now=now)
    if marked or scored:
        history.record("saved", register, by=by, at=now, marks=marked, scores=scored)
    return register


def _as_seen(mark: Mark | Seen, standing: Seen | None) -> Seen:
    """A mark of which no minutes were asked leaves those that stand with the same mark."""
    if isinstance(mark, Seen):
        return mark
    return standing if standing and standing.mark is mark else Seen(mark)


def _refuse_what_was_overtaken(
    sheet: Sheet, marks: Mapping[Cell, Seen], scores: Mapping[int, int | None], based_on: Basis
) -> None:
    cells = [
        cell
        for cell, seen in marks.items()
        if rules.is_overtaken(sheet.seen.get(cell), seen, based_on=based_on.marks.get(cell))
    ]
    scored = [
        booking_id
        for booking_id, percent in scores.items()
        if rules.is_overtaken(sheet.percent(booking_id), percent, based_on=based_on.scores.get(booking_id))
    ]
    if cells or scored:
        made = queries.made(cells)
        raise Overtaken(
            [Overtaking(*cell, sheet.seen.get(cell), made.get(cell)) for cell in cells]
            + [Overtaking(booking_id, None, sheet.percent(booking_id), None) for booking_id in scored]
        )


def open_register(training_session: TrainingSession, *, now: datetime) -> Register:
    """The session's register, held until the transaction ends; refused when it is closed."""
    register = _register(training_session, now=now)
    if register.closed_at is not None:
        raise RegisterRefused("This register is closed. Re-open it to change anything.")
    return register


def _register(training_session: TrainingSession, *, now: datetime) -> Register:
    """The session's register, held until the transaction ends; a new one when nobody has begun it."""
    lock(training_session)
    if training_session.status is not SessionStatus.PUBLISHED:
        raise RegisterRefused("There is no register to take: this session is not on.")
    register = queries.register_of(training_session)
    if register is None:
        register = Register(training_session_id=training_session.id, opened_at=now)
        db.session.add(register)
    return register


def _refuse_strangers(sheet: Sheet, booking_ids: set[int]) -> None:
    if booking_ids - {booking.id for booking in sheet.delegates}:
        raise RegisterRefused(
            "Somebody whom you marked is not on this register any more. Nothing was saved: open the register again."
        )


def _refuse_parts(sheet: Sheet, part_ids: set[int], *, now: datetime) -> None:
    every = len(sheet.training_session.parts)
    parts = {part.id: part for part in sheet.training_session.parts_on}
    if part_ids - parts.keys():
        raise RegisterRefused(
            "A mark is for a part that this session does not have, or that was cancelled. "
            "Nothing was saved: open the register again."
        )
    for part_id in part_ids:
        part = parts[part_id]
        if not rules.may_be_marked(part.starts_at, now=now):
            name = rules.part_name(part.title, part.position, of=every)
            raise RegisterRefused(
                f"{name or 'The session'} has not begun yet, so nobody can be marked for it. Nothing was saved."
            )


def _refuse_parts_not_booked(sheet: Sheet, cells: Iterable[Cell]) -> None:
    booked = {(booking.id, part.id) for booking in sheet.delegates for part in booking.parts}
    if set(cells) - booked:
        raise RegisterRefused(
            "A mark is for a part that the delegate has not booked. Nothing was saved: open the register again."
        )


def _refuse_scores_without_coming(
    sheet: Sheet, marks: Mapping[Cell, Seen], scores: Mapping[int, int | None]
) -> None:
    """Nobody is assessed who was not there, whichever of mark and score was entered first.

    What an online quiz gave is nobody's entry; without having come it earns nothing.
    """
    after = {**sheet.marks, **{cell: seen.mark for cell, seen in marks.items()}}
    touched = {booking_id for booking_id, _ in marks} | scores.keys()
    names = [
        booking.person.name
        for booking in sheet.delegates
        if booking.id in touched
        and not sheet.is_online(booking.id)
        and scores.get(booking.id, sheet.percent(booking.id)) is not None
        and rules.stayed_away(after.get((booking.id, part.id)) for part in booking.parts)
    ]
    if names:
        raise RegisterRefused(
            f"{' and '.join(names)}: there is a score for somebody marked Did not attend. "
            "Empty the score or change the mark. Nothing was saved yet."
        )


def write_marks(
    before: Mapping[Cell, Seen], marks: Mapping[Cell, Seen | None], *, by: Person | None, now: datetime
) -> dict[str, list[str | None]]:
    """Put these marks where `before` stood, None taking one back; what changed, as "booking/part": [old, new]."""
    changed = {cell: seen for cell, seen in marks.items() if before.get(cell) != seen}
    author = {"marked_at": now, "marked_by_id": by.id if by else None}
    written = {
        cell: {"mark": seen.mark, "minutes_missed": seen.minutes, **author}
        for cell, seen in changed.items()
        if seen is not None
    }
    place = tuple_(AttendanceMark.booking_id, AttendanceMark.session_part_id)
    if again := [cell for cell in written if cell in before]:
        row_ids = {
            (booking_id, part_id): row_id
            for row_id, booking_id, part_id in db.session.execute(
                select(AttendanceMark.id, AttendanceMark.booking_id, AttendanceMark.session_part_id).where(
                    AttendanceMark.booking_id.in_({booking_id for booking_id, _ in again})
                )
            )
        }
        db.session.execute(update(AttendanceMark), [{"id": row_ids[cell], **written[cell]} for cell in again])
    if new := [cell for cell in written if cell not in before]:
        db.session.execute(
            insert(AttendanceMark),
            [{"booking_id": cell[0], "session_part_id": cell[1], **written[cell]} for cell in new],
        )
    if taken_back := [cell for cell, seen in changed.items() if seen is None]:
        db.session.execute(delete(AttendanceMark).where(place.in_(taken_back)))
    return {
        f"{booking_id}/{part_id}": [
            was.word if (was := before.get((booking_id, part_id))) else None,
            seen.word if seen else None,
        ]
        for (booking_id, part_id), seen in changed.items()
    }


def _write_scores(
    sheet: Sheet, scores: Mapping[int, int | None], *, by: Person | None, now: datetime
) -> dict[int, list[int | None]]:
    """What changed, as booking: [old, new]. A score is of the day of the last part that has begun."""
    if not scores:
        return {}
    if not sheet.assessed:
        raise RegisterRefused("This course has no assessment, so there is no score to save.")
    kept = [
        booking.person.name
        for booking in sheet.delegates
        if sheet.is_online(booking.id)
        and scores.get(booking.id, sheet.percent(booking.id)) != sheet.percent(booking.id)
    ]
    if kept:
        raise RegisterRefused(
            f"{' and '.join(kept)}: the online quiz gave this score, so it cannot be changed here. Nothing was saved."
        )
    begun = [part.starts_at for part in sheet.training_session.parts_on if part.starts_at <= now]
    percents = {booking: scores[booking.id] for booking in sheet.delegates if booking.id in scores}
    changed: dict[int, list[int | None]] = {}
    for scheme in sheet.assessed:
        try:
            changed |= enter_scores(
                scheme,
                percents,
                assessed_on=london_date(max(begun, default=now)),
                together={booking.id: sheet.together(booking) for booking in percents},
                by=by,
                now=now,
            )
        except AccreditationRefused as refusal:
            raise RegisterRefused(str(refusal)) from refusal
    return changed


def close_register(training_session: TrainingSession, *, by: Person | None, now: datetime) -> Register:
    """Give every delegate their outcome, accredit whoever earned it and charge whoever did not come.

    When it was closed before, all three are corrected. Refused until every delegate has a mark for every part.
    Closing what is closed changes nothing.
    """
    _hold_with_originals(training_session)
    register = _register(training_session, now=now)
    if register.closed_at is not None:
        return register
    sheet = queries.sheet(training_session)
    if reasons := queries.reasons_to_stay_open(sheet, now=now):
        raise RegisterRefused(f"{'; '.join(reasons)}. The register can be closed once everybody is marked.")
    found = verdicts.verdicts(sheet)
    for verdict in found:
        settle_outcome(verdict.booking, verdict.outcome, on=verdict.on, now=now)
        if verdict.outcome is Outcome.DID_NOT_ATTEND:
            tell_manager_who_did_not_attend(verdict.booking, now=now)
        for part in verdict.missed:
            tell_of_missed_part(verdict.booking, part, now=now)
    settle_missed_parts({verdict.booking: verdict.missed for verdict in found})
    settle_absences([verdict.booking for verdict in found], by=by, now=now)
    register.closed_at, register.closed_by_id = now, by.id if by else None
    training_session.closed_at = now
    changed = correct_awards(training_session, found, by=by, now=now)
    _join_parts(training_session, by=by, now=now)
    _forget_who_asked_at_the_door(training_session)
    history.record(
        "closed",
        register,
        by=by,
        at=now,
        outcomes=Counter(verdict.outcome.value for verdict in found),
        **changed,
    )
    return register


def _forget_who_asked_at_the_door(training_session: TrainingSession) -> None:
    """Whoever asked and was neither let in nor turned away was not there; the history keeps that they asked."""
    parts = [part.id for part in training_session.parts]
    db.session.execute(delete(DoorRequest).where(DoorRequest.session_part_id.in_(parts)))


def _hold_with_originals(training_session: TrainingSession) -> None:
    """Hold this session and those of which its delegates make up a part, in the order in which all others do."""
    held = {training_session, *(booking.training_session for booking in originals(training_session))}
    for one in sorted(held, key=lambda session: session.id):
        lock(one)
    if any(booking.training_session not in held for booking in originals(training_session)):
        raise RegisterRefused("Somebody was put onto this register at this moment. Close it once more.")


def _join_parts(training_session: TrainingSession, *, by: Person | None, now: datetime) -> None:
    """Give the bookings whose missed part was made up here, or was not after all, what they now amount to.

    One whose own register is open is left until that is closed.
    """
    db.session.flush()
    together = originals(training_session)
    for session, group in groupby(together, key=lambda booking: booking.training_session):
        sheet = queries.sheet(session)
        if not sheet.is_closed:
            continue
        found = [verdicts.verdict(sheet, booking) for booking in group]
        for verdict in found:
            before = verdict.booking.outcome
            settle_outcome(verdict.booking, verdict.outcome, on=verdict.on, now=now)
            if before is not verdict.outcome:
                history.record(
                    "parts joined",
                    verdict.booking,
                    by=by,
                    at=now,
                    outcome=[before, verdict.outcome],
                    through=[one.reference for one in verdict.booking.make_ups if one.outcome],
                )
        settle_missed_parts({verdict.booking: verdict.missed for verdict in found})
        correct_awards(session, found, others_stand=True, by=by, now=now)


def reopen_register(
    training_session: TrainingSession, *, reason: str, by: Person | None, now: datetime
) -> Register:
    """Let marks and scores be changed again. Outcomes and accreditations stand until it is closed again."""
    if not reason.strip():
        raise RegisterRefused("Enter why the register is re-opened.")
    register = _register(training_session, now=now)
    if register.closed_at is None:
        raise RegisterRefused("This register is open already.")
    history.record(
        "re-opened", register, by=by, at=now, reason=reason.strip(), was_closed_at=register.closed_at
    )
    register.closed_at = register.closed_by_id = training_session.closed_at = None
    return register
