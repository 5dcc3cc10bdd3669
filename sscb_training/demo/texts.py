"""What the demonstration is told: the files beside this one."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def read(name: str) -> dict[str, Any]:
    """The content of `name`.yaml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text("utf-8"))
    return content


def agencies() -> Sequence[dict[str, Any]]:
    """The agencies of the county, as the file has them."""
    entries: Sequence[dict[str, Any]] = read("county")["agencies"]
    return entries


def agency(short_name: str) -> dict[str, Any]:
    """The agency of this short name."""
    return next(entry for entry in agencies() if entry["short_name"] == short_name)


def source(place: str) -> str:
    """Where in the briefing an item stands, as it is cited."""
    return f"{read('briefing')['cites']}, {place}"


def years_before(day: date, years: int) -> date:
    """The first of this day's month, so many years before."""
    return date(day.year - years, day.month, 1)
