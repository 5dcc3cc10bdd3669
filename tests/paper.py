"""What is in a PDF: its words, and its tags in the order in which they are read."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2


def words(made: bytes) -> str:
    """The text of every page."""
    with pypdfium2.PdfDocument(made) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def tags(made: bytes) -> list[str]:
    """The names of the tags in the order in which they are read."""
    with pikepdf.open(io.BytesIO(made)) as document:
        return list(_below(document.Root.StructTreeRoot))


def _below(element: Any) -> Iterator[str]:
    if not isinstance(element, pikepdf.Dictionary):
        return
    if "/S" in element:
        yield str(element.S).lstrip("/")
    children: Any = element.get("/K")
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        yield from _below(child)
