"""What a briefing is composed of, what its next edition would say, and which briefings readers find."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from sscb_training.case_audits.briefings import rules
from sscb_training.case_audits.briefings.models import (
    BriefingEdition,
    BriefingItem,
    BriefingLink,
    BriefingTheme,
    DiscussionQuestion,
    NewsItem,
)
from sscb_training.case_audits.models import (
    Action,
    AuditLink,
    Briefing,
    BriefingStatus,
    CaseAudit,
    Finding,
    FindingKind,
)
from sscb_training.case_audits.rules import codes_in
from sscb_training.core.db import Base, Row, db, number, row_or_404, row_or_none, rows
from sscb_training.core.history import HistoryEntry
from sscb_training.core.roles import Role
from sscb_training.core.times import month, plain_date
from sscb_training.courses.models import CourseVersion, Theme
from sscb_training.people.models import Person, RoleGrant
from sscb_training.people.queries import board_staff

Content = dict[str, Any]
"""All that an edition says, in words and lists that JSON can hold."""

SEARCHED = ("name", "title", "label", "introduction", "focus", "text", "owner")
"""What of an edition's lists is searched."""

COMPOSED = (BriefingItem, BriefingTheme, BriefingLink, DiscussionQuestion, NewsItem)
"""The tables of which a briefing is composed."""

HEAD = (
    "title", "number", "published_month", "summary",
    "submitted_at", "submitted_by_id", "approved_at", "approved_by_id", "approval_reason", "approved_alone",
)  # fmt: skip
"""What a correction changes of the briefing itself."""

SUBMITTED, SENT_BACK, BEGUN = "submitted", "sent back", "correction begun"
DROPPED = "correction dropped"
"""What the history calls steps of a briefing."""

public = Briefing.published_at.is_not(None) & Briefing.withdrawn_at.is_(None)
"""The condition that readers find a briefing."""

_number = aliased(BriefingEdition)
latest = BriefingEdition.number == (
    select(func.max(_number.number))
    .where(_number.briefing_id == BriefingEdition.briefing_id)
    .scalar_subquery()
)
"""The condition that an edition is the last that came out of its briefing."""


@dataclass
class ThemePart:
    """The findings and the actions of one theme of a briefing."""

    theme: BriefingTheme
    findings: list[BriefingItem] = field(default_factory=list)
    actions: list[BriefingItem] = field(default_factory=list)


@dataclass
class Composition:
    """Everything that a briefing may tell, in its order; what is left out too."""

    themes: list[ThemePart]
    strengths: list[BriefingItem]
    questions: list[BriefingItem]
    news: list[BriefingItem]
    links: Sequence[BriefingLink]

    @property
    def groups(self) -> list[tuple[str, list[BriefingItem]]]:
        """The lists in which items stand in turn, each with its name."""
        found = [(f"Findings: {part.theme.theme.name}", part.findings) for part in self.themes]
        decided = [(f"Actions: {part.theme.theme.name}", part.actions) for part in self.themes]
        rest = [
            ("Strengths", self.strengths),
            ("Questions for teams", self.questions),
            ("What’s new", self.news),
        ]
        return [(name, items) for name, items in [*found, rest[0], *decided, *rest[1:]] if items]

    def beside(self, item: BriefingItem) -> list[BriefingItem]:
        """The items among which this one stands in turn."""
        return next(items for _, items in self.groups if item in items)


def briefings() -> Sequence[Briefing]:
    """Every briefing, latest month first."""
    return rows(select(Briefing).order_by(Briefing.published_month.desc(), Briefing.id.desc()))


def briefing_in_full(briefing_id: int) -> Briefing:
    """A briefing with its audits and who decided about it; 404 when there is none."""
    return row_or_404(
        select(Briefing)
        .where(Briefing.id == briefing_id)
        .options(
            selectinload(Briefing.audits).joinedload(CaseAudit.theme),
            joinedload(Briefing.submitted_by),
            joinedload(Briefing.approved_by),
        )
    )


