"""The pages of agencies: what they show, to whom, and what sending them does."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from sscb_training.agencies import queries
from sscb_training.agencies.models import Agency, Headcount, Sector
from sscb_training.core.db import db, rows
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    TODAY,
    a_staff_group,
    make_agency,
    make_finding,
    make_headcount,
    make_need,
    make_scheme,
    make_staff_group,
)

LONG = "The Shropshire, Telford and Wrekin Integrated Care Partnership for Extraordinarily-Long-Names " * 2


def typed(day: date) -> list[str]:
    """A date as its three boxes send it."""
    return [str(day.day), str(day.month), str(day.year)]


def test_the_list_when_there_is_nothing_and_when_nothing_fits(browser: Browser, cara: Person) -> None:
    assert "Add the first agency" in browser.signed_in(cara).get("/agencies").text
    make_agency()
    assert "No agency fits" in browser.get("/agencies?q=zebra").text


def test_the_list_shows_current_agencies_until_asked_for_more(browser: Browser, cara: Person) -> None:
    icb = make_agency(name="Shropshire ICB", sector=Sector.PRIMARY_CARE)
    make_agency(name="Shropshire CCG", valid_to=date(2022, 6, 30), successor=icb)
    make_headcount(icb, a_staff_group(), 212, as_at=TODAY - timedelta(days=401))

    page = browser.signed_in(cara).get("/agencies").text
    assert "Shropshire ICB" in page
    assert "Old" in page
    assert "Shropshire CCG" not in page

    page = browser.get("/agencies?state=former").text
    assert "Until 30 Jun 2022, then Shropshire ICB" in page
    assert "Shropshire ICB" not in browser.get("/agencies?sector=education&state=current").text
    assert "Shropshire CCG" in browser.get("/agencies?state=all&q=ccg&sector=nonsense&page=99").text


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def add() -> None:
        after = make_agency()
        make_headcount(make_agency(successor=after, valid_to=TODAY), a_staff_group(), 3)

    browser.signed_in(cara)
    add()
    one = count_queries(lambda: browser.get("/agencies?state=all"))
    add()
    add()
    assert count_queries(lambda: browser.get("/agencies?state=all")) == one


def test_staff_add_an_agency(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).submit("/agencies/new", name="", sector="", valid_from=["", "", ""])
    assert page.errors == ["Enter the agency’s name", "Select a sector", "Enter the first day"]

    page = browser.submit(
        "/agencies/new",
        name="  Vale Trust ",
        short_name="VT",
        sector="hospital",
        valid_from=["1", "April", "2012"],
    )

    assert page.h1 == "Vale Trust"
    assert "1 April 2012" in page.text
    assert "Added by Cara Board" in page.text


def test_adding_an_agency_under_a_taken_name_keeps_what_was_typed(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    page = browser.signed_in(cara).submit(
        "/agencies/new", name="hill school", sector="other", valid_from=["1", "4", "2012"]
    )
    assert "already an agency called Hill School" in page.errors[0]
    assert page.soup.select_one("input[value='hill school']")


def test_staff_edit_an_agency(browser: Browser, cara: Person, hill_school: Agency) -> None:
    page = browser.signed_in(cara).submit(
        f"/agencies/{hill_school.id}/edit", name=LONG.strip(), sector="other"
    )
    assert page.h1 == LONG.strip()
    assert "Name: was Hill School, now" in page.text
    make_agency(name="Taken")
    assert browser.submit(f"/agencies/{hill_school.id}/edit", name="Taken").errors


def test_staff_end_an_agency_and_take_it_back(browser: Browser, cara: Person, hill_school: Agency) -> None:
    academy = make_agency(name="Hill Academy")
    url = f"/agencies/{hill_school.id}/end"

    assert browser.signed_in(cara).submit(url).errors == ["Enter the last day"]
    assert "began on" in browser.submit(url, valid_to=["1", "1", "1999"]).errors[0]
    page = browser.submit(url, valid_to=["31", "8", "2026"], successor=str(academy.id))

    assert "31 August 2026" in page.text
    assert page.link("Hill Academy") == f"/agencies/{academy.id}"
    assert "Took over from" in browser.get(f"/agencies/{academy.id}").text

    browser.get(f"/agencies/{hill_school.id}")
    assert browser.page is not None
    page = browser.fill(browser.page, button="Take back the last day")
    assert "Last day" not in page.text.split("History")[0].split("Headcounts")[0].replace("no last day", "")


def test_the_page_says_how_old_each_headcount_is(browser: Browser, cara: Person, hill_school: Agency) -> None:
    make_headcount(hill_school, a_staff_group(), 1204, as_at=TODAY - timedelta(days=3 * 366), source="Census")
    make_staff_group(name="Governors")
    page = browser.signed_in(cara).get(f"/agencies/{hill_school.id}").text
    assert "1,204" in page
    assert "3 years old" in page
    assert "in which nobody is known to work here: Record the headcount of Governors" in page


def test_the_page_names_the_returns_that_coverage_waits_for(
    browser: Browser, ben: Person, asha: Person, hill_school: Agency
) -> None:
    make_staff_group(name="Governors")

    page = browser.signed_in(ben).get(f"/agencies/{hill_school.id}")

    assert "No return yet for Teachers. People of this staff group work here" in page.text
    make_headcount(hill_school, a_staff_group(), 12)
    assert "No return yet for" not in browser.get(f"/agencies/{hill_school.id}").text


def test_an_agency_without_anything_says_what_to_do(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get(f"/agencies/{make_agency(name=LONG).id}").text
    assert "No headcount returns yet" in page
    assert "No staff groups yet" in page


def test_a_lead_records_the_headcount_of_their_own_agency(
    browser: Browser, ben: Person, hill_school: Agency
) -> None:
    url = f"/agencies/{hill_school.id}/headcounts/new"
    page = browser.signed_in(ben).get(f"/agencies/{hill_school.id}")
    assert "Edit" not in [link.get_text(strip=True) for link in page.soup.select("main a")]
    assert "History" not in page.text

    page = browser.submit(
        url, staff_group=str(a_staff_group().id), number="-1", as_at=["1", "9", "2027"], source="Census"
    )
    assert page.errors == ["Headcount must be between 0 and 100,000", "Select how sure the number is"]
    page = browser.submit(
        url,
        staff_group=str(a_staff_group().id),
        number="41",
        as_at=["1", "9", "2027"],
        source="Census",
        confidence="counted",
    )
    assert "still to come" in page.errors[0]
    page = browser.submit(
        url,
        staff_group=str(a_staff_group().id),
        number="41",
        as_at=["1", "9", "2026"],
        source="943 476 5919",
        confidence="counted",
    )
    assert [link["href"] for link in page.soup.select(".govuk-error-summary a")] == ["#source"]
    assert page.errors == [
        "Source holds what looks like an NHS number. Take it out: no child’s details belong here"
    ]
    page = browser.submit(
        url,
        staff_group=str(a_staff_group().id),
        number="41",
        as_at=["1", "9", "2026"],
        source="Census",
        confidence="estimated",
    )

    assert "The headcount is recorded" in page.text
    assert "Estimated" in page.text
    assert "by Ben Lead" in page.text
    assert [(row.number, row.recorded_by_id) for row in rows(db.select(Headcount))] == [(41, ben.id)]
    page = browser.submit(
        url,
        staff_group=str(a_staff_group().id),
        number="20",
        as_at=["31", "8", "2026"],
        source="Census",
        confidence="counted",
    )
    assert (
        "The headcount is recorded. It is older than the return of 1 September 2026, which goes on counting."
        in page.text
    )


def test_a_lead_withdraws_what_they_recorded_themselves_and_nothing_else(
    browser: Browser, ben: Person, cara: Person, hill_school: Agency
) -> None:
    own, staffs, _together = [
        make_headcount(
            hill_school, make_staff_group(name=name), 41, as_at=date(2025, 9, 1), recorded_by_id=who.id
        ).id
        for name, who in [("Heads", ben), ("Nurses", cara), ("Cooks", ben)]
    ]

    page = browser.signed_in(ben).get(f"/agencies/{hill_school.id}")
    assert len(page.soup.select("a[href$='/withdraw']")) == 2
    browser.get(f"/agencies/headcounts/{staffs}/withdraw", status=404)
    url = f"/agencies/headcounts/{own}/withdraw"
    assert "1 other number was sent in with it, as at the same day: Cooks 41." in browser.get(url).text
    assert browser.submit(url).errors == ["Enter why you withdraw it"]
    page = browser.submit(url, reason="It was 2026")
    assert "The return is withdrawn" in page.text
    assert "Withdrawn on 23 November 2026 by Ben Lead: It was 2026" in page.text
    assert "withdrawn already" in browser.get(url).text
    page = browser.signed_in(cara).get(f"/agencies/{hill_school.id}")
    assert len(page.soup.select("a[href$='/withdraw']")) == 2


def test_a_lead_reaches_no_other_agency(browser: Browser, ben: Person) -> None:
    other = make_agency()
    browser.signed_in(ben).get(f"/agencies/{other.id}", status=404)
    browser.post(
        f"/agencies/{other.id}/headcounts/new",
        {"staff_group": a_staff_group().id, "number": "1", "source": "x", "as_at": typed(TODAY)},
        status=404,
    )
    browser.get("/agencies", status=403)
    assert rows(db.select(Headcount)) == []


@pytest.mark.parametrize(
    ("who", "status"), [("asha", 403), ("dev", 403), ("ben", 200), ("cara", 200), ("ada", 200)]
)
def test_who_sees_hill_school(
    request: pytest.FixtureRequest, browser: Browser, hill_school: Agency, who: str, status: int
) -> None:
    browser.signed_in(request.getfixturevalue(who)).get(f"/agencies/{hill_school.id}", status=status)


def test_staff_keep_the_staff_groups(browser: Browser, cara: Person) -> None:
    assert "Add the first staff group" in browser.signed_in(cara).get("/agencies/staff-groups").text
    for name in ("Nurses", "Teachers"):
        browser.submit("/agencies/staff-groups/new", name=name)
    assert "already a staff group" in browser.submit("/agencies/staff-groups/new", name="nurses").errors[0]
    teachers = queries.staff_groups()[1]
    url = f"/agencies/staff-groups/{teachers.id}"
    assert browser.submit(url, name="Nurses").errors
    browser.submit(url, name="Head teachers")
    page = browser.get("/agencies/staff-groups")
    browser.fill(page, button="Move up Head teachers")
    db.session.rollback()
    assert [group.name for group in queries.staff_groups()] == ["Head teachers", "Nurses"]


def test_a_year_beyond_the_calendar_is_no_real_date(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    page = browser.signed_in(cara).submit(
        f"/agencies/{hill_school.id}/headcounts/new",
        staff_group=str(a_staff_group().id), number="3", as_at=["1", "1", "99999999999"], source="Census",
    )  # fmt: skip

    assert "must be a real date" in page.errors[0]


def test_an_agency_that_keeps_its_people_here_is_counted_by_name_until_it_sends_a_return(
    browser: Browser, cara: Person, asha: Person, hill_school: Agency
) -> None:
    need = make_need(make_finding(), staff_groups=[a_staff_group()], scheme=make_scheme())
    url, coverage = f"/agencies/{hill_school.id}", f"/needs/{need.id}/coverage"
    assert "Headcount not supplied" in browser.signed_in(cara).get(url).text

    page = browser.post(f"{url}/keep-people-here")

    assert "1 named here" in page.text
    assert "Missing" not in page.text
    assert "named here, 23 Nov 2026" in browser.get(coverage).text
    assert "Headcount not supplied" in browser.get(f"{coverage}?known_on=2026-11-22").text

    make_headcount(hill_school, a_staff_group(), 12)
    assert "named here, 23" not in browser.get(coverage).text
    assert "Only its returns are its headcounts now" in browser.post(f"{url}/returns-only").text
