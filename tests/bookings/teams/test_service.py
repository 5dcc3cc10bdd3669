from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from sscb_training.agencies.models import Agency, Sector
from sscb_training.bookings.eligibility.models import BookingRule
from sscb_training.bookings.models import Approval, Booking, BookingStatus
from sscb_training.bookings.service import BookingRefused
from sscb_training.bookings.teams import service
from sscb_training.bookings.teams.rules import Became, Entry, Line
from sscb_training.bookings.teams.service import TeamList
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    a_staff_group,
    changed,
    make_accreditation,
    make_booking,
    make_course,
    make_person,
    make_scheme,
    make_staff_group,
    make_training_session,
    make_version,
    only,
    saved,
)

Count = Callable[[Callable[[], object]], int]
HEAD = ("Helen Head", "head@hill.example")


@pytest.fixture
def people(hill_school: Agency) -> list[Person]:
    return [make_person(f"Person {letter}", agency=hill_school) for letter in "ABCD"]


def team_of(agency: Agency, *entries: Person | Entry) -> TeamList:
    listed = [
        one if isinstance(one, Entry) else Entry(0, one.name, one.email or "", membership_id=one.memberships[0].id)
        for one in entries
    ]  # fmt: skip
    return TeamList(agency, listed, a_staff_group())


def book(training_session: TrainingSession, team: TeamList, by: Person, **given: Any) -> list[Line]:
    usual: dict[str, Any] = {
        "all_or_none": False,
        "approver": HEAD,
        "form_key": "one form",
        "by": by,
        "now": NOW,
    }
    with transaction():
        return list(service.book_team(training_session, team, **usual | given))


def became(lines: list[Line]) -> list[Became]:
    return [line.became for line in lines]


def number_of(model: Any) -> int:
    found: int = db.session.scalar(db.select(db.func.count(model.id))) or 0
    return found


def test_as_many_as_fit_get_places_in_the_order_of_the_list(
    hill_school: Agency, ben: Person, people: list[Person]
) -> None:
    training_session = make_training_session(capacity=2)

    lines = book(training_session, team_of(hill_school, *people), ben)

    assert became(lines) == [Became.PLACE, Became.PLACE, Became.WAITS, Became.WAITS]
    assert [line.name for line in lines] == ["Person A", "Person B", "Person C", "Person D"]


def test_all_or_none_books_nobody_when_one_does_not_fit(
    hill_school: Agency, ben: Person, people: list[Person], outbox: Callable[[], list[Letter]]
) -> None:
    training_session = make_training_session(capacity=3)
    new = Entry(5, "Kim New", job_title="Cook")
    before = number_of(Person)

    with pytest.raises(BookingRefused, match="nobody was booked"):
        book(training_session, team_of(hill_school, new, *people), ben, all_or_none=True)

    assert (number_of(Booking), number_of(Person), outbox()) == (0, before, [])
    lines = book(training_session, team_of(hill_school, *people[:3]), ben, all_or_none=True)
    assert became(lines) == [Became.PLACE] * 3


def test_rehearse_tells_what_becomes_of_each_and_writes_nothing(
    hill_school: Agency, ben: Person, dev: Person, people: list[Person], outbox: Callable[[], list[Letter]]
) -> None:
    training_session = make_training_session(capacity=4)
    make_booking(training_session, person=people[0])
    version, later = training_session.course_version, NOW + timedelta(days=30)
    asked = make_training_session(version, starts_at=later)
    make_booking(asked, person=people[1], status=BookingStatus.AWAITING_APPROVAL)
    booked = make_training_session(make_version(version.course), starts_at=later + timedelta(days=1))
    make_booking(booked, person=people[3])
    for passed_or_of_another_course in (
        make_training_session(version, starts_at=NOW - timedelta(days=30)), make_training_session(),
    ):  # fmt: skip
        make_booking(passed_or_of_another_course, person=people[2])
    gone = make_person("Gone", agency=hill_school, email="gone@hill.example")
    with transaction():
        gone.memberships[0].valid_to = TODAY.replace(day=1)
    make_person("Twin", agency=hill_school)
    make_person("Twin", agency=hill_school)
    team = team_of(
        hill_school,
        *people[:2],
        Entry(1, "person b"),
        Entry(2, "Kim New", "kim@hill.example", "Cook"),
        Entry(3, "Kim Again", "KIM@hill.example", "Cook"),
        Entry(4, "Office", "office@hill.example", "Clerk"),
        Entry(5, "Dev", "dev@vale.example"),
        Entry(6, "Gone", "gone@hill.example"),
        Entry(7, "Twin"),
        Entry(8, "Lee New"),
        people[2],
        people[3],
    )
    before = number_of(Person)

    with transaction():
        lines = list(service.rehearse(training_session, team, by=ben, now=NOW))

    refused = Became.REFUSED
    assert became(lines) == [
        Became.BOOKED, Became.PLACE, Became.DOUBLE, Became.PLACE, Became.DOUBLE, refused, refused, refused, refused,
        refused, Became.PLACE, Became.WAITS,
    ]  # fmt: skip
    assert [line.is_new for line in lines].index(True) == 3
    assert [line.why for line in lines if line.became is refused] == [
        "This is a shared mailbox, and a booking is one person’s. Enter their own address; if they have none, "
        "leave the email empty and put the mailbox under “Letters to”.",
        "Whoever has this address is not known to work at Hill School.",
        "Does not work at Hill School now, or cannot be booked. Ask the board’s staff.",
        "Several people of this name work at Hill School. Add the email address, or pick them.",
        "Not known here yet. Enter the job title too.",
    ]
    assert {line.name: line.elsewhere for line in lines if line.elsewhere} == {
        "Person B": "Asked for a place on 23 December 2026 already",
        "Person D": "Booked already on 24 December 2026",
    }
    assert (number_of(Booking), number_of(Person), outbox()) == (5, before, [])


