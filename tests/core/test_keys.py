"""SQLite gives the key of a deleted row to no other, which would come by its history."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete

from sscb_training.bookings.interest.models import Interest
from sscb_training.core.db import Base, db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.imports.models import ImportRow, Kind, Spelling, TrainingImport
from tests.factories import (
    NOW,
    make_action,
    make_agency,
    make_briefing,
    make_case_audit,
    make_finding,
    make_import,
    make_person,
    make_training_session,
    numbers,
    saved,
)

pytestmark = pytest.mark.one_database


def an_interest() -> Interest:
    person = make_person(agency=make_agency())
    course = make_training_session().course
    return saved(Interest(course_id=course.id, person=person, membership=person.memberships[0], noted_at=NOW))


def a_spelling() -> Spelling:
    return saved(Spelling(kind=Kind.AGENCY, folded="hill", meaning="1", decided_at=NOW))


def an_import() -> TrainingImport:
    found = make_import()
    with transaction():
        db.session.execute(delete(ImportRow).where(ImportRow.training_import_id == found.id))
    return found


def a_letter() -> Letter:
    usual = {"to_address": "a@hill.example", "subject": "S", "body": "B", "queued_at": NOW, "send_at": NOW}
    return saved(Letter(template="bookings/confirmed", message_id=str(next(numbers)), **usual))


@pytest.mark.parametrize(
    "make",
    [
        make_case_audit, make_finding, lambda: make_action(make_case_audit()), make_briefing, make_training_session,
        an_interest, a_letter, a_spelling, an_import,
    ],
)  # fmt: skip
@pytest.mark.usefixtures("app")
def test_the_key_of_a_deleted_row_is_not_given_again(make: Callable[[], Base]) -> None:
    deleted = make()
    with transaction():
        db.session.delete(deleted)
    assert make().id > deleted.id
