"""Each block of our own is styled in one place: a name that two files give two looks breaks the pages of one of them."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
STYLES = ROOT / "assets/scss"
BLOCK = re.compile(r"^\.(app-[\w-]+) \{", re.MULTILINE)


def test_a_class_is_styled_in_one_file() -> None:
    files = [set(BLOCK.findall(path.read_text())) for path in sorted(STYLES.glob("*.scss"))]
    styled = Counter(name for names in files for name in names)

    assert len(styled) > 50
    assert [name for name, times in styled.items() if times > 1] == []


def test_a_class_that_pages_name_is_styled() -> None:
    written = "\n".join(path.read_text() for path in (ROOT / "assets").rglob("*.[sj][cs]*"))
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"(?<=[\s\"'])app-[a-z-]*[a-z](?=[\s\"'])", path.read_text())
    }

    assert "app-wrap" in named
    assert sorted(name for name in named if name not in written) == []
