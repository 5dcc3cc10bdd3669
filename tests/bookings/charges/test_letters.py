"""Who hears of a charge, when it is raised and when it ends; in words that say nothing of anybody's health."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings.charges import service
from sscb_training.bookings.charges.models import Charge, ChargeState
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.letters.kinds import WHY_NOT
from sscb_training.people.models import Person
from tests.bookings.verbs import cancel, request_place
from tests.factories import NOW, SOON, changed, make_person, make_policy, make_training_session, only

Outbox = Callable[[], list[Letter]]
LATE = SOON - timedelta(days=1)


@pytest.fixture
def charge(asha: Person) -> Charge:
    make_policy(free_days=7, late_fee=2500, absence_fee=2500)
    cancel(request_place(make_training_session(), asha), now=LATE)
    charge: Charge = only(Charge)
    return charge


def about_charges(outbox: Outbox) -> list[Letter]:
    return [letter for letter in outbox() if letter.template.startswith("bookings/charge")]


def test_the_delegate_and_the_manager_hear_of_a_charge(charge: Charge, outbox: Outbox) -> None:
    to_manager, to_delegate = about_charges(outbox)
    assert [to_manager.to_address, to_delegate.to_address] == ["mo@agency.example", "asha@hill.example"]
    assert to_manager.body.startswith("Dear Mo Manager\n")
    assert to_delegate.body.startswith("Dear Asha Patel\n")
    for words in (
        "Hill School is charged £25 for the place of Asha Patel",
        charge.booking.reference,
        "Cancelled on 6 December 2026, after 30 November 2026.",
        "Free to cancel until 30 November 2026.",
        "To ask that the charge is waived, write to training@board.example",
        "nothing is paid in this service",
    ):
        assert words in to_delegate.body
        assert words in to_manager.body


@pytest.mark.usefixtures("ben")
def test_the_agencys_leads_hear_of_it_in_place_of_the_manager(charge: Charge, outbox: Outbox) -> None:
    assert [letter.to_address for letter in about_charges(outbox)] == [
        "ben@hill.example",
        "asha@hill.example",
    ]
    assert charge.is_due


def test_a_lead_who_receives_a_delegates_letters_is_written_to_by_their_own_name(
    ben: Person, hill_school: Agency, outbox: Outbox
) -> None:
    make_policy()
    without_address = make_person("Nina No Mail", agency=hill_school, email=None)
    cancel(request_place(make_training_session(), without_address), by=ben, now=LATE)

    [letter] = about_charges(outbox)
    assert (letter.to_address, letter.body[:13]) == ("ben@hill.example", "Dear Ben Lead")


@pytest.mark.parametrize("way", ["waive", "excuse"])
def test_a_charge_that_ends_is_told_without_the_reason(
    charge: Charge, cara: Person, outbox: Outbox, way: str
) -> None:
    with transaction():
        if way == "waive":
            service.waive(charge, reason="Was in hospital", by=cara, now=LATE)
        else:
            service.excuse(charge, confirmed_by="Mo Manager", by=cara, now=LATE)

    ended = about_charges(outbox)[2:]
    assert [letter.template for letter in ended] == ["bookings/charge_ended"] * 2
    for letter in ended:
        assert "It is not charged any more" in letter.body
        assert not any(word in letter.body for word in ("hospital", "llness", "xcuse", "aive", "confirmed"))


def test_a_charge_that_is_taken_up_again_is_told_again(charge: Charge, cara: Person, outbox: Outbox) -> None:
    with transaction():
        service.waive(charge, reason="Kindness", by=cara, now=LATE)
    with transaction():
        service.take_back(charge, by=cara, now=LATE)
    assert [letter.template.rpartition("_")[2] for letter in about_charges(outbox)] == [
        "raised", "raised", "ended", "ended", "raised", "raised",
    ]  # fmt: skip


def test_what_is_said_of_a_charge_must_be_true_when_it_goes(charge: Charge) -> None:
    def why() -> list[str]:
        return [
            WHY_NOT[f"bookings/charge_{what}"](charge.booking_id, NOW).partition(" ")[2]
            for what in ("raised", "ended")
        ]

    assert why() == ["", "is charged after all."]
    changed(charge, state=ChargeState.WAIVED)
    assert why() == ["is not charged any more.", ""]
