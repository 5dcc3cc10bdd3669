"""Resources open for whoever is accredited today, close at the very next request, and keep their old versions."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from sscb_training.accreditation import service as accreditation
from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people import service as people
from sscb_training.people.models import Person
from sscb_training.tools.models import ToolSetting
from sscb_training.tools.resources import service
from sscb_training.tools.resources.models import Resource, ResourceReader
from tests.bookings.verbs import verbs
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_agency,
    make_agreement,
    make_champion,
    make_course,
    make_person,
    make_resource,
    make_scheme,
    make_training_session,
    make_version,
    only,
    saved,
)

A_DAY = timedelta(days=1)
GUIDE = b"%PDF-1.7 the second edition"


@pytest.fixture
def gcp2() -> AccreditationScheme:
    course = make_course(title="Grading care")
    make_training_session(make_version(course))
    make_training_session(make_version(course), only_agency=make_agency())
    return make_scheme(course, code="GCP2", name="Graded Care Profile 2")


def addresses(scheme: AccreditationScheme, resource: Resource) -> tuple[str, str]:
    return f"/tools/{scheme.id}/resources", f"/tools/resource-versions/{resource.versions[0].id}"


def expire(held: Accreditation, at: Callable[[datetime], None]) -> None:
    at(NOW + A_DAY)


def revoke(held: Accreditation, at: Callable[[datetime], None]) -> None:
    with transaction():
        board = make_person(roles=[Role.BOARD_STAFF])
        accreditation.revoke(held, on=TODAY, reason="Shared a login", reference="M 12/3", by=board, now=NOW)


def withdraw(held: Accreditation, at: Callable[[datetime], None]) -> None:
    with transaction():
        accreditation.withdraw(held, by=None, now=NOW)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (expire, "Your accreditation ended on 23 November 2026"),
        (revoke, "Your accreditation ended on 23 November 2026"),
        (withdraw, "Only people accredited in Graded Care Profile 2"),
    ],
)
def test_what_ends_an_accreditation_closes_page_and_file_at_the_next_request(
    browser: Browser,
    asha: Person,
    gcp2: AccreditationScheme,
    at: Callable[[datetime], None],
    end: Callable[..., None],
    said: str,
) -> None:
    held = make_accreditation(asha, gcp2, expires_on=TODAY)
    resource = make_resource(gcp2, title="Guide for practitioners")
    page, file = addresses(gcp2, resource)
    assert "Guide for practitioners" in browser.signed_in(asha).get(page).text
    assert f'href="{page}"' in browser.get("/home").response.get_data(as_text=True)
    assert f'href="{page}"' in browser.get("/my-training-record").response.get_data(as_text=True)
    answer = browser.get(file).response
    assert answer.data == b"%PDF-1.7 guide"
    assert answer.headers["Cache-Control"] == "no-store"

    end(held, at)

    if end is expire:
        browser.signed_in(asha)  # a day later the sign-in was over
    closed = browser.get(page)
    assert said in closed.text
    assert "Guide for practitioners" not in closed.text
    assert "Shared a login" not in closed.text
    assert "evoked" not in closed.text
    assert closed.text.count("Grading care") == 1  # the date that is another agency's alone is not there
    browser.get(file, status=404)
    assert f'href="{page}"' not in browser.get("/home").response.get_data(as_text=True)


@pytest.mark.one_database
def test_a_suspended_holder_is_out_at_once(
    browser: Browser, asha: Person, ada: Person, gcp2: AccreditationScheme
) -> None:
    make_accreditation(asha, gcp2)
    page, file = addresses(gcp2, make_resource(gcp2))
    browser.signed_in(asha).get(file)

    with transaction():
        people.suspend(asha, by=ada, now=NOW)

    assert browser.get(page).url == "/sign-in"
    assert browser.get(file).url == "/sign-in"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("who", "page_says", "status"),
    [
        ("dev", "You need an accreditation", 404),
        ("ben", "You need an accreditation", 404),
        ("tom", "You need an accreditation", 404),
        ("cara", "Resources of GCP2", 200),
    ],
)
def test_who_is_not_accredited_has_no_file_and_is_told_what_they_need(
    request: pytest.FixtureRequest,
    browser: Browser,
    asha: Person,
    gcp2: AccreditationScheme,
    who: str,
    page_says: str,
    status: int,
) -> None:
    make_accreditation(asha, gcp2)
    viewer = request.getfixturevalue(who)
    make_accreditation(viewer, make_scheme())  # of another tool
    page, file = addresses(gcp2, make_resource(gcp2))

    assert browser.signed_in(viewer).get(page).h1 == page_says
    browser.get(file, status=status)


def test_resources_can_wait_for_the_agreement_of_an_agency(
    browser: Browser, asha: Person, tom: Person, gcp2: AccreditationScheme
) -> None:
    make_accreditation(asha, gcp2)
    make_accreditation(tom, gcp2)
    page, file = addresses(gcp2, make_resource(gcp2))
    setting = saved(ToolSetting(scheme=gcp2, is_licensed=True, agreement_needed_from=TODAY + A_DAY))
    browser.signed_in(asha).get(file)

    changed(setting, agreement_needed_from=TODAY)
    make_agreement(gcp2, make_agency())  # another's
    agreement = make_agreement(gcp2, asha.memberships[0].agency, valid_to=TODAY - A_DAY)
    assert browser.get(page).h1 == "Your agency has no agreement"
    browser.get(file, status=404)

    changed(agreement, valid_to=TODAY)
    browser.get(file)
    browser.signed_in(tom).get(file)  # the pool's trainers are of no agency here


@pytest.mark.one_database
def test_staff_add_replace_take_back_retire_and_reorder(
    browser: Browser, asha: Person, cara: Person, gcp2: AccreditationScheme
) -> None:
    make_accreditation(asha, gcp2)
    make_resource(gcp2, title="First", position=1)
    page = f"/tools/{gcp2.id}/resources"
    day: dict[str, Any] = {"valid_from": ["23", "11", "2026"]}
    browser.signed_in(cara)
    twice = browser.submit(
        f"{page}/add", title="Guide", name="1.0", link="https://a.example.org/guide", file=_pdf(), **day
    )
    assert twice.errors == ["Choose a file or enter an address, not both."]
    plain = browser.submit(f"{page}/add", title="Guide", name="1.0", link="http://a.example.org", **day)
    assert plain.errors[0].startswith("Address of a page elsewhere must begin with https://")
    browser.submit(f"{page}/add", title="Guide", name="1.0", link="https://a.example.org/guide", **day)
    guide = db.session.scalars(select(Resource).where(Resource.title == "Guide")).one()
    guide_id, first_id = guide.id, guide.versions[0].id

    assert (
        browser.client.get(f"/tools/resource-versions/{first_id}").location == "https://a.example.org/guide"
    )
    early: dict[str, Any] = {"valid_from": ["22", "11", "2026"]}
    refused = browser.submit(
        f"/tools/resources/{guide_id}/replace", name="0.9", link="https://a.example.org/old", **early
    )
    assert "Version 1.0 counts from 23 November 2026" in refused.errors[0]
    browser.submit(f"/tools/resources/{guide_id}/replace", name="2.0", file=_pdf(), **day)
    browser.submit(f"/tools/resources/{guide_id}/change", description="How to grade")
    browser.post(f"/tools/resources/{guide_id}/move-up")

    shown = browser.signed_in(asha).get(page)
    assert [link.get_text() for link in shown.soup.select("tbody th a")] == [
        "Guide (PDF, 1 KB)",
        "First (PDF, 1 KB)",
    ]
    assert "How to grade" in shown.text
    browser.get(f"/tools/resource-versions/{first_id}", status=404)
    second_id = int(shown.link("Guide (PDF, 1 KB)").rpartition("/")[2])
    assert browser.get(f"/tools/resource-versions/{second_id}").response.data == GUIDE

    looked_after = browser.signed_in(cara).get(f"/tools/resources/{guide_id}")
    assert "1 person" in looked_after.text
    assert "Replaced" in looked_after.text
    browser.fill(looked_after, button="Take back version 2.0, which should not be there")
    browser.signed_in(asha).get(f"/tools/resource-versions/{second_id}", status=404)
    assert "Guide (Link)" in browser.get(page).text

    browser.signed_in(cara).submit(f"/tools/resources/{guide_id}", button="Retire")
    assert "Retired on 23 Nov 2026" in browser.get(page).text
    browser.signed_in(asha).get(f"/tools/resource-versions/{first_id}", status=404)
    browser.signed_in(cara).submit(f"/tools/resources/{guide_id}", button="Open again")
    assert verbs(db.session.get_one(Resource, guide_id)) == [
        "added", "replaced", "changed", "moved up", "took back a version", "retired", "restored",
    ]  # fmt: skip


def _pdf() -> Any:
    return (io.BytesIO(GUIDE), "Guide 2.pdf")


def test_staff_see_who_had_a_version_and_no_more_than_that(
    browser: Browser, asha: Person, cara: Person, gcp2: AccreditationScheme
) -> None:
    make_accreditation(asha, gcp2)
    resource = make_resource(gcp2)
    _, file = addresses(gcp2, resource)
    version_id = resource.versions[0].id
    for _ in range(2):
        browser.signed_in(asha).get(file)

    assert db.session.scalar(select(func.count(ResourceReader.id))) == 1
    page = browser.signed_in(cara).get(f"/tools/resource-versions/{version_id}/readers")
    assert "Asha Patel Hill School 23 Nov 2026" in page.text
    exported = browser.get(f"/tools/resource-versions/{version_id}/readers?format=csv").response
    assert exported.get_data(as_text=True).splitlines()[1:] == [
        "Asha Patel,asha@hill.example,Hill School,2026-11-23 09:00"
    ]
    with transaction():
        service.note_reader(only(ResourceReader).version, asha, now=NOW + A_DAY)
    assert only(ResourceReader).first_at == NOW


def test_a_version_opens_on_its_day(
    browser: Browser, asha: Person, gcp2: AccreditationScheme, at: Callable[[datetime], None]
) -> None:
    make_accreditation(asha, gcp2)
    resource = make_resource(gcp2)
    _page, old = addresses(gcp2, resource)
    with transaction():
        version = service.replace_resource(
            resource, name="2", valid_from=TODAY + A_DAY, file=("Guide 2.pdf", GUIDE), by=None, now=NOW
        )
    new = f"/tools/resource-versions/{version.id}"
    browser.signed_in(asha).get(old)
    browser.get(new, status=404)

    at(NOW + A_DAY)
    browser.signed_in(asha).get(new)
    browser.get(old, status=404)


@pytest.mark.one_database
def test_a_page_asks_as_much_of_the_database_for_three_as_for_one(
    browser: Browser, asha: Person, gcp2: AccreditationScheme, count_queries: Callable[..., int]
) -> None:
    make_accreditation(asha, gcp2)
    pages = [f"/tools/{gcp2.id}/resources", f"/tools/{gcp2.id}/champions"]
    make_resource(gcp2)
    make_champion(gcp2, asha.memberships[0])
    browser.signed_in(asha)

    def asked() -> list[int]:
        return [count_queries(partial(browser.get, page)) for page in pages]

    asked()
    one = asked()
    for _ in range(2):
        make_resource(gcp2)
        other = make_person(agency=make_agency())
        make_accreditation(other, gcp2)
        make_champion(gcp2, other.memberships[0])

    assert asked() == one
