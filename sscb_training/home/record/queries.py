"""What stands in somebody's own record. Each list is as many queries long as it is for one entry."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AccreditationState,
    AssessmentAttempt,
)
from sscb_training.accreditation.rules import ONE_DAY, unbroken_since
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.certificates import queries as certificates
from sscb_training.certificates.models import Certificate, stands
from sscb_training.certificates.rules import in_groups
from sscb_training.core.db import rows
from sscb_training.core.times import plain_date
from sscb_training.courses.models import SessionPart
from sscb_training.evaluations import queries as evaluations
from sscb_training.home import queries as home
from sscb_training.imports.models import EarlierTraining
from sscb_training.imports.queries import earlier_training_of
from sscb_training.people.models import Person
from sscb_training.quizzes import queries as quizzes
from sscb_training.quizzes.queries import Waiting


@dataclass(frozen=True)
class Held:
    """An accreditation as it stands on the day. `since`: for the one that counts, from when without a break."""

    accreditation: Accreditation
    state: AccreditationState
    since: date | None
    code: str

    @property
    def until(self) -> date | None:
        """The last day that it counts or counted; none if it does not end, or was revoked from its first day."""
        if self.state is not AccreditationState.REVOKED or self.accreditation.revoked_on is None:
            return self.accreditation.expires_on
        last = self.accreditation.revoked_on - ONE_DAY
        return last if last >= self.accreditation.awarded_on else None

    @property
    def until_in_words(self) -> str:
        """The same for people; empty for what never counted."""
        if self.until is not None:
            return plain_date(self.until)
        return "" if self.state is AccreditationState.REVOKED else "Does not expire"


@dataclass(frozen=True)
class ToAssess:
    """An assessment that a course ended with and that is not passed yet; the latest attempt, if there was one."""

    booking: Booking
    scheme: AccreditationScheme
    attempt: AssessmentAttempt | None


@dataclass(frozen=True)
class Record:
    """All of it. `codes` are those of the certificates of bookings, by the booking's key.

    Whoever has a scheme's assessment before them is told of that (`quizzes` that are open, else `to_assess`), and not to
    renew it as well.
    """

    held: Sequence[Held]
    past: Sequence[Booking]
    places: Sequence[Booking]
    scores: Mapping[int, AssessmentAttempt]
    released: frozenset[int]
    codes: Mapping[int, str]
    renewals: Sequence[home.Renewal]
    to_make_up: Sequence[tuple[Booking, SessionPart]]
    quizzes: Sequence[Waiting]
    to_assess: Sequence[ToAssess]
    evaluations: Sequence[Any]
    earlier: Sequence[EarlierTraining]

    @property
    def revoked(self) -> Sequence[Held]:
        """What was revoked and nothing in the same scheme has taken the place of; each scheme once, by its latest."""
        counts = {
            one.accreditation.scheme_id for one in self.held if one.state is AccreditationState.IN_FORCE
        }
        revoked = {
            one.accreditation.scheme_id: one
            for one in sorted(self.held, key=lambda one: one.accreditation.revoked_on or date.min)
            if one.state is AccreditationState.REVOKED and one.accreditation.scheme_id not in counts
        }
        return list(revoked.values())

    @property
    def attended(self) -> Sequence[Booking]:
        """What somebody came to, wholly or in part; what makes up a part stands with what it completes."""
        return [
            one
            for one in self.past
            if one.part_id is None and one.outcome in (Outcome.ATTENDED, Outcome.PART_ATTENDED)
        ]

    def renewed_by(self, renewal: home.Renewal) -> Booking | None:
        """The place that somebody has on a course that renews it."""
        courses = {course.id for course in renewal.courses}
        return next(
            (one for one in self.places if one.part_id is None and one.training_session.course.id in courses),
            None,
        )


def record_of(person: Person, *, on: date, now: datetime) -> Record:
    """Somebody's record as at a day."""
    past = home.past_bookings(person, now=now)
    coming = home.coming_bookings(person, now=now)
    accreditations = accreditation.accreditations_of(person)
    codes = _codes(past, accreditations)
    open_now = quizzes.waiting_for(person, now=now)
    to_take = {(one.standing.booking.id, one.quiz.scheme_id) for one in open_now}
    to_assess = _to_assess(past, accreditations, on)
    assessed = {one.quiz.scheme_id for one in open_now} | {one.scheme.id for one in to_assess}
    return Record(
        held=_held(accreditations, codes, on),
        past=past,
        places=[booking for booking in coming if booking.holds_a_place],
        scores=home.scores(past),
        released=certificates.released(past, now=now),
        codes={one.booking_id: in_groups(one.check_code) for one in codes if one.booking_id is not None},
        renewals=[one for one in home.renewals(person, on=on) if one.scheme.id not in assessed],
        to_make_up=[(booking, part) for booking in _with_make_ups(past) for part in booking.parts_to_make_up],
        quizzes=open_now,
        to_assess=[one for one in to_assess if (one.booking.id, one.scheme.id) not in to_take],
        evaluations=evaluations.to_send_in(person, now=now),
        earlier=earlier_training_of(person),
    )


