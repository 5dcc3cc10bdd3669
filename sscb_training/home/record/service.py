"""What makes a record prove what it says."""

from datetime import datetime

from sscb_training.accreditation.models import AccreditationState
from sscb_training.certificates import service as certificates
from sscb_training.home.record.queries import Record


def issue_what_it_proves(record: Record, *, board: str, now: datetime) -> None:
    """The certificates of all that the record shows and that the worker has yet to issue, so that each line has its code."""
    for one in record.held:
        if not one.code and one.state is not AccreditationState.REVOKED:
            certificates.issue_accreditation(one.accreditation, board=board, now=now)
    for booking in record.attended:
        if booking.id in record.released and booking.id not in record.codes:
            certificates.issue(booking, board=board, now=now)
