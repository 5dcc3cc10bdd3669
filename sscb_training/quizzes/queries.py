"""Which quizzes there are, how a delegate stands in one, and whose time is over. Right answers never leave through here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, and_, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AssessmentAttempt,
    SchemeTerms,
)
from sscb_training.accreditation.terms.rules import Failed, Obstacle, assessed_again_from, obstacle
from sscb_training.attendance import queries as registers
from sscb_training.attendance.models import AttendanceMark
from sscb_training.attendance.rules import COMPLETES, as_it_counts
from sscb_training.bookings import queries as bookings
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.mail import WhyNot
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion, SessionStatus, TrainingSession
from sscb_training.people.models import Person
from sscb_training.quizzes import rules
from sscb_training.quizzes.models import Admission, Answer, Opens, Question, Quiz, QuizAttempt

OPEN_LETTER = "quizzes/open"
OPENS_WITHIN = timedelta(days=366)
"""How long after its session a quiz still opens by itself, to somebody who makes up a part, say."""

_NAMED = (
    joinedload(Quiz.scheme),
    joinedload(Quiz.course_version).joinedload(CourseVersion.course),
)


def quiz_of_session(training_session: TrainingSession, quiz_id: int) -> Quiz:
    """A quiz of the session's version; otherwise 404."""
    return row_or_404(
        select(Quiz)
        .where(Quiz.id == quiz_id, Quiz.course_version_id == training_session.course_version_id)
        .options(*_NAMED)
    )


def in_use(quiz: Quiz) -> Sequence[Question]:
    """The questions that can be drawn, in the order of the bank."""
    return rows(
        select(Question)
        .where(Question.quiz_id == quiz.id, Question.retired_at.is_(None))
        .order_by(Question.number, Question.id)
        .execution_options(populate_existing=True)
    )


def admission_of(booking: Booking, quiz: Quiz) -> Admission | None:
    """What the quiz grants the booking, as it is at this moment."""
    return row_or_none(
        select(Admission)
        .where(Admission.booking_id == booking.id, Admission.quiz_id == quiz.id)
        .execution_options(populate_existing=True)
    )


def open_attempt(person_id: int, quiz: Quiz) -> QuizAttempt | None:
    """The attempt that somebody has open, by whichever booking."""
    return row_or_none(
        select(QuizAttempt).where(
            QuizAttempt.person_id == person_id,
            QuizAttempt.quiz_id == quiz.id,
            QuizAttempt.finished_at.is_(None),
        )
    )


def own_attempt(person: Person, attempt_id: int) -> QuizAttempt:
    """The person's own attempt with what was drawn; otherwise 404."""
    return row_or_404(_attempts().where(QuizAttempt.id == attempt_id, QuizAttempt.person_id == person.id))


def attempt_for_staff(attempt_id: int) -> QuizAttempt:
    """Any attempt with what was drawn, for board staff; otherwise 404."""
    return row_or_404(_attempts().where(QuizAttempt.id == attempt_id))


def _attempts() -> Select[QuizAttempt]:
    return select(QuizAttempt).options(
        joinedload(QuizAttempt.quiz).options(*_NAMED),
        joinedload(QuizAttempt.person),
        joinedload(QuizAttempt.scored),
        joinedload(QuizAttempt.booking).joinedload(Booking.training_session),
        selectinload(QuizAttempt.answers).joinedload(Answer.question),
    )


def earned_by(attempt: QuizAttempt, *, on: date) -> Accreditation | None:
    """The accreditation that the attempt's booking gave in the quiz's scheme, while it is in force."""
    return next(
        iter(
            rows(
                select(Accreditation).where(
                    Accreditation.booking_id == attempt.booking_id,
                    Accreditation.scheme_id == attempt.quiz.scheme_id,
                    Accreditation.in_force(on),
                )
            )
        ),
        None,
    )


def run_out(now: datetime) -> Sequence[int]:
    """The open attempts whose time is over."""
    return rows(
        select(QuizAttempt.id)
        .where(QuizAttempt.finished_at.is_(None), QuizAttempt.ends_at < now - rules.GRACE)
        .order_by(QuizAttempt.ends_at, QuizAttempt.id)
    )


# How delegates stand


