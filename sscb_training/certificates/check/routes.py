"""The page that checks a certificate: typed from the paper, or straight from its QR code."""

from collections.abc import Sequence

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from sscb_training.certificates.badges.queries import there_are_badges
from sscb_training.certificates.check import queries, rules
from sscb_training.certificates.check.forms import CheckForm
from sscb_training.certificates.queries import certificate_called
from sscb_training.certificates.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, allow
from sscb_training.core.errors import Refused
from sscb_training.people.accounts import throttle

NOBODYS = (
    "No certificate of this service has that code. Check it against the certificate: if it is the same, "
    "the certificate is not ours"
)


@bp.route("/check", methods=["GET", "POST"])
@allow(PUBLIC)
def check() -> ResponseReturnValue:
    """Ask for the code. It is sent in the body, so that no address, history or log has it."""
    form = CheckForm.from_request()
    if form.accepted() or form.code.data:  # what is too long to be a code is a wrong one like any other
        return _answer(form.code.data)
    return _unseen(_ask(form))


@bp.get("/check/<path:code>")
@allow(PUBLIC)
def check_code(code: str) -> ResponseReturnValue:
    """Where the QR code leads. It shows the result at once, as a scan is already somebody's wish to see it."""
    return _answer(code)


def _answer(typed: str) -> Response:
    """The result, or the question again. Only codes that are nobody's count, and all of them look the same."""
    noted = _admit()
    certificate = certificate_called(typed)
    if certificate is None:
        form = CheckForm(formdata=None, data={"code": typed[:100]})
        form.refuse(Refused(NOBODYS), "code")
        return _unseen(_ask(form))
    throttle.forgive(noted)
    page = render_template(
        "certificates/checked.html",
        certificate=certificate,
        state=certificate.state(clock.today()),
        name=rules.masked(certificate.name),
        spelt=rules.spelt(certificate.name),
        checked_at=clock.now(),
    )
    return _unseen(page)


def _admit() -> Sequence[int]:
    are_many = queries.wrong_codes_are_many(now=clock.now())
    return throttle.admit_within(rules.limits_on(throttle.network(), are_many=are_many))


def _ask(form: CheckForm) -> str:
    return render_template("certificates/check.html", form=form, has_badges=there_are_badges())


def _unseen(page: str) -> Response:
    """Kept by no browser, index or other site's log of where visitors came from."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
