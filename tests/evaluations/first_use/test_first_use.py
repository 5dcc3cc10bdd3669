"""Some weeks after an award holder and manager say once whether the tool is used, and staff read it in figures."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from sscb_training.accreditation.models import Accreditation
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.signing import signed
from sscb_training.core.transaction import transaction
from sscb_training.evaluations.first_use import jobs, queries, service
from sscb_training.evaluations.first_use.models import Answer, Asked, FirstUse
from sscb_training.evaluations.models import Obstacle
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_first_use,
    make_person,
    make_scheme,
)

Outbox = Callable[[], list[Letter]]
WEEK = timedelta(weeks=1)


@pytest.fixture
def held(asha: Person) -> Accreditation:
    """Asha was accredited five weeks ago, by a scheme that asks then; Ben is her manager."""
    changed(asha.memberships[0], manager_name="Ben Lead", manager_email="Ben@hill.example")
    scheme = make_scheme(code="GCP2", name="Graded Care Profile 2", first_use_weeks=5)
    return make_accreditation(asha, scheme, awarded_on=TODAY - 5 * WEEK)


def ask() -> int:
    return jobs.ask_of_first_use(NOW)


def test_holder_and_manager_are_asked_once_reminded_once_and_left_alone_once_they_answered(
    held: Accreditation, browser: Browser, outbox: Outbox, at: Callable[[datetime], None]
) -> None:
    assert (ask(), ask()) == (2, 0)
    to_holder, to_manager = outbox()
    assert (to_holder.to_address, to_manager.to_address) == ("asha@hill.example", "Ben@hill.example")
    assert "Asha Patel has been accredited in Graded Care Profile 2" in to_manager.body
    url = "/first-use/" + to_holder.body.split("/first-use/")[1].split()[0]

    page = browser.submit(url, used="not_yet")
    assert page.errors == ["Select what stands most in the way"]
    page = browser.submit(url, used="not_yet", obstacle="no_case")
    assert "Thank you" in browser.get(url).text
    browser.client.post(url, data={"used": "used"})

    assert jobs.remind_of_first_use(NOW + 2 * WEEK) == 1
    assert jobs.remind_of_first_use(NOW + 3 * WEEK) == 0
    assert outbox()[-1].to_address == "Ben@hill.example"
    assert "This is a reminder" in outbox()[-1].body
    assert queries.why_not_asked(outbox()[0].about_id or 0, NOW) == "It was answered."
    assert queries.why_not_asked(outbox()[1].about_id or 0, NOW) == ""
    [answered] = [one for one in _all() if one.answered_at]
    assert (answered.asked, answered.answer, answered.obstacle) == (
        Asked.HOLDER, Answer.NOT_YET, Obstacle.NO_CASE,
    )  # fmt: skip
    at(NOW + 10 * WEEK)
    late = browser.get("/first-use/" + to_manager.body.split("/first-use/")[1].split()[0])
    assert "The time to answer is over" in late.text


def _all() -> list[FirstUse]:
    db.session.rollback()
    return list(db.session.scalars(db.select(FirstUse).order_by(FirstUse.id)))


@pytest.mark.parametrize(
    "but", ["too early", "too late", "off", "revoked", "withdrawn", "a renewal", "her own manager"]
)
def test_nobody_is_asked_when_there_is_no_reason_to(held: Accreditation, asha: Person, but: str) -> None:
    if but == "too early":
        changed(held, awarded_on=TODAY - 5 * WEEK + timedelta(days=1))
    elif but == "too late":
        changed(held, awarded_on=TODAY - 8 * WEEK)
    elif but == "off":
        changed(held.scheme, first_use_weeks=None)
    elif but == "revoked":
        changed(held, revoked_on=TODAY, revoked_recorded_at=NOW)
    elif but == "withdrawn":
        changed(held, withdrawn_at=NOW)
    elif but == "a renewal":
        make_accreditation(asha, held.scheme, awarded_on=TODAY - 100 * WEEK)
    else:
        changed(asha.memberships[0], manager_email="ASHA@hill.example")

    assert ask() == (1 if but == "her own manager" else 0)


def test_home_asks_the_holder_and_the_manager_and_nobody_else(
    held: Accreditation, browser: Browser, asha: Person, ben: Person, dev: Person
) -> None:
    ask()

    own = browser.signed_in(asha).get("/home")
    assert "Have you used it? Graded Care Profile 2" in own.text
    theirs = browser.signed_in(ben).get("/home")
    assert "Has Asha Patel used it?" in theirs.text
    assert "used it?" not in browser.signed_in(dev).get("/home").text
    link = next(one["href"] for one in theirs.soup.select("a[href^='/first-use/']"))
    browser.submit(str(link), used="cannot_say")
    assert "used it?" not in browser.get("/home").text
    changed(held, expires_on=TODAY)
    assert "used it?" in browser.signed_in(asha).get("/home").text
    changed(held, expires_on=TODAY - timedelta(days=1))
    assert "used it?" not in browser.get("/home").text


def test_a_link_opens_its_own_question_and_no_other_purpose(held: Accreditation, browser: Browser) -> None:
    for token in ("nonsense", signed("send in an evaluation", 1), signed(queries.SIGNED_FOR, "1")):
        browser.get(f"/first-use/{token}", status=404)
    browser.get(f"/first-use/{signed(queries.SIGNED_FOR, 2_000_000_000)}", status=404)


def test_staff_read_figures_of_five_answers_and_of_no_fewer(
    held: Accreditation, browser: Browser, cara: Person
) -> None:
    browser.signed_in(cara)
    assert "Nobody was asked yet" in browser.get("/reports/first-use").text
    questions = [make_first_use(make_accreditation(make_person(), held.scheme)) for _ in range(6)]
    with transaction():
        for number, question in enumerate(questions[:4]):
            used = Answer.USED if number else Answer.NOT_YET
            service.answer(question, used=used, obstacle=Obstacle.TIME, by=None, now=NOW)
    assert "Holders 6 4 Too few Too few" in browser.get("/reports/first-use").text
    assert b"Too few" in browser.get("/reports/first-use?format=csv").response.data

    with transaction():
        service.answer(questions[4], used=Answer.NOT_YET, obstacle=Obstacle.TIME, by=None, now=NOW)

    page = browser.get("/reports/first-use")
    assert "Holders 6 5 60% 3 of 5 who answered Not enough time: 2" in page.text
    assert b"Not enough time,2" in browser.get("/reports/first-use?format=csv").response.data
