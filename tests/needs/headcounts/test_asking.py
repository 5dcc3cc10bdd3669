"""The board asks for headcounts, watches who answers, and the leads are reminded once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from sscb_training.agencies.models import Agency, HeadcountRequest, NamedWorkforce, Sector
from sscb_training.agencies.service import record_headcount
from sscb_training.core.db import db, rows
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.needs.headcounts import jobs, queries, rules, service
from sscb_training.needs.models import NeedAudience
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    changed,
    make_agency,
    make_finding,
    make_headcount,
    make_headcount_request,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
    saved,
)

PAGE = "/needs/headcounts"


def typed(day: date) -> list[str]:
    return [str(day.day), str(day.month), str(day.year)]


@pytest.fixture
def need(hill_school: Agency) -> None:
    make_need(make_finding(), staff_groups=[a_staff_group()], scheme=make_scheme())


def letters() -> list[tuple[str, str]]:
    return [(letter.to_address, letter.body) for letter in rows(db.select(Letter).order_by(Letter.id))]


def test_without_an_open_need_there_is_nothing_to_ask(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    assert "No headcounts are wanted" in browser.signed_in(cara).get(PAGE).text
    assert "There is nothing to ask" in browser.get(f"{PAGE}/ask").text


@pytest.mark.usefixtures("need")
def test_staff_ask_and_the_leads_get_a_letter_with_a_link(
    browser: Browser, cara: Person, ben: Person
) -> None:
    page = browser.signed_in(cara).submit(f"{PAGE}/ask", due_on=["1", "1", "2020"])
    assert "must be today or later" in page.errors[0]
    assert browser.submit(f"{PAGE}/ask", agencies=[]).errors == ["Select at least one agency"]

    vale = make_agency(name="Vale Trust")
    make_headcount_request(vale, a_staff_group(), sent_in_at=NOW)
    assert "Sent in on 23 November 2026; if you ask again it waits again" in browser.get(f"{PAGE}/ask").text
    page = browser.submit(f"{PAGE}/ask", due_on=typed(TODAY + timedelta(days=30)))

    assert "2 agencies are asked. No letter goes to 1 of them" in page.text
    assert "Waiting" in page.text
    ((to, body),) = letters()
    assert to == ben.email
    assert "Teachers" in body
    assert f"/headcounts/{ben.memberships[0].agency_id}" in body
    assert "23 December 2026" in body

    browser.submit(f"{PAGE}/ask", due_on=typed(TODAY + timedelta(days=40)))
    of_hill = db.select(HeadcountRequest).where(HeadcountRequest.agency_id != vale.id)
    first, second = rows(of_hill.order_by(HeadcountRequest.id))
    assert (first.withdrawn_at, second.withdrawn_at) == (NOW, None)
    assert [queries.why_not_asked(one.id, NOW) for one in (first, second)] == [
        "The board does not ask any more.",
        "",
    ]

    assert "is not asked any more" in browser.post(f"{PAGE}/{second.id}/stop").text
    assert "Not asked" in browser.get(PAGE).text
    assert rules.asked_in_words(1, 0) == "1 agency is asked"
    assert rules.asked_in_words(1, 1).startswith(
        "1 agency is asked. No letter goes to it, as nobody leads it"
    )
    assert rules.asked_in_words(6, 6) == (
        "6 agencies are asked. No letter goes to any of them, as nobody leads them here: write yourself."
    )


@pytest.mark.usefixtures("need")
def test_nobody_is_asked_by_a_day_when_nobody_works(
    browser: Browser, cara: Person, at: Callable[[datetime], None]
) -> None:
    at(datetime(2026, 11, 27, 9, tzinfo=UTC))  # four weeks before Christmas Day, a Friday
    page = browser.signed_in(cara).get(f"{PAGE}/ask")

    due_on = [str(part["value"]) for part in page.soup.select("input[name=due_on]")]
    assert due_on == ["29", "12", "2026"]
    assert browser.submit(f"{PAGE}/ask", due_on=["1", "1", "2999"]).errors == [
        "Send in by must have a year between 1900 and 2200"
    ]


@pytest.mark.usefixtures("need")
def test_asking_twice_for_the_same_day_writes_once(
    browser: Browser, cara: Person, ben: Person, hill_school: Agency
) -> None:
    by = typed(TODAY + timedelta(days=30))
    browser.signed_in(cara).submit(f"{PAGE}/ask", due_on=by)
    make_agency(name="Vale Trust")

    asking = browser.get(f"{PAGE}/ask")
    assert "Asked on 23 November 2026, by 23 December 2026; nobody gets a second letter today" in asking.text
    page = browser.submit(f"{PAGE}/ask", due_on=by)
    assert "1 agency is asked. No letter goes to it, as nobody leads it here: write yourself. 1" in page.text
    assert "1 agency was asked today already, by the same day: nobody gets a second letter" in page.text
    assert [to for to, _ in letters()] == [ben.email]

    colleague = make_person(agency=hill_school, leads=hill_school)
    page = browser.submit(f"{PAGE}/ask", due_on=by)
    assert "2 agencies were asked today already" in page.text
    assert [to for to, _ in letters()] == [ben.email, colleague.email]


@pytest.mark.usefixtures("need")
@pytest.mark.parametrize("what", ["another day", "the day after", "for more"])
def test_what_is_asked_anew_is_written_anew(
    what: str, cara: Person, ben: Person, hill_school: Agency
) -> None:
    now, due_on = NOW, TODAY + timedelta(days=30)
    with transaction():
        service.ask([hill_school], due_on=due_on, by=cara, now=now)
    if what == "another day":
        due_on += timedelta(days=1)
    elif what == "the day after":
        now += timedelta(days=1)
    else:
        heads = make_staff_group(name="Heads")
        make_need(make_finding(), staff_groups=[heads], scheme=make_scheme())
        make_person(agency=hill_school, staff_group=heads)

    with transaction():
        assert len(service.ask([hill_school], due_on=due_on, by=cara, now=now)) == 1
    (_, first), (_, second) = letters()
    words = "This letter replaces ours of 23 November 2026, which asked for them by 23 December 2026."
    assert words not in first
    assert words in second


@pytest.mark.usefixtures("need")
def test_who_has_not_answered_is_reminded_once(hill_school: Agency, ben: Person) -> None:
    request = make_headcount_request(
        hill_school, a_staff_group(), asked_at=NOW - timedelta(days=21), due_on=TODAY + timedelta(days=8)
    )
    tomorrow = NOW + timedelta(days=1)
    assert [jobs.remind_of_headcounts(at) for at in (NOW, tomorrow, tomorrow)] == [0, 1, 0]
    ((to, body),) = letters()
    assert (to, "This is a reminder" in body) == (ben.email, True)

    changed(request, reminded_at=None, sent_in_at=NOW)
    assert jobs.remind_of_headcounts(tomorrow) == 0


@pytest.mark.usefixtures("need")
def test_nobody_is_reminded_where_nobody_leads(hill_school: Agency) -> None:
    request = make_headcount_request(hill_school, a_staff_group(), due_on=TODAY)
    assert jobs.remind_of_headcounts(NOW) == 0
    assert request.reminded_at is None


@pytest.mark.one_database
def test_an_agency_is_asked_for_the_staff_groups_that_it_has_and_needs_are_for(hill_school: Agency) -> None:
    teachers = a_staff_group()
    heads, cooks = make_staff_group(name="Heads", position=1), make_staff_group(name="Cooks", position=2)
    every = [teachers, heads, cooks]
    need = make_need(make_finding(), staff_groups=every, scheme=make_scheme())
    police, unknown = make_agency(sector=Sector.POLICE), make_agency(sector=Sector.EDUCATION)
    make_person(agency=hill_school, staff_group=heads)
    make_headcount(hill_school, teachers, 30, as_at=date(2025, 9, 1))
    make_headcount(hill_school, teachers, 0, as_at=date(2026, 9, 1))
    make_headcount(hill_school, cooks, 3)

    def wanted(*asked: Agency) -> dict[int, list[str]]:
        found = queries.wanted_of(asked or [hill_school, police, unknown], on=TODAY)
        return {agency_id: [group.name for group in groups] for agency_id, groups in found.items()}

    office = make_agency(sector=Sector.POLICE)
    make_person(agency=office, staff_group=make_staff_group(name="Board staff"))
    names = [group.name for group in every]
    assert wanted(office) == {office.id: names}
    saved(NamedWorkforce(agency_id=office.id, recorded_at=NOW))
    assert wanted(office) == {}
    assert wanted() == {hill_school.id: ["Heads", "Cooks"], police.id: names, unknown.id: names}
    part = saved(NeedAudience(need=need, sector=Sector.EDUCATION, recorded_at=NOW))
    saved(NeedAudience(need=need, agency=unknown, excluded=True, recorded_at=NOW))
    db.session.expire_all()
    assert wanted() == {hill_school.id: ["Heads", "Cooks"]}
    changed(part, withdrawn_at=NOW)
    db.session.expire_all()
    assert set(wanted()) == {hill_school.id, police.id}


@pytest.mark.usefixtures("need")
def test_staff_see_who_has_answered_and_how_old_it_is(
    browser: Browser, cara: Person, ben: Person, hill_school: Agency
) -> None:
    heads = make_staff_group(name="Heads")
    make_need(make_finding(), staff_groups=[heads], scheme=make_scheme())
    old, late = make_agency(name="Vale Trust"), make_agency(name="Wood Trust")
    make_headcount(old, a_staff_group(), 12, as_at=TODAY - timedelta(days=800))
    make_person(agency=old, staff_group=heads)
    saved(NamedWorkforce(agency_id=old.id, recorded_at=NOW))
    make_headcount_request(late, a_staff_group(), due_on=TODAY - timedelta(days=1), reminded_at=NOW)
    answered = make_headcount_request(hill_school, heads, sent_in_at=NOW, sent_in_by_id=ben.id)
    changed(answered.groups[0], cannot_tell=True)

    page = browser.signed_in(cara).get(PAGE).text

    for words in (
        "by Ben Lead", "Cannot tell yet: Heads", "Late", "reminded 23 Nov 2026", "2 years old",
        "the rest named here", "Nobody leads it here", "1 of 2", "Not asked",
    ):  # fmt: skip
        assert words in page
    assert "Vale Trust" not in browser.get(f"{PAGE}?state=late").text
    assert "Vale Trust" in browser.get(f"{PAGE}?state=lacking").text
    assert "No agency is like that" in browser.get(f"{PAGE}?state=waiting").text
    rows_of_file = browser.get(f"{PAGE}?format=csv").response.get_data(as_text=True)
    assert "Hill School,Sent in,2026-11-16,2026-11-30,2026-11-23,Ben Lead,1,0" in rows_of_file

    with transaction():
        record_headcount(
            hill_school, staff_group=heads, number=70, as_at=TODAY, source="List", by=ben, now=NOW
        )
    assert "Cannot tell yet" not in browser.get(PAGE).text


@pytest.mark.usefixtures("need")
def test_the_list_takes_as_many_queries_for_three_agencies_as_for_one(
    count_queries: Callable[[Callable[[], object]], int], hill_school: Agency
) -> None:
    def add() -> None:
        agency = make_agency()
        make_person(agency=agency, leads=agency)
        make_headcount(agency, a_staff_group(), 3)
        make_headcount_request(agency, a_staff_group())

    def ask() -> None:
        db.session.expire_all()
        queries.standings(on=TODAY)

    add()
    one = count_queries(ask)
    add()
    add()
    assert count_queries(ask) == one
