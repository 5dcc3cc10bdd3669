from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sscb_training.accreditation.models import Accreditation, EvidenceKind
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.certificates import rules, service
from sscb_training.certificates.jobs import keep_certificates
from sscb_training.certificates.models import Certificate, CertificateState
from sscb_training.certificates.queries import certificate_called, due, released
from sscb_training.certificates.service import CertificateRefused
from sscb_training.core import history
from sscb_training.core.db import db, rows
from sscb_training.core.transaction import transaction
from sscb_training.evaluations.models import Stage
from sscb_training.evaluations.service import send_in
from sscb_training.people.models import Person
from tests.evaluations.verbs import came
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_booking,
    make_scheme,
    make_training_session,
    saved,
)

LAST_WEEK = NOW - timedelta(days=7)
LONG_SINCE = NOW - timedelta(days=100)
BOARD = "Shropshire Safeguarding Children Board"


def issue(booking: Booking) -> Certificate:
    with transaction():
        return service.issue(booking, board=BOARD, now=NOW)


def certificates() -> list[Certificate]:
    db.session.rollback()
    return list(rows(select(Certificate).order_by(Certificate.id)))


def test_issue_waits_for_the_evaluation_and_says_all_of_it_afterwards(asha: Person) -> None:
    booking = came(asha, starts_at=NOW - timedelta(days=20), parts=2)

    with pytest.raises(CertificateRefused, match="Send in your evaluation first"):
        issue(booking)
    assert keep_certificates(NOW) == 0
    with transaction():
        send_in(booking, Stage.POST, ratings={}, by=asha, now=NOW)
    assert keep_certificates(NOW) == 1

    [certificate] = certificates()
    session = booking.training_session
    assert certificate.name == "Asha Patel"
    assert certificate.course_title == session.course.title
    assert certificate.dates == [part.starts_at.date() for part in session.parts]
    assert certificate.minutes == sum((part.ends_at - part.starts_at).seconds // 60 for part in session.parts)
    assert (certificate.version, certificate.board) == (session.course_version.number, BOARD)
    assert len(certificate.check_code) == 28


def test_due_looks_through_so_many_at_a_time_past_those_that_wait(asha: Person) -> None:
    old = [came(asha, starts_at=LONG_SINCE).id for _ in range(3)]
    for _ in range(3):
        came(asha, starts_at=LAST_WEEK)

    assert due(now=NOW, most=2) == old[:0:-1]
    assert due(now=NOW, most=100) == old[::-1]
    assert keep_certificates(NOW) == 3


def test_issue_keeps_the_name_that_it_was_issued_in(asha: Person) -> None:
    booking = came(asha, starts_at=LONG_SINCE)
    first = issue(booking)
    changed(asha, name="Asha Shah")

    assert issue(booking) is first
    assert first.name == "Asha Patel"
    assert issue(came(asha, starts_at=LONG_SINCE)).name == "Asha Shah"


@pytest.mark.parametrize("outcome", [None, Outcome.PART_ATTENDED, Outcome.DID_NOT_ATTEND])
def test_issue_needs_all_of_the_course(asha: Person, outcome: Outcome | None) -> None:
    booking = make_booking(make_training_session(starts_at=LONG_SINCE), person=asha, outcome=outcome)

    with pytest.raises(CertificateRefused):
        issue(booking)
    assert keep_certificates(NOW) == 0


def test_issue_joins_the_part_that_was_made_up(asha: Person) -> None:
    booking = came(asha, starts_at=LONG_SINCE, parts=2)
    session = booking.training_session
    again = make_training_session(
        session.course_version, starts_at=LONG_SINCE + timedelta(days=30), repeats_part=2
    )
    make_up = make_booking(
        again,
        person=asha,
        part=again.parts[0],
        makes_up_id=booking.id,
        makes_up_part=session.parts[1],
        outcome=Outcome.ATTENDED,
    )

    assert keep_certificates(NOW) == 1
    [certificate] = certificates()
    assert certificate.booking_id == booking.id
    assert certificate.dates == [session.parts[0].starts_at.date(), again.parts[0].starts_at.date()]
    with pytest.raises(CertificateRefused):
        issue(make_up)


def test_a_corrected_register_withdraws_it_and_another_has_another_code(asha: Person) -> None:
    booking = came(asha, starts_at=LONG_SINCE)
    first = issue(booking)
    changed(booking, outcome=None)
    assert keep_certificates(NOW) == 0  # only re-opened: nothing is said yet
    changed(booking, outcome=Outcome.DID_NOT_ATTEND)

    assert keep_certificates(NOW) == 1
    db.session.refresh(first)
    assert first.withdrawn_at == NOW
    assert released([booking], now=NOW) == frozenset()
    changed(booking, outcome=Outcome.ATTENDED)
    assert keep_certificates(NOW) == 1
    assert keep_certificates(NOW) == 0
    assert [one.withdrawn_at for one in certificates()] == [NOW, None]
    assert len({one.check_code for one in certificates()}) == 2


def test_released_asks_three_questions_however_many(
    asha: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    held = [came(asha, starts_at=LONG_SINCE) for _ in range(3)]
    recent = came(asha, starts_at=LAST_WEEK)
    issue(held[0])

    assert released([*held, recent], now=NOW) == {booking.id for booking in held}
    several = count_queries(lambda: released([*held, recent], now=NOW))
    assert count_queries(lambda: released(held[:1], now=NOW)) == several


def accredited(person: Person, **given: Any) -> Accreditation:
    return make_accreditation(person, make_scheme(), **given)


def issue_accreditation(accreditation: Accreditation) -> Certificate:
    with transaction():
        return service.issue_accreditation(accreditation, board=BOARD, now=NOW)


def test_an_accreditation_has_its_certificate_before_the_evaluation_is_sent_in(asha: Person) -> None:
    booking = came(asha, starts_at=LAST_WEEK)
    scheme = make_scheme(name="Graded Care Profile 2")
    earned = make_accreditation(asha, scheme, booking_id=booking.id, evidence=EvidenceKind.ATTENDANCE)

    assert keep_certificates(NOW) == 1
    assert keep_certificates(NOW) == 0
    [certificate] = certificates()
    assert (certificate.accreditation_id, certificate.booking_id) == (earned.id, None)
    assert (certificate.scheme_code, certificate.scheme_name) == (scheme.code, "Graded Care Profile 2")
    assert (certificate.awarded_on, certificate.expires_on) == (earned.awarded_on, earned.expires_on)
    assert certificate.evidence == f"All of {booking.training_session.course.title} attended"
    assert issue_accreditation(earned) is certificate


def test_what_has_run_out_gets_its_certificate_when_it_is_downloaded_and_not_before(asha: Person) -> None:
    old = accredited(asha, expires_on=TODAY - timedelta(days=1))

    assert keep_certificates(NOW) == 0
    certificate = issue_accreditation(old)
    assert certificate.state(TODAY) is CertificateState.EXPIRED
    assert certificate.state(TODAY - timedelta(days=1)) is CertificateState.IN_FORCE


@pytest.mark.parametrize("how", ["revoked_on", "withdrawn_at"])
def test_what_was_revoked_or_taken_back_gives_no_certificate(asha: Person, how: str) -> None:
    accreditation = accredited(asha)
    first = issue_accreditation(accreditation)
    changed(accreditation, **{how: TODAY if how == "revoked_on" else NOW})

    with pytest.raises(CertificateRefused):
        issue_accreditation(accreditation)
    state = CertificateState.REVOKED if how == "revoked_on" else CertificateState.WITHDRAWN
    assert first.state(TODAY) is state
    assert keep_certificates(NOW) == (how == "withdrawn_at")
    [kept] = certificates()
    assert (kept.state(TODAY), kept.withdrawn_at) == (state, NOW if how == "withdrawn_at" else None)


def test_reissue_says_the_same_in_the_new_name_under_another_code(asha: Person, cara: Person) -> None:
    first = issue(came(asha, starts_at=LONG_SINCE))
    with pytest.raises(CertificateRefused, match="already"):
        reissue(first, cara)
    changed(asha, name="Asha Shah")

    second = reissue(first, cara)
    assert (first.name, second.name) == ("Asha Patel", "Asha Shah")
    assert (second.course_title, second.days, second.issued_at) == (first.course_title, first.days, NOW)
    assert second.replaces is first
    by_code = {one.check_code: certificate_called(one.check_code) for one in certificates()}
    assert [one.state(TODAY) for one in by_code.values() if one] == [
        CertificateState.REPLACED,
        CertificateState.VALID,
    ]
    assert keep_certificates(NOW) == 0
    with pytest.raises(CertificateRefused, match="replaced already"):
        reissue(first, cara)
    assert [entry.verb for entry in history.entries_about(first)] == ["issued", "replaced"]
    assert history.entries_about(second)[0].detail["reason"] == "She married"


def reissue(certificate: Certificate, by: Person) -> Certificate:
    with transaction():
        return service.reissue(certificate, reason="She married", by=by, now=NOW)


def test_certificate_called_reads_a_code_as_somebody_types_it(asha: Person) -> None:
    certificate = issue_accreditation(accredited(asha))
    typed = f" {rules.in_groups(certificate.check_code).lower().replace('-', ' - ')} "

    assert certificate_called(typed) is certificate
    assert certificate_called(certificate.check_code[:-1]) is None
    assert certificate_called("") is None


def test_the_database_refuses_a_second_that_stands_and_one_that_proves_two_things(asha: Person) -> None:
    booking = came(asha, starts_at=LONG_SINCE)
    issue(booking)
    said = {"name": "A", "board": BOARD, "issued_at": NOW}

    for wrong in (
        Certificate(booking=booking, check_code="A", **said),
        Certificate(booking=booking, accreditation=accredited(asha), check_code="B", **said),
        Certificate(check_code="C", **said),
    ):
        with pytest.raises(IntegrityError):
            saved(wrong)
