"""Booking rules in pages: staff set them, and everybody reads them before they begin."""

from sscb_training.agencies.models import Sector
from sscb_training.bookings.models import Booking
from sscb_training.courses.models import ApprovalStyle
from sscb_training.people.models import Person
from tests.bookings.eligibility.test_service import a_session_for
from tests.browser import Browser
from tests.factories import (
    make_agency,
    make_course,
    make_membership,
    make_scheme,
    make_staff_group,
    only,
)


def test_set_rules_saves_all_that_a_course_asks(browser: Browser, cara: Person) -> None:
    group, scheme, first = make_staff_group(name="Health visitors"), make_scheme(name="GCP2"), make_course()
    course = make_course(title="Core groups")

    page = browser.signed_in(cara).submit(
        f"/manage/courses/{course.id}/booking-rules",
        button="Save booking rules",
        approval="manager",
        sectors="police",
        staff_groups=str(group.id),
        attended=str(first.id),
        schemes=str(scheme.id),
        one_of_attended=str(first.id),
        one_of_schemes=str(scheme.id),
        most_per_agency="3",
    )

    assert "The booking rules are saved" in page.text
    assert "Not everybody" in page.text
    assert course.approval is ApprovalStyle.MANAGER
    assert course.most_per_agency == 3
    again = browser.get(f"/manage/courses/{course.id}/booking-rules")
    ticked = {box["name"] for box in again.soup.select("input[checked]")}
    assert ticked == {
        "approval", "sectors", "staff_groups", "attended", "schemes", "one_of_attended", "one_of_schemes",
    }  # fmt: skip
    public = browser.get(f"/courses/{course.code}").text
    assert "Only for sectors Police" in public
    assert "Only for staff groups Health visitors" in public
    assert f"Needed first {first.title} attended and GCP2 accreditation in force on the day" in public
    assert f"One of these needed first {first.title} attended or GCP2 accreditation in force" in public


def test_set_rules_says_which_courses_need_each_other(browser: Browser, cara: Person) -> None:
    needed = make_course()
    needing = a_session_for(attended=[needed]).course

    page = browser.signed_in(cara).submit(
        f"/manage/courses/{needed.id}/booking-rules", button="Save booking rules", attended=str(needing.id)
    )

    assert "nobody could ever book" in page.errors[0]


def test_a_date_says_why_not_before_the_forms(browser: Browser, asha: Person) -> None:
    training_session = a_session_for(sectors=[Sector.POLICE])
    date = f"/dates/{training_session.id}"

    assert "Only for sectors Police" in browser.get(date).text
    page = browser.signed_in(asha).get(date)
    assert "You cannot book this course" in page.text
    assert "This course is for Police, and Hill School is Education." in page.text
    assert "Book a place" not in page.text
    for step in ("", "/access-needs", "/check"):
        assert browser.get(f"{date}/book{step}").url == date


def test_the_way_into_a_booking_offers_only_the_roles_that_may(browser: Browser, asha: Person) -> None:
    training_session = a_session_for(sectors=[Sector.POLICE])
    make_membership(asha, make_agency(name="West Mercia Police", sector=Sector.POLICE))

    page = browser.signed_in(asha).get(f"/dates/{training_session.id}/book")

    assert page.url == f"/dates/{training_session.id}/book/access-needs"
    page = browser.fill(page, button="Continue")
    assert "West Mercia Police" in page.text
    assert "Hill School" not in page.text


def test_put_in_asks_for_a_reason_to_make_an_exception(browser: Browser, asha: Person, cara: Person) -> None:
    training_session = a_session_for(sectors=[Sector.POLICE])
    url = f"/sessions/{training_session.id}/put-in?search=asha"
    role = str(asha.memberships[0].id)

    page = browser.signed_in(cara).submit(url, button="Put in", membership_id=role)
    assert "This course is for Police, and Hill School is Education." in page.errors[0]

    page = browser.fill(page, button="Put in", membership_id=role, override_reason="Works in custody")
    assert "Asha Patel has a place." in page.text
    assert only(Booking).override_reason == "Works in custody"
