"""What people read is spelt in one way (docs/decisions/0004)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OTHER_SPELLINGS = re.compile(r"\b(e-mail|on-line)", re.IGNORECASE)


@pytest.mark.one_database
@pytest.mark.parametrize("folder", ["templates", "sscb_training", "docs"])
def test_email_and_online_have_no_hyphen(folder: str) -> None:
    kinds = {".html", ".txt", ".py", ".yaml", ".md"}
    texts = [path for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    found = [
        path for path in texts if path.name != "0004-words.md" and OTHER_SPELLINGS.search(path.read_text())
    ]

    assert texts
    assert found == []
