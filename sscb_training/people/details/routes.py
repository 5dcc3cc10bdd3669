"""Pages on which people look after their own account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, SIGNED_IN, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.errors import Refused
from sscb_training.core.pages import going_to
from sscb_training.core.transaction import transaction
from sscb_training.people import passwords, queries, service, signed_in
from sscb_training.people.accounts import queries as account_queries
from sscb_training.people.accounts import service as accounts
from sscb_training.people.accounts import throttle
from sscb_training.people.accounts.routes import link_is_over
from sscb_training.people.accounts.rules import Action
from sscb_training.people.details.forms import (
    ChangeEmailForm,
    ChangePasswordForm,
    ConfirmNewEmailForm,
    NameForm,
)
from sscb_training.people.forms import JobForm, LastDayForm, ManagerForm
from sscb_training.people.models import Person, Purpose
from sscb_training.people.routes import bp
from sscb_training.people.rules import device_words
from sscb_training.people.signed_in import current_person

WRONG = "Enter your current password. If you have forgotten it, sign out and ask for a new one"


@bp.get("/account")
@allow(SIGNED_IN)
def account() -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "people/account.html",
        person=person,
        memberships=queries.every_membership_of(person),
        today=clock.today(),
        grants=queries.grants_of(person),
        devices=queries.devices_of(person, since=clock.now() - signed_in.IDLE),
        is_this_device=signed_in.is_this_device,
        device_words=device_words,
    )


@bp.route("/account/name", methods=["GET", "POST"])
@allow(SIGNED_IN)
def change_name() -> ResponseReturnValue:
    person = current_person()
    form = NameForm.from_request(name=person.name)
    if form.accepted():
        with transaction():
            service.rename_person(person, by=person, now=clock.now(), **form.answers)
        return _done("Your name is changed")
    return render_template("people/change_name.html", form=form)


@bp.route("/account/password", methods=["GET", "POST"])
@allow(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    person, form = current_person(), ChangePasswordForm.from_request()
    if form.accepted() and _knows_password(person, form):
        try:
            accounts.check_password(form.password.data, name=person.name, email=person.email or "")
        except accounts.PasswordRefused as refusal:
            form.refuse(refusal, "password")
        else:
            password_hash = passwords.hash_of(form.password.data)
            with transaction():
                accounts.change_password(person, password_hash=password_hash, now=clock.now())
            signed_in.sign_in(person)
            return _done("Your password is changed, and other devices are signed out")
    return render_template("people/change_password.html", form=form)


@bp.route("/account/email", methods=["GET", "POST"])
@allow(SIGNED_IN)
def change_email() -> ResponseReturnValue:
    person, form = current_person(), ChangeEmailForm.from_request()
    if form.accepted() and _knows_password(person, form):
        try:
            accounts.check_address(form.email.data)
        except accounts.AddressRefused as refusal:
            form.refuse(refusal, "email")
        else:
            throttle.admit(Action.CREATE_ACCOUNT, form.email.data)
            with transaction():
                accounts.ask_for_new_email(person, email=form.email.data, now=clock.now())
            return redirect(url_for("people.check_email"))
    return render_template("people/change_email.html", form=form, person=person)


@bp.route("/change-email/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def confirm_new_email(token: str) -> ResponseReturnValue:
    link = account_queries.live_link(token, Purpose.CHANGE_EMAIL, now=clock.now())
    if link is None:
        return link_is_over()
    form = ConfirmNewEmailForm.from_request()
    if form.accepted():
        with transaction():
            accounts.change_email(link, now=clock.now())
        flash("Your email address is changed. Use it from now on to sign in", "success")
        return redirect(url_for("people.sign_in"))
    return render_template("people/confirm_new_email.html", form=form, link=link)


@bp.route("/account/jobs/add", methods=["GET", "POST"])
@allow(SIGNED_IN)
def add_job() -> ResponseReturnValue:
    person, form = current_person(), JobForm.from_request(valid_from=clock.today())
    if form.accepted():
        answers = form.answers
        agency = get_or_404(Agency, answers.pop("agency"))
        staff_group = get_or_404(StaffGroup, answers.pop("staff_group"))
        try:
            with transaction():
                service.add_membership(
                    person, agency=agency, staff_group=staff_group, confirmed=True, by=person, now=clock.now(), **answers
                )  # fmt: skip
        except service.PersonRefused as refusal:
            form.refuse(refusal)
        else:
            return _done("The job is added", going_to=going_to())
    return render_template("people/add_job.html", form=form, going_to=going_to())


@bp.route("/account/jobs/<int:membership_id>/manager", methods=["GET", "POST"])
@allow(SIGNED_IN)
def change_manager(membership_id: int) -> ResponseReturnValue:
    person = current_person()
    membership = queries.membership_seen_by(person, membership_id, of=person)
    form = ManagerForm.from_request(
        manager_name=membership.manager_name,
        manager_email=membership.manager_email,
        has_no_manager=membership.has_no_manager,
    )
    if form.accepted():
        with transaction():
            service.change_manager(membership, by=person, now=clock.now(), **form.answers)
        return _done("Your manager is changed")
    return render_template("people/change_manager.html", form=form, membership=membership)


@bp.route("/account/jobs/<int:membership_id>/end", methods=["GET", "POST"])
@allow(SIGNED_IN)
def end_job(membership_id: int) -> ResponseReturnValue:
    person = current_person()
    membership = queries.membership_seen_by(person, membership_id, of=person)
    form = LastDayForm.from_request(on=clock.today())
    if form.accepted():
        try:
            with transaction():
                service.end_membership(membership, by=person, now=clock.now(), **form.answers)
        except service.PersonRefused as refusal:
            form.refuse(refusal, "on")
        else:
            return _done("The job is ended")
    back = url_for("people.account")
    return render_template("people/end_job.html", form=form, membership=membership, back=back)


@bp.post("/account/sign-out-everywhere")
@allow(SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    with transaction():
        service.end_every_sign_in(current_person(), now=clock.now())
    signed_in.sign_out()
    return redirect(url_for("people.signed_out"))


def _knows_password(person: Person, form: ChangePasswordForm | ChangeEmailForm) -> bool:
    noted = throttle.admit(Action.SIGN_IN, person.email or "")
    if passwords.matches(person.password_hash, form.current.data):
        throttle.forgive(noted)
        return True
    form.refuse(Refused(WRONG), "current")
    return False


def _done(words: str, *, going_to: str | None = None) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(going_to or url_for("people.account"))
