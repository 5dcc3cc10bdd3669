"""The pages of board staff about people, and who may do what there."""

from collections.abc import Callable
from datetime import date

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people import service
from sscb_training.people.models import Membership, Person, RoleGrant
from sscb_training.people.queries import person_by_email
from tests.browser import Browser
from tests.factories import NOW, TODAY, changed, make_agency, make_membership, make_person, saved
from tests.people.accounts.test_create_account import Outbox, link_in, send

PASSWORD = "three green bicycles"


def grant_of(person: Person) -> RoleGrant:
    grant: RoleGrant = db.session.scalars(db.select(RoleGrant).where(RoleGrant.person_id == person.id)).one()
    return grant


def names(browser: Browser, query: str = "") -> list[str]:
    page = browser.get(f"/people{query}")
    return [cell.get_text(" ", strip=True) for cell in page.soup.select("tbody th a")]


def test_people_are_found_by_name_address_agency_and_role(
    browser: Browser, cara: Person, asha: Person, ben: Person, dev: Person, hill_school: Agency
) -> None:
    browser.signed_in(cara)

    assert names(browser) == ["Asha Patel", "Ben Lead", "Cara Board", "Dev Outsider"]
    assert names(browser, "?q=ASHA") == ["Asha Patel"]
    assert names(browser, "?q=vale.example") == ["Dev Outsider"]
    assert names(browser, f"?agency={hill_school.id}") == ["Asha Patel", "Ben Lead"]
    assert names(browser, f"?agency={hill_school.id}&role=agency_lead") == ["Ben Lead"]
    assert names(browser, "?role=board_staff") == ["Cara Board"]
    assert names(browser, "?q=100%25") == []
    assert "Nobody found" in browser.get("/people?q=zzz").text


@pytest.mark.parametrize(
    "query", ["?role=emperor", "?agency=9999999", "?agency=x", "?page=99", "?q=" + "a" * 5000]
)
def test_a_filter_that_makes_no_sense_is_no_fault(browser: Browser, cara: Person, query: str) -> None:
    browser.signed_in(cara).get(f"/people{query}")


def test_the_list_has_pages_and_keeps_its_filter(browser: Browser, cara: Person) -> None:
    for number in range(26):
        make_person(f"Person {number:02}")

    browser.signed_in(cara).get("/people?q=person")
    assert browser.page
    assert "Showing 1 to 25 of 26 people" in browser.page.text
    assert names(browser, "?q=person&page=2") == ["Person 25"]


def test_the_list_asks_as_much_of_the_database_for_three_people_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    make_person("Zed", agency=make_agency(), roles=[Role.TRAINER])
    one = count_queries(lambda: browser.get("/people"))
    for _ in range(2):
        make_person(agency=make_agency(), roles=[Role.TRAINER])

    assert count_queries(lambda: browser.get("/people")) == one


def test_an_invited_trainer_chooses_their_own_password(
    browser: Browser, cara: Person, outbox: Outbox
) -> None:
    page = browser.signed_in(cara).submit(
        "/people/invite", name="T. New", email="tina@pool.example", role="trainer"
    )
    assert page.h1 == "T. New"
    assert "Not confirmed yet" in page.text
    [letter] = outbox()
    assert "Cara Board invites you" in letter.body
    assert "as trainer" in letter.body

    browser.post("/sign-out")
    page = browser.submit(link_in(letter), name="Tina New", password="password1234")
    assert page.errors[0].startswith("Choose a password that is harder to guess")
    send(browser, link_in(letter), name="Tina New", password=PASSWORD)

    tina = db.session.scalars(db.select(Person).where(Person.name == "Tina New")).one()
    assert (set(tina.roles), tina.email_confirmed_at) == ({Role.TRAINER}, NOW)
    browser.get(link_in(letter), status=404)


