"""The keyboard's focus stays in sight (WCAG 2.4.11), which axe cannot see."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    make_booking,
    make_course,
    make_person,
    make_scheme,
    make_training_session,
    make_version,
)
from tests.journeys.browsers import Serve, sign_in

WHAT_HAS_FOCUS = """() => {
  const bar = document.querySelector(".app-save-bar")
  const focused = document.activeElement
  if (focused === document.body) return null
  const label = focused.type === "radio" ? focused.labels[0] : null
  const { top, bottom } = (label ?? focused).getBoundingClientRect()
  const covered = !bar.contains(focused) && bottom > bar.getBoundingClientRect().top + 0.5
    && top < bar.getBoundingClientRect().bottom
  return { name: focused.id || focused.textContent.trim(), top, bottom, covered, height: innerHeight }
}"""


@pytest.mark.browser
@pytest.mark.one_database
@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_focus_is_never_under_the_bar_that_saves_a_register(
    app: Flask, serve: Serve, new_page: Callable[..., Page], tom: Person, key: str
) -> None:
    course = make_course()
    make_scheme(course)
    training_session = make_training_session(make_version(course), starts_at=NOW, trainers=[tom])
    for number in range(8):
        make_booking(training_session, person=make_person(f"Delegate {number}"))
    address = serve(NOW)
    page = new_page(width=375)
    sign_in(page, tom, address)
    page.goto(f"{address}/registers/{training_session.id}")

    reached, covered = [], []
    for _ in range(60):
        page.keyboard.press(key)
        focused = page.evaluate(WHAT_HAS_FOCUS)
        if focused is None:
            break
        reached.append(focused["name"])
        if focused["covered"]:
            covered.append(focused)

    assert {"Save the register", "Close the register"} <= set(reached)
    assert sum(name.startswith("mark-") for name in reached) == 8
    assert covered == []
