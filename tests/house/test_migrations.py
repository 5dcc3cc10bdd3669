"""The migrations make exactly the tables that the models describe, and can be undone, with rows in them (P19)."""

from collections.abc import Callable
from datetime import date, timedelta

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import delete, func, insert, inspect, select, text

from sscb_training.accreditation.models import Accreditation, AssessmentAttempt, EvidenceKind
from sscb_training.agencies.models import Headcount, RequestedGroup
from sscb_training.attendance.models import AttendanceMark, Mark, Register
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.case_audits.briefings.models import BriefingEdition
from sscb_training.case_audits.briefings.service import keep_paper
from sscb_training.case_audits.models import Finding
from sscb_training.core import history
from sscb_training.core.db import db, number
from sscb_training.core.files import KeptFile
from sscb_training.core.mail import Letter
from sscb_training.core.times import at_london
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.reports.rules import Preset
from sscb_training.reports.schedules.models import Every, ReportSchedule
from tests.bookings.verbs import request_place
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_agency,
    make_booking,
    make_finding,
    make_headcount,
    make_headcount_request,
    make_need,
    make_person,
    make_policy,
    make_published_briefing,
    make_report_schedule,
    make_scheme,
    make_staff_group,
    make_training_session,
    only,
    saved,
)


def test_models_and_migrations_agree(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True, "include_object": _is_ours}
        )
        assert compare_metadata(context, db.metadata) == []


def test_every_migration_goes_down_and_up_again_with_rows_there(app: Flask) -> None:
    person = make_person(agency=make_agency())
    snowed = make_training_session(parts=2)
    scheme = make_scheme(snowed.course)
    changed(snowed.parts[1], cancelled_at=NOW, cancel_reason="Snow")
    booking = make_booking(snowed, person=person)
    again = make_training_session(snowed.course_version, repeats_part=2)
    make_booking(
        again, person=person, part=again.parts[0], makes_up_id=booking.id, makes_up_part=snowed.parts[1]
    )
    make_accreditation(person, scheme)
    finding = make_finding()
    make_need(finding, scheme=scheme)
    assert finding.case_audit is not None
    make_published_briefing(finding.case_audit, by=person)
    with transaction():
        keep_paper(only(BriefingEdition), b"%PDF-1.7", now=NOW)
    papers = select(func.count()).select_from(KeptFile)
    assert number(papers) == 1
    db.session.remove()
    try:
        flask_migrate.downgrade(revision="0105")
        assert number(papers) == 0  # nothing refers to an edition's paper any more
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    finally:
        flask_migrate.upgrade()
    assert "training_need" in inspect(db.engine).get_table_names()


def test_what_was_recorded_before_is_as_known_afterwards(app: Flask) -> None:
    checks = [
        outcomes_were_known_when_their_register_closed_or_on_their_day(),
        letters_that_went_lose_their_links(),
        registers_say_what_was_missed_by_their_marks(),
    ]
    db.session.commit()
    try:
        flask_migrate.downgrade(revision="0009")
    finally:
        db.engine.dispose()
        flask_migrate.upgrade()
    db.session.expire_all()

    for check in checks:
        check()


def outcomes_were_known_when_their_register_closed_or_on_their_day() -> Callable[[], None]:
    """From 0010 on it is kept when something was recorded."""
    person = make_person(agency=make_agency())
    changed(person.memberships[0], valid_to=TODAY, ended_recorded_at=None)
    closed = make_training_session(starts_at=NOW - timedelta(days=9))
    saved(Register(training_session=closed, opened_at=NOW, closed_at=NOW - timedelta(days=1)))
    on = date(2026, 7, 1)
    with_register = make_booking(closed, outcome=Outcome.ATTENDED, outcome_on=on)
    without = make_booking(make_training_session(), outcome=Outcome.ATTENDED, outcome_on=on)
    to_come = make_booking(make_training_session())

    def check() -> None:
        assert with_register.outcome_recorded_at == NOW - timedelta(days=1)
        assert without.outcome_recorded_at == at_london(on)
        assert to_come.outcome_recorded_at is None
        assert person.memberships[0].ended_recorded_at == person.memberships[0].recorded_at

    return check


def letters_that_went_lose_their_links() -> Callable[[], None]:
    """From 0011 on a secret link is kept no longer than until its letter is sent."""
    link = f"https://training.example.org/invitation/{'x' * 43}"
    usual = {"to_address": "a@hill.example", "subject": "S", "body": link, "queued_at": NOW, "send_at": NOW}
    waits, went, plain = (
        saved(Letter(template=template, sent_at=sent_at, message_id=str(number), **usual))
        for number, (template, sent_at) in enumerate(
            [("people/invitation", None), ("people/invitation", NOW), ("bookings/confirmed", NOW)]
        )
    )

    def check() -> None:
        assert [letter.has_secret_link for letter in (waits, went, plain)] == [True, True, False]
        assert [link in letter.body for letter in (waits, went, plain)] == [True, False, True]

    return check


def registers_say_what_was_missed_by_their_marks() -> Callable[[], None]:
    """From 0023 on a booking names the parts that were missed."""
    held = make_training_session(starts_at=NOW - timedelta(days=9), parts=2)
    booking = make_booking(held, outcome=Outcome.PART_ATTENDED, outcome_on=TODAY)
    for part, mark in zip(held.parts, (Mark.ATTENDED, Mark.LEFT_EARLY), strict=True):
        saved(AttendanceMark(session_part=part, booking=booking, mark=mark, marked_at=NOW))

    def check() -> None:
        assert booking.missed_parts == [held.parts[1]]

    return check


