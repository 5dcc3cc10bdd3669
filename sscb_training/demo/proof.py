"""Certificates: a session's sent to its delegates, and somebody with a new name who asks for theirs in it."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from sscb_training.accreditation.models import Accreditation
from sscb_training.bookings.models import Booking
from sscb_training.certificates.queries import COMPLETED
from sscb_training.certificates.reissue import service as reissue
from sscb_training.certificates.reissue.queries import in_another_name
from sscb_training.certificates.service import issue_accreditation
from sscb_training.certificates.sessions import queries, service
from sscb_training.core.db import row_or_none, rows
from sscb_training.core.times import london_date
from sscb_training.courses.models import TrainingSession
from sscb_training.demo.county import County
from sscb_training.people import service as people
from sscb_training.people.models import Person

NEW_SURNAMES = ("Price", "Corfield", "Bowdler")


def build(county: County, *, now: datetime) -> None:
    """What staff did two weeks ago and holders did since; the worker issues the other certificates by itself."""
    board = current_app.extensions["settings"].board_name
    _send(county, board, now - timedelta(days=14))
    _rename(county, board, now)


def _send(county: County, board: str, at: datetime) -> None:
    """The latest session then at which somebody became accredited, emailed as the worker would."""
    earned = select(Accreditation.booking_id).where(Accreditation.withdrawn_at.is_(None))
    session = row_or_none(
        select(TrainingSession)
        .join(Booking, Booking.training_session_id == TrainingSession.id)
        .where(COMPLETED, Booking.id.in_(earned), TrainingSession.ends_at < at)
        .order_by(TrainingSession.ends_at.desc())
    )
    if session is None:
        return
    service.ask_to_send(session, by=county.board, now=at)
    sending = queries.last_sending(session)
    for delegate in queries.delegates(session, now=at):
        service.send(delegate.booking, board=board, now=at)
    if sending is not None:
        service.finish(sending, now=at)


def _rename(county: County, board: str, now: datetime) -> None:
    """Holders whose surname changed: one was given theirs in the new name, the others wait for an answer."""
    known = {county.person(account).id for account in county.accounts}
    held = rows(
        select(Accreditation)
        .join(Accreditation.person)
        .where(
            Accreditation.in_force(london_date(now)),
            Accreditation.awarded_on <= london_date(now - timedelta(days=14)),
            Accreditation.person_id.not_in(known),
            Person.email.is_not(None),
        )
        .order_by(Accreditation.id.desc())
        .limit(20)
    )
    holders = {accreditation.person: accreditation for accreditation in held}
    for (person, accreditation), surname in zip(holders.items(), NEW_SURNAMES, strict=False):
        issue_accreditation(accreditation, board=board, now=now - timedelta(days=12))
        name = f"{person.name.rpartition(' ')[0]} {surname}"
        people.rename_person(person, name=name, by=person, now=now - timedelta(days=9))
        reissue.ask(person, words="I married in the summer.", now=now - timedelta(days=8))
        if surname == NEW_SURNAMES[0]:
            reissue.reissue_several(
                person,
                certificates=[one.id for one in in_another_name(person, on=london_date(now))],
                reason="Marriage certificate seen at Shirehall",
                by=county.board,
                now=now - timedelta(days=6),
            )
