"""Certificates as PDF."""

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings.models import Booking
from sscb_training.certificates import paper, queries, service
from sscb_training.certificates.models import Certificate
from sscb_training.certificates.service import CertificateRefused
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.pdf import shown
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person

bp = Blueprint("certificates", __name__)


@bp.get("/bookings/<int:booking_id>/certificate.pdf")
@allow(SIGNED_IN)
def download(booking_id: int) -> ResponseReturnValue:
    """The certificate, issued now if the worker has not done it yet; whoever owes an evaluation is led to it."""
    viewer = current_person()
    is_own = queries.completed_booking_seen_by(viewer, booking_id).person_id == viewer.id
    try:
        with transaction():
            certificate = service.issue(
                queries.completed_booking_seen_by(viewer, booking_id),
                board=current_app.extensions["settings"].board_name,
                now=clock.now(),
            )
    except CertificateRefused:
        if not is_own:
            flash("The certificate is released once the delegate has sent in their evaluation")
            return redirect(url_for("bookings.show", booking_id=booking_id))
        flash("Your certificate is released once you have sent in your evaluation")
        return redirect(url_for("evaluations.answer", booking_id=booking_id, stage="post"))
    return _answer(certificate)


@bp.get("/accreditations/<int:accreditation_id>/certificate.pdf")
@allow(SIGNED_IN)
def download_accreditation(accreditation_id: int) -> ResponseReturnValue:
    """The certificate of an accreditation, issued now if the worker has not done it yet."""
    with transaction():
        certificate = service.issue_accreditation(
            queries.accreditation_seen_by(current_person(), accreditation_id),
            board=current_app.extensions["settings"].board_name,
            now=clock.now(),
        )
    return _answer(certificate)


@bp.app_template_global("proof_of")
def proof_of(booking: Booking) -> queries.Proof:
    """For the page of a booking, which stands below certificates and so cannot ask itself (decision 0031)."""
    return queries.proof_of(booking, now=clock.now())


def _answer(certificate: Certificate) -> ResponseReturnValue:
    return shown(paper.file_name(certificate), paper.certificate_pdf(certificate))
