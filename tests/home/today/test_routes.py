from collections.abc import Callable
from datetime import timedelta

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Approval, BookingStatus
from sscb_training.core.mail import Letter
from sscb_training.core.roles import Role
from sscb_training.courses.models import ApprovalStyle
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    a_staff_group,
    changed,
    make_accreditation,
    make_agency,
    make_booking,
    make_course,
    make_headcount,
    make_need,
    make_person,
    make_scheme,
    make_training_session,
    make_venue,
    make_version,
    saved,
)

SOON_OVER = TODAY + timedelta(days=50)
Count = Callable[[Callable[[], object]], int]


def test_home_says_what_to_do_next_when_there_is_nothing(browser: Browser, asha: Person) -> None:
    page = browser.signed_in(asha).get("/home")

    assert page.h1 == "Home"
    assert "No course booked" in page.text
    assert page.link("Find a course") == "/courses"
    assert "To do" not in page.text
    assert "Your staff" not in page.text
    assert "Needs that fall behind" not in page.text


def test_home_says_until_when_an_offer_is_to_be_answered(browser: Browser, asha: Person, dev: Person) -> None:
    until = {"offered_at": NOW, "offer_until": NOW + timedelta(days=2, hours=8)}
    version = make_version(make_course(title="Core groups"))
    offered = make_booking(make_training_session(version), person=asha, status=BookingStatus.OFFERED, **until)
    called = make_booking(
        make_training_session(version), person=asha, status=BookingStatus.WAITLISTED, **until
    )
    over = until | {"offer_until": NOW}
    make_booking(make_training_session(), person=asha, status=BookingStatus.OFFERED, **over)
    make_booking(make_training_session(), person=dev, status=BookingStatus.OFFERED, **until)

    page = browser.signed_in(asha).get("/home")

    assert page.text.count("A place is offered to you") == 1
    assert "It is kept for you until 5pm on Wednesday 25 November 2026." in page.text
    assert page.link("Accept it, or turn it down") == f"/bookings/{offered.id}"
    assert "the first to accept has it" in page.text
    assert page.link("Accept it") == f"/bookings/{called.id}"
    assert "You are waiting for a place" not in page.text
    mine = browser.get("/my-bookings").text
    assert "Answer by 5pm on Wednesday 25 November 2026" in mine
    assert "A place is free: the first to accept has it" in mine


def test_home_shows_the_next_course_with_time_and_place(browser: Browser, asha: Person, dev: Person) -> None:
    version = make_version(make_course(title="Core groups"))
    hall = make_venue(name="Castle Hall")
    booking = make_booking(make_training_session(version, venue=hall), person=asha)
    make_booking(make_training_session(make_version(make_course(title="Of another"))), person=dev)

    page = browser.signed_in(asha).get("/home")

    assert "Core groups" in page.text
    assert "9am to midday" in page.text
    assert "Castle Hall" in page.text
    assert booking.reference in page.text
    assert "Of another" not in page.text
    assert page.link("Core groups") == f"/bookings/{booking.id}"


def test_home_shows_the_way_into_the_next_part_online(browser: Browser, asha: Person) -> None:
    training_session = make_training_session(starts_at=NOW - timedelta(days=7), parts=2)
    for part in training_session.parts:
        changed(part, online_url=f"https://meet.example/{part.position}")
    make_booking(training_session, person=asha)

    page = browser.signed_in(asha).get("/home")

    assert "Part 2: 9am to midday" in page.text
    assert page.link(f"Join online : {training_session.course.title}") == "https://meet.example/2"


def test_home_shows_where_somebody_waits_and_no_way_in(browser: Browser, asha: Person) -> None:
    training_session = make_training_session()
    changed(training_session.parts[0], online_url="https://meet.example/secret")
    make_booking(training_session, person=asha, status=BookingStatus.WAITLISTED)

    page = browser.signed_in(asha).get("/home")

    assert "You are waiting for a place" in page.text
    assert "No course booked" in page.text
    assert "meet.example" not in page.response.get_data(as_text=True)