@dataclass(frozen=True)
class Standing:
    """How a booking stands in a quiz. `closed_because` says in a sentence why no attempt can be begun now."""

    booking: Booking
    admission: Admission | None
    attempts: Sequence[QuizAttempt]
    has_passed: bool
    closed_because: str

    @property
    def open_attempt(self) -> QuizAttempt | None:
        return next((attempt for attempt in self.attempts if attempt.is_open), None)

    @property
    def can_begin(self) -> bool:
        return not self.closed_because and self.open_attempt is None


def standing(booking: Booking, quiz: Quiz, *, now: datetime) -> Standing:
    """How one booking stands in a quiz."""
    return standings([booking], quiz, now=now)[0]


def standings_in(training_session: TrainingSession, quiz: Quiz, *, now: datetime) -> Sequence[Standing]:
    """How all delegates of a session stand in a quiz, by name; those who only make up a part have none."""
    delegates = [booking for booking in bookings.delegates(training_session) if booking.part_id is None]
    return standings(delegates, quiz, now=now)


def delegate_of(training_session: TrainingSession, booking_id: int) -> Booking:
    """A confirmed booking of the session; otherwise 404."""
    return row_or_404(
        select(Booking)
        .where(
            Booking.id == booking_id,
            Booking.training_session_id == training_session.id,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.part_id.is_(None),
        )
        .options(joinedload(Booking.person))
    )


def standings(delegates: Sequence[Booking], quiz: Quiz, *, now: datetime) -> Sequence[Standing]:
    """How these bookings, on dates of its version, stand in a quiz; as many queries however many they are."""
    ids = [booking.id for booking in delegates]
    made_up = bookings.made_up(ids)
    scores = accreditation.attempts(ids + [one.id for group in made_up.values() for one in group])
    admissions = {
        one.booking_id: one
        for one in rows(select(Admission).where(Admission.quiz_id == quiz.id, Admission.booking_id.in_(ids)))
    }
    attempts: dict[int, list[QuizAttempt]] = {}
    for attempt in rows(
        select(QuizAttempt)
        .where(QuizAttempt.quiz_id == quiz.id, QuizAttempt.booking_id.in_(ids))
        .options(joinedload(QuizAttempt.scored))
        .order_by(QuizAttempt.number)
    ):
        attempts.setdefault(attempt.booking_id, []).append(attempt)
    come = _come(quiz, delegates, made_up)
    failed = _failed(quiz, [booking.person_id for booking in delegates])
    asked = accreditation.terms_on(quiz.scheme, london_date(now))
    found = []
    for booking in delegates:
        together = {booking.id, *(one.id for one in made_up.get(booking.id, ()))}
        scored = [one for one in scores if one.booking_id in together and one.scheme_id == quiz.scheme_id]
        admission = admissions.get(booking.id)
        passed = any(one.passed for one in scored)
        before = [Failed(on, booking_id in together) for on, booking_id in failed.get(booking.person_id, ())]
        found.append(
            Standing(
                booking,
                admission,
                attempts.get(booking.id, []),
                passed,
                _why_closed(
                    quiz, booking, admission, asked, before, come=booking.id in come, passed=passed, now=now
                ),
            )
        )
    return found


def _failed(quiz: Quiz, person_ids: Collection[int]) -> Mapping[int, Sequence[tuple[date, int | None]]]:
    """The attempts at the scheme that these people did not pass, by person: the day, and by which booking."""
    found: dict[int, list[tuple[date, int | None]]] = {}
    query = select(
        AssessmentAttempt.person_id, AssessmentAttempt.assessed_on, AssessmentAttempt.booking_id
    ).where(
        AssessmentAttempt.scheme_id == quiz.scheme_id,
        AssessmentAttempt.person_id.in_(person_ids),
        AssessmentAttempt.passed.is_(False),
        AssessmentAttempt.withdrawn_at.is_(None),
    )
    for person_id, on, booking_id in db.session.execute(query):
        found.setdefault(person_id, []).append((on, booking_id))
    return found


