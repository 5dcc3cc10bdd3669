"""The page on which a re-assessment is entered."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.queries import attempts, standing_accreditation, terms_on
from sscb_training.accreditation.terms.queries import why_not_assessed
from sscb_training.attendance import queries as registers
from sscb_training.attendance.retakes import service
from sscb_training.attendance.retakes.forms import RetakeForm
from sscb_training.attendance.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.errors import Refused
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.route(
    "/registers/<int:training_session_id>/delegates/<int:booking_id>/assessments/<int:scheme_id>",
    methods=["GET", "POST"],
)
@allow(Role.TRAINER, *STAFF)
def retake(training_session_id: int, booking_id: int, scheme_id: int) -> ResponseReturnValue:
    training_session = registers.session_seen_by(current_person(), training_session_id)
    sheet = registers.sheet(training_session)
    booking = next((one for one in sheet.delegates if one.id == booking_id), None)
    scheme = next((one for one in sheet.assessed if one.id == scheme_id), None)
    if booking is None or scheme is None:
        abort(404)
    form = RetakeForm.from_request(assessed_on=clock.today())
    if form.accepted():
        try:
            with transaction():
                attempt = service.retake(
                    booking,
                    scheme,
                    percent=form.percent,
                    assessed_on=form.assessed_on.data,
                    by=current_person(),
                    now=clock.now(),
                )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            accredited = standing_accreditation(booking, scheme) is not None
            how = (
                "passed and is accredited" if accredited else "passed" if attempt.passed else "has not passed"
            )
            flash(f"{booking.person.name} {how}", "success")
            return redirect(url_for("attendance.take", training_session_id=training_session_id))
    made_up = sheet.made_up.get(booking.id, ())
    return render_template(
        "attendance/retake.html",
        form=form,
        training_session=training_session,
        booking=booking,
        scheme=scheme,
        terms=terms_on(scheme, clock.today()),
        obstacle=why_not_assessed(scheme, booking, on=clock.today(), together=sheet.together(booking)),
        attempts=[
            one
            for one in attempts([booking.id, *(made.id for made in made_up)])
            if one.scheme_id == scheme.id
        ],
    )
