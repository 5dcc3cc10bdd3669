"""Pages on which a delegate takes a quiz, and on which trainers and staff see how far delegates are.

The pages of the bank join this blueprint: to its users it is one place, so all endpoints are `quizzes.…`.
"""

from datetime import datetime
from random import SystemRandom

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.queries import terms_on
from sscb_training.attendance.queries import session_seen_by
from sscb_training.bookings.models import Booking
from sscb_training.bookings.queries import booking_seen_by
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, STAFF, allow
from sscb_training.core.edits import Overtaken
from sscb_training.core.roles import Role
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person
from sscb_training.quizzes import queries, rules, service
from sscb_training.quizzes.forms import AnswerForm, TimeForm, time_given
from sscb_training.quizzes.models import Quiz, QuizAttempt

bp = Blueprint("quizzes", __name__)

TOO_LATE = "That answer came after the quiz was handed in or its time was over. It was not kept."


@bp.get("/bookings/<int:booking_id>/quizzes/<int:quiz_id>")
@allow(SIGNED_IN)
def show(booking_id: int, quiz_id: int) -> ResponseReturnValue:
    """How a booking stands in a quiz. The agency's lead sees no more than whether it is passed."""
    viewer, now = current_person(), clock.now()
    booking = booking_seen_by(viewer, booking_id)
    quiz = queries.quiz_of_session(booking.training_session, quiz_id)
    standing = queries.standing(booking, quiz, now=now)
    is_own = booking.person_id == viewer.id
    admission = standing.admission
    minutes = rules.minutes_allowed(
        quiz.minutes,
        extra_percent=admission.extra_percent if admission else 0,
        extra_minutes=admission.extra_minutes if admission else 0,
        untimed=admission is not None and admission.untimed,
    )
    return render_template(
        "quizzes/show.html",
        booking=booking,
        quiz=quiz,
        standing=standing,
        is_own=is_own,
        sees_scores=is_own or _may_see_scores(viewer, booking),
        sees_answers=is_own or viewer.is_board_staff,
        minutes=minutes,
        asked=min(quiz.draws, len(queries.in_use(quiz))),
        terms=terms_on(quiz.scheme, london_date(now)),
    )


def _may_see_scores(viewer: Person, booking: Booking) -> bool:
    trains = {trainer.person_id for trainer in booking.training_session.trainers}
    return viewer.is_board_staff or viewer.id in trains


@bp.post("/bookings/<int:booking_id>/quizzes/<int:quiz_id>/begin")
@allow(SIGNED_IN)
def begin(booking_id: int, quiz_id: int) -> ResponseReturnValue:
    """Begin one's own attempt, or go on with the one that is open."""
    with transaction():
        booking = booking_seen_by(current_person(), booking_id)
        if booking.person_id != current_person().id:
            abort(404)
        quiz = queries.quiz_of_session(booking.training_session, quiz_id)
        attempt = service.begin(booking, quiz, chance=SystemRandom(), by=booking.person, now=clock.now())
    first = next((answer.position for answer in attempt.unanswered), 1)
    return redirect(url_for("quizzes.answer", attempt_id=attempt.id, position=first))


