"""The bookings that a figure counts: for board staff of everybody, for an agency's lead of its own people alone."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from sscb_training.bookings.models import Booking
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import rows as all_rows
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.roles import Role
from sscb_training.core.sheets import Cell
from sscb_training.core.times import london_date
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.people.models import Membership
from sscb_training.people.signed_in import current_person
from sscb_training.reports.routes import bp, file_asked_for, period_asked_for
from sscb_training.reports.use.queries import BEHIND, bookings_behind
from sscb_training.reports.use.routes import agencies_seen_by, filters_asked_for, people_in_words

COLUMNS = ("Date", "Course", "Name", "Agency", "Booked", "What became of it")
FIGURES = {
    "booked": "Booked",
    "cancelled": "Cancelled",
    "cancelled_late": "Cancelled late",
    "attended": "Attended",
    "unscheduled": "Attended without booking",
    "part_attended": "Part attended",
    "did_not_attend": "Did not attend",
    "excused": "Did not attend, excused",
    "came_as_booked": "Came as booked",
    "cancelled_by_board": "Cancelled by the board",
}
_IN_FULL = (
    joinedload(Booking.person),
    joinedload(Booking.membership).joinedload(Membership.agency),
    joinedload(Booking.training_session)
    .joinedload(TrainingSession.course_version)
    .joinedload(CourseVersion.course),
)


@bp.get("/reports/rows")
@allow(Role.AGENCY_LEAD, *STAFF)
def rows() -> ResponseReturnValue:
    """Each booking that ?figure= counts, in the period and of whom the address says."""
    figure = request.args.get("figure", "")
    if figure not in BEHIND:
        abort(404)
    viewer = current_person()
    agencies = agencies_seen_by(viewer)
    period = period_asked_for(clock.today())
    filters = filters_asked_for(period, agencies, of_everybody=viewer.is_board_staff)
    query = bookings_behind(figure, filters, now=clock.now()).options(*_IN_FULL)
    if not period.unread and request.args.get("format"):
        lines = (_line(booking) for booking in all_rows(query))
        if answer := file_asked_for(
            f"{figure.replace('_', '-')}-{period.begin}-to-{period.end}", COLUMNS, lines
        ):
            return answer
    return render_template(
        "reports/rows.html",
        figure=FIGURES[figure],
        period=period,
        filters=filters,
        whose=people_in_words(filters, agencies),
        page=page_of(query, page=page_asked_for()),
        of_everybody=viewer.is_board_staff,
    )


def _line(booking: Booking) -> tuple[Cell, ...]:
    held = booking.training_session
    return (
        london_date(held.starts_at),
        held.course_version.course.title,
        booking.person.name,
        booking.membership.agency.name if booking.membership else "",
        "No" if booking.unscheduled else "Yes",
        booking.outcome.label if booking.outcome else booking.status.label,
    )
