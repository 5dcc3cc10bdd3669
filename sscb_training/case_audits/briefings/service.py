"""What composes a briefing, decides about it, publishes it, corrects and withdraws it.

Whatever changes a briefing holds its row first, so that nobody approves what somebody is changing. Only a draft is
changed; what readers see is an edition, which nothing changes. Every text is refused that holds what looks like a child's.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import partial

from sqlalchemy import select

from sscb_training.case_audits import service as case_audits
from sscb_training.case_audits.briefings import queries, rules
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
    Briefing,
    BriefingStatus,
    CaseAudit,
    Finding,
    FindingKind,
)
from sscb_training.case_audits.service import refuse_a_childs, refuse_taken_code
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock, only_if_free, rows
from sscb_training.core.errors import Refused
from sscb_training.core.files import KeptFile, keep
from sscb_training.courses.models import Theme
from sscb_training.people.models import Person
from sscb_training.people.queries import board_staff


class BriefingRefused(Refused):
    """A briefing that may not stand, or come out, as it is."""


def record_briefing(
    *, code: str, title: str, published_month: date, number: int | None = None, summary: str = "",
    source: str = "", audits: Iterable[CaseAudit] = (), by: Person | None, now: datetime,
) -> Briefing:  # fmt: skip
    """Begin a briefing of all that these audits found and decided; any day of its month will do."""
    refuse_a_childs(title, summary, source)
    with only_if_free(partial(refuse_taken_code, Briefing, code)):
        briefing = Briefing(
            code=code, title=title, number=number, published_month=published_month.replace(day=1),
            summary=summary, source=source,
        )  # fmt: skip
        db.session.add(briefing)
    history.record("recorded", briefing, by=by, at=now, code=code)
    _compose(briefing, list(audits))
    return briefing


def change_briefing(
    briefing: Briefing, *, title: str, number: int | None, published_month: date, summary: str,
    correction: str = "", by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Correct its title, number, month and summary; of a correction what it says of itself, too."""
    _open(briefing)
    refuse_a_childs(title, summary, correction)
    changes = history.amend(
        briefing, title=title, number=number, published_month=published_month.replace(day=1), summary=summary,
        correction=correction or briefing.correction,
    )  # fmt: skip
    if changes:
        history.record("changed", briefing, by=by, at=now, **changes)


def choose_audits(
    briefing: Briefing, audits: Iterable[CaseAudit], *, by: Person | None, now: datetime
) -> None:
    """Compose it of these audits: what is new in them comes in, what only the others told goes out."""
    _open(briefing)
    before = [audit.code for audit in briefing.audits]
    _compose(briefing, list(audits))
    after = [audit.code for audit in briefing.audits]
    history.record("composed", briefing, by=by, at=now, audits=[", ".join(before), ", ".join(after)])


def _compose(briefing: Briefing, audits: list[CaseAudit]) -> None:
    drafts = [audit.code for audit in audits if audit.is_draft]
    if drafts:
        raise BriefingRefused(f"{', '.join(drafts)} is still a draft. Publish the audit first.")
    audits.sort(key=lambda audit: (audit.month, audit.id))
    briefing.audits = list(audits)
    db.session.flush()
    keys = {audit.id for audit in audits}
    there = set()
    for item in queries.items_of(briefing):
        audit_id = item.finding.case_audit_id if item.finding else None
        audit_id = item.action.case_audit_id if item.action else audit_id
        if audit_id is not None and audit_id not in keys:
            db.session.delete(item)
        else:
            there.add(item.thing)
    for finding in [*(one for audit in audits for one in audit.findings), *queries.strengths_of(briefing)]:
        if finding not in there:
            _add_item(briefing, finding=finding)
    for action in (one for audit in audits for one in audit.actions):
        if action not in there:
            _add_item(briefing, action=action)
    _take_in_themes(briefing)


