"""The list of all actions."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from sscb_training.case_audits.actions import queries
from sscb_training.case_audits.actions.forms import NOBODY, action_filters
from sscb_training.case_audits.models import ActionStatus
from sscb_training.case_audits.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import db
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.sheets import Cell, csv_answer, excel_answer
from sscb_training.courses.settings.queries import themes

ACTION_COLUMNS = (
    "Code", "Action", "Audit", "Title of the audit", "Answers", "Owner", "Due", "Status", "Overdue", "Completed on",
    "Evidence",
)  # fmt: skip


@bp.get("/actions")
@allow(*STAFF)
def actions() -> ResponseReturnValue:
    """Every action of published audits: whose, until when and how far."""
    every, today = themes(), clock.today()
    filters = action_filters(request.args, {theme.slug: theme.id for theme in every})
    found = queries.actions_found(filters, on=today)
    answer = {"csv": csv_answer, "xlsx": excel_answer}.get(request.args.get("format", ""))
    if answer:
        return answer(f"actions-{today.isoformat()}", ACTION_COLUMNS, _exported(found, today))
    return render_template(
        "case_audits/actions.html",
        page=page_of(found, page=page_asked_for()),
        counts=queries.action_counts(on=today),
        filters=filters,
        theme=next((theme for theme in every if theme.id == filters.theme_id), None),
        nobody=NOBODY,
        owners=[(owner, owner) for owner in queries.action_owners()],
        statuses=[(status.value, status.label) for status in ActionStatus],
        dues=[(due.value, due.label) for due in queries.Due],
        theme_choices=[(theme.slug, theme.name) for theme in every],
        today=today,
    )


def _exported(found: Select[Any], today: date) -> Iterator[list[Cell]]:
    for action in db.session.scalars(found):
        yield [
            action.code, action.text, action.case_audit.code, action.case_audit.title,
            ", ".join(finding.code for finding in action.findings), action.owner, action.due_on, action.status.label,
            action.is_overdue(today), action.completed_on, action.evidence,
        ]  # fmt: skip
