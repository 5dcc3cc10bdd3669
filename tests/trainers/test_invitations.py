"""A trainer is asked to train, says yes or no, once; staff see what became of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from sscb_training.bookings.changes.service import cancel_session
from sscb_training.core.db import db, get_or_404
from sscb_training.core.mail import Letter
from sscb_training.core.roles import Role
from sscb_training.core.signing import signed
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus, Trainer, TrainingSession
from sscb_training.courses.pool import queries as pool
from sscb_training.courses.pool.models import InvitationState, TrainerInvitation
from sscb_training.courses.pool.service import leave_pool
from sscb_training.people.models import Person
from sscb_training.trainers.invitations import jobs, queries, service
from sscb_training.trainers.invitations.service import InvitationRefused
from tests import unbegun
from tests.bookings.dates.verbs import change
from tests.bookings.test_races import all_at_once
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_scheme,
    make_training_session,
    make_version,
    saved,
)

DAY = timedelta(days=1)


@pytest.fixture
def una(app: Flask) -> Person:
    return make_person("Una Trainer", roles=[Role.TRAINER], email="una@pool.example")


@pytest.fixture
def date(app: Flask) -> TrainingSession:
    return make_training_session(make_version(make_course(title="Core groups")), venue=None)


def as_trainer(person: Person) -> Trainer:
    found = pool.trainer_of(person)
    assert found is not None
    return found


def invite(date: TrainingSession, person: Person, by: Person | None = None) -> TrainerInvitation:
    with transaction():
        return service.invite(date, as_trainer(person), by=by, now=NOW)


def answer(invitation: TrainerInvitation, *, accepts: bool, reason: str = "") -> None:
    with transaction():
        service.answer(invitation, accepts=accepts, reason=reason, by=None, now=NOW + DAY)


def state_of(invitation: TrainerInvitation) -> str:
    return invitation.state.value


Outbox = Callable[[], list[Letter]]


def test_who_accepts_trains_and_whoever_asked_hears_of_it(
    date: TrainingSession, tom: Person, cara: Person, outbox: Outbox
) -> None:
    invitation = invite(date, tom, by=cara)
    answer(invitation, accepts=True)

    assert [one.person for one in date.trainers] == [tom]
    assert invitation.state is InvitationState.ACCEPTED
    to_tom, to_cara = outbox()
    assert to_tom.subject == "Will you train: Core groups, 7 December 2026"
    assert f"/train/{signed(queries.SIGNED_FOR, invitation.id)}" in to_tom.body
    assert (to_cara.to_address, to_cara.subject) == (
        "cara@board.example",
        "Tom Trainer has accepted: Core groups, 7 December 2026",
    )
    for again in (True, False):
        with pytest.raises(InvitationRefused, match="was accepted already"):
            answer(invitation, accepts=again, reason="x")


def test_who_declines_says_why_and_can_be_asked_again(
    date: TrainingSession, tom: Person, cara: Person, outbox: Outbox
) -> None:
    invitation = invite(date, tom, by=cara)
    with pytest.raises(InvitationRefused, match="Enter why you cannot"):
        answer(invitation, accepts=False, reason=" ")
    answer(invitation, accepts=False, reason="On leave.")
    assert date.trainers == []
    assert "On leave." in outbox()[-1].body
    assert invite(date, tom).is_open
    assert [one.is_open for one in pool.invitations_to(date)] == [True]


@pytest.mark.parametrize("reason", ["asked", "down", "left", "unfit", "begun", "cancelled", "no address"])
def test_invite_refuses_whoever_cannot_train(date: TrainingSession, tom: Person, reason: str) -> None:
    trainer = as_trainer(tom)
    with transaction():
        if reason == "down":
            date.trainers = [trainer]
        elif reason == "left":
            trainer.left_at = NOW
        elif reason == "begun":
            date.starts_at = NOW
        elif reason == "cancelled":
            date.status = SessionStatus.CANCELLED
        elif reason == "no address":
            tom.email = tom.email_key = None
    if reason == "unfit":
        make_scheme(date.course, trainers_hold_it=True)
    if reason == "asked":
        invite(date, tom)
    with pytest.raises(InvitationRefused):
        invite(date, tom)


def test_one_trainer_has_one_live_invitation_to_a_date(date: TrainingSession, tom: Person) -> None:
    invitation = invite(date, tom)
    with pytest.raises(IntegrityError):
        saved(TrainerInvitation(training_session=date, trainer=invitation.trainer, invited_at=NOW))


def test_an_invitation_ends_with_what_it_was_for(date: TrainingSession, tom: Person, una: Person) -> None:
    by_telephone = invite(date, tom)
    with transaction():
        service.put_on(date, by_telephone.trainer, by=None, now=NOW)
    assert state_of(by_telephone) == "accepted"
    with transaction():
        service.take_off(date, by_telephone.trainer, by=None, now=NOW)
    assert state_of(by_telephone) == "withdrawn"
    leaves = invite(date, una)
    with transaction():
        leave_pool(leaves.trainer, by=None, now=NOW)
    assert leaves.state is InvitationState.WITHDRAWN
    again = invite(date, tom)
    change(date, trainers=[again.trainer])
    assert again.state is InvitationState.ACCEPTED


def test_who_does_not_answer_is_reminded_once_and_called_back_when_the_date_is_off(
    date: TrainingSession, tom: Person, una: Person, outbox: Outbox
) -> None:
    for person in (tom, una):
        invite(date, person)
    answer(pool.invitations_to(date)[1], accepts=False, reason="No.")
    assert jobs.see_to_invitations(NOW + 4 * DAY) == 0
    assert jobs.see_to_invitations(NOW + 9 * DAY) == 1
    assert jobs.see_to_invitations(NOW + 9 * DAY) == 0
    with transaction():
        cancel_session(date, reason="Snow.", by=None, now=NOW + 10 * DAY)
    assert jobs.see_to_invitations(NOW + 10 * DAY) == 1
    assert [letter.template for letter in outbox()][-2:] == [
        "trainers/invited_reminder",
        "trainers/withdrawn",
    ]
    [invited, *_] = [letter.about_id for letter in outbox() if letter.template == "trainers/invited"]
    assert invited is not None
    assert queries.why_no_invitation(invited, NOW) == "The invitation’s state has changed: Withdrawn."


def test_a_draft_has_its_trainer_once_they_accept(tom: Person) -> None:
    draft = make_training_session(status=SessionStatus.DRAFT)
    answer(invite(draft, tom), accepts=True)
    assert [one.person for one in draft.trainers] == [tom]
    assert draft.edition == 0


def two_answers(app: Flask) -> list[str]:
    """What became of accepting and declining at the same moment."""
    date = make_training_session()
    invitation_id = invite(date, make_person(roles=[Role.TRAINER])).id

    def act(thread: int) -> str:
        invitation = get_or_404(TrainerInvitation, invitation_id)
        try:
            with transaction():
                service.answer(invitation, accepts=thread == 0, reason="No.", by=None, now=NOW)
        except InvitationRefused:
            return "refused"
        return "accepted" if thread == 0 else "declined"

    return all_at_once(app, 2, act)


def test_of_two_answers_at_once_one_counts(app: Flask) -> None:
    answers = two_answers(app)
    assert answers.count("refused") == 1
    invitation = db.session.scalars(db.select(TrainerInvitation)).one()
    assert invitation.state.value in answers
    assert bool(invitation.training_session.trainers) == ("accepted" in answers)


def test_without_the_lock_both_answers_count(
    app: Flask, no_begin: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_read = Barrier(2)

    def wait(row: object) -> None:
        if isinstance(row, TrainerInvitation):
            both_have_read.wait(30)

    monkeypatch.setattr(service, "lock", wait)
    assert two_answers(app) == ["accepted", "declined"]


@pytest.fixture
def no_begin(app: Flask) -> Iterator[None]:
    """SQLite without BEGIN IMMEDIATE, which is a lock there."""
    with unbegun.no_begin():
        yield


def test_a_trainer_answers_from_the_letter_without_signing_in(
    browser: Browser, date: TrainingSession, tom: Person, una: Person
) -> None:
    with transaction():
        date.trainers = [as_trainer(una)]
    make_booking(date, person=make_person("Nora Delegate", agency=make_agency()))
    invitation = invite(date, tom)
    link = f"/train/{signed(queries.SIGNED_FOR, invitation.id)}"
    for wrong in ("/train/x", f"/train/{signed('something else', invitation.id)}"):
        browser.get(wrong, status=404)

    page = browser.get(link)
    assert "With Una Trainer" in page.text
    assert "Nora Delegate" not in page.text
    assert invitation.is_open
    assert "Enter why you cannot" in browser.post(link, {"answer": "decline"}).errors[0]
    assert "You are down to train" in browser.post(link, {"answer": "accept"}).text
    assert tom in [one.person for one in date.trainers]
    assert browser.post(link, {"answer": "decline", "reason": "No."}).errors

    changed(date, status=SessionStatus.CANCELLED)
    page = browser.get(link)
    assert page.h1 == "This date was cancelled"
    assert "down to train" not in page.text.replace("Nobody else is down to train", "")


@pytest.mark.parametrize(
    ("state", "starts_in", "why"),
    [
        (InvitationState.WITHDRAWN, timedelta(days=9), "The board has withdrawn it."),
        (InvitationState.INVITED, timedelta(days=-1), "The date has begun."),
    ],
)
def test_an_invitation_that_is_over_says_why(
    browser: Browser,
    date: TrainingSession,
    tom: Person,
    state: InvitationState,
    starts_in: timedelta,
    why: str,
) -> None:
    invitation = invite(date, tom)
    changed(invitation, state=state, ended_at=NOW if state is InvitationState.WITHDRAWN else None)
    changed(date, starts_at=NOW + starts_in)
    page = browser.get(f"/train/{signed(queries.SIGNED_FOR, invitation.id)}")
    assert page.h1 == "This invitation is over"
    assert why in page.text


def test_staff_choose_invite_and_see_what_became_of_it(
    browser: Browser, date: TrainingSession, tom: Person, una: Person, cara: Person
) -> None:
    agency = make_agency(name="Vale Housing")
    for person in (tom, una):
        make_membership(person, agency)
    busy = make_person("Bea Busy", roles=[Role.TRAINER])
    make_training_session(make_version(make_course(title="Neglect")), trainers=[busy])
    choose, page_of_date = f"/sessions/{date.id}/trainers", f"/sessions/{date.id}"
    to_tom, to_una = (f"{choose}/{as_trainer(person).id}" for person in (tom, una))
    browser.signed_in(cara)
    assert "Nobody has said yes to train on this date" in browser.get(page_of_date).text
    assert "1 date has no trainer" in browser.get("/home").text
    page = browser.get(choose)
    assert "Trains at that time: Neglect" in page.text
    assert page.text.index("Una Trainer") < page.text.index("Bea Busy")

    browser.post(to_tom, {"do": "invite"})
    assert "Tom Trainer is invited to this date already" in browser.post(to_tom, {"do": "invite"}).text
    assert "Tom Trainer Vale Housing Invited" in browser.get(page_of_date).text
    browser.post(to_tom, {"do": "withdraw"})
    assert "Tom Trainer Vale Housing Withdrawn" in browser.get(page_of_date).text
    for url in (to_tom, to_una):
        browser.post(url, {"do": "put-on"})
    page = browser.get(page_of_date)
    assert "All trainers of this date come from Vale Housing" in page.text
    assert "people have not been told yet" in browser.get(choose).text
    browser.post(to_una, {"do": "take-off"})
    assert [one.person for one in date.trainers] == [tom]
    for wrong, status in (({"do": "fly"}, 400), ({"do": "withdraw"}, 404)):
        browser.post(to_una, wrong, status=status)
    browser.get(f"/sessions/{make_training_session(starts_at=NOW - DAY, trainers=[tom]).id}/trainers")


def test_candidates_take_the_same_queries_for_one_and_for_many(
    date: TrainingSession, tom: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    one = count_queries(lambda: queries.candidates(date, on=SOON.date()))
    for _ in range(3):
        make_training_session(trainers=[make_person(roles=[Role.TRAINER], agency=make_agency())])
    assert count_queries(lambda: queries.candidates(date, on=SOON.date())) == one