def _codes(past: Sequence[Booking], accreditations: Sequence[Accreditation]) -> Sequence[Certificate]:
    of_bookings = Certificate.booking_id.in_([booking.id for booking in past])
    of_accreditations = Certificate.accreditation_id.in_([one.id for one in accreditations])
    return rows(select(Certificate).where(stands, or_(of_bookings, of_accreditations)))


def _held(
    accreditations: Sequence[Accreditation], certificates: Sequence[Certificate], on: date
) -> Sequence[Held]:
    codes = {one.accreditation_id: in_groups(one.check_code) for one in certificates}
    of_scheme: dict[int, list[Accreditation]] = defaultdict(list)
    for one in accreditations:
        of_scheme[one.scheme_id].append(one)
    since = {key: unbroken_since(accreditation.periods(theirs), on=on) for key, theirs in of_scheme.items()}
    return [
        Held(
            one,
            state,
            since[one.scheme_id] if state is AccreditationState.IN_FORCE else None,
            codes.get(one.id, ""),
        )
        for one in accreditations
        if (state := one.state(on)) is not AccreditationState.NOT_YET
    ]


def _with_make_ups(past: Sequence[Booking]) -> Sequence[Booking]:
    """Of these bookings those to make up something of, with what was made up already."""
    keys = [booking.id for booking in past if booking.part_id is None]
    query = select(Booking).where(Booking.id.in_(keys)).order_by(Booking.id.desc())
    loaded = (
        selectinload(Booking.make_ups).joinedload(Booking.training_session),
        selectinload(Booking.missed_parts),
    )
    return rows(query.options(*loaded))


def _to_assess(
    past: Sequence[Booking], accreditations: Sequence[Accreditation], on: date
) -> Sequence[ToAssess]:
    """The assessments of courses attended that earned nothing: where the terms ask for a pass, and none is there.

    Nobody is asked who was accredited in the scheme on that day or later, by whatever way.
    """
    attended = [one for one in past if one.outcome is Outcome.ATTENDED and one.part_id is None]
    if not attended:
        return []
    scores = accreditation.scores(booking.id for booking in attended)
    found: dict[int, ToAssess] = {}
    for scheme in accreditation.schemes():
        courses = {course.id for course in scheme.courses}
        for booking in attended:
            came_on = booking.outcome_on or on
            asks = accreditation.terms_on(scheme, came_on).pass_mark is not None
            has_it = any(
                one.scheme_id == scheme.id and (one.expires_on is None or one.expires_on >= came_on)
                for one in accreditations
            )
            if booking.training_session.course.id not in courses or not asks or has_it:
                continue
            score = scores.get((booking.id, scheme.id))
            if score is None or score.first_pass is None:
                found.setdefault(scheme.id, ToAssess(booking, scheme, score.latest if score else None))
    return list(found.values())
