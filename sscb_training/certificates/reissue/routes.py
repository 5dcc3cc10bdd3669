"""Pages of certificates in a new name: the holder's request, and what staff do about it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.certificates import rules
from sscb_training.certificates.models import Certificate
from sscb_training.certificates.reissue import queries, service
from sscb_training.certificates.reissue.forms import AskForm, DeclineForm, ReissueForm
from sscb_training.certificates.routes import bp
from sscb_training.certificates.service import CertificateRefused
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.forms import also_offer
from sscb_training.core.times import london_date, plain_date
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person


@bp.route("/my-certificates/new-name", methods=["GET", "POST"])
@allow(SIGNED_IN)
def ask_for_new_name() -> ResponseReturnValue:
    viewer = current_person()
    form = AskForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.ask(viewer, now=clock.now(), **form.answers)
        except CertificateRefused as refusal:
            form.refuse(refusal)
        else:
            flash("We have your request. We write to you when it is decided.", "success")
            return redirect(url_for("home.record"))
    return render_template(
        "certificates/ask_for_new_name.html",
        form=form,
        certificates=queries.in_another_name(viewer, on=clock.today()),
        asked=queries.open_request(viewer),
    )


@bp.get("/certificates/requests")
@allow(*STAFF)
def requests() -> ResponseReturnValue:
    return render_template("certificates/requests.html", asked=queries.open_requests())


@bp.route("/people/<int:person_id>/certificates", methods=["GET", "POST"])
@allow(*STAFF)
def of_person(person_id: int) -> ResponseReturnValue:
    """All certificates of somebody, and those that can be issued again to tick."""
    person, today = get_or_404(Person, person_id), clock.today()
    to_reissue = queries.in_another_name(person, on=today)
    form = ReissueForm.from_request(certificates=[one.id for one in to_reissue])
    also_offer(form.certificates, {one.id: _described(one) for one in to_reissue})
    if form.accepted():
        try:
            with transaction():
                again = service.reissue_several(person, by=current_person(), now=clock.now(), **form.answers)
        except CertificateRefused as refusal:
            form.refuse(refusal)
        else:
            what = "1 certificate is" if len(again) == 1 else f"{len(again)} certificates are"
            flash(f"{what} issued again in the name {person.name}", "success")
            return redirect(url_for("certificates.of_person", person_id=person_id))
    return render_template(
        "certificates/of_person.html",
        form=form,
        person=person,
        certificates=queries.certificates_of(person),
        to_reissue=to_reissue,
        asked=queries.open_request(person),
        today=today,
        in_groups=rules.in_groups,
    )


def _described(certificate: Certificate) -> str:
    issued = plain_date(london_date(certificate.issued_at))
    return f"{certificate.in_full}, issued {issued} in the name {certificate.name}"


@bp.route("/certificates/requests/<int:request_id>/decline", methods=["GET", "POST"])
@allow(*STAFF)
def decline(request_id: int) -> ResponseReturnValue:
    request, form = queries.request_for_staff(request_id), DeclineForm.from_request()
    person = request.person
    if form.accepted():
        with transaction():
            service.decline(request, by=current_person(), now=clock.now(), **form.answers)
        flash(f"The request of {person.name} is declined", "success")
        return redirect(url_for("certificates.of_person", person_id=person.id))
    return render_template("certificates/decline.html", form=form, person=person)
