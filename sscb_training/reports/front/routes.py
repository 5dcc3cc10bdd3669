"""The home of the reports."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core.access import STAFF, allow
from sscb_training.people.signed_in import current_person
from sscb_training.reports.board.queries import copies_seen_by
from sscb_training.reports.routes import bp
from sscb_training.reports.schedules.queries import schedules_seen_by

LAST_COPIES = 5
ANSWERS = (
    (
        "reports.board",
        "The board’s report",
        "Everything below on one page, for any period, with what changed since the last one.",
    ),
    (
        "reports.dashboard",
        "Dashboard",
        "Six questions that board members ask, with a picture each, for a meeting’s screen.",
    ),
    ("reports.coverage", "Coverage", "Who needs what, who holds it, and where the gap is."),
    (
        "reports.use",
        "Use of training",
        "What became of the places: attended, cancelled, did not come, by course and agency.",
    ),
    (
        "evaluations.results",
        "Evaluations",
        "How confidence changed, and what people did with it 3 months later.",
    ),
    (
        "evaluations.first_use_results",
        "First use",
        "Whether people use the tool that they are accredited in.",
    ),
    (
        "reports.lapses",
        "Lapses",
        "What runs out in the next 24 months, and the places that renewing it needs.",
    ),
    ("trainers.ledger", "Trainer days", "Which agencies lend trainers, and what that earned them."),
    ("bookings.charges", "Charges", "What is to be charged for late cancellations and absences."),
)


@bp.get("/reports")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """What each report answers, with the newest frozen copies and the schedules."""
    viewer = current_person()
    return render_template(
        "reports/index.html",
        copies=copies_seen_by(viewer, most=LAST_COPIES),
        schedules=schedules_seen_by(viewer),
        answers=[(url_for(endpoint), name, answers) for endpoint, name, answers in ANSWERS],
    )
