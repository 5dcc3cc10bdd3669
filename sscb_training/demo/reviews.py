"""What the board decided about its needs: one kept open until this month, one closed and re-opened."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from sscb_training.core.db import db
from sscb_training.core.times import at_london, london_date
from sscb_training.demo.county import MORNING, County
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.reviews import service
from sscb_training.needs.reviews.rules import STATEMENT

MINUTES_TAKE = timedelta(days=9)
"""How long after a meeting its decisions are recorded."""


def build(county: County) -> None:
    """Put the board's decisions on the agenda."""
    for days, act in [(430, _close), (200, _keep_open), (80, _re_open)]:
        county.agenda.put(at_london(county.today - timedelta(days=days), MORNING), partial(act, county))


def _close(county: County, now: datetime) -> None:
    service.close_need(
        _need("N6"),
        evidence=(
            "The recovery service counted more referrals from family workers than in any year before, and a sample of "
            "ten files named it in eight."
        ),
        statement=STATEMENT, review_on=None, **_by(county, now, 5.1),
    )  # fmt: skip


def _keep_open(county: County, now: datetime) -> None:
    service.keep_open(
        _need("N2"), reason="Core groups are better attended, but minutes still go out late in two agencies.",
        review_on=london_date(now) + timedelta(days=190), **_by(county, now, 6.3),
    )  # fmt: skip


def _re_open(county: County, now: datetime) -> None:
    service.re_open(
        _need("N6"), reason="Referrals fell back in the last half-year, and two agencies have many new staff.",
        **_by(county, now, 4.2),
    )  # fmt: skip


def _by(county: County, now: datetime, item: float) -> dict[str, Any]:
    met: date = london_date(now - MINUTES_TAKE)
    return {
        "decided_on": met,
        "minute_reference": f"Board, {met.year}, minute {item}",
        "by": county.board,
        "now": now,
    }


def _need(code: str) -> TrainingNeed:
    return db.session.scalars(select(TrainingNeed).where(TrainingNeed.code == code)).one()
