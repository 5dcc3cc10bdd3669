"""What becomes of accreditations: one revoked and reinstated, some brought from elsewhere, and reminders.

It draws nothing by chance, so that the county around it stays as it is.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from sscb_training.accreditation import service as accreditation
from sscb_training.accreditation.external import service as external
from sscb_training.accreditation.external.models import ExternalAccreditation
from sscb_training.accreditation.models import Accreditation
from sscb_training.accreditation.reminders import queries as reminder_queries
from sscb_training.accreditation.reminders import service as reminders
from sscb_training.core.db import db, rows
from sscb_training.core.times import at_london, london_date
from sscb_training.demo.county import County, Worker
from sscb_training.demo.learning import Learning

TELFORD = "Telford and Wrekin Safeguarding Partnership"
POWYS = "Mid and West Wales Safeguarding Board"
DECIDED_WRONGLY = "Board decision TQ/11"


def build(county: County, learning: Learning) -> None:
    """Put it on the agenda."""
    acts: list[tuple[int, Callable[[datetime], None]]] = [
        (80, partial(_revoke, county)),
        (70, partial(_reinstate, county)),
        (40, partial(_bring, county, learning, 0, TELFORD, 400)),
        (36, partial(_accept, county)),
        (30, partial(_bring, county, learning, 1, POWYS, 2600)),
        (27, partial(_decline, county)),
        (2, partial(_bring, county, learning, 2, TELFORD, 300)),
        (1, partial(_bring, county, learning, 3, "Herefordshire Safeguarding Children Partnership", 700)),
        *((weeks * 7, _remind) for weeks in range(1, 18)),
    ]
    for days, act in acts:
        county.agenda.put(at_london(county.today - timedelta(days=days), time(10)), act)


def _revoke(county: County, now: datetime) -> None:
    held = rows(
        select(Accreditation)
        .where(Accreditation.in_force(london_date(now)), Accreditation.booking_id.is_not(None))
        .order_by(Accreditation.id.desc())
    )
    accounts = {worker.person for worker in county.accounts.values()}
    theirs = next((one for one in held if one.person not in accounts), None)
    if theirs is not None:
        accreditation.revoke(
            theirs,
            on=london_date(now),
            reason="The tool was found on a computer that the whole team uses.",
            reference=DECIDED_WRONGLY,
            by=county.board,
            now=now,
        )


def _reinstate(county: County, now: datetime) -> None:
    revoked = rows(select(Accreditation).where(Accreditation.revoke_reference == DECIDED_WRONGLY))
    for one in revoked[:1]:
        accreditation.reinstate(
            one,
            on=london_date(now),
            reason="The holder had signed out. It was a colleague of another team, who is trained.",
            reference="Board decision TQ/13",
            by=county.board,
            now=now,
        )


def _bring(county: County, learning: Learning, which: int, area: str, days_ago: int, now: datetime) -> None:
    """Somebody who came lately says what they hold from elsewhere."""
    person = _newcomers(county, now)[which].person
    awarded_on = london_date(now) - timedelta(days=days_ago)
    if person is not None:
        external.record_external(
            person,
            learning.schemes["GCP2"],
            area=area,
            awarded_on=awarded_on,
            expires_on=awarded_on + timedelta(days=730) if which == 0 else None,
            evidence=("GCP2 certificate.pdf", certificate(person.name, area)),
            by=person,
            now=now,
        )


def _newcomers(county: County, now: datetime) -> Sequence[Worker]:
    """Who works here and was never accredited here, whoever joined last first."""
    on, accounts = london_date(now), county.accounts.values()
    holders = set(rows(select(Accreditation.person_id)))
    here = [worker for worker in county.workers if worker not in accounts and worker.job_on(on)]
    new = [worker for worker in here if worker.person is not None and worker.person.id not in holders]
    return sorted(new, key=lambda worker: worker.joins, reverse=True)


def _accept(county: County, now: datetime) -> None:
    for one in _of(TELFORD)[:1]:
        external.accept(
            one, as_stated=True, reason="Telford confirmed it by telephone.", by=county.board, now=now
        )


def _decline(county: County, now: datetime) -> None:
    for one in _of(POWYS):
        external.decline(
            one,
            reason="The certificate is of the first version, GCP, which does not carry over to GCP2.",
            by=county.board,
            now=now,
        )


def _of(area: str) -> Sequence[ExternalAccreditation]:
    db.session.flush()
    return rows(
        select(ExternalAccreditation)
        .where(ExternalAccreditation.area == area)
        .order_by(ExternalAccreditation.id)
    )


def _remind(now: datetime) -> None:
    db.session.flush()
    for accreditation_id, days_before in reminder_queries.due(now=now):
        reminders.see_to(db.session.get_one(Accreditation, accreditation_id), days_before, now=now)


def certificate(name: str, area: str) -> bytes:
    """A page that says so, as small as a PDF can be."""
    words = f"{area}: {name} is accredited in Graded Care Profile 2".encode("latin-1", "replace")
    words = words.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    shown = b"BT /F 11 Tf 40 760 Td (" + words + b") Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
    ]
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        made
        + b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            table,
            len(made),
        )
    )
