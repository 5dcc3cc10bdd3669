"""axe looks at every page there is, wide and on a phone, full, empty and in error (promise P23)."""

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Error, Page

from tests.browser import Browser, form_values
from tests.factories import NOW
from tests.house.world import World, person_without_anything
from tests.journeys.browsers import AXE, Serve, faults_of, sign_in, too_wide

NOT_PAGES = (
    "case_audits.preview_paper",
    "catalogue.briefing_paper",
    "static",
    "health.show",
    "bookings.calendar",
    "attendance.sign_in_sheet",
    "certificates.download",
    "certificates.download_badge",
    "certificates.badge_status",
    "certificates.did",
    "certificates.keys",
    "certificates.issuer",
    "certificates.achievement",
    "certificates.download_accreditation",
    "tools.open_resource",
    "tools.agreement_file",
    "certificates.download_session",
)


@pytest.mark.browser
@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_axe_finds_nothing_on_any_page_full_or_in_error(
    serve: Serve, new_page: Callable[..., Page], browser: Browser, half: int
) -> None:
    """Everything there is, on a phone; then the same page's form sent empty. In two halves, for two cores."""
    world = World()
    address = serve(NOW)
    page = new_page(width=375)
    page.context.add_init_script(AXE)
    sign_in(page, world.everything, address)
    browser.signed_in(world.everything)
    faults, in_error = [], 0
    seen: set[str] = set()
    for url in _addresses(world)[half::2]:
        if not _opens(page, address + url):
            continue
        faults += _faults_of_what_is_new(page, seen) + _too_wide_at(page, 1280)
        if in_words := _sent_empty(browser, url):
            in_error += 1
            page.set_content(in_words)
            faults += faults_of(page, "main")  # what is around it was seen when the page was full
    assert in_error >= 25
    assert faults == []


@pytest.mark.browser
@pytest.mark.one_database
@pytest.mark.slow
def test_axe_finds_nothing_on_any_page_that_is_empty(
    serve: Serve, new_page: Callable[..., Page], browser: Browser
) -> None:
    """Only pages whose main part is another than when it is full: the rest was seen there."""
    world = World()
    browser.signed_in(world.everything)
    full = {url: _main(browser, url) for url in _addresses(world)}
    nobody = person_without_anything()
    browser.signed_in(nobody)
    address = serve(NOW)
    page = new_page(width=1280)
    sign_in(page, nobody, address)
    faults = []
    seen: set[str] = set()
    for url, main in full.items():
        if _main(browser, url) not in {None, main} and _opens(page, address + url):
            faults += _faults_of_what_is_new(page, seen) + _too_wide_at(page, 375)
    assert faults == []


AROUND = """() => {
    const around = document.documentElement.cloneNode(true);
    around.querySelectorAll("main, title, script, [name=csrf_token]").forEach((each) => each.remove());
    return around.outerHTML;
}"""


def _faults_of_what_is_new(page: Page, seen: set[str]) -> list[str]:
    """What axe finds on the page; where all around its main part was seen on another, in its main part alone."""
    around = page.evaluate(AROUND)
    within = "main" if around in seen else "html"
    seen.add(around)
    return faults_of(page, within)


def _addresses(world: World) -> list[str]:
    return [url for endpoint, url in world.pages().items() if endpoint not in NOT_PAGES]


def _opens(page: Page, address: str) -> bool:
    """Whether there is a page at this address, for whoever is signed in; it is open then."""
    try:
        answer = page.goto(address)
    except Error as failure:
        if "Download is starting" not in failure.message:
            raise
        return False
    assert answer is not None
    return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html")


def _too_wide_at(page: Page, width: int) -> list[str]:
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({**size, "width": width})
    found = too_wide(page)
    page.set_viewport_size(size)
    return found


def _main(browser: Browser, url: str) -> str | None:
    """The main part of the page at this address, if there is one; without what fields hold, like its token."""
    answer = browser.client.get(url)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return None
    return re.sub(r'value="[^"]*"', "", str(BeautifulSoup(answer.text, "lxml").main))


def _sent_empty(browser: Browser, url: str) -> str | None:
    """What the page says when its one form, with something to type, is sent empty and something is missing."""
    forms = BeautifulSoup(browser.client.get(url).text, "lxml").select("main form[method=post]")
    if len(forms) != 1 or not forms[0].select("input[type=text], textarea"):
        return None
    texts = {str(field["name"]): "" for field in forms[0].select("input[type=text][name]")}
    button = forms[0].select("button")[-1]
    pressed = {str(button["name"]): str(button.get("value", ""))} if button.has_attr("name") else {}
    action = str(forms[0].get("action") or url)
    answer = browser.client.post(action, data=form_values(forms[0]) | texts | pressed, follow_redirects=True)
    return answer.text if "govuk-error-summary" in answer.text else None
