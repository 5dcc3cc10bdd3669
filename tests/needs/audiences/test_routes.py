"""Pages that add what answers a need, and take it away."""

from typing import Any

import pytest

from sscb_training.case_audits.models import Action
from sscb_training.core.db import db
from sscb_training.needs.models import Intervention, TrainingNeed
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    make_action,
    make_briefing,
    make_case_audit,
    make_finding,
    make_need,
    make_scheme,
    make_version,
    saved,
)


@pytest.fixture
def action() -> Action:
    audit = make_case_audit()
    return make_action(audit, make_finding(audit), code="ACT-DA-2", text="Teach the tools.", owner="SSCB")


@pytest.fixture
def need(action: Action) -> TrainingNeed:
    return make_need(*action.findings)


def answers_of(need: TrainingNeed) -> list[Intervention]:
    db.session.rollback()
    db.session.expire(need)
    return list(need.interventions)


def test_what_answers_a_need_is_added_and_taken_away(
    browser: Browser, cara: Person, need: TrainingNeed
) -> None:
    version = make_version()
    need_url = f"/needs/{need.id}"
    page = browser.signed_in(cara).get(need_url)
    assert "nobody is counted" in page.text
    assert "A course, from a version on" in browser.get(f"{need_url}/answers/new").text

    page = browser.submit(f"{need_url}/answers/new/course", answer="")
    assert page.errors == ["Select a version of a course", "Select whether it counts"]
    page = browser.fill(page, answer=str(version.id), counts="yes")
    assert "Having attended" in page.text
    assert "Answer added" in page.text

    (answer,) = answers_of(need)
    take_away = f"/needs/answers/{answer.id}/take-away"
    assert f"{version.course.title}, version 1 or later counts" in browser.get(take_away).text
    browser.submit(take_away)
    assert answers_of(need) == []
    assert "Answer taken away" in browser.get(need_url).text
    assert browser.get(take_away).h1 == need.title
    browser.get(f"{need_url}/answers/new/anything", status=404)


def test_a_need_that_waits_says_for_what_since_when_and_whose_action_it_is(
    browser: Browser, cara: Person, need: TrainingNeed, action: Action
) -> None:
    need_id, action_id = need.id, action.id
    page = browser.signed_in(cara).get(f"/needs/{need_id}")
    assert "the need does not wait for it" in page.text
    page = browser.get(f"/needs/{need_id}/answers/new/change?action={action_id}")

    page = browser.fill(page, counts="yes")

    assert (
        "Waiting for the course since 23 November 2026. It waits for ACT-DA-2 : Teach the tools." in page.text
    )
    assert "a date counts once it is of the version that the need waits for" in page.text
    assert "Owner of that action: SSCB." in page.text
    assert "the need does not wait for it" not in page.text
    assert "waits for the course" in browser.get(f"/needs/{need_id}/coverage").text
    for path in ("/reports/coverage", "/reports/board", "/needs?waits=1"):
        assert "waiting for the course" in browser.get(path).text.lower(), path


def test_a_change_that_was_made_already_is_not_offered_to_wait_for(
    browser: Browser, cara: Person, need: TrainingNeed, action: Action
) -> None:
    action.answered_by = make_version()
    course, need_id = action.answered_by.course.title, need.id
    db.session.commit()

    page = browser.signed_in(cara).get(f"/needs/{need_id}")

    assert f"{course}, version 1, answers it. That does not count for this need." in page.text
    assert "Wait for it" not in page.text
    assert page.link("Add that version and later ones : ACT-DA-2").endswith(f"change?action={action.id}")


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("accreditation", {"counts": "no"}, "Supports"),
        ("briefing", {}, "Briefing: "),
        ("other", {"text": "Supervision asks about it.", "owner": ""}, "Not named"),
    ],
)
def test_an_answer_may_only_support(
    browser: Browser, cara: Person, need: TrainingNeed, kind: str, typed: dict[str, Any], said: str
) -> None:
    row = make_scheme() if kind == "accreditation" else make_briefing()
    if kind != "other":
        typed = {**typed, "answer": str(row.id)}

    page = browser.signed_in(cara).submit(f"/needs/{need.id}/answers/new/{kind}", **typed)

    assert said in page.text
    assert [(i.counts, i.kind.value) for i in answers_of(need)] == [
        (False, {"accreditation": "scheme", "other": "action"}.get(kind, kind))
    ]


def test_what_was_known_to_answer_is_shown_with_the_one_that_a_refusal_names(
    browser: Browser, cara: Person, need: TrainingNeed, action: Action
) -> None:
    saved(Intervention(need=need, from_version=make_version(), recorded_at=NOW))

    page = browser.signed_in(cara).submit(
        f"/needs/{need.id}/answers/new/change", answer=str(action.id), counts="yes"
    )

    assert "Take that away first" in page.errors[0]