@bp.route("/quiz-attempts/<int:attempt_id>/questions/<int:position>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def answer(attempt_id: int, position: int) -> ResponseReturnValue:
    """One question a page; Continue saves it and leads on. It may be left open."""
    now = clock.now()
    attempt = queries.own_attempt(current_person(), attempt_id)
    if not attempt.is_open or (request.method == "GET" and rules.has_ended(attempt.ends_at, now=now)):
        if request.method == "POST":
            flash(TOO_LATE, "important")
        return _marked(attempt, now)
    asked = queries.answer_at(attempt, position)
    form = AnswerForm.asking(asked, rules.places(asked.shown, asked.chosen))
    if form.accepted():
        try:
            with transaction():
                saved = service.save_answer(
                    queries.own_attempt(current_person(), attempt_id), position, form.places, now=now
                )
        except service.QuizRefused as refusal:
            form.refuse(refusal)
        else:
            if not saved:
                flash(TOO_LATE, "important")
            if not saved or rules.has_ended(attempt.ends_at, now=now):
                return _marked(attempt, now)
            following = position + 1
            if following > len(attempt.answers) or request.form.get("then") == "review":
                return redirect(url_for("quizzes.review", attempt_id=attempt_id))
            return redirect(url_for("quizzes.answer", attempt_id=attempt_id, position=following))
    return render_template(
        "quizzes/answer.html",
        form=form,
        attempt=attempt,
        position=position,
        of=len(attempt.answers),
        **_time(attempt, now),
    )


@bp.get("/quiz-attempts/<int:attempt_id>/review")
@allow(SIGNED_IN)
def review(attempt_id: int) -> ResponseReturnValue:
    """All that was chosen, to look over before it is handed in."""
    now = clock.now()
    attempt = queries.own_attempt(current_person(), attempt_id)
    if not attempt.is_open or rules.has_ended(attempt.ends_at, now=now):
        return _marked(attempt, now)
    return render_template("quizzes/review.html", attempt=attempt, **_time(attempt, now))


@bp.route("/quiz-attempts/<int:attempt_id>/hand-in", methods=["GET", "POST"])
@allow(SIGNED_IN)
def hand_in(attempt_id: int) -> ResponseReturnValue:
    """Ask once more, and mark."""
    now = clock.now()
    attempt = queries.own_attempt(current_person(), attempt_id)
    if request.method == "GET" and attempt.is_open and not rules.has_ended(attempt.ends_at, now=now):
        return render_template("quizzes/hand_in.html", attempt=attempt, **_time(attempt, now))
    return _marked(attempt, now)


def _marked(attempt: QuizAttempt, now: datetime) -> ResponseReturnValue:
    """Mark the attempt, where that is still to do, and show the result."""
    attempt_id = attempt.id
    if attempt.is_open:
        with transaction():
            own = queries.own_attempt(current_person(), attempt_id)
            service.hand_in(own, by=current_person(), now=now)
    return redirect(url_for("quizzes.result", attempt_id=attempt_id))


def _time(attempt: QuizAttempt, now: datetime) -> dict[str, object]:
    """What a page says about the time: when it ends, and how much is left."""
    ends_at = attempt.ends_at if attempt.quiz.minutes is not None else None
    return {
        "ends_at": ends_at,
        "minutes_left": None if ends_at is None else rules.minutes_left(ends_at, now=now),
        "seconds_left": None if ends_at is None else max(0, int((ends_at - now).total_seconds())),
    }


@bp.get("/quiz-attempts/<int:attempt_id>")
@allow(SIGNED_IN)
def result(attempt_id: int) -> ResponseReturnValue:
    """The score, and what to read again. Which answers are right is not said: others are drawn the same questions."""
    now, viewer = clock.now(), current_person()
    attempt = queries.own_attempt(viewer, attempt_id)
    if attempt.is_open:
        if rules.has_ended(attempt.ends_at, now=now):
            return _marked(attempt, now)
        return redirect(url_for("quizzes.review", attempt_id=attempt_id))
    return render_template(
        "quizzes/result.html",
        attempt=attempt,
        earned=queries.earned_by(attempt, on=clock.today()),
        wrong=[answer for answer in attempt.answers if not answer.is_right],
        standing=queries.standing(attempt.booking, attempt.quiz, now=now),
    )


@bp.get("/quiz-attempts/<int:attempt_id>/answers")
@allow(*STAFF)
def answers(attempt_id: int) -> ResponseReturnValue:
    """All that a delegate chose, with what is right, for staff; of an attempt that is marked alone."""
    attempt = queries.attempt_for_staff(attempt_id)
    if attempt.is_open or attempt.person_id == current_person().id:
        abort(404)
    return render_template("quizzes/answers.html", attempt=attempt)


@bp.get("/registers/<int:training_session_id>/quizzes/<int:quiz_id>")
@allow(Role.TRAINER, *STAFF)
def session(training_session_id: int, quiz_id: int) -> ResponseReturnValue:
    """How far each delegate of a session is, with their scores and more time."""
    training_session = session_seen_by(current_person(), training_session_id)
    quiz = queries.quiz_of_session(training_session, quiz_id)
    return render_template(
        "quizzes/session.html",
        training_session=training_session,
        quiz=quiz,
        standings=queries.standings_in(training_session, quiz, now=clock.now()),
    )


@bp.route(
    "/registers/<int:training_session_id>/quizzes/<int:quiz_id>/delegates/<int:booking_id>/time",
    methods=["GET", "POST"],
)
@allow(Role.TRAINER, *STAFF)
def give_time(training_session_id: int, quiz_id: int, booking_id: int) -> ResponseReturnValue:
    """More time for one delegate. Why is not asked, and stands nowhere."""
    viewer = current_person()

    def found() -> tuple[Booking, Quiz]:
        training_session = session_seen_by(viewer, training_session_id)
        booking = queries.delegate_of(training_session, booking_id)
        return booking, queries.quiz_of_session(training_session, quiz_id)

    booking, quiz = found()
    if quiz.minutes is None or booking.person_id == viewer.id:
        abort(404)
    form = TimeForm.from_request(**time_given(queries.admission_of(booking, quiz)))
    if form.accepted():
        try:
            with transaction():
                booking, quiz = found()
                service.hold(quiz)
                form.settle_with(time_given(queries.admission_of(booking, quiz)))
                service.give_more_time(booking, quiz, **form.answers, by=viewer, now=clock.now())
        except (service.QuizRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            flash(f"The time of {booking.person.name} is saved", "success")
            return redirect(
                url_for("quizzes.session", training_session_id=training_session_id, quiz_id=quiz_id)
            )
    return render_template("quizzes/give_time.html", form=form, booking=booking, quiz=quiz)
