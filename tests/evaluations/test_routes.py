"""A link sends in one evaluation once, shows next to nothing, and does nothing by being opened."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sscb_training.bookings.models import Outcome
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.evaluations.models import Evaluation, IntendedUse, Stage
from sscb_training.people.models import Person
from tests.browser import Browser, Page
from tests.evaluations.verbs import came, link
from tests.factories import NOW, changed, make_booking, make_course, make_training_session, make_version, only

A_WEEK_AGO = NOW - timedelta(days=7)
OUTCOMES = ("Recognise the signs", "Know what to do")
STATEMENTS = ("relevant", "clear", "involved", "recommends")


def rated(page: Page, *steps: int) -> dict[str, Any]:
    """The names of the questions about outcomes, each with its step."""
    names = list(dict.fromkeys(str(box["name"]) for box in page.soup.select("[name^=confidence_]")))
    return dict(zip(names, map(str, steps), strict=True))


def after(page: Page, *steps: int, **more: str) -> dict[str, Any]:
    statements = dict.fromkeys(STATEMENTS, "4")
    return rated(page, *steps) | statements | {"intended_use": "this_week"} | more


def test_a_link_sends_in_an_evaluation_once_and_then_shows_thanks_alone(
    browser: Browser, asha: Person
) -> None:
    booking = came(asha, starts_at=A_WEEK_AGO)
    url = link(booking, Stage.POST)

    page = browser.get(url)
    assert page.h1 == "How was it, Asha?"
    assert "Patel" not in page.response.get_data(as_text=True)
    assert booking.reference not in page.text
    assert db.session.scalars(select(Evaluation)).all() == []

    page = browser.fill(page, **after(page, 3, 4, plan="Ask sooner"))
    assert page.h1 == "Thank you"
    again = browser.post(url, after(browser.get("/courses"), plan="Something else"))

    assert again.h1 == browser.get(url).h1 == "Thank you"
    assert "Ask sooner" not in again.response.get_data(as_text=True)
    sent = only(Evaluation)
    assert (sent.stage, sent.plan, sent.intended_use) == (Stage.POST, "Ask sooner", IntendedUse.THIS_WEEK)
    assert [(rating.outcome, rating.confidence) for rating in sent.ratings] == list(
        zip(OUTCOMES, (3, 4), strict=True)
    )
    (entry,) = history.entries_about(sent)
    assert (entry.actor_id, entry.detail) == (None, {"stage": "post"})


def test_what_is_missing_or_tells_of_a_child_is_said_and_nothing_typed_is_lost(
    browser: Browser, asha: Person
) -> None:
    page = browser.get(link(came(asha, starts_at=A_WEEK_AGO), Stage.POST))
    given = after(page, 3, 4, plan="The child 943 476 5919")
    del given["clear"]

    page = browser.fill(page, **given)

    assert page.errors == [
        "Select how far you agree: The trainers explained things clearly",
        "Take out what looks like an NHS number: this must not tell of a child or a family",
    ]
    assert len(page.soup.select("[name^=confidence_][checked]")) == 2
    assert "The child 943 476 5919" in page.text
    assert db.session.scalars(select(Evaluation)).all() == []


@pytest.mark.parametrize(
    ("stage", "at_moment", "words"),
    [
        (Stage.PRE, NOW, "The time to send this in is over."),
        (Stage.POST, NOW, ""),
        (Stage.FOLLOW_UP, NOW, "It is too early to send this in."),
        (Stage.MANAGER, NOW, "There is nothing to send in for this booking."),
        (Stage.POST, NOW + timedelta(days=60), "The time to send this in is over."),
    ],
)
def test_a_link_opens_only_in_its_stages_time(
    browser: Browser,
    asha: Person,
    at: Callable[[datetime], None],
    stage: Stage,
    at_moment: datetime,
    words: str,
) -> None:
    url = link(came(asha, starts_at=A_WEEK_AGO), stage)
    at(at_moment)

    page = browser.get(url)

    assert (page.h1 == "Nothing to send in") is bool(words)
    assert words in page.text


def test_a_link_is_good_for_nothing_else(browser: Browser, asha: Person) -> None:
    booking = came(asha, starts_at=A_WEEK_AGO)
    url = link(booking, Stage.POST)

    # Not the last sign: two of them may stand for the same bytes of a signature.
    forged = url[:-2] + ("A" if url[-2] != "A" else "B") + url[-1]
    for other in (forged, link(booking, "nothing"), "/evaluate/1"):
        browser.get(other, status=404)
    browser.get(url.replace("evaluate", "approve"), status=404)
    changed(booking, outcome=Outcome.DID_NOT_ATTEND)
    assert browser.get(url).h1 == "Nothing to send in"


def test_evaluations_wait_on_ones_own_page_and_nobody_elses(
    browser: Browser, asha: Person, dev: Person, ben: Person, cara: Person
) -> None:
    version = make_version(make_course(title="Neglect"))
    booking = came(asha, starts_at=A_WEEK_AGO, version=version)
    coming = make_booking(make_training_session(version, starts_at=NOW + timedelta(days=3)), person=asha)

    page = browser.signed_in(asha).get("/my-evaluations")
    assert "How was it? Neglect" in page.text
    assert "Before the course: Neglect" in page.text
    for shown in (page, browser.get("/home"), browser.get("/my-training-record")):
        assert "Send in your evaluation to release your certificate" in shown.text
    assert browser.get("/my-bookings").link("Send in an evaluation") == "/my-evaluations"
    page = browser.get(f"/bookings/{coming.id}/evaluation/pre")
    assert browser.fill(page, **rated(page, 1, 2)).h1 == "Thank you"
    browser.get(f"/bookings/{booking.id}/evaluation/manager", status=404)
    for other in (dev, ben, cara):
        browser.signed_in(other).get(f"/bookings/{booking.id}/evaluation/post", status=404)
        assert "Nothing to send in" in browser.get("/my-evaluations").text
