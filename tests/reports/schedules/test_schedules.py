"""Scheduled reports: on their day, for whoever may still see them, and not for ever when they fail."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from sscb_training.core import history
from sscb_training.core.db import db, rows
from sscb_training.core.mail import Letter
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.reports.board.models import FrozenReport
from sscb_training.reports.frozen import service as frozen
from sscb_training.reports.schedules import rules
from sscb_training.reports.schedules import service as schedules
from sscb_training.reports.schedules.jobs import make_scheduled_reports
from sscb_training.reports.schedules.models import Every, ReportSchedule
from tests.browser import Browser
from tests.factories import NOW, TODAY, changed, make_agency, make_person, make_report_schedule, only


@pytest.mark.parametrize(
    ("every", "on_day", "after", "due"),
    [
        (Every.WEEK, 1, date(2026, 11, 23), date(2026, 11, 30)),  # from a Monday to the next
        (Every.WEEK, 5, date(2026, 11, 23), date(2026, 11, 27)),
        (Every.MONTH, 3, date(2026, 12, 2), date(2026, 12, 3)),
        (Every.MONTH, 3, date(2026, 12, 3), date(2027, 1, 3)),
        (Every.MONTH, 28, date(2027, 2, 28), date(2027, 3, 28)),
        (Every.MONTH, 31, date(2027, 1, 31), date(2027, 2, 28)),  # the last day of a month without it
        (Every.MONTH, 31, date(2027, 2, 28), date(2027, 3, 31)),
        (Every.MONTH, 30, date(2028, 2, 1), date(2028, 2, 29)),
        (Every.MONTH, 29, date(2027, 2, 28), date(2027, 3, 29)),
        (Every.QUARTER, 31, date(2027, 3, 31), date(2027, 4, 30)),
        (Every.QUARTER, 10, date(2026, 10, 9), date(2026, 10, 10)),
        (Every.QUARTER, 10, date(2026, 11, 23), date(2027, 1, 10)),
        (Every.QUARTER, 1, date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_when_a_report_is_due(every: Every, on_day: int, after: date, due: date) -> None:
    assert rules.next_day(every, on_day, after=after) == due


@pytest.mark.parametrize(
    ("every", "on_day", "words"),
    [
        (Every.WEEK, 5, "Every Friday"),
        (Every.MONTH, 28, "On day 28 of each month"),
        (Every.MONTH, 30, "On day 30 of each month, or its last"),
        (Every.MONTH, 31, "On the last day of each month"),
        (Every.QUARTER, 30, "On day 30 of January, April, July and October"),
        (Every.QUARTER, 31, "On the last day of January, April, July and October"),
    ],
)
def test_when_in_words(every: Every, on_day: int, words: str) -> None:
    assert rules.in_words(every, on_day) == words


def test_no_two_that_go_on_make_copies_of_one_title(browser: Browser, cara: Person) -> None:
    dee = make_person(roles=[Role.BOARD_STAFF], name="Dee", email="dee@board.example")
    make_report_schedule(cara, title="Old", ended_at=NOW)
    make_report_schedule(dee, title="Weekly")
    make_report_schedule(dee, title="Straße")
    hill = make_agency()
    usual: dict[str, Any] = {
        "period": "last-12-months", "every": "month", "day_of_month": "31", "receivers": cara.email
    }  # fmt: skip
    url = "/reports/schedules/new"

    browser.signed_in(cara)
    for taken in ("WEEKLY", "Strasse"):
        page = browser.submit(url, **usual, title=taken, of="published")
        assert page.errors == ["Dee has scheduled a report with this title already. Give this one another."]
    for title, of in (("Old", "whole"), ("Weekly", str(hill.id))):
        assert browser.submit(url, **usual, title=title, of=of).errors == []
    assert "On the last day of each month 30 Nov 2026" in browser.get("/reports/schedules").text


def test_a_scheduled_report_is_frozen_and_tells_who_may_see_it(cara: Person) -> None:
    other = make_person(roles=[Role.BOARD_STAFF], email="other@board.example")
    left = make_person(roles=[Role.BOARD_STAFF], email="left@board.example")
    schedule = make_report_schedule(cara, receivers=[cara, other, left])
    _take_roles_away(left)

    assert make_scheduled_reports(NOW) == 1
    assert make_scheduled_reports(NOW) == 0

    letters = _letters("reports/made")
    assert sorted(letter.to_address for letter in letters) == sorted(
        [cara.email or "", "other@board.example"]
    )
    assert f"/reports/copies/{only(FrozenReport).id}" in letters[0].body
    assert cara.name not in letters[0].body
    assert "“Weekly report”, of all agencies, from 24 November 2025 to 23 November 2026" in letters[0].body
    db.session.refresh(schedule)
    assert (schedule.next_on, schedule.failures) == (date(2026, 11, 30), 0)
    assert schedule.last_copy_id == only(FrozenReport).id


@pytest.mark.one_database
@pytest.mark.parametrize("by_hand", [False, True])
def test_the_figures_are_gathered_before_the_database_is_held(
    browser: Browser, cara: Person, by_hand: bool
) -> None:
    make_report_schedule(cara)
    page = browser.signed_in(cara).get("/reports/board/freeze")
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement.partition(" (")[0] if statement.startswith("INSERT") else statement)

    event.listen(db.engine, "before_cursor_execute", note)
    if by_hand:
        browser.fill(page, title="Board meeting")
    else:
        make_scheduled_reports(NOW)
    event.remove(db.engine, "before_cursor_execute", note)

    before = sent[: sent.index("INSERT INTO frozen_report")]
    held = before[len(before) - before[::-1].index("BEGIN IMMEDIATE") :]
    assert [statement for statement in held if "booking" in statement] == []


def test_a_report_whose_owner_lost_the_right_is_not_made(cara: Person) -> None:
    lead = make_person(leads=(hill := make_agency()), agency=hill, email="lead@hill.example")
    schedule = make_report_schedule(lead, agency=hill, receivers=[lead, cara])
    _take_roles_away(lead)

    make_scheduled_reports(NOW)

    db.session.refresh(schedule)
    assert (schedule.failures, schedule.next_on) == (1, TODAY + timedelta(days=1))
    assert "owner may not see" in schedule.failure
    assert rows(db.select(FrozenReport)) == []
    assert _letters("reports/made") == []


def test_board_staff_are_told_and_take_over_what_stopped_with_its_owners_right(
    cara: Person, browser: Browser
) -> None:
    left = make_person(roles=[Role.BOARD_STAFF], email="left@board.example", name="Les Left")
    schedule = make_report_schedule(left, failures=4)
    _take_roles_away(left)

    make_scheduled_reports(NOW)

    assert [letter.to_address for letter in _letters("reports/stopped")] == [cara.email]
    assert "1 scheduled report has stopped" in browser.signed_in(cara).get("/home").text
    page = browser.get(f"/reports/schedules/{schedule.id}")
    assert "Its owner, Les Left, may not see this report any more" in page.text
    assert "and you are told of each copy, because nobody who is told now may see it any more" in page.text
    page = browser.fill(page, button="Take it over")
    assert (
        "The schedule goes on. You own it now, in place of Les Left. You are told of each copy, because nobody else who "
        "is told may see it. The next copy is made on 30 November 2026." in page.text
    )
    assert f"Owner {cara.name}, who took it over from Les Left on 23 November 2026" in page.text
    assert f"Owner: was Les Left, now {cara.name} Also told: {cara.name}" in page.text
    make_scheduled_reports(NOW + timedelta(days=7))
    assert [letter.to_address for letter in _letters("reports/made")] == [cara.email]


def test_the_list_says_what_keeps_a_report_from_being_made_before_it_was_tried(
    cara: Person, browser: Browser
) -> None:
    left = make_person(roles=[Role.BOARD_STAFF], email="left@board.example", name="Les Left")
    make_report_schedule(left, title="A", receivers=[cara])
    alone = make_report_schedule(cara, title="B", receivers=[left]).id
    make_report_schedule(cara, title="C", receivers=[cara, left])
    _take_roles_away(left)

    for url in ("/reports/schedules", "/reports"):
        page = browser.signed_in(cara).get(url)
        assert (
            "A Owned by Les Left All agencies Every Monday 1 person Cannot be made "
            "Its owner may not see this report any more." in page.text
        )
        assert (
            "B All agencies Every Monday 0 people Cannot be made Nobody who receives it may see it any more."
            in page.text
        )
        assert "C All agencies Every Monday 23 Nov 2026 1 person On" in page.text
    page = browser.get(f"/reports/schedules/{alone}")
    assert "No copy is made. Nobody who receives it may see it any more. Change who is told." in page.text
    assert "State Cannot be made" in page.text
    assert "Next" not in page.text


def test_the_list_asks_as_much_for_three_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def ask() -> object:
        return browser.signed_in(cara).get("/reports/schedules")

    make_report_schedule(cara, title="0")
    make_scheduled_reports(NOW)
    one = count_queries(ask)
    for number in range(1, 4):
        other = make_person(roles=[Role.BOARD_STAFF], email=f"{number}@board.example")
        make_report_schedule(other, title=str(number), receivers=[other, cara])
    make_scheduled_reports(NOW)
    for letter in _letters("reports/made"):
        changed(letter, gave_up_at=NOW)

    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    assert count_queries(ask) == one
    event.remove(db.engine, "before_cursor_execute", note)

    assert "2 letters about the last copy not delivered" in browser.get("/reports/schedules").text
    assert [statement for statement in sent if "letter.body" in statement] == []


def test_a_report_stops_after_five_failures_in_a_row_and_tells_its_owner(
    cara: Person, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = make_report_schedule(cara, failures=3, failure="Once more.")
    with monkeypatch.context() as broken:
        broken.setattr(frozen, "freeze", _break)
        make_scheduled_reports(NOW)
        assert _letters("reports/stopped") == []
        make_scheduled_reports(NOW + timedelta(days=1))
        make_scheduled_reports(NOW + timedelta(days=2))

    db.session.refresh(schedule)
    assert schedule.stopped_at == NOW + timedelta(days=1)
    assert schedule.failures == rules.MOST_FAILURES
    (letter,) = _letters("reports/stopped")
    assert letter.to_address == cara.email
    assert "The report could not be made." in letter.body
    page = browser.signed_in(cara).get(f"/reports/schedules/{schedule.id}")
    assert "after 5 failures in a row" in page.text
    page = browser.fill(page, button="Take it up again")
    assert "State On" in page.text


def _break(*_given: object, **_more: object) -> None:
    raise RuntimeError("No room left")


def test_the_page_says_what_became_of_the_letters_about_the_last_copy(browser: Browser, cara: Person) -> None:
    lead = make_person(leads=(hill := make_agency()), agency=hill, email="lead@hill.example")
    dee = make_person(roles=[Role.BOARD_STAFF], email="dee@board.example")
    schedule_id = make_report_schedule(lead, agency=hill, receivers=[lead, cara, dee]).id
    url = f"/reports/schedules/{schedule_id}"
    assert "Letters about the last copy" not in browser.signed_in(lead).get(url).text

    make_scheduled_reports(NOW)
    fate: dict[str, dict[str, Any]] = {
        "lead@hill.example": {"tries": 1, "send_at": NOW + timedelta(minutes=1), "last_error": "451 later"},
        "dee@board.example": {"tries": 1, "gave_up_at": NOW, "last_error": "550 no such user"},
        str(cara.email): {"tries": 1, "sent_at": NOW},
    }
    for letter in _letters("reports/made"):
        changed(letter, **fate[letter.to_address])

    reached = "On 1 letter about the last copy not delivered"
    assert reached in browser.get("/reports/schedules").text
    page = browser.get(url)
    assert (
        "lead@hill.example Waiting The mail server has not taken it yet. Next try on 23 November 2026 at"
        in page.text
    )
    assert (
        "dee@board.example Not delivered It is not tried any more. Check the address and tell them yourself."
        in page.text
    )
    assert f"{cara.email} Sent" in page.text
    browser.signed_in(cara).get(url)
    browser.fill(browser.click("dee@board.example"), button="Send again")
    assert "dee@board.example Waiting" in browser.get(url).text
    assert reached not in browser.get("/reports/schedules").text


def test_a_lead_hears_on_their_home_that_a_report_of_theirs_stopped(browser: Browser, cara: Person) -> None:
    """Also where the letter about it did not arrive."""
    lead = make_person(leads=(hill := make_agency()), agency=hill, email="lead@hill.example")
    make_report_schedule(lead, agency=hill, title="Ours", stopped_at=NOW, failures=5)
    make_report_schedule(cara, title="The board’s", stopped_at=NOW, failures=5)

    assert "1 scheduled report has stopped" in browser.signed_in(lead).get("/home").text
    assert "2 scheduled reports have stopped" in browser.signed_in(cara).get("/home").text


def test_staff_schedule_a_report_pause_it_and_end_it(browser: Browser, cara: Person) -> None:
    make_person(email="nobody@hill.example")
    make_agency(name="Vale")
    make_agency(name="Dale", valid_to=TODAY - timedelta(days=1))
    usual: dict[str, Any] = {
        "title": "Quarterly",
        "of": "whole",
        "period": "last-financial-year",
        "every": "quarter",
        "day_of_month": "10",
        "weekday": "",
    }
    url = "/reports/schedules/new"

    page = browser.signed_in(cara).get(url)
    assert "Report of Vale" in page.text
    assert "Report of Dale" not in page.text
    wrong = usual | {"day_of_month": ""}
    page = browser.submit(url, **wrong, receivers="nobody@hill.example\nstranger@x.example")
    assert page.errors == [
        "Enter a day of the month",
        "nobody@hill.example, stranger@x.example cannot open this report. Whoever receives it needs an account and the "
        "right to see it.",
    ]
    page = browser.submit(url, **wrong, receivers=", ;")
    assert page.errors == ["Enter a day of the month", "Enter at least one email address."]
    assert browser.submit(url, **usual, receivers=", ;").errors == ["Enter at least one email address."]
    page = browser.submit(url, **usual, receivers=f"{cara.email}; {cara.email},")
    assert "The first copy is made on 10 January 2027" in page.text
    assert "On day 10 of January, April, July and October 10 Jan 2027 1 person On" in page.text
    again = browser.submit(url, **usual, receivers=cara.email)  # the Back button, and the same once more
    assert again.errors == ["You have scheduled a report with this title already. Give this one another."]
    browser.get("/reports/schedules")
    page = browser.click("Quarterly")
    page = browser.fill(page, button="Pause")
    assert make_scheduled_reports(datetime(2027, 1, 10, 9, tzinfo=NOW.tzinfo)) == 0
    page = browser.fill(browser.get(page.url), button="Take it up again")
    assert "The schedule goes on. The next copy is made on 10 January 2027." in page.text
    browser.get(page.url)
    page = browser.fill(browser.click("End this schedule"))
    assert "No report is scheduled" in page.text
    assert "No report is scheduled" in browser.get("/reports").text


def test_a_schedule_taken_over_whose_readers_may_see_it_tells_them_as_before(
    browser: Browser, cara: Person
) -> None:
    left = make_person(roles=[Role.BOARD_STAFF], email="left@board.example", name="Les Left")
    dee = make_person(roles=[Role.BOARD_STAFF], name="Dee", email="dee@board.example")
    schedule = make_report_schedule(left, receivers=[left, dee])
    _take_roles_away(left)

    page = browser.signed_in(cara).get(f"/reports/schedules/{schedule.id}")
    assert "Take it over: it is then made with your access." in page.text
    page = browser.fill(page, button="Take it over")

    assert "You own it now, in place of Les Left. The next copy is made on" in page.text
    assert "Who is told Dee Les Left may not see this report any more" in page.text
    browser.get(f"/reports/schedules/{schedule.id}")
    page = browser.fill(browser.fill(page, button="Pause"), button="Take it up again")
    assert "The schedule goes on. The next copy is made on" in page.text


def test_what_was_ended_stays_in_a_list_with_who_ended_it(browser: Browser, cara: Person) -> None:
    lead = make_person(leads=(hill := make_agency(name="Hill")), agency=hill, email="lead@hill.example")
    ours = make_report_schedule(lead, agency=hill, title="Ours", failures=1, failure="Broken.").id
    boards = make_report_schedule(cara, title="The board’s", ended_at=NOW - timedelta(days=1)).id
    assert "No schedule was ended" in browser.signed_in(lead).get("/reports/schedules?show=ended").text
    browser.signed_in(cara).submit(f"/reports/schedules/{ours}/end")

    page = browser.signed_in(lead).get("/reports/schedules")
    assert "No report is scheduled" in page.text
    page = browser.click("Ended")
    assert f"Ours Hill Every Monday 23 Nov 2026 {cara.name}" in page.text
    assert "The board’s" not in page.text
    browser.get(f"/reports/schedules/{boards}", status=404)
    page = browser.get(f"/reports/schedules/{ours}")
    assert f"Ended on 23 November 2026 by {cara.name}. The copies that it made stay." in page.text
    assert "State Ended" in page.text
    for gone in ("Pause", "Change this schedule", "End this schedule", "tried again", "Next"):
        assert gone not in page.text
    with transaction():
        history.record("ended", db.session.get_one(ReportSchedule, ours), by=lead, at=NOW)
    page = browser.signed_in(cara).get("/reports/schedules?show=ended")
    assert "The board’s All agencies" in page.text
    assert page.text.count(f"Ours Owned by {lead.name} Hill") == 1
    assert f"Ended on 23 November 2026 by {lead.name}." in browser.get(f"/reports/schedules/{ours}").text
    for way in ("pause", "take-up", "end"):
        browser.post(f"/reports/schedules/{ours}/{way}", status=404)


def test_the_list_of_what_was_ended_asks_as_much_for_three_as_for_one(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def ask() -> object:
        return browser.get("/reports/schedules?show=ended")

    browser.signed_in(cara)
    make_report_schedule(cara, agency=make_agency(), ended_at=NOW)
    one = count_queries(ask)
    for _ in range(2):
        make_report_schedule(make_person(roles=[Role.BOARD_STAFF]), agency=make_agency(), ended_at=NOW)

    assert count_queries(ask) == one


def test_the_list_of_what_was_ended_has_pages(browser: Browser, cara: Person) -> None:
    for number in range(26):
        make_report_schedule(cara, title=f"{number} ago", ended_at=NOW - timedelta(days=number))

    page = browser.signed_in(cara).get("/reports/schedules?show=ended")
    assert "25 ago" not in page.text
    page = browser.get(str(page.soup.select("a[rel=next]")[0]["href"]))
    assert "Showing 26 to 26 of 26 schedules" in page.text
    assert "25 ago" in page.text


def test_a_lead_reads_what_others_schedule_of_their_agency_and_changes_none_of_it(
    browser: Browser, cara: Person
) -> None:
    lead = make_person(leads=(hill := make_agency(name="Hill")), agency=hill, email="lead@hill.example")
    boards = make_report_schedule(cara, agency=hill, title="Ours", receivers=[cara, lead])
    make_report_schedule(cara, agency=make_agency(name="Vale"), title="Theirs")
    make_scheduled_reports(NOW)
    changed(boards, stopped_at=NOW)
    for letter in _letters("reports/made"):
        changed(letter, gave_up_at=NOW)
    usual: dict[str, Any] = {
        "period": "last-12-months", "every": "week", "weekday": "1", "receivers": "lead@hill.example", "of": str(hill.id)
    }  # fmt: skip

    page = browser.signed_in(lead).submit("/reports/schedules/new", **usual, title="Ours")
    assert page.errors == [
        f"{cara.name} has scheduled a report with this title already. Give this one another."
    ]
    page = browser.get("/reports/schedules")
    assert f"Ours Owned by {cara.name} Hill" in page.text
    assert "Theirs" not in page.text
    assert "not delivered" not in page.text
    page = browser.click("Ours")
    assert f"{cara.name} owns this schedule. You see it because you lead Hill" in page.text
    assert f"Owner {cara.name}" in page.text
    assert "Who is told" in page.text
    assert "Last made 23 November 2026" in page.text
    for gone in (
        "Letters about the last copy",
        str(cara.email),
        "Take it up again",
        "Change this schedule",
        "End this schedule",
    ):
        assert gone not in page.text
    for way in ("change", "end"):
        browser.get(f"/reports/schedules/{boards.id}/{way}", status=404)
    for way in ("pause", "take-up", "end"):
        browser.post(f"/reports/schedules/{boards.id}/{way}", status=404)
    assert "has stopped" not in browser.get("/home").text


def test_a_lead_who_only_reads_a_schedule_learns_nothing_of_what_it_was_before(
    browser: Browser, cara: Person
) -> None:
    hill, vale = make_agency(name="Hill"), make_agency(name="Vale")
    hal = make_person(leads=hill, agency=hill, email="hal@hill.example", name="Hal")
    val = make_person(leads=vale, agency=vale, email="val@vale.example", name="Val")
    schedule_id = make_report_schedule(cara, agency=hill, title="Before", receivers=[hal]).id
    url = f"/reports/schedules/{schedule_id}"
    browser.signed_in(cara).submit(
        f"{url}/change", title="Now", of=str(vale.id), receivers="val@vale.example"
    )
    assert "Title: was Before, now Now" in browser.get(url).text

    page = browser.signed_in(val).get(url)

    assert page.h1 == "Now"
    for before in ("Before", "Hal", "Hill", "History"):
        assert before not in page.text


def test_a_lead_learns_neither_from_whom_a_schedule_was_taken_over_nor_of_another_agencys_copy(
    browser: Browser, cara: Person
) -> None:
    hill, vale = make_agency(name="Hill"), make_agency(name="Vale")
    hal = make_person(leads=hill, agency=hill, email="hal@hill.example", name="Hal")
    val = make_person(leads=vale, agency=vale, email="val@vale.example", name="Val")
    schedule_id = make_report_schedule(hal, agency=hill).id
    url = f"/reports/schedules/{schedule_id}"
    make_scheduled_reports(NOW)
    of_hill = only(FrozenReport).id
    _take_roles_away(hal)
    page = browser.signed_in(cara).get(url)
    browser.fill(page, button="Take it over")
    page = browser.submit(f"{url}/change", of=str(vale.id), receivers="val@vale.example")
    assert f"Owner {cara.name}, who took it over from Hal on 23 November 2026" in page.text
    assert page.link("23 November 2026") == f"/reports/copies/{of_hill}"

    page = browser.signed_in(val).get(url)
    assert f"Owner {cara.name} Who is told" in page.text
    for before in ("Hal", "Last made"):
        assert before not in page.text
    make_scheduled_reports(NOW + timedelta(days=7))
    assert browser.get(browser.get(url).link("30 November 2026") or "").h1 == "Weekly report"


def test_a_schedule_is_changed_and_says_when_it_goes_next(browser: Browser, cara: Person) -> None:
    dee = make_person(roles=[Role.BOARD_STAFF], name="Dee", email="dee@board.example")
    hill = make_agency(name="Hill")
    schedule_id = make_report_schedule(cara, next_on=date(2026, 11, 30), receivers=[cara, dee]).id
    browser.signed_in(dee).get(f"/reports/schedules/{schedule_id}")

    page = browser.click("Change this schedule")
    assert "The next copy is made on 30 November 2026." in page.text
    page = browser.fill(
        page, title="Monthly", of=str(hill.id), period="last-quarter", every="month", day_of_month="31",
        receivers="dee@board.example",
    )  # fmt: skip

    assert "The schedule is changed. The next copy is made on 30 November 2026." in page.text
    page = browser.fill(browser.click("Change this schedule"), day_of_month="3")
    assert "The schedule is changed. The next copy is made on 3 December 2026." in page.text
    assert page.h1 == "Monthly"
    for line in (
        f"Owner {cara.name}",
        "Title: was Weekly report, now Monthly",
        "Report: was The board’s report, now Report of Hill",
        "Period: was Last 12 months, now Last quarter",
        "When: was Every Monday, now On the last day of each month",
        f"Told: was {cara.name}; Dee, now Dee",
        "Next copy: was 30 November 2026, now 3 December 2026",
    ):
        assert line in page.text
    assert make_scheduled_reports(datetime(2026, 12, 3, 9, tzinfo=NOW.tzinfo)) == 1
    copy = only(FrozenReport)
    assert (copy.title, copy.agency_id) == ("Monthly", hill.id)


@pytest.mark.parametrize("given", [{"next_on": TODAY}, {"next_on": TODAY + timedelta(days=1), "failures": 1}])
def test_a_copy_that_is_owed_is_made_once_after_a_change(
    browser: Browser, cara: Person, given: dict[str, Any]
) -> None:
    schedule = make_report_schedule(cara, **given)

    page = browser.signed_in(cara).submit(
        f"/reports/schedules/{schedule.id}/change", every="month", day_of_month="20"
    )

    assert (
        f"The next copy is made {'today' if given['next_on'] == TODAY else 'on 24 November 2026'}."
        in page.text
    )
    for day in (0, 1, 2):
        make_scheduled_reports(NOW + timedelta(days=day))
    assert only(FrozenReport).title == "Weekly report"
    db.session.refresh(schedule)
    assert schedule.next_on == date(2026, 12, 20)


def test_what_is_asked_of_a_new_schedule_is_asked_of_a_change(browser: Browser, cara: Person) -> None:
    lead = make_person(leads=(hill := make_agency()), agency=hill, email="lead@hill.example", name="Lea Lead")
    of_hill = make_report_schedule(lead, agency=hill)
    make_report_schedule(lead, agency=hill, title="Another")
    url = f"/reports/schedules/{of_hill.id}/change"

    browser.signed_in(cara)
    page = browser.submit(url, of="whole", receivers=cara.email)
    assert page.errors == ["It is made with the access of its owner, and Lea Lead cannot open this report."]
    page = browser.submit(url, title="", receivers="nobody@hill.example")
    assert page.errors[0] == "Enter a title"
    assert page.errors[1].startswith("nobody@hill.example cannot open this report.")
    browser.signed_in(lead)
    assert browser.submit(url, title="Another").errors == [
        "You have scheduled a report with this title already. Give this one another."
    ]
    assert browser.submit(url).errors == []
    changed(of_hill, ended_at=NOW)
    browser.get(url, status=404)


def test_nothing_of_a_child_goes_out_as_the_title_of_a_schedule(browser: Browser, cara: Person) -> None:
    schedule = make_report_schedule(cara)
    held = "Title holds what looks like an NHS number. Take it out: no child’s details belong here"
    named: dict[str, Any] = {"title": "Figures 943 476 5919", "receivers": cara.email}

    page = browser.signed_in(cara).submit(f"/reports/schedules/{schedule.id}/change", **named)
    assert page.errors == [held]
    page = browser.submit(
        "/reports/schedules/new", **named, of="whole", period="last-quarter", every="week", weekday="1"
    )
    assert page.errors == [held]
    assert only(ReportSchedule).title == "Weekly report"


def test_a_change_takes_nothing_up(browser: Browser, cara: Person) -> None:
    left = make_person(roles=[Role.BOARD_STAFF], email="left@board.example", name="Les Left")
    stopped = make_report_schedule(cara, title="Stopped", failures=5, stopped_at=NOW).id
    orphaned = make_report_schedule(left, title="Orphaned", receivers=[cara]).id
    _take_roles_away(left)
    browser.signed_in(cara)

    page = browser.submit(f"/reports/schedules/{stopped}/change", weekday="3")
    assert "No copy is made. It waits to be taken up again." in page.text
    page = browser.submit(f"/reports/schedules/{orphaned}/change", weekday="3")
    assert "No copy is made. Its owner may not see this report any more." in page.text
    assert "Owner Les Left" in page.text
    assert make_scheduled_reports(NOW + timedelta(days=7)) == 1
    assert rows(db.select(FrozenReport)) == []


def test_no_copy_is_made_of_what_a_schedule_sent_before_a_change(cara: Person) -> None:
    schedule = make_report_schedule(cara)
    hill = make_agency()
    figures = schedules.gather(schedule, now=NOW)
    changed(schedule, agency_id=hill.id)

    with transaction():
        assert not schedules.make(schedule, figures, now=NOW)

    assert make_scheduled_reports(NOW) == 1
    assert only(FrozenReport).agency_id == hill.id


def test_what_somebody_ended_meanwhile_is_neither_paused_nor_taken_up_nor_changed(cara: Person) -> None:
    schedule = make_report_schedule(cara, title="Weekly", ended_at=NOW)
    told: dict[str, Any] = {
        name: getattr(schedule, name) for name in ("agency", "is_published", "period", "every", "on_day")
    }

    for verb in (schedules.pause, schedules.take_up, schedules.end):
        with pytest.raises(schedules.ScheduleRefused), transaction():
            verb(schedule, by=cara, now=NOW)
    with pytest.raises(schedules.ScheduleRefused), transaction():
        schedules.change(schedule, **told, title="Monthly", receivers=[], by=cara, now=NOW)

    assert schedule.title == "Weekly"


def test_a_lead_schedules_their_own_agencys_report_and_no_other(browser: Browser, cara: Person) -> None:
    hill, vale = make_agency(name="Hill"), make_agency(name="Vale")
    lead = make_person(leads=hill, agency=hill, email="lead@hill.example")
    theirs = make_report_schedule(make_person(leads=vale, agency=vale), agency=vale).id
    usual: dict[str, Any] = {
        "title": "Ours",
        "period": "last-12-months",
        "every": "week",
        "weekday": "5",
        "day_of_month": "40",  # is not asked of every week
        "receivers": "lead@hill.example",
    }

    page = browser.signed_in(lead).submit("/reports/schedules/new", **usual, of=str(vale.id))
    assert page.errors
    page = browser.submit("/reports/schedules/new", **usual, of=str(hill.id))

    assert "Ours Hill" in page.text
    assert "Every Friday 27 Nov 2026" in page.text
    assert "Weekly report" not in page.text
    browser.get(f"/reports/schedules/{theirs}", status=404)


def _take_roles_away(person: Person) -> None:
    for grant in person.role_grants:
        changed(grant, ended_at=NOW)


def _letters(template: str) -> list[Letter]:
    with transaction():
        return list(rows(db.select(Letter).where(Letter.template == template)))
