"""What people were not told yet, and whom it concerns."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, column, exists, func, or_, select, table
from sqlalchemy.orm import contains_eager, joinedload

from sscb_training.bookings.dates import rules
from sscb_training.bookings.dates.rules import Change, Kind
from sscb_training.bookings.models import HOLDS_A_PLACE, LIVE, Approval, Booking
from sscb_training.core.db import db, rows
from sscb_training.core.mail import Letter, waiting
from sscb_training.core.times import long_date, time_range
from sscb_training.courses.dates.queries import state_of
from sscb_training.courses.dates.rules import DateState, state_kept
from sscb_training.courses.models import (
    CourseVersion,
    SessionPart,
    SessionStatus,
    Trainer,
    TrainingSession,
)
from sscb_training.people.models import Membership, Person

# Attendance comes after bookings in the story, so its table is named here and not imported.
attendance_mark = table("attendance_mark", column("booking_id"))


class Line(NamedTuple):
    """One change in words: "Part 1: time", what it was and what it is."""

    what: str
    before: str
    now: str


@dataclass(frozen=True)
class ToDelegate:
    """What a delegate is to be told."""

    booking: Booking
    changes: Sequence[Change]


@dataclass(frozen=True)
class ToManager:
    """What a manager is to be told of the bookings of these people."""

    name: str
    address: str
    bookings: Sequence[Booking]
    changes: Sequence[Change]


@dataclass(frozen=True)
class ToApprover:
    """What whoever is asked to approve these bookings is to be told."""

    approval: Approval
    bookings: Sequence[Booking]
    changes: Sequence[Change]


@dataclass(frozen=True)
class ToTrainer:
    """What a trainer is to be told; who `is_new` was no trainer of the date before, and who `is_off` is none now."""

    trainer: Trainer
    changes: Sequence[Change]
    is_new: bool = False
    is_off: bool = False


@dataclass(frozen=True)
class Untold:
    """What changed since people were told, and whom it concerns. Empty when everybody knows."""

    changes: Sequence[Change]
    delegates: Sequence[ToDelegate]
    managers: Sequence[ToManager]
    approvers: Sequence[ToApprover]
    trainers: Sequence[ToTrainer]

    def __bool__(self) -> bool:
        return bool(self.delegates or self.trainers)


NOTHING = Untold([], [], [], [], [])


def untold(training_session: TrainingSession, *, now: datetime) -> Untold:
    """What people were not told yet of a published date that is not over; no query while nothing ever changed."""
    edition = training_session.edition
    is_on = training_session.status is SessionStatus.PUBLISHED and training_session.ends_at > now
    if not edition or not is_on:
        return NOTHING
    states = [state_kept(kept) for kept in training_session.earlier_states]
    today = state_of(training_session)
    concerned = _who_knows_less(training_session)
    delegates = [
        ToDelegate(booking, found)
        for booking in concerned
        if (
            found := rules.changes(
                states[booking.edition], today, of=_told_of(booking), position=_only_part([booking])
            )
        )
    ]
    trainers = (
        _trainers(training_session, states[training_session.trainers_told], today)
        if training_session.trainers_told < edition
        else []
    )
    known = [one.booking.edition for one in delegates] + (
        [training_session.trainers_told] if trainers else []
    )
    return Untold(
        rules.changes(states[min(known)], today) if known else [],
        delegates,
        _managers(concerned, states, today),
        _approvers(concerned, states, today),
        trainers,
    )


def is_untold(now: datetime) -> ColumnElement[bool]:
    """The published dates to come of whose changes nobody was told yet; one that concerns nobody counts as told."""
    return and_(
        TrainingSession.status == SessionStatus.PUBLISHED,
        TrainingSession.ends_at > now,
        func.json_array_length(TrainingSession.earlier_states) > TrainingSession.trainers_told,
    )


def untold_dates(now: datetime, *, most: int) -> Sequence[TrainingSession]:
    """Dates to come of whose changes nobody was told yet, the next first."""
    return rows(
        select(TrainingSession)
        .where(is_untold(now))
        .options(joinedload(TrainingSession.course_version).joinedload(CourseVersion.course))
        .order_by(TrainingSession.starts_at, TrainingSession.id)
        .limit(most)
    )


def in_words(changes: Sequence[Change]) -> Sequence[Line]:
    """Each change as letters and pages say it."""
    return [_line(change) for change in changes]


def delegates_with_clashes(training_session: TrainingSession) -> Sequence[Booking]:
    """The places elsewhere, at the same time as one of this session's parts, of those who hold a place on it."""
    here = select(Booking.person_id).where(
        Booking.training_session_id == training_session.id, Booking.status.in_(HOLDS_A_PLACE)
    )
    at_once = and_(
        SessionPart.cancelled_at.is_(None),
        or_(
            *(
                and_(SessionPart.starts_at < part.ends_at, SessionPart.ends_at > part.starts_at)
                for part in training_session.parts_on
            )
        ),
    )
    course = joinedload(TrainingSession.course_version).joinedload(CourseVersion.course)
    return rows(
        select(Booking)
        .join(Booking.training_session)
        .join(Booking.person)
        .where(
            Booking.person_id.in_(here),
            Booking.training_session_id != training_session.id,
            Booking.status.in_(HOLDS_A_PLACE),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.parts.any(at_once),
        )
        .options(contains_eager(Booking.person), contains_eager(Booking.training_session).options(course))
        .order_by(Person.name, Booking.id)
    )


