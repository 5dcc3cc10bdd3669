"""Trying an audience before it is saved."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sscb_training.core.db import db
from sscb_training.needs.coverage.queries import AgencyCoverage, CountyCoverage, coverage_on
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.service import change_audience


def try_audience(
    need: TrainingNeed, *, on: date, now: datetime, **chosen: Any
) -> tuple[Sequence[AgencyCoverage], CountyCoverage]:
    """How many agencies and people an audience would be: it is changed, counted and changed back.

    So it is counted by the very statement that counts it once it is saved.
    """
    with db.session.begin_nested() as attempt:
        change_audience(need, **chosen, by=None, now=now)
        figures = coverage_on(need, as_at=on, known_on=on)
        attempt.rollback()
    return figures
