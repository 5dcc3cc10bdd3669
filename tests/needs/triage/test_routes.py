"""The board on which findings are sorted, and the pages that decide where one leads."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from sscb_training.case_audits.models import FindingKind
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Theme
from sscb_training.needs import queries
from sscb_training.needs import service as needs
from sscb_training.needs.models import Elsewhere, NeedStatus, NotTraining, TrainingNeed
from sscb_training.needs.reviews.service import close_need
from sscb_training.needs.triage import routes, service
from sscb_training.people.models import Person
from tests.browser import Browser, Page
from tests.factories import (
    NOW,
    make_action,
    make_case_audit,
    make_finding,
    make_need,
    make_staff_group,
    saved,
)

BOARD = "/findings"


def codes_by_group(page: Page) -> dict[str, list[str]]:
    return {
        str(part["id"]): [link.get_text() for link in part.select("tbody th a")]
        for part in page.soup.select("section.app-section[id]")
    }


def test_the_board_sorts_every_published_finding_and_filters_by_its_address(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    neglect = make_case_audit(title="Neglect")
    theme = saved(Theme(name="Domestic abuse", slug="domestic-abuse"))
    abuse = make_case_audit(title="Abuse", theme=theme)
    led, aside, open_one = (
        make_finding(neglect, code="NEG-1"), make_finding(abuse, code="DA-3"), make_finding(abuse, code="DA-4")
    )  # fmt: skip
    make_action(neglect, led)
    make_finding(abuse, code="POS-1", kind=FindingKind.STRENGTH)
    make_finding(make_case_audit(published_at=None), code="DRAFT-1")
    make_need(led, code="N1", title="Neglect")
    with transaction():
        needs.mark_not_training(
            aside, reason="Minutes are not sent.", category=Elsewhere.INFORMATION_FLOW, went_to="MARAC",
            by=None, now=NOW,
        )  # fmt: skip

    page = browser.signed_in(cara).get(BOARD)
    assert codes_by_group(page) == {"undecided": ["DA-4"], "needs": ["NEG-1"], "elsewhere": ["DA-3"]}
    assert "2 without an action" in page.text
    assert "Information flow Minutes are not sent. MARAC" in page.text
    assert codes_by_group(browser.get(f"{BOARD}?leads=elsewhere")) == {"elsewhere": ["DA-3"]}
    assert codes_by_group(browser.get(f"{BOARD}?audit={neglect.id}"))["needs"] == ["NEG-1"]
    page = browser.get(f"{BOARD}?theme={theme.slug}")
    assert codes_by_group(page)["needs"] == []
    assert codes_by_group(browser.get(f"{BOARD}?action=none"))["undecided"] == ["DA-4"]
    few = count_queries(lambda: browser.get(BOARD))
    for _ in range(3):
        make_need(make_finding(abuse), make_finding(abuse))
    assert count_queries(lambda: browser.get(BOARD)) == few
    assert open_one.id


def test_a_finding_joins_several_needs_and_leaves_one(browser: Browser, cara: Person) -> None:
    found = make_finding(code="NEG-6")
    first, second = make_need(code="N1", title="Neglect"), make_need(code="N2", title="Core groups")
    browser.signed_in(cara).get(f"{BOARD}?leads=undecided")

    browser.click("Join a need : NEG-6")
    assert browser.page is not None
    assert browser.fill(browser.page).errors == ["Select the needs that it leads to."]
    page = browser.fill(browser.page, needs=[str(first.id), str(second.id)])
    assert "NEG-6 leads to N1, N2." in page.text
    assert "app-choices__current" in str(page.soup.find("a", string=re.compile("Nothing decided yet"))), (
        "as filtered"
    )
    page = browser.submit(f"/findings/{found.id}/link", needs=[str(second.id)])
    assert "NEG-6 leads to N2." in page.text
    assert page.link("N2: Core groups") == f"/needs/{second.id}"
    page = browser.fill(page, button="Unlink from N2")
    assert "Nothing decided yet" in page.text


def test_a_finding_becomes_a_new_need_and_comes_back_to_the_board(browser: Browser, cara: Person) -> None:
    found, group = make_finding(code="DA-4", text="Disabled children were missed."), make_staff_group()
    make_need(code="N6")
    browser.signed_in(cara).get(BOARD)

    browser.click("New need : DA-4")
    assert browser.page is not None
    page = browser.fill(browser.page, title="Disabled children", staff_groups=str(group.id))

    assert "N7 is recorded, and DA-4 leads to it." in page.text
    assert codes_by_group(page)["needs"] == ["DA-4"]
    need = db.session.scalars(db.select(TrainingNeed).filter_by(code="N7")).one()
    assert (need.description, need.basis, need.findings) == (found.text, "Finding DA-4", [found])
    page = browser.submit(
        f"/findings/{found.id}/new-need", code="N7", title="Twice", staff_groups=str(group.id)
    )
    assert page.errors == ["The code N7 is taken. Choose another one."]


def test_a_finding_that_is_not_a_training_matter_and_is_taken_back(browser: Browser, cara: Person) -> None:
    found, need = make_finding(code="DA-3"), make_need()
    browser.signed_in(cara).get(BOARD)

    browser.click("Not a training matter : DA-3")
    assert browser.page is not None
    assert browser.fill(browser.page).errors == [
        "Enter the reason why training cannot mend this", "Select what it needs instead",
    ]  # fmt: skip
    browser.submit(
        f"/findings/{found.id}/not-training",
        reason="A post room",
        category="information_flow",
        went_to="The trust",
    )
    said = browser.get(f"/findings/{found.id}/link").text
    assert "This finding is marked as not a training matter. Take that back first" in said
    page = browser.get(f"/findings/{found.id}")
    assert "Information flow" in page.text
    page = browser.fill(browser.get(BOARD), button="Take back DA-3")
    assert codes_by_group(page)["undecided"] == ["DA-3"]
    assert db.session.scalars(db.select(NotTraining)).all() == []
    browser.submit(f"/findings/{found.id}/link", needs=[str(need.id)])
    page = browser.get(f"/findings/{found.id}/not-training")
    assert "This finding leads to a need. Unlink it from every need first." in page.text


def test_pages_with_nothing_to_choose_say_what_to_do(browser: Browser, cara: Person) -> None:
    found = make_finding()

    assert "No need to link to yet" in browser.signed_in(cara).get(f"/findings/{found.id}/link").text
    assert "No earlier finding" in browser.get(f"/findings/{found.id}/found-again").text


@pytest.mark.parametrize("where", ["link", "new-need", "found-again", "not-training"])
def test_what_leads_nowhere_is_said_before_anything_is_asked(
    browser: Browser, cara: Person, where: str
) -> None:
    make_need(make_finding())
    draft = make_finding(make_case_audit(published_at=None)).id
    strength = make_finding(kind=FindingKind.STRENGTH).id

    for finding_id, why in ((draft, "Publish the audit first"), (strength, "Choose an area for improvement")):
        page = browser.signed_in(cara).get(f"/findings/{finding_id}/{where}")
        assert why in page.text
        assert not page.soup.select("main form")


def test_what_was_found_before_is_taken_back_with_the_needs_that_joined_through_it(
    browser: Browser, cara: Person
) -> None:
    first = make_case_audit()
    earlier, another = make_finding(first, code="NEG-3"), make_finding(first, code="NEG-5")
    found = make_finding(make_case_audit(re_audit_of_id=first.id, month=date(2027, 1, 1)), code="NEG4-1")
    make_need(earlier, code="N1", title="Joined")
    of_both = make_need(earlier, another, code="N2", title="Of both")
    own = make_need(earlier, code="N3", title="Its own")
    with transaction():
        needs.link_finding(own, found, by=cara, now=NOW)
        service.found_again(found, earlier, by=cara, now=NOW + timedelta(hours=1))
        service.found_again(found, another, by=cara, now=NOW + timedelta(hours=2))
    page = browser.signed_in(cara).get(f"/findings/{found.id}")
    url = f"/findings/{found.id}/found-again/{earlier.id}/take-back"
    assert page.link("Take this back : it repeats NEG-3") == url

    page = browser.get(url)
    heads = dict(zip(page.soup.select("main h2"), page.soup.select("main h2 + ul"), strict=True))
    assert {head.get_text(): listed.get_text(" ", strip=True) for head, listed in heads.items()} == {
        "It leads no more to": "N1: Joined Open",
        "It goes on leading to": "N2: Of both Open N3: Its own Open",
    }
    page = browser.fill(page)

    assert "NEG4-1 does not repeat NEG-3 now." in page.text
    assert "Took back that it was found again" in page.text
    assert [need.code for need in queries.needs_of(found)] == ["N2", "N3"]
    assert browser.get(url).url == f"/findings/{found.id}"
    page = browser.get(f"/findings/{found.id}/found-again/{another.id}/take-back")
    assert "It leads no more to" not in page.text  # what joined through the first was there already
    assert of_both.findings == [earlier, another, found]
    with pytest.raises(needs.NeedRefused, match="NEG4-1 is not said to repeat NEG-3 any more"), transaction():
        service.take_back_found_again(found, earlier, by=cara, now=NOW)


def offered(page: Page) -> dict[str, str]:
    """The code of each earlier finding that is offered, and where it leads."""
    codes, hints = (page.soup.select(f".govuk-radios__item {part}") for part in ("label", ".govuk-hint"))
    return {
        code.get_text(strip=True).split(":")[0]: hint.get_text(strip=True)
        for code, hint in zip(codes, hints, strict=True)
    }


def closed(need: TrainingNeed, *, on: date = NOW.date()) -> None:
    with transaction():
        close_need(
            need, decided_on=on, minute_reference="7.2", evidence="Seen", statement="Not proof", review_on=None,
            by=None, now=NOW,
        )  # fmt: skip


def test_what_it_repeats_already_is_not_offered_and_its_theme_comes_first(
    browser: Browser, cara: Person
) -> None:
    first = make_case_audit(month=date(2015, 5, 1))
    other = saved(Theme(name="Core groups", slug="core-groups"))
    make_finding(make_case_audit(theme=other, month=date(2026, 1, 1)), code="CG-1")
    within = make_case_audit(theme=other, month=date(2026, 2, 1))
    make_finding(make_case_audit(theme=first.theme), code="NEG-1")
    make_finding(within, code="CG-2", theme=first.theme)
    earlier = make_finding(first, code="NEG-3")
    again = make_case_audit(theme=first.theme, re_audit_of_id=first.id, month=date(2027, 1, 1))
    found = make_finding(again, code="NEG4-1")
    url = f"/findings/{found.id}/found-again"
    assert list(offered(browser.signed_in(cara).get(url))) == ["NEG-3", "CG-2", "NEG-1", "CG-1"]
    with transaction():
        service.found_again(found, earlier, by=cara, now=NOW)

    assert list(offered(browser.get(url))) == ["CG-2", "NEG-1", "CG-1"]
    with pytest.raises(needs.NeedRefused, match="NEG4-1 is said to repeat NEG-3 already"), transaction():
        service.found_again(found, earlier, by=cara, now=NOW)
    page = browser.submit(url, earlier=str(earlier.id))
    assert page.errors == ["NEG4-1 is said to repeat NEG-3 already."]


def test_nothing_is_asked_for_once_the_only_earlier_finding_was_said_in_another_tab(
    browser: Browser, cara: Person
) -> None:
    first = make_case_audit(month=date(2015, 5, 1))
    again = make_case_audit(re_audit_of_id=first.id, month=date(2026, 10, 1))
    earlier, found = make_finding(first), make_finding(again)
    page = browser.signed_in(cara).get(f"/findings/{found.id}/found-again")
    with transaction():
        service.found_again(found, earlier, by=cara, now=NOW)

    page = browser.fill(page)  # with nothing chosen

    assert "No earlier finding" in page.text
    assert page.errors == []
    assert page.soup.select("title")[0].get_text().startswith("Found before")  # and not "Error: "


def test_found_before_says_where_each_leads_and_asks_before_a_need_is_re_opened(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    first = make_case_audit(month=date(2015, 5, 1))
    nowhere, of_open = make_finding(first, code="NEG-1"), make_finding(first, code="NEG-2")
    of_closed = make_finding(first, code="NEG-3")
    again = make_case_audit(title="Neglect again", re_audit_of_id=first.id, month=date(2026, 10, 1))
    found = make_finding(again, code="NEG4-1")
    make_need(of_open, of_closed, code="N1", title="Neglect")
    need = make_need(of_closed, code="N2", title="Core groups")
    closed(need)
    url = f"/findings/{found.id}/found-again"
    page = browser.signed_in(cara).get(url)

    assert offered(page) == {
        "NEG-1": "Leads to no need",
        "NEG-2": "Leads to N1: Neglect",
        "NEG-3": "Leads to N1: Neglect, N2: Core groups. N2 is closed and will be re-opened",
    }
    few = count_queries(lambda: browser.get(url))
    closed(make_need(make_finding(first), make_finding(first)))
    assert count_queries(lambda: browser.get(url)) == few
    page = browser.fill(page, earlier=str(of_closed.id))
    assert page.h1 == "Re-open N2?"
    assert queries.needs_of(found) == []
    page = browser.fill(page)

    assert "N2 was closed and is re-opened" in page.text
    assert need.status is NeedStatus.RE_OPENED
    page = browser.fill(browser.get(url), earlier=str(nowhere.id))
    assert "NEG4-1 repeats NEG-1." in page.text


def test_joining_a_closed_need_asks_before_it_is_re_opened(browser: Browser, cara: Person) -> None:
    first = make_case_audit(month=date(2015, 5, 1))
    again = make_case_audit(title="Neglect again", re_audit_of_id=first.id, month=date(2026, 10, 1))
    found, late = make_finding(again, code="NEG4-1"), make_finding(first, code="NEG-3")
    open_one, need = make_need(code="N1", title="Neglect"), make_need(code="N2", title="Core groups")
    closed(need)
    both = [str(open_one.id), str(need.id)]
    page = browser.fill(browser.signed_in(cara).get(f"/findings/{found.id}/link"), needs=both)

    assert page.h1 == "Re-open N2?"
    assert "N1: Neglect" in page.text
    assert queries.needs_of(found) == []
    page = browser.fill(page)
    assert "NEG4-1 leads to N1, N2." in page.text
    assert "N2 was closed and is re-opened" in page.text
    assert need.status is NeedStatus.RE_OPENED
    closed(need)
    page = browser.fill(browser.get(f"/findings/{late.id}/link"), needs=both)
    assert page.h1 == "Link to needs"
    assert "Re-open it first" in page.errors[0]


def test_a_need_that_was_closed_since_the_yes_stays_closed(
    browser: Browser, cara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_case_audit(month=date(2015, 5, 1))
    found = make_finding(make_case_audit(re_audit_of_id=first.id, month=date(2026, 10, 1)), code="NEG4-1")
    need = make_need(code="N1")
    need_id = need.id
    page, asked = browser.signed_in(cara).get(f"/findings/{found.id}/link"), routes._asked_first

    def then_it_is_closed(*given: Any, **named: Any) -> str:
        said = asked(*given, **named)
        closed(db.session.get_one(TrainingNeed, need_id))
        return said

    monkeypatch.setattr(routes, "_asked_first", then_it_is_closed)
    page = browser.fill(page, needs=[str(need.id)])

    assert page.errors == ["N1 was closed a moment ago. Look at it before you re-open it."]
    assert need.status is NeedStatus.CLOSED
    assert queries.needs_of(found) == []


def test_what_was_closed_after_it_was_found_is_said_where_it_is_chosen(
    browser: Browser, cara: Person
) -> None:
    earlier = make_finding(make_case_audit(month=date(2015, 5, 1)), code="NEG-3")
    found = make_finding(make_case_audit(month=date(2016, 1, 1)), code="NEG4-1")
    need = make_need(earlier, code="N2", title="Core groups")
    closed(need)
    url = f"/findings/{found.id}/found-again"

    page = browser.signed_in(cara).get(url)
    assert offered(page) == {
        "NEG-3": "Leads to N2: Core groups. N2 was closed after NEG4-1 was found: re-open it first"
    }
    page = browser.fill(page, earlier=str(earlier.id))

    assert page.h1 == "Found before"
    assert "Re-open it first" in page.errors[0]


def test_a_re_opening_says_that_what_caused_it_was_taken_back(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    first = make_case_audit(month=date(2015, 5, 1))
    earlier, another = make_finding(first, code="CG-1"), make_finding(first, code="CG-2")
    again = make_case_audit(re_audit_of_id=first.id, month=date(2026, 10, 1))
    found = make_finding(again, code="AUD-2")
    need = make_need(earlier, code="N2")
    closed(need)
    said = "On 24 November 2026 it was taken back that AUD-2 repeats CG-1."
    with transaction():
        service.found_again(found, earlier, by=cara, now=NOW)
        service.found_again(found, another, by=cara, now=NOW + timedelta(hours=1))
        service.take_back_found_again(found, another, by=cara, now=NOW + timedelta(days=1))
    page = browser.signed_in(cara).get(f"/needs/{need.id}")
    assert "A finding of" in page.text
    assert "it was taken back" not in page.text

    with transaction():
        service.take_back_found_again(found, earlier, by=cara, now=NOW + timedelta(days=1))
    few = count_queries(lambda: browser.get(f"/needs/{need.id}"))
    assert said in browser.get(f"/needs/{need.id}").text
    with transaction():
        service.found_again(found, earlier, by=cara, now=NOW + timedelta(days=2))
    assert said not in browser.get(f"/needs/{need.id}").text  # said again, so it stands
    for _ in range(2):
        closed(need)
        later = make_finding(again)
        with transaction():
            service.found_again(later, earlier, by=cara, now=NOW)
            service.take_back_found_again(later, earlier, by=cara, now=NOW)
    assert count_queries(lambda: browser.get(f"/needs/{need.id}")) == few


def test_a_re_opening_says_when_the_last_finding_of_its_audit_was_unlinked(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    first = make_case_audit(month=date(2015, 5, 1))
    again = make_case_audit(re_audit_of_id=first.id, month=date(2026, 10, 1))
    found, another = make_finding(again, code="AUD-2"), make_finding(again, code="AUD-3")
    need = make_need(make_finding(first), code="N4")
    closed(need)
    with transaction():
        for finding in (found, another):
            service.lead_to(finding, [need], by=cara, now=NOW)
        needs.unlink_finding(need, another, by=cara, now=NOW + timedelta(hours=1))
    page = f"/needs/{need.id}"
    assert "was unlinked, the last" not in browser.signed_in(cara).get(page).text

    with transaction():
        needs.unlink_finding(need, found, by=cara, now=NOW + timedelta(days=1))
    said = "On 24 November 2026 AUD-2 was unlinked, the last finding of this audit that led to this need."
    assert said in browser.get(page).text
    few = count_queries(lambda: browser.get(page))
    with transaction():
        needs.link_finding(need, another, by=cara, now=NOW + timedelta(days=2))
    assert said not in browser.get(page).text
    for _ in range(2):
        closed(need)
        with transaction():
            service.lead_to(later := make_finding(again), [need], by=cara, now=NOW)
            needs.unlink_finding(need, later, by=cara, now=NOW)
    assert count_queries(lambda: browser.get(page)) == few


def test_what_was_linked_anew_since_and_what_leads_nowhere_are_told(browser: Browser, cara: Person) -> None:
    first = make_case_audit()
    earlier = make_finding(first, code="NEG-3")
    found = make_finding(make_case_audit(re_audit_of_id=first.id, month=date(2027, 1, 1)), code="NEG4-1")
    url = f"/findings/{found.id}/found-again/{earlier.id}/take-back"
    with transaction():
        service.found_again(found, earlier, by=cara, now=NOW)
    assert "It leads to no need, so nothing else changes." in browser.signed_in(cara).get(url).text
    need = make_need(earlier, code="N1")
    with transaction():
        service.take_back_found_again(found, earlier, by=cara, now=NOW)
        service.found_again(found, earlier, by=cara, now=NOW + timedelta(minutes=1))
    assert "Nothing is then decided about this finding." in browser.get(url).text
    with transaction():
        needs.unlink_finding(need, found, by=cara, now=NOW)
        needs.link_finding(need, found, by=cara, now=NOW + timedelta(hours=1))
    assert "It goes on leading to" in browser.get(url).text
