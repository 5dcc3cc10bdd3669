"""axe looks at every page there is, wide and on a phone, full, empty and in error (promise P23)."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import count, cycle

import pytest
from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer
from playwright.sync_api import Page

from sscb_training.people.models import Person
from tests.browser import Browser, form_values
from tests.factories import (
    NOW,
    make_action,
    make_case_audit,
    make_finding,
    make_need,
    make_published_briefing,
)
from tests.house.world import World, person_without_anything
from tests.journeys.browsers import Serve, faults_of, too_wide

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
def test_axe_finds_nothing_on_any_page_full_empty_or_in_error(
    serve: Serve, new_page: Callable[..., Page], browser: Browser, half: int
) -> None:
    """Everything there is, what differs for somebody new, and forms sent empty. In two halves, for two cores."""
    world = World()
    addresses = _addresses(world)[half::2]
    full = _pages(browser.signed_in(world.everything), addresses)
    nothing = _pages(Browser(browser.app).signed_in(person_without_anything()), full)
    empty = {url: page for url, page in nothing.items() if _main(page) != _main(full[url])}
    in_error = {url: said for url, page in full.items() if (said := _sent_empty(browser, url, page))}
    assert len(full) >= 120
    assert len(empty) >= 8
    assert len(in_error) >= 25
    shown = [*full.items(), *empty.items(), *in_error.items()]
    page = new_page(width=375, bypass_csp=True)
    page.goto(serve(NOW))

    assert list(_faults(page, shown)) == []


@pytest.mark.browser
@pytest.mark.one_database
def test_no_long_word_of_a_title_makes_a_page_wider(
    serve: Serve, new_page: Callable[..., Page], browser: Browser, cara: Person
) -> None:
    long = "Nonaccidentalinjuries" * 6
    audit = make_case_audit(title=long)
    again = make_case_audit(title=long, re_audit_of=audit, month=date(2026, 10, 1))
    finding, found = make_finding(audit, text=long), make_finding(again)
    need = make_need(finding, title=long)
    make_action(audit, finding)
    briefing = make_published_briefing(audit, by=cara, title=long)
    urls = [
        f"/briefings/{briefing.code}", f"/briefings/{briefing.code}/editions/1", f"/manage/briefings/{briefing.id}",
        f"/manage/briefings/{briefing.id}/preview", f"/audits/{audit.id}", f"/audits/{again.id}",
        f"/findings/{finding.id}", f"/findings/{found.id}", f"/findings/{found.id}/found-again", f"/needs/{need.id}",
        "/audits", "/briefings", "/needs", "/findings",
    ]  # fmt: skip
    pages = _pages(browser.signed_in(cara), urls)
    page = new_page(bypass_csp=True)
    page.goto(serve(NOW))
    set_width = _widths(page)

    wider: list[str] = []
    for url, html in pages.items():
        _show(page, url, html)
        for width in (375, 1280):
            set_width(width)
            wider += [f"{said} of {width}" for said in too_wide(page)]
    assert wider == []


AROUND = """() => {
    const around = document.documentElement.cloneNode(true);
    around.querySelectorAll(".app-page, main, title, script, [name=csrf_token]").forEach((each) => each.remove());
    return around.outerHTML;
}"""


def _faults(page: Page, shown: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Axe looks at every other page on a phone, at the rest on a desk; neither may be too wide on either.

    Where all around the page's own part was seen on another, axe looks at that part alone.
    """
    seen: set[str] = set()
    set_width = _widths(page)
    for (url, html), widths in zip(shown, cycle([(375, 1280), (1280, 375)]), strict=False):
        _show(page, url, html)
        around = page.evaluate(AROUND)
        own = ".app-page" if 'class="app-page' in html else "main"
        yield from faults_of(page, own if around in seen else "html")
        seen.add(around)
        set_width(widths[1])
        yield from too_wide(page)


def _widths(page: Page) -> Callable[[int], object]:
    """Without sizing the window itself, as Playwright does: that takes twice as long."""
    devtools = page.context.new_cdp_session(page)
    size = {"height": 900, "deviceScaleFactor": 0, "mobile": False}
    return lambda width: devtools.send("Emulation.setDeviceMetricsOverride", {**size, "width": width})


MOVE = """url => {
    for (let timer = setTimeout(() => {}); timer > 0; timer -= 1) clearTimeout(timer);
    history.replaceState(null, "", url);
}"""
numbers = count()


def _show(page: Page, url: str, html: str) -> None:
    """The page as if it came from this address, without a fifth of a second for a new document and axe anew in it.

    A module runs once in a document, however often that is written: a number makes it another. Timers stay too.
    """
    page.evaluate(MOVE, url)
    page.set_content(html.replace('.js"', f'.js?{next(numbers)}"'))


def _addresses(world: World) -> list[str]:
    return [url for endpoint, url in world.pages().items() if endpoint not in NOT_PAGES]


def _pages(browser: Browser, urls: Iterable[str]) -> dict[str, str]:
    """The pages that there are at these addresses, for whoever is signed in."""
    answers = ((url, browser.client.get(url)) for url in urls)
    return {
        url: told.text for url, told in answers if (told.status_code, told.mimetype) == (200, "text/html")
    }


def _main(html: str) -> str:
    """The main part of a page, without what fields hold, like its token."""
    return re.sub(r'value="[^"]*"', "", html.partition("<main")[2].partition("</main>")[0])


def _sent_empty(browser: Browser, url: str, page: str) -> str | None:
    """What the page says when its one form, with something to type, is sent empty and something is missing."""
    forms = BeautifulSoup(page, "lxml", parse_only=SoupStrainer("main")).select("form[method=post]")
    if len(forms) != 1 or not forms[0].select("input[type=text], textarea"):
        return None
    texts = {str(field["name"]): "" for field in forms[0].select("input[type=text][name]")}
    button = forms[0].select("button")[-1]
    pressed = {str(button["name"]): str(button.get("value", ""))} if button.has_attr("name") else {}
    action = str(forms[0].get("action") or url)
    answer = browser.client.post(action, data=form_values(forms[0]) | texts | pressed, follow_redirects=True)
    return answer.text if "govuk-error-summary" in answer.text else None
