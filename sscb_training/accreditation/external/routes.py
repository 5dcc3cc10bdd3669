"""Pages about what people hold from elsewhere. Their endpoints are `accreditation.…`: to its users it is one place."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from sscb_training.accreditation import rules
from sscb_training.accreditation.external import queries, service
from sscb_training.accreditation.external.forms import AcceptForm, DeclineForm, RecordExternalForm
from sscb_training.accreditation.external.models import ExternalAccreditation, ExternalStatus
from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.accreditation.queries import terms_on
from sscb_training.accreditation.routes import bp
from sscb_training.accreditation.service import AccreditationRefused
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.errors import Refused
from sscb_training.core.files import FileRefused, file_answer, uploaded
from sscb_training.core.forms import Form
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.timeline import events_about
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.people.queries import person_seen_by
from sscb_training.people.signed_in import current_person

BY_TERMS, AS_STATED = "terms", "stated"


@bp.get("/external-accreditations")
@allow(*STAFF)
def externals() -> ResponseReturnValue:
    asked = request.args.get("state", "")
    status = ExternalStatus(asked) if asked in set(ExternalStatus) else None
    return render_template(
        "accreditation/externals.html",
        page=page_of(queries.externals(status), page=page_asked_for()),
        status=status,
        statuses=[(one.value, one.label) for one in ExternalStatus],
    )


@bp.route("/external-accreditations/record", methods=["GET", "POST"])
@allow(SIGNED_IN)
def record_external() -> ResponseReturnValue:
    return _record(current_person())


@bp.route("/people/<int:person_id>/external-accreditations/record", methods=["GET", "POST"])
@allow(*STAFF)
def record_external_for(person_id: int) -> ResponseReturnValue:
    return _record(person_seen_by(current_person(), person_id))


def _record(person: Person) -> ResponseReturnValue:
    form, viewer = RecordExternalForm.from_request(), current_person()
    if form.accepted():
        given = form.answers
        try:
            with transaction():
                external = service.record_external(
                    person,
                    get_or_404(AccreditationScheme, given["scheme"]),
                    area=given["area"],
                    awarded_on=given["awarded_on"],
                    expires_on=given["expires_on"],
                    evidence=uploaded(form.evidence) or ("", b""),
                    by=viewer,
                    now=clock.now(),
                )
        except FileRefused as refusal:
            form.refuse(refusal, "evidence")
        except AccreditationRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The accreditation is recorded and waits for the board’s decision", "success")
            return redirect(url_for("accreditation.external", external_id=external.id))
    return render_template(
        "accreditation/record_external.html", form=form, person=person, is_own=person.id == viewer.id
    )


@bp.get("/external-accreditations/<int:external_id>")
@allow(SIGNED_IN)
def external(external_id: int) -> ResponseReturnValue:
    viewer = current_person()
    found = queries.external_seen_by(viewer, external_id)
    return render_template(
        "accreditation/external.html",
        external=found,
        is_own=found.person_id == viewer.id,
        may_withdraw=found.is_waiting and viewer.id in (found.person_id, found.stated_by_id),
        may_decide=found.is_waiting and viewer.is_board_staff and viewer.id != found.person_id,
        events=events_about(found) if viewer.is_board_staff else [],
    )


@bp.get("/external-accreditations/<int:external_id>/evidence")
@allow(SIGNED_IN)
def external_evidence(external_id: int) -> ResponseReturnValue:
    """The file, for the person and board staff only, to keep and never to run as a page."""
    return file_answer(queries.external_seen_by(current_person(), external_id).evidence)


@bp.route("/external-accreditations/<int:external_id>/accept", methods=["GET", "POST"])
@allow(*STAFF)
def accept_external(external_id: int) -> ResponseReturnValue:
    found = queries.external_seen_by(current_person(), external_id)
    ends, sooner = _ends(found)
    form = AcceptForm.from_request(until=sooner)
    form.until.choices = [SelectChoice(value, label) for value, label in ends.items()]

    def accept() -> str:
        given = form.answers
        service.accept(
            found,
            as_stated=given["until"] == AS_STATED,
            reason=given["reason"],
            by=current_person(),
            now=clock.now(),
        )
        return f"The accreditation of {found.person.name} is accepted"

    return _decided(form, found, accept) or render_template(
        "accreditation/accept_external.html", form=form, external=found
    )


def _ends(external: ExternalAccreditation) -> tuple[dict[str, str], str]:
    """Until when it can count, and which of these is the sooner."""
    months = terms_on(external.scheme, external.awarded_on).valid_months
    by_terms = rules.expires_on(external.awarded_on, valid_months=months)
    ends = {
        BY_TERMS: f"Until {plain_date(by_terms)}, by this board’s terms"
        if by_terms
        else "Without an end, by this board’s terms"
    }
    if external.expires_on is None:
        return ends, BY_TERMS
    ends[AS_STATED] = f"Until {plain_date(external.expires_on)}, as the other area stated"
    return ends, BY_TERMS if by_terms and by_terms <= external.expires_on else AS_STATED


@bp.route("/external-accreditations/<int:external_id>/decline", methods=["GET", "POST"])
@allow(*STAFF)
def decline_external(external_id: int) -> ResponseReturnValue:
    found = queries.external_seen_by(current_person(), external_id)
    form = DeclineForm.from_request()

    def decline() -> str:
        service.decline(found, by=current_person(), now=clock.now(), **form.answers)
        return f"The accreditation of {found.person.name} is declined"

    return _decided(form, found, decline) or render_template(
        "accreditation/decline_external.html", form=form, external=found
    )


@bp.route("/external-accreditations/<int:external_id>/withdraw", methods=["GET", "POST"])
@allow(SIGNED_IN)
def withdraw_external(external_id: int) -> ResponseReturnValue:
    found = queries.external_seen_by(current_person(), external_id)
    form = Form.from_request()

    def withdraw() -> str:
        service.withdraw_external(found, by=current_person(), now=clock.now())
        return "The accreditation is withdrawn"

    return _decided(form, found, withdraw) or render_template(
        "accreditation/withdraw_external.html", form=form, external=found
    )


def _decided(form: Form, external: ExternalAccreditation, decide: Any) -> ResponseReturnValue | None:
    """Do what the form asks, if it is sent, and go back to the page; nothing while there is something to show."""
    if not form.accepted():
        return None
    try:
        with transaction():
            done = decide()
    except Refused as refusal:
        form.refuse(refusal)
        return None
    flash(done, "success")
    return redirect(url_for("accreditation.external", external_id=external.id))
