"""The board's yearly asking for headcounts: most agencies are asked, a few have answered, and the others wait."""

from datetime import date, datetime, timedelta
from functools import partial

from sscb_training.agencies import queries as agencies
from sscb_training.agencies import service
from sscb_training.agencies.models import Confidence
from sscb_training.agencies.service import Line
from sscb_training.core.times import at_london
from sscb_training.demo import texts
from sscb_training.demo.county import MORNING, County
from sscb_training.needs.headcounts import service as headcounts

NOT_ASKED = {"Police", "SSCB"}
ANSWERED = {"CSC": Confidence.COUNTED, "SaTH": Confidence.ESTIMATED, "Probation": Confidence.COUNTED}
CANNOT_TELL = {"Four Rivers"}
KEEP_PEOPLE_HERE = ("Coppice Gate", "SSCB")


def build(county: County) -> None:
    """Put on the agenda who is asked, who answers, and who keep their people here."""
    asked_on = county.today - timedelta(days=16)
    county.agenda.put(at_london(asked_on, MORNING), partial(_ask, county))
    for days, short_name in enumerate((*ANSWERED, *CANNOT_TELL), 4):
        on = asked_on + timedelta(days=days)
        county.agenda.put(at_london(on, MORNING), partial(_answer, county, short_name, on))
    county.agenda.put(at_london(asked_on, MORNING), partial(_keep_people_here, county))


def _ask(county: County, now: datetime) -> None:
    chosen = [
        agency
        for short_name, agency in county.agencies.items()
        if agency.is_current(now.date()) and short_name not in NOT_ASKED
    ]
    headcounts.ask(chosen, due_on=county.today + timedelta(days=12), by=county.board, now=now)


def _answer(county: County, short_name: str, on: date, now: datetime) -> None:
    """What the agency's email said, entered for it: none of the staff groups that it does not have."""
    agency = county.agencies[short_name]
    request = agencies.open_request(agency)
    if request is None:
        return
    entry = next(entry for entry in texts.agencies() if entry["short_name"] == short_name)
    lines = []
    for asked in request.groups:
        _, number = entry["staff"].get(asked.staff_group.name, (0, 0))
        counted = None if number is None else number * county.scale
        confidence = ANSWERED.get(short_name, Confidence.BEST_GUESS)
        lines.append(
            Line(
                asked.staff_group,
                counted,
                on - timedelta(days=2),
                "Email from its head of safeguarding",
                None if counted is None else confidence,
            )
        )
    service.record_return(agency, lines, by=county.board, now=now)


def _keep_people_here(county: County, now: datetime) -> None:
    for short_name in KEEP_PEOPLE_HERE:
        service.keep_people_here(county.agencies[short_name], by=county.board, now=now)
