"""Named fields in the texts of letters: what they become, and which texts are refused, in which words."""

import pytest

from sscb_training.core.texts import Field, Kind, Text, filled, problems

KIND = Kind(
    template="bookings/confirmed",
    name="Place confirmed",
    moment="Booking",
    to="The delegate",
    fields={
        "name": Field("The name", "Asha", in_subject=True),
        "deadline": Field("Until when", "5pm"),
        "what to bring": Field("What to bring", "a laptop", may_be_empty=True),
        "booking link": Field("The page", "https://training.example.org/", is_address=True),
    },
    must_say=frozenset({"deadline"}),
)
VALUES = {"name": "Asha", "deadline": "5pm", "what to bring": "", "booking link": "https://a.example/1"}


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("Dear ((name))", "Dear Asha"),
        ("Dear (( Name  ))", "Dear Asha"),
        ("By ((deadline)).\n\nBring: ((what to bring))\n\nBye", "By 5pm.\n\nBye"),
        ("Bring: ((what to bring))", ""),
        ("(((name)))", "(Asha)"),
        ("{{ 7 * 7 }} {% raw %} ${name} {name} %(name)s", "{{ 7 * 7 }} {% raw %} ${name} {name} %(name)s"),
        ("One\n\n\n \n\nTwo", "One\n\nTwo"),
    ],
)
def test_a_text_is_filled_in(text: str, becomes: str) -> None:
    assert filled(KIND, text, VALUES) == becomes


def test_what_a_field_gives_is_not_read_for_fields_again() -> None:
    hostile = VALUES | {"name": "((deadline)) \\1 \\g<0> {{ name }}"}
    assert filled(KIND, "((name))", hostile) == hostile["name"]


@pytest.mark.parametrize(
    ("subject", "body", "told"),
    [
        ("For ((name))", "By ((deadline)) {{ 7 * 7 }} <b>", []),
        (
            "By ((deadline))",
            "By ((deadline))",
            ["((deadline)) cannot stand in a subject, which others may see. These can: ((name))"],
        ),
        ("Hello", "Soon", ["The text must say ((deadline)), or nobody can act on the letter"]),
        (
            "Hello",
            "((name.__class__)) by ((deadline))",
            [
                "There is no field ((name.__class__)). "
                "There is ((name)), ((deadline)), ((what to bring)), ((booking link))"
            ],
        ),
        (
            "Hello",
            "((deadline)) and ((name",
            ["A field begins with two brackets and ends with two, like ((name)). One does not end"],
        ),
        (
            "Hello",
            "By ((deadline)), bring ((what to bring))",
            [
                "((what to bring)) can be empty, and its paragraph is then left out. "
                "Give ((deadline)) a paragraph without it"
            ],
        ),
        (
            "Hello",
            "((deadline)): see\n\nhere: ((booking link))",
            ["((booking link)) must be on a line of its own, so that it can be followed"],
        ),
        (
            "\u202eHello",
            "By ((deadline))",
            [
                "There is an invisible mark that turns the direction of writing. Type the words again without it"
            ],
        ),
    ],
)
def test_a_text_that_cannot_be_used_says_why(subject: str, body: str, told: list[str]) -> None:
    assert [why for _, why in problems(KIND, Text(subject, body))] == told
