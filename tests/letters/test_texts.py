"""Staff write what letters say: looked at first, refused in words, never run, and in force from then on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from sscb_training.core import mail
from sscb_training.core.db import db, get_or_404
from sscb_training.core.mail import Letter, as_delivered
from sscb_training.core.texts import LetterText, problems
from sscb_training.core.transaction import transaction
from sscb_training.letters.kinds import FIELDS, FIXED, KINDS, WHY_NOT
from sscb_training.letters.texts import queries, service
from sscb_training.people.models import Person
from tests.bookings.test_races import all_at_once
from tests.bookings.verbs import request_place, verbs
from tests.browser import Browser, Page
from tests.factories import NOW, changed, make_course, make_training_session, make_version, only

CONFIRMED = KINDS["bookings/confirmed"]
URL = "/letters/texts/bookings/confirmed"
BODY = "Dear ((name))\n\nCome to ((course)), ((reference)).\n\n((when and where))\n\nBring: ((what to bring))"


def write(subject: str, body: str, *, by: Person, shown: str = "") -> None:
    mark = shown or queries.mark_of(queries.text_shown(CONFIRMED, queries.written_for(CONFIRMED)))
    with transaction():
        service.change_text(CONFIRMED, subject=subject, body=body, shown=mark, by=by, now=NOW)


def typed(page: Page) -> str:
    return page.soup.select("#body")[0].get_text().strip()


def look(browser: Browser, subject: str, body: str) -> Page:
    return browser.fill(browser.get(URL), subject=subject, body=body, button="Look at the letter")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_text_as_delivered_is_words_and_fields_that_staff_could_have_written(
    app: Flask, kind: object
) -> None:
    assert isinstance(kind, type(CONFIRMED))
    text = as_delivered(kind.template)
    assert list(problems(kind, text)) == []
    assert "{" not in text.subject + text.body
    blocks = f"mail/{kind.template.partition('/')[0]}/_fields.txt"
    with_a_block = app.jinja_env.get_template(blocks).blocks
    assert {name.replace(" ", "_") for name in kind.fields} <= set(with_a_block)
    for example in queries.examples(kind, text, public_url="https://training.example.org"):
        assert "((" not in example.text.subject + example.text.body


def test_every_letter_can_be_changed_or_is_fixed_and_says_when_its_reason_is_gone() -> None:
    folder = Path(__file__).parents[2] / "templates" / "mail"
    letters = {
        str(path.relative_to(folder).with_suffix(""))
        for path in folder.glob("*/*.txt")
        if not path.name.startswith("_")
    }
    assert letters == set(KINDS) | set(FIXED)
    assert set(WHY_NOT) == set(KINDS)


def test_every_field_is_of_some_letter() -> None:
    assert set(FIELDS) == {name for kind in KINDS.values() for name in kind.fields}


def test_staff_look_at_a_text_before_it_is_used_and_letters_then_say_it(
    browser: Browser, cara: Person, asha: Person, outbox: Callable[[], list[Letter]]
) -> None:
    training_session = make_training_session(
        make_version(make_course(title="Neglect"), what_to_bring="A pen")
    )
    page = look(browser.signed_in(cara), "See you: ((course))", BODY)
    assert page.h1 == "Look at the letter"
    assert "See you: Core groups and child protection plans" in page.text
    assert "See you: Training" in page.text
    assert "Bring: a laptop" in page.text
    assert db.session.scalars(select(LetterText)).all() == []

    page = browser.fill(page, button="Change it first")
    assert typed(page) == BODY
    page = browser.fill(look(browser, "See you: ((course))", BODY), button="Use this text")

    assert "“Place confirmed” has the new text" in page.text
    assert "Changed by Cara Board on 23 November 2026" in page.text
    request_place(training_session, asha)
    letter = outbox()[-1]
    assert letter.subject == "See you: Neglect"
    assert letter.body.startswith("Dear Asha Patel\n\nCome to Neglect, ")
    assert letter.body.endswith("\n\nBring: A pen\n")
    assert verbs(only(LetterText)) == ["changed"]


def test_a_letter_in_the_outbox_keeps_its_words_and_a_paragraph_without_anything_goes(
    cara: Person, asha: Person, ben: Person, outbox: Callable[[], list[Letter]]
) -> None:
    training_session = make_training_session()
    changed(training_session.course_version, what_to_bring="")
    request_place(training_session, asha)
    write("New", BODY, by=cara)
    request_place(training_session, ben)

    before, after = outbox()
    assert before.subject.startswith("Place confirmed: ")
    assert after.subject == "New"
    assert "Bring" not in after.body


def test_a_discreet_course_stays_out_of_a_subject_that_staff_wrote(
    cara: Person, asha: Person, outbox: Callable[[], list[Letter]]
) -> None:
    write("Come to ((course))", BODY, by=cara)
    course = make_course(title="Domestic abuse", is_discreet=True)
    request_place(make_training_session(make_version(course)), asha)
    [letter] = outbox()
    assert letter.subject == "Come to Training"
    assert "Domestic abuse" in letter.body


@pytest.mark.parametrize(
    ("subject", "body", "told"),
    [
        ("", BODY, "Enter a subject"),
        ("Hello", "", "Enter the text of the letter"),
        ("Hello", "Dear ((name))", "The text must say ((when and where)) and ((reference))"),
        ("Hello", BODY + "((name.__class__))", "There is no field ((name.__class__)). There is ((name)), "),
        ("((reference)) ((when and where))", BODY, "((when and where)) cannot stand in a subject"),
        ("Hello", BODY + "x" * 100_000, "Text must be 10,000 characters or fewer"),
        ("\u202eolleH", BODY, "invisible mark"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_with_what_was_typed(
    browser: Browser, cara: Person, subject: str, body: str, told: str
) -> None:
    page = look(browser.signed_in(cara), subject, body)
    assert told in page.errors[0]
    assert typed(page) == body
    page = browser.post(URL, {"subject": subject, "body": body, "step": "use", "shown": "x"})
    assert told in page.errors[0]
    assert db.session.scalars(select(LetterText)).all() == []


def test_hostile_words_are_words(
    browser: Browser, cara: Person, asha: Person, outbox: Callable[[], list[Letter]]
) -> None:
    hostile = "{{ 7 * 7 }} {% for x in y %} <b>bold</b> <script>alert(1)</script>"
    page = look(browser.signed_in(cara), f"Hi {hostile}\r\nBcc: all@hill.example", f"{hostile}\n\n{BODY}")
    assert page.h1 == "Look at the letter"
    assert not page.soup.select(".app-letter b, .app-letter script")
    browser.fill(page, button="Use this text")
    changed(asha, name="((reference)) {{ 7 * 7 }}")

    request_place(make_training_session(), asha)

    [letter] = outbox()
    assert letter.subject == f"Hi {hostile} Bcc: all@hill.example"
    assert letter.body.startswith(f"{hostile}\n\nDear ((reference)) {{{{ 7 * 7 }}}}\n")
    assert "<b>" not in "".join(mail.paragraphs(letter.body))


def test_whoever_saves_second_is_told_and_sees_what_it_says_now(
    browser: Browser, cara: Person, ada: Person
) -> None:
    page = look(browser.signed_in(cara), "Mine", BODY)
    write("Hers", BODY, by=ada)

    page = browser.fill(page, button="Use this text")

    assert page.errors == [
        "Somebody changed this text while you wrote. Read what it says now, below: what you save takes its place"
    ]
    assert "Subject: Hers" in page.text
    assert only(LetterText).subject == "Hers"
    page = browser.fill(browser.fill(page, button="Look at the letter"), button="Use this text")
    assert only(LetterText).subject == "Mine"


def test_of_two_who_save_at_once_the_second_is_told(app: Flask, cara: Person) -> None:
    who = cara.id
    mark = queries.mark_of(as_delivered(CONFIRMED.template))

    def save(thread: int) -> str:
        try:
            write(f"Subject {thread}", BODY, by=get_or_404(Person, who), shown=mark)
        except service.ChangedMeanwhile:
            return "told"
        return f"Subject {thread}"

    got = all_at_once(app, 4, save)

    assert got.count("told") == 3
    assert only(LetterText).subject in got


def test_a_letter_goes_back_to_its_text_as_delivered_and_the_history_keeps_the_other(
    browser: Browser, cara: Person
) -> None:
    write("Mine", BODY, by=cara)
    page = browser.signed_in(cara).get(f"{URL}/as-delivered")
    assert "Place confirmed: Core groups and child protection plans" in page.text
    page = browser.fill(page, button="Go back to this text")
    assert "“Place confirmed” has its text as delivered again" in page.text
    assert only(LetterText).is_as_delivered
    page = browser.get(URL)
    assert "This is the text as delivered." in page.text
    assert "Put back by Cara Board" in page.text
    assert "Subject line: was Mine, now Place confirmed: ((course)), ((date))" in page.text
    browser.post(f"{URL}/as-delivered", {"shown": "what it said long ago"}, status=409)


def test_a_text_that_does_not_fit_any_more_gives_way_to_the_one_as_delivered(
    browser: Browser, cara: Person, asha: Person, outbox: Callable[[], list[Letter]]
) -> None:
    write("Mine", BODY, by=cara)
    changed(only(LetterText), body="((a field of last year))")
    request_place(make_training_session(), asha)
    assert outbox()[0].subject.startswith("Place confirmed")
    assert "Does not fit any more" in browser.signed_in(cara).get("/letters/texts").text


def test_letters_about_accounts_are_fixed_and_named(browser: Browser, cara: Person) -> None:
    page = browser.signed_in(cara).get("/letters/texts")
    assert all(name in page.text for name in FIXED.values())
    browser.get("/letters/texts/people/reset_password", status=404)
    browser.get("/letters/texts/people/../../config", status=404)


def test_the_list_of_texts_asks_as_much_for_three_as_for_one(
    app: Flask, browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    write("Mine", BODY, by=cara)
    browser.signed_in(cara).get("/letters/texts")
    one = count_queries(lambda: browser.get("/letters/texts"))
    for template in ("bookings/offered", "bookings/declined"):
        db.session.rollback()
        with transaction():
            db.session.add(LetterText(template=template, subject="S", body="B", changed_at=NOW))
    assert count_queries(lambda: browser.get("/letters/texts")) == one