def _add_item(
    briefing: Briefing, *, finding: Finding | None = None, action: Action | None = None,
    question: DiscussionQuestion | None = None, news_item: NewsItem | None = None,
) -> BriefingItem:  # fmt: skip
    item = BriefingItem(
        briefing=briefing, finding=finding, action=action, question=question, news_item=news_item,
        position=queries.last_position(briefing) + 1,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    return item


def _take_in_themes(briefing: Briefing) -> None:
    """A place for the theme of every item that is told under one."""
    there = {theme.theme_id: theme for theme in queries.themes_of(briefing)}
    last = max((theme.position for theme in there.values()), default=0)
    for item in queries.items_of(briefing):
        told = item.finding if item.finding and item.finding.kind is not FindingKind.STRENGTH else None
        theme_id = item.action.case_audit.theme_id if item.action else told and queries.theme_of(told)
        if theme_id and theme_id not in there:
            last += 1
            there[theme_id] = BriefingTheme(briefing_id=briefing.id, theme_id=theme_id, position=last)
            db.session.add(there[theme_id])
    db.session.flush()


def choose_items(
    briefing: Briefing, chosen: Collection[int], *, among: Collection[int] | None = None, by: Person | None,
    now: datetime,
) -> None:  # fmt: skip
    """Tell these items, by their keys, and leave out the others; of those `among` which somebody chose, or of all."""
    _open(briefing)
    asked = [item for item in queries.items_of(briefing) if among is None or item.id in among]
    changed = [item for item in asked if item.is_included != (item.id in chosen)]
    for item in changed:
        item.is_included = item.id in chosen
    for verb, included in (("included", True), ("left out", False)):
        codes = [item.thing.code for item in changed if item.is_included is included]
        if codes:
            history.record(verb, briefing, by=by, at=now, items=", ".join(codes))


def restate(item: BriefingItem, *, restated: str, note: str, by: Person | None, now: datetime) -> None:
    """Put an item in other words for readers, or tell them something beside it. What it restates stays as it is."""
    _open(item.briefing)
    refuse_a_childs(restated, note)
    changes = history.amend(item, restated=restated, note=note)
    if changes:
        history.record("restated", item.briefing, by=by, at=now, item=item.thing.code, **changes)


def move_item_up(item: BriefingItem, *, by: Person | None, now: datetime) -> None:
    """Tell an item one place earlier among those of its kind and theme; the first one stays first."""
    _open(item.briefing)
    others = queries.composition(item.briefing).beside(item)
    positions = sorted(other.position for other in others)
    for position, other in zip(positions, rules.moved_up(others, item), strict=True):
        other.position = position
    history.record("moved up", item.briefing, by=by, at=now, item=item.thing.code)


def introduce_theme(
    theme: BriefingTheme, briefing: Briefing, *, introduction: str, by: Person | None, now: datetime
) -> None:
    """Say a few words before the findings of a theme."""
    _open(briefing)
    refuse_a_childs(introduction)
    changes = history.amend(theme, introduction=introduction)
    if changes:
        history.record("introduced", briefing, by=by, at=now, theme=theme.theme.name, **changes)


def move_theme_up(theme: BriefingTheme, briefing: Briefing, *, by: Person | None, now: datetime) -> None:
    """Tell a theme one place earlier; the first one stays first."""
    _open(briefing)
    for position, other in enumerate(rules.moved_up(queries.themes_of(briefing), theme), 1):
        other.position = position
    history.record("moved up", briefing, by=by, at=now, theme=theme.theme.name)


def add_question(
    briefing: Briefing, *, text: str, theme: Theme | None = None, code: str = "", by: Person | None, now: datetime
) -> DiscussionQuestion:  # fmt: skip
    """Add a question for teams to talk about; its code is the next free one unless given."""
    _open(briefing)
    refuse_a_childs(text)
    code = code or rules.next_code("Q-", rows(select(DiscussionQuestion.code)))
    with only_if_free(partial(refuse_taken_code, DiscussionQuestion, code)):
        question = DiscussionQuestion(briefing_id=briefing.id, code=code, text=text, theme=theme)
        db.session.add(question)
    _add_item(briefing, question=question)
    history.record("added", briefing, by=by, at=now, question=code)
    return question


def change_question(
    question: DiscussionQuestion, briefing: Briefing, *, text: str, theme: Theme | None,
    by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Put a question better."""
    _open(briefing)
    refuse_a_childs(text)
    changes = history.amend(question, text=text)
    before, question.theme = question.theme, theme
    if before is not theme:
        changes["theme"] = [before.name if before else "", theme.name if theme else ""]
    if changes:
        history.record("changed", briefing, by=by, at=now, question=question.code, **changes)


def add_news_item(
    briefing: Briefing, *, title: str, text: str, url: str = "", dead_on: date | None = None, code: str = "",
    by: Person | None, now: datetime,
) -> NewsItem:  # fmt: skip
    """Add something new that the briefing tells of; without `url` when its address was lost."""
    _open(briefing)
    refuse_a_childs(title, text)
    _refuse_no_address(url, dead_on)
    code = code or rules.next_code("NEW-", rows(select(NewsItem.code)))
    with only_if_free(partial(refuse_taken_code, NewsItem, code)):
        item = NewsItem(briefing_id=briefing.id, code=code, title=title, text=text, url=url, dead_on=dead_on)
        db.session.add(item)
    _add_item(briefing, news_item=item)
    history.record("added", briefing, by=by, at=now, news_item=code)
    return item


def change_news_item(
    item: NewsItem, briefing: Briefing, *, title: str, text: str, url: str, dead_on: date | None,
    by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Correct what is new, or say that its address leads nowhere any more."""
    _open(briefing)
    refuse_a_childs(title, text)
    _refuse_no_address(url, dead_on)
    changes = history.amend(item, title=title, text=text, url=url, dead_on=dead_on)
    if changes:
        history.record("changed", briefing, by=by, at=now, news_item=item.code, **changes)


def add_strength(
    briefing: Briefing, *, code: str, text: str, theme: Theme | None = None, named: str = "", note: str = "",
    source: str = "", by: Person | None, now: datetime,
) -> Finding:  # fmt: skip
    """Add something that was done well across the audits, which none of them says alone."""
    _open(briefing)
    finding = case_audits.add_finding(
        code=code, kind=FindingKind.STRENGTH, text=text, briefing=briefing, theme=theme, named=named, note=note,
        source=source, by=by, now=now,
    )  # fmt: skip
    _add_item(briefing, finding=finding)
    return finding


def add_link(
    briefing: Briefing, *, label: str, url: str = "", dead_on: date | None = None, by: Person | None, now: datetime
) -> BriefingLink:  # fmt: skip
    """Say where to read more; without `url` when the address was lost."""
    _open(briefing)
    refuse_a_childs(label)
    _refuse_no_address(url, dead_on)
    link = BriefingLink(briefing_id=briefing.id, label=label, url=url, dead_on=dead_on)
    db.session.add(link)
    history.record("added", briefing, by=by, at=now, link=label)
    return link


def change_link(
    link: BriefingLink, briefing: Briefing, *, label: str, url: str, dead_on: date | None,
    by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Correct a link, or say that it leads nowhere any more."""
    _open(briefing)
    refuse_a_childs(label)
    _refuse_no_address(url, dead_on)
    changes = history.amend(link, label=label, url=url, dead_on=dead_on)
    if changes:
        history.record("changed", briefing, by=by, at=now, link=link.label, **changes)


def remove_link(link: BriefingLink, briefing: Briefing, *, by: Person | None, now: datetime) -> None:
    """Take a link out of the draft."""
    _open(briefing)
    lock(link)
    history.record("removed", briefing, by=by, at=now, link=link.label)
    db.session.delete(link)


def submit(briefing: Briefing, *, by: Person, now: datetime) -> None:
    """Ask somebody else to approve it."""
    _open(briefing)
    _refuse_unready(briefing)
    _refuse_the_same(briefing)
    briefing.status = BriefingStatus.SUBMITTED
    briefing.submitted_at, briefing.submitted_by = now, by
    history.record(queries.SUBMITTED, briefing, by=by, at=now)


def approve(briefing: Briefing, *, reason: str, by: Person, now: datetime) -> None:
    """Approve it and say why. Whoever submitted it may not, unless nobody else of the board's staff could."""
    hold(briefing, BriefingStatus.SUBMITTED)
    refuse_a_childs(reason)
    others = queries.others_who_may_approve(by)
    if not rules.may_approve(by.id, submitted_by_id=briefing.submitted_by_id, others=others):
        raise BriefingRefused(
            "You submitted this briefing. Somebody else of the board’s staff has to decide."
        )
    _refuse_unready(briefing)
    briefing.approved_content = queries.content(briefing)
    briefing.status = BriefingStatus.APPROVED
    briefing.approved_at, briefing.approved_by, briefing.approval_reason = now, by, reason
    briefing.approved_alone = by.id == briefing.submitted_by_id
    history.record("approved", briefing, by=by, at=now, reason=reason, alone=briefing.approved_alone)


def send_back(briefing: Briefing, *, reason: str, by: Person, now: datetime) -> None:
    """Make it a draft again, and say what has to change; whoever submitted it gets a letter if they may still open it."""
    hold(briefing, BriefingStatus.SUBMITTED, BriefingStatus.APPROVED)
    refuse_a_childs(reason)
    author = briefing.submitted_by
    _make_draft(briefing)
    history.record(queries.SENT_BACK, briefing, by=by, at=now, reason=reason)
    if author is not None and author.id != by.id and author in board_staff():
        mail.queue(
            "case_audits/sent_back", to=author.email, at=now, briefing=briefing, author=author, by=by,
            reason=reason,
        )  # fmt: skip


def publish(briefing: Briefing, *, by: Person, now: datetime) -> BriefingEdition:
    """Publish what was approved, and nothing that was changed since, as the next edition.

    One that had been withdrawn is found again.
    """
    hold(briefing, BriefingStatus.APPROVED)
    _refuse_unready(briefing)
    told = queries.content(briefing)
    last = max((edition.number for edition in queries.editions_of(briefing)), default=0)
    edition = BriefingEdition(
        briefing=briefing, number=last + 1, published_at=now, note=briefing.correction, content=told,
        words=queries.words_of(told), themes=list(queries.themes_told(told)),
        findings=list(queries.findings_told(told)),
    )  # fmt: skip
    db.session.add(edition)
    briefing.status, briefing.approved_content = BriefingStatus.PUBLISHED, None
    briefing.before_correction = None
    briefing.published_at = briefing.published_at or now
    briefing.withdrawn_at, briefing.withdrawal_reason = None, ""
    history.record("published", briefing, by=by, at=now, edition=edition.number)
    return edition


def keep_paper(edition: BriefingEdition, made: bytes, *, now: datetime) -> KeptFile:
    """Keep the PDF of an edition, which nothing changes any more; the one that is kept already, where there is one."""
    lock(edition)
    if edition.paper is None:
        edition.paper = keep(f"briefing-{edition.content['code']}", made, by_id=None, now=now)
    return edition.paper


def correct(briefing: Briefing, *, note: str, by: Person | None, now: datetime) -> None:
    """Begin the next edition. Readers see the last one, until this is approved and published with its note."""
    hold(briefing, BriefingStatus.PUBLISHED)
    refuse_a_childs(note)
    briefing.before_correction = queries.as_composed(briefing)
    _make_draft(briefing)
    briefing.correction = note
    _take_in_themes(briefing)
    history.record(queries.BEGUN, briefing, by=by, at=now, note=note)


def withdraw(briefing: Briefing, *, reason: str, by: Person | None, now: datetime) -> None:
    """Let readers find it no more. Its page stays and says why."""
    lock(briefing)
    refuse_a_childs(reason)
    if not briefing.is_public:
        raise BriefingRefused("This briefing is not published, so there is nothing to withdraw.")
    briefing.withdrawn_at, briefing.withdrawal_reason = now, reason
    history.record("withdrawn", briefing, by=by, at=now, reason=reason)


def _make_draft(briefing: Briefing) -> None:
    """Nobody has submitted or approved a draft; who decided about what it was before is in the history."""
    briefing.status, briefing.approved_content = BriefingStatus.DRAFT, None
    briefing.submitted_at = briefing.submitted_by = briefing.approved_at = briefing.approved_by = None
    briefing.approval_reason, briefing.approved_alone = "", False


def _open(briefing: Briefing) -> None:
    """Hold a briefing that may be changed."""
    hold(briefing, BriefingStatus.DRAFT)


def hold(briefing: Briefing, *states: BriefingStatus) -> None:
    """Hold a briefing until the transaction ends, and refuse it unless it is in one of these states."""
    lock(briefing)
    if briefing.status not in states:
        raise BriefingRefused(f"{state_by_now(briefing)} Open its page again to see what can be done.")


def state_by_now(briefing: Briefing) -> str:
    """How far a briefing has come, for somebody who thought that it was somewhere else."""
    is_draft = briefing.status is BriefingStatus.DRAFT
    return f"This briefing is {'a draft' if is_draft else briefing.status.label.lower()} by now."


def _refuse_unready(briefing: Briefing) -> None:
    drafts = [audit.code for audit in queries.from_drafts(briefing)]
    if drafts:
        raise BriefingRefused(f"{', '.join(drafts)} is still a draft. Publish the audit first.")
    if not any(item.is_included for item in queries.items_of(briefing)):
        raise BriefingRefused("There is nothing in this briefing yet. Choose what goes in first.")


def _refuse_the_same(briefing: Briefing) -> None:
    """What readers find already is no new edition. What was withdrawn comes out again as it was, if that is meant."""
    changes = queries.changes(briefing)
    if briefing.is_public and changes and not changes[1]:
        raise BriefingRefused(
            f"Nothing differs from edition {changes[0].number}, so there is nothing to approve. "
            "Change what is to be corrected, or drop the correction."
        )


def _refuse_no_address(url: str, dead_on: date | None) -> None:
    if url and not url.startswith(("https://", "http://")):
        raise BriefingRefused("The address must begin with https:// or http://.", about="url")
    if dead_on and not url:
        raise BriefingRefused(
            "Enter the address that leads nowhere any more, or leave its date empty.", about="url"
        )
