"""A lead sends in what the board asks for, on the page or as a spreadsheet; board staff may do it for an agency."""

import io
from datetime import date, timedelta
from typing import Any

import pytest

from sscb_training.agencies.models import Agency, Confidence, Headcount, HeadcountRequest, StaffGroup
from sscb_training.core.db import db, rows
from sscb_training.core.lists import ListRefused
from sscb_training.needs.headcounts.files import COLUMNS, lines_in_file
from sscb_training.people.models import Person
from tests.browser import Browser, Page
from tests.factories import (
    TODAY,
    a_staff_group,
    make_headcount,
    make_headcount_request,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
)

AS_AT: dict[str, Any] = {"as_at": ["1", "11", "2026"], "source": "Staff list of 1 November"}


def said(**answers: tuple[StaffGroup, str, str]) -> dict[str, Any]:
    """The rows of the form: of a staff group its number, and how that is known."""
    rows: dict[str, Any] = {}
    for group, number, known in answers.values():
        rows |= {f"number_{group.id}": number, f"known_{group.id}": known}
    return rows


@pytest.fixture
def heads() -> StaffGroup:
    return make_staff_group(name="Heads", position=1)


@pytest.fixture
def cooks() -> StaffGroup:
    return make_staff_group(name="Cooks", position=2)


@pytest.fixture
def asked(hill_school: Agency, heads: StaffGroup, cooks: StaffGroup) -> HeadcountRequest:
    return make_headcount_request(hill_school, a_staff_group(), heads, cooks)


def recorded() -> list[tuple[int, Confidence | None, int | None]]:
    found = rows(db.select(Headcount).order_by(Headcount.id))
    return [(row.number, row.confidence, row.recorded_by_id) for row in found]


def test_a_lead_sees_what_is_asked_and_sends_it_in(
    browser: Browser, ben: Person, asked: HeadcountRequest, heads: StaffGroup, cooks: StaffGroup
) -> None:
    url, teachers = f"/headcounts/{asked.agency_id}", a_staff_group()
    assert "The board asks for headcounts" in browser.signed_in(ben).get("/home").text
    assert "by 30 November 2026: Teachers, Heads, Cooks" in browser.get("/my-agency").text
    assert "1 person works here by name" in browser.click("Send in headcounts").text

    assert browser.submit(url, **AS_AT).errors == [
        "Enter at least one number, or say that you have none or cannot tell yet"
    ]
    assert browser.submit(url, **said(c=(cooks, "two", "counted"))).errors == [
        "Enter the day that the numbers were true of",
        "Enter where the numbers come from",
        "The number of Cooks must be a whole number, like 20",
    ]
    wrong = said(t=(teachers, "", "counted"), h=(heads, "2", ""), c=(cooks, "2", "none"))
    assert browser.submit(url, **AS_AT, **wrong).errors == [
        "Enter the number of Teachers",
        "Select how you know the number of Heads",
        "Cooks has a number beside “We have none”. Keep one of them",
    ]

    of_a_child = AS_AT | {"source": "Child, born 3.4.2019"}
    for sure in ("counted", "cannot_tell"):
        number = "2" if sure == "counted" else ""
        assert browser.submit(url, **of_a_child, **said(h=(heads, number, sure))).errors == [
            "Source holds what looks like a date of birth. Take it out: no child’s details belong here. "
            "Write any other day in words, like 10 November 2016"
        ]

    page = browser.submit(url, **AS_AT, **said(t=(teachers, "1,041", "estimated"), h=(heads, "", "none")))
    assert "Still to come: Cooks" in page.text
    assert recorded() == [(1041, Confidence.ESTIMATED, ben.id), (0, Confidence.COUNTED, ben.id)]
    assert "by 30 November 2026: Cooks" in browser.get("/my-agency").text

    page = browser.submit(url, **said(c=(cooks, "", "cannot_tell")))  # which has no day and no source
    assert "The headcounts are sent in. Unknown until you send a number: Cooks." in page.text
    assert len(recorded()) == 2
    assert "The board asks for" not in browser.get("/my-agency").text