def test_home_asks_to_renew_what_has_run_out(browser: Browser, asha: Person) -> None:
    course = make_course(code="GCP2-PRAC")
    scheme = make_scheme(course, name="Graded Care Profile 2")
    make_accreditation(asha, scheme, expires_on=TODAY - timedelta(days=10))
    without_course = make_scheme(name="Another tool")
    make_accreditation(asha, without_course, expires_on=SOON_OVER)

    page = browser.signed_in(asha).get("/home")

    assert "Graded Care Profile 2 ran out on 13 November 2026" in page.text
    assert "Another tool runs out on 12 January 2027" in page.text
    assert page.link("Find a date") == "/courses/GCP2-PRAC"

    booking = make_booking(make_training_session(make_version(course)), person=asha)
    page = browser.get("/home")
    assert "You have a place on 7 December 2026, which can renew it." in page.text
    assert page.link("Your booking") == f"/bookings/{booking.id}"


def test_home_gives_the_trainer_todays_register_first(browser: Browser, tom: Person, asha: Person) -> None:
    late = make_training_session(starts_at=NOW - timedelta(days=3), trainers=[tom])
    today = make_training_session(starts_at=NOW + timedelta(hours=1), trainers=[tom])
    make_booking(today, person=asha)
    make_training_session(starts_at=NOW + timedelta(hours=1))

    page = browser.signed_in(tom).get("/home")

    assert page.link("Take the register") == f"/registers/{today.id}"
    assert page.link("Finish the register") == f"/registers/{late.id}"
    assert page.text.index("Register of today") < page.text.index("Register not closed")
    assert page.text.count("Register of today") == 1
    assert "1 delegate" in page.text


def test_home_shows_a_manager_what_their_staff_have_booked(
    browser: Browser, hill_school: Agency, asha: Person, dev: Person
) -> None:
    manager = make_person("Mo Manager", agency=hill_school, email="mo@agency.example")
    assert "Nobody has booked" in browser.signed_in(manager).get("/home").text
    training_session = make_training_session(make_version(make_course(title="Core groups")))
    make_booking(training_session, person=asha)
    changed(dev.memberships[0], manager_email="somebody@else.example")
    make_booking(training_session, person=dev)

    page = browser.get("/home")

    assert "Asha Patel Core groups" in page.text
    assert "Dev Outsider" not in page.text


def test_home_tells_a_lead_what_ends_and_which_headcounts_miss(
    browser: Browser, ben: Person, asha: Person, dev: Person
) -> None:
    scheme = make_scheme()
    make_accreditation(asha, scheme, expires_on=SOON_OVER)
    make_accreditation(dev, scheme, expires_on=SOON_OVER)

    page = browser.signed_in(ben).get("/home")

    assert "1 person’s accreditation runs out within 90 days" in page.text
    assert "Hill School: Teachers." in page.text
    assert "Vale Housing" not in page.text
    assert f"Asha Patel {scheme.name} 12 January 2027" in page.text
    assert "Dev Outsider" not in page.text
    assert browser.click("See who").text.count("Asha Patel") == 1


def test_home_tells_a_lead_for_whom_to_answer_an_offer(
    browser: Browser, hill_school: Agency, ben: Person, asha: Person, dev: Person
) -> None:
    offer = {"status": BookingStatus.OFFERED, "offered_at": NOW, "offer_until": NOW.replace(hour=17)}
    kim = make_person("Kim New", agency=hill_school, email_confirmed_at=None)
    booking = make_booking(make_training_session(), person=kim, **offer)
    make_booking(make_training_session(), person=asha, **offer)
    make_booking(make_training_session(), person=kim, **offer | {"offer_until": NOW})
    make_booking(
        make_training_session(), person=make_person("Lee", agency=make_agency(), email=None), **offer
    )

    page = browser.signed_in(ben).get("/home")

    assert page.link("Answer for Kim New") == f"/bookings/{booking.id}"
    assert page.text.count("A place is offered to") == 1
    assert "A place is offered to Kim New" not in browser.signed_in(dev).get("/home").text