def _why_closed(
    quiz: Quiz,
    booking: Booking,
    admission: Admission | None,
    asked: SchemeTerms,
    failed: Sequence[Failed],
    *,
    come: bool,
    passed: bool,
    now: datetime,
) -> str:
    session = booking.training_session
    if (
        booking.part_id is not None
        or not booking.is_confirmed
        or session.status is not SessionStatus.PUBLISHED
    ):
        return "There is no quiz for this booking."
    if passed:
        return "The assessment is passed."
    if quiz.published_at is None or asked.pass_mark is None:
        return "This quiz is not open."
    if quiz.opens is Opens.FROM_START and now < session.starts_at:
        return "The quiz opens when the session starts."
    stayed_away = booking.outcome is Outcome.DID_NOT_ATTEND
    if stayed_away or (quiz.opens is Opens.ATTENDED and not come):
        return "The quiz opens once every part is marked as attended."
    if admission and admission.closes_at and admission.last_day and now >= admission.closes_at:
        return f"The last day to begin was {admission.last_day:%-d %B %Y}."
    return _why_not_yet(asked, failed, on=london_date(now))


def _why_not_yet(asked: SchemeTerms, failed: Sequence[Failed], *, on: date) -> str:
    """What the scheme's terms want before another attempt, as its delegate reads it."""
    match obstacle(asked, failed, on=on):
        case None:
            return ""
        case Obstacle.ATTENDS_AGAIN:
            return "The assessment was not passed. The next attempt is after attending the course again."
        case Obstacle.NO_ATTEMPT_LEFT:
            used = (
                "The one attempt" if asked.attempts_allowed == 1 else f"All {asked.attempts_allowed} attempts"
            )
            return f"{used} of this attendance {'is' if asked.attempts_allowed == 1 else 'are'} used."
        case Obstacle.TOO_EARLY:
            again = assessed_again_from(asked, failed)
            return f"The next attempt can be begun from {again:%-d %B %Y}."


def _come(
    quiz: Quiz, delegates: Sequence[Booking], made_up: Mapping[int, Sequence[Booking]]
) -> frozenset[int]:
    """Who has completed all that the scheme takes: every part as the closed register said or as is marked so far, or
    those parts that the scheme names.
    """
    ways = accreditation.ways_of(quiz.course_version)
    way = next((one for one in ways if one.scheme_id == quiz.scheme_id), None)
    if way is None:
        return frozenset()
    seen = registers.seen_of([booking.id for booking in delegates])
    may_miss = quiz.course_version.course.may_miss_minutes
    complete = {cell for cell, one in seen.items() if as_it_counts(one, may_miss=may_miss) in COMPLETES}
    complete |= {
        (booking_id, one.makes_up_part_id or 0) for booking_id, group in made_up.items() for one in group
    }

    def has_come(booking: Booking) -> bool:
        asked = [part for part in booking.booked_parts if part.position in way.parts]
        if booking.outcome is not None and not asked:
            return booking.outcome is Outcome.ATTENDED
        return all((booking.id, part.id) in complete for part in asked or booking.booked_parts)

    return frozenset(booking.id for booking in delegates if has_come(booking))


def quizzes_of(training_session: TrainingSession) -> Sequence[Quiz]:
    """The quizzes of the session's version that delegates can take, by scheme."""
    return rows(
        select(Quiz)
        .join(Quiz.scheme)
        .where(Quiz.course_version_id == training_session.course_version_id, Quiz.published_at.is_not(None))
        .options(*_NAMED)
        .order_by(AccreditationScheme.name)
    )


@dataclass(frozen=True)
class Waiting:
    """A quiz that waits for somebody: to be begun until a day, or gone on with."""

    quiz: Quiz
    standing: Standing


def waiting_for(person: Person, *, now: datetime) -> Sequence[Waiting]:
    """The quizzes that this person can take now, in the order of their sessions."""
    query = (
        select(Booking, Quiz)
        .join(Booking.training_session)
        .join(Quiz, Quiz.course_version_id == TrainingSession.course_version_id)
        .where(
            Booking.person_id == person.id,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.part_id.is_(None),
            # a cast, or SQLite would begin with every session there was
            TrainingSession.status.cast(String) == SessionStatus.PUBLISHED.value,
            TrainingSession.starts_at <= now,
            Quiz.published_at.is_not(None),
            ~_passed(),
        )
        .options(contains_eager(Booking.training_session).selectinload(TrainingSession.parts), *_NAMED)
        .order_by(TrainingSession.starts_at, Quiz.id)
    )
    pairs = db.session.execute(query).unique().all()
    of_quiz = {quiz: [booking for booking, other in pairs if other is quiz] for _, quiz in pairs}
    stands = {
        (one.booking, quiz): one for quiz, group in of_quiz.items() for one in standings(group, quiz, now=now)
    }
    found = [Waiting(quiz, stands[booking, quiz]) for booking, quiz in pairs]
    return [one for one in found if one.standing.open_attempt or one.standing.can_begin]


