"""What a checker of badges reads, the page for people, and the badge to download."""

import secrets
from datetime import timedelta
from typing import Any

from flask import Response, abort, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.models import AccreditationScheme, AccreditationState
from sscb_training.accreditation.queries import schemes
from sscb_training.certificates import paper
from sscb_training.certificates import queries as certificates
from sscb_training.certificates import service as issuing
from sscb_training.certificates.badges import queries, rules, service
from sscb_training.certificates.models import Certificate
from sscb_training.certificates.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, SIGNED_IN, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.pages import board_contact, public_link
from sscb_training.core.times import at_london
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.get("/badges")
@allow(PUBLIC)
def badges() -> ResponseReturnValue:
    """How to tell our badges from ones that look like them: the identifiers of the board and of each achievement."""
    _only_with_badges()
    return render_template(
        "certificates/badges.html",
        issuer=_issuer(),
        achievements=[(scheme.name, _address_of(scheme)) for scheme in schemes()],
    )


@bp.get("/badges/did.json")
@allow(PUBLIC)
def did() -> ResponseReturnValue:
    return _for_checkers(rules.did_document(_issuer(), _keys()))


@bp.get("/badges/keys.json")
@allow(PUBLIC)
def keys() -> ResponseReturnValue:
    return _for_checkers(rules.key_set(_keys()))


@bp.get("/badges/issuer.json")
@allow(PUBLIC)
def issuer() -> ResponseReturnValue:
    _only_with_badges()
    return _for_checkers(_issuer().profile())


@bp.get("/badges/achievements/<int:scheme_id>")
@allow(PUBLIC)
def achievement(scheme_id: int) -> ResponseReturnValue:
    """One achievement; its address is its identifier, and so it goes by the key and not by a code that may change."""
    _only_with_badges()
    scheme = get_or_404(AccreditationScheme, scheme_id)
    return _for_checkers(_achievement(scheme, name=scheme.name))


@bp.get("/badges/status/<int:number>")
@allow(PUBLIC)
def badge_status(number: int) -> ResponseReturnValue:
    """Which badges no longer hold, as it is now: kept by nobody without asking again."""
    _only_with_badges()
    if not queries.has_list(number):
        abort(404)
    address = public_link("certificates.badge_status", number=number)
    over = queries.places_that_are_over(number, on=clock.today())
    said = rules.status_list(_issuer(), address=address, over=over, now=clock.now())
    token = service.sign(said, issuer_id=_issuer().id)
    return _open_to_all(Response(token, content_type="application/vc+jwt"))


@bp.get("/accreditations/<int:accreditation_id>/badge.svg")
@allow(SIGNED_IN)
def download_badge(accreditation_id: int) -> ResponseReturnValue:
    """The badge of an accreditation that holds; its certificate is issued now if the worker has not done it yet."""
    _only_with_badges()
    accreditation = certificates.accreditation_seen_by(current_person(), accreditation_id)
    if accreditation.state(clock.today()) is AccreditationState.EXPIRED:
        raise service.BadgeRefused("This accreditation has expired, so there is no badge of it.")
    with transaction():
        certificate = issuing.issue_accreditation(
            accreditation,
            board=current_app.extensions["settings"].board_name,
            now=clock.now(),
        )
    picture = render_template(
        "certificates/badge.svg",
        certificate=certificate,
        title=rules.lines(certificate.title, width=21, most=4),
        name=rules.lines(certificate.name, width=30, most=2),
        board=rules.lines(certificate.board, width=44, most=2),
        token=service.sign(_credential(certificate), issuer_id=_issuer().id),
    )
    response = Response(picture, content_type="image/svg+xml")
    name = paper.file_name(certificate).replace("certificate", "badge")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.svg")
    return response


def _only_with_badges() -> None:
    if not queries.there_are_badges():
        abort(404)


def _keys() -> list[tuple[str, dict[str, Any]]]:
    found = [(key.name, key.public) for key in queries.published_keys()]
    return found or abort(404)


def _issuer() -> rules.Issuer:
    board: str = current_app.extensions["settings"].board_name
    return rules.Issuer(name=board, address=public_link("certificates.badges"), email=board_contact())


def _address_of(scheme: AccreditationScheme) -> str:
    return public_link("certificates.achievement", scheme_id=scheme.id)


def _achievement(scheme: AccreditationScheme, *, name: str) -> dict[str, Any]:
    return rules.achievement(
        _issuer(), address=_address_of(scheme), name=name, description=scheme.description
    )


def _credential(certificate: Certificate) -> dict[str, Any]:
    accreditation, until = certificate.accreditation, certificate.expires_on
    assert accreditation is not None  # noqa: S101 - it was issued for one
    list_number, place = rules.place_of(certificate.id)
    return rules.credential(
        _issuer(),
        rules.Holder(certificate.name, accreditation.person.email, secrets.token_hex(8)),
        _achievement(accreditation.scheme, name=certificate.title),
        address=public_link("certificates.check_code", code=certificate.check_code),
        awarded_at=at_london(accreditation.awarded_on),
        issued_at=certificate.issued_at,
        valid_until=at_london(until + timedelta(days=1)) if until else None,
        status_list=public_link("certificates.badge_status", number=list_number),
        place=place,
    )


def _for_checkers(said: dict[str, Any]) -> Response:
    return _open_to_all(jsonify(said))


def _open_to_all(response: Response) -> Response:
    """A checker may run in a page of another site."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
