"""Briefing 9, composed, decided by two people and published; teams that talked about it; and one more, submitted."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sscb_training.case_audits import queries as case_audits
from sscb_training.case_audits.briefings import queries, service
from sscb_training.case_audits.discussions import queries as discussed
from sscb_training.case_audits.discussions import service as discussions
from sscb_training.case_audits.models import CaseAudit
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.models import Theme
from sscb_training.demo import texts
from sscb_training.demo.county import MORNING, County

PUBLISHED = date(2017, 1, 18)


def compose(
    told: dict[str, Any], themes: Mapping[str, Theme], audits: list[CaseAudit], who: dict[str, Any]
) -> None:
    """The draft, item by item, and its submission."""
    briefing = service.record_briefing(
        **{**told["briefing"], "source": texts.source(told["briefing"]["source"])}, audits=audits, **who
    )
    for strength in told["strengths"]:
        given = {**strength, "source": texts.source(strength["source"])}
        service.add_strength(briefing, **given | {"theme": themes.get(strength.get("theme"))}, **who)
    for question in told["questions"]:
        service.add_question(
            briefing, code=question["code"], text=question["text"], theme=themes[question["theme"]], **who
        )
    for item in told["news"]:
        service.add_news_item(briefing, code=item["code"], title=item["title"], text=item["text"], **who)
    for link in told["links"]:
        service.add_link(briefing, **link, **who)
    for part in queries.themes_of(briefing):
        words = told["introductions"][part.theme.slug]
        service.introduce_theme(part, briefing, introduction=words, **who)
    for item in queries.items_of(briefing):
        if note := told["for_readers"].get(item.thing.code):
            service.restate(item, restated="", note=note, **who)
    service.submit(briefing, **who)


def put_on_agenda(county: County) -> None:
    """Publish it two days later; let teams talk about it then and lately."""
    county.agenda.put(at_london(PUBLISHED, MORNING), partial(_publish, county))
    county.agenda.put(at_london(county.today - timedelta(days=10), MORNING), partial(_submit_another, county))
    for talk in texts.read("briefing")["discussions"]:
        days = talk["days"]
        day = PUBLISHED + timedelta(days=days) if days > 0 else county.today + timedelta(days=days)
        county.agenda.put(at_london(day, MORNING), partial(_discuss, county, talk))


def _publish(county: County, now: datetime) -> None:
    """The training officer composed it; the business manager decides."""
    briefing = queries.briefings()[0]
    service.approve(
        briefing,
        reason="It says what the audits found, and names nobody.",
        by=county.person("admin"),
        now=now,
    )
    service.publish(briefing, by=county.board, now=now)


def _submit_another(county: County, now: datetime) -> None:
    """A briefing on neglect, of the audits since; it waits for somebody else to approve it."""
    who: dict[str, Any] = {"by": county.board, "now": now}
    told = texts.read("briefing")["another"]
    audits = [audit for audit in case_audits.audits() if audit.code in told["audits"]]
    briefing = service.record_briefing(
        code=told["code"], title=told["title"], number=told["number"], published_month=london_date(now),
        summary=told["summary"], audits=audits, **who,
    )  # fmt: skip
    for text in told["questions"]:
        service.add_question(briefing, text=text, **who)
    for item in queries.items_of(briefing):
        if words := told["restated"].get(item.thing.code):
            service.restate(item, restated=words, note="", **who)
    service.submit(briefing, **who)


def _discuss(county: County, talk: dict[str, Any], now: datetime) -> None:
    edition, person = queries.edition("LIB-9"), county.person(talk["by"])
    today = london_date(now)
    discussions.record_discussion(
        edition.briefing,
        agency=discussed.agencies_to_speak_for(person, on=today)[0],
        team=talk["team"],
        held_on=today,
        number_of_people=talk["people"],
        questions=[one for one in discussed.questions_of(edition) if one.code in talk["questions"]],
        will_do=talk["will_do"],
        by=person,
        now=now,
    )
