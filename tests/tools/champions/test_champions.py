"""Champions agree first, are seen by accredited people, leads and staff, and vanish with what they stood on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.tools.champions import queries, service
from sscb_training.tools.champions.models import Champion
from sscb_training.tools.service import ToolRefused
from tests.bookings.verbs import verbs
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_champion,
    make_person,
    make_scheme,
    only,
)

A_DAY = timedelta(days=1)


@pytest.fixture
def gcp2() -> AccreditationScheme:
    return make_scheme(code="GCP2", name="Graded Care Profile 2")


@pytest.fixture
def held(asha: Person, gcp2: AccreditationScheme) -> Accreditation:
    return make_accreditation(asha, gcp2)


@pytest.mark.one_database
def test_a_lead_names_somebody_who_is_shown_once_they_agree(
    browser: Browser,
    asha: Person,
    ben: Person,
    gcp2: AccreditationScheme,
    held: Accreditation,
    outbox: Callable[[], list[Letter]],
) -> None:
    agency_id, job_id = asha.memberships[0].agency_id, asha.memberships[0].id
    directory, own = f"/tools/{gcp2.id}/champions", f"/tools/{gcp2.id}/agencies/{agency_id}"
    page = browser.signed_in(ben).get(f"{own}/name-champion")
    assert [option.get_text() for option in page.soup.select("option")] == [
        "Choose one",
        "Asha Patel, Teacher",
    ]
    backwards = browser.fill(page, membership_id=job_id, valid_to=["1", "1", "2026"])
    assert backwards.errors == ["The last day must be the first day or later."]
    asked = browser.fill(page, membership_id=job_id)
    assert "Has not agreed yet" in asked.text
    assert "No champions yet" in browser.get(directory).text
    (letter,) = outbox()
    assert letter.to_address == "asha@hill.example"
    assert "Ben Lead would like you to be a champion" in letter.body
    champion_id = only(Champion).id
    mine = f"/champions/{champion_id}"
    assert mine in letter.body
    browser.get(mine, status=404)  # the lead cannot answer for them

    assert mine in browser.signed_in(asha).get("/home").response.get_data(as_text=True)
    nothing = browser.submit(mine, answer="agrees", email="", phone="")
    assert nothing.errors == ["Enter an email address or a phone number"]
    agreed = browser.submit(
        mine, answer="agrees", email="", phone="01743 251 234", job_title="Teacher, year 6"
    )
    assert agreed.h1 == "You are a champion"
    assert "Will you be a champion?" not in browser.get("/home").text
    shown = browser.get(directory).text
    assert "Hill School Asha Patel Teacher, year 6 01743 251 234" in shown
    assert "asha@hill.example" not in shown

    browser.signed_in(ben)
    assert "Shown" in browser.submit(own, button="Take off Asha Patel").text
    taken_off = only(Champion)
    assert (taken_off.phone, taken_off.job_title) == ("", "")
    assert verbs(taken_off) == ["named a champion", "agreed", "taken off"]
    assert browser.signed_in(asha).get(mine).h1 == "You are not a champion"
    assert "Taken off" in browser.signed_in(ben).get(own).text


def test_who_declines_is_not_shown_and_the_letter_is_dropped(
    browser: Browser, asha: Person, ben: Person, gcp2: AccreditationScheme, held: Accreditation
) -> None:
    with transaction():
        champion = service.name_champion(
            gcp2, asha.memberships[0], valid_from=TODAY, valid_to=None, by=ben, now=NOW
        )
    champion_id = champion.id
    browser.signed_in(asha).submit(f"/champions/{champion_id}", answer="declines")
    own = f"/tools/{gcp2.id}/agencies/{asha.memberships[0].agency_id}"

    assert "Declined" in browser.signed_in(ben).get(own).text
    why = queries.WHY_NOT["tools/asked_to_be_champion"]
    assert why(champion_id, NOW) == "It does not wait for an answer any more: Declined."
    with pytest.raises(ToolRefused, match="ended already"), transaction():
        service.agree(
            db.session.get_one(Champion, champion_id), job_title="x", email="a@b.example", phone="", now=NOW
        )


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("expired", "Accreditation not in force"),
        ("revoked", "Accreditation not in force"),
        ("left", "Has left this job"),
        ("suspended", "Account suspended"),
        ("over", "Until a day that is past"),
        ("to come", "Not begun"),
        ("agency", "Has left this job"),
    ],
)
def test_a_champion_who_lost_what_it_stands_on_is_gone_and_the_lead_sees_why(
    browser: Browser,
    asha: Person,
    ben: Person,
    gcp2: AccreditationScheme,
    held: Accreditation,
    what: str,
    why: str,
) -> None:
    job = asha.memberships[0]
    champion = make_champion(gcp2, job)
    make_accreditation(ben, gcp2)
    directory, own = f"/tools/{gcp2.id}/champions", f"/tools/{gcp2.id}/agencies/{job.agency_id}"
    assert "Asha Patel" in browser.signed_in(ben).get(directory).text

    losses: dict[str, tuple[Any, dict[str, Any]]] = {
        "expired": (held, {"expires_on": TODAY - A_DAY}),
        "revoked": (held, {"revoked_on": TODAY, "revoke_reason": "Shared a login"}),
        "left": (job, {"valid_to": TODAY - A_DAY}),
        "suspended": (asha, {"suspended_at": NOW}),
        "over": (champion, {"valid_to": TODAY - A_DAY}),
        "to come": (champion, {"valid_from": TODAY + A_DAY}),
        "agency": (job.agency, {"valid_to": TODAY - A_DAY}),
    }
    row, values = losses[what]
    changed(row, **values)

    assert "Asha Patel" not in browser.get(directory).text
    page = browser.get(own).text
    assert why in page
    assert "Shared a login" not in page


def test_leads_of_other_agencies_reach_nothing_of_this_one(
    browser: Browser, asha: Person, dev: Person, gcp2: AccreditationScheme, held: Accreditation
) -> None:
    champion = make_champion(gcp2, asha.memberships[0], agreed_at=None)
    agency_id, champion_id = asha.memberships[0].agency_id, champion.id
    other = dev.memberships[0].agency
    lead = make_person("Lena Lead", agency=other, leads=other)
    browser.signed_in(lead)

    browser.get(f"/tools/{gcp2.id}/agencies/{agency_id}", status=404)
    browser.get(f"/tools/{gcp2.id}/agencies/{agency_id}/name-champion", status=404)
    browser.post(f"/tools/champions/{champion_id}/take-off", status=404)
    browser.get(f"/champions/{champion_id}", status=404)
    body = {"membership_id": asha.memberships[0].id, "valid_from": ["23", "11", "2026"]}
    refused = browser.post(f"/tools/{gcp2.id}/agencies/{other.id}/name-champion", body)
    assert "Nobody can be named now" in refused.text or refused.errors
    assert only(Champion).ended_at is None


def test_who_sees_the_directory_and_who_takes_it_away(
    browser: Browser,
    asha: Person,
    ben: Person,
    cara: Person,
    dev: Person,
    gcp2: AccreditationScheme,
    held: Accreditation,
) -> None:
    make_champion(gcp2, asha.memberships[0])
    lena = make_person("Lena Shown", agency=dev.memberships[0].agency)
    make_accreditation(lena, gcp2)
    make_champion(gcp2, lena.memberships[0])
    directory = f"/tools/{gcp2.id}/champions"
    agency_id = asha.memberships[0].agency_id

    assert browser.signed_in(dev).get(directory).h1 == "You need an accreditation"
    for viewer in (asha, ben, cara):
        assert "Lena Shown" in browser.signed_in(viewer).get(directory).text
    assert "Lena Shown" not in browser.get(f"{directory}?agency={agency_id}").text
    assert "No champion is like that" in browser.get(f"{directory}?q=nobody").text
    exported = browser.get(f"{directory}?format=csv&q=hill").response.get_data(as_text=True).splitlines()
    assert exported[1:] == [
        "Hill School,Asha Patel,Teacher,asha@hill.example,01743 000 123,2026-01-01,,2026-11-23"
    ]
    browser.signed_in(asha).get(f"{directory}?format=csv", status=404)


def test_somebody_stands_once_and_can_be_named_again_when_it_is_over(
    asha: Person, ben: Person, gcp2: AccreditationScheme, held: Accreditation
) -> None:
    job = asha.memberships[0]
    before = make_champion(gcp2, job)
    with pytest.raises(ToolRefused, match="already"), transaction():
        service.name_champion(gcp2, job, valid_from=TODAY, valid_to=None, by=ben, now=NOW)

    changed(before, valid_to=TODAY - A_DAY)
    with transaction():
        again = service.name_champion(gcp2, job, valid_from=TODAY, valid_to=None, by=ben, now=NOW)
    assert before.ended_at == NOW
    assert again.agreed_at is None
