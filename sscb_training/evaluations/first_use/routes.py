"""The page on which a holder or a manager says whether a tool is used, and what staff read of it."""

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.core import clock, sheets
from sscb_training.core.access import PUBLIC, STAFF, allow
from sscb_training.core.signing import unsigned
from sscb_training.core.transaction import transaction
from sscb_training.evaluations.first_use import queries, rules, service
from sscb_training.evaluations.first_use.forms import form_for
from sscb_training.evaluations.first_use.models import Answer
from sscb_training.evaluations.first_use.service import FirstUseRefused
from sscb_training.evaluations.models import Obstacle
from sscb_training.evaluations.routes import bp
from sscb_training.evaluations.rules import first_name
from sscb_training.people.signed_in import current_person_or_none

FILES = {"csv": sheets.csv_answer, "xlsx": sheets.excel_answer}
COLUMNS = ("Accreditation", "Asked", "Letters", "Answered", "Said", "Number")


@bp.route("/first-use/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def first_use(token: str) -> ResponseReturnValue:
    """By whoever holds the link of the letter; once answered, thanks and nothing of what was said."""
    first_use_id = unsigned(queries.SIGNED_FOR, token)
    if not isinstance(first_use_id, int):
        abort(404)
    question, now = queries.question_of_link(first_use_id), clock.now()
    form = form_for(question.asked).from_request()
    is_over = question.answered_at is None and now >= rules.closes_at(question.asked_at)
    if question.answered_at is None and not is_over and form.accepted():
        obstacle = form.obstacle.data
        try:
            with transaction():
                service.answer(
                    queries.question_of_link(first_use_id),
                    used=Answer(form.used.data),
                    obstacle=Obstacle(obstacle) if obstacle else None,
                    by=current_person_or_none(),
                    now=now,
                )
        except FirstUseRefused as refusal:
            form.refuse(refusal)
        else:
            return redirect(request.path)
    return render_template(
        "evaluations/first_use.html",
        form=form,
        question=question,
        first_name=first_name(question.accreditation.person.name),
        is_answered=question.answered_at is not None,
        is_over=is_over,
        closes_at=rules.closes_at(question.asked_at),
    )


@bp.get("/reports/first-use")
@allow(*STAFF)
def first_use_results() -> ResponseReturnValue:
    """Figures by scheme, of holders and of managers; too few answers are not shown."""
    found = queries.figures()
    if answer := FILES.get(request.args.get("format", "")):
        return answer("first-use", COLUMNS, [line for one in found for line in _lines(one)])
    return render_template("evaluations/first_use_results.html", figures=found, fewest=rules.FEWEST)


def _lines(one: queries.Figures) -> list[list[sheets.Cell]]:
    head: list[sheets.Cell] = [one.scheme, one.by.label, one.asked, one.answered]
    if not one.is_shown:
        return [[*head, "Too few", None]]
    return [
        [*head, "Used it", one.used],
        *([*head, obstacle.label, number] for obstacle, number in one.obstacles),
    ]
