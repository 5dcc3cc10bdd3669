"""How two editions differ, for readers: nothing that they would see is missed."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from sscb_training.case_audits.briefings.rules import Difference, differences

pytestmark = pytest.mark.one_database
LINK = {"label": "Procedures", "url": "https://a.example", "state": ""}


def finding(code: str, **given: Any) -> dict[str, Any]:
    usual = {
        "text": f"Text of {code}",
        "theme": "Neglect",
        "named": "Police",
        "note": "Now mended",
        "beside": ["POS-1"],
    }
    return {"code": code, **usual, "has_action": True, **given}


def action(code: str) -> dict[str, Any]:
    return {
        "code": code, "text": f"Text of {code}", "owner": "The board", "due": "1 May 2027", "status": "Planned",
        "findings": ["NEG-1"], "note": "Begun", "links": [LINK], "course": {"code": "C1", "title": "Neglect in a day"},
    }  # fmt: skip


def edition() -> dict[str, Any]:
    return deepcopy(BRIEFING)


BRIEFING: dict[str, Any] = {
    "code": "LIB-1", "number": 9, "title": "Briefing 9", "month": "January 2017", "summary": "In short",
    "audits": [{"code": "AUD-1", "title": "Neglect", "month": "May 2016", "focus": "Cases", "cases": 10}],
    "themes": [
        {
            "theme_id": 1, "name": "Neglect", "introduction": "First",
            "findings": [finding("NEG-1"), finding("NEG-2")], "actions": [action("ACT-1")],
        },
        {
            "theme_id": 2, "name": "Core groups", "introduction": "",
            "findings": [finding("CG-1")], "actions": [],
        },
    ],
    "strengths": [finding("POS-1")],
    "questions": [{"code": "Q-1", "text": "How?", "theme": ""}, {"code": "Q-2", "text": "Why?", "theme": ""}],
    "news": [{"code": "NEW-1", "text": "Revised.", **LINK}],
    "links": [LINK, {"label": "Procedures", "url": "https://b.example", "state": "dead"}],
}  # fmt: skip


def found(before: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [
        (part, one.name, list(one.how)) for part, differing in differences(before, now) for one in differing
    ]


def only(before: dict[str, Any], now: dict[str, Any]) -> Difference:
    ((_, (difference,)),) = differences(before, now)
    return difference


def test_an_edition_differs_in_nothing_from_itself() -> None:
    assert differences(edition(), edition()) == []
    spaced = edition() | {"summary": "In \n short "}
    assert differences(edition(), spaced) == []


def places(told: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """The way to each word and each list that an edition holds."""
    if isinstance(told, list) and told:
        yield path
    inside = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for name, value in inside:
        yield from places(value, *path, name)
    if not isinstance(told, dict | list):
        yield path


SEEN_BY_NOBODY = {"code", "theme_id", "theme"}
"""Codes say which thing it is; the theme of a finding is read from where it stands, and of a question it is not told."""


@pytest.mark.parametrize(
    "path", [path for path in places(BRIEFING) if path[-1] not in SEEN_BY_NOBODY], ids=lambda path: "/".join(map(str, path))
)  # fmt: skip
def test_whatever_readers_see_otherwise_is_a_difference(path: tuple[Any, ...]) -> None:
    now = edition()
    inside: Any = now
    for step in path[:-1]:
        inside = inside[step]
    was = inside[path[-1]]
    changes = {str: f"{was} indeed", int: 7, bool: False, type(None): 1}
    inside[path[-1]] = "lost" if path[-1] == "state" else changes.get(type(was), [])

    assert differences(edition(), now)
    assert differences(now, edition())


def test_what_was_added_removed_and_reworded_is_said_of_each() -> None:
    now = edition()
    neglect = now["themes"][0]["findings"]
    neglect[0]["text"] = "Text said of NEG-1"
    neglect[1] = finding("NEG-3")
    now["summary"] = ""

    assert found(edition(), now) == [
        ("At the head", "Summary", ["Removed"]),
        ("What the audits found", "NEG-1", ["Reworded"]),
        ("What the audits found", "NEG-3", ["Added"]),
        ("What the audits found", "NEG-2", ["Removed"]),
    ]
    now = edition()
    now["themes"][0]["findings"][0]["text"] = "Text said of NEG-1"
    (change,) = only(edition(), now).changes
    assert change.before == [("Text", True), ("of NEG-1", True)]
    assert change.now == [("Text", True), ("said", False), ("of NEG-1", True)]


def test_what_moves_to_another_theme_says_from_where_to_where() -> None:
    now = edition()
    now["themes"][1]["findings"].append(now["themes"][0]["findings"].pop(0))

    difference = only(edition(), now)

    assert (difference.name, difference.how) == ("NEG-1", ["Moved to another theme"])
    (change,) = difference.changes
    assert (change.before, change.now) == ([("Neglect", False)], [("Core groups", False)])


def test_a_theme_that_is_called_otherwise_is_one_difference() -> None:
    now = edition()
    now["themes"][0]["name"] = "Neglect of children"

    assert found(edition(), now) == [("Themes", "Neglect of children", ["Changed"])]


def test_another_order_is_told_where_nothing_else_differs() -> None:
    now = edition()
    now["themes"].reverse()
    now["themes"][1]["findings"].reverse()
    now["questions"].reverse()

    assert found(edition(), now) == [
        ("Themes", "", ["In another order"]),
        ("What the audits found", "Neglect", ["In another order"]),
        ("Questions for teams", "", ["In another order"]),
    ]
    assert only(edition(), edition() | {"questions": now["questions"]}).changes[0].now == [
        ("Q-2, Q-1", False)
    ]


def test_an_edition_of_before_themes_had_keys_is_compared_by_name() -> None:
    before = edition()
    for part in before["themes"]:
        del part["theme_id"]

    assert differences(before, edition()) == []
