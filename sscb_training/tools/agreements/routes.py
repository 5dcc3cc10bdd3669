"""Pages of agreements: how the agencies stand, and one agreement. Their endpoints are `tools.…`."""

from collections.abc import Iterator, Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.files import FileRefused, file_answer
from sscb_training.core.pages import page_asked_for, page_of_keys
from sscb_training.core.roles import Role
from sscb_training.core.sheets import Cell, csv_answer, excel_answer
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person
from sscb_training.tools import queries as tools
from sscb_training.tools.agreements import queries, service
from sscb_training.tools.agreements.forms import AgreementForm, NewAgreementForm, details_of
from sscb_training.tools.agreements.queries import AgencyLine
from sscb_training.tools.agreements.rules import AgreementState
from sscb_training.tools.routes import bp
from sscb_training.tools.service import ToolRefused

FILES = {"csv": csv_answer, "xlsx": excel_answer}


@bp.get("/tools/<int:scheme_id>/agreements")
@allow(*STAFF)
def agreements(scheme_id: int) -> ResponseReturnValue:
    """How each agency stands that has people accredited or an agreement."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    today, search, asked = (
        clock.today(),
        request.args.get("q", "").strip()[:100],
        request.args.get("state", ""),
    )
    state = AgreementState(asked) if asked in set(AgreementState) else None
    lines = queries.by_agency(scheme, on=today, search=search, state=state)
    if answer := FILES.get(request.args.get("format", "")):
        return answer(f"agreements-{scheme.code}", queries.EXPORTED, _exported(lines))
    everybody = queries.by_agency(scheme, on=today) if search or state else lines
    return render_template(
        "tools/agreements.html",
        scheme=scheme,
        setting=tools.setting(scheme),
        page=page_of_keys(
            range(len(lines)), lambda keys: [lines[key] for key in keys], page=page_asked_for()
        ),
        search=search,
        state=state,
        states=[(one.value, one.label) for one in AgreementState],
        gaps=sum(line.is_gap for line in everybody),
        lapsing=sum(line.stands.state is AgreementState.LAPSING for line in everybody),
        today=today,
    )


def _exported(lines: Sequence[AgencyLine]) -> Iterator[list[Cell]]:
    today = clock.today()
    for line in lines:
        one = line.agreement
        told = (one.reference, one.signed_by, one.responsible, one.responsible_email) if one else ("",) * 4
        until = one.valid_to if one else None
        yield [line.agency.name, line.accredited, line.stands.state.label, until, *told, today]


@bp.route("/tools/<int:scheme_id>/agreements/record", methods=["GET", "POST"])
@allow(*STAFF)
def record_agreement(scheme_id: int) -> ResponseReturnValue:
    """Record what an agency signed."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    form = NewAgreementForm.from_request(agency=request.args.get("agency"))
    if form.accepted():
        try:
            with transaction():
                agreement = service.record_agreement(
                    scheme, **form.answers, by=current_person(), now=clock.now()
                )
        except FileRefused as refusal:
            form.refuse(refusal, "file")
        except ToolRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"The agreement of {agreement.agency.name} is recorded", "success")
            return redirect(url_for("tools.agreements", scheme_id=scheme.id))
    return render_template("tools/record_agreement.html", form=form, scheme=scheme)


@bp.route("/tools/agreements/<int:agreement_id>", methods=["GET", "POST"])
@allow(*STAFF)
def change_agreement(agreement_id: int) -> ResponseReturnValue:
    """Correct an agreement, or say when it ends."""
    agreement = queries.agreement_seen_by(current_person(), agreement_id)
    form = AgreementForm.from_request(**details_of(agreement))
    if form.accepted():
        try:
            with transaction():
                form.settle(agreement, details_of)
                service.change_agreement(agreement, **form.answers, by=current_person(), now=clock.now())
        except FileRefused as refusal:
            form.refuse(refusal, "file")
        except (ToolRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            flash("The changes are saved", "success")
            return redirect(url_for("tools.agreements", scheme_id=agreement.scheme_id))
    return render_template(
        "tools/change_agreement.html", form=form, agreement=agreement, events=events_about(agreement)
    )


@bp.post("/tools/agreements/<int:agreement_id>/withdraw")
@allow(*STAFF)
def withdraw_agreement(agreement_id: int) -> ResponseReturnValue:
    """Take back an agreement that was recorded in error."""
    agreement = queries.agreement_seen_by(current_person(), agreement_id)
    with transaction():
        service.withdraw_agreement(agreement, by=current_person(), now=clock.now())
    flash(f"The agreement {agreement.reference} of {agreement.agency.name} is taken back", "success")
    return redirect(url_for("tools.agreements", scheme_id=agreement.scheme_id))


@bp.get("/tools/agreements/<int:agreement_id>/file")
@allow(Role.AGENCY_LEAD, *STAFF)
def agreement_file(agreement_id: int) -> ResponseReturnValue:
    """The signed agreement, for staff and the agency's leads."""
    agreement = queries.agreement_seen_by(current_person(), agreement_id)
    if agreement.file is None:
        abort(404)
    return file_answer(agreement.file)
