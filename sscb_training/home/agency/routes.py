"""A lead's own agency. What belongs to another is not there (promise P8)."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries as accreditation
from sscb_training.agencies import queries as agencies
from sscb_training.agencies.models import Agency
from sscb_training.core import clock
from sscb_training.core.access import allow
from sscb_training.core.db import rows
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.roles import Role
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.home.agency import queries
from sscb_training.home.agency.forms import filters_from
from sscb_training.home.routes import bp
from sscb_training.home.rules import Standing
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person

FILES = {"csv": csv_answer, "xlsx": excel_answer}


@bp.get("/my-agency")
@allow(Role.AGENCY_LEAD)
def agency() -> ResponseReturnValue:
    today = clock.today()
    chosen, led = _agencies(current_person())
    schemes = accreditation.schemes()
    filters = filters_from(request.args, scheme_id=schemes[0].id if schemes else None)
    jobs = queries.jobs_at(chosen, filters, on=today)
    if answer := FILES.get(request.args.get("format", "")):
        everybody = queries.workers(rows(jobs), now=clock.now(), on=today)
        return answer("my-agency", queries.headings(schemes), queries.exported(everybody, schemes, on=today))
    page = page_of(jobs, page=page_asked_for())
    return render_template(
        "home/agency.html",
        agency=chosen,
        led=led,
        today=today,
        filters=filters,
        schemes=schemes,
        choices={
            "groups": {group.id: group.name for group in agencies.staff_groups()},
            "schemes": {scheme.id: scheme.name for scheme in schemes},
            "standings": {standing.value: standing.label for standing in Standing},
        },
        page=page,
        workers=queries.workers(page.items, now=clock.now(), on=today),
    )


def _agencies(lead: Person) -> tuple[Agency, list[Agency]]:
    """The agency of the address, or the first that the viewer leads; 404 for any other."""
    led = queries.agencies_led_by(lead)
    asked = request.args.get("agency")
    chosen = next((agency for agency in led if asked is None or str(agency.id) == asked), None)
    if chosen is None:
        abort(404)
    return chosen, list(led)
