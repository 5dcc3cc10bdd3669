"""The page that lists registers."""

from flask import render_template
from flask.typing import ResponseReturnValue

from sscb_training.attendance import rules
from sscb_training.attendance.listed import queries
from sscb_training.attendance.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.roles import Role
from sscb_training.people.signed_in import current_person


@bp.get("/registers")
@allow(Role.TRAINER, *STAFF)
def index() -> ResponseReturnValue:
    found = queries.registers_seen_by(current_person(), now=clock.now())
    page = page_of(found, page=page_asked_for(), scalars=False)
    lines = queries.register_lines(page.items, today=clock.today())
    return render_template(
        "attendance/index.html", page=page, turns=queries.by_turn(lines), part_name=rules.part_name
    )
