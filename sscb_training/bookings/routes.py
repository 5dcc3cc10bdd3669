"""Pages of bookings."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.people.signed_in import current_person

bp = Blueprint("bookings", __name__)


@bp.get("/bookings/<int:booking_id>")
@allow(SIGNED_IN)
def show(booking_id: int) -> ResponseReturnValue:
    queries.booking_seen_by(current_person(), booking_id)
    abort(404)
