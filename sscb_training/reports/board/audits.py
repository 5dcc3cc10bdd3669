"""What audits found, what was decided and waits, and what changed since the last report: parts of a report."""

from collections.abc import Callable, Sequence
from datetime import date

from sscb_training.case_audits.indicators.queries import Series, verdicts_behind
from sscb_training.case_audits.models import FindingKind
from sscb_training.core.times import london_date, month, plain_date, short_date
from sscb_training.needs.models import Intervention, NeedAudience, NeedStatus, TrainingNeed
from sscb_training.needs.reviews.models import NeedDecision
from sscb_training.needs.reviews.queries import turns_between
from sscb_training.reports.board import queries, rules, suppression
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.needs import Coverage
from sscb_training.reports.board.queries import Part
from sscb_training.reports.board.rules import Cell, Column, Section, Table
from sscb_training.reports.board.suppression import WITHHELD
from sscb_training.reports.rules import Rate


def actions(asked: Asked) -> Section:
    waiting = queries.actions_waiting(asked.as_at)
    table = [
        [
            rules.text(action.code, behind=rules.to("needs.audit", case_audit_id=action.case_audit_id)),
            rules.text(action.text),
            rules.text(action.case_audit.title),
            rules.text(action.owner or "Not named"),
            rules.day(action.due_on, blank="No date given"),
            rules.text(
                f"{action.status.label} {short_date(action.completed_on)}" if action.completed_on else action.status.label,
                note="Overdue" if action.due_on and action.due_on < asked.as_at else "",
            ),
        ]
        for action in waiting
    ]  # fmt: skip
    overdue = sum(1 for action in waiting if action.due_on and action.due_on < asked.as_at)
    unowned = sum(1 for action in waiting if not action.owner)
    return Section(
        "actions",
        "Actions that wait",
        figures=[("Overdue", rules.number(overdue)), ("Without an owner", rules.number(unowned))],
        tables=[
            Table(
                "actions", "Actions that are overdue or have no owner",
                [Column("Action"), Column("What"), Column("Audit"), Column("Owner"), Column("Due"), Column("Status")],
                table, empty="Every action that is not done has an owner, and none is overdue.",
            )
        ],
    )  # fmt: skip


def audits(asked: Asked) -> Section:
    lines = queries.audits_recorded(asked.begin, asked.as_at)
    pages = [rules.to("needs.audit", case_audit_id=one.audit.id) for one in lines]
    table = [
        [
            rules.text(one.audit.title, behind=page),
            rules.text(month(one.audit.month)),
            rules.text(one.audit.theme.name),
            rules.number(one.areas, behind=page),
            rules.number(one.strengths, behind=page),
            rules.rate(
                Rate(one.completed, one.actions, f"{'action' if one.actions == 1 else 'actions'} completed"),
                behind=page,
            )
            if one.actions else rules.text("None"),
            rules.text(one.audit.re_audit_of.title if one.audit.re_audit_of else ""),
        ]
        for one, page in zip(lines, pages, strict=True)
    ]  # fmt: skip
    return Section(
        "audits",
        "Audits, and what re-audits saw",
        tables=[
            Table(
                "audits", "Audits published in this period",
                [
                    Column("Audit"), Column("Month"), Column("Theme"), Column("Areas for improvement", True),
                    Column("Strengths", True), Column("Actions done", True), Column("Re-audit of"),
                ],
                table, empty="No audit was published in this period.",
            ),
            Table(
                "verdicts", "The same indicator in an audit and its re-audit",
                [Column("Indicator"), Column("Before"), Column("Now"), Column("What the re-audit saw")],
                [_verdict(one, asked) for one in verdicts_behind(line.audit for line in lines) if one.verdict],
                empty="No indicator was asked again in this period.",
                note="A difference is claimed only where its 95% interval does not span nought, of enough cases.",
            ),
        ],
    )  # fmt: skip


