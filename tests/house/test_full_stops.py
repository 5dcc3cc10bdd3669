"""A whole sentence ends with a full stop, and the line beside a question has none (docs/decisions/0004)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask, get_template_attribute

ROOT = Path(__file__).parents[2] / "sscb_training"
Node = TypeVar("Node", bound=ast.AST)
BESIDE_A_QUESTION = {"required", "message"}


def code(kind: type[Node]) -> Iterator[Node]:
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, kind):
                yield node


def words(node: ast.AST) -> Iterator[str]:
    """What is written out here; of a sentence with gaps its end."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=[*_, last]):
            yield from words(last)
        case ast.IfExp():
            yield from [*words(node.body), *words(node.orelse)]


@pytest.mark.one_database
def test_why_something_was_refused_is_a_whole_sentence() -> None:
    refused = [
        text
        for node in code(ast.Call)
        if (name := ast.unparse(node.func).rpartition(".")[2]).endswith("Refused")
        if name not in {"Refused", "ListRefused"}  # a line beside a question, and lines about a list
        for argument in node.args[:1]
        for text in words(argument)
    ]

    assert len(refused) > 100
    assert [text for text in refused if text[-1:] not in ".?"] == []


@pytest.mark.one_database
def test_the_line_beside_a_question_has_no_full_stop() -> None:
    asked = [
        text for node in code(ast.keyword) if node.arg in BESIDE_A_QUESTION for text in words(node.value)
    ]

    assert len(asked) > 100
    assert [text for text in asked if text.endswith(".")] == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("said", "shown"), [("It is saved", "It is saved."), ("It is saved.", "It is saved."), ("Why?", "Why?")]
)
def test_what_has_just_happened_is_told_as_a_whole_sentence(app: Flask, said: str, shown: str) -> None:
    banner = get_template_attribute("components/flashes.html", "flash_message")("success", said)

    assert f">{shown}</p>" in banner