def items_of(briefing: Briefing) -> Sequence[BriefingItem]:
    """All that a briefing may tell, in its order, with what is said of each."""
    finding, action = joinedload(BriefingItem.finding), joinedload(BriefingItem.action)
    return rows(
        select(BriefingItem)
        .where(BriefingItem.briefing_id == briefing.id)
        .options(
            finding.joinedload(Finding.theme),
            finding.joinedload(Finding.case_audit),
            finding.selectinload(Finding.actions),
            action.joinedload(Action.case_audit),
            action.selectinload(Action.findings),
            action.selectinload(Action.links),
            action.joinedload(Action.answered_by).joinedload(CourseVersion.course),
            joinedload(BriefingItem.question).joinedload(DiscussionQuestion.theme),
            joinedload(BriefingItem.news_item),
        )
        .order_by(BriefingItem.position, BriefingItem.id)
    )


def themes_of(briefing: Briefing) -> Sequence[BriefingTheme]:
    """The themes of a briefing, in its order."""
    return rows(
        select(BriefingTheme)
        .where(BriefingTheme.briefing_id == briefing.id)
        .options(joinedload(BriefingTheme.theme))
        .order_by(BriefingTheme.position, BriefingTheme.id)
    )


def composition(briefing: Briefing) -> Composition:
    """What the briefing is composed of, by theme and kind."""
    parts = {theme.theme_id: ThemePart(theme) for theme in themes_of(briefing)}
    links = rows(
        select(BriefingLink).where(BriefingLink.briefing_id == briefing.id).order_by(BriefingLink.id)
    )
    composed = Composition([], [], [], [], links)
    for item in items_of(briefing):
        if item.finding and item.finding.kind is FindingKind.STRENGTH:
            composed.strengths.append(item)
        elif item.finding:
            _part_of(parts, theme_of(item.finding)).findings.append(item)
        elif item.action:
            _part_of(parts, item.action.case_audit.theme_id).actions.append(item)
        else:
            (composed.questions if item.question else composed.news).append(item)
    composed.themes = [part for part in parts.values() if part.findings or part.actions]
    return composed


def _part_of(parts: dict[int, ThemePart], theme_id: int) -> ThemePart:
    """The part of a theme; of one that an audit was given since it was composed a new part, the last."""
    if theme_id not in parts:
        theme = BriefingTheme(theme=db.session.get_one(Theme, theme_id), introduction="")
        parts[theme_id] = ThemePart(theme)
    return parts[theme_id]


def theme_of(finding: Finding) -> int:
    """The theme under which a briefing tells an area for improvement."""
    if finding.theme_id is None and finding.case_audit is not None:
        return finding.case_audit.theme_id
    assert finding.theme_id is not None  # noqa: S101 - only a strength has neither
    return finding.theme_id


def content(briefing: Briefing) -> Content:
    """What the next edition says: what is included, in its order; once it is approved, what was approved."""
    if briefing.status is BriefingStatus.APPROVED and briefing.approved_content is not None:
        return briefing.approved_content
    composed = composition(briefing)
    told = {item.finding.code for _, items in composed.groups for item in _included(items) if item.finding}
    return {
        "code": briefing.code,
        "number": briefing.number,
        "title": briefing.title,
        "month": month(briefing.published_month),
        "summary": briefing.summary,
        "audits": [
            {
                "code": audit.code,
                "title": audit.title,
                "month": month(audit.month),
                "focus": audit.focus,
                "cases": audit.sample_size,
            }
            for audit in briefing.audits
        ],
        "themes": [
            {
                "theme_id": part.theme.theme.id,
                "name": part.theme.theme.name,
                "introduction": part.theme.introduction,
                "findings": [_finding(item, told) for item in _included(part.findings)],
                "actions": [_action(item, told) for item in _included(part.actions)],
            }
            for part in composed.themes
            if _included(part.findings) or _included(part.actions)
        ],
        "strengths": [_finding(item, told) for item in _included(composed.strengths)],
        "questions": [_question(item) for item in _included(composed.questions)],
        "news": [_news(item) for item in _included(composed.news)],
        "links": [_link(link.label, link.url, link.dead_on) for link in composed.links],
    }


def as_composed(briefing: Briefing) -> Content:
    """All of which a briefing is composed, left out or not, and who decided about it, as its rows hold it."""
    parts = {model.__tablename__: [_kept(row) for row in rows_of(model, briefing)] for model in COMPOSED}
    return {"head": _kept(briefing, HEAD), "audits": [audit.id for audit in briefing.audits], **parts}