def changes(asked: Asked, coverage: Coverage) -> Section:
    findings = queries.findings_since(asked.since, asked.as_at)
    briefings = queries.briefings_since(asked.since, asked.as_at)
    completed = queries.actions_completed(asked.since, asked.as_at, known_on=asked.known_on)
    new = [
        need for need in coverage.needs if need.existed_on(asked.as_at) and not need.existed_on(asked.since)
    ]
    up: list[tuple[TrainingNeed, int, int]] = []
    down: list[tuple[TrainingNeed, int, int]] = []
    for need in coverage.needs:
        now = coverage.county.get(need.id)
        before = coverage.before.get(need.id) if need.existed_on(asked.since) else None
        if now and now.percent is not None and before is not None and now.percent != before:
            (up if now.percent > before else down).append((need, before, now.percent))
    decided = _decided(asked, coverage)
    answers = _by_need(coverage, asked, coverage.answers, _added_or_taken_away)
    audience = _by_need(coverage, asked, coverage.audience, _for_whom)
    targets = _targets_changed(asked, coverage)
    printed = queries.copy_of_the_day_beside(asked)
    lines = [  # of each kind together, because its figure leads to the first
        *(
            [
                rules.text("New need"),
                rules.text(f"{need.code}: {need.title}", behind=rules.to("needs.show", need_id=need.id)),
                rules.text(f"Recorded on {short_date(need.recorded_at)}"),
            ]
            for need in new
        ),
        *(
            [
                rules.text(f"Need {status.label.lower()}"),
                rules.text(f"{need.code}: {need.title}", behind=rules.to("needs.show", need_id=need.id)),
                rules.text(how),
            ]
            for need, status, how in sorted(decided, key=lambda one: one[1])
        ),
        *(
            [
                rules.text("Coverage up" if after > before else "Coverage down"),
                rules.text(f"{need.code}: {need.title}", behind=rules.to("needs.coverage", need_id=need.id, **asked.days)),
                rules.text(f"{before}% to {after}%"),
            ]
            for need, before, after in up + down
        ),
        *(
            [
                rules.text("Answers changed"),
                rules.text(f"{need.code}: {need.title}", behind=rules.to("needs.show", need_id=need.id)),
                rules.text(how),
            ]
            for need, how in answers
        ),
        *(
            [
                rules.text("Audience changed"),
                rules.text(f"{need.code}: {need.title}", behind=rules.to("needs.show", need_id=need.id)),
                rules.text(how),
            ]
            for need, how in audience
        ),
        *(
            [
                rules.text("Target changed"),
                rules.text(f"{need.code}: {need.title}", behind=rules.to("needs.show", need_id=need.id)),
                rules.text(how),
            ]
            for need, how in targets
        ),
        *(
            [
                rules.text("Action completed"),
                rules.text(action.code, behind=rules.to("needs.audit", case_audit_id=action.case_audit_id)),
                rules.text(
                    f"Completed on {short_date(action.completed_on)}, and recorded later: {action.text}"
                    if action.completed_on and action.completed_on <= asked.since
                    else action.text
                ),
            ]
            for action in completed
        ),
        *(
            [
                rules.text("New finding"),
                rules.text(finding.code, behind=rules.to("needs.finding", finding_id=finding.id)),
                rules.text(
                    f"Strength: {finding.text}" if finding.kind is FindingKind.STRENGTH else finding.text
                ),
            ]
            for finding in findings
        ),
        *(
            [
                rules.text("New briefing"),
                rules.text(briefing.title, behind=rules.to("case_audits.briefing", briefing_id=briefing.id)),
                rules.text(
                    f"{briefing.code}, withdrawn on {short_date(briefing.withdrawn_at)}"
                    if briefing.withdrawn_at and london_date(briefing.withdrawn_at) <= asked.known_on
                    else briefing.code
                ),
            ]
            for briefing in briefings
        ),
    ]  # fmt: skip
    return Section(
        "changes",
        "What changed",
        words=[
            f"Since {plain_date(asked.since)}, the day that this report is set beside. Both days are counted as known on "
            f"{plain_date(asked.known_on)}, with each need’s answers and audience of that day."
        ],
        links=[
            rules.text(
                f"What was printed then may differ: compare “{printed.title}” with today",
                behind=rules.to("reports.compare_copy", copy_id=printed.id),
            )
        ]
        if printed else [],
        figures=[
            ("New needs", rules.number(len(new), rows="New need")),
            ("Needs with coverage up", rules.number(len(up), rows="Coverage up")),
            ("Needs with coverage down", rules.number(len(down), rows="Coverage down")),
            ("Needs with answers changed", _needs_of(answers, "Answers changed")),
            ("Needs with audience changed", _needs_of(audience, "Audience changed")),
            ("Needs with target changed", _needs_of(targets, "Target changed")),
            ("Needs closed", _count(decided, NeedStatus.CLOSED)),
            ("Needs re-opened", _count(decided, NeedStatus.RE_OPENED)),
            ("Needs ready to review", _count(decided, NeedStatus.READY_TO_REVIEW)),
            ("Actions completed", rules.number(len(completed), rows="Action completed")),
            ("New findings", rules.number(len(findings), rows="New finding")),
            ("New briefings", rules.number(len(briefings), rows="New briefing")),
        ],
        tables=[
            Table(
                "changes", "What changed", [Column("Change"), Column("Of what"), Column("How")], lines,
                empty="Nothing changed.",
            )
        ],
    )  # fmt: skip


