"""The page of one person; what is done there has its own pages in `people`."""

from flask import render_template
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.external.queries import externals_of
from sscb_training.bookings.queries import bookings_of_seen_by
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.timeline import events_about
from sscb_training.home.routes import bp
from sscb_training.imports.queries import earlier_training_of
from sscb_training.needs.proof.queries import accreditations_of_seen_by
from sscb_training.people import queries as people
from sscb_training.people.rules import may_give
from sscb_training.people.signed_in import current_person


@bp.get("/people/<int:person_id>")
@allow(SIGNED_IN)
def person(person_id: int) -> ResponseReturnValue:
    viewer, today, now = current_person(), clock.today(), clock.now()
    person = people.person_seen_by(viewer, person_id, on=today)
    memberships = people.every_membership_of(person)
    if not viewer.is_board_staff and viewer.id != person.id:
        memberships = [job for job in memberships if job.agency_id in viewer.leads_agency_ids]
    grants = people.every_grant_of(person)
    events = [*events_about(person), *events_about(*memberships), *events_about(*grants)]
    bookings = bookings_of_seen_by(viewer, person)
    coming = [booking for booking in bookings if booking.is_live and booking.training_session.ends_at > now]
    return render_template(
        "home/person.html",
        person=person,
        memberships=memberships,
        accreditations=accreditations_of_seen_by(viewer, person, on=today),
        externals=externals_of(person) if viewer.is_board_staff else [],
        earlier=earlier_training_of(person),
        coming=coming[::-1],
        past=[booking for booking in bookings if booking not in coming],
        grants=[grant for grant in grants if grant.ended_at is None],
        events=sorted(events, key=lambda event: event.at, reverse=True) if viewer.is_board_staff else [],
        may_give=lambda role: may_give(viewer.roles, role),
        tells_all=viewer.is_board_staff or viewer.id == person.id,
        today=today,
    )
