"""Holder and managers are told once for each stage that an accreditation runs out, and nobody whom it does not concern."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from sscb_training.accreditation import service as accreditation
from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.accreditation.reminders import jobs, queries, rules
from sscb_training.accreditation.reminders.models import ExpiryReminder
from sscb_training.accreditation.reminders.rules import Stage
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_agency,
    make_course,
    make_membership,
    make_scheme,
    saved,
)

Outbox = Callable[[], list[Letter]]
DAY = timedelta(days=1)


@pytest.fixture
def scheme() -> AccreditationScheme:
    course = make_course(code="GCP2-REF", title="GCP2 refresher")
    return make_scheme(course, code="GCP2", name="Graded Care Profile 2", reminder_days=[90, 30])


@pytest.fixture
def held(asha: Person, scheme: AccreditationScheme) -> Accreditation:
    """Asha's ends in 90 days. Ben manages both her jobs, and she is the manager of a third."""
    job: dict[str, Any] = {"manager_name": "Ben Lead", "manager_email": "ben@hill.example"}
    changed(asha.memberships[0], **job)
    make_membership(asha, make_agency(), **job | {"manager_email": "Ben@hill.example"})
    make_membership(asha, make_agency(), manager_email="ASHA@hill.example")
    return make_accreditation(asha, scheme, expires_on=TODAY + 90 * DAY)


def test_stages_do_not_overlap() -> None:
    assert rules.stages([90, 30, 30, 0], on=date(2026, 2, 1)) == [
        Stage(30, date(2026, 2, 1), date(2026, 3, 3)),
        Stage(90, date(2026, 3, 4), date(2026, 5, 2)),
        Stage(0, date(2026, 1, 18), date(2026, 1, 31)),
    ]


def test_holder_and_managers_are_told_once_at_each_stage_however_often_the_job_runs(
    held: Accreditation, outbox: Outbox
) -> None:
    told = []
    for days in (-1, 0, 0, 1, 59, 60, 60, 89, 90, 91, 91, 100):
        told.append((days, jobs.remind_of_expiry(NOW + days * DAY)))

    assert [(days, letters) for days, letters in told if letters] == [(0, 2), (60, 2), (91, 2)]
    letters = outbox()
    assert [letter.template.partition("/")[2] for letter in letters] == [
        "expiring", "expiring_manager", "expiring", "expiring_manager", "expired", "expired_manager",
    ]  # fmt: skip
    assert {letter.to_address.lower() for letter in letters} == {"asha@hill.example", "ben@hill.example"}
    assert letters[0].subject == "Your accreditation ends on 21 February 2027: Graded Care Profile 2"
    assert all("GCP2 refresher\nhttp" in letter.body for letter in letters)
    assert [entry.detail for entry in history.entries_about(held)] == [
        {"days_before_expiry": days} for days in (90, 30, 0)
    ]


def test_a_stage_that_the_worker_missed_is_made_up_by_the_next(held: Accreditation, outbox: Outbox) -> None:
    assert jobs.remind_of_expiry(NOW + 80 * DAY) == 2
    assert jobs.remind_of_expiry(NOW + 81 * DAY) == 0
    assert jobs.remind_of_expiry(NOW + 120 * DAY) == 0  # over for too long to be news
    assert len(outbox()) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"withdrawn_at": NOW},
        {"revoked_on": TODAY},
        {"expires_on": TODAY - DAY, "recorded_at": NOW},
        {"awarded_on": TODAY - DAY, "expires_on": TODAY + 20 * DAY},
        {"expires_on": None},
        {"expires_on": TODAY + 91 * DAY},
    ],
    ids=["withdrawn", "revoked", "had run out when imported", "short", "does not expire", "not yet"],
)
def test_nobody_is_told_of(
    asha: Person, scheme: AccreditationScheme, outbox: Outbox, given: dict[str, Any]
) -> None:
    make_accreditation(asha, scheme, **given)
    assert jobs.remind_of_expiry(NOW) == 0
    assert outbox() == []


def test_whoever_renewed_or_left_is_not_told_and_a_letter_that_waits_is_dropped(
    app: Flask, held: Accreditation, asha: Person, dev: Person, outbox: Outbox
) -> None:
    make_accreditation(dev, held.scheme, expires_on=TODAY + 90 * DAY)
    changed(dev.memberships[0], valid_to=TODAY - DAY)
    assert jobs.remind_of_expiry(NOW) == 2
    assert {letter.about_id for letter in outbox()} == {held.id}
    with transaction():
        accreditation.award(asha, held.scheme, awarded_on=TODAY, by=None, now=NOW)

    why_not = app.extensions["why_not"]
    assert {why_not[letter.template](held.id, NOW) for letter in outbox()[:2]} == {"It was renewed."}
    assert jobs.remind_of_expiry(NOW + 60 * DAY) == 0


def test_one_run_sees_to_so_many_and_the_next_goes_on(scheme: AccreditationScheme, asha: Person) -> None:
    first, second, third = (
        make_accreditation(asha, scheme, expires_on=TODAY + days * DAY).id for days in (-3, 20, 40)
    )
    assert queries.due(now=NOW, most=2) == [(second, 30), (third, 90)]
    saved(ExpiryReminder(accreditation_id=second, days_before=30, seen_to_at=NOW))
    assert queries.due(now=NOW) == [(third, 90), (first, 0)]
    with pytest.raises(IntegrityError):
        saved(ExpiryReminder(accreditation_id=second, days_before=30, seen_to_at=NOW))


def test_without_a_course_the_letter_says_whom_to_ask(asha: Person, outbox: Outbox) -> None:
    make_accreditation(asha, make_scheme(reminder_days=[90]), expires_on=TODAY + DAY)
    jobs.remind_of_expiry(NOW)
    assert "No course for it is offered at the moment" in outbox()[0].body
    assert db.session.scalars(db.select(ExpiryReminder.letters)).all() == [len(outbox())]


@pytest.mark.parametrize(
    ("late_months", "days", "titles"),
    [
        (0, 90, ["Refresher", "Practitioner"]),
        (0, -1, ["Practitioner"]),
        (2, -1, ["Refresher", "Practitioner"]),
    ],
)
def test_the_letter_names_refreshers_first_while_they_renew(
    asha: Person, outbox: Outbox, late_months: int, days: int, titles: list[str]
) -> None:
    practitioner, refresher = make_course(title="Practitioner"), make_course(title="Refresher")
    scheme = make_scheme(practitioner, refresher, reminder_days=[90], late_months=late_months)
    changed(scheme.ways[1], is_refresher=True)
    make_accreditation(asha, scheme, expires_on=TODAY + days * DAY)
    jobs.remind_of_expiry(NOW)
    lines = outbox()[0].body.splitlines()
    assert [line for line in lines if line in ("Practitioner", "Refresher")] == titles