WHOLE_COURSE = "too long ago for a refresher: it takes the whole course."


@pytest.mark.one_database
def test_whoever_a_refresher_gives_nothing_is_told_before_they_book(
    browser: Browser, hill_school: Agency, ben: Person, people: list[Person]
) -> None:
    course = make_course(title="Refresher")
    scheme = make_scheme(course, code="GCP2")
    changed(scheme.ways[0], is_refresher=True)
    make_accreditation(people[0], scheme, expires_on=TODAY)
    make_accreditation(people[1], scheme, expires_on=TODAY.replace(year=2028))
    date = make_training_session(make_version(course))

    with transaction():
        lines = service.rehearse(date, team_of(hill_school, *people[:2]), by=ben, now=NOW)

    said = f"Person A held GCP2 until 23 November 2026, {WHOLE_COURSE}"
    assert [(line.became, line.why) for line in lines] == [(Became.PLACE, said), (Became.PLACE, "")]
    browser.signed_in(people[0]).get(f"/dates/{date.id}")
    page = browser.fill(browser.click("Book a place"), access_needs="")
    assert f"It would not accredit you: {said}" in page.text


@pytest.mark.parametrize("style", list(ApprovalStyle))
def test_rehearse_says_what_booking_does(
    style: ApprovalStyle, hill_school: Agency, ben: Person, people: list[Person]
) -> None:
    """With who is known and who is new, whom the rules keep out, a place kept for others and one who waits already."""
    other_group = make_staff_group()
    course = make_course(approval=style, has_booking_rules=True)
    for group in (a_staff_group(), make_staff_group()):
        saved(BookingRule(course_id=course.id, staff_group_id=group.id))
    date = make_training_session(make_version(course), capacity=6, most_per_agency=4)
    make_booking(date, person=people[0], status=BookingStatus.WAITLISTED)
    kept_out = make_person("Kept out", agency=hill_school, staff_group=other_group)
    managed_by_nobody = make_person("Nobody’s", agency=hill_school)
    changed(managed_by_nobody.memberships[0], has_no_manager=True, manager_email="")
    team = team_of(
        hill_school,
        kept_out,
        managed_by_nobody,
        *people,
        Entry(1, "Kim New", "kim@hill.example", "Cook"),
        Entry(2, "Kim New"),
        Entry(3, "Lee New", "", "Cook"),
        Entry(4, "lee new", "", "Cook"),
        Entry(5, "person b"),
    )

    with transaction():
        foreseen = service.rehearse(date, team, by=ben, now=NOW)
    lines = book(date, team, ben)

    assert [(line.name, line.became, line.is_new) for line in foreseen] == [
        (line.name, line.became, line.is_new) for line in lines
    ]
    assert len({line.became for line in lines}) >= 5


@pytest.mark.parametrize("number", [1, 4])
def test_rehearse_asks_the_same_of_the_database_for_four_as_for_one(
    number: int, hill_school: Agency, ben: Person, people: list[Person], count_queries: Count
) -> None:
    """24 statements for however many are known; whoever is new is recorded and taken back, by some eleven each."""
    date = make_training_session()
    picked = team_of(hill_school, *people[:number])
    by_address = team_of(hill_school, *(Entry(1, one.name, one.email or "") for one in people[:number]))
    by_name = team_of(hill_school, *(Entry(1, one.name) for one in people[:number]))

    for team in (picked, by_address, by_name):
        with transaction():
            assert count_queries(partial(service.rehearse, date, team, by=ben, now=NOW)) <= 24


def test_book_team_makes_a_person_without_an_account_of_whoever_is_new(
    hill_school: Agency, ben: Person, outbox: Callable[[], list[Letter]]
) -> None:
    team = team_of(
        hill_school,
        Entry(1, "Kim New", job_title="Cook", letters_to="office@hill.example"),
        Entry(2, "Lee New", job_title="Cook", letters_to="office@hill.example"),
        Entry(3, "Max New", job_title="Cook"),
    )

    book(make_training_session(), team, ben)

    kim = db.session.scalars(db.select(Person).where(Person.name == "Kim New")).one()
    assert (kim.email, kim.email_key, kim.password_hash) == (None, None, None)
    assert kim.memberships[0].agency_id == hill_school.id
    letters = [(letter.template, letter.to_address) for letter in outbox()]
    assert letters == [
        ("bookings/confirmed", "office@hill.example"),
        ("bookings/confirmed", "office@hill.example"),
        ("bookings/confirmed", "ben@hill.example"),
        ("bookings/team_booked", "ben@hill.example"),
    ]


