"""The page of what was changed after closing, for the board's staff and the session's trainers."""

from flask import render_template
from flask.typing import ResponseReturnValue

from sscb_training.attendance import queries as registers
from sscb_training.attendance.changes import queries
from sscb_training.attendance.routes import bp
from sscb_training.core.access import STAFF, allow
from sscb_training.core.roles import Role
from sscb_training.people.signed_in import current_person


@bp.get("/registers/<int:training_session_id>/changes")
@allow(Role.TRAINER, *STAFF)
def changes(training_session_id: int) -> ResponseReturnValue:
    training_session = registers.session_seen_by(current_person(), training_session_id)
    return render_template(
        "attendance/changes.html",
        training_session=training_session,
        changes=queries.changes(training_session),
    )
