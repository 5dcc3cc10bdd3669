"""Pages of needs, coverage, audits, findings and accreditations."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AssessmentAttempt,
    EvidenceKind,
)
from sscb_training.agencies.models import Agency, Sector, StaffGroup
from sscb_training.bookings.models import Outcome
from sscb_training.case_audits.models import Finding, FindingKind
from sscb_training.core.db import db
from sscb_training.core.times import at_london
from sscb_training.core.transaction import transaction
from sscb_training.imports.models import Assessment
from sscb_training.needs import queries, service
from sscb_training.needs.models import Elsewhere, Intervention, NeedAudience, TrainingNeed
from sscb_training.people.models import Membership, Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_action,
    make_agency,
    make_booking,
    make_briefing,
    make_case_audit,
    make_course,
    make_earlier_training,
    make_finding,
    make_headcount,
    make_membership,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
    make_training_session,
    make_version,
    saved,
)

LONG = "Recognise, raise and assess the neglect of children with the child in focus at every single step " * 3


@dataclass
class County:
    """N1 is met by GCP2: one of four at Hill, one at Vale without a headcount, somebody at both."""

    need: TrainingNeed
    scheme: AccreditationScheme
    group: StaffGroup
    hill: Agency
    vale: Agency
    nurse: Person


@pytest.fixture
def county() -> County:
    group, course = make_staff_group(name="Health visitors"), make_course(title="GCP2 practitioner")
    scheme = make_scheme(course, code="GCP2", name="Graded Care Profile 2")
    hill, vale = make_agency(name="Hill Trust"), make_agency(name="Vale Trust")
    need = make_need(
        make_finding(code="NEG-1"),
        staff_groups=[group],
        scheme=scheme,
        code="N1",
        title="Neglect",
        target_percent=80,
    )
    nurse = make_person("Nia Nurse", agency=hill, staff_group=group)
    make_membership(nurse, vale, staff_group=group)
    make_accreditation(nurse, scheme)
    make_accreditation(make_person("Vic Visitor", agency=vale, staff_group=group), scheme)
    make_booking(
        make_training_session(make_version(course)),
        person=make_person("Bea Booked", agency=hill, staff_group=group),
    )
    make_headcount(hill, group, 4)
    return County(need, scheme, group, hill, vale, nurse)


def rows_of(browser: Browser) -> list[list[str]]:
    assert browser.page is not None
    table = browser.page.soup.select_one(".app-table--stacked")
    assert table is not None
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in table.select("tbody tr")
    ]


def test_coverage_gives_a_percentage_only_where_there_is_a_headcount(
    browser: Browser, cara: Person, county: County
) -> None:
    page = browser.signed_in(cara).get(f"/needs/{county.need.id}/coverage")

    assert rows_of(browser) == [
        [
            "Hill Trust",
            "1 person of Hill Trust",
            "4 in the headcount of Hill Trust",
            "25%",
            "3 people of Hill Trust to train",
            "1 person of Hill Trust booked",
            "0",
        ],
        [
            "Vale Trust",
            "2 people of Vale Trust",
            "Headcount not supplied",
            "Not known",
            "Not known",
            "0",
            "0",
        ],
        [
            "County, each person once",
            "1",
            "4",
            "25%",
            "3",
            "1",
            "0",
        ],
    ]
    assert "1 agency whose headcount is not supplied is left out of both sides" in page.text
    assert "lines need not add up" in page.text


def test_the_board_decides_whether_training_without_evidence_counts_and_the_page_says_so(
    browser: Browser, ada: Person, county: County
) -> None:
    before = make_person("Bea Before", agency=county.hill, staff_group=county.group)
    make_earlier_training(
        before,
        scheme_id=county.scheme.id,
        assessment=Assessment.NOT_EVIDENCED,
        counts_until=date(2027, 3, 26),
    )
    browser.signed_in(ada)
    page = browser.get(f"/needs/{county.need.id}/coverage")
    assert rows_of(browser)[0][1:4] == ["1 person of Hill Trust", "4 in the headcount of Hill Trust", "25%"]
    assert "does not count; the board can set that it does" in page.text

    browser.submit("/settings/numbers", trained_counts="1")
    page = browser.get(f"/needs/{county.need.id}/coverage")

    assert rows_of(browser)[0][1:4] == ["2 people of Hill Trust", "4 in the headcount of Hill Trust", "50%"]
    assert "1 person of those in force everywhere holds nothing else" in page.text
    page = browser.get(f"/needs/{county.need.id}/coverage/{county.hill.id}")
    assert "Trained on 27 Mar 2018, assessment not evidenced, counts until 26 Mar 2027" in page.text


def test_the_two_counts_of_who_is_in_force_have_two_names(
    browser: Browser, cara: Person, county: County
) -> None:
    browser.signed_in(cara)

    assert "N1: Neglect Open 1 4 1 agency left out" in browser.get("/needs").text
    for path in ("", "/coverage"):
        page = browser.get(f"/needs/{county.need.id}{path}")
        tiles = {
            tile.dt.get_text(strip=True): tile.dd.get_text(strip=True)
            for tile in page.soup.select(".app-stat")
            if tile.dt and tile.dd
        }
        assert tiles["In force everywhere"] == "2"
        assert "In force" not in tiles
        assert "1 in force of a headcount of 4" in page.text


def test_a_need_without_any_headcount_lists_who_is_in_force_everywhere(
    browser: Browser, cara: Person
) -> None:
    group, scheme = make_staff_group(), make_scheme()
    make_need(staff_groups=[group], scheme=scheme, code="N1", title="Neglect")
    make_accreditation(make_person(agency=make_agency(), staff_group=group), scheme)
    browser.signed_in(cara)

    for url in ("/needs", "/reports/coverage"):
        assert "N1: Neglect Open 1 everywhere Headcount not supplied" in browser.get(url).text


def test_coverage_names_the_staff_groups_without_a_return(
    browser: Browser, cara: Person, county: County
) -> None:
    midwives = make_staff_group(name="Midwives", position=9)
    with transaction():
        county.need.audience.append(NeedAudience(staff_group=midwives, recorded_at=county.need.recorded_at))
    make_person(agency=county.vale, staff_group=midwives)

    page = browser.signed_in(cara).get(f"/needs/{county.need.id}/coverage")

    assert "Which returns are missing Vale Trust : Health visitors, Midwives" in page.text
    words = "Vale Trust has sent no return for Health visitors, Midwives"
    assert words in browser.get(f"/needs/{county.need.id}/coverage/{county.vale.id}").text
    assert "has sent no return" not in browser.get(f"/needs/{county.need.id}/coverage/{county.hill.id}").text


def test_coverage_of_one_more_accredited_person_rises_by_one(
    browser: Browser, cara: Person, county: County
) -> None:
    make_accreditation(make_person(agency=county.hill, staff_group=county.group), county.scheme)

    browser.signed_in(cara).get(f"/needs/{county.need.id}/coverage")

    assert rows_of(browser)[-1][1:4] == ["2", "4", "50%"]


def test_coverage_shows_more_people_than_the_headcount_and_asks_to_check_it(
    browser: Browser, cara: Person, county: County
) -> None:
    make_headcount(county.vale, county.group, 1, as_at=date(2024, 9, 1))

    page = browser.signed_in(cara).get(f"/needs/{county.need.id}/coverage")
    assert "More people are in force than were declared at Vale Trust" in page.text

    assert rows_of(browser)[1][2:5] == [
        "1 in the headcount of Vale Trust return of 1 Sep 2024",
        "200% Check headcount",
        "0",
    ]
    assert rows_of(browser)[2][2:5] == ["5", "40%", "3"]


def test_more_people_by_name_than_the_headcount_are_told_with_both_numbers(
    browser: Browser, cara: Person, county: County
) -> None:
    browser.signed_in(cara)
    url = f"/needs/{county.need.id}/coverage/{county.hill.id}?show=not_in_force"
    both_ways = "It is larger than this list where the headcount counts people whose names nobody knows here, and smaller"
    page = browser.get(url)
    assert f"{both_ways} where it counts fewer people than work here by name." in page.text
    assert "Check headcount" not in page.text

    make_headcount(county.hill, county.group, 1, as_at=TODAY)
    check = "Check headcount: 2 people of these staff groups work at Hill Trust by name, and its headcount says 1."
    assert check in browser.get(url).text
    assert check in browser.get(f"{url}&staff_group={county.group.id}").text
    assert "Check headcount" not in browser.get(f"{url}&staff_group={make_staff_group().id}").text
    assert "Check headcount" not in browser.get(f"{url}&as_at={TODAY - timedelta(days=1)}").text
    untold = browser.get(f"/needs/{county.need.id}/coverage/{county.vale.id}?show=not_in_force")
    assert "Check headcount" not in untold.text


def test_coverage_as_at_an_earlier_day_and_as_known_then(
    browser: Browser, cara: Person, county: County
) -> None:
    browser.signed_in(cara)
    url = f"/needs/{county.need.id}/coverage"

    browser.get(f"{url}?as_at=2026-01-14")
    assert rows_of(browser)[0][:2] == ["Hill Trust", "0"]
    browser.get(f"{url}?as_at=2026-01-20&known_on=2026-01-26")
    assert rows_of(browser)[0][:2] == ["Hill Trust", "0"], "the award was recorded later"
    browser.submit(url, button="Show coverage", as_at="2026-01-31", known_on="2026-11-23")
    assert rows_of(browser)[0][:2] == ["Hill Trust", "1 person of Hill Trust"]


@pytest.mark.parametrize("day", ["nonsense", "0001-01-01", "9999-12-31", "2026-02-30", "20260101T10"])
@pytest.mark.parametrize("path", ["coverage", "coverage/{agency}"])
def test_coverage_on_a_day_that_makes_no_sense_is_todays_and_says_so(
    browser: Browser, cara: Person, county: County, day: str, path: str
) -> None:
    url = f"/needs/{county.need.id}/{path.format(agency=county.hill.id)}"

    page = browser.signed_in(cara).get(f"{url}?as_at={day}")

    assert page.errors == [f"As at must be a real date, like 2026-03-27. “{day}” could not be read"]
    assert "As at 23 November 2026" in page.text


def test_coverage_says_beside_its_field_what_could_not_be_read_and_makes_no_file_of_it(
    browser: Browser, cara: Person, county: County
) -> None:
    url = f"/needs/{county.need.id}/coverage?as_at=&known_on=30%20February&format=csv"

    page = browser.signed_in(cara).get(url)

    [field] = page.soup.select("[aria-describedby=filter-known_on-error]")
    assert (field["name"], field["value"]) == ("known_on", "")
    assert page.errors == [
        "As known on must be a real date, like 2026-03-27. “30 February” could not be read"
    ]
    assert page.soup.select_one("details.app-filter[open]")


def test_coverage_of_a_day_to_come_says_that_it_looks_ahead(
    browser: Browser, cara: Person, county: County
) -> None:
    url = f"/needs/{county.need.id}/coverage"
    words = "a look ahead and not a result"

    assert words in browser.signed_in(cara).get(f"{url}?as_at=2090-01-01").text
    assert words in browser.get(f"{url}/{county.hill.id}?as_at=2090-01-01").text
    assert words not in browser.get(f"{url}?as_at=2026-11-23").text


@pytest.mark.parametrize(
    "address",
    [
        "/needs/{need}/coverage", "/needs/{need}/coverage/published", "/needs/{need}/coverage/{agency}",
        "/needs/{need}/people", "/needs/{need}/forecast", "/accreditations/{held}", "/accreditations",
        "/reports/coverage", "/reports/board",
    ],
)  # fmt: skip
def test_what_will_be_known_on_a_day_to_come_cannot_be_asked(
    browser: Browser, cara: Person, county: County, asha: Person, address: str
) -> None:
    held = make_accreditation(asha, make_scheme())
    page = address.format(need=county.need.id, agency=county.hill.id, held=held.id)

    shown = browser.signed_in(cara).get(f"{page}?known_on=2030-01-01&format=csv")

    assert shown.errors == ["As known on must be today or earlier"]
    assert "2030" not in shown.text
    assert not browser.get(f"{page}?known_on=2026-11-23").errors


def test_coverage_before_anybody_was_there_says_so(browser: Browser, cara: Person, county: County) -> None:
    page = browser.signed_in(cara).get(f"/needs/{county.need.id}/coverage?known_on=2001-01-01")

    assert "Nobody to count on this day" in page.text


def test_coverage_without_any_headcount_counts_people_and_draws_no_percentage(
    browser: Browser, cara: Person, county: County
) -> None:
    page = browser.signed_in(cara).get(f"/needs/{county.need.id}/coverage?known_on=2026-08-01")

    assert rows_of(browser)[-1][1:5] == [
        "2 everywhere",
        "Headcount not supplied",
        "Not known",
        "Not known",
    ]
    assert "People in force" in page.text
    assert " 0%" not in page.text


def test_coverage_asks_as_often_for_three_agencies_as_for_one(
    browser: Browser, cara: Person, county: County, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    url = f"/needs/{county.need.id}/coverage"
    urls = (url, f"{url}?by=sector", f"{url}?by=staff_group", f"{url}/published")
    two = [count_queries(lambda url=url: browser.get(url)) for url in urls]  # type: ignore[misc]
    for _ in range(3):
        make_accreditation(make_person(agency=make_agency(), staff_group=county.group), county.scheme)

    assert [count_queries(lambda url=url: browser.get(url)) for url in urls] == two  # type: ignore[misc]
    assert max(two) <= 11


def test_coverage_as_files(browser: Browser, cara: Person, county: County) -> None:
    browser.signed_in(cara).get(f"/needs/{county.need.id}/coverage?as_at=2026-11-01")

    page = browser.click("Download CSV")

    rows = list(csv.reader(io.StringIO(page.response.get_data().decode("utf-8-sig"))))
    assert rows[0][:3] == ["Agency", "In force", "Headcount"]
    assert rows[1] == [
        "Hill Trust", "1", "4", "2026-09-01", "Return", "25", "3", "0", "0", "1", "0", "2026-11-01",
        "2026-11-23", "",
    ]  # fmt: skip
    assert rows[2][:6] == ["Vale Trust", "2", "Headcount not supplied", "", "", ""]
    assert rows[3][0] == "County, each person once, agencies left out: 1"
    browser.get(f"/needs/{county.need.id}/coverage")
    assert browser.click("Download Excel").response.data[:2] == b"PK"


def test_the_people_behind_a_number(browser: Browser, cara: Person, county: County) -> None:
    browser.signed_in(cara).get(f"/needs/{county.need.id}/coverage")

    assert "Nia Nurse" in browser.click("1 person of Hill Trust").text
    assert rows_of(browser)[0][1:] == [
        "Health visitors",
        "Teacher",
        "Accredited since 15 Jan 2026, until 15 Jan 2029",
    ]
    browser.get(f"/needs/{county.need.id}/coverage")
    assert "Bea Booked" in browser.click("1 person of Hill Trust booked").text
    assert "Nothing that counts yet" in rows_of(browser)[0][3]
    assert (
        "Nobody of this agency is booked"
        in browser.get(f"/needs/{county.need.id}/coverage/{county.vale.id}?show=booked").text
    )


def test_somebody_who_attended_says_so_in_the_list(browser: Browser, cara: Person) -> None:
    version, agency, group = make_version(), make_agency(), make_staff_group()
    need = make_need(from_version=version, staff_groups=[group])
    person = make_person("Ann", agency=agency, staff_group=group)
    held = make_training_session(version, starts_at=NOW - timedelta(days=30))
    make_booking(held, person=person, outcome=Outcome.ATTENDED, outcome_on=date(2026, 10, 24))

    page = browser.signed_in(cara).get(f"/needs/{need.id}/coverage/{agency.id}")

    assert "Attended on 24 Oct 2026" in page.text


def test_needs_are_listed_with_todays_figure(
    browser: Browser, cara: Person, county: County, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara).get("/needs")
    assert rows_of(browser) == [
        ["N1: Neglect", "Open", "1", "4 1 agency left out",
         "Coverage of N1: 25%", "3", "80%", "Not named"]
    ]  # fmt: skip

    one = count_queries(lambda: browser.get("/needs"))
    make_need(title=LONG, staff_groups=[make_staff_group()])
    make_need(scheme=county.scheme, staff_groups=[county.group])
    assert count_queries(lambda: browser.get("/needs")) == one


def test_no_needs_says_what_to_do(browser: Browser, cara: Person) -> None:
    assert "No needs yet" in browser.signed_in(cara).get("/needs").text


def test_a_need_shows_findings_audience_answers_and_dates(
    browser: Browser, cara: Person, county: County
) -> None:
    support = make_version(make_course(title="Briefing for managers"))
    with transaction():
        db.session.add(Intervention(need=county.need, from_version=support, counts=False, recorded_at=NOW))

    page = browser.signed_in(cara).get(f"/needs/{county.need.id}")

    for words in ("NEG-1", "Health visitors", "Graded Care Profile 2", "GCP2 practitioner", "Briefing for managers",
                  "Monday 7 December 2026", "25%", "1 agency"):  # fmt: skip
        assert words in page.text, words
    assert page.link("Show coverage") == f"/needs/{county.need.id}/coverage"


def test_the_coming_dates_of_a_need_come_a_page_at_a_time(
    browser: Browser, cara: Person, county: County
) -> None:
    support = make_version(make_course(title="Briefing for managers"))
    saved(Intervention(need=county.need, from_version=support, counts=False, recorded_at=NOW))
    for week in range(26):
        make_training_session(support, starts_at=NOW + timedelta(weeks=3 + week))

    page = browser.signed_in(cara).get(f"/needs/{county.need.id}")
    assert "Showing 1 to 25 of 27 dates" in page.text
    assert page.soup.select("a[rel=next]")[0]["href"] == f"/needs/{county.need.id}?page=2#dates"

    page = browser.get(f"/needs/{county.need.id}?page=2")
    assert "Showing 26 to 27 of 27 dates" in page.text
    assert page.soup.select_one("#dates table")


def test_a_need_with_nothing_yet(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get(f"/needs/{make_need(title=LONG).id}")

    for words in (
        "Nothing that counts yet, so nobody is counted",
        "No finding leads here yet",
        "No date is published",
    ):
        assert words in page.text, words


def test_a_need_whose_target_is_reached_is_for_the_board_to_close(
    browser: Browser, cara: Person, county: County
) -> None:
    make_headcount(county.hill, county.group, 1, as_at=date(2026, 10, 1))

    assert "Only the board closes a need" in browser.signed_in(cara).get(f"/needs/{county.need.id}").text


def test_record_a_need(browser: Browser, cara: Person) -> None:
    group, version = make_staff_group(), make_version()

    page = browser.signed_in(cara).submit(
        "/needs/new", code="N7", title="Disabled children", staff_groups=[str(group.id)], excluded_sectors=["police"],
        from_version=str(version.id), target_percent="75", target_date=["31", "3", "2027"],
    )  # fmt: skip

    assert page.h1 == "Disabled children"
    need = db.session.scalars(db.select(TrainingNeed)).one()
    assert (need.target_percent, need.target_date, need.staff_groups) == (75, date(2027, 3, 31), [group])
    assert [excluded.sector for excluded in need.excluded_sectors] == [Sector.POLICE]
    assert [i.from_version for i in need.interventions] == [version]


def test_record_a_need_keeps_what_was_typed_when_it_is_refused(browser: Browser, cara: Person) -> None:
    make_need(code="N1", staff_groups=[make_staff_group()])

    page = browser.signed_in(cara).submit("/needs/new", code="N1", title="Mine")
    assert "Target date (optional) For example, 31 12 2027" in page.text
    assert page.errors == ["Select at least one staff group"]
    page = browser.fill(page, staff_groups=[str(db.session.scalars(db.select(StaffGroup)).one().id)])
    assert page.errors == ["The code N1 is taken. Choose another one."]
    assert 'value="Mine"' in page.response.get_data(as_text=True)


def test_change_a_need(browser: Browser, cara: Person, county: County) -> None:
    page = browser.signed_in(cara).submit(
        f"/needs/{county.need.id}/change", title="New title", target_percent=""
    )

    assert page.h1 == "New title"
    assert "Title: was Neglect, now New title" in page.text
    db.session.refresh(county.need)
    assert county.need.target_percent is None
    assert [i.scheme for i in county.need.interventions] == [county.scheme], "what was not touched stays"
    assert county.need.staff_groups == [county.group]


def test_an_audit_says_where_each_finding_leads(browser: Browser, cara: Person) -> None:
    case_audit = make_case_audit(
        title=LONG, briefing=make_briefing(), re_audit_of=make_case_audit(), source="Page 2"
    )
    linked = make_finding(case_audit, code="NEG-1")
    make_need(linked, code="N1", title="Neglect")
    make_action(case_audit, linked, owner="The board", due_on=date(2017, 3, 1), code="ACT-1")
    system = make_finding(case_audit, code="NEG-2")
    with transaction():
        service.mark_not_training(
            system, reason="A post room", category=Elsewhere.OTHER, went_to="", by=None, now=NOW
        )
    make_finding(case_audit, code="NEG-6", note="Says otherwise than POS-7.")
    saved(
        Finding(
            code="POS-7", kind=FindingKind.STRENGTH, briefing=make_briefing(), text="The child was considered"
        )
    )
    make_finding(case_audit, code="POS-8", kind=FindingKind.STRENGTH, text="Energy")

    page = browser.signed_in(cara).get(f"/audits/{case_audit.id}")

    assert [row[1:] for row in rows_of(browser)] == [
        ["N1: Neglect", "ACT-1"],
        ["Not a training matter A post room", "No specific action"],
        ["Nothing decided yet", "No specific action"],
    ]
    assert "2 without a specific action" in page.text
    assert "Findings to read side by side" in page.text
    assert "The child was considered" in page.text
    assert "The board 1 Mar 2017 Overdue Planned" in page.text


def test_an_audit_without_findings_says_what_to_do(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get(f"/audits/{make_case_audit().id}")

    assert "No findings yet" in page.text
    assert "Nothing is decided yet" in page.text


def test_an_audit_asks_as_often_for_three_findings_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    case_audit = make_case_audit()
    version = make_version()
    browser.signed_in(cara)

    def add() -> None:
        found = make_finding(case_audit)
        make_need(found)
        make_action(case_audit, found, answered_by=version)

    add()
    one = count_queries(lambda: browser.get(f"/audits/{case_audit.id}"))
    add()
    add()
    assert count_queries(lambda: browser.get(f"/audits/{case_audit.id}")) == one


def test_a_finding_shows_what_its_note_names(browser: Browser, cara: Person) -> None:
    briefing = make_briefing()
    saved(
        Finding(code="POS-7", kind=FindingKind.STRENGTH, briefing=briefing, text="The child was considered")
    )
    found = make_finding(
        code="NEG-6", note="Keep both: see POS-7.", named="GPs", source="Page 2", briefing=briefing
    )

    page = browser.signed_in(cara).get(f"/findings/{found.id}")

    assert "Read side by side" in page.text
    assert "The child was considered" in page.text
    strength = db.session.scalars(db.select(Finding).filter_by(code="POS-7")).one()
    assert "Where it leads" not in browser.get(f"/findings/{strength.id}").text


@pytest.mark.parametrize(
    "url",
    ["/needs", "/needs/{need}", "/needs/{need}/coverage", "/needs/{need}/people", "/audits/1",
     "/findings/{finding}", "/needs/{need}/coverage?format=csv"],
)  # fmt: skip
@pytest.mark.parametrize("who", ["asha", "ben", "tom", "dev"])
def test_needs_are_for_board_staff(
    request: pytest.FixtureRequest, browser: Browser, county: County, url: str, who: str
) -> None:
    url = url.format(need=county.need.id, finding=county.need.findings[0].id)

    browser.signed_in(request.getfixturevalue(who)).get(url, status=403)


# An accreditation's page


@pytest.mark.parametrize(
    ("who", "status"), [("asha", 200), ("ben", 200), ("cara", 200), ("ada", 200), ("tom", 404), ("dev", 404)]
)
def test_who_sees_ashas_accreditation(
    request: pytest.FixtureRequest, browser: Browser, asha: Person, who: str, status: int
) -> None:
    held = make_accreditation(asha, make_scheme())

    browser.signed_in(request.getfixturevalue(who)).get(f"/accreditations/{held.id}", status=status)


def test_a_lead_no_longer_sees_who_has_left(browser: Browser, asha: Person, ben: Person) -> None:
    held = make_accreditation(asha, make_scheme())
    with transaction():
        membership = db.session.scalars(db.select(Membership).filter_by(person_id=asha.id)).one()
        membership.valid_to = date(2026, 11, 22)

    browser.signed_in(ben).get(f"/accreditations/{held.id}", status=404)


def test_a_lead_of_elsewhere_sees_nothing(browser: Browser, asha: Person) -> None:
    held, elsewhere = make_accreditation(asha, make_scheme()), make_agency()
    lead = make_person(agency=elsewhere, leads=elsewhere)

    browser.signed_in(lead).get(f"/accreditations/{held.id}", status=404)


def test_one_recorded_in_error_is_for_board_staff(browser: Browser, asha: Person, cara: Person) -> None:
    held = make_accreditation(asha, make_scheme(), withdrawn_at=NOW)

    browser.signed_in(asha).get(f"/accreditations/{held.id}", status=404)
    assert "Recorded in error" in browser.signed_in(cara).get(f"/accreditations/{held.id}").text


def test_an_accreditation_leads_back_to_the_findings_that_it_answers(
    browser: Browser, cara: Person, county: County
) -> None:
    held = db.session.scalars(
        select(Accreditation).where(Accreditation.person_id == county.nurse.id).order_by(Accreditation.id)
    ).first()
    assert held is not None
    training = make_training_session(
        make_version(county.scheme.courses[0]), starts_at=NOW - timedelta(days=40), parts=2
    )
    booking = make_booking(training, person=county.nurse)
    attempt = saved(
        AssessmentAttempt(
            scheme=county.scheme, person=county.nurse, assessed_on=date(2026, 10, 21), percent=90, pass_mark=80,
            passed=True, recorded_at=NOW,
        )
    )  # fmt: skip
    with transaction():
        held = db.session.merge(held)
        held.booking_id, held.attempt = booking.id, attempt

    page = browser.signed_in(cara).get(f"/accreditations/{held.id}")

    for words in (
        "In force",
        "15 January 2029, that day included",
        "GCP2 practitioner, version 2",
        "90% on 21 October",
    ):
        assert words in page.text, words
    assert page.link("N1: Neglect") == f"/needs/{county.need.id}"
    assert page.link("NEG-1").startswith("/findings/")


@pytest.mark.parametrize(
    ("who", "sees", "never"),
    [
        ("cara", ["Revoked", "Lent the login", "MIN-12"], []),
        ("asha", ["Revoked"], ["Lent the login", "MIN-12"]),
        ("ben", ["Not in force"], ["Revoked", "Lent the login", "MIN-12", "1 November 2026"]),
    ],
)
def test_why_one_was_revoked_is_for_board_staff(
    request: pytest.FixtureRequest,
    browser: Browser,
    asha: Person,
    who: str,
    sees: list[str],
    never: list[str],
) -> None:
    held = make_accreditation(
        asha, make_scheme(), revoked_on=date(2026, 11, 1), revoked_recorded_at=NOW, revoke_reason="Lent the login",
        revoke_reference="MIN-12",
    )  # fmt: skip

    page = browser.signed_in(request.getfixturevalue(who)).get(f"/accreditations/{held.id}")

    for words in sees:
        assert words in page.text
    for words in never:
        assert words not in page.text


def test_how_one_stood_on_a_day_as_known_on_another(
    browser: Browser, asha: Person, ben: Person, cara: Person
) -> None:
    scheme = make_scheme(name="Graded Care Profile 2")
    first = make_accreditation(
        asha, scheme, awarded_on=date(2024, 1, 15), expires_on=date(2026, 1, 14), source="GCP2 list, row 7",
        revoked_on=date(2025, 6, 1), revoked_recorded_at=at_london(date(2025, 7, 1)), revoke_reference="MIN-12",
        recorded_at=at_london(date(2024, 1, 16)),
    )  # fmt: skip
    back = make_accreditation(
        asha, scheme, awarded_on=date(2025, 9, 1), expires_on=date(2026, 1, 14), evidence=EvidenceKind.REINSTATED,
        reinstates_id=first.id, decision_reason="The appeal was upheld", decision_reference="MIN-20",
        recorded_at=at_london(date(2025, 9, 2)),
    )  # fmt: skip
    refreshed = make_accreditation(asha, scheme, awarded_on=date(2026, 1, 15))

    browser.signed_in(cara)
    now = browser.get(f"/accreditations/{first.id}")
    before = browser.get(f"/accreditations/{first.id}?as_at=2025-06-30&known_on=2025-06-30")

    assert "Revoked Awarded on 15 January 2024" in now.text
    assert "15 Jan 2024 31 May 2025, then revoked Earlier records, imported: GCP2 list, row 7" in now.text
    assert now.link("From 1 September 2025") == f"/accreditations/{back.id}"
    assert "Accredited on 30 June 2025, as known on 30 June 2025 Yes This award In force" in before.text
    assert "14 Jan 2026 Earlier records, imported" in before.text
    assert "evoked" not in before.text.partition("History of")[0]
    reinstated = browser.get(f"/accreditations/{back.id}").text
    assert "The appeal was upheld" in reinstated
    assert "No date of this service is behind it" not in reinstated
    assert "be a real date" in browser.get(f"/accreditations/{first.id}?known_on=once").errors[0]
    assert "Without a break since 1 September 2025" in browser.get(f"/accreditations/{refreshed.id}").text
    for_lead = browser.signed_in(ben).get(f"/accreditations/{back.id}?as_at=2025-10-01")
    assert "Accredited today Yes, by the award of 15 January 2026 This award Expired" in for_lead.text
    for words in ("einstate", "appeal", "evoke", "MIN-"):
        assert words not in for_lead.text


def test_the_page_of_one_award_says_whether_another_counts_on_the_day(
    browser: Browser, asha: Person, cara: Person
) -> None:
    scheme = make_scheme()
    early = make_accreditation(asha, scheme, awarded_on=date(2017, 6, 26), expires_on=date(2020, 6, 26))
    late = make_accreditation(
        asha, scheme, awarded_on=date(2026, 7, 31), expires_on=date(2029, 7, 31), revoked_on=date(2026, 9, 7)
    )
    back = make_accreditation(
        asha, scheme, awarded_on=date(2026, 9, 17), expires_on=date(2029, 7, 31), reinstates_id=late.id,
        evidence=EvidenceKind.REINSTATED,
    )  # fmt: skip
    answers = {
        "2020-06-26": ("Yes, by the award of 26 June 2017 This award Not yet held", early),
        "2020-06-27": ("No This award Not yet held", None),
        "2026-09-06": ("Yes This award In force", None),
        "2026-09-16": ("No This award Revoked", None),
        "2026-09-17": ("Yes, by the award of 17 September 2026 This award Revoked", back),
    }

    browser.signed_in(cara)
    for day, (says, by) in answers.items():
        page = browser.get(f"/accreditations/{late.id}?as_at={day}&known_on=2026-11-23")
        assert f"as known on 23 November 2026 {says}" in page.text, day
        assert "Without a break" not in page.text
        assert by is None or page.link(f"{by.awarded_on:%-d %B %Y}") == f"/accreditations/{by.id}"


def test_the_holder_reads_what_it_answers_without_links_to_staff_pages(
    browser: Browser, asha: Person
) -> None:
    scheme = make_scheme()
    make_need(make_finding(text="Neglect came late"), scheme=scheme, title="Neglect")
    make_need(scheme=scheme, title="Another")

    page = browser.signed_in(asha).get(f"/accreditations/{make_accreditation(asha, scheme).id}")

    assert "Neglect came late" in page.text
    assert [
        link["href"] for link in page.soup.select("main a[href^='/needs'], main a[href^='/findings']")
    ] == []


# What the catalogue asks


def test_needs_answered_by_a_course() -> None:
    course = make_course()
    first, later = make_version(course), make_version(course)
    by_scheme = make_need(make_finding(), scheme=make_scheme(course))
    by_version = make_need(from_version=later)
    supported = make_need()
    with transaction():
        db.session.add(Intervention(need=supported, from_version=first, counts=False, recorded_at=NOW))
    make_need(scheme=make_scheme(make_course()))
    make_need(from_version=make_version())

    assert list(queries.needs_answered_by_course(course)) == [by_scheme, by_version, supported]
