"""The page that the box in the header leads to."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.forms import tidy
from sscb_training.core.roles import Role
from sscb_training.people.signed_in import current_person
from sscb_training.search import queries

bp = Blueprint("search", __name__)
LONGEST = 100


@bp.get("/search")
@allow(Role.AGENCY_LEAD, *STAFF)
def index() -> ResponseReturnValue:
    """All kinds on one page, each with how many there are."""
    viewer = current_person()
    search = str(tidy(request.args.get("find", "")))[:LONGEST]
    if not search:
        return render_template("search/index.html", search=search, found={})
    return render_template(
        "search/index.html",
        search=search,
        found={
            "people": queries.people(viewer, search, on=clock.today()),
            "bookings": queries.bookings(viewer, search),
            "sessions": queries.training_sessions(viewer, search, now=clock.now()),
            "courses": queries.courses(viewer, search),
        },
    )
