"""What the board looked at after the briefing: neglect again and again, a Section 11 return, and a draft.

It draws nothing by chance, so that the county around it stays as it is.
"""

from calendar import monthrange
from datetime import date, datetime, time
from functools import partial
from typing import Any

from sqlalchemy import select

from sscb_training.case_audits import service as case_audits
from sscb_training.case_audits.indicators import service as indicators
from sscb_training.case_audits.links import service as links
from sscb_training.case_audits.models import (
    ActionKind,
    ActionStatus,
    AuditKind,
    CaseAudit,
    FindingKind,
    Indicator,
)
from sscb_training.core.db import rows
from sscb_training.core.times import at_london
from sscb_training.demo import texts
from sscb_training.demo.county import County
from sscb_training.demo.learning import Learning, record_done
from sscb_training.needs import service as needs
from sscb_training.needs.models import TrainingNeed

WRITTEN_UP = 20
"""The day of the month on which an audit is written up."""


def build(county: County, learning: Learning) -> None:
    """Put it on the agenda, each audit in its month."""
    told = texts.read("audits")
    for place, audit in enumerate(told["audits"]):
        day = months_from(county.today, -audit["months_ago"]).replace(day=WRITTEN_UP)
        act = partial(_record, county, learning, audit, told["indicators"] if place == 0 else [])
        county.agenda.put(at_london(min(day, county.today), time(6)), act)
    for code, months in told["dead"].items():
        day = months_from(county.today, -months)
        county.agenda.put(at_london(day, time(16)), partial(_mark_links, county, learning, code, day))


def months_from(day: date, months: int) -> date:
    """The same day so many months on, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _record(
    county: County, learning: Learning, told: dict[str, Any], asked: list[dict[str, Any]], now: datetime
) -> None:
    who: dict[str, Any] = {"by": county.board, "now": now}
    for one in asked:
        indicators.add_indicator(**{**one, "theme": learning.themes[one["theme"]]}, **who)
    period = told.get("period_months")
    audit = case_audits.record_audit(
        code=told["code"],
        kind=AuditKind(told.get("kind", "case_audit")),
        title=told["title"],
        theme=learning.themes[told["theme"]],
        month=months_from(county.today, -told["months_ago"]),
        period_begin=months_from(county.today, -period[0]).replace(day=1) if period else None,
        period_end=months_from(county.today, -period[1]).replace(day=28) if period else None,
        focus=told["focus"],
        method=told["method"],
        sample_size=told.get("sample_size"),
        agencies=[county.agencies[name] for name in told["agencies"]],
        re_audit_of=_by_code(CaseAudit, told["re_audit_of"]) if "re_audit_of" in told else None,
        **who,
    )
    for result in told["results"]:
        figures = {name: figure for name, figure in result.items() if name != "indicator"}
        indicators.record_result(audit, _by_code(Indicator, result["indicator"]), **figures, **who)
    for finding in told["findings"]:
        learning.findings[finding["code"]] = case_audits.add_finding(
            code=finding["code"],
            kind=FindingKind(finding["kind"]),
            text=finding["text"],
            note=finding.get("note", ""),
            agencies=[county.agencies[name] for name in finding.get("agencies", [])],
            case_audit=audit,
            **who,
        )
    for action in told["actions"]:
        _add_action(county, learning, audit, action, who)
    if "draft" in told:
        return
    case_audits.publish_audit(audit, **who)
    for finding in told["findings"]:
        if "need" in finding:
            need = _by_code(TrainingNeed, finding["need"])
            needs.link_finding(need, learning.findings[finding["code"]], **who)


def _add_action(
    county: County, learning: Learning, audit: CaseAudit, told: dict[str, Any], who: dict[str, Any]
) -> None:
    def day(name: str) -> date | None:
        return months_from(county.today, told[name]) if name in told else None

    done_on = day("completed_in_months")
    action = case_audits.add_action(
        audit,
        code=told["code"],
        text=told["text"],
        kind=ActionKind(told["kind"]),
        status=ActionStatus.PLANNED if done_on else ActionStatus(told["status"]),
        owner=told.get("owner", ""),
        due_on=day("due_in_months"),
        evidence="" if done_on else told.get("evidence", ""),
        findings=[learning.findings[code] for code in told["findings"]],
        **who,
    )
    if done_on:
        finish = partial(record_done, county, action, told["evidence"])
        county.agenda.put(at_london(done_on, time(17)), finish)


def _mark_links(county: County, learning: Learning, code: str, day: date, now: datetime) -> None:
    for link in learning.actions[code].links:
        links.mark_link(link, dead_on=day, by=county.board, now=now)


def _by_code(model: Any, code: str) -> Any:
    return rows(select(model).where(model.code == code))[0]
