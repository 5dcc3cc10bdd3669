"""Staff pages of quizzes and their banks. Their endpoints are `quizzes.…`: to its users it is one place."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import CourseVersion
from sscb_training.people.signed_in import current_person
from sscb_training.quizzes.bank import forms, queries, service
from sscb_training.quizzes.models import Opens, QuestionKind, Quiz
from sscb_training.quizzes.routes import bp
from sscb_training.quizzes.service import QuizRefused

FILES = {"csv": csv_answer, "xlsx": excel_answer}


@bp.get("/quizzes")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    return render_template("quizzes/index.html", listed=queries.quizzes())


@bp.route("/quizzes/add", methods=["GET", "POST"])
@allow(*STAFF)
def add() -> ResponseReturnValue:
    form = forms.AddQuizForm.from_request(draws=10, opens=Opens.ATTENDED.value, open_days=28, shuffled=True)
    if form.accepted():
        try:
            with transaction():
                quiz = service.add_quiz(
                    get_or_404(CourseVersion, form.version.data),
                    get_or_404(AccreditationScheme, form.scheme.data),
                    **form.answers,
                    by=current_person(),
                    now=clock.now(),
                )
        except QuizRefused as refusal:
            form.refuse(refusal)
        else:
            return _done(quiz, "The quiz is added. Write its questions, then publish it")
    return render_template("quizzes/add.html", form=form)


@bp.get("/quizzes/<int:quiz_id>")
@allow(*STAFF)
def bank(quiz_id: int) -> ResponseReturnValue:
    """The questions with what is right, and the settings."""
    quiz = queries.quiz_for_staff(quiz_id)
    return render_template(
        "quizzes/bank.html",
        quiz=quiz,
        in_use=[question for question in quiz.questions if question.retired_at is None],
        retired=[question for question in quiz.questions if question.retired_at is not None],
        can_copy=bool(queries.versions_to_copy_to(quiz)),
        events=events_about(quiz),
    )


@bp.route("/quizzes/<int:quiz_id>/settings", methods=["GET", "POST"])
@allow(*STAFF)
def change_settings(quiz_id: int) -> ResponseReturnValue:
    quiz = queries.quiz_for_staff(quiz_id)
    form = forms.SettingsForm.from_request(**_settings(quiz))
    if form.accepted():
        try:
            with transaction():
                form.settle(quiz, _settings)
                service.change_settings(quiz, **form.answers, by=current_person(), now=clock.now())
        except (QuizRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            return _done(quiz, "The settings are changed")
    return render_template("quizzes/change_settings.html", form=form, quiz=quiz)


def _settings(quiz: Quiz) -> dict[str, object]:
    return {
        "draws": quiz.draws,
        "minutes": quiz.minutes,
        "opens": quiz.opens.value,
        "open_days": quiz.open_days,
        "shuffled": quiz.shuffled,
    }


@bp.post("/quizzes/<int:quiz_id>/publish")
@allow(*STAFF)
def publish(quiz_id: int) -> ResponseReturnValue:
    with transaction():
        quiz = queries.quiz_for_staff(quiz_id)
        service.publish(quiz, by=current_person(), now=clock.now())
    return _done(quiz, "The quiz is published")


@bp.post("/quizzes/<int:quiz_id>/take-down")
@allow(*STAFF)
def take_down(quiz_id: int) -> ResponseReturnValue:
    with transaction():
        quiz = queries.quiz_for_staff(quiz_id)
        service.take_down(quiz, by=current_person(), now=clock.now())
    return _done(quiz, "The quiz is taken down. Whoever has begun can finish")


@bp.route("/quizzes/<int:quiz_id>/questions/add", methods=["GET", "POST"])
@allow(*STAFF)
def add_question(quiz_id: int) -> ResponseReturnValue:
    """A question of the kind that the address names."""
    quiz = queries.quiz_for_staff(quiz_id)
    wanted = request.args.get("kind", "")
    kind = QuestionKind(wanted) if wanted in tuple(QuestionKind) else QuestionKind.ONE
    form = forms.FORMS[kind].from_request()
    if form.accepted():
        with transaction():
            service.add_question(
                queries.quiz_for_staff(quiz_id), kind, **form.question, by=current_person(), now=clock.now()
            )
        return _done(quiz, "The question is added")
    return render_template("quizzes/add_question.html", form=form, quiz=quiz, kind=kind)


@bp.route("/quizzes/<int:quiz_id>/questions/<int:question_id>", methods=["GET", "POST"])
@allow(*STAFF)
def change_question(quiz_id: int, question_id: int) -> ResponseReturnValue:
    quiz = queries.quiz_for_staff(quiz_id)
    question = queries.question_of(quiz, question_id)
    form = forms.FORMS[question.kind].from_request(**forms.as_asked(question))
    if form.accepted():
        try:
            with transaction():
                form.settle(question, forms.as_asked)
                service.change_question(question, **form.question, by=current_person(), now=clock.now())
        except (QuizRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            return _done(quiz, "The question is changed")
    return render_template(
        "quizzes/change_question.html",
        form=form,
        quiz=quiz,
        question=question,
        was_drawn=queries.was_drawn(question),
    )


@bp.post("/quizzes/<int:quiz_id>/questions/<int:question_id>/retire")
@allow(*STAFF)
def retire_question(quiz_id: int, question_id: int) -> ResponseReturnValue:
    with transaction():
        quiz = queries.quiz_for_staff(quiz_id)
        service.retire(queries.question_of(quiz, question_id), by=current_person(), now=clock.now())
    return _done(quiz, "The question is retired")


@bp.route("/quizzes/<int:quiz_id>/copy", methods=["GET", "POST"])
@allow(*STAFF)
def copy(quiz_id: int) -> ResponseReturnValue:
    """The bank once more, for another version of the course."""
    quiz = queries.quiz_for_staff(quiz_id)
    form = forms.CopyForm.from_request()
    form.offer(queries.versions_to_copy_to(quiz))
    if form.accepted():
        try:
            with transaction():
                version = get_or_404(CourseVersion, form.version.data)
                copied = service.copy_to(
                    queries.quiz_for_staff(quiz_id), version, by=current_person(), now=clock.now()
                )
        except QuizRefused as refusal:
            form.refuse(refusal)
        else:
            return _done(copied, "The bank is copied. Look it over, then publish it")
    return render_template("quizzes/copy.html", form=form, quiz=quiz)


@bp.get("/quizzes/<int:quiz_id>/figures")
@allow(*STAFF)
def figures(quiz_id: int) -> ResponseReturnValue:
    """What became of each question, and the same as a file."""
    quiz = queries.quiz_for_staff(quiz_id)
    found = queries.figures(quiz)
    if (wanted := request.args.get("format", "")) in FILES:
        name = f"quiz-questions-{quiz.scheme.code}-version-{quiz.course_version.number}".lower()
        return FILES[wanted](name, queries.EXPORTED, queries.exported(found))
    return render_template("quizzes/figures.html", quiz=quiz, figures=found)


def _done(quiz: Quiz, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("quizzes.bank", quiz_id=quiz.id))
