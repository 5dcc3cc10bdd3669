"""A page on which somebody reads again what we wrote to them about a booking."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.routes import bp
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.mail import paragraphs, without_one_time_links
from sscb_training.people.signed_in import current_person

__all__ = ["bp"]


@bp.get("/bookings/<int:booking_id>/letters/<int:letter_id>")
@allow(SIGNED_IN)
def letter(booking_id: int, letter_id: int) -> ResponseReturnValue:
    """Whoever may know of the booking reads the letters about it that they may see; no other."""
    viewer = current_person()
    booking = bookings.booking_seen_by(viewer, booking_id)
    seen = {one.id: one for one in bookings.letters_seen_by(viewer, booking)}
    if letter_id not in seen:
        abort(404)
    return render_template(
        "bookings/letter.html",
        booking=booking,
        letter=seen[letter_id],
        text=paragraphs(without_one_time_links(seen[letter_id].body)),
    )