def test_what_cannot_be_told_keeps_the_last_number_and_says_so_wherever_it_stands(
    browser: Browser, ben: Person, cara: Person, asked: HeadcountRequest, heads: StaffGroup, cooks: StaffGroup
) -> None:
    agency, teachers = asked.agency, a_staff_group()
    make_headcount(agency, heads, 19, as_at=date(2026, 9, 1))
    make_person(agency=agency, staff_group=cooks)
    need = make_need(staff_groups=[teachers, heads], code="N1", scheme=make_scheme())
    make_need(staff_groups=[cooks], scheme=make_scheme())
    url = f"/headcounts/{agency.id}"
    coverage, stays = f"/needs/{need.id}/coverage", "Cannot tell yet: Heads (19 as at 1 Sep 2026 stays)"
    page = browser.signed_in(ben).get(url)
    assert "The last number that was sent in stays, with its day, until another is" in page.text
    assert "cannot tell yet" not in browser.get(f"/agencies/{agency.id}").text.lower()

    untold = said(h=(heads, "", "cannot_tell"), c=(cooks, "", "cannot_tell"), t=(teachers, "99", "counted"))
    page = browser.submit(url, **AS_AT, **untold)

    assert (
        "The headcounts are sent in. Heads: the last number, 19 as at 1 September 2026, stays until you send another. "
        "Unknown until you send a number: Cooks." in page.text
    )
    assert "Heads 19 Cannot tell yet: this number stays until another is sent in 1 Sep 2026" in page.text
    assert "Not supplied for Cooks: record it Cannot tell yet" in page.text
    assert "Last return: 19 as at 1 September 2026" in browser.get(url).text
    assert browser.page.text.count("The last answer was that it cannot be told yet.") == 2  # type: ignore[union-attr]
    assert "Hill School: Cooks (cannot be told yet)" in browser.get("/home").text
    browser.signed_in(cara)
    assert f"118 in the headcount of Hill School {stays}" in browser.get(coverage).text
    assert "Cannot tell yet" not in browser.get(f"{coverage}?as_at={TODAY - timedelta(days=9)}").text
    assert (
        "Cannot tell yet: Heads (19 as at 1 Sep 2026 stays), Cooks" in browser.get("/needs/headcounts").text
    )

    browser.fill(upload(browser, agency.id, "Heads,20,Counted,1/11/2026,List"))
    assert "Cannot tell yet" not in browser.get(coverage).text
    assert "Cannot tell yet: Cooks" in browser.get("/needs/headcounts").text


def test_what_is_left_empty_can_be_none_of_it(browser: Browser, ben: Person, asked: HeadcountRequest) -> None:
    browser.signed_in(ben).submit(
        f"/headcounts/{asked.agency_id}", none_left="y", **AS_AT, **said(t=(a_staff_group(), "9", "counted"))
    )
    assert [number for number, _, _ in recorded()] == [9, 0, 0]


def test_a_number_far_from_the_last_one_is_asked_about(
    browser: Browser, ben: Person, hill_school: Agency, asked: HeadcountRequest
) -> None:
    teachers = a_staff_group()
    make_headcount(hill_school, teachers, 40, as_at=date(2025, 9, 1))
    url = f"/headcounts/{hill_school.id}"
    assert "Last return: 40 as at 1 September 2025" in browser.signed_in(ben).get(url).text

    page = browser.submit(url, **AS_AT, **said(t=(teachers, "4", "counted")))

    assert "4 is right for Teachers; it was 40 as at 1 September 2025" in page.text
    assert len(recorded()) == 1
    assert page.errors == [
        "Say that the numbers that differ from the last return by more than half are right, or correct them"
    ]
    leads_to = page.soup.select_one(".govuk-error-summary a[href='#sure']")
    tick = page.soup.select_one("input#sure")
    assert leads_to
    assert tick
    assert tick["value"] == f"{teachers.id}:4"
    browser.fill(page, sure=[f"{teachers.id}:4"])
    assert [number for number, _, _ in recorded()] == [40, 4]


