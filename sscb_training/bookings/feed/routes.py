"""The feed, and the page on which its person makes and removes its address."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings.feed import queries, service
from sscb_training.bookings.routes import bp
from sscb_training.bookings.service import calendar_text
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, SIGNED_IN, allow
from sscb_training.core.pages import public_link
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.get("/calendar/<token>.ics")
@allow(PUBLIC)
def calendar_feed(token: str) -> ResponseReturnValue:
    """For a calendar program, which cannot sign in: whoever has the address may read it."""
    person = queries.reader_of(token)
    bookings = queries.confirmed_bookings(person)
    feed = Response(
        calendar_text(bookings, person, method="PUBLISH", at=clock.now()), mimetype="text/calendar"
    )
    feed.headers["Cache-Control"] = "no-store"
    return feed


@bp.route("/my-bookings/calendar", methods=["GET", "POST"])
@allow(SIGNED_IN)
def calendar_address() -> ResponseReturnValue:
    """The new address is shown in the answer itself and kept nowhere, so that nobody finds it later."""
    person, address = current_person(), ""
    if request.method == "POST":
        with transaction():
            address = public_link(
                "bookings.calendar_feed", token=service.make_address(person, now=clock.now())
            )
    return render_template("bookings/calendar_address.html", feed=queries.feed_of(person), address=address)


@bp.post("/my-bookings/calendar/remove")
@allow(SIGNED_IN)
def remove_calendar_address() -> ResponseReturnValue:
    with transaction():
        service.remove_address(current_person(), now=clock.now())
    flash("The calendar address is removed. A calendar that reads it finds nothing any more.", "success")
    return redirect(url_for("bookings.calendar_address"))