def test_an_agency_lead_is_invited_for_an_agency(
    browser: Browser, cara: Person, hill_school: Agency, outbox: Outbox
) -> None:
    answers = {"name": "Lee", "email": "lee@hill.example", "role": "agency_lead"}
    page = browser.signed_in(cara).submit("/people/invite", **answers)  # type: ignore[arg-type]
    assert page.errors == ["Select the agency that this person leads"]
    assert db.session.scalar(db.select(Person).where(Person.name == "Lee")) is None

    browser.submit("/people/invite", **answers, agency=hill_school.id)  # type: ignore[arg-type]

    assert "as agency lead for Hill School" in outbox()[0].body
    lee = db.session.scalars(db.select(Person).where(Person.name == "Lee")).one()
    assert lee.leads_agency_ids == {hill_school.id}


def test_somebody_who_has_an_account_is_told_of_the_role(
    browser: Browser, cara: Person, asha: Person, outbox: Outbox
) -> None:
    with transaction():
        service.set_password(asha, PASSWORD, now=NOW)

    browser.signed_in(cara).submit("/people/invite", name="A", email="ASHA@hill.example", role="trainer")

    assert [letter.subject for letter in outbox()] == ["You have a new role"]
    db.session.rollback()
    assert (asha.name, set(asha.roles)) == ("Asha Patel", {Role.TRAINER})


def test_a_new_invitation_replaces_the_old_one(browser: Browser, cara: Person, outbox: Outbox) -> None:
    page = browser.signed_in(cara).submit(
        "/people/invite", name="T. New", email="tina@pool.example", role="trainer"
    )
    browser.fill(page, button="Send an invitation")

    browser.get(link_in(outbox()[0]), status=404)
    browser.get(link_in(outbox()[1]))


def test_a_shared_mailbox_is_not_invited(browser: Browser, cara: Person, outbox: Outbox) -> None:
    page = browser.signed_in(cara).submit(
        "/people/invite", name="Office", email="office@hill.example", role="trainer"
    )

    assert "looks like a shared mailbox" in page.errors[0]
    assert outbox() == []


@pytest.mark.parametrize("role", ["board_staff", "administrator"])
def test_board_staff_cannot_make_board_staff(browser: Browser, cara: Person, asha: Person, role: str) -> None:
    url = f"/people/{asha.id}/roles/add"
    assert role not in [
        radio["value"] for radio in browser.signed_in(cara).get(url).soup.select("[type=radio]")
    ]

    browser.post(url, {"role": role})

    db.session.rollback()
    assert asha.roles == frozenset()


@pytest.mark.parametrize("role", list(Role))
def test_an_administrator_gives_and_ends_every_role(
    browser: Browser, ada: Person, asha: Person, hill_school: Agency, role: Role
) -> None:
    page = browser.signed_in(ada).submit(
        f"/people/{asha.id}/roles/add", role=role.value, agency=hill_school.id
    )
    assert "The role is given" in page.text
    assert role in asha.roles

    page = browser.submit(f"/people/{asha.id}/roles/{grant_of(asha).id}/end")
    assert "The role is ended" in page.text
    db.session.rollback()
    assert asha.roles == frozenset()
    assert "Gave a role" in page.text
    assert "Ended a role" in page.text


def test_a_role_that_is_ended_is_gone_at_the_next_request(
    browser: Browser, cara: Person, ada: Person
) -> None:
    browser.signed_in(cara).get("/people")
    with transaction():
        service.end_role(grant_of(cara), by=ada, now=NOW)

    browser.get("/people", status=403)


def test_board_staff_cannot_end_the_role_of_an_administrator(
    browser: Browser, cara: Person, ada: Person
) -> None:
    url = f"/people/{ada.id}/roles/{grant_of(ada).id}/end"
    page = browser.signed_in(cara).post(url, status=409)

    assert "Only an administrator can do this" in page.text
    assert Role.ADMINISTRATOR in ada.roles


def test_the_last_administrator_stays(browser: Browser, ada: Person) -> None:
    url = f"/people/{ada.id}/roles/{grant_of(ada).id}/end"
    page = browser.signed_in(ada).submit(url, status=409)

    assert "The service needs one administrator" in page.text
    make_person(roles=[Role.ADMINISTRATOR], suspended_at=NOW)
    browser.submit(url, status=409)
    make_person(roles=[Role.ADMINISTRATOR])
    assert browser.submit(url).h1 == "Ada Admin"
    browser.get("/people", status=403)


