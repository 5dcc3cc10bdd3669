"""Pages on which board staff, and in one thing agency leads, look after people."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency
from sscb_training.agencies.queries import current_agencies
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.errors import Refused
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people import queries, service
from sscb_training.people.accounts import service as accounts
from sscb_training.people.forms import InviteForm, LastDayForm, LettersToForm, RoleForm
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person

bp = Blueprint("people", __name__)


@bp.get("/people")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    search, agency, role = (request.args.get(name, "").strip() for name in ("q", "agency", "role"))
    agencies = current_agencies(clock.today())
    query = queries.people_found(
        search=search[:100],
        agency_id=int(agency) if agency in {str(known.id) for known in agencies} else None,
        role=Role(role) if role in set(Role) else None,
        on=clock.today(),
    )
    return render_template(
        "people/index.html",
        page=page_of(query, page=page_asked_for()),
        today=clock.today(),
        agencies={str(known.id): known.name for known in agencies},
        roles={known.value: known.label for known in Role},
        asked={"q": search, "agency": agency, "role": role},
    )


@bp.route("/people/invite", methods=["GET", "POST"])
@allow(*STAFF)
def invite() -> ResponseReturnValue:
    form = InviteForm.from_request()
    form.offer(current_person().roles)
    if form.accepted():
        try:
            agency = _agency(form)
            with transaction():
                person = accounts.invite(
                    **form.answers | {"agency": agency}, by=current_person(), now=clock.now()
                )
        except Refused as refusal:
            form.refuse(refusal, _about(refusal))
        else:
            flash(f"We have written to {person.name}", "success")
            return redirect(url_for("home.person", person_id=person.id))
    return render_template("people/invite.html", form=form)


@bp.post("/people/<int:person_id>/invite-again")
@allow(*STAFF)
def invite_again(person_id: int) -> ResponseReturnValue:
    person = get_or_404(Person, person_id)
    with transaction():
        accounts.invite_again(person, by=current_person(), now=clock.now())
    return _done(person, "We have sent a new invitation. The one before no longer works")


@bp.route("/people/<int:person_id>/roles/add", methods=["GET", "POST"])
@allow(*STAFF)
def grant_role(person_id: int) -> ResponseReturnValue:
    person = get_or_404(Person, person_id)
    form = RoleForm.from_request()
    form.offer(current_person().roles)
    if form.accepted():
        try:
            agency = _agency(form)
            with transaction():
                service.grant_role(
                    person, form.answers["role"], agency=agency, by=current_person(), now=clock.now()
                )
        except Refused as refusal:
            form.refuse(refusal, _about(refusal))
        else:
            return _done(person, "The role is given, from their next page on")
    return render_template("people/grant_role.html", form=form, person=person)


@bp.route("/people/<int:person_id>/roles/<int:grant_id>/end", methods=["GET", "POST"])
@allow(*STAFF)
def end_role(person_id: int, grant_id: int) -> ResponseReturnValue:
    person = get_or_404(Person, person_id)
    grant = queries.grant_of(person, grant_id)
    if request.method == "POST":
        with transaction():
            service.end_role(grant, by=current_person(), now=clock.now())
        return _done(person, "The role is ended, from their next page on")
    return render_template("people/end_role.html", person=person, grant=grant)


@bp.route("/people/<int:person_id>/suspend", methods=["GET", "POST"])
@allow(*STAFF)
def suspend(person_id: int) -> ResponseReturnValue:
    person = get_or_404(Person, person_id)
    if request.method == "POST":
        with transaction():
            service.suspend(person, by=current_person(), now=clock.now())
        return _done(person, f"{person.name} is suspended and signed out everywhere")
    return render_template("people/suspend.html", person=person)


@bp.post("/people/<int:person_id>/restore")
@allow(*STAFF)
def restore(person_id: int) -> ResponseReturnValue:
    person = get_or_404(Person, person_id)
    with transaction():
        service.restore(person, by=current_person(), now=clock.now())
    return _done(person, f"{person.name} can sign in again")


@bp.post("/people/<int:person_id>/jobs/<int:membership_id>/confirm")
@allow(*STAFF)
def confirm_job(person_id: int, membership_id: int) -> ResponseReturnValue:
    person = get_or_404(Person, person_id)
    membership = queries.membership_seen_by(current_person(), membership_id, of=person)
    with transaction():
        service.confirm_membership(membership, by=current_person(), now=clock.now())
    return _done(person, "The agency is confirmed")


@bp.route("/people/<int:person_id>/jobs/<int:membership_id>/end", methods=["GET", "POST"])
@allow(*STAFF)
def end_somebodys_job(person_id: int, membership_id: int) -> ResponseReturnValue:
    person = get_or_404(Person, person_id)
    membership = queries.membership_seen_by(current_person(), membership_id, of=person)
    form = LastDayForm.from_request(on=membership.valid_to or clock.today())
    if form.accepted():
        try:
            with transaction():
                service.end_membership(membership, by=current_person(), now=clock.now(), **form.answers)
        except service.PersonRefused as refusal:
            form.refuse(refusal, "on")
        else:
            return _done(person, "The last day is saved")
    back = url_for("home.person", person_id=person.id)
    return render_template("people/end_job.html", form=form, membership=membership, back=back)


@bp.route("/people/<int:person_id>/letters-to", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def letters_to(person_id: int) -> ResponseReturnValue:
    """The mailbox for the letters of somebody without an address of their own."""
    viewer = current_person()
    person = queries.person_seen_by(viewer, person_id, on=clock.today())
    form = LettersToForm.from_request(contact_email=person.contact_email)
    if form.accepted():
        try:
            with transaction():
                service.send_letters_to(person, by=viewer, now=clock.now(), **form.answers)
        except service.PersonRefused as refusal:
            form.refuse(refusal)
        else:
            return _done(person, "Where their letters go is saved")
    return render_template("people/letters_to.html", form=form, person=person)


def _agency(form: RoleForm) -> Agency | None:
    return get_or_404(Agency, form.agency.data) if form.agency.data else None


def _about(refusal: Refused) -> str | None:
    """The question that a refusal stands beside."""
    if isinstance(refusal, accounts.AddressRefused):
        return "email"
    return "agency" if isinstance(refusal, service.AgencyWanted) else None


def _done(person: Person, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("home.person", person_id=person.id))