def has_marks(training_session: TrainingSession) -> bool:
    """Whether somebody is marked in the session's register already."""
    marked = exists().where(
        attendance_mark.c.booking_id == Booking.id, Booking.training_session_id == training_session.id
    )
    return bool(db.session.scalar(select(marked)))


def letter_key(training_session: TrainingSession, known: int, whom: str) -> str:
    """What makes the letter from the edition that somebody knew to the present one go once."""
    return f"{letter_prefix(training_session)}{known}/{training_session.edition}/{whom}"


def letter_prefix(training_session: TrainingSession) -> str:
    """How the keys of a date's changed letters begin."""
    return f"changed/{training_session.id}/"


class ChangedLetter(NamedTuple):
    """A letter about a change, by its key: from which edition to which, and to whom it goes."""

    key: str
    known: int
    edition: int
    whom: str
    queued_at: datetime

    @property
    def told_together(self) -> tuple[int, int, str]:
        """What it has in common with the letters that tell the same: to all trainers, or to the readers of one booking."""
        whom = "trainers" if self.whom.startswith("trainer ") else self.whom
        return self.known, self.edition, whom


def changed_letters_to_take_back(training_session: TrainingSession) -> Sequence[ChangedLetter]:
    """The letters about earlier changes that still wait, without those of which somebody else has read the same.

    That is one who is told together with them, or the manager or approver of a delegate.
    """
    of_date = Letter.once_key.startswith(letter_prefix(training_session), autoescape=True)
    found = db.session.execute(
        select(Letter.once_key, Letter.queued_at, waiting, Letter.sent_at.is_not(None)).where(of_date)
    )
    wait: list[ChangedLetter] = []
    read: set[tuple[int, int, str]] = set()
    for key, queued_at, waits, went in found:
        _, _, known, edition, whom, *_ = (key or "").split("/")
        letter = ChangedLetter(key or "", int(known), int(edition), whom, queued_at)
        if waits:
            wait.append(letter)
        elif went:
            read.add(letter.told_together)
    others = {(edition, whom) for _, edition, whom in read}
    hear_of = who_hears_of(
        [int(one.whom.removeprefix("booking ")) for one in wait if one.whom.startswith("booking ")]
    )
    return [
        letter
        for letter in wait
        if letter.told_together not in read
        and others.isdisjoint((letter.edition, whom) for whom in hear_of.get(letter.whom, ()))
    ]


def who_hears_of(booking_ids: Collection[int]) -> Mapping[str, Collection[str]]:
    """By booking its manager and the approval asked for, each as the keys of changed letters name them."""
    concerned = rows(
        select(Booking).where(Booking.id.in_(booking_ids)).options(joinedload(Booking.membership))
    )
    return {
        f"booking {one.id}": [
            f"approval {one.approval_id}",
            *([f"manager {one.membership.manager_email}"] if one.membership else []),
        ]
        for one in concerned
    }


def is_about(booking_ids: Collection[int]) -> ColumnElement[bool]:
    """The condition on Letter that it is about one of these bookings, or about an approval of them."""
    approvals = select(Booking.approval_id).where(
        Booking.id.in_(booking_ids), Booking.approval_id.is_not(None)
    )
    return or_(
        (Letter.about_type == Booking.__tablename__) & Letter.about_id.in_(booking_ids),
        (Letter.about_type == Approval.__tablename__) & Letter.about_id.in_(approvals),
    )


