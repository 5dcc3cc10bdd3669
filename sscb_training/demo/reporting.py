"""The board's report before its last meeting, and those that make themselves."""

from datetime import datetime, time, timedelta
from functools import partial

from sscb_training.core.times import at_london, london_date
from sscb_training.demo.county import County
from sscb_training.people.queries import person_by_email
from sscb_training.reports.board.queries import asked
from sscb_training.reports.frozen import service as frozen
from sscb_training.reports.rules import Preset
from sscb_training.reports.schedules import service as schedules
from sscb_training.reports.schedules.models import Every

MEETING = timedelta(days=62)
SINCE = timedelta(days=3)


def build(shire: County) -> None:
    """Put the meeting's copy and the schedules on the agenda."""
    shire.agenda.put(at_london(shire.today - MEETING, time(16)), partial(_freeze, shire))
    shire.agenda.put(at_london(shire.today - SINCE, time(17)), partial(_schedule, shire))


def _freeze(shire: County, now: datetime) -> None:
    today = london_date(now)
    of = asked(
        today - timedelta(days=364),
        today,
        agency=None,
        is_published=False,
        known_on=today,
        since=None,
        today=today,
    )
    frozen.freeze(
        frozen.gather(of, now=now),
        title=f"Board meeting, {today:%B %Y}",
        note="Two registers came late and are not in it.",
        by=shire.board,
    )


def _schedule(shire: County, now: datetime) -> None:
    schedules.schedule(
        title="Quarterly report for the sub-group",
        agency=None,
        is_published=False,
        period=Preset.LAST_12_MONTHS,
        every=Every.QUARTER,
        on_day=10,
        receivers=[shire.board.email or ""],
        by=shire.board,
        now=now,
    )
    lead = person_by_email("agencylead@demo.example")
    if lead is not None:
        grant = next(grant for grant in lead.role_grants if grant.agency is not None)
        schedules.schedule(
            title="Our own figures",
            agency=grant.agency,
            is_published=False,
            period=Preset.LAST_12_MONTHS,
            every=Every.MONTH,
            on_day=1,
            receivers=["agencylead@demo.example"],
            by=lead,
            now=now,
        )
