"""What delegates and managers said, for board staff; of their own sessions, for trainers. Never of one person."""

from collections.abc import Iterator
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from sscb_training.agencies.models import Agency
from sscb_training.attendance.queries import session_seen_by
from sscb_training.core import clock, sheets
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import rows
from sscb_training.core.pages import day_asked_for, row_asked_for, unread_days
from sscb_training.core.roles import Role
from sscb_training.courses.described.queries import course_or_404
from sscb_training.courses.models import Course
from sscb_training.evaluations.models import Stage
from sscb_training.evaluations.results import queries, rules
from sscb_training.evaluations.results.confidence import By, Scope, change_in_confidence
from sscb_training.evaluations.results.queries import Response, Results
from sscb_training.evaluations.results.rules import Change
from sscb_training.evaluations.routes import bp
from sscb_training.evaluations.rules import HIGHEST, LOWEST
from sscb_training.people.signed_in import current_person

DAYS = {"from": "Dates from", "to": "Dates to"}
COURSE_COLUMNS = (
    "Course", "Title", "Sent in before", "Asked before", "Sent in after", "Asked after", "Sent in follow-up",
    "Asked follow-up", "Pairs", "Confidence before", "Confidence after", "Change", "95% from", "95% to", "From", "To",
)  # fmt: skip
AGENCY_COLUMNS = (
    "Agency", "Pairs", "Confidence before", "Confidence after", "Change", "95% from", "95% to", "From", "To",
)  # fmt: skip
RESULT_COLUMNS = (
    "Stage",
    "Question",
    "Answer",
    "People",
    "Before",
    "After",
    "Mean or change",
    "95% from",
    "95% to",
)


@bp.get("/evaluations")
@allow(*STAFF)
def results() -> ResponseReturnValue:
    """How confidence changed, by course, in a period."""
    begin, end, unread = _period()
    scope = Scope(begin, end)
    found, changes = queries.responses(scope), change_in_confidence(scope)
    keys = {course_id for course_id, _ in found}
    courses = rows(select(Course).where(Course.id.in_(keys)).order_by(Course.title, Course.id))
    lines = [
        (
            course,
            {stage: found.get((course.id, stage), Response()) for stage in Stage},
            changes.by.get(course.id),
        )
        for course in courses
    ]
    quarters = rules.whole_quarters(begin, end)
    agencies = _by_agency(quarters) if quarters else []
    if (wanted := request.args.get("format")) in {"csv", "xlsx"} and not unread:
        answer = sheets.csv_answer if wanted == "csv" else sheets.excel_answer
        if quarters and request.args.get("of") == "agencies":
            by_agency = ([name, *_figures(change), *quarters] for name, change in agencies)
            return answer(f"confidence-by-agency-{quarters[0]}-to-{quarters[1]}", AGENCY_COLUMNS, by_agency)
        table = (
            [
                course.code, course.title, *_counts(response), *_figures(change), begin, end,
            ]
            for course, response, change in lines
        )  # fmt: skip
        return answer(f"evaluations-{begin}-to-{end}", COURSE_COLUMNS, table)
    return render_template(
        "evaluations/results.html",
        lines=lines,
        changes=changes,
        quarters=quarters,
        agencies=agencies,
        begin=begin,
        end=end,
        unread=unread,
        fewest=rules.FEWEST,
        scale=(LOWEST, HIGHEST),
    )


def _by_agency(quarters: tuple[date, date]) -> list[tuple[str, Change]]:
    """The change in each agency that may be shown by itself, by name, and at last that of the others together."""
    found = change_in_confidence(Scope(*quarters), by=By.AGENCY).by
    agencies = rows(select(Agency).where(Agency.id.in_(found)).order_by(Agency.name, Agency.id))
    others = [("Other agencies together", found[None])] if None in found else []
    return [*((agency.name, found[agency.id]) for agency in agencies), *others]


@bp.get("/evaluations/courses/<int:course_id>")
@allow(*STAFF)
def course(course_id: int) -> ResponseReturnValue:
    """All that was said of a course, or of one version of it, in a period."""
    course = course_or_404(course_id)
    begin, end, unread = _period()
    version = next((one for one in course.versions if one.id == row_asked_for("version")), None)
    scope = Scope(begin, end, course_id=course_id, version_id=version.id if version else None)
    found = queries.results(scope, with_words=True)
    if (wanted := request.args.get("format")) in {"csv", "xlsx"} and not unread:
        return _as_file(found, f"evaluation-{course.code.lower()}-{begin}-to-{end}", wanted or "")
    return render_template(
        "evaluations/course.html",
        course=course,
        version=version,
        results=found,
        sessions=queries.sessions_evaluated(scope),
        by_session=change_in_confidence(scope, by=By.SESSION).by,
        begin=begin,
        end=end,
        unread=unread,
        fewest=rules.FEWEST,
        scale=(LOWEST, HIGHEST),
    )


@bp.get("/evaluations/sessions/<int:training_session_id>")
@allow(Role.TRAINER, *STAFF)
def session(training_session_id: int) -> ResponseReturnValue:
    """What was said of one session. A trainer sees the figures of their own, and no free words."""
    viewer = current_person()
    training_session = session_seen_by(viewer, training_session_id)
    found = queries.results(Scope(session_id=training_session.id), with_words=viewer.is_board_staff)
    if (wanted := request.args.get("format")) in {"csv", "xlsx"}:
        return _as_file(found, f"evaluation-session-{training_session.id}", wanted or "")
    return render_template(
        "evaluations/session.html",
        training_session=training_session,
        results=found,
        for_staff=viewer.is_board_staff,
        fewest=rules.FEWEST,
        scale=(LOWEST, HIGHEST),
    )


def _period() -> tuple[date, date, dict[str, str]]:
    """The year until today unless the address says otherwise, and what of it could not be read."""
    today = clock.today()
    return (
        day_asked_for("from", today - timedelta(days=364)),
        day_asked_for("to", today),
        unread_days(DAYS),
    )


def _counts(response: dict[Stage, Response]) -> Iterator[sheets.Cell]:
    for stage in (Stage.PRE, Stage.POST, Stage.FOLLOW_UP):
        yield from (response[stage].sent_in, response[stage].asked)


def _figures(change: Change | None) -> list[sheets.Cell]:
    if change is None:
        return ["Too few", *[None] * 5]
    figures = (change.before, change.after, change.difference, change.low, change.high)
    return [change.pairs, *(round(figure, 2) for figure in figures)]


def _as_file(found: Results, name: str, wanted: str) -> ResponseReturnValue:
    answer = sheets.csv_answer if wanted == "csv" else sheets.excel_answer
    return answer(name, RESULT_COLUMNS, _lines(found))


def _lines(found: Results) -> Iterator[list[sheets.Cell]]:
    """What the page shows, a line each: no more than it."""
    pairs, later = "Before and after", "After and follow-up"
    for outcome, change in (*found.outcomes, ("All outcomes", found.change.overall)):
        yield [pairs, "Confidence", outcome, *_figures(change)]
    lasting = _figures(found.lasting.overall)
    yield [later, "Confidence", "All outcomes", lasting[0], None, None, *lasting[3:]]
    for stage, said in found.said.items():
        for statement, mean in said.means:
            yield [stage.label, "Agreement", statement, said.people, None, None, round(mean, 2), None, None]
        for question, shares in said.choices:
            for share in shares:
                yield [stage.label, question, share.label, share.people, *[None] * 5]
