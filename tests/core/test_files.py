import io
import zipfile

import pytest
from flask import Flask

from sscb_training.core.db import db
from sscb_training.core.files import MOST_BYTES, FileRefused, KeptFile, file_answer, keep
from sscb_training.core.transaction import transaction
from tests.factories import NOW

PDF = b"%PDF-1.7\nnothing much"


def office(*parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as folder:
        for part in parts:
            folder.writestr(part, "<x/>")
    return file.getvalue()


def test_keep_gives_the_same_file_back_as_a_download(app: Flask) -> None:
    with transaction():
        kept = keep("Letter of 3 May.PDF", PDF, by_id=None, now=NOW)
    db.session.expunge_all()

    answer = file_answer(db.session.get_one(KeptFile, kept.id))

    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Letter of 3 May.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert kept.label == "PDF, 1 KB"


@pytest.mark.parametrize(
    ("name", "content", "kept_as"),
    [
        ("page.html", PDF, "page.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", PDF, "a Set-Cookie x=1.pdf"),
        ("../../etc/passwd", PDF, "etc passwd.pdf"),
        ("", b"\xff\xd8\xff\xe0", "file.jpg"),
        ("\u202efdp.exe", b"\x89PNG\r\n\x1a\n", "fdp.png"),
        ("x" * 300, office("word/document.xml"), "x" * 120 + ".docx"),
    ],
)
def test_keep_names_a_file_by_its_content(app: Flask, name: str, content: bytes, kept_as: str) -> None:
    assert keep(name, content, by_id=None, now=NOW).name == kept_as


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "must be a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "must be a PDF"),
        (b"PK\x03\x04 broken", "must be a PDF"),
        (office("evil.exe"), "must be a PDF"),
        (office("word/document.xml", "word/vbaProject.bin"), "macros"),
        (b"%PDF-" + b"x" * MOST_BYTES, "smaller than 4 MB"),
    ],
)
def test_keep_refuses_what_it_cannot_vouch_for(app: Flask, content: bytes, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        keep("a.pdf", content, by_id=None, now=NOW)