def _by_need(
    coverage: Coverage, asked: Asked, changed: Sequence[Part], in_words: Callable[[Part, Asked], str]
) -> list[tuple[TrainingNeed, str]]:
    """What is of a need and was not on the earlier day, or the other way round; a new need is told of as a whole."""
    return [
        (need, in_words(part, asked))
        for need in coverage.needs
        if need.existed_on(asked.since)
        for part in changed
        if part.need_id == need.id
    ]


def _needs_of(changed: Sequence[tuple[TrainingNeed, str]], kind: str) -> Cell:
    return rules.number(len({need.id for need, _ in changed}), rows=kind)


def _since_when(part: Intervention | NeedAudience, asked: Asked) -> tuple[bool, str]:
    """Whether it came, or else went, and the day of that."""
    gone = part.withdrawn_at
    if gone is None or london_date(part.recorded_at) > asked.since:
        return True, short_date(part.recorded_at)
    return False, short_date(gone)


def _added_or_taken_away(answer: Intervention, asked: Asked) -> str:
    came, day = _since_when(answer, asked)
    if came:
        return f"Added on {day}: {answer.name}, which {'counts' if answer.counts else 'supports it'}"
    return f"Taken away on {day}: {answer.name}, which {'counted' if answer.counts else 'supported it'}"


def _for_whom(part: NeedAudience, asked: Asked) -> str:
    came, day = _since_when(part, asked)
    name = "an agency" if part.agency_id and asked.is_published else part.name
    if part.excluded:
        return f"{'Left out' if came else 'Left out no more'} on {day}: {name}"
    return f"{'Added' if came else 'Taken away'} on {day}: {name}"


def _targets_changed(asked: Asked, coverage: Coverage) -> list[tuple[TrainingNeed, str]]:
    """From which target to which, of each need that existed on the earlier day and has another since."""
    moved = queries.targets_moved(asked.since, max(asked.since, asked.known_on))
    return [
        (need, ", ".join(_moved(*pair) for pair in moved[need.id].values()))
        for need in coverage.needs
        if need.id in moved and need.existed_on(asked.since)
    ]


def _moved(was: int | str | None, became: int | str | None) -> str:
    """40% to 10%, or 31 Mar 2027 to 30 Jun 2027."""
    words = (
        "none" if one is None else f"{one}%" if isinstance(one, int) else short_date(date.fromisoformat(one))
        for one in (was, became)
    )
    return " to ".join(words)


def _verdict(series: Series, asked: Asked) -> list[Cell]:
    before, now = series.points[-2], series.latest
    said = now.comparison
    few = asked.is_published and any(
        suppression.is_few(part, below=asked.below)
        for seen in (before.seen, now.seen)
        for part in (seen.numerator, seen.denominator - seen.numerator)
    )
    return [
        rules.text(
            f"{series.indicator.code}: {series.indicator.text}",
            behind=rules.to("case_audits.comparison", case_audit_id=now.result.case_audit_id),
        ),
        *(
            rules.text(
                WITHHELD if few else point.seen.in_words,
                note=month(point.result.case_audit.month),
                behind=rules.to("needs.audit", case_audit_id=point.result.case_audit_id),
            )
            for point in (before, now)
        ),
        rules.text(said.verdict.label if said else "", note=said.why if said and not few else ""),
    ]


def _decided(asked: Asked, coverage: Coverage) -> list[tuple[TrainingNeed, NeedStatus, str]]:
    """Each closing and re-opening, so that one is told which the other undid; then where coverage moved the need."""
    turns = turns_between(asked.since, asked.as_at, known_on=asked.known_on)
    found = []
    for need in coverage.needs:
        status = coverage.statuses_before[need.id]
        for turn in turns.get(need.id, []):
            status = turn.status
            found.append((need, status, _how(turn, asked)))
        now = coverage.statuses[need.id]
        if now is not status:  # without a turn, so a need that stands as re-opened again is no re-opening
            became = NeedStatus.OPEN if now is NeedStatus.RE_OPENED else now
            found.append((need, became, f"{status.label} to {now.label.lower()}"))
    return found


def _how(turn: NeedDecision, asked: Asked) -> str:
    """Re-opened on 3 Mar 2027, because of Neglect looked at again; a reason is for the board alone."""
    told = [f"{turn.status.label} on {short_date(turn.decided_on)}"]
    if turn.decided_on <= asked.since:
        told.append(f"recorded on {short_date(turn.recorded_at)}")
    if turn.cause_audit:
        told.append(f"because of {turn.cause_audit.title}")
    elif turn.status is NeedStatus.RE_OPENED and not asked.is_published:
        told.append(turn.reason)
    return ", ".join([*told, *([turn.minute_reference] if turn.minute_reference else [])])


def _count(decided: Sequence[tuple[TrainingNeed, NeedStatus, str]], status: NeedStatus) -> Cell:
    needs = {need.id for need, became, _ in decided if became is status}
    return rules.number(len(needs), rows=f"Need {status.label.lower()}")
