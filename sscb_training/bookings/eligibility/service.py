"""What sets a course's booking rules."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Sector, StaffGroup
from sscb_training.bookings.eligibility import queries, rules
from sscb_training.bookings.eligibility.models import BookingRule
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.courses.models import ApprovalStyle, Course
from sscb_training.people.models import Person


def set_rules(
    course: Course,
    *,
    approval: ApprovalStyle,
    sectors: Sequence[Sector],
    staff_groups: Sequence[StaffGroup],
    attended: Sequence[Course],
    schemes: Sequence[AccreditationScheme],
    one_of_attended: Sequence[Course] = (),
    one_of_schemes: Sequence[AccreditationScheme] = (),
    most_per_agency: int | None,
    make_up_months: int | None = None,
    by: Person | None,
    now: datetime,
) -> None:
    """State who approves, who may book and how many from one agency. It holds for bookings made from now on.

    `most_per_agency` is what new dates begin with; dates that are there keep theirs. A missed part can be made up within
    `make_up_months`; without a number that stays as it is.
    """
    lock(course)
    changes = history.amend(
        course,
        approval=approval,
        most_per_agency=most_per_agency,
        make_up_months=course.make_up_months if make_up_months is None else make_up_months,
    )
    stated = [
        *(BookingRule(course_id=course.id, sector=sector) for sector in sectors),
        *(BookingRule(course_id=course.id, staff_group=group) for group in staff_groups),
        *(BookingRule(course_id=course.id, attended_course=other) for other in attended),
        *(BookingRule(course_id=course.id, scheme=scheme) for scheme in schemes),
        *(BookingRule(course_id=course.id, attended_course=other, one_of=True) for other in one_of_attended),
        *(BookingRule(course_id=course.id, scheme=scheme, one_of=True) for scheme in one_of_schemes),
    ]
    before = dict(queries.who_may_book(course).in_words)
    db.session.execute(delete(BookingRule).where(BookingRule.course_id == course.id))
    db.session.add_all(stated)
    course.has_booking_rules = bool(stated)
    db.session.flush()
    if not rules.can_be_booked(course.id, queries.needed_first()):
        raise BookingRefused(
            "One of these courses needs this one first, so nobody could ever book either. Leave it out."
        )
    after = dict(queries.who_may_book(course).in_words)
    changes |= {fact: [before[fact], after[fact]] for fact in after if before[fact] != after[fact]}
    if changes:
        history.record("changed the booking rules", course, by=by, at=now, **changes)
