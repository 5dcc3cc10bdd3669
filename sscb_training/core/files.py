"""Uploaded files, kept in the database: one backup has them, and every worker sees them.

A file is told by its content and never by its name or by what the sender calls it. Whoever serves one has found first
that the viewer may see it; it is always a download, so that nothing in it ever runs as a page of the service.
"""

import hashlib
import io
import re
import zipfile
from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from sscb_training.core.db import Base, db
from sscb_training.core.errors import Refused

MOST_BYTES = 4 * 1024 * 1024
LONGEST_NAME = 120
PDF = "application/pdf"
PICTURES = {b"\x89PNG\r\n\x1a\n": ("image/png", "png"), b"\xff\xd8\xff": ("image/jpeg", "jpg")}
OFFICE = "application/vnd.openxmlformats-officedocument."
OFFICE_PARTS = {
    "word/document.xml": (f"{OFFICE}wordprocessingml.document", "docx"),
    "xl/workbook.xml": (f"{OFFICE}spreadsheetml.sheet", "xlsx"),
    "ppt/presentation.xml": (f"{OFFICE}presentationml.presentation", "pptx"),
}
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.pptx"
UNSAFE_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|\u200e\u200f\u2028-\u202e\u2066-\u2069]')


class FileRefused(Refused):
    """A file that is not kept."""


class KeptFile(Base):
    """A file as it was sent; it is never changed. `name` ends as its content says."""

    __tablename__ = "kept_file"

    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    kept_at: Mapped[datetime]
    kept_by_id: Mapped[int | None]

    @property
    def label(self) -> str:
        """What a link to it says after its name: "PDF, 120 KB"."""
        size = (
            f"{self.size / 1024 / 1024:.1f} MB" if self.size >= 1024 * 1024 else f"{-(-self.size // 1024)} KB"
        )
        return f"{self.name.rpartition('.')[2].upper()}, {size}"


def keep(name: str, content: bytes, *, by_id: int | None, now: datetime) -> KeptFile:
    """The file, kept: a PDF, a picture (PNG or JPEG) or a Word, Excel or PowerPoint file without macros, up to 4 MB."""
    if not content:
        raise FileRefused("The file is empty. Choose another file.")
    if len(content) > MOST_BYTES:
        raise FileRefused("The file must be smaller than 4 MB.")
    media_type, ending = _kind(content)
    file = KeptFile(
        name=_safe_name(name, ending),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        kept_at=now,
        kept_by_id=by_id,
    )
    db.session.add(file)
    return file


def _kind(content: bytes) -> tuple[str, str]:
    if content.startswith(b"%PDF-"):
        return PDF, "pdf"
    for begins, kind in PICTURES.items():
        if content.startswith(begins):
            return kind
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as folder:
                names = folder.namelist()
        except Exception:  # a folder can be broken in as many ways as there are ways to pack it
            names = []
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise FileRefused("The file has macros in it. Save it without them, or as a PDF.")
        for part, kind in OFFICE_PARTS.items():
            if part in names:
                return kind
    raise FileRefused("The file must be a PDF, a picture (PNG or JPEG), or a Word, Excel or PowerPoint file.")


def _safe_name(name: str, ending: str) -> str:
    """What somebody called it, as any computer can keep it, with the ending that is true."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", UNSAFE_IN_A_NAME.sub(" ", name)).strip(" .")
    return f"{' '.join(stem.split())[:LONGEST_NAME] or 'file'}.{ending}"


def file_answer(file: KeptFile) -> Response:
    """The file to keep. No browser and nothing between keeps a copy by itself."""
    response = Response(file.content, content_type=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["Cache-Control"] = "no-store"
    return response


def uploaded(field: Any) -> tuple[str, bytes] | None:
    """Name and content of what a form's file question was given; nothing when it was left empty."""
    return (field.data.filename or "", field.data.read()) if field.data else None
