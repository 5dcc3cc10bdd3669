"""What the board decided about its needs: one kept open until this month, one closed that a re-audit re-opened."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from sscb_training.core.db import db
from sscb_training.core.times import at_london, london_date
from sscb_training.demo.county import MORNING, County
from sscb_training.demo.learning import Learning
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.reviews import service
from sscb_training.needs.reviews.rules import STATEMENT
from sscb_training.needs.triage.service import found_again

MINUTES_TAKE = timedelta(days=9)
"""How long after a meeting its decisions are recorded."""


def build(county: County, learning: Learning) -> None:
    """Put the board's decisions on the agenda, the last after the third re-audit of neglect."""
    for days, act in [(430, _close), (200, _keep_open), (150, _find_again)]:
        county.agenda.put(
            at_london(county.today - timedelta(days=days), MORNING), partial(act, county, learning)
        )


def _close(county: County, _learning: Learning, now: datetime) -> None:
    service.close_need(
        _need("N1"),
        evidence=(
            "Two re-audits in a row found the profile in more files, and managers said after 3 months that their staff "
            "raise neglect with parents sooner."
        ),
        statement=STATEMENT, review_on=None, **_by(county, now, 5.1),
    )  # fmt: skip


def _keep_open(county: County, _learning: Learning, now: datetime) -> None:
    service.keep_open(
        _need("N6"), reason="Referrals grew, and two agencies have many new staff who were not trained.",
        review_on=london_date(now) + timedelta(days=190), **_by(county, now, 6.3),
    )  # fmt: skip


def _find_again(county: County, learning: Learning, now: datetime) -> None:
    found_again(learning.findings["NEG4-1"], learning.findings["NEG-3"], by=county.board, now=now)


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
