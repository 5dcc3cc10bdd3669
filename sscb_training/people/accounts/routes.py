"""Pages of a person's own account. Their endpoints are `people.…`: to its users it is one place."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, allow
from sscb_training.core.errors import Refused
from sscb_training.core.pages import own_path
from sscb_training.core.transaction import transaction
from sscb_training.people import signed_in
from sscb_training.people.accounts import service, throttle
from sscb_training.people.accounts.forms import SignInForm
from sscb_training.people.accounts.rules import Action
from sscb_training.people.models import Person
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
            return redirect(own_path(request.args.get("next")) or FRONT_DOOR)
        if found is not None:
            with transaction():
                service.confirm_again(found, now=clock.now())
            return render_template("people/confirm_first.html", email=form.email.data)
        form.refuse(Refused("Enter the email address and password of your account"), "email")
    return render_template("people/sign_in.html", form=form)


@bp.post("/sign-out")
@allow(PUBLIC)
def sign_out() -> ResponseReturnValue:
    signed_in.sign_out()
    flash("You are signed out", "success")
    return redirect(url_for("people.sign_in"))
