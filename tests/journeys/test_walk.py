"""From each of the 20 findings of Briefing 9 to people and back, in a browser, by links alone.

Findings, needs, courses and agencies are the demonstration's; somebody of each need's audience holds what meets it.
The way from a need to its people is walked once for each need.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from sscb_training.bookings.models import Outcome
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.times import at_london
from sscb_training.core.transaction import transaction
from sscb_training.demo import bodies, learning, workforce
from sscb_training.demo.county import County
from sscb_training.needs.models import TrainingNeed
from sscb_training.people.models import Membership
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_booking,
    make_person,
    make_training_session,
)
from tests.journeys.browsers import Serve, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


FINDING = r"/findings/\d+"


@pytest.fixture
def briefing_9(app: Flask) -> None:
    """The demonstration without its training dates, and somebody in force for each need."""
    with transaction():
        county = County(seed=2, today=TODAY, people=10, dates=0.2, scale=1)
        bodies.build(county)
        workforce.build(county)
        learning.build(county)
        county.agenda.run(until=at_london(TODAY), tell=lambda _: None)
    for need in db.session.scalars(select(TrainingNeed)).all():
        _somebody_meets(need)


def _somebody_meets(need: TrainingNeed) -> None:
    agency = db.session.scalars(select(Membership).where(Membership.is_current(TODAY))).first().agency  # type: ignore[union-attr]
    person = make_person(f"Holder of {need.code}", agency=agency, staff_group=need.staff_groups[0])
    answer = next(one for one in need.interventions if one.counts)
    if answer.scheme:
        make_accreditation(person, answer.scheme)
    else:
        version = answer.from_version or answer.waits_for.answered_by  # type: ignore[union-attr]
        dated = make_training_session(version, starts_at=NOW - timedelta(days=30))
        make_booking(dated, person=person, outcome=Outcome.ATTENDED, outcome_on=TODAY - timedelta(days=30))


def links(page: Page, pattern: str) -> list[str]:
    """Where the links of the page's main part go that look so."""
    every = page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
    return list(dict.fromkeys(href for href in every if re.fullmatch(pattern, href)))


def follow(page: Page, pattern: str) -> None:
    """Follow the first link of the page's main part that goes to such an address."""
    found = links(page, pattern)
    assert found, f"{page.url} has no link to {pattern}"
    page.locator(f'main a[href="{found[0]}"]').first.evaluate("link => link.click()")
    page.wait_for_url(lambda url: url.endswith(found[0]))


def to_people(page: Page) -> None:
    """From a need, that is open, to what one of its people holds it by."""
    follow(page, r"/needs/\d+/coverage")
    follow(page, r"/needs/\d+/coverage/\d+\?(?!.*show=).*")  # who is in force
    holders = page.locator("main tbody th a", has_text="Holder of")
    follow(page, str(holders.first.get_attribute("href")))
    if links(page, r"/accreditations/\d+"):
        follow(page, r"/accreditations/\d+")
    else:
        follow(page, r"/bookings/\d+")
        follow(page, r"/manage/versions/\d+")


@pytest.mark.usefixtures("briefing_9")
def test_every_finding_leads_to_people_and_back(serve: Serve, new_page: Callable[..., Page]) -> None:
    staff = make_person("Cara Board", roles=[Role.BOARD_STAFF])
    address = serve(NOW)
    page = new_page()
    page.route("**/static/**", lambda route: route.abort())  # what it looks like is seen elsewhere
    sign_in(page, staff, address)
    answered: dict[str, list[str]] = {}  # the findings that what somebody holds for a need leads back to
    reasons = 0

    page.goto(f"{address}/findings")
    findings = links(page, FINDING)
    for finding in findings:
        page.goto(f"{address}{finding}")
        needs = links(page, r"/needs/\d+")
        if not needs:
            reasons += page.get_by_text("Not a training matter", exact=True).count()
            assert page.locator("dt", has_text="Went to").count() == 1
        for need in needs:
            if need not in answered:
                follow(page, need)
                to_people(page)
                answered[need] = links(page, FINDING)
                follow(page, finding)
            assert finding in answered[need]

    assert (len(findings), len(answered), reasons) == (20, 6, 3)
