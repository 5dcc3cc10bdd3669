from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from flask import current_app
from flask_mail import Message
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sscb_training.bookings.models import Booking, Outcome
from sscb_training.certificates.models import Certificate
from sscb_training.certificates.service import CertificateRefused
from sscb_training.certificates.sessions import queries, service
from sscb_training.certificates.sessions.jobs import send_certificates
from sscb_training.certificates.sessions.models import CertificateSending
from sscb_training.core import mail
from sscb_training.core.db import db, rows
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.evaluations.models import Stage
from sscb_training.people.models import Person
from tests.evaluations.verbs import came
from tests.factories import (
    NOW,
    changed,
    make_accreditation,
    make_booking,
    make_evaluation,
    make_person,
    make_scheme,
    make_training_session,
    saved,
)
from tests.paper import words

LONG_SINCE = NOW - timedelta(days=100)
LAST_WEEK = NOW - timedelta(days=7)


def delegate(session: TrainingSession, name: str, **given: object) -> Booking:
    return make_booking(session, person=make_person(name, **given), outcome=Outcome.ATTENDED)  # type: ignore[arg-type]


def ask(session: TrainingSession, by: Person) -> None:
    with transaction():
        service.ask_to_send(session, by=by, now=NOW)


def letters() -> list[Letter]:
    db.session.rollback()
    return list(rows(select(Letter).where(Letter.template == "certificates/yours").order_by(Letter.id)))


def message(letter: Letter) -> Message:
    with current_app.test_request_context():
        return mail._message(letter)


def test_each_delegate_is_sent_what_they_earned_and_nobody_twice(asha: Person, cara: Person) -> None:
    first = came(asha, starts_at=LONG_SINCE)
    session = first.training_session
    scheme = make_scheme(code="GCP2", name="Graded Care Profile 2")
    make_accreditation(asha, scheme, booking_id=first.id)
    delegate(session, "Ben Boots")
    delegate(session, "Nan Nobody-to-Write-to", email=None)
    make_booking(session, outcome=Outcome.DID_NOT_ATTEND)

    ask(session, cara)
    with pytest.raises(CertificateRefused, match="being sent already"):
        ask(session, cara)
    assert send_certificates(NOW) == 2
    assert send_certificates(NOW) == 0
    to_asha, to_ben = letters()
    assert (to_asha.to_address, len(to_asha.attached_ids or [])) == ("asha@hill.example", 2)
    assert "Certificate of accreditation: Graded Care Profile 2" in to_asha.body
    assert len(to_ben.attached_ids or []) == 1
    attendance, accreditation = message(to_asha).attachments
    assert (attendance.filename, accreditation.filename) == (
        f"certificate-{first.reference}.pdf",
        f"certificate-GCP2-{only_accreditation(first)}.pdf",
    )
    assert "Asha Patel" in words(cast("bytes", attendance.data))
    with pytest.raises(CertificateRefused, match="nobody to send"):
        ask(session, cara)


def only_accreditation(booking: Booking) -> int:
    [found] = queries.delegates(booking.training_session, now=NOW)[0].accreditations
    return found.id


def test_who_waits_for_the_evaluation_is_not_sent_it_until_it_is_in(asha: Person, cara: Person) -> None:
    waits = came(asha, starts_at=LAST_WEEK)
    make_accreditation(asha, make_scheme(), booking_id=waits.id)
    session = waits.training_session
    make_evaluation(delegate(session, "Ben Boots"), Stage.POST, 4, 4)

    ask(session, cara)
    assert send_certificates(NOW) == 1
    by_name = {one.booking.person.name: one for one in queries.delegates(session, now=NOW)}
    assert by_name["Asha Patel"].waits
    assert by_name["Asha Patel"].letter is None
    assert by_name["Ben Boots"].letter is not None
    make_evaluation(waits, Stage.POST, 4, 4)
    ask(session, cara)
    assert send_certificates(NOW) == 1
    assert [letter.to_address for letter in letters()][1:] == ["asha@hill.example"]


def test_what_is_taken_back_before_the_letter_goes_does_not_go_with_it(asha: Person, cara: Person) -> None:
    booking = came(asha, starts_at=LONG_SINCE)
    ask(booking.training_session, cara)
    send_certificates(NOW)
    [letter] = letters()
    assert queries.why_no_certificates(booking.id, NOW) == ""

    changed(booking, outcome=Outcome.DID_NOT_ATTEND)
    assert message(letter).attachments == []
    changed(db.session.scalars(select(Certificate)).one(), withdrawn_at=NOW)
    assert queries.why_no_certificates(booking.id, NOW) == "The certificate was taken back."


def test_delegates_asks_as_many_questions_for_three_as_for_one(
    asha: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    one, three = make_training_session(starts_at=LONG_SINCE), make_training_session(starts_at=LONG_SINCE)
    scheme = make_scheme()
    for session, names in ((one, ["A"]), (three, ["B", "C", "D"])):
        for name in names:
            booking = delegate(session, name)
            make_accreditation(booking.person, scheme, booking_id=booking.id)
        with transaction():
            service.issue_all(session, board="Board", now=NOW)

    for session in (one, three):
        db.session.refresh(session)
    few = count_queries(lambda: queries.delegates(one, now=NOW))
    assert count_queries(lambda: queries.delegates(three, now=NOW)) == few
    with transaction():
        assert len(service.issue_all(three, board="Board", now=NOW)) == 6


def test_the_database_refuses_a_second_sending_under_way(cara: Person) -> None:
    session = make_training_session()
    saved(CertificateSending(training_session=session, asked_at=NOW, finished_at=NOW))
    saved(CertificateSending(training_session=session, asked_at=NOW))

    with pytest.raises(IntegrityError):
        saved(CertificateSending(training_session=session, asked_at=NOW))
