"""A version of a course says which actions of audits it answers."""

from datetime import timedelta
from typing import Any

import pytest

from sscb_training.case_audits import service
from sscb_training.case_audits.models import Action, ActionKind
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import CourseVersion
from sscb_training.needs.service import add_intervention
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_action,
    make_case_audit,
    make_course,
    make_finding,
    make_need,
    make_version,
    only,
)


def test_a_new_version_answers_actions_and_its_page_says_so(browser: Browser, cara: Person) -> None:
    course = make_course(title="Core groups")
    audit = make_case_audit(title="Core groups, November 2016")
    finding = make_finding(audit, code="CG-1", text="Core groups were late.")
    action = make_action(audit, finding, code="ACT-CG-5", text="Revise the course.")
    make_action(audit, code="ACT-CG-1", kind=ActionKind.REPORT)
    held = make_need(code="N5", title="Share minutes")
    with transaction():
        add_intervention(held, action, counts=True, by=cara, now=NOW)
    browser.signed_in(cara)
    content: dict[str, Any] = {
        "valid_from": ["1", "1", "2027"], "covers": "The law", "outcomes": "Know the law", "length_minutes": "180",
    }  # fmt: skip
    url = f"/manage/courses/{course.id}/versions/new"

    assert "ACT-CG-1" not in browser.get(url).text
    added = browser.submit(url, button="Add the version", actions=[str(action.id)], **content)
    assert "Version 1 is added" in added.text
    waited = "N5: Share minutes waited for ACT-CG-5."
    assert f"{waited} It waits until 1 January 2027, when this version begins." in added.text
    version = only(CourseVersion)
    changed(course, published_at=None)
    assert f"{waited} It still waits, because the course is not published." in browser.get(added.url).text
    changed(course, published_at=NOW)
    make_need(finding, from_version=version, code="N2", title="Core groups")
    make_need(from_version=make_version(), code="N9", title="Something else")

    page = browser.get(
        browser.get(f"/manage/courses/{course.id}").link("Version 1, valid from 1 January 2027")
    )
    assert "ACT-CG-5 Revise the course. Core groups, November 2016 CG-1" in page.text
    assert "N2: Core groups CG-1 Core groups were late." in page.text
    assert "N9" not in page.text
    assert page.link("Core groups, November 2016") == f"/audits/{audit.id}"
    said = browser.get(f"/audits/{audit.id}")
    assert said.link("Core groups, version 1") == f"/manage/versions/{version.id}"
    assert "record what was done" not in said.text
    changed(version, valid_from=TODAY - timedelta(days=9))  # before the course was published
    assert f"{waited} It waits no longer" in browser.get(added.url).text
    said = browser.get(f"/audits/{audit.id}")
    assert "taught since 23 November 2026: record what was done" in said.text
    assert said.link("record what was done").startswith("/actions/")

    choose = browser.get(page.link("Choose actions"))
    browser.fill(choose, button="Save changes", actions=[])
    db.session.rollback()
    assert db.session.get_one(Action, action.id).answered_by is None
    assert [entry.verb for entry in history.entries_about(action)] == ["answered", "answer withdrawn"]


def test_there_may_be_no_action_to_answer(browser: Browser, cara: Person) -> None:
    version = make_version()
    page = browser.signed_in(cara).get(f"/manage/versions/{version.id}/actions")
    assert "No action waits for a version" in page.text


def test_an_action_that_another_version_answered_meanwhile_stays_its_own(cara: Person) -> None:
    first, second = make_version(), make_version()
    action = make_action(make_case_audit(), answered_by=first)
    with pytest.raises(service.AuditRefused, match="answered by another version meanwhile"), transaction():
        service.answer_actions(second, [action], by=cara, now=NOW)
