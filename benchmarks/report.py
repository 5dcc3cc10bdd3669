"""The table in words, for the terminal and for docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.pages import Line
from config import ROOT

PAGE = ROOT / "docs" / "performance.md"
COLUMNS = (
    "| Page | CPU ms | middle half | queries | bare: CPU ms | queries | ratio | aim |",
    "|---|---:|---:|---:|---:|---:|---:|---|",
)


def table(lines: Sequence[Line]) -> str:
    return "\n".join([*COLUMNS, *(row(line) for line in lines)])


def row(line: Line) -> str:
    """One line: the median, the middle half of the batches, the same of the bare page, and whether the aim is met."""
    ours, bare = line.found.ours, line.found.bare
    low, high = ours.spread
    cells = (
        line.name,
        f"{ours.median:.1f}",
        f"{low:.1f}–{high:.1f}",
        str(ours.queries),
        f"{bare.median:.1f}",
        str(bare.queries),
        f"{line.found.ratio:.1f}",
        _aim(line),
    )
    return f"| {' | '.join(cells)} |"


def _aim(line: Line) -> str:
    if line.aim is None:
        return ""
    kept = line.found.ours.median <= line.aim
    wanted = f"≤ {line.aim:g} ms"
    if line.aim_queries is not None:
        kept = kept and line.found.ours.queries <= line.aim_queries
        wanted += f", ≤ {line.aim_queries} queries"
    return f"{wanted}: {'met' if kept else '**missed**'}"


def circumstances(database: str, load_before: float) -> str:
    """Where and when it was measured, and how busy the machine was: above 1 a processor, others were using it too."""
    return (
        f"{datetime.now(UTC):%-d %B %Y}; {database}; Python {platform.python_version()}, Flask {version('flask')}, "
        f"SQLAlchemy {version('sqlalchemy')}; {os.cpu_count()} processors, load {load_before:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after."
    )


def write(name: str, text: str, page: Path = PAGE) -> None:
    """Put the text between the page's markers of this name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = page.read_text().partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise RuntimeError(f"{page.name} has no place for {name}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}")