def test_an_older_return_says_that_a_newer_one_goes_on_counting(
    browser: Browser, ben: Person, asked: HeadcountRequest, heads: StaffGroup
) -> None:
    agency, teachers = asked.agency, a_staff_group()
    make_headcount(agency, teachers, 10, as_at=date(2026, 11, 16))
    make_headcount(agency, heads, 3, as_at=date(2026, 11, 1))
    older = "older than the return of 16 November 2026, which goes on counting"
    browser.signed_in(ben)

    page = upload(browser, agency.id, "Teachers,9,Counted,1/11/2026,List", "Heads,3,Counted,1/11/2026,List")
    assert f"Teachers 9 10 16 Nov 2026 1 Nov 2026 O{older[1:]} List" in page.text
    assert page.text.lower().count("older than") == 1
    page = browser.fill(page)
    assert f"The headcounts are recorded. Still to come: Cooks. Teachers: {older}." in page.text

    page = browser.submit(f"/headcounts/{agency.id}", **AS_AT, **said(t=(teachers, "8", "counted")))
    assert f"Teachers: {older}" in page.text
    assert "older than" not in browser.submit(
        f"/headcounts/{agency.id}", **AS_AT, **said(t=(teachers, "", "cannot_tell"))
    ).text  # fmt: skip


def test_staff_enter_for_an_agency_and_strangers_do_not_know_of_it(
    browser: Browser, cara: Person, ben: Person, dev: Person, asked: HeadcountRequest
) -> None:
    answer = said(t=(a_staff_group(), "7", "best_guess")) | AS_AT | {"source": "Email from Ben Lead"}
    browser.signed_in(cara).submit(f"/headcounts/{asked.agency_id}", **answer)
    assert recorded() == [(7, Confidence.BEST_GUESS, cara.id)]

    elsewhere = make_headcount_request(dev.memberships[0].agency, a_staff_group())
    for page in ("", "/template", "/upload"):
        browser.signed_in(ben).get(f"/headcounts/{elsewhere.agency_id}{page}", status=404)