def test_a_grant_of_somebody_else_does_not_exist(
    browser: Browser, ada: Person, asha: Person, tom: Person
) -> None:
    browser.signed_in(ada).get(f"/people/{asha.id}/roles/{grant_of(tom).id}/end", status=404)


def test_a_suspended_person_is_out_at_once_and_can_be_restored(
    browser: Browser, cara: Person, asha: Person
) -> None:
    asha_elsewhere = Browser(browser.app).signed_in(asha)
    page = browser.signed_in(cara).submit(f"/people/{asha.id}/suspend")

    assert "Suspended" in page.text
    assert asha_elsewhere.get("/account").h1 == "Sign in"

    page = browser.fill(page, button="Let them sign in again")
    assert "can sign in again" in page.text
    assert asha_elsewhere.get("/account").h1 == "Sign in", "the old sign-in stays ended"


def test_nobody_suspends_themself_and_board_staff_no_administrator(
    browser: Browser, cara: Person, ada: Person
) -> None:
    browser.signed_in(cara)
    assert "cannot suspend yourself" in browser.submit(f"/people/{cara.id}/suspend", status=409).text
    assert "Only an administrator" in browser.submit(f"/people/{ada.id}/suspend", status=409).text


def test_a_walk_ins_agency_is_confirmed_by_staff(
    browser: Browser, cara: Person, dev: Person, hill_school: Agency
) -> None:
    walk_in = make_person("Wal Kin", email=None)
    job = make_membership(walk_in, hill_school, confirmed_at=None)

    page = browser.signed_in(cara).get(f"/people/{walk_in.id}")
    assert "None: cannot sign in" in page.text
    page = browser.fill(page, button="Confirm Hill School")

    assert "The agency is confirmed" in page.text
    assert db.session.get_one(Membership, job.id).confirmed_at == NOW


def test_staff_end_the_job_of_somebody_who_left(browser: Browser, cara: Person, asha: Person) -> None:
    job = asha.memberships[0]
    page = browser.signed_in(cara).submit(f"/people/{asha.id}/jobs/{job.id}/end")

    assert "The last day is saved" in page.text
    assert db.session.get_one(Membership, job.id).valid_to == TODAY


def test_staff_correct_a_last_day_and_the_one_before_stays_in_the_history(
    browser: Browser, cara: Person, asha: Person
) -> None:
    job = asha.memberships[0]
    page = browser.signed_in(cara).submit(f"/people/{asha.id}/jobs/{job.id}/end", on=["30", "9", "2026"])
    assert "Last day: was nothing, now 30 September 2026" in page.text
    page = browser.submit(page.link("Correct the last day of Teacher, Hill School"), on=["1", "9", "2026"])

    assert "Corrected the last day of a job" in page.text
    assert "Last day: was 30 September 2026, now 1 September 2026" in page.text
    assert db.session.get_one(Membership, job.id).valid_to == date(2026, 9, 1)


def test_a_last_day_is_not_corrected_into_the_same_job_begun_again(
    browser: Browser, cara: Person, asha: Person, hill_school: Agency
) -> None:
    before = changed(asha.memberships[0], valid_to=date(2026, 3, 31))
    make_membership(asha, hill_school, valid_from=date(2026, 9, 1))

    page = browser.signed_in(cara).submit(f"/people/{asha.id}/jobs/{before.id}/end", on=["1", "9", "2026"])

    assert "has this job at Hill School already, from 1 September 2026" in page.errors[0]


def test_staff_find_a_job_only_under_its_person(
    browser: Browser, cara: Person, asha: Person, dev: Person
) -> None:
    browser.signed_in(cara).get(f"/people/{dev.id}/jobs/{asha.memberships[0].id}/end", status=404)