def test_the_same_form_twice_is_one_list(
    hill_school: Agency, ben: Person, people: list[Person], outbox: Callable[[], list[Letter]]
) -> None:
    training_session, team = make_training_session(), team_of(hill_school, *people)
    book(training_session, team, ben)
    sent = len(outbox())

    assert book(training_session, team, ben) == []
    assert (number_of(Booking), len(outbox())) == (4, sent)


def test_one_approval_covers_the_list_and_its_letter_names_everybody(
    hill_school: Agency, ben: Person, people: list[Person], outbox: Callable[[], list[Letter]]
) -> None:
    version = make_version(make_course(approval=ApprovalStyle.MANAGER))
    training_session = make_training_session(version, capacity=3)

    lines = book(training_session, team_of(hill_school, *people), ben)

    assert became(lines) == [Became.APPROVAL] * 3 + [Became.WAITS]
    approval = only(Approval)
    assert (approval.approver_name, approval.approver_email, len(approval.bookings)) == (*HEAD, 3)
    (asked,) = [letter for letter in outbox() if letter.template == "bookings/approve"]
    assert "Ben Lead, for several colleagues, asked for a place" in asked.body
    assert asked.to_address == "head@hill.example"
    assert [name in asked.body for name in ("Person A", "Person B", "Person C", "Person D")] == [
        True, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "approver", [("", ""), ("Person A", "A@hill.example"), ("Box", "Box.7@Hill.example")]
)
def test_an_approver_is_named_and_is_nobody_on_the_list(
    hill_school: Agency, ben: Person, approver: tuple[str, str]
) -> None:
    version = make_version(make_course(approval=ApprovalStyle.MANAGER))
    somebody = make_person("Person A", agency=hill_school, email="a@hill.example")
    without = make_person("Person B", agency=hill_school, email=None, contact_email="box.7@hill.example")

    with pytest.raises(BookingRefused, match="approve"):
        book(make_training_session(version), team_of(hill_school, somebody, without), ben, approver=approver)


def test_the_mix_holds_unless_staff_say_why_not(
    hill_school: Agency, ben: Person, cara: Person, people: list[Person]
) -> None:
    first, second, third = (make_training_session(capacity=3, most_per_agency=1) for _ in range(3))
    team = team_of(hill_school, *people)

    assert became(book(first, team, ben)) == [Became.PLACE] + [Became.WAITS] * 3
    assert became(book(second, team, ben, form_key="2", override_reason="Please")) == [
        Became.PLACE, Became.WAITS, Became.WAITS, Became.WAITS,
    ]  # fmt: skip
    waits = make_booking(third, status=BookingStatus.WAITLISTED, person=make_person(agency=hill_school))
    make_booking(third, person=make_person(agency=hill_school))
    lines = book(third, team, cara, form_key="3", override_reason="The whole school comes")
    assert became(lines) == [Became.PLACE] * 2 + [Became.WAITS] * 2
    assert waits.passed_over == "The whole school comes"


def test_the_rules_hold_unless_staff_say_why_not(
    hill_school: Agency, ben: Person, cara: Person, people: list[Person]
) -> None:
    course = make_course(has_booking_rules=True)
    saved(BookingRule(course_id=course.id, sector=Sector.POLICE))
    training_session = make_training_session(make_version(course), capacity=1)
    team = team_of(hill_school, *people[:2])

    with pytest.raises(BookingRefused, match="Nobody on the list"):
        book(training_session, team, ben, override_reason="Please")
    lines = book(training_session, team, cara, override_reason="The whole school comes")

    assert became(lines) == [Became.PLACE, Became.WAITS]
    kept = db.session.scalars(db.select(Booking).order_by(Booking.id)).all()
    assert [booking.override_reason for booking in kept] == ["The whole school comes"] * 2
    assert history.entries_about(kept[0])[0].detail["exception"] == "The whole school comes"


def test_staff_book_for_an_agency_and_its_leads_are_told(
    hill_school: Agency, ben: Person, cara: Person, people: list[Person], outbox: Callable[[], list[Letter]]
) -> None:
    book(make_training_session(), team_of(hill_school, people[0]), cara)

    summary = outbox()[-1]
    assert (summary.template, summary.to_address) == ("bookings/team_booked", "ben@hill.example")
    assert "Person A: gets a place (reference " in summary.body


def test_a_list_on_which_nobody_can_be_booked_is_refused(hill_school: Agency, ben: Person) -> None:
    with pytest.raises(BookingRefused, match="Nobody on the list"):
        book(make_training_session(), team_of(hill_school, Entry(1, "Kim")), ben)
