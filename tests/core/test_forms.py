"""Questions are shown with what helps to answer them, and say what is wrong in plain words."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from sscb_training.core import forms


class Questions(forms.Form):
    name = forms.text(
        "Name", required="Enter a name", hint="As on your badge", width="20", autocomplete="name"
    )
    email = forms.email()
    born = forms.day("Start date", required="Enter a start date")
    places = forms.whole_number("Places", required="Enter the places", least=1, most=500)
    colour = forms.radios("Colour", {1: "Red", 2: "Blue"}, required="Select a colour")
    size = forms.pick("Size", {1: "Small", 2: "Large"}, required="Select a size")
    extra = forms.pick("Extra (optional)", {1: "Lunch"})
    several = forms.checkboxes("Several (optional)", {1: "One"})
    about = forms.long_text("About", max_length=20, lines=7)
    short = forms.text("Short name (optional)", max_length=5)
    until = forms.day("Last day (optional)")
    begins = forms.time_of_day("Begins (optional)")
    months = forms.whole_number("How many months? (optional)", name="The number of months", most=60)
    target = forms.whole_number("Target (optional)", most=100)


GOOD = {
    "name": " Asha\u0007 ",
    "email": "a@b.example",
    "born": ["27", "Mar", "2026"],
    "places": "20",
    "colour": "2",
    "size": "1",
}


def answered(app: Flask, **changes: Any) -> Questions:
    with app.test_request_context(method="POST", data=GOOD | changes):
        form = Questions.from_request()
        form.accepted()
        return form


def shown(app: Flask, field: str) -> BeautifulSoup:
    with app.test_request_context():
        return BeautifulSoup(Questions.from_request()[field](), "html.parser")


def test_good_answers_arrive_tidied(app: Flask) -> None:
    assert answered(app).answers == {
        "name": "Asha",
        "email": "a@b.example",
        "born": date(2026, 3, 27),
        "places": 20,
        "colour": 2,
        "size": 1,
        "extra": None,
        "several": [],
        "about": "",
        "short": "",
        "until": None,
        "begins": "",
        "months": None,
        "target": None,
    }


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"name": "  "}, "name", "Enter a name"),
        ({"name": "x" * 201}, "name", "Name must be 200 characters or fewer"),
        ({"email": "a@b"}, "email", "Enter an email address in the correct format"),
        (
            {"email": "a@b.example\r\nBcc: c@d.example"},
            "email",
            "Enter an email address in the correct format",
        ),
        ({"born": ["", "", ""]}, "born", "Enter a start date"),
        ({"born": ["31", "2", "2026"]}, "born", "must be a real date"),
        ({"born": ["1", "1"]}, "born", "must be a real date"),
        ({"born": ["1", "1", "26"]}, "born", "year with 4 numbers"),
        ({"born": ["1", "1", "2999"]}, "born", "must have a year between 1900 and 2200"),
        ({"born": ["1", "1", "1899"]}, "born", "must have a year between 1900 and 2200"),
        ({"places": "٢٠"}, "places", "must be a whole number"),
        ({"places": "0"}, "places", "must be between 1 and 500"),
        ({"places": "9" * 30}, "places", "must be a whole number"),
        ({"colour": ""}, "colour", "Select a colour"),
        ({"colour": "3"}, "colour", "Select a colour"),
        ({"size": ""}, "size", "Select a size"),
        ({"size": "9"}, "size", "Select a size"),
        ({"extra": "9"}, "extra", "What you chose is no longer offered. Choose again"),
        ({"several": ["1", "9"]}, "several", "What you chose is no longer offered. Choose again"),
        ({"about": "x" * 21}, "about", "About must be 20 characters or fewer"),
        ({"short": "x" * 6}, "short", "Short name must be 5 characters or fewer"),
        ({"until": ["31", "2", "2026"]}, "until", "Last day must be a real date"),
        ({"until": ["1", "1", "26"]}, "until", "Last day must have a year"),
        ({"begins": "soon"}, "begins", "Begins must be a time"),
        ({"months": "many"}, "months", "The number of months must be a whole number"),
        ({"months": "61"}, "months", "The number of months must be between 0 and 60"),
        ({"target": "x"}, "target", "Target must be a whole number"),
    ],
)
def test_a_bad_answer_is_explained(app: Flask, changes: dict[str, Any], field: str, says: str) -> None:
    errors = answered(app, **changes).errors
    assert list(errors) == [field]
    assert says in errors[field][0]


def test_a_question_shows_its_hint_width_and_what_to_fill_in(app: Flask) -> None:
    question = shown(app, "name")
    assert "As on your badge" in question.get_text()
    field = question.select_one("input")
    assert field is not None
    assert field["autocomplete"] == "name"
    assert "govuk-input--width-20" in field["class"]
    assert shown(app, "email").select_one("input[type=email]")
    assert shown(app, "about").select_one("textarea[rows='7']")


def test_a_question_without_a_hint_has_no_empty_one(app: Flask) -> None:
    assert shown(app, "colour").select_one(".govuk-hint") is None
