"""What the worker does for sendings of certificates: write to everybody, each by themselves."""

from datetime import datetime

from flask import current_app

from sscb_training.bookings.models import Booking
from sscb_training.certificates.service import CertificateRefused
from sscb_training.certificates.sessions import queries, service
from sscb_training.certificates.sessions.models import CertificateSending
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction


def send_certificates(now: datetime) -> int:
    """Fulfil every sending; how many were written to. One that breaks off goes on where it was."""
    board = current_app.extensions["settings"].board_name
    written = 0
    for sending_id in queries.sendings_under_way():
        sending = db.session.get_one(CertificateSending, sending_id)
        for booking_id in queries.to_write_to(sending, now=now):
            try:
                with transaction():
                    written += service.send(db.session.get_one(Booking, booking_id), board=board, now=now)
            except CertificateRefused:  # corrected at this moment
                continue
        with transaction():
            service.finish(db.session.get_one(CertificateSending, sending_id), now=now)
    return written
