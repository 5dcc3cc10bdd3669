"""The main job, end to end, in a real browser: a finding's need is covered by one more person.

The county and its course are made by factories; everything after that is done on the pages, by the people
whose job it is. axe looks at what the house’s own test of every page does not see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sscb_training.agencies.models import Sector
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people import service as people
from sscb_training.people.models import Person
from tests import factories
from tests.factories import NOW, SOON
from tests.journeys.browsers import Serve, assert_accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

PASSWORD = "correct horse battery staple"
AFTER_BOTH_PARTS = SOON + timedelta(weeks=1, hours=4)


@dataclass
class County:
    """A practice nurse, a trainer, board staff, and a neglect finding that GCP2 answers."""

    nurse: Person
    trainer: Person
    staff: Person
    training_session_id: int


@pytest.fixture
def county(app: Flask) -> County:
    practice = factories.make_agency(name="Pontesbury Surgery", sector=Sector.PRIMARY_CARE)
    nurses = factories.make_staff_group(name="Practice nurses")
    nurse = factories.make_person(
        "Nia Nurse", agency=practice, staff_group=nurses, email="nia@surgery.example"
    )
    with transaction():
        people.set_password(nurse, PASSWORD, now=NOW)
    trainer = factories.make_person("Tom Trainer", roles=[Role.TRAINER])
    staff = factories.make_person("Cara Board", roles=[Role.BOARD_STAFF])
    course = factories.make_course(code="GCP2-PRAC", title="Graded Care Profile 2 practitioner training")
    version = factories.make_version(course)
    scheme = factories.make_scheme(course, code="GCP2", name="Graded Care Profile 2")
    audit = factories.make_case_audit(title="Neglect case audit", month=date(2016, 5, 1))
    finding = factories.make_finding(
        audit, code="NEG-1", text="Neglect was not always raised with parents promptly."
    )
    factories.make_need(
        finding, staff_groups=[nurses], scheme=scheme, code="N1", title="Recognise, raise and assess neglect"
    )
    factories.make_headcount(practice, nurses, 8)
    training_session = factories.make_training_session(version, parts=2, trainers=[trainer], capacity=20)
    return County(nurse, trainer, staff, training_session.id)


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).first.click()


def county_in_force(page: Page, address: str, need: str = "N1") -> str:
    """The county's figure on the need's coverage page."""
    page.goto(f"{address}/needs")
    page.get_by_role("link", name="Recognise, raise and assess neglect").first.click()
    press_or_follow(page, "Show coverage")
    assert_accessible(page)
    row = page.get_by_role("row", name="County")
    return row.get_by_role("cell").first.inner_text().strip()


def confirm(page: Page) -> None:
    """Through the short pages of a booking to its confirmation."""
    for _ in range(3):
        assert_accessible(page)
        if page.get_by_role("button", name="Confirm booking", exact=True).count():
            break
        press(page, "Continue")
    page.get_by_label("My manager agrees").check()
    press(page, "Confirm booking")


def press_or_follow(page: Page, name: str) -> None:
    either = page.get_by_role("button", name=name, exact=True).or_(
        page.get_by_role("link", name=name, exact=True)
    )
    with page.expect_navigation():
        either.first.click()


def test_a_nurse_books_comes_passes_and_the_need_moves(
    serve: Serve, new_page: Callable[..., Page], county: County
) -> None:
    before, after = serve(NOW), serve(AFTER_BOTH_PARTS)

    staff = new_page()
    sign_in(staff, county.staff, before)
    assert county_in_force(staff, before) == "0"

    nurse = new_page(width=375)
    nurse.goto(f"{before}/courses")
    assert_accessible(nurse)
    follow(nurse, "Graded Care Profile 2 practitioner training")
    assert_accessible(nurse)
    finding = "Neglect was not always raised with parents promptly."
    expect(nurse.get_by_text(finding)).to_have_count(0)  # no briefing has told of it yet
    staff.goto(nurse.url)
    staff.locator("main details summary").last.click()
    expect(staff.get_by_text(finding)).to_be_visible()
    nurse.goto(f"{before}/dates/{county.training_session_id}")
    expect(nurse.get_by_text("20 places left")).to_be_visible()
    press_or_follow(nurse, "Book a place")
    assert_accessible(nurse)
    nurse.get_by_label("Email address").fill("nia@surgery.example")
    nurse.get_by_label("Password", exact=True).fill(PASSWORD)
    press(nurse, "Sign in")
    if "/book" not in nurse.url:
        nurse.goto(f"{before}/dates/{county.training_session_id}")
        press_or_follow(nurse, "Book a place")
    confirm(nurse)
    expect(nurse.get_by_role("heading", name="Place confirmed")).to_be_visible()
    assert_accessible(nurse)

    trainer = new_page(width=375)
    sign_in(trainer, county.trainer, after, now=AFTER_BOTH_PARTS)
    trainer.goto(f"{after}/registers")
    trainer.goto(f"{after}/registers/{county.training_session_id}")
    expect(trainer.get_by_role("heading", name="Take the register")).to_be_visible()
    assert_accessible(trainer)
    for part in ("Part 1", "Part 2"):  # a phone shows one at a time
        trainer.get_by_role("button", name=part, exact=True).click()
        trainer.get_by_role("radio", name="Attended", exact=True).check()
    expect(trainer.get_by_text("All marks are saved.")).to_be_visible()
    trainer.get_by_label("Assessment score").fill("90")
    press(trainer, "Save the register")
    assert_accessible(trainer)
    press_or_follow(trainer, "Close the register")
    assert_accessible(trainer)
    press(trainer, "Close the register")
    assert_accessible(trainer)

    sign_in(staff, county.staff, after, now=AFTER_BOTH_PARTS)
    assert county_in_force(staff, after) == "1"

    staff.goto(f"{after}/audits")
    follow(staff, "Neglect case audit")
    follow(staff, "NEG-1")
    staff.goto(f"{after}/accreditations")
    staff.get_by_role("link", name="Nia Nurse").first.click()
    expect(staff.get_by_text("NEG-1").first).to_be_visible()

    sign_in(nurse, county.nurse, after, now=AFTER_BOTH_PARTS)
    nurse.goto(f"{after}/my-training-record")
    assert_accessible(nurse)
    expect(nurse.get_by_text("In force").first).to_be_visible()


def test_booking_works_without_javascript(
    serve: Serve, new_page: Callable[..., Page], county: County
) -> None:
    address = serve(NOW)
    page = new_page(javascript=False)
    sign_in(page, county.nurse, address)
    page.goto(f"{address}/dates/{county.training_session_id}")
    press_or_follow(page, "Book a place")
    for _ in range(3):
        if page.get_by_role("button", name="Confirm booking", exact=True).count():
            break
        press(page, "Continue")
    page.get_by_label("My manager agrees").check()
    press(page, "Confirm booking")
    expect(page.get_by_role("heading", name="Place confirmed")).to_be_visible()


def test_booking_works_by_keyboard_alone(serve: Serve, new_page: Callable[..., Page], county: County) -> None:
    address = serve(NOW)
    page = new_page()
    sign_in(page, county.nurse, address)
    page.goto(f"{address}/courses")
    tab_to(page, "Skip to main content")
    page.keyboard.press("Enter")
    tab_to(page, "Graded Care Profile 2 practitioner training")
    page.keyboard.press("Enter")
    page.wait_for_url("**/courses/GCP2-PRAC")
    page.goto(f"{address}/dates/{county.training_session_id}")
    tab_to(page, "Book a place")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book**")
    for _ in range(3):
        if page.get_by_role("button", name="Confirm booking", exact=True).count():
            break
        tab_to(page, "Continue")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.type === 'checkbox'"):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    tab_to(page, "Confirm booking")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Place confirmed")).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the link or button of this name has the focus, and see that the focus shows."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate("(document.activeElement.innerText || '').trim()")
        if focused == name:
            shown = page.evaluate(
                "(() => { const s = getComputedStyle(document.activeElement);"
                " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' })()"
            )
            assert shown, f"nothing shows that {name} has the focus"
            return
    raise AssertionError(f"Tab never reached {name} on {page.url}")
