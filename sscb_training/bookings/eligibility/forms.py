"""What staff are asked about a course's booking rules."""

from typing import Any, Self

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies import queries as agencies
from sscb_training.agencies.models import Sector, StaffGroup
from sscb_training.bookings.eligibility import queries
from sscb_training.bookings.eligibility.rules import WhoMayBook
from sscb_training.core import forms
from sscb_training.core.db import Row, db
from sscb_training.courses.models import ApprovalStyle, Course

NOBODY_LEFT_OUT = "Leave all empty when it is for everybody"


class RulesForm(forms.Form):
    """Who approves, who may book, what is needed first, how many from one agency."""

    approval = forms.radios(
        "Who approves a booking?",
        {style.value: style.label for style in ApprovalStyle},
        required="Select who approves a booking",
    )
    sectors = forms.checkboxes(
        "Only for these sectors (optional)",
        {sector.value: sector.label for sector in Sector},
        hint=NOBODY_LEFT_OUT,
    )
    staff_groups = forms.checkboxes(
        "Only for these staff groups (optional)",
        lambda: {group.id: group.name for group in agencies.staff_groups()},
        hint=NOBODY_LEFT_OUT,
    )
    attended = forms.checkboxes(
        "Courses that must be attended first (optional)", {}, hint="Each of them is needed"
    )
    schemes = forms.checkboxes(
        "Accreditations that must be in force on the day (optional)",
        lambda: {scheme.id: scheme.name for scheme in accreditation.schemes()},
        hint="Each of them is needed",
    )
    one_of_attended = forms.checkboxes(
        "Courses of which one is enough (optional)",
        {},
        hint="Whoever attended any of these, or has any of the accreditations below, may book",
    )
    one_of_schemes = forms.checkboxes(
        "Accreditations of which one is enough (optional)",
        lambda: {scheme.id: scheme.name for scheme in accreditation.schemes()},
        hint="In force on the day. They count together with the courses above",
    )
    most_per_agency = forms.whole_number(
        "Most places for one agency (optional)",
        hint="New dates begin with it. Dates that are there keep theirs",
        least=1,
        most=1000,
        name="Most places for one agency",
    )
    make_up_months = forms.whole_number(
        "Months within which a missed part can be made up",
        required="Enter the number of months",
        hint="Later, you can still book it with a reason",
        least=1,
        most=60,
    )

    @classmethod
    def about(cls, course: Course, who: WhoMayBook) -> Self:
        """The form with what the course asks now."""
        form = cls.from_request(
            approval=course.approval.value,
            sectors=[sector.value for sector in who.sectors],
            staff_groups=[group.id for group in who.staff_groups],
            attended=[other.id for other in who.attended],
            schemes=[scheme.id for scheme in who.schemes],
            one_of_attended=[other.id for other in who.one_of_attended],
            one_of_schemes=[scheme.id for scheme in who.one_of_schemes],
            most_per_agency=course.most_per_agency,
            make_up_months=course.make_up_months,
        )
        others = {other.id: other.title for other in queries.courses_to_need(course)}
        forms.also_offer(form.attended, others)
        forms.also_offer(form.one_of_attended, others)
        return form

    @property
    def answers(self) -> dict[str, Any]:
        return {
            "approval": ApprovalStyle(self.approval.data),
            "sectors": [Sector(sector) for sector in self.sectors.data or ()],
            "staff_groups": _chosen(StaffGroup, self.staff_groups),
            "attended": _chosen(Course, self.attended),
            "schemes": _chosen(AccreditationScheme, self.schemes),
            "one_of_attended": _chosen(Course, self.one_of_attended),
            "one_of_schemes": _chosen(AccreditationScheme, self.one_of_schemes),
            "most_per_agency": self.most_per_agency.data,
            "make_up_months": self.make_up_months.data,
        }


def _chosen(model: type[Row], field: Any) -> list[Row]:
    return [db.session.get_one(model, key) for key in field.data or ()]