def rows_of(model: type[Row], briefing: Briefing) -> Sequence[Row]:
    """The rows of one of the tables of which a briefing is composed."""
    return rows(select(model).filter_by(briefing_id=briefing.id).order_by(model.id))


def _kept(row: Base, names: Collection[str] = ()) -> Content:
    values = {name: getattr(row, name) for name in names or row.__table__.columns.keys()}
    return {name: one.isoformat() if isinstance(one, date) else one for name, one in values.items()}


def changes(briefing: Briefing) -> tuple[BriefingEdition, list[tuple[str, list[rules.Difference]]]] | None:
    """The edition that came out last, and what the next would tell otherwise; nothing where there are no two.

    Both as they would be read now: an address that is marked dead since is none in the old edition either.
    """
    if briefing.status is BriefingStatus.PUBLISHED or not (out := editions_of(briefing)):
        return None
    dead = _dead_addresses()
    return out[0], rules.differences(_with_dead(out[0].content, dead), _with_dead(content(briefing), dead))


def _included(items: Sequence[BriefingItem]) -> list[BriefingItem]:
    return [item for item in items if item.is_included]


def _finding(item: BriefingItem, told: Collection[str]) -> Content:
    finding = item.finding
    assert finding is not None  # noqa: S101 - it stands among the findings
    return {
        "code": finding.code,
        "text": item.words,
        "theme": finding.theme.name if finding.theme else "",
        "named": finding.named,
        "note": item.note,
        "beside": [code for code in codes_in(finding.note) if code in told and code != finding.code],
        "has_action": bool(finding.actions),
    }


def _action(item: BriefingItem, told: Collection[str]) -> Content:
    action = item.action
    assert action is not None  # noqa: S101 - it stands among the actions
    course = action.answered_by.course if action.answered_by else None
    if course and course.published_at is None:
        course = None  # readers would find no page of it
    return {
        "code": action.code,
        "text": item.words,
        "owner": action.owner,
        "due": plain_date(action.due_on) if action.due_on else "",
        "status": action.status.label,
        "findings": [finding.code for finding in action.findings if finding.code in told],
        "note": item.note,
        "links": [_link(link.label, link.url, link.dead_on) for link in action.links],
        "course": {"code": course.code, "title": course.title} if course else None,
    }


def _question(item: BriefingItem) -> Content:
    question = item.question
    assert question is not None  # noqa: S101 - it stands among the questions
    return {
        "code": question.code,
        "text": item.words,
        "theme": question.theme.name if question.theme else "",
    }


def _news(item: BriefingItem) -> Content:
    news = item.news_item
    assert news is not None  # noqa: S101 - it stands among the news
    return {"code": news.code, "text": item.words, **_link(news.title, news.url, news.dead_on)}


def _link(label: str, url: str, dead_on: date | None) -> Content:
    return {"label": label, "url": url, "state": rules.link_state(url, dead_on)}


def words_of(told: Content) -> str:
    """All words of an edition, to search in."""
    lists = [*told["audits"], *told["themes"], *told["strengths"], *told["questions"], *told["news"]]
    lists += [item for part in told["themes"] for item in [*part["findings"], *part["actions"]]]
    said = [told["title"], told["summary"]]
    said += [one[name] for one in lists for name in SEARCHED if one.get(name)]
    return "\n".join(said)


def others_who_may_approve(person: Person) -> int:
    """How many others of the board's staff can sign in."""
    return number(
        select(func.count(func.distinct(Person.id)))
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role.in_((Role.BOARD_STAFF, Role.ADMINISTRATOR)),
            RoleGrant.ended_at.is_(None),
            Person.suspended_at.is_(None),
            Person.withdrawn_at.is_(None),
            Person.email_confirmed_at.is_not(None),
            Person.id != person.id,
        )
    )


@dataclass(frozen=True)
class SentBack:
    """A briefing that came back to whoever submitted it: from whom, and why."""

    briefing: Briefing
    by: str
    reason: str


