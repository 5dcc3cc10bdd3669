"""What keeps the texts, and notes who accepts them."""

from datetime import datetime

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.licence import queries
from sscb_training.accreditation.models import Acceptance, AccreditationScheme, LicenceText
from sscb_training.accreditation.service import AccreditationRefused
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.people.models import Person


def set_licence(
    scheme: AccreditationScheme, *, text: str, must_be_accepted: bool, by: Person | None, now: datetime
) -> None:
    """Let holders accept this text from now on; a text that differs is a new version, to be accepted anew."""
    lock(scheme)
    present = accreditation.present_text(scheme)
    if must_be_accepted and not text.strip():
        raise AccreditationRefused("Enter the text that must be accepted.")
    if present is not None and not text.strip():
        raise AccreditationRefused(
            "Holders have this text, so it stays. Untick that it must be accepted instead."
        )
    if text.strip() and (present is None or present.text != text.strip()):
        number = present.number + 1 if present else 1
        db.session.add(LicenceText(scheme=scheme, number=number, text=text.strip(), added_at=now))
        history.record("licence text added", scheme, by=by, at=now, version=number)
    if scheme.must_accept != must_be_accepted:
        history.record("changed", scheme, by=by, at=now, must_accept=[scheme.must_accept, must_be_accepted])
        scheme.must_accept = must_be_accepted


def accept(holder: Person, text: LicenceText, *, now: datetime) -> Acceptance:
    """Note that the holder accepts the text; sent twice, it is once. Refused where another text has come meanwhile."""
    lock(holder)
    if accepted := queries.acceptance(holder, text):
        return accepted
    if accreditation.present_text(text.scheme) is not text:
        raise AccreditationRefused("The text has changed since you opened this page. Read the new one.")
    acceptance = Acceptance(person=holder, licence_text=text, accepted_at=now)
    db.session.add(acceptance)
    history.record("accepted", acceptance, by=holder, at=now, scheme=text.scheme.code, version=text.number)
    return acceptance
