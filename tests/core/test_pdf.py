"""Paper: tagged, in order, the same each time, and nothing that a person typed is more than text."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import typst

from sscb_training.core import pdf
from tests.paper import tags, words

pytestmark = pytest.mark.one_database
SHARED = (pdf.TEMPLATES / "layouts/paper.typ").read_text()
TRY = """#import "/layouts/paper.typ": data, paper
#show: paper.with(footer: data.title)
#title()
= Delegates
#table(columns: 2, table.header([Name], [Agency]), ..data.cells)
"""
Make = Callable[..., bytes]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """The PDF of a template with this source."""

    def made(source: str = TRY, **data: Any) -> bytes:
        root = tmp_path / "templates"
        (root / "layouts").mkdir(parents=True, exist_ok=True)
        (root / "layouts/paper.typ").write_text(SHARED)
        (root / "try.typ").write_text(source)
        (tmp_path / "secret.txt").write_text("secret")
        monkeypatch.setattr(pdf, "TEMPLATES", root)
        return pdf.pdf("try.typ", **{"title": "A sheet", "cells": ["Ann", "Hill School"], **data})

    return made


def test_a_pdf_is_tagged_and_says_its_language_and_title(make: Make) -> None:
    made = make()

    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "en-GB"
        assert document.docinfo.Title == "A sheet"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
    assert all("AtkinsonHyperlegibleNext" in font for font in fonts)
    order = [tag for tag in tags(made) if tag in {"Title", "H1", "Table", "TR", "TH", "TD"}]
    assert order[-8:] == ["H1", "Table", "TR", "TH", "TH", "TR", "TD", "TD"]
    assert make() == made


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        '#read("/layouts/paper.typ")',
        "$x$ *b* \\ @ref <l> [x]",
        '"); #let x = 1',
        "Ștefan Ŵyn Ніна",
    ],
)
def test_what_somebody_typed_is_text_and_nothing_else(make: Make, name: str) -> None:
    assert name in words(make(cells=[name, name]))


@pytest.mark.parametrize("name", ["\u0000", "\u202eb", "李 علي \U0001f600", "é" * 5000, ""])
def test_signs_that_no_font_has_make_a_pdf_all_the_same(make: Make, name: str) -> None:
    assert "Hill School" in words(make(cells=[name, "Hill School"]))


@pytest.mark.parametrize("path", ["../secret.txt", "/../secret.txt", "/etc/passwd"])
def test_a_template_reads_nothing_outside_its_folder(make: Make, path: str) -> None:
    with pytest.raises(typst.TypstError):
        make(f'#read("{path}")')


def test_no_template_asks_for_a_package() -> None:
    templates = list(pdf.TEMPLATES.rglob("*.typ"))

    assert templates
    assert [path for path in templates if '"@' in path.read_text()] == []