def test_an_agency_of_which_nothing_is_asked_is_told_so(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    assert "asks nothing of this agency" in browser.signed_in(cara).get(f"/headcounts/{hill_school.id}").text


# As a spreadsheet


def upload(browser: Browser, agency_id: int, *lines: str, name: str = "numbers.csv") -> Page:
    content = "\n".join([",".join(COLUMNS[:5]), *lines]).encode()
    return browser.submit(f"/headcounts/{agency_id}/upload", file=(io.BytesIO(content), name))


def test_a_spreadsheet_is_shown_first_and_recorded_whole(
    browser: Browser, ben: Person, asked: HeadcountRequest
) -> None:
    make_headcount(asked.agency, a_staff_group(), 40, as_at=date(2025, 9, 1))
    template = browser.signed_in(ben).get(f"/headcounts/{asked.agency_id}/template?format=csv")
    assert "Teachers,,,,,40,2025-09-01" in template.response.get_data(as_text=True)
    browser.get(f"/headcounts/{asked.agency_id}/template")

    page = upload(
        browser, asked.agency_id, "teachers,4,Counted,1/11/2026,Staff list", "Heads,,We have none,1/11/2026,Staff list",
        "Cooks,,,,",
    )  # fmt: skip

    assert "Nothing is recorded yet" in page.text
    assert len(recorded()) == 1
    page = browser.fill(page)
    assert page.errors == ["Say that the numbers marked “much changed” are right, or upload others"]
    page = browser.fill(page, sure="y")
    assert "Still to come: Cooks" in page.text
    assert [number for number, _, _ in recorded()] == [40, 4, 0]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Cleaners,4,Counted,1/11/2026,List", "Row 2: “Cleaners” is not a staff group that you are asked about"),
        ("Heads,four,Counted,1/11/2026,List", "Row 2: the number of Heads must be a whole number"),
        ("Heads,4,,1/11/2026,List", "Row 2: say how you know the number of Heads"),
        ("Heads,4,We have none,1/11/2026,List", "Row 2: Heads has the number 4 beside “We have none”"),
        ("Heads,4,Counted,,List", "Row 2: enter the day that the number of Heads was true of"),
        ("Heads,4,Counted,1/11/2036,List", "Row 2: “1/11/2036” is in the future"),
        ("Heads,4,Counted,1/11/2026,", "Row 2: enter where the number of Heads comes from"),
        ("Heads,4,Counted,1/11/2026,List\nHEADS,5,Counted,1/11/2026,List", "Row 3: Heads stands in row 2 already"),
        (
            "Heads,four,,2036,",
            "Row 2: say how you know the number of Heads: Counted, Estimated, Best guess, We have none, "
            "We cannot tell yet; the number of Heads must be a whole number between 0 and 100,000; "
            "enter where the number of Heads comes from, below “Source”; “2036” has no day",
        ),
        (
            "Heads,4,Counted,1/11/2026,Child 943 476 5919",
            "Row 2: “Source” holds what looks like an NHS number. Take it out: no child’s details belong here",
        ),
        (
            "Heads,x,Counted,1/11/2026,List\nHeads,5,,1/11/2026,Born 3.4.2019",
            "Row 3: Heads stands in row 2 already; say how you know the number of Heads: Counted, Estimated, Best guess, "
            "We have none, We cannot tell yet; “Source” holds what looks like a date of birth. Take it out: "
            "no child’s details belong here. Write any other day in words, like 10 November 2016",
        ),
        ("Heads,,,,", "No number is filled in"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_nothing_is_recorded(
    browser: Browser, ben: Person, asked: HeadcountRequest, line: str, problem: str
) -> None:
    page = upload(browser.signed_in(ben), asked.agency_id, line)
    assert any(error.startswith(problem) for error in page.errors)
    assert recorded() == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "Select a file"),
        (b" ", "The file is empty"),
        (b"Group,How many\nHeads,4", "The first row must hold the headings of the template"),
        (b"%PDF-1.7", "The file must be a CSV file or an Excel workbook"),
        (b"PK\x03\x04broken", "The workbook could not be read"),
    ],
)
def test_a_bad_file_says_why(
    browser: Browser, ben: Person, asked: HeadcountRequest, content: bytes, problem: str
) -> None:
    file: Any = (io.BytesIO(content), "numbers.csv" if content else "")
    page = browser.signed_in(ben).submit(f"/headcounts/{asked.agency_id}/upload", file=file)
    assert page.errors[0].startswith(problem)


@pytest.mark.one_database
def test_a_file_that_is_too_large_says_how_large_it_may_be() -> None:
    with pytest.raises(ListRefused, match="smaller than 512 KB"):
        lines_in_file(b"a,b\n" * 150_000, [], today=TODAY)


def test_two_problems_are_listed_and_a_list_made_by_hand_is_refused(
    browser: Browser, ben: Person, asked: HeadcountRequest
) -> None:
    page = upload(
        browser.signed_in(ben), asked.agency_id, "Heads,x,Counted,1/11/2026,L", "Cooks,x,Counted,1/11/2026,L"
    )
    assert [error.partition(":")[0] for error in page.errors[:2]] == ["Row 2", "Row 3"]
    assert len(page.soup.select(".govuk-error-summary a[href='#file']")) == 3
    make_headcount(asked.agency, a_staff_group(), 5)
    page = upload(browser, asked.agency_id, "Cooks,,Cannot tell yet,,", "Teachers,,Cannot tell yet,,")
    assert "Teachers Cannot tell yet: the last number stays 5" in page.text
    assert "Cooks Cannot tell yet None" in page.text
    browser.post(f"/headcounts/{asked.agency_id}/record", {"listed": "nonsense"}, status=409)
    assert len(recorded()) == 1
