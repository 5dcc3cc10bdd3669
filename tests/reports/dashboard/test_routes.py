"""One page for a board meeting's screen: six questions, each with its picture, its table, its denominator and its date."""

from collections.abc import Callable
from datetime import date, timedelta

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Outcome
from sscb_training.people.models import Person
from sscb_training.reports.dashboard.rules import MOST_COURSES, by_course
from sscb_training.reports.use.rules import Use
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    make_accreditation,
    make_agency,
    make_booking,
    make_case_audit,
    make_course,
    make_finding,
    make_headcount,
    make_indicator,
    make_need,
    make_person,
    make_register,
    make_result,
    make_scheme,
    make_training_session,
    make_version,
)

PAGE = "/reports/dashboard"
QUESTIONS = [
    "How far is each need from its target?",
    "Where is the gap?",
    "Does coverage grow?",
    "What lapses when?",
    "Do booked people come?",
    "What did re-audits see?",
]


def questions(browser: Browser) -> list[str]:
    assert browser.page is not None
    return [title.get_text(strip=True) for title in browser.page.soup.select(".app-chart__title")]


def test_an_empty_county_has_questions_and_no_figures(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get(PAGE)
    assert questions(browser) == [QUESTIONS[0], QUESTIONS[4], QUESTIONS[5]]
    for words in ("No open needs", "No register was closed", "No published re-audit"):
        assert words in page.text


def test_every_figure_says_what_it_is_a_share_of_and_leads_behind_it(
    browser: Browser, cara: Person, hill_school: Agency, asha: Person
) -> None:
    group, scheme = a_staff_group(), make_scheme()
    behind = make_need(
        make_finding(), staff_groups=[group], scheme=scheme, code="N1", title="Neglect", target_percent=80
    )
    make_need(
        make_finding(),
        scheme=make_scheme(),
        code="N2",
        title="Core groups",
        target_percent=90,
        status="closed",
    )
    vale = make_agency(name="Vale Trust")
    make_person(agency=vale, staff_group=group)
    make_headcount(hill_school, group, 4)
    make_accreditation(asha, scheme, expires_on=TODAY + timedelta(days=40))
    over = make_training_session(starts_at=NOW - timedelta(days=20))
    make_register(over, closed_at=NOW)
    make_booking(over, person=asha, outcome=Outcome.ATTENDED)
    make_booking(over, outcome=Outcome.DID_NOT_ATTEND)
    first = make_case_audit(month=date(2025, 5, 1))
    again = make_case_audit(month=date(2026, 5, 1), re_audit_of=first)
    indicator = make_indicator(text="The child was seen alone")
    make_result(first, indicator, 6, 20)
    make_result(again, indicator, 18, 20)

    page = browser.signed_in(cara).get(PAGE)

    assert questions(browser) == QUESTIONS
    for words in (
        "1 of 4 (25%)", "target 80%", "3 of 4", "0 in force; headcount not supplied",
        "whose headcount is not supplied are left out.",
        "Of the 1 in force where the headcount is known, how many run out",
        "1 of 2", "Improving", "6 of 20 (30%), then 18 of 20 (90%)",
        "As at 23 November 2026",
    ):  # fmt: skip
        assert words in page.text, words
    assert "Core groups" not in page.text
    links = {link["href"] for link in page.soup.select(".app-dashboard a[href]")}
    assert links >= {
        f"/needs/{behind.id}/coverage",
        f"/needs/{behind.id}/coverage/{hill_school.id}",
        f"/needs/{behind.id}/forecast",
        f"/audits/{again.id}/indicators",
        "/reports/use",
        (dates := f"/reports/use?by=date&course={over.course_version.course_id}"),
    }
    assert f"/sessions/{over.id}" in {link["href"] for link in browser.get(dates).soup.select("main a[href]")}


def test_courses_of_one_title_lead_to_their_own_dates(browser: Browser, cara: Person) -> None:
    courses = [make_course(title=title) for title in ("Core groups", "Core groups", "All courses")]
    for course in courses:
        over = make_training_session(make_version(course), starts_at=NOW - timedelta(days=20))
        make_register(over, closed_at=NOW)
        make_booking(over, outcome=Outcome.ATTENDED)

    page = browser.signed_in(cara).get(PAGE)

    ways = [str(link["href"]) for link in page.soup.select(".app-bars__row a[href^='/reports/use']")]
    assert ways[0] == "/reports/use"
    assert set(ways[1:]) == {f"/reports/use?by=date&course={course.id}" for course in courses}


def test_the_page_looks_closely_at_the_need_that_was_chosen_or_is_furthest_behind(
    browser: Browser, cara: Person, hill_school: Agency, asha: Person
) -> None:
    make_headcount(hill_school, a_staff_group(), 4)
    near = make_need(from_version=make_version(), code="N1", title="Near", target_percent=5)
    make_need(from_version=make_version(), code="N2", title="Far", target_percent=90)
    page = browser.signed_in(cara).get(PAGE).text
    assert "N2: Far. People still to train" in page
    assert "Nobody’s time runs out in these 12 months" in page
    assert "N1: Near. People still to train" in browser.get(f"{PAGE}?need={near.id}").text
    assert "N2: Far. People still to train" in browser.get(f"{PAGE}?need=999999").text


def test_the_page_looks_closely_at_a_need_that_can_grow(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    make_headcount(hill_school, a_staff_group(), 4)
    far = make_need(code="N1", title="Far", target_percent=90)
    make_need(from_version=make_version(), code="N2", title="Near", target_percent=5)

    page = browser.signed_in(cara).get(PAGE).text
    assert "N2: Near. People still to train" in page
    assert "target 90% no course counts for it" in page
    assert page.count("no course counts for it") == 2  # beside its bar and in the table
    page = browser.get(f"{PAGE}?need={far.id}").text
    assert (
        "N1: Far. No course counts for it, so nobody can be trained for it yet. People still to train" in page
    )


def test_the_dashboard_takes_as_many_queries_for_three_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def add() -> None:
        agency, scheme = make_agency(), make_scheme()
        make_need(make_finding(), scheme=scheme, target_percent=80)
        make_headcount(agency, a_staff_group(), 3)
        make_accreditation(make_person(agency=agency, staff_group=a_staff_group()), scheme)
        over = make_training_session(starts_at=NOW - timedelta(days=20))
        make_register(over, closed_at=NOW)
        make_booking(over, outcome=Outcome.ATTENDED)
        first, indicator = make_case_audit(), make_indicator()
        again = make_case_audit(re_audit_of=first, month=date(2026, 6, 1))
        make_result(first, indicator, 6, 20)
        make_result(again, indicator, 18, 20)

    browser.signed_in(cara)
    add()
    browser.get(PAGE)
    one = count_queries(lambda: browser.get(PAGE))
    add()
    add()
    assert count_queries(lambda: browser.get(PAGE)) == one


def test_the_courses_with_the_most_people_fit_the_picture() -> None:
    dates = [(number, f"Course {number}", Use(booked=number)) for number in range(12)]
    found = by_course([*dates, (1, "Course 1", Use(booked=50))])
    assert [one.course_id for one in found][:3] == [1, 11, 10]
    assert len(found) == MOST_COURSES