def waiting_for(viewer: Person) -> tuple[int, Sequence[SentBack]]:
    """How many briefings somebody else submitted, which this person may approve or send back; and what came back to
    them, and nobody has submitted again or dropped."""
    last, submission = aliased(HistoryEntry), aliased(HistoryEntry)
    to_decide = (Briefing.status == BriefingStatus.SUBMITTED) & (Briefing.submitted_by_id != viewer.id)
    came_back = (
        (Briefing.status == BriefingStatus.DRAFT)
        & (last.verb == SENT_BACK)
        & (last.actor_id != viewer.id)
        & (submission.actor_id == viewer.id)
    )
    found = db.session.execute(
        select(Briefing, last.detail, Person.name)
        .select_from(Briefing)
        .outerjoin(last, last.id == _last_entry(SENT_BACK, BEGUN))
        .outerjoin(submission, submission.id == _last_entry(SUBMITTED))
        .outerjoin(Person, Person.id == last.actor_id)
        .where(to_decide | came_back)
        .order_by(Briefing.id)
    ).all()
    back = [
        SentBack(briefing, by, detail["reason"])
        for briefing, detail, by in found
        if briefing.status is BriefingStatus.DRAFT
    ]
    return len(found) - len(back), back


def _last_entry(*verbs: str) -> ScalarSelect[int]:
    """The last time that one of these was done to a briefing."""
    entry = aliased(HistoryEntry)
    return (
        select(func.max(entry.id))
        .where(
            entry.subject_type == Briefing.__tablename__,
            entry.subject_id == Briefing.id,
            entry.verb.in_(verbs),
        )
        .correlate(Briefing)
        .scalar_subquery()
    )


def why_not_sent_back(briefing_id: int, _now: datetime) -> str:
    """A letter that a briefing was sent back is not wanted any more once it was submitted again or dropped, nor by whoever
    left the board's staff."""
    last = row_or_none(
        select(HistoryEntry)
        .join(Briefing, Briefing.id == HistoryEntry.subject_id)
        .where(Briefing.id == briefing_id, HistoryEntry.id == _last_entry(SUBMITTED, SENT_BACK, DROPPED))
    )
    if last is None or last.verb == DROPPED:
        return "The briefing was dropped."
    if last.verb == SUBMITTED:
        return "The briefing was submitted again."
    author = row_or_none(
        select(Person)
        .join(HistoryEntry, HistoryEntry.actor_id == Person.id)
        .join(Briefing, Briefing.id == HistoryEntry.subject_id)
        .where(Briefing.id == briefing_id, HistoryEntry.id == _last_entry(SUBMITTED))
    )
    return "" if author in board_staff() else "Whoever submitted the briefing may not open it any more."


def editions_of(briefing: Briefing) -> Sequence[BriefingEdition]:
    """The editions of a briefing, the latest first."""
    return rows(
        select(BriefingEdition)
        .where(BriefingEdition.briefing_id == briefing.id)
        .order_by(BriefingEdition.number.desc())
    )


def edition(code: str, *, of_number: int | None = None) -> BriefingEdition:
    """The latest edition of a briefing that came out, or that of a number; 404 when there is none.

    One of a withdrawn briefing is found too: its page says that and why, and nothing of what it told.
    """
    query = (
        select(BriefingEdition)
        .join(BriefingEdition.briefing)
        .where(func.lower(Briefing.code) == code.lower())
        .options(joinedload(BriefingEdition.briefing))
        .order_by(BriefingEdition.number.desc())
    )
    return row_or_404(query if of_number is None else query.where(BriefingEdition.number == of_number))


def as_read_now(edition: BriefingEdition) -> Content:
    """What an edition told, where no address that was marked dead since it came out is a link any more."""
    told: Content = _with_dead(edition.content, _dead_addresses())
    return told


def _dead_addresses() -> Collection[str]:
    return frozenset(rows(select(AuditLink.url).where(AuditLink.dead_on.is_not(None))))


def _with_dead(told: Any, dead: Collection[str]) -> Any:
    if isinstance(told, list):
        return [_with_dead(one, dead) for one in told]
    if not isinstance(told, dict):
        return told
    state = {"state": "dead"} if told.get("url") in dead else {}
    return {key: _with_dead(value, dead) for key, value in told.items()} | state


