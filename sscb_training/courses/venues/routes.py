"""Staff pages of venues. Their endpoints are `courses.…`: to its users it is one place."""

from flask import render_template
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Venue
from sscb_training.courses.routes import bp, done
from sscb_training.courses.service import CourseRefused
from sscb_training.courses.venues import forms, queries, service
from sscb_training.people.signed_in import current_person


@bp.get("/manage/venues")
@allow(*STAFF)
def venues() -> ResponseReturnValue:
    """The venues in use, and those closed."""
    return render_template("courses/venues.html", venues=queries.venues(), closed=queries.venues(closed=True))


@bp.route("/manage/venues/new", methods=["GET", "POST"])
@allow(*STAFF)
def create_venue() -> ResponseReturnValue:
    """Add a venue."""
    form = forms.VenueForm.from_request()
    if form.accepted():
        try:
            with transaction():
                venue = service.add_venue(**form.answers, by=current_person(), now=clock.now())
        except CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            return done(f"{venue.name} is added", "courses.venues")
    return render_template("courses/create_venue.html", form=form)


@bp.route("/manage/venues/<int:venue_id>", methods=["GET", "POST"])
@allow(*STAFF)
def edit_venue(venue_id: int) -> ResponseReturnValue:
    """Correct what is known of a venue."""
    venue = get_or_404(Venue, venue_id)
    form = forms.VenueForm.from_request(**forms.details_of(venue))
    if form.accepted():
        try:
            with transaction():
                form.settle(venue, forms.details_of)
                service.change_venue(venue, **form.answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        except CourseRefused as refusal:
            form.refuse(refusal, "name")
        else:
            if queries.dates_too_large_for(venue, clock.now()):
                return done("The changes are saved", "courses.edit_venue", venue_id=venue.id)
            return done("The changes are saved", "courses.venues")
    return render_template(
        "courses/edit_venue.html",
        form=form,
        venue=venue,
        too_large=queries.dates_too_large_for(venue, clock.now()),
        events=events_about(venue),
    )


@bp.post("/manage/venues/<int:venue_id>/close")
@allow(*STAFF)
def close_venue(venue_id: int) -> ResponseReturnValue:
    """Offer a venue for no more dates."""
    venue = get_or_404(Venue, venue_id)
    with transaction():
        service.close_venue(venue, by=current_person(), now=clock.now())
    return done(f"{venue.name} is closed", "courses.venues")


@bp.post("/manage/venues/<int:venue_id>/reopen")
@allow(*STAFF)
def reopen_venue(venue_id: int) -> ResponseReturnValue:
    """Offer a venue again."""
    venue = get_or_404(Venue, venue_id)
    with transaction():
        service.reopen_venue(venue, by=current_person(), now=clock.now())
    return done(f"{venue.name} is open again", "courses.venues")
