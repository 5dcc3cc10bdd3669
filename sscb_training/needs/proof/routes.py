"""Pages of what proves that a need is met: an accreditation, and a version of a course."""

from flask import render_template
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries as accreditations
from sscb_training.accreditation.external.queries import behind as external_behind
from sscb_training.accreditation.rules import period_on, unbroken_since
from sscb_training.case_audits import queries as audit_queries
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.pages import unread_days
from sscb_training.core.timeline import events_about
from sscb_training.courses.described.queries import is_used
from sscb_training.courses.described.rules import items
from sscb_training.courses.models import CourseVersion
from sscb_training.needs import queries as needs
from sscb_training.needs.proof import queries
from sscb_training.needs.routes import DAYS, bp, days_asked_for
from sscb_training.people.signed_in import current_person


@bp.get("/manage/versions/<int:version_id>")
@allow(*STAFF)
def version(version_id: int) -> ResponseReturnValue:
    """A version of a course: what it says, what it is taught with, and what of audits and needs it answers."""
    found = get_or_404(CourseVersion, version_id)
    return render_template(
        "needs/version.html",
        version=found,
        used=is_used(found),
        items=items,
        actions=audit_queries.actions_answered_by(found),
        needs=needs.needs_answered_by_version(found),
        waited_for=needs.waited_for(found),
        today=clock.today(),
    )


@bp.get("/accreditations/<int:accreditation_id>")
@allow(SIGNED_IN)
def accreditation(accreditation_id: int) -> ResponseReturnValue:
    """An accreditation: whose, since when, what it rests on, its history, and the needs and findings that it answers.

    It says first whether its holder is accredited at all, for another award in the scheme may count on the day.
    Board staff ask how it stood on any day, as far as was known on any other.
    """
    today, viewer = clock.today(), current_person()
    held = queries.accreditation_seen_by(viewer, accreditation_id, on=today)
    is_staff = viewer.is_board_staff
    days = days_asked_for() if is_staff else {"as_at": today, "known_on": today}
    recorded = {one.id: one for one in accreditations.recorded_of(held.person, held.scheme)}
    periods = accreditations.periods(recorded.values(), known_on=days["known_on"])
    period = period_on(periods, days["as_at"])
    latest = recorded[period.award] if period else None
    return render_template(
        "needs/accreditation.html",
        accreditation=held,
        attended=queries.training_behind(held),
        state=held.state(days["as_at"], known_on=days["known_on"]),
        periods=[(period, recorded[period.award]) for period in periods],
        counting=held if held.in_force(days["as_at"], known_on=days["known_on"]) else latest,
        unbroken_since=unbroken_since(periods, on=days["as_at"]),
        external=external_behind(held) if is_staff or held.person_id == viewer.id else None,
        reinstates=recorded.get(held.reinstates_id or 0),
        reinstated_by=next(
            (
                one
                for one in recorded.values()
                if one.reinstates_id == held.id and one.is_known(days["known_on"])
            ),
            None,
        ),
        revoked_on=held.known_revoked_on(days["known_on"]),
        events=events_about(*recorded.values()) if is_staff else [],
        unread=unread_days(DAYS) if is_staff else {},
        today=today,
        **days,
        needs=needs.needs_answered_by_accreditation(held),
        is_own=held.person_id == viewer.id,
    )
