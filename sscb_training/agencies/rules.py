"""What may be said of agencies and their headcounts."""

from collections.abc import Mapping
from datetime import date

OLD_AFTER_DAYS = 400


def is_old(as_at: date, *, on: date) -> bool:
    """Whether a yearly return is overdue: older than 400 days."""
    return (on - as_at).days > OLD_AFTER_DAYS


def age(as_at: date, *, on: date) -> str:
    """How old a return is, in whole years or months: "3 years old"; under a month it is "new"."""
    months = (on.year - as_at.year) * 12 + on.month - as_at.month - (on.day < as_at.day)
    if months < 1:
        return "new"
    number, unit = (months // 12, "year") if months >= 12 else (months, "month")
    return f"{number} {unit}{'' if number == 1 else 's'} old"


def leads_back(agency_id: int, successor_id: int, *, successors: Mapping[int, int]) -> bool:
    """Whether following the successors from `successor_id` comes round to the agency again."""
    seen: set[int] = set()
    at: int | None = successor_id
    while at is not None and at not in seen:
        if at == agency_id:
            return True
        seen.add(at)
        at = successors.get(at)
    return False