def _who_knows_less(training_session: TrainingSession) -> Sequence[Booking]:
    """The live bookings whose delegates were not told of the present edition, in the order of asking."""
    return rows(
        select(Booking)
        .where(
            Booking.training_session_id == training_session.id,
            Booking.status.in_(LIVE),
            Booking.edition < training_session.edition,
        )
        .options(
            joinedload(Booking.person),
            joinedload(Booking.membership).joinedload(Membership.agency),
            joinedload(Booking.approval),
            joinedload(Booking.charge_terms),
        )
        .order_by(Booking.requested_at, Booking.id)
    )


def _told_of(booking: Booking) -> frozenset[Kind]:
    return rules.ALL if booking.is_confirmed else rules.WITHOUT_ADDRESS


def _managers(
    concerned: Sequence[Booking], states: Sequence[DateState], today: DateState
) -> Sequence[ToManager]:
    """Who keeps the time free for somebody with a place: one letter each, with what the first of them knew."""
    names: dict[str, str] = {}
    by_address = defaultdict[str, list[Booking]](list)
    for booking in concerned:
        if whom := _manager_of(booking):
            name, address = whom
            names.setdefault(address, name)
            by_address[address].append(booking)
    return [
        ToManager(names[address], address, bookings, found)
        for address, bookings in by_address.items()
        if (found := _moves(bookings, states, today))
    ]


def _moves(bookings: Sequence[Booking], states: Sequence[DateState], today: DateState) -> Sequence[Change]:
    """What moved since the first edition that one of these knows and that is not as it is today."""
    position = _only_part(bookings)
    for edition in sorted({booking.edition for booking in bookings}):
        if found := rules.changes(states[edition], today, of=rules.MOVES, position=position):
            return found
    return []


def _only_part(bookings: Sequence[Booking]) -> int | None:
    """The part that these are all of alone; none when one of them is of the whole, or they are of several."""
    positions = {booking.part.position if booking.part else None for booking in bookings}
    return positions.pop() if len(positions) == 1 else None


def _manager_of(booking: Booking) -> tuple[str, str] | None:
    """The manager of a delegate with a place, who is somebody else."""
    role = booking.membership
    if role is None or not booking.is_confirmed or role.manager_email == booking.person.email_key:
        return None
    return (role.manager_name, role.manager_email) if role.manager_email else None


def _approvers(
    concerned: Sequence[Booking], states: Sequence[DateState], today: DateState
) -> Sequence[ToApprover]:
    by_approval = defaultdict[Approval, list[Booking]](list)
    for booking in concerned:
        if booking.awaits_approval and booking.approval is not None:
            by_approval[booking.approval].append(booking)
    return [
        ToApprover(approval, bookings, found)
        for approval, bookings in by_approval.items()
        if (found := _moves(bookings, states, today))
    ]


def _trainers(training_session: TrainingSession, before: DateState, today: DateState) -> Sequence[ToTrainer]:
    found = rules.changes(before, today)
    here = {trainer.id: trainer for trainer in training_session.trainers}
    gone = [trainer_id for trainer_id in before.trainers if trainer_id not in here]
    left = (
        rows(select(Trainer).where(Trainer.id.in_(gone)).options(joinedload(Trainer.person))) if gone else []
    )
    told = [ToTrainer(trainer, found, is_new=trainer.id not in before.trainers) for trainer in here.values()]
    return [
        *(one for one in told if found),
        *(ToTrainer(trainer, [], is_off=True) for trainer in left),
    ]


def _line(change: Change) -> Line:
    what = f"{change.part}: {change.kind.value}" if change.part else change.kind.value.capitalize()
    return Line(what, _say(change.kind, change.before), _say(change.kind, change.now))


def _say(kind: Kind, state: Any) -> str:
    if kind is Kind.TRAINERS:
        return ", ".join(state.values()) or "nobody yet"
    if kind is Kind.TIME:
        return f"{long_date(state.starts_at)}, {time_range(state.starts_at, state.ends_at)}"
    return (state.place or "online") if kind is Kind.PLACE else (state.online_url or "not known yet")