def editions_found(*, search: str = "", theme: str = "") -> Select[BriefingEdition]:
    """The latest edition of each briefing that readers find, newest month first."""
    query = (
        select(BriefingEdition)
        .join(BriefingEdition.briefing)
        .where(public, latest)
        .options(joinedload(BriefingEdition.briefing))
        .order_by(Briefing.published_month.desc(), Briefing.number.desc().nulls_last(), Briefing.id.desc())
    )
    for word in search.split():
        query = query.where(BriefingEdition.words.icontains(word, autoescape=True))
    if theme:
        query = query.where(BriefingEdition.themes.any(Theme.slug == theme))
    return query


def themes_in_use() -> Sequence[tuple[str, str]]:
    """The themes under which readers find briefings: the word in addresses, and the name as it last came out."""
    query = (
        select(Theme.id, Theme.slug, Theme.name, BriefingEdition.content["themes"])
        .select_from(BriefingEdition)
        .join(BriefingEdition.briefing)
        .join(BriefingEdition.themes)
        .where(public, latest)
        .order_by(Theme.position, Theme.name, BriefingEdition.published_at, BriefingEdition.id)
    )
    found = dict[str, str]()
    for theme_id, slug, name, parts in db.session.execute(query):
        told = [part["name"] for part in parts if part.get("theme_id") == theme_id]
        found[slug] = told[0] if told else found.get(slug, name)
    return list(found.items())


def editions_telling(findings: Collection[Finding]) -> Sequence[BriefingEdition]:
    """The editions that readers find and that tell any of these findings, newest first."""
    keys = [finding.id for finding in findings]
    return rows(editions_found().where(BriefingEdition.findings.any(Finding.id.in_(keys))))


def themes_told(told: Content) -> Sequence[Theme]:
    """The themes under which an edition tells something, whatever they are called since it was approved; of what was
    approved before their keys were kept, by name."""
    keys = [part["theme_id"] for part in told["themes"] if "theme_id" in part]
    names = [part["name"] for part in told["themes"] if "theme_id" not in part]
    return rows(select(Theme).where(or_(Theme.id.in_(keys), Theme.name.in_(names))))


def findings_told(told: Content) -> Sequence[Finding]:
    """The findings that an edition tells, good and bad."""
    lists = [told["strengths"], *(part["findings"] for part in told["themes"])]
    return rows(select(Finding).where(Finding.code.in_([one["code"] for found in lists for one in found])))


def item_of(briefing: Briefing, item_id: int) -> BriefingItem:
    """One item of the briefing; 404 for another's."""
    return row_or_404(
        select(BriefingItem).where(BriefingItem.id == item_id, BriefingItem.briefing_id == briefing.id)
    )


def theme_in(briefing: Briefing, theme_id: int) -> BriefingTheme:
    """One theme of the briefing; 404 for another's."""
    return row_or_404(
        select(BriefingTheme)
        .where(BriefingTheme.theme_id == theme_id, BriefingTheme.briefing_id == briefing.id)
        .options(joinedload(BriefingTheme.theme))
    )


def link_of(briefing: Briefing, link_id: int) -> BriefingLink:
    """One link of the briefing; 404 for another's."""
    return row_or_404(
        select(BriefingLink).where(BriefingLink.id == link_id, BriefingLink.briefing_id == briefing.id)
    )


def from_drafts(briefing: Briefing) -> Sequence[CaseAudit]:
    """The audits of a briefing that are no more than drafts."""
    return [audit for audit in briefing.audits if audit.is_draft]


def last_position(briefing: Briefing) -> int:
    """The place after which a new item of the briefing stands."""
    return number(
        select(func.coalesce(func.max(BriefingItem.position), 0)).where(
            BriefingItem.briefing_id == briefing.id
        )
    )


def strengths_of(briefing: Briefing) -> Sequence[Finding]:
    """The strengths across the audits, which belong to the briefing alone."""
    return rows(
        select(Finding)
        .where(Finding.briefing_id == briefing.id, Finding.case_audit_id.is_(None))
        .order_by(Finding.id)
    )


def decision_state(briefing: Briefing, viewer: Person) -> Mapping[str, bool]:
    """Whether the viewer may approve, and whether they would do it alone."""
    others = others_who_may_approve(viewer)
    waits = briefing.status is BriefingStatus.SUBMITTED
    may = waits and rules.may_approve(viewer.id, submitted_by_id=briefing.submitted_by_id, others=others)
    return {"may": may, "alone": may and viewer.id == briefing.submitted_by_id}
