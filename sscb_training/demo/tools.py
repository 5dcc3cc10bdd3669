"""What GCP2 opens: its resources, the champions of four agencies, and the agencies' agreements.

It draws nothing by chance, so that the county around it stays as it is.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sscb_training.agencies.models import Agency
from sscb_training.core.pdf import pdf
from sscb_training.core.times import at_london, london_date
from sscb_training.demo import texts
from sscb_training.demo.county import County
from sscb_training.demo.learning import Learning
from sscb_training.tools import service as tools
from sscb_training.tools.agreements import queries as agreement_queries
from sscb_training.tools.agreements import service as agreements
from sscb_training.tools.champions import queries as champion_queries
from sscb_training.tools.champions import service as champions
from sscb_training.tools.resources import service as resources
from sscb_training.tools.resources.models import Resource

SHOWN = 4
"""In how many agencies champions are shown; the next one was asked and has not answered."""

LAPSES, LAPSES_IN = "SCHT", timedelta(days=55)
THREE_YEARS = timedelta(days=3 * 365)


def build(county: County, learning: Learning) -> None:
    """Put it on the agenda."""
    kept: dict[str, Resource] = {}
    for resource in texts.read("tools")["resources"]:
        for version in resource["versions"]:
            day = county.today - timedelta(days=version["days_ago"])
            act = partial(_put_there, county, learning, kept, resource, version)
            county.agenda.put(at_london(day, time(11)), act)
    lately = (
        (24, partial(_record_agreements, county, learning)),
        (17, partial(_name_champions, county, learning)),
        (16, partial(_read, county, learning, kept)),
    )
    for days, done in lately:
        county.agenda.put(at_london(county.today - timedelta(days=days), time(11)), done)


def _put_there(
    county: County,
    learning: Learning,
    kept: dict[str, Resource],
    told: Mapping[str, Any],
    version: Mapping[str, Any],
    now: datetime,
) -> None:
    title = told["title"]
    content: dict[str, Any] = {"name": version["name"], "valid_from": london_date(now)}
    if "link" in version:
        content["link"] = version["link"]
    else:
        leaflet = pdf(
            "tools/leaflet.typ",
            title=title,
            board="Shropshire Safeguarding Children Board",
            paragraphs=version["paragraphs"],
        )
        content["file"] = (f"{title}.pdf", leaflet)
    if title in kept:
        resources.replace_resource(kept[title], **content, by=county.board, now=now)
    else:
        kept[title] = resources.add_resource(
            learning.schemes["GCP2"],
            title=title,
            description=told["description"],
            **content,
            by=county.board,
            now=now,
        )


def _record_agreements(county: County, learning: Learning, now: datetime) -> None:
    """Every agency with people accredited has signed but one; of the others one lapses soon."""
    scheme, today = learning.schemes["GCP2"], london_date(now)
    tools.change_setting(scheme, is_licensed=True, agreement_needed_from=None, by=county.board, now=now)
    lines = agreement_queries.by_agency(scheme, on=today)
    for number, line in enumerate(lines[:-1]):
        agency = line.agency
        lapses = agency is county.agencies[LAPSES]
        until = county.today + (LAPSES_IN if lapses else timedelta(days=400 + 220 * (number % 3)))
        responsible = champion_queries.can_be_named(scheme, agency, on=today)
        agreements.record_agreement(
            scheme,
            agency,
            reference=f"SLA-{number + 1:02}",
            signed_by=f"The director of {agency.short_name or agency.name}",
            responsible=responsible[-1].person.name if responsible else "The safeguarding lead",
            responsible_email=(responsible[-1].person.email or "") if responsible else "",
            valid_from=until - THREE_YEARS,
            valid_to=until,
            file=("Service agreement.pdf", _signed(agency)) if number < 3 or lapses else None,
            by=county.board,
            now=now,
        )


def _signed(agency: Agency) -> bytes:
    return pdf(
        "tools/leaflet.typ",
        title="Service agreement",
        board="Shropshire Safeguarding Children Board",
        paragraphs=[
            f"Between the board and {agency.name}.",
            "Nobody signed this. It shows where an agreement is kept.",
        ],
    )


def _name_champions(county: County, learning: Learning, now: datetime) -> None:
    """Staff name one in each agency that has somebody; four agree, and one has not answered."""
    told, scheme, today = texts.read("tools"), learning.schemes["GCP2"], london_date(now)
    named = 0
    for short_name in told["champions"]:
        found = champion_queries.can_be_named(scheme, county.agencies[short_name], on=today)
        if not found or named > SHOWN:
            continue
        job = found[0]
        champion = champions.name_champion(
            scheme, job, valid_from=today, valid_to=None, by=county.board, now=now
        )
        if named < SHOWN:
            champions.agree(
                champion,
                job_title=job.job_title,
                email=job.person.email or "",
                phone=told["phones"][named],
                now=now + timedelta(hours=3),
            )
        named += 1


def _read(county: County, learning: Learning, kept: dict[str, Resource], now: datetime) -> None:
    """Some who are accredited have opened the first of the resources."""
    scheme, today = learning.schemes["GCP2"], london_date(now)
    present = kept["Before the first visit"].present(today)
    if present is None:
        return
    for agency in county.agencies.values():
        for job in champion_queries.can_be_named(scheme, agency, on=today)[:2]:
            resources.note_reader(present, job.person, now=now)
