"""Which links stand where."""

from sscb_training.people.models import Person
from tests.browser import Browser

CHECK = "Check a certificate"
OWN = ["My bookings", "My training record"]


def beside_the_account(browser: Browser) -> list[str]:
    assert browser.page is not None
    return [link.get_text(strip=True) for link in browser.page.soup.select(".app-account a")]


def test_everybody_finds_their_own_bookings_in_the_menu(browser: Browser, asha: Person) -> None:
    page = browser.signed_in(asha).get("/courses")

    assert page.navigation == ["Home", "Courses", CHECK, *OWN]
    assert beside_the_account(browser) == ["Account"]


def test_staff_find_them_beside_their_account_so_that_the_menu_stays_one_row(
    browser: Browser, ada: Person
) -> None:
    page = browser.signed_in(ada).get("/courses")

    assert page.navigation == [
        "Home", "Courses", "Registers", "Sessions", "Audits", "Needs", "Reports", "Accreditations", "People",
        "Agencies", "Letters", "Settings",
    ]  # fmt: skip
    assert beside_the_account(browser) == [CHECK, *OWN, "Approvals", "Account"]


def test_who_is_signed_out_can_sign_in(browser: Browser) -> None:
    assert browser.get("/courses").navigation == ["Courses", CHECK]
    assert beside_the_account(browser) == ["Sign in", "Create an account"]
