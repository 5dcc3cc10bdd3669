"""What is taught and why: themes, levels, venues, courses and their versions, the scheme, the audits and the needs."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Sector
from sscb_training.case_audits import service as case_audits
from sscb_training.case_audits.links import service as links
from sscb_training.case_audits.models import Action, ActionKind, ActionStatus, CaseAudit, Finding, FindingKind
from sscb_training.core.db import db
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.described import service as courses
from sscb_training.courses.models import ApprovalStyle, Course, CourseVersion, Level, Theme, Venue
from sscb_training.courses.schemes import service as schemes
from sscb_training.courses.settings import service as settings
from sscb_training.courses.venues import service as venues
from sscb_training.demo import briefed, texts
from sscb_training.demo.county import MORNING, SET_UP, County
from sscb_training.needs import service as needs
from sscb_training.needs.models import Elsewhere
from sscb_training.quizzes.models import Quiz

LAUNCH = date(2016, 10, 10)
BRIEFED = date(2017, 1, 16)
ANNOUNCED = timedelta(days=60)
MATERIALS = {
    "GCP2-PRAC": [
        ("Trainer’s notes", "https://files.example.org/gcp2/trainers-notes", False),
        ("Practice case for day 1", "https://files.example.org/gcp2/practice-case", False),
        ("What to do first", "https://files.example.org/gcp2/what-to-do-first", True),
    ],
    "DA-RISK": [
        ("The risk checklist, with notes", "https://files.example.org/domestic-abuse/checklist", True)
    ],
}
"""What a course is taught with: its name, its address, and whether delegates see it."""


@dataclass
class Learning:
    """What was built, by the codes and names that the files use."""

    themes: dict[str, Theme] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)
    venues: list[Venue] = field(default_factory=list)
    courses: dict[str, Course] = field(default_factory=dict)
    versions: dict[tuple[str, int], CourseVersion] = field(default_factory=dict)
    schemes: dict[str, AccreditationScheme] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    quizzes: dict[str, Quiz] = field(default_factory=dict)

    def version_on(self, code: str, day: date) -> CourseVersion:
        """The version of a course that is taught on a day."""
        taught = [
            version
            for (course, _), version in self.versions.items()
            if course == code and version.valid_from <= day
        ]
        return taught[-1]


def build(county: County) -> Learning:
    """Set up what the board had before GCP2; put the launch, the briefing and the new courses on the agenda."""
    learning = Learning()
    now = at_london(SET_UP, MORNING)
    told = texts.read("county")
    for theme in told["themes"]:
        learning.themes[theme["slug"]] = settings.add_theme(
            theme["name"], theme["slug"], by=county.board, now=now
        )
    for scheme in told["level_schemes"]:
        level_scheme = settings.add_level_scheme(scheme["name"], by=county.board, now=now)
        for name in scheme["levels"]:
            learning.levels[f"{scheme['name']}/{name}"] = settings.add_level(
                level_scheme, name=name, by=county.board, now=now
            )
    for venue in told["venues"]:
        learning.venues.append(venues.add_venue(**venue, by=county.board, now=now))
    for entry in told["courses"]:
        began = entry["versions"][0]["valid_from"]
        added = SET_UP if began <= SET_UP else LAUNCH if began < BRIEFED else BRIEFED
        county.agenda.put(at_london(added, MORNING), partial(_add_course, county, learning, entry))
        published = max(began - ANNOUNCED, added)
        county.agenda.put(at_london(published, MORNING), partial(_publish, county, learning, entry["code"]))
    county.agenda.put(
        at_london(LAUNCH, MORNING) + timedelta(hours=1), partial(_add_schemes, county, learning)
    )
    county.agenda.put(
        at_london(BRIEFED, MORNING) + timedelta(hours=1), partial(_add_briefing, county, learning)
    )
    return learning


def _add_course(county: County, learning: Learning, entry: dict[str, Any], now: datetime) -> None:
    """The course and its first version; a version revised because of the audits is planned with the briefing."""
    code = entry["code"]
    course = courses.add_course(
        code=code,
        title=entry["title"],
        theme=learning.themes[entry["theme"]],
        summary=entry["summary"],
        for_whom=entry["for_whom"],
        levels=[learning.levels[name] for name in entry["levels"]],
        is_discreet=entry.get("discreet", False),
        by=county.board,
        now=now,
    )
    course.approval = ApprovalStyle(entry.get("approval", "declared"))
    learning.courses[code] = course
    _add_version(county, learning, code, entry["versions"][0], now)
    for version in entry["versions"][1:]:
        county.agenda.put(
            at_london(BRIEFED, MORNING),
            partial(_add_version, county, learning, code, version),
        )


def _add_version(
    county: County, learning: Learning, code: str, version: dict[str, Any], now: datetime
) -> None:
    made = courses.add_version(learning.courses[code], **version, by=county.board, now=now)
    learning.versions[code, made.number] = made
    if made.number == 1 and code in MATERIALS:
        db.session.flush()
        for name, address, for_delegates in MATERIALS[code]:
            courses.add_material(
                made, name=name, address=address, for_delegates=for_delegates, by=county.board, now=now
            )


def _publish(county: County, learning: Learning, code: str, now: datetime) -> None:
    courses.publish_course(learning.courses[code], by=county.board, now=now)


def _add_schemes(county: County, learning: Learning, now: datetime) -> None:
    for scheme in texts.read("county")["schemes"]:
        learning.schemes[scheme["code"]] = schemes.add_scheme(
            **{**scheme, "courses": [learning.courses[code] for code in scheme["courses"]]},
            holds_from=LAUNCH,
            by=county.board,
            now=now,
        )


def _add_briefing(county: County, learning: Learning, now: datetime) -> None:
    """Briefing 9, item by item; then the needs that the board read in it."""
    told = texts.read("briefing")
    who: dict[str, Any] = {"by": county.board, "now": now}
    audits: dict[str, CaseAudit] = {}
    for audit in told["audits"]:
        theme = learning.themes[audit["theme"]]
        audits[audit["code"]] = case_audits.record_audit(**{**_cited(audit), "theme": theme}, **who)
    for finding in told["findings"]:
        given = {name: value for name, value in _cited(finding).items() if name != "audit"}
        learning.findings[finding["code"]] = case_audits.add_finding(
            **given, kind=FindingKind.AREA_FOR_IMPROVEMENT, case_audit=audits[finding["audit"]], **who
        )
    for action in told["actions"]:
        _add_action(county, learning, audits[action["audit"]], action, who)
    for case_audit in audits.values():
        case_audits.publish_audit(case_audit, **who)
    briefed.compose(told, learning.themes, list(audits.values()), who)
    briefed.put_on_agenda(county)
    for need in told["needs"]:
        _add_need(county, learning, need, who)
    for decision in told["not_training"]:
        needs.mark_not_training(
            learning.findings[decision["finding"]],
            reason=decision["reason"],
            category=Elsewhere(decision["category"]),
            went_to=decision["went_to"],
            **who,
        )


def _cited(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "source": texts.source(item["source"])}


def _add_action(
    county: County, learning: Learning, audit: CaseAudit, action: dict[str, Any], who: dict[str, Any]
) -> None:
    answer = action.get("answered_by")
    note = f"{action.get('note', '')} Source: {texts.source(action['source'])}.".strip()
    learning.actions[action["code"]] = case_audits.add_action(
        audit,
        code=action["code"],
        text=action["text"],
        kind=ActionKind(action["kind"]),
        status=ActionStatus(action["status"]),
        owner=action.get("owner", ""),
        note=note,
        findings=[learning.findings[code] for code in action["findings"]],
        answered_by=learning.versions[tuple(answer)] if answer else None,
        **who,
    )
    if "link" in action:
        links.add_link(learning.actions[action["code"]], **action["link"], **who)
    if answer and "evidence" in action:
        done = partial(record_done, county, learning.actions[action["code"]], action["evidence"])
        county.agenda.put(at_london(learning.versions[tuple(answer)].valid_from, time(17)), done)


def record_done(county: County, action: Action, evidence: str, now: datetime) -> None:
    """Complete an action on the day that it is."""
    case_audits.change_action(
        action,
        text=action.text,
        kind=action.kind,
        status=ActionStatus.COMPLETED,
        owner=action.owner,
        due_on=action.due_on,
        completed_on=london_date(now),
        evidence=evidence,
        note=action.note,
        findings=action.findings,
        by=county.board,
        now=now,
    )


def _add_need(county: County, learning: Learning, need: dict[str, Any], who: dict[str, Any]) -> None:
    version = need.get("from_version")
    needs.add_need(
        code=need["code"],
        title=need["title"],
        description=need["description"],
        measure=need["measure"],
        basis=need["basis"],
        staff_groups=[county.staff_groups[name] for name in need["staff_groups"]],
        excluded_sectors=[Sector(sector) for sector in need["excluded_sectors"]],
        findings=[learning.findings[code] for code in need["findings"]],
        scheme=learning.schemes[need["scheme"]] if "scheme" in need else None,
        from_version=learning.versions[tuple(version)] if version else None,
        waits_for=learning.actions[need["waits_for"]] if "waits_for" in need else None,
        owner=need.get("owner", ""),
        supports=[learning.versions[tuple(support)] for support in need.get("supports", [])],
        target_percent=need["target_percent"],
        target_date=date(county.today.year + 1, 3, 31),
        **who,
    )
