"""What the worker does for certificates: issue what is due, so that it has the name of that day, and withdraw."""

from datetime import datetime

from flask import current_app

from sscb_training.accreditation.models import Accreditation
from sscb_training.bookings.models import Booking
from sscb_training.certificates import queries, service
from sscb_training.certificates.models import Certificate
from sscb_training.certificates.service import CertificateRefused
from sscb_training.core.db import db
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction

AT_ONCE = 500
"""So many of each kind are issued each time, so that no letter waits behind them; the rest comes the next times."""


def keep_certificates(now: datetime) -> int:
    """Withdraw what was taken back and issue what is due, each by itself; how many."""
    board = current_app.extensions["settings"].board_name
    wrong = [certificate.id for certificate in queries.to_withdraw()]
    due = queries.due(now=now, most=AT_ONCE)
    earned = queries.accreditations_due(on=london_date(now), most=AT_ONCE)
    for certificate_id in wrong:
        with transaction():
            service.withdraw(db.session.get_one(Certificate, certificate_id), now=now)
    issued = 0
    for booking_id in due:
        try:
            with transaction():
                service.issue(db.session.get_one(Booking, booking_id), board=board, now=now)
        except CertificateRefused:  # corrected at this moment
            continue
        issued += 1
    for accreditation_id in earned:
        try:
            with transaction():
                accreditation = db.session.get_one(Accreditation, accreditation_id)
                service.issue_accreditation(accreditation, board=board, now=now)
        except CertificateRefused:  # taken back at this moment
            continue
        issued += 1
    return len(wrong) + issued