def test_home_tells_board_staff_what_falls_behind(
    browser: Browser, cara: Person, hill_school: Agency, asha: Person
) -> None:
    empty = browser.signed_in(cara).get("/home").text
    assert "No need with a target and a headcount is below its target." in empty
    assert "no date is nearly empty" in empty
    assert "To do" not in empty
    make_headcount(hill_school, a_staff_group(), 4)
    make_need(scheme=make_scheme(), code="N1", title="See neglect", target_percent=60, target_date=SOON_OVER)
    make_training_session(starts_at=NOW - timedelta(days=3))
    full = make_training_session(make_version(make_course(title="Full course")), capacity=1)
    make_booking(full, person=asha)
    make_booking(full, status=BookingStatus.WAITLISTED)

    page = browser.get("/home")

    assert "N1: See neglect 0 4 0% 60% 12 Jan 2027" in page.text
    assert "1 register is not closed" in page.text
    assert page.link("Full course") == f"/sessions/{full.id}"
    assert "Somebody waits" in page.text


def test_home_counts_letters_that_were_not_delivered(browser: Browser, cara: Person) -> None:
    saved(
        Letter(
            template="x",
            to_address="a@b.example",
            subject="",
            body="",
            message_id="1",
            queued_at=NOW,
            send_at=NOW,
            gave_up_at=NOW - timedelta(days=1),
        )
    )

    assert "1 letter was not delivered" in browser.signed_in(cara).get("/home").text


def test_home_asks_as_often_with_three_as_with_one(
    browser: Browser, hill_school: Agency, count_queries: Count
) -> None:
    everything = make_person(
        "Ann All",
        agency=hill_school,
        leads=hill_school,
        roles=[Role.TRAINER, Role.ADMINISTRATOR],
        email="mo@agency.example",
    )
    scheme = make_scheme(make_course())

    def more() -> None:
        colleague = make_person(agency=hill_school)
        for person in (everything, colleague):
            make_booking(make_training_session(parts=2, trainers=[everything]), person=person)
            make_booking(make_training_session(capacity=0), person=person, status=BookingStatus.WAITLISTED)
            make_accreditation(person, scheme, expires_on=SOON_OVER)
        make_booking(make_training_session(starts_at=NOW - timedelta(days=2), trainers=[everything]))
        make_headcount(hill_school, a_staff_group(), 400)
        make_need(scheme=scheme, target_percent=60)

    more()
    browser.signed_in(everything)
    once = count_queries(lambda: browser.get("/home"))
    more()
    more()

    assert count_queries(lambda: browser.get("/home")) == once
    assert once <= 47


def test_home_says_how_many_approvals_wait_for_whoever_may_answer(
    browser: Browser, asha: Person, ben: Person, cara: Person, dev: Person
) -> None:
    manager = make_person("Mo Manager", email="mo@agency.example")
    for person, asked in ((asha, "mo@agency.example"), (dev, "")):
        approval = saved(
            Approval(style=ApprovalStyle.MANAGER, approver_email=asked, asked_at=NOW, answer_by=SOON)
        )
        make_booking(
            make_training_session(),
            person=person,
            status=BookingStatus.AWAITING_APPROVAL,
            approval=approval,
        )

    for approver in (manager, ben):
        page = browser.signed_in(approver).get("/home")
        assert "1 approval waits for your answer" in page.text
    assert browser.click("Approvals").h1 == "Approvals"
    assert "2 approvals wait for your answer" in browser.signed_in(cara).get("/home").text
    assert "waits for your answer" not in browser.signed_in(asha).get("/home").text
