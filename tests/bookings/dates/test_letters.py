"""What waits when a date changes, and changes again: nobody is left without a letter, and no two contradict each other."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings.dates import queries
from sscb_training.bookings.models import BookingStatus
from sscb_training.bookings.places.service import rejoin
from sscb_training.core.mail import Letter
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.courses.pool.queries import trainer_of
from sscb_training.people.models import Person
from tests.bookings.dates.verbs import change, move, tell
from tests.bookings.verbs import request_place
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_booking,
    make_course,
    make_person,
    make_training_session,
    make_version,
)

Outbox = Callable[[], list[Letter]]
DAY = timedelta(days=1)
ASHA, MO = "asha@hill.example", "mo@agency.example"


def waiting(outbox: Outbox, to: str) -> list[Letter]:
    return [letter for letter in outbox() if letter.state == "Waiting" and letter.to_address == to]


def names(letters: list[Letter]) -> list[str]:
    return [letter.template.removeprefix("bookings/") for letter in letters]


def with_trainer(training_session: TrainingSession, trainer: Person) -> None:
    change(training_session, trainers=[trainer_of(trainer)])
    tell(training_session)


def test_a_new_trainer_leaves_a_confirmation_that_waits(asha: Person, tom: Person, outbox: Outbox) -> None:
    training_session = make_training_session()
    request_place(training_session, asha)

    with_trainer(training_session, tom)

    confirmed, told = waiting(outbox, ASHA)
    assert names([confirmed, told]) == ["confirmed", "changed"]
    assert confirmed.calendar


def test_a_confirmation_goes_after_all_when_the_date_is_moved_back(asha: Person, outbox: Outbox) -> None:
    training_session = make_training_session()
    request_place(training_session, asha)
    move(training_session, SOON + DAY)
    tell(training_session)
    assert names(waiting(outbox, ASHA)) == ["changed"]

    move(training_session, SOON)

    assert names(waiting(outbox, ASHA)) == ["confirmed"]


def test_a_confirmation_that_was_replaced_by_a_letter_that_went_stays_dropped(
    asha: Person, outbox: Outbox
) -> None:
    training_session = make_training_session()
    request_place(training_session, asha)
    move(training_session, SOON + DAY)
    tell(training_session)
    for letter in waiting(outbox, ASHA):
        changed(letter, sent_at=NOW)
    move(training_session, SOON + 2 * DAY)

    assert waiting(outbox, ASHA) == []


def test_who_is_asked_to_approve_is_asked_as_before_when_the_date_is_moved_back(
    asha: Person, outbox: Outbox
) -> None:
    training_session = make_training_session(make_version(make_course(approval=ApprovalStyle.MANAGER)))
    request_place(training_session, asha)
    move(training_session, SOON + DAY)
    tell(training_session)
    assert names(waiting(outbox, MO)) == ["changed_approver"]

    move(training_session, SOON)

    assert names(waiting(outbox, MO)) == ["approve"]


@pytest.mark.parametrize(("went", "to_manager"), [(True, ["changed_manager"]), (False, [])])
def test_a_manager_hears_of_a_change_of_which_the_delegate_has_read(
    went: bool, to_manager: list[str], asha: Person, tom: Person, outbox: Outbox
) -> None:
    training_session = make_training_session()
    make_booking(training_session, person=asha)
    move(training_session, SOON + DAY)
    tell(training_session)
    for letter in waiting(outbox, ASHA) if went else ():
        changed(letter, sent_at=NOW)

    change(training_session, trainers=[trainer_of(tom)])

    assert names(waiting(outbox, MO)) == to_manager
    tell(training_session)
    [letter] = waiting(outbox, MO)
    assert "Now: Tuesday 8 December 2026" in letter.body


def test_a_trainer_who_has_read_of_a_change_reads_that_it_is_taken_back(outbox: Outbox) -> None:
    trainers = [make_person(roles=[Role.TRAINER]) for _ in range(2)]
    training_session = make_training_session(trainers=trainers)
    move(training_session, SOON + DAY)
    tell(training_session)
    has_read = trainers[0].email or ""
    [letter] = waiting(outbox, has_read)
    changed(letter, sent_at=NOW)

    move(training_session, SOON)
    tell(training_session)

    [letter] = waiting(outbox, has_read)
    assert "Now: Monday 7 December 2026" in letter.body


def test_a_manager_who_has_read_of_a_change_reads_that_it_is_taken_back(
    hill_school: Agency, outbox: Outbox
) -> None:
    training_session = make_training_session()
    has_read, waits = (make_person(agency=hill_school) for _ in range(2))
    for delegate in (has_read, waits):
        make_booking(training_session, person=delegate)
    move(training_session, SOON + DAY)
    tell(training_session)
    for letter in [*waiting(outbox, MO), *waiting(outbox, has_read.email or "")]:
        changed(letter, sent_at=NOW)

    move(training_session, SOON)
    tell(training_session)

    [letter] = waiting(outbox, MO)
    assert "Now: Monday 7 December 2026" in letter.body


@pytest.mark.parametrize("style", [ApprovalStyle.DECLARED, ApprovalStyle.MANAGER])
def test_who_answers_for_a_delegate_and_has_read_of_a_change_reads_that_it_is_taken_back(
    style: ApprovalStyle, asha: Person, outbox: Outbox
) -> None:
    training_session = make_training_session(make_version(make_course(approval=style)))
    request_place(training_session, asha)
    move(training_session, SOON + DAY)
    tell(training_session)
    [letter] = waiting(outbox, MO)
    changed(letter, sent_at=NOW)

    move(training_session, SOON)
    tell(training_session)

    [letter] = waiting(outbox, MO)
    assert "Now: Monday 7 December 2026" in letter.body


def test_one_manager_under_two_names_hears_of_both_delegates(hill_school: Agency, outbox: Outbox) -> None:
    training_session = make_training_session()
    delegates = [make_person(agency=hill_school) for _ in range(2)]
    changed(delegates[1].memberships[0], manager_name="M. Manager")
    for delegate in delegates:
        make_booking(training_session, person=delegate)
    move(training_session, SOON + DAY)

    assert tell(training_session) == 3

    [letter] = waiting(outbox, MO)
    assert all(delegate.name in letter.body for delegate in delegates)


def test_who_waits_again_is_told_of_the_date_as_it_is(asha: Person) -> None:
    training_session = make_training_session(capacity=0)
    lapsed = make_booking(
        training_session, person=asha, status=BookingStatus.LAPSED, offer_until=NOW - DAY, waitlisted_at=NOW
    )
    make_booking(training_session)
    move(training_session, SOON + DAY)
    tell(training_session)

    with transaction():
        rejoin(lapsed, by=asha, now=NOW)

    assert not queries.untold(training_session, now=NOW)
