"""What is in a PDF: its words, its tags in the order in which they are read, and what a screen reader says."""

import ctypes
import io
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium


def words(made: bytes) -> str:
    """The text of every page."""
    return "\n".join(each_page(made))


def each_page(made: bytes) -> list[str]:
    """The text of each page by itself."""
    with pypdfium2.PdfDocument(made) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def left_of_the_edge(made: bytes) -> float:
    """How much of a page is left, in mm, beside the text that comes nearest to its right edge."""
    with pypdfium2.PdfDocument(made) as document:
        left: float = min(
            (page.get_width() - text.get_bounds()[2]) / 72 * 25.4
            for page in document
            for text in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])
        )
        return left


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


def spoken(made: bytes) -> list[str]:
    """What a screen reader says, piece by piece: the text under each tag in their order, pictures by their description.

    Text that no tag holds is decoration, and not said.
    """
    said: list[str] = []
    with pypdfium2.PdfDocument(made) as document:
        for page in document:
            texts = _texts(page)
            tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
            for at in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                said += _said(pdfium.FPDF_StructTree_GetChildAtIndex(tree, at), texts)
            pdfium.FPDF_StructTree_Close(tree)
    return said


def _texts(page: Any) -> dict[int, str]:
    """The text of a page by the mark that its tag names it by."""
    text_page, found = page.get_textpage(), dict[int, str]()
    for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        mark = pdfium.FPDFPageObj_GetMarkedContentID(one.raw)
        found[mark] = found.get(mark, "") + _read(
            pdfium.FPDFTextObj_GetText, one.raw, text_page.raw, as_=pdfium.FPDF_WCHAR
        )
    return found


def _said(element: Any, texts: dict[int, str]) -> Iterator[str]:
    if described := _read(pdfium.FPDF_StructElement_GetAltText, element):
        yield described
        return
    said = ""
    for at in range(pdfium.FPDF_StructElement_CountChildren(element)):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, at)
        if child:
            yield from _said(child, texts)
        else:
            said += texts.get(pdfium.FPDF_StructElement_GetChildMarkedContentID(element, at), "")
    if said.strip():
        yield " ".join(said.split())


def _read(get: Callable[..., int], *of: Any, as_: Any = ctypes.c_ushort) -> str:
    length = get(*of, None, 0)
    buffer = (as_ * (length // 2 + 1))()
    get(*of, buffer, length)
    return bytes(buffer)[:length].decode("utf-16-le").rstrip("\0")
