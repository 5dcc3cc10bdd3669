"""Pages of champions: the directory, an agency's own, and a champion's answer. Their endpoints are `tools.…`."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.queries import agency_seen_by
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.forms import also_offer
from sscb_training.core.roles import Role
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Membership
from sscb_training.people.signed_in import current_person
from sscb_training.tools import queries as tools
from sscb_training.tools.agreements.queries import agreements_of, how_agency_stands
from sscb_training.tools.champions import queries, service
from sscb_training.tools.champions.forms import AGREES, AnswerForm, NameForm, filters_from
from sscb_training.tools.resources.queries import entry
from sscb_training.tools.routes import bp
from sscb_training.tools.service import ToolRefused

FILES = {"csv": csv_answer, "xlsx": excel_answer}


@bp.get("/tools/<int:scheme_id>/champions")
@allow(SIGNED_IN)
def champions(scheme_id: int) -> ResponseReturnValue:
    """The directory, for whoever may use the tool, leads and staff; everybody else is told what they need."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    viewer, today = current_person(), clock.today()
    if not queries.may_see_directory(viewer, scheme, on=today):
        return render_template(
            "tools/closed.html",
            scheme=scheme,
            entry=entry(viewer, scheme, on=today),
            dates=tools.dates_leading_to(scheme, viewer, now=clock.now(), on=today),
        )
    filters = filters_from(request.args)
    found = queries.directory(scheme, filters, on=today)
    answer = FILES.get(request.args.get("format", ""))
    if answer and not viewer.is_board_staff:
        abort(404)
    if answer:
        return answer(f"champions-{scheme.code}", queries.EXPORTED, queries.exported(found, on=today))
    return render_template(
        "tools/champions.html",
        scheme=scheme,
        champions=found,
        filters=filters,
        agencies=queries.agencies_with_champions(scheme, on=today),
        own=tools.agencies_led_by(viewer),
        today=today,
    )


@bp.get("/tools/<int:scheme_id>/agencies/<int:agency_id>")
@allow(Role.AGENCY_LEAD, *STAFF)
def agency(scheme_id: int, agency_id: int) -> ResponseReturnValue:
    """One agency: whom it named, who of them is shown and why others are not, and its agreements."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    agency, today = agency_seen_by(current_person(), agency_id), clock.today()
    agreements = agreements_of(scheme, agency)
    named = queries.named_by(scheme, agency, on=today)
    return render_template(
        "tools/agency.html",
        scheme=scheme,
        agency=agency,
        setting=tools.setting(scheme),
        agreements=agreements,
        stands=how_agency_stands(agreements, on=today),
        named=[one for one in named if one.champion.ended_at is None],
        earlier=[one for one in named if one.champion.ended_at is not None],
        today=today,
    )


@bp.route("/tools/<int:scheme_id>/agencies/<int:agency_id>/name-champion", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def name_champion(scheme_id: int, agency_id: int) -> ResponseReturnValue:
    """Name somebody of the agency; they are asked by letter."""
    scheme, viewer, today = get_or_404(AccreditationScheme, scheme_id), current_person(), clock.today()
    agency = agency_seen_by(viewer, agency_id)
    jobs = {job.id: job for job in queries.can_be_named(scheme, agency, on=today)}
    form = NameForm.from_request(valid_from=today)
    also_offer(form.membership_id, {key: f"{job.person.name}, {job.job_title}" for key, job in jobs.items()})
    if form.accepted():
        job: Membership = jobs[form.membership_id.data]
        try:
            with transaction():
                service.name_champion(
                    scheme,
                    job,
                    valid_from=form.valid_from.data,
                    valid_to=form.valid_to.data,
                    by=viewer,
                    now=clock.now(),
                )
        except ToolRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"{job.person.name} is asked by letter, and shown once they have agreed", "success")
            return redirect(url_for("tools.agency", scheme_id=scheme.id, agency_id=agency.id))
    return render_template("tools/name_champion.html", form=form, scheme=scheme, agency=agency, jobs=jobs)


@bp.post("/tools/champions/<int:champion_id>/take-off")
@allow(Role.AGENCY_LEAD, *STAFF)
def take_off_champion(champion_id: int) -> ResponseReturnValue:
    """Name somebody no longer."""
    champion = queries.champion_of_agency(current_person(), champion_id)
    with transaction():
        service.take_off(champion, by=current_person(), now=clock.now())
    flash(f"{champion.membership.person.name} is taken off", "success")
    agency_id = champion.membership.agency_id
    return redirect(url_for("tools.agency", scheme_id=champion.scheme_id, agency_id=agency_id))


@bp.route("/champions/<int:champion_id>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def answer_as_champion(champion_id: int) -> ResponseReturnValue:
    """Agree to be shown, change what is shown, or step back; for the champion alone."""
    champion = queries.own_champion(current_person(), champion_id)
    form = AnswerForm.from_request(
        answer=AGREES if champion.agreed_at else None,
        job_title=champion.job_title or champion.membership.job_title,
        email=champion.email if champion.agreed_at else champion.membership.person.email,
        phone=champion.phone,
    )
    if champion.ended_at is None and form.accepted():
        try:
            with transaction():
                if form.agrees:
                    service.agree(champion, **form.shown, now=clock.now())
                else:
                    service.decline(champion, now=clock.now())
        except ToolRefused as refusal:
            form.refuse(refusal)
        else:
            words = "You are shown as a champion" if form.agrees else "You are not shown as a champion"
            flash(words, "success")
            return redirect(url_for("tools.answer_as_champion", champion_id=champion.id))
    return render_template(
        "tools/answer_as_champion.html",
        form=form,
        champion=champion,
        stand=queries.stand_of(champion, on=clock.today()),
    )
