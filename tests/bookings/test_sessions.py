"""The pages of sessions for staff."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from sscb_training.bookings.changes import service
from sscb_training.bookings.models import AccessNeeds, Approval, Booking, BookingStatus, Outcome
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, SessionStatus
from sscb_training.people.models import Person
from tests.bookings.verbs import cancel
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_material,
    make_membership,
    make_person,
    make_training_session,
    make_venue,
    make_version,
    only,
    saved,
)

Outbox = Callable[[], list[Letter]]
Count = Callable[[Callable[[], object]], int]
LATER = NOW + timedelta(days=60)


def titles(browser: Browser, query: str = "") -> list[str]:
    page = browser.get(f"/sessions?{query}")
    return [cell.get_text(" ", strip=True) for cell in page.soup.select("td[data-label=Course]")]


def test_sessions_to_come_are_listed_with_their_numbers(browser: Browser, cara: Person, tom: Person) -> None:
    training_session = make_training_session(
        make_version(make_course(title="GCP2")),
        capacity=1,
        trainers=[tom],
        venue=make_venue(name="Shirehall"),
    )
    make_booking(training_session)
    make_booking(training_session, status=BookingStatus.WAITLISTED)
    make_training_session(make_version(make_course(title="Over")), starts_at=NOW - timedelta(days=2))

    page = browser.signed_in(cara).get("/sessions")

    for words in ("1 session", "7 Dec 2026", "GCP2", "1 of 1", "Shirehall", "Full"):
        assert words in page.text
    assert titles(browser) == ["GCP2"]
    assert titles(browser, "when=past") == ["Over"]


def test_sessions_are_filtered(browser: Browser, cara: Person, tom: Person) -> None:
    busy = make_training_session(
        make_version(make_course(title="Busy")), capacity=1, starts_at=LATER, trainers=[tom]
    )
    make_booking(busy)
    make_booking(busy, status=BookingStatus.WAITLISTED)
    make_training_session(
        make_version(make_course(title="Calm")), starts_at=LATER, trainers=[tom], venue=make_venue()
    )
    make_training_session(
        make_version(make_course(title="Led by nobody")), starts_at=LATER + timedelta(days=1)
    )
    make_training_session(
        make_version(make_course(title="Sketched")),
        starts_at=SOON,
        status=SessionStatus.DRAFT,
        trainers=[tom],
    )
    nearly_empty = make_training_session(
        make_version(make_course(title="Nearly empty")),
        starts_at=SOON + timedelta(hours=-1),
        capacity=4,
        trainers=[tom],
    )
    make_booking(nearly_empty)
    browser.signed_in(cara)

    assert titles(browser) == ["Nearly empty", "Sketched", "Busy", "Calm", "Led by nobody"]
    assert titles(browser, "attention=1") == ["Nearly empty", "Sketched", "Busy", "Led by nobody"]
    states = [cell.get_text(" ", strip=True) for cell in browser.page.soup.select("[data-label=State]")]  # type: ignore[union-attr]
    assert states == ["Nearly empty", "Draft", "Full", "No trainer"]
    assert titles(browser, f"course={busy.course.id}") == ["Busy"]
    assert titles(browser, "status=draft") == ["Sketched"]
    assert titles(browser, "how=place") == ["Calm"]
    assert titles(browser, "month=2026-12&how=online") == ["Nearly empty", "Sketched"]
    assert titles(browser, "status=x&course=x&month=x&how=x&when=x&attention=x&page=x") == titles(browser)
    assert "No session matches" in browser.get("/sessions?month=2027-11").text
    assert (
        browser.get("/sessions?status=draft&attention=1").link("Remove filter: Draft")
        == "/sessions?attention=1"
    )


def test_no_sessions_at_all_says_what_to_do(browser: Browser, cara: Person) -> None:
    assert "Plan a date of a course" in browser.signed_in(cara).get("/sessions").text


def test_a_session_shows_who_comes_and_who_waits_in_order(
    browser: Browser, cara: Person, asha: Person
) -> None:
    training_session = make_training_session(capacity=1)
    make_booking(training_session, person=asha)
    agency = make_agency(name="Vale Housing")
    for name, days in (("Late Lou", 1), ("Early Eve", 3)):
        make_booking(
            training_session,
            person=make_person(name, agency=agency),
            status=BookingStatus.WAITLISTED,
            waitlisted_at=NOW - timedelta(days=days),
        )
    make_booking(
        training_session,
        person=make_person("Gone Gil"),
        status=BookingStatus.CANCELLED_BY_DELEGATE,
        ended_at=NOW,
        end_reason="On leave",
    )

    page = browser.signed_in(cara).get(f"/sessions/{training_session.id}")

    tables = {
        str(caption.string): caption.find_parent("table").get_text(" ", strip=True)  # type: ignore[union-attr]
        for caption in page.soup.find_all("caption")
    }
    assert "Asha Patel Hill School Teacher" in tables["Delegates"]
    assert tables["Waiting list"].index("Early Eve") < tables["Waiting list"].index("Late Lou")
    assert "Gone Gil" in tables["Cancelled bookings"]
    assert "On leave" in tables["Cancelled bookings"]
    assert "1 of 1" in page.text


def test_a_session_shows_everybody_by_what_they_wait_for(
    browser: Browser, cara: Person, asha: Person
) -> None:
    training_session = make_training_session(capacity=5)
    make_booking(training_session, person=asha)
    approval = saved(
        Approval(
            style=ApprovalStyle.MANAGER,
            approver_name="Mo Manager",
            asked_at=NOW,
            answer_by=NOW + timedelta(days=1),
        )
    )
    agency = make_agency(name="Vale Housing")
    others: dict[str, dict[str, Any]] = {
        "Ann Asked": {"status": BookingStatus.AWAITING_APPROVAL, "approval": approval},
        "Olu Offered": {"status": BookingStatus.OFFERED, "offer_until": NOW + timedelta(days=2)},
        "Wes Waits": {"status": BookingStatus.WAITLISTED, "passed_over": "Kept for health"},
    }
    for name, given in others.items():
        make_booking(training_session, person=make_person(name, agency=agency), **given)

    page = browser.signed_in(cara).get(f"/sessions/{training_session.id}")

    tables = {
        str(caption.string): caption.find_parent("table").get_text(" ", strip=True)  # type: ignore[union-attr]
        for caption in page.soup.find_all("caption")
    }
    assert "Ann Asked Vale Housing Teacher Mo Manager 24 Nov 2026, 9am" in " ".join(
        tables["Waiting for approval"].split()
    )
    assert "Olu Offered" in tables["Places offered"]
    assert "Kept for health" in tables["Waiting list"]
    assert "Vale Housing 2" in tables["Places by agency"]
    assert "Places taken 3 of 5 Places left 2" in " ".join(page.text.split())
    answer = browser.get(f"/sessions/{training_session.id}?format=csv").response.get_data(as_text=True)
    assert [name in answer for name in ("Asha Patel", "Ann Asked", "Olu Offered", "Wes Waits")] == [True] * 4


def test_a_session_says_what_was_done_to_whose_booking(browser: Browser, cara: Person, asha: Person) -> None:
    training_session = make_training_session()
    cancel(make_booking(training_session, person=asha), by=cara)

    page = browser.signed_in(cara).get(f"/sessions/{training_session.id}")

    assert "Asha Patel: cancelled by Cara Board" in page.text


def test_a_session_that_has_started_offers_nothing_to_choose(browser: Browser, cara: Person) -> None:
    training_session = make_training_session(starts_at=NOW - timedelta(hours=1))
    make_booking(training_session)

    page = browser.signed_in(cara).get(f"/sessions/{training_session.id}")

    assert page.soup.select("main input[type=checkbox]") == []
    assert page.link("See the register") == f"/registers/{training_session.id}"


def test_an_empty_a_draft_and_a_cancelled_session_say_so(browser: Browser, cara: Person) -> None:
    draft = make_training_session(status=SessionStatus.DRAFT)
    cancelled = make_training_session(status=SessionStatus.CANCELLED, cancelled_at=NOW, cancel_reason="Snow")
    browser.signed_in(cara)

    page = browser.get(f"/sessions/{draft.id}")
    assert "This is a draft" in page.text
    assert "Nobody has a place yet" in page.text
    page = browser.get(f"/sessions/{cancelled.id}")
    assert "Cancelled on 23 November 2026: Snow" in page.text
    assert "Nobody had a place" in page.text
    assert "Cancel session" not in page.text


def test_a_cancelled_session_shows_who_had_a_place_and_who_waited(
    browser: Browser, cara: Person, asha: Person
) -> None:
    training_session = make_training_session(capacity=1)
    make_booking(training_session, person=asha)
    agency = make_agency(name="Vale Housing")
    for name, days in (("Late Lou", 1), ("Early Eve", 3)):
        make_booking(
            training_session,
            person=make_person(name, agency=agency),
            status=BookingStatus.WAITLISTED,
            waitlisted_at=NOW - timedelta(days=days),
        )
    make_booking(
        training_session,
        person=make_person("Gone Gil"),
        status=BookingStatus.CANCELLED_BY_BOARD,
        ended_at=NOW - timedelta(days=1),
    )
    with transaction():
        service.cancel_session(training_session, reason="Snow", by=cara, now=NOW)

    page = browser.signed_in(cara).get(f"/sessions/{training_session.id}")

    tables = {
        str(caption.string): caption.find_parent("table").get_text(" ", strip=True)  # type: ignore[union-attr]
        for caption in page.soup.find_all("caption")
    }
    assert "Had a place 1 Waited 2" in page.text
    assert "Nobody has a place" not in page.text
    assert "Asha Patel Hill School Teacher" in tables["Delegates"]
    assert tables["Waiting list"].index("Early Eve") < tables["Waiting list"].index("Late Lou")
    assert "Gone Gil" in tables["Cancelled bookings"]
    assert "Asha" not in tables["Cancelled bookings"]
    listed = list(
        csv.reader(io.StringIO(browser.click("Download CSV").response.get_data().decode("utf-8-sig")))
    )
    assert [(line[0], line[-1]) for line in listed[1:]] == [
        ("Asha Patel", "yes"), ("Early Eve", "no"), ("Late Lou", "no"),
    ]  # fmt: skip


def test_a_session_whose_register_was_closed_offers_no_cancelling(browser: Browser, cara: Person) -> None:
    under_way = make_training_session(starts_at=NOW - timedelta(hours=1))
    booking = make_booking(under_way)
    assert "Cancel session" in browser.signed_in(cara).get(f"/sessions/{under_way.id}").text

    changed(booking, outcome=Outcome.ATTENDED, outcome_on=NOW.date())

    page = browser.get(f"/sessions/{under_way.id}")
    assert "Places and mix" in page.text
    assert "Cancel session" not in page.text


def test_more_delegates_than_the_room_holds_is_said(browser: Browser, cara: Person) -> None:
    training_session = make_training_session(capacity=1, venue=make_venue(capacity=1))
    make_booking(training_session)
    make_booking(training_session, unscheduled=True)

    page = browser.signed_in(cara).get(f"/sessions/{training_session.id}")

    assert "The room holds 1 people and 2 have a place." in page.text
    assert "Walk-in" in page.text


@pytest.mark.parametrize("who", ["asha", "ben", "tom"])
def test_the_pages_of_a_session_are_for_staff(
    request: pytest.FixtureRequest, browser: Browser, who: str
) -> None:
    tom: Person = request.getfixturevalue("tom")
    training_session = make_training_session(trainers=[tom])
    browser.signed_in(request.getfixturevalue(who))

    for page in ("", "/put-in", "/places", "/cancel", "?format=csv"):
        browser.get(f"/sessions/{training_session.id}{page}", status=403)


def test_access_needs_are_read_on_a_page_that_records_it(browser: Browser, cara: Person, tom: Person) -> None:
    training_session = make_training_session(trainers=[tom])
    booking = make_booking(training_session, person=make_person("Needs Nia"))
    saved(AccessNeeds(booking_id=booking.id, text="A loop", delete_after=SOON.date()))

    page = browser.signed_in(cara).get(f"/sessions/{training_session.id}")
    assert "A loop" not in str(page.soup)
    page = browser.click("See access needs")
    assert "Needs Nia A loop" in page.text
    browser.signed_in(tom).get(f"/sessions/{training_session.id}/access-needs")

    entries = history.entries_about(training_session)
    assert [(entry.verb, entry.actor_id) for entry in entries] == [
        ("access needs viewed", cara.id),
        ("access needs viewed", tom.id),
    ]


def test_access_needs_of_somebody_elses_session_are_not_there_for_a_trainer(
    browser: Browser, tom: Person
) -> None:
    training_session = make_training_session()

    browser.signed_in(tom).get(f"/sessions/{training_session.id}/access-needs", status=404)
    assert history.entries_about(training_session) == []


def test_no_access_needs_says_so(browser: Browser, cara: Person) -> None:
    training_session = make_training_session()

    assert "Nobody said" in browser.signed_in(cara).get(f"/sessions/{training_session.id}/access-needs").text


def test_staff_find_a_person_and_put_them_in(
    browser: Browser, asha: Person, cara: Person, outbox: Outbox
) -> None:
    second = make_membership(asha, make_agency(name="Vale Charity"), job_title="Counsellor")
    training_session = make_training_session()

    browser.signed_in(cara).get(f"/sessions/{training_session.id}")
    page = browser.fill(browser.click("Put a person in"), button="Find", search="ASHA hill.example")
    assert "Asha Patel: Teacher, Hill School" in page.text
    page = browser.fill(page, button="Put in")
    assert page.errors == ["Select a person"]
    page = browser.fill(page, button="Put in", membership_id=str(second.id), access_needs="A loop")

    assert "Asha Patel has a place." in page.text
    booking = db.session.scalars(db.select(Booking)).one()
    assert (booking.membership_id, booking.requested_by_id) == (second.id, cara.id)
    assert booking.access_needs is not None
    assert outbox()[0].to_address == "asha@hill.example"
    assert "Nobody found" in browser.get(f"/sessions/{training_session.id}/put-in?search=asha").text


def test_put_in_pressed_twice_is_one_booking(
    browser: Browser, asha: Person, cara: Person, outbox: Outbox
) -> None:
    training_session = make_training_session()
    role = str(asha.memberships[0].id)
    form = browser.signed_in(cara).get(f"/sessions/{training_session.id}/put-in?search=asha")

    for _ in range(2):
        page = browser.fill(form, button="Put in", membership_id=role)
        assert "Asha Patel has a place." in page.text

    booking = only(Booking)
    assert len(outbox()) == 1
    changed(booking, status=BookingStatus.CANCELLED_BY_DELEGATE)
    page = browser.fill(form, button="Put in", membership_id=role)
    assert "Asha Patel was put in before, and that booking has ended." in page.text
    assert only(Booking).id == booking.id


def test_another_form_does_not_put_somebody_in_again(browser: Browser, asha: Person, cara: Person) -> None:
    training_session = make_training_session()
    url = f"/sessions/{training_session.id}/put-in?search=asha"
    one, other = browser.signed_in(cara).get(url), browser.get(url)
    role = str(asha.memberships[0].id)
    browser.fill(one, button="Put in", membership_id=role)

    page = browser.fill(other, button="Put in", membership_id=role)

    assert "Nobody found" in page.text
    assert only(Booking).person_id == asha.id


def test_somebody_put_into_a_full_session_waits(browser: Browser, asha: Person, cara: Person) -> None:
    full = make_training_session(capacity=0)

    page = browser.signed_in(cara).submit(
        f"/sessions/{full.id}/put-in?search=asha", button="Put in", membership_id=str(asha.memberships[0].id)
    )

    assert "Asha Patel is on the waiting list." in page.text


def test_nobody_is_put_into_a_cancelled_session(browser: Browser, asha: Person, cara: Person) -> None:
    cancelled = make_training_session(status=SessionStatus.CANCELLED)

    page = browser.signed_in(cara).submit(
        f"/sessions/{cancelled.id}/put-in?search=asha",
        button="Put in",
        membership_id=str(asha.memberships[0].id),
    )

    assert page.errors == ["This session was cancelled. Choose another date of the course."]


def test_a_hostile_search_finds_nobody(browser: Browser, asha: Person, cara: Person) -> None:
    training_session = make_training_session()
    browser.signed_in(cara)

    for search in ("%25", "_", "'", "x" * 5000):
        assert "Asha" not in browser.get(f"/sessions/{training_session.id}/put-in?search={search}").text


def test_staff_change_the_number_of_places(browser: Browser, cara: Person) -> None:
    training_session = make_training_session(capacity=1)
    make_booking(training_session)
    waiting = make_booking(training_session, status=BookingStatus.WAITLISTED)

    page = browser.signed_in(cara).submit(f"/sessions/{training_session.id}/places", capacity="0")
    assert page.errors == ["1 person holds a place, so enter 1 or more. To go lower, cancel bookings first."]
    page = browser.fill(page, capacity="x")
    assert page.errors == ["Places must be a whole number, like 20"]
    page = browser.fill(browser.fill(page, capacity="2"), button="Save")

    assert "This session now has 2 places." in page.text
    db.session.refresh(waiting)
    assert waiting.status is BookingStatus.OFFERED
    assert "Capacity: was 1, now 2" in page.text


def test_staff_cancel_a_session(
    browser: Browser, asha: Person, cara: Person, tom: Person, outbox: Outbox
) -> None:
    training_session = make_training_session(trainers=[tom])
    make_booking(training_session, person=asha)
    make_booking(training_session, status=BookingStatus.WAITLISTED)

    page = browser.signed_in(cara).submit(f"/sessions/{training_session.id}/cancel", button="Cancel session")
    assert page.errors == ["Enter a reason"]
    assert "1 with a place and 1 waiting" in page.text
    page = browser.fill(page, button="Cancel session", reason="Snow")

    assert "everybody concerned gets a letter" in page.text
    assert len(outbox()) == 4  # the one with a place has a manager
    page = browser.submit(f"/sessions/{training_session.id}/cancel", button="Cancel session", reason="Snow")
    assert page.errors == ["This session was cancelled already."]


def test_delegates_come_as_a_file_that_runs_nothing(browser: Browser, cara: Person) -> None:
    training_session = make_training_session(make_version(make_course(code="GCP2-1")), capacity=1)
    make_booking(training_session, person=make_person("=1+1", agency=make_agency(name="Hill School")))
    make_booking(training_session, person=make_person("Wanda Waits"), status=BookingStatus.WAITLISTED)
    browser.signed_in(cara).get(f"/sessions/{training_session.id}")

    answer = browser.click("Download CSV").response
    listed = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert listed[0][:2] == ["Name", "Agency"]
    assert listed[1][:2] == ["'=1+1", "Hill School"]
    assert listed[2][0] == "Wanda Waits"
    assert "delegates-GCP2-1-2026-12-07.csv" in answer.headers["Content-Disposition"]
    browser.get(f"/sessions/{training_session.id}")
    assert browser.click("Download Excel").response.get_data().startswith(b"PK")


def test_the_lists_take_the_same_queries_however_long(
    browser: Browser, cara: Person, tom: Person, count_queries: Count
) -> None:
    training_session = make_training_session(trainers=[tom])
    with transaction():
        training_session_id = training_session.id
    make_booking(training_session)
    make_booking(training_session, status=BookingStatus.WAITLISTED)
    make_booking(training_session, status=BookingStatus.CANCELLED_BY_DELEGATE)
    make_booking(training_session, status=BookingStatus.OFFERED, offer_until=NOW + timedelta(days=1))
    approve = make_booking(training_session, status=BookingStatus.AWAITING_APPROVAL)
    changed(approve, approval=saved(Approval(style=ApprovalStyle.MANAGER, asked_at=NOW)))
    browser.signed_in(cara)

    def both() -> tuple[int, int]:
        return (
            count_queries(lambda: browser.get("/sessions")),
            count_queries(lambda: browser.get(f"/sessions/{training_session_id}")),
        )

    before = both()
    for status in (
        BookingStatus.CONFIRMED,
        BookingStatus.WAITLISTED,
        BookingStatus.CANCELLED_BY_DELEGATE,
        BookingStatus.AWAITING_APPROVAL,
        BookingStatus.OFFERED,
    ):
        for _ in range(2):
            asked = saved(Approval(style=ApprovalStyle.MANAGER, asked_at=NOW))
            make_booking(training_session, status=status, approval=asked)
        make_booking(make_training_session(parts=2, venue=make_venue(), trainers=[tom]))
    assert both() == before


def test_no_part_can_be_cancelled_once_the_register_is_closed(browser: Browser, cara: Person) -> None:
    training_session = make_training_session(starts_at=NOW - timedelta(days=1), parts=2)
    booking = make_booking(training_session)
    url = f"/sessions/{training_session.id}"
    assert "Cancel this part" in browser.signed_in(cara).get(url).text

    changed(booking, outcome=Outcome.ATTENDED, outcome_on=NOW.date())

    assert "Cancel this part" not in browser.get(url).text


def test_sessions_with_too_few_delegates_say_so_and_are_filtered(browser: Browser, cara: Person) -> None:
    short = make_training_session(fewest=2, decide_by=date(2026, 12, 4), capacity=3)
    make_booking(short)
    for fewest, days in ((1, 0), (9, 15)):
        decide_by = TODAY + timedelta(days=days)
        make_booking(make_training_session(starts_at=LATER, fewest=fewest, decide_by=decide_by))
    make_training_session(fewest=2, decide_by=TODAY, status=SessionStatus.DRAFT, starts_at=LATER)
    browser.signed_in(cara)

    assert len(titles(browser)) == 4
    assert short.course.title in titles(browser, "attention=1")
    assert titles(browser, "risk=1") == [short.course.title]
    assert browser.page is not None
    assert "Needs 2 by 4 Dec 2026" in browser.page.text
    assert "1 booked, needs 2 by Friday 4 December 2026." in browser.get(f"/sessions/{short.id}").text
    assert short.course.title in browser.get("/home").text


def test_sessions_are_filtered_by_where_they_stand(browser: Browser, cara: Person) -> None:
    over = NOW - timedelta(days=3)
    closed, still_open = (
        make_training_session(starts_at=over, closed_at=NOW),
        make_training_session(starts_at=over),
    )
    draft, published = make_training_session(status=SessionStatus.DRAFT), make_training_session()
    browser.signed_in(cara)

    assert titles(browser, "status=draft") == [draft.course.title]
    assert titles(browser, "status=published") == [published.course.title]
    assert titles(browser, "status=published&when=past") == [still_open.course.title]
    assert titles(browser, "status=closed") == [closed.course.title]
    assert (
        "Closed: its register was closed on 23 November 2026." in browser.get(f"/sessions/{closed.id}").text
    )
    assert "its register is not closed yet" in browser.get(f"/sessions/{still_open.id}").text


def test_materials_are_for_trainers_and_some_for_delegates_with_a_place(
    browser: Browser, cara: Person, tom: Person, asha: Person, dev: Person
) -> None:
    training_session = make_training_session(trainers=[tom])
    make_material(training_session.course_version, name="Trainer’s notes")
    make_material(training_session.course_version, name="Handout", for_delegates=True)
    place, waits = (
        make_booking(training_session, person=asha),
        make_booking(training_session, person=dev, status=BookingStatus.WAITLISTED),
    )
    url = f"/sessions/{training_session.id}/materials"

    for who in (cara, tom):
        page = browser.signed_in(who).get(url)
        assert page.link("Handout")
        assert page.link("Trainer’s notes")
    assert (
        "no materials yet"
        in browser.signed_in(cara).get(f"/sessions/{make_training_session().id}/materials").text
    )
    browser.signed_in(make_person(roles=[Role.TRAINER])).get(url, status=404)
    page = browser.signed_in(asha).get(f"/bookings/{place.id}")
    assert page.link("Handout")
    assert "notes" not in page.text
    assert "Handout" not in browser.signed_in(dev).get(f"/bookings/{waits.id}").text
    assert "Handout" not in browser.signed_in(cara).get(f"/bookings/{place.id}").text
