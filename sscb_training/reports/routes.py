"""What the pages of reports share: the period that an address asks for, and the answer as a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, Response, request

from sscb_training.core import sheets
from sscb_training.core.pages import day_asked_for, days_out_of_order, unread_days
from sscb_training.reports import rules

bp = Blueprint("reports", __name__)

DAYS = {"from": "From", "to": "To"}
FILES = {"csv": sheets.csv_answer, "xlsx": sheets.excel_answer}


@dataclass(frozen=True)
class Period:
    """The days of a report; `unread` says what of the address makes none, by parameter."""

    begin: date
    end: date
    preset: rules.Preset | None
    unread: dict[str, str] = field(default_factory=dict)


def period_asked_for(today: date) -> Period:
    """?period=last-financial-year, or ?from= and ?to=, which come before it; the last 12 months unless asked."""
    named = request.args.get("period", "")
    preset = rules.Preset(named) if named in list(rules.Preset) else rules.Preset.LAST_12_MONTHS
    begin, end = rules.days_of(preset, today=today)
    begin, end = day_asked_for("from", begin), day_asked_for("to", end)
    unread = unread_days(DAYS) or days_out_of_order(DAYS, begin, end)
    return Period(begin, end, rules.preset_of(begin, end, today=today), unread)


def file_asked_for(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[sheets.Cell]]
) -> Response | None:
    """The table as the file that ?format= asks for; None when it asks for the page."""
    answer = FILES.get(request.args.get("format", ""))
    return answer(name, columns, rows) if answer else None
