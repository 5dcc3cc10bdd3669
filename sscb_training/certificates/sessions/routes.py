"""The certificates of one session: who has one, all of them as one file, and by email."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.certificates import paper
from sscb_training.certificates.routes import bp
from sscb_training.certificates.service import CertificateRefused
from sscb_training.certificates.sessions import queries, service
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.pdf import shown
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.signed_in import current_person


@bp.get("/training-sessions/<int:training_session_id>/certificates")
@allow(*STAFF)
def session(training_session_id: int) -> ResponseReturnValue:
    training_session = get_or_404(TrainingSession, training_session_id)
    return render_template(
        "certificates/session.html",
        training_session=training_session,
        delegates=queries.delegates(training_session, now=clock.now()),
        sending=queries.last_sending(training_session),
    )


@bp.get("/training-sessions/<int:training_session_id>/certificates.pdf")
@allow(*STAFF)
def download_session(training_session_id: int) -> ResponseReturnValue:
    """All that wait for nothing, as one file; what the worker has not issued yet is issued now."""
    with transaction():
        training_session = get_or_404(TrainingSession, training_session_id)
        certificates = service.issue_all(
            training_session, board=current_app.extensions["settings"].board_name, now=clock.now()
        )
        if not certificates:
            raise CertificateRefused("There is no certificate of this session to download yet.")
    course, day = training_session.course, plain_date(training_session.starts_at)
    return shown(
        f"certificates-{course.code}-{training_session.starts_at:%Y-%m-%d}",
        paper.certificates_pdf(certificates, title=f"Certificates: {course.title}, {day}"),
    )


@bp.post("/training-sessions/<int:training_session_id>/certificates/send")
@allow(*STAFF)
def send_session(training_session_id: int) -> ResponseReturnValue:
    with transaction():
        training_session = get_or_404(TrainingSession, training_session_id)
        service.ask_to_send(training_session, by=current_person(), now=clock.now())
    flash("The certificates are being sent. You can leave this page.", "success")
    return redirect(url_for("certificates.session", training_session_id=training_session_id))
