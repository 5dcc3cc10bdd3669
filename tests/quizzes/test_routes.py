"""A delegate takes a quiz page by page; what is right never reaches them; others see what is theirs to see."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from sscb_training.people.models import Person
from sscb_training.quizzes.models import Opens, QuestionKind, Quiz, QuizAttempt
from tests.browser import Browser, Page
from tests.factories import (
    NOW,
    changed,
    make_booking,
    make_course,
    make_question,
    make_quiz_attempt,
    make_scheme,
    make_version,
    only,
)
from tests.quizzes.verbs import attended, begin, choose, hand_in, make_assessed, mark, take

SAYS_WHAT_IS_RIGHT = re.compile(r"\b(right_places|is_right|is-right|correct)\b|Read chapter", re.I)


def test_a_quiz_is_taken_page_by_page_and_never_says_what_is_right(browser: Browser, asha: Person) -> None:
    booking, quiz = make_assessed(asha, minutes=30)
    make_question(quiz, kind=QuestionKind.SEVERAL, choices=["Eins", "Zwei", "Drei"], right_places="0,2")
    changed(quiz, draws=5)
    attended(booking)
    start = f"/bookings/{booking.id}/quizzes/{quiz.id}"
    seen: list[Page] = []

    def look(page: Page) -> Page:
        seen.append(page)
        return page

    browser.signed_in(asha)
    assert "The online quiz is open." in browser.get("/home").text
    page = look(browser.get(f"/bookings/{booking.id}"))
    page = look(browser.get(page.link("Online assessment: GCP2")))
    page = look(browser.fill(page, button="Begin the quiz"))
    assert page.h1 == "Question 1 of 5"
    assert "Time left: 30 minutes" in page.text
    places = {}
    for answer in only(QuizAttempt).answers:
        order = answer.shown.split(",")
        right = answer.question.right_places.split(",")
        places[answer.position] = [str(order.index(place) + 1) for place in right]
        assert set(answer.choices) == set(range(1, len(order) + 1))
    first = page
    look(browser.fill(page, answer="9", status=200))
    assert seen[-1].errors == ["What you chose is no longer offered. Choose again"]
    for position, chosen in places.items():
        url = f"/quiz-attempts/{only(QuizAttempt).id}/questions/{position}"
        page = look(browser.get(url))
        if position != 5:
            page = look(browser.fill(page, answer=chosen))
    page = look(browser.get(f"/quiz-attempts/{only(QuizAttempt).id}/review"))
    assert "1 question has no answer yet" in page.text
    assert "Go on until 9:30am" in browser.get("/home").text
    page = look(browser.get(start))
    page = look(browser.fill(page, button="Go on with the quiz"))  # on another device
    assert page.h1 == "Question 5 of 5"
    page = look(browser.fill(page, button="Save and look over all answers"))
    page = look(browser.click("Continue"))
    assert "1 question has no answer. It counts as wrong." in page.text
    for one in seen:
        assert not SAYS_WHAT_IS_RIGHT.search(one.response.get_data(as_text=True)), one.url

    page = browser.fill(page, button="Hand in my answers")
    assert page.h1 == "You passed"
    assert "4 of 5 questions correctly: 80%. The pass mark is 75%" in page.text
    assert "You are accredited in GCP2 until 23 November 2029. Your certificate" in page.text
    missed = only(QuizAttempt).answers[4].question
    assert missed.explanation in page.text
    assert not [words for words in missed.choices if words in page.text]
    late = browser.post(first.url, {"answer": "1"})  # the back button
    assert (late.h1, "It was not kept" in late.text) == ("You passed", True)
    assert browser.post(f"{start}/begin", status=409).h1


@pytest.mark.one_database
def test_an_attempt_is_nobody_elses(browser: Browser, asha: Person, dev: Person, cara: Person) -> None:
    booking, quiz = make_assessed(asha)
    attempt = begin(attended(booking), quiz)
    for stranger in (dev, cara):
        browser.signed_in(stranger)
        for page in ("", "/questions/1", "/review", "/hand-in"):
            browser.get(f"/quiz-attempts/{attempt.id}{page}", status=404)
        browser.post(f"/quiz-attempts/{attempt.id}/questions/1", {"answer": "1"}, status=404)
        browser.post(f"/quiz-attempts/{attempt.id}/hand-in", status=404)
        browser.post(f"/bookings/{booking.id}/quizzes/{quiz.id}/begin", status=404)
    browser.get(f"/quiz-attempts/{attempt.id}/answers", status=404)  # not even for staff while it is open
    browser.signed_in(asha).get(f"/quiz-attempts/{attempt.id}/questions/9", status=404)
    browser.get(f"/quizzes/{quiz.id}", status=403)
    browser.get(f"/bookings/{booking.id}/quizzes/{quiz.id + 1}", status=404)


def test_time_that_is_over_marks_what_was_saved(
    browser: Browser, asha: Person, at: Callable[[datetime], None]
) -> None:
    booking, quiz = make_assessed(asha, minutes=30)
    attempt = begin(attended(booking), quiz)
    choose(attempt, right=2)
    url = f"/quiz-attempts/{attempt.id}/questions/3"
    browser.signed_in(asha)
    at(NOW + timedelta(minutes=26))
    assert "Warning 4 minutes left." in browser.get(url).text
    at(NOW + timedelta(minutes=30, seconds=10))  # sent in time, and long on its way
    place = attempt.answers[2].shown.split(",").index("0") + 1
    page = browser.post(url, {"answer": str(place)})
    assert page.h1 == "You passed"
    assert "The time was over" in page.text


def test_each_sees_what_is_theirs_to_see(
    browser: Browser, asha: Person, ben: Person, dev: Person, tom: Person, cara: Person
) -> None:
    booking, quiz = make_assessed(asha, tom, minutes=40)
    other = make_booking(booking.training_session, person=dev)
    mark(booking.training_session, other)
    attended(booking)
    here = f"/bookings/{booking.id}/quizzes/{quiz.id}"
    assert "Begin the quiz" in browser.signed_in(asha).get(here).text
    take(booking, quiz, right=1)
    page = browser.signed_in(ben).get(here)
    assert "Not passed yet" in page.text
    assert "25%" not in page.text
    browser.signed_in(dev).get(here, status=404)
    register = f"/registers/{booking.training_session_id}"
    browser.signed_in(tom).get(register)
    page = browser.click("Online quiz: GCP2")
    assert "25%" in page.text
    browser.submit(page.link("Change the time of Dev Outsider"), extra_percent="50", extra_minutes="5")
    assert "50% more and 5 minutes more" in browser.get(page.url).text
    assert "1 hour 5 minutes" in browser.signed_in(dev).get(f"/bookings/{other.id}/quizzes/{quiz.id}").text
    page = browser.signed_in(cara).get(here)
    answers = browser.get(page.link("23 November 2026"))
    assert "1 of 4 right" in answers.text
    with_score = browser.get(f"/bookings/{booking.id}")
    assert "Online assessment: GCP2" in with_score.text


def test_staff_write_a_bank_and_copy_it(browser: Browser, cara: Person) -> None:
    course = make_course()
    scheme = make_scheme(course, name="GCP2")
    first, second = make_version(course), make_version(course)
    browser.signed_in(cara)
    assert "No quizzes yet" in browser.get("/quizzes").text
    page = browser.submit("/quizzes/add", version=first.id, scheme=scheme.id, draws="2")
    bank = page.url
    assert "there would be 0" in browser.fill(page, button="Publish", status=409).text
    add = f"{bank}/questions/add?kind="
    answers: dict[str, Any] = {"choices-0-text": "A child’s", "choices-1-text": "A parent’s"}
    first_is, both_are = {"choices-0-is_right": "y"}, {"choices-0-is_right": "y", "choices-1-is_right": "y"}
    words: dict[str, Any] = {"text": "Whose day is it?", "explanation": "Look at the second day again."}
    assert browser.submit(add + "one", **words, **answers).errors == ["Tick the one answer that is right"]
    browser.submit(add + "one", **words | answers | first_is)
    browser.submit(add + "several", **words | answers | both_are)
    page = browser.submit(add + "true_false", **words, right_one="1")
    page = browser.fill(browser.get(bank), button="Publish")
    assert "2 of 3 questions, shuffled" in page.text
    question = min(only(Quiz).questions, key=lambda one: one.id)
    browser.submit(f"{bank}/questions/{question.id}", text="Whose day?")
    assert "Whose day?" in browser.get(bank).text
    browser.submit(f"{bank}/settings", minutes="40", opens=Opens.FROM_START.value)
    assert "40 minutes" in browser.get(bank).text
    browser.post(f"{bank}/questions/{question.id}/retire")
    page = browser.submit(f"{bank}/copy", version=second.id)
    assert f"version {second.number}" in page.text
    assert page.text.count("Look at the second day again.") == 2
    assert "Not published" in page.text
    browser.fill(browser.get(bank), button="Take down")
    assert (
        "does not lead"
        in browser.submit(
            "/quizzes/add", version=first.id, scheme=make_scheme(make_course()).id, draws="2"
        ).text
    )


def test_figures_count_first_attempts(browser: Browser, asha: Person, cara: Person) -> None:
    booking, quiz = make_assessed(asha)
    attended(booking)
    take(booking, quiz, right=1)
    hand_in(begin(booking, quiz))
    make_quiz_attempt(make_booking(booking.training_session), quiz)  # open
    page = browser.signed_in(cara).get(f"/quizzes/{quiz.id}/figures")
    assert page.text.count("of 1") == 4
    assert page.text.count("100% of 1") == 1
    assert page.text.count("(1)") == 3
    file = browser.get(page.link("Download CSV"), check=False).response.get_data(as_text=True)
    assert len(file.splitlines()) == 5