@pytest.mark.parametrize("who", ["ben", "cara"])
def test_a_shared_mailbox_receives_the_letters_of_somebody_without_an_address_and_no_more(
    request: pytest.FixtureRequest, browser: Browser, hill_school: Agency, outbox: Outbox, who: str
) -> None:
    kim = make_person("Kim Cook", agency=hill_school, email=None)
    page = browser.signed_in(request.getfixturevalue(who)).get(f"/people/{kim.id}")
    assert "Letters go to Their agency’s leads" in page.text
    page = browser.get(page.link("Change where letters go"))
    assert browser.fill(page, contact_email="office").errors == [
        "Enter an email address in the correct format, like name@example.com"
    ]

    page = browser.fill(page, contact_email="office@hill.example")

    assert "Letters go to office@hill.example" in page.text
    [entry] = history.entries_about(kim)
    assert entry.detail == {"contact_email": ["", "office@hill.example"]}
    db.session.refresh(kim)
    assert (kim.email, kim.email_key, person_by_email("office@hill.example")) == (None, None, None)
    stranger = Browser(browser.app)
    stranger.submit("/forgotten-password", email="office@hill.example")
    [answer] = outbox()
    assert "/reset-password/" not in answer.body


def test_whoever_has_an_address_receives_their_letters_there(
    browser: Browser, ben: Person, asha: Person, dev: Person
) -> None:
    page = browser.signed_in(ben).get(f"/people/{asha.id}/letters-to")

    assert "Letters go to their own address, asha@hill.example" in page.text
    assert "Letters go to" not in browser.get(f"/people/{asha.id}").text
    with pytest.raises(service.PersonRefused, match="address of their own"), transaction():
        service.send_letters_to(asha, contact_email="office@hill.example", by=ben, now=NOW)
    browser.get(f"/people/{dev.id}/letters-to", status=404)


def test_a_lead_does_not_say_where_letters_about_another_agency_go(ben: Person, cara: Person) -> None:
    both = make_person("Bo Both", agency=ben.memberships[0].agency, email=None)
    make_membership(both, make_agency(name="Vale Housing"))

    with pytest.raises(service.PersonRefused, match="Only the board’s staff"), transaction():
        service.send_letters_to(both, contact_email="office@hill.example", by=ben, now=NOW)
    with transaction():
        service.send_letters_to(both, contact_email="bo@both.example", by=cara, now=NOW)

    assert both.contact_email == "bo@both.example"


def test_a_mailbox_of_the_agency_before_receives_no_letters_about_the_next(
    ben: Person, cara: Person, hill_school: Agency
) -> None:
    mover = make_person("Mo Mover", agency=hill_school, email=None)
    staff_group = mover.memberships[0].staff_group

    def works_at(agency: Agency, job_title: str) -> str:
        with transaction():
            service.send_letters_to(mover, contact_email="office@hill.example", by=cara, now=NOW)
            service.add_membership(
                mover,
                agency=agency,
                staff_group=staff_group,
                job_title=job_title,
                valid_from=TODAY,
                confirmed=True,
                by=cara,
                now=NOW,
            )
        return mover.contact_email

    assert works_at(hill_school, "Cook") == "office@hill.example"
    assert works_at(make_agency(name="Vale Housing"), "Driver") == ""


def test_a_hostile_name_is_inert(browser: Browser, cara: Person) -> None:
    person = saved(Person(name="<img src=x onerror=alert(1)>{{7*7}}", created_at=NOW))
    page = browser.signed_in(cara).get(f"/people/{person.id}")

    assert page.h1 == "<img src=x onerror=alert(1)>{{7*7}}"
    assert not page.soup.select("main img")


def test_a_job_that_rests_on_a_walk_ins_word_opens_nothing_to_the_lead(
    browser: Browser, ben: Person, dev: Person, hill_school: Agency
) -> None:
    job = make_membership(dev, hill_school, confirmed_at=None)
    browser.signed_in(ben).get(f"/people/{dev.id}", status=404)

    changed(job, confirmed_at=NOW)

    browser.get(f"/people/{dev.id}")
