"""Pages of home: the training record, and the blueprint that `today` and `agency` join."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.external import queries as external
from sscb_training.accreditation.licence import queries as licence
from sscb_training.certificates import queries as certificates
from sscb_training.certificates.badges.queries import there_are_badges
from sscb_training.certificates.reissue import queries as reissue
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.evaluations import queries as evaluations
from sscb_training.home import queries
from sscb_training.people.signed_in import current_person
from sscb_training.tools.resources import queries as resources

bp = Blueprint("home", __name__)


@bp.get("/my-training-record")
@allow(SIGNED_IN)
def record() -> ResponseReturnValue:
    viewer, now = current_person(), clock.now()
    past = queries.past_bookings(viewer, now=now)
    held = accreditation.accreditations_of(viewer)
    coming = queries.coming_bookings(viewer, now=now)
    return render_template(
        "home/record.html",
        has_badges=there_are_badges(),
        today=clock.today(),
        tools=resources.open_to(viewer, on=clock.today()),
        accreditations=held,
        later=accreditation.later_schemes({one.scheme_id for one in held}),
        to_accept=licence.to_accept(viewer, on=clock.today()),
        externals=external.externals_of(viewer),
        past=past,
        scores=queries.scores(past),
        certificates=certificates.released(past, now=now),
        in_another_name=reissue.in_another_name(viewer, on=clock.today()),
        asked_for_new_name=reissue.open_request(viewer),
        evaluations=evaluations.to_send_in(viewer, now=now),
        places=[booking for booking in coming if booking.holds_a_place],
    )