def test_bookings_and_awards_keep_what_they_rest_on(app: Flask, asha: Person) -> None:
    """Their notice since 0022, from the policy; and since 0054 the award's attempt or booking."""
    make_policy(free_days=3, in_working_days=True)
    booking_id = request_place(make_training_session(), asha).id
    scheme, booking = make_scheme(), make_booking(make_training_session(), person=asha)
    attempt = saved(
        AssessmentAttempt(
            scheme=scheme,
            person=asha,
            assessed_on=TODAY,
            percent=90,
            pass_mark=80,
            passed=True,
            recorded_at=NOW,
        )
    )
    made = [
        make_accreditation(asha, scheme, booking_id=booking.id, attempt_id=attempt.id),
        make_accreditation(asha, make_scheme(), booking_id=booking.id),
        make_accreditation(asha, make_scheme()),
    ]
    made_ids = [one.id for one in made]
    db.session.remove()
    try:
        flask_migrate.downgrade(revision="0032")
    finally:
        db.engine.dispose()
        flask_migrate.upgrade()
    terms = db.session.get_one(Booking, booking_id).charge_terms
    assert terms is not None
    assert (terms.free_days, terms.in_working_days) == (3, True)
    assert [db.session.get_one(Accreditation, one).evidence for one in made_ids] == [
        EvidenceKind.ATTEMPT,
        EvidenceKind.ATTENDANCE,
        EvidenceKind.IMPORTED,
    ]


def test_schedules_of_one_title_keep_apart_and_the_last_days_of_a_month_go_back_to_the_28th(
    app: Flask,
) -> None:
    """Since 0108 no two that go on make copies of one name, since 0112 whatever its case, and a day may be one that not
    each month has. No title outgrows what a form takes."""
    longest = "x" * 120
    cara = make_person()
    make_report_schedule(cara, title="Früh", every=Every.MONTH, on_day=31)
    make_report_schedule(cara, title="Früh", agency=make_agency())
    make_report_schedule(cara, title="FRÜH", ended_at=NOW)
    again = insert(ReportSchedule).values(
        owner_id=cara.id, is_published=False, period=Preset.LAST_QUARTER, every=Every.WEEK, on_day=1,
        next_on=TODAY, created_at=NOW, failures=0, failure="",
    )  # fmt: skip
    db.session.remove()
    try:
        flask_migrate.downgrade(revision="0110")
        with transaction():
            titles = ["Früh", "FRÜH", "Straße", "STRASSE", longest, longest, longest.upper()]
            db.session.execute(again, [{"title": title} for title in titles])
        days = db.session.scalars(select(ReportSchedule.on_day).order_by(ReportSchedule.id)).all()
        db.session.remove()
    finally:
        db.engine.dispose()
        flask_migrate.upgrade()
    assert days == [28, *[1] * 9]
    found = db.session.scalars(select(ReportSchedule).order_by(ReportSchedule.id)).all()
    assert [one.title for one in found] == [
        "Früh", "Früh", "FRÜH", "Früh (schedule number 4)", "FRÜH (schedule number 5)",
        "Straße", "STRASSE (schedule number 7)", longest,
        "x" * 100 + " (schedule number 9)", "X" * 99 + " (schedule number 10)",
    ]  # fmt: skip
    assert [len(one.title) for one in found[-3:]] == [len(longest)] * 3
    assert [one.folded_title for one in found] == [one.title.casefold() for one in found]


def test_no_key_that_the_history_knows_is_given_again(app: Flask) -> None:
    """Since 0111 on SQLite too, also where a row was deleted before it."""
    dropped = make_finding()
    db.session.remove()
    try:
        flask_migrate.downgrade(revision="0109")
        with transaction():
            history.record("changed", dropped, by=None, at=NOW)
            db.session.execute(delete(Finding))
            if db.engine.dialect.name == "sqlite":
                db.session.execute(text("DELETE FROM sqlite_sequence"))
    finally:
        db.engine.dispose()
        flask_migrate.upgrade()
    assert make_finding().id > dropped.id


def test_what_was_told_since_it_could_not_be_is_the_answer(app: Flask) -> None:
    """Since 0113 the first number that was sent in since and stands; what was sent in before is none."""
    heads, nurses = make_staff_group(name="Heads"), make_staff_group(name="Nurses")
    request = make_headcount_request(make_agency(), heads, nurses, sent_in_at=NOW)
    for asked in request.groups:
        changed(asked, cannot_tell=True)
    make_headcount(request.agency, nurses, 4)
    wrong = {"withdrawn_at": NOW + timedelta(days=9), "as_at": TODAY}
    for number_of_heads, days, more in ((5, 1, wrong), (6, 2, {}), (7, 3, {"as_at": TODAY})):
        make_headcount(request.agency, heads, number_of_heads, recorded_at=NOW + timedelta(days=days), **more)
    db.session.remove()
    try:
        flask_migrate.downgrade(revision="0112")
    finally:
        db.engine.dispose()
        flask_migrate.upgrade()
    answers = select(RequestedGroup.cannot_tell, Headcount.number).outerjoin(RequestedGroup.headcount)
    assert db.session.execute(answers.order_by(RequestedGroup.id)).all() == [(False, 6), (True, None)]


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    return kind != "table" or name != "alembic_version"
