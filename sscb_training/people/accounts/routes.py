"""Pages with which somebody gets into their account. Their endpoints are `people.…`: to users it is one place."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, allow
from sscb_training.core.encryption import decrypted, encrypted
from sscb_training.core.errors import Refused
from sscb_training.core.pages import going_to, own_path
from sscb_training.core.transaction import transaction
from sscb_training.people import passwords, signed_in
from sscb_training.people.accounts import queries, service, throttle
from sscb_training.people.accounts.forms import (
    ConfirmForm,
    CreateAccountForm,
    EmailForm,
    InvitedForm,
    NewPasswordForm,
    SignInForm,
)
from sscb_training.people.accounts.rules import Action
from sscb_training.people.accounts.service import AddressRefused, PasswordRefused
from sscb_training.people.models import Person, Purpose
from sscb_training.people.routes import bp

FRONT_DOOR = "/"  # it leads whoever is signed in to their own home


@bp.route("/sign-in", methods=["GET", "POST"])
@allow(PUBLIC)
def sign_in() -> ResponseReturnValue:
    form = SignInForm.from_request()
    if form.accepted():
        noted = throttle.admit(Action.SIGN_IN, form.email.data)
        found = service.whose_password(form.email.data, form.password.data, now=clock.now())
        if isinstance(found, Person) and found.email_confirmed_at:
            throttle.forgive(noted)
            signed_in.sign_in(found)
            kept = decrypted(request.form.get("kept"))
            if kept and kept["person"] == found.id:
                return render_template("people/carry_on.html", **kept)
            return redirect(going_to() or FRONT_DOOR)
        if found is not None:
            with transaction():
                service.confirm_again(found, going_to=going_to(), now=clock.now())
            return render_template("people/confirm_first.html", email=form.email.data)
        form.refuse(Refused("Enter the email address and password of your account"), "email")
    kept = request.form.get("kept", "")
    return render_template("people/sign_in.html", form=form, going_to=going_to(), kept=kept)


@bp.app_errorhandler(401)
def signed_out_meanwhile(_error: HTTPException) -> ResponseReturnValue:
    """Ask whoever sent a form after their sign-in ended to sign in again, and keep what they sent.

    It waits in the page itself, encrypted, and goes on for the same person only. Nothing of passwords is kept.
    """
    owner = signed_in.whose_sign_in_ended()
    sent = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name
    ]
    kept = {"person": owner, "path": request.full_path.rstrip("?"), "sent": sent}
    page = render_template(
        "people/sign_in.html",
        form=SignInForm(formdata=None),
        going_to=None,
        kept=encrypted(kept) if owner else "",
    )
    return make_response(page, 401)


@bp.post("/sign-out")
@allow(PUBLIC)
def sign_out() -> ResponseReturnValue:
    signed_in.sign_out()
    return redirect(url_for("people.signed_out"))


@bp.get("/signed-out")
@allow(PUBLIC)
def signed_out() -> ResponseReturnValue:
    return render_template("people/signed_out.html")


@bp.route("/create-account", methods=["GET", "POST"])
@allow(PUBLIC)
def create_account() -> ResponseReturnValue:
    form = CreateAccountForm.from_request()
    if form.accepted():
        answers = form.answers
        try:
            service.check_address(form.email.data)
            service.check_password(form.password.data, name=form.name.data, email=form.email.data)
        except (AddressRefused, PasswordRefused) as refusal:
            form.refuse(refusal, "email" if isinstance(refusal, AddressRefused) else "password")
        else:
            throttle.admit(Action.CREATE_ACCOUNT, form.email.data)
            password_hash = passwords.hash_of(answers.pop("password"))
            with transaction():
                service.ask_for_account(
                    **answers, password_hash=password_hash, going_to=going_to(), now=clock.now()
                )
            return redirect(url_for("people.check_email"))
    return render_template("people/create_account.html", form=form, going_to=going_to())


@bp.get("/check-your-email")
@allow(PUBLIC)
def check_email() -> ResponseReturnValue:
    return render_template("people/check_email.html")


@bp.route("/confirm-email/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    link = queries.live_link(token, Purpose.CONFIRM_EMAIL, now=clock.now())
    if link is None:
        return link_is_over()
    form = ConfirmForm.from_request()
    if form.accepted():
        noted = throttle.admit(Action.SIGN_IN, link.email)
        if service.knows_password(link, form.password.data):
            throttle.forgive(noted)
            with transaction():
                person = service.confirm_account(link, today=clock.today(), now=clock.now())
            return _welcome(person, "Your account is ready", going_to=link.answers.get("going_to"))
        form.refuse(Refused("Enter the password that you chose when you created the account"), "password")
    return render_template("people/confirm.html", form=form, link=link)


@bp.route("/forgotten-password", methods=["GET", "POST"])
@allow(PUBLIC)
def forgotten_password() -> ResponseReturnValue:
    form = EmailForm.from_request()
    if form.accepted():
        throttle.admit(Action.RESET_PASSWORD, form.email.data)
        with transaction():
            service.ask_for_reset(form.email.data, now=clock.now())
        return redirect(url_for("people.check_email"))
    return render_template("people/forgotten_password.html", form=form)


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def reset_password(token: str) -> ResponseReturnValue:
    link = queries.live_link(token, Purpose.RESET_PASSWORD, now=clock.now())
    if link is None:
        return link_is_over()
    form = NewPasswordForm.from_request()
    if form.accepted():
        name = link.person.name if link.person else link.answers["name"]
        try:
            service.check_password(form.password.data, name=name, email=link.email)
        except PasswordRefused as refusal:
            form.refuse(refusal, "password")
        else:
            password_hash = _hash_within_limits(form.password.data, email=link.email)
            with transaction():
                service.choose_password(
                    link, password_hash=password_hash, today=clock.today(), now=clock.now()
                )
            flash("Your password is changed. Sign in with the new one", "success")
            return redirect(url_for("people.sign_in"))
    return render_template("people/reset_password.html", form=form, link=link)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def accept_invitation(token: str) -> ResponseReturnValue:
    link = queries.live_link(token, Purpose.ACCEPT_INVITATION, now=clock.now())
    if link is None or link.person is None:
        return link_is_over()
    form = InvitedForm.from_request(name=link.person.name)
    if form.accepted():
        try:
            service.check_password(form.password.data, name=form.name.data, email=link.email)
        except PasswordRefused as refusal:
            form.refuse(refusal, "password")
        else:
            password_hash = _hash_within_limits(form.password.data, email=link.email)
            with transaction():
                person = service.choose_password(
                    link, password_hash=password_hash, name=form.name.data, today=clock.today(), now=clock.now()
                )  # fmt: skip
            return _welcome(person, "Your account is ready")
    return render_template("people/accept_invitation.html", form=form, link=link)


def link_is_over() -> ResponseReturnValue:
    """A link that was used or is over looks like one that never was."""
    return make_response(render_template("people/link_is_over.html"), 404)


def _hash_within_limits(password: str, *, email: str) -> str:
    """The hash of a password that came with a link: one link sent many times at once must not keep us hashing."""
    noted = throttle.admit(Action.CHOOSE_PASSWORD, email)
    password_hash = passwords.hash_of(password)
    throttle.forgive(noted)
    return password_hash


def _welcome(person: Person, words: str, *, going_to: str | None = None) -> ResponseReturnValue:
    signed_in.sign_in(person)
    flash(words, "success")
    return redirect(own_path(going_to) or FRONT_DOOR)
