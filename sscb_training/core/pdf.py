"""Paper: PDFs from a template and what it is to show, tagged so that a screen reader can follow them.

A template is Typst under templates/ and begins with `#import "/layouts/paper.typ": data, paper`. What it shows is
handed over as data and never as source, so that no name can be a command. A template reads no file outside
templates/ and fetches nothing (a test forbids it to import a package). The same data give the same bytes.

A PDF is *tagged* and keeps the rules of PDF/UA-1 that a program can test: title, language, headings in their order, a
description of each picture. That it reads well is for somebody with a screen reader to say.
"""

import json
from functools import cache
from typing import Any

import segno
import typst
from flask import Response

from config import ROOT

TEMPLATES = ROOT / "templates"
FONTS = ROOT / "static/paper"


def pdf(template: str, **data: Any) -> bytes:
    """The PDF that a template ("attendance/sign_in_sheet.typ") makes of data that JSON can say.

    `title` is always among them: it is the document's title and its first heading.
    """
    compiler = typst.Compiler(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data)},
    )
    try:
        made = compiler.compile(format="pdf", timestamp=0, pdf_standards="ua-1")
    except typst.TypstError:  # a sign that no font of ours has: better a box in its place than no paper
        made = compiler.compile(format="pdf", timestamp=0)
    assert isinstance(made, bytes)  # noqa: S101 - a list is what several pictures are
    return made


def pdf_answer(name: str, template: str, **data: Any) -> Response:
    """A PDF to look at and print, `name`.pdf."""
    return shown(name, pdf(template, **data))


def shown(name: str, made: bytes) -> Response:
    """A PDF that is made already, to look at and print, `name`.pdf."""
    response = Response(made, content_type="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{name}.pdf")
    return response


def qr_code(address: str) -> str:
    """The QR code that leads there, as a drawing for a template: `image(bytes(data.qr), format: "svg", …)`."""
    return str(
        segno.make(address, error="m", micro=False).svg_inline(border=0, lineclass=None, svgclass=None)
    )


@cache
def _fonts() -> typst.Fonts:
    """The service's own, and those of Typst for signs that it lacks; none of the machine's, which differ."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
