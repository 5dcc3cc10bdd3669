"""Each block of our own is styled in one place: a name that two files give two looks breaks the pages of one of them."""

import re
from collections import Counter
from pathlib import Path

STYLES = Path(__file__).parents[2] / "assets/scss"
BLOCK = re.compile(r"^\.(app-[\w-]+) \{", re.MULTILINE)


def test_a_class_is_styled_in_one_file() -> None:
    files = [set(BLOCK.findall(path.read_text())) for path in sorted(STYLES.glob("*.scss"))]
    styled = Counter(name for names in files for name in names)

    assert len(styled) > 50
    assert [name for name, times in styled.items() if times > 1] == []