def due_to_open(now: datetime) -> Sequence[tuple[int, int]]:
    """The bookings to which a quiz may have to be opened, with the quiz: nobody said so yet, and nobody has passed.

    Only sessions that ended after the quiz was published: it is not sprung on people who came long before.
    """
    has_mark = exists().where(AttendanceMark.booking_id == Booking.id)
    query = (
        select(Booking.id, Quiz.id)
        .join(Booking.training_session)
        .join(Quiz, Quiz.course_version_id == TrainingSession.course_version_id)
        .outerjoin(Admission, and_(Admission.booking_id == Booking.id, Admission.quiz_id == Quiz.id))
        .where(
            Booking.status == BookingStatus.CONFIRMED,
            Booking.part_id.is_(None),
            TrainingSession.status == SessionStatus.PUBLISHED,
            TrainingSession.starts_at <= now,
            TrainingSession.ends_at > Quiz.published_at,
            TrainingSession.ends_at > now - OPENS_WITHIN,
            Admission.opened_at.is_(None),
            or_(
                Booking.outcome.in_([Outcome.ATTENDED, Outcome.PART_ATTENDED]),
                and_(Booking.outcome.is_(None), or_(Quiz.opens == Opens.FROM_START, has_mark)),
            ),
            ~_passed(),
        )
        .order_by(Booking.id, Quiz.id)
    )
    return [(booking_id, quiz_id) for booking_id, quiz_id in db.session.execute(query)]


def _passed() -> ColumnElement[bool]:
    return exists().where(
        AssessmentAttempt.booking_id == Booking.id,
        AssessmentAttempt.scheme_id == Quiz.scheme_id,
        AssessmentAttempt.passed,
        AssessmentAttempt.withdrawn_at.is_(None),
    )


def booking_to_open(booking_id: int) -> Booking:
    """A booking with all that its letter tells."""
    return row_or_404(
        select(Booking)
        .where(Booking.id == booking_id)
        .options(
            joinedload(Booking.person),
            joinedload(Booking.training_session)
            .joinedload(TrainingSession.course_version)
            .joinedload(CourseVersion.course),
        )
    )


def why_not_told(booking_id: int, now: datetime) -> str:
    """Nobody is told that a quiz is open which they cannot take, or have begun by themselves."""
    booking = booking_to_open(booking_id)
    reasons = [
        "It was begun." if one.attempts else one.closed_because
        for quiz in quizzes_of(booking.training_session)
        for one in [standing(booking, quiz, now=now)]
    ]
    if not reasons:
        return "The quiz was taken down."
    return "" if "" in reasons else reasons[0]


WHY_NOT: Mapping[str, WhyNot] = {OPEN_LETTER: why_not_told}
"""What is asked of the letter just before it is sent."""


def answer_at(attempt: QuizAttempt, position: int) -> Answer:
    """The question in this place of the attempt; otherwise 404."""
    return row_or_404(
        select(Answer)
        .where(Answer.attempt_id == attempt.id, Answer.position == position)
        .options(joinedload(Answer.question))
    )


def answers_of(attempt: QuizAttempt) -> Sequence[Answer]:
    """What was drawn and chosen, as it is at this moment."""
    return rows(
        select(Answer)
        .where(Answer.attempt_id == attempt.id)
        .options(joinedload(Answer.question))
        .order_by(Answer.position)
        .execution_options(populate_existing=True)
    )


def scores_before(booking_ids: Collection[int], scheme: AccreditationScheme) -> Mapping[int, int]:
    """The latest score of each booking in the scheme."""
    return {
        one.booking_id: one.percent
        for one in accreditation.attempts(booking_ids)
        if one.scheme_id == scheme.id and one.booking_id is not None
    }
