"""Agencies and staff groups, and the headcounts that agencies declare or never send."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sscb_training.agencies import service as agencies
from sscb_training.agencies.models import Sector
from sscb_training.core.times import at_london
from sscb_training.demo import texts
from sscb_training.demo.county import MORNING, SET_UP, County


def build(county: County) -> None:
    """Found the agencies, and put on the agenda which follow, and what each declares."""
    now = at_london(SET_UP, MORNING)
    for name in texts.read("county")["staff_groups"]:
        county.staff_groups[name] = agencies.add_staff_group(name, by=None, now=now)
    _add_agencies(county, now)
    _put_headcounts(county)


def _add_agencies(county: County, now: datetime) -> None:
    for entry in texts.agencies():
        if entry["valid_from"] <= SET_UP:
            _add_agency(county, entry, now)
        else:
            announced = at_london(entry["valid_from"] - timedelta(days=20), MORNING)
            county.agenda.put(announced, partial(_add_agency, county, entry))


def _add_agency(county: County, entry: dict[str, Any], now: datetime) -> None:
    county.agencies[entry["short_name"]] = agencies.add_agency(
        name=entry["name"],
        short_name=entry["short_name"],
        sector=Sector(entry["sector"]),
        valid_from=entry["valid_from"],
        by=None,
        now=now,
    )


def _put_headcounts(county: County) -> None:
    """Each agency's returns: one a year up to the latest, each a little larger or smaller; some never send one."""
    for entry in texts.agencies():
        returns = entry.get("headcounts")
        if not returns:
            continue
        last = _latest_return(county.today, returns["month"], returns["years_ago"])
        for years in (2, 1, 0):
            as_at = texts.years_before(last, years)
            if as_at >= entry["valid_from"]:
                sent = at_london(as_at + timedelta(days=18), MORNING)
                if sent >= at_london(county.today):
                    sent = at_london(county.today - timedelta(days=1), MORNING)
                county.agenda.put(sent, partial(_declare, county, entry, as_at, years == 0))


def _latest_return(today: date, month: int, years_ago: int) -> date:
    this_year = date(today.year, month, 1)
    year = today.year if this_year < today else today.year - 1
    return date(year - years_ago, month, 1)


def _declare(county: County, entry: dict[str, Any], as_at: date, is_latest: bool, now: datetime) -> None:
    for staff_group, (_, number) in entry["staff"].items():
        if number is None:
            continue
        drift = 1.0 if is_latest else county.random.uniform(0.9, 1.05)
        agencies.record_headcount(
            county.agencies[entry["short_name"]],
            staff_group=county.staff_groups[staff_group],
            number=round(number * county.scale * drift),
            as_at=as_at,
            source=entry["headcounts"]["source"],
            by=county.board,
            now=now,
        )
