"""What changes the status of a need, each time as a decision that stays.

Only the board closes one. Coverage makes it ready to review, and no more.
"""

from datetime import date, datetime
from typing import Any

from sscb_training.case_audits.models import CaseAudit
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date
from sscb_training.needs.coverage.queries import CountyCoverage, county_coverage
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.needs.reviews import queries, rules
from sscb_training.needs.reviews.models import NeedDecision
from sscb_training.people.models import Person


class ReviewRefused(Refused):
    """A decision about a need that may not stand as it is."""


def follow_coverage(need: TrainingNeed, *, now: datetime) -> NeedDecision | None:
    """Make the need ready to review once its target is reached, or open again when it is not any more."""
    lock(need)
    today = london_date(now)
    figure = _figure(need, today)
    status = moved(need, figure, on=today)
    if status is None:
        return None
    verb = "ready to review" if status is NeedStatus.READY_TO_REVIEW else "below its target again"
    return _decide(verb, need, status, figure, decided_on=today, by_coverage=True, by=None, now=now)


def moved(need: TrainingNeed, figure: CountyCoverage, *, on: date) -> NeedStatus | None:
    """The status that the county's figure moves the need to; None where it stays."""
    reached = rules.is_reached(
        in_force=figure.in_force, headcount=figure.headcount, target_percent=need.target_percent
    )
    if need.status is NeedStatus.CLOSED or reached is (need.status is NeedStatus.READY_TO_REVIEW):
        return None  # as nearly always, and then nothing is asked of the database
    return rules.moved_by_coverage(
        need.status,
        reached=reached,
        kept_open=rules.is_kept_open(
            queries.latest_of_the_board(need), target_percent=need.target_percent, on=on
        ),
        was_closed=queries.last_closing(need) is not None,
    )


def close_need(
    need: TrainingNeed, *, decided_on: date, minute_reference: str, evidence: str, statement: str,
    review_on: date | None, by: Person | None, now: datetime,
) -> NeedDecision:  # fmt: skip
    """Close the need as the board decided, on the evidence that practice changed; coverage is no such evidence."""
    _hold(need, decided_on, review_on, now)
    if need.status is NeedStatus.CLOSED:
        raise ReviewRefused("This need is closed already.")
    for said, missing in [
        (minute_reference, "Enter the reference of the minute."),
        (evidence, "Enter the evidence of effect."),
        (statement, "Confirm that coverage is not proof that practice changed."),
    ]:
        if not said.strip():
            raise ReviewRefused(missing)
    return _decide(
        "closed", need, NeedStatus.CLOSED, _figure(need, london_date(now)), decided_on=decided_on, review_on=review_on,
        minute_reference=minute_reference, evidence=evidence, statement=statement, by=by, now=now,
    )  # fmt: skip


def keep_open(
    need: TrainingNeed, *, decided_on: date, minute_reference: str, reason: str, review_on: date,
    by: Person | None, now: datetime,
) -> NeedDecision:  # fmt: skip
    """Record that the board looked at the need and keeps it open until it looks again."""
    _hold(need, decided_on, review_on, now)
    if need.status is NeedStatus.CLOSED:
        raise ReviewRefused("This need is closed. Re-open it first.")
    stays = NeedStatus.RE_OPENED if queries.last_closing(need) else NeedStatus.OPEN
    return _decide(
        "kept open", need, stays, _figure(need, london_date(now)), decided_on=decided_on, review_on=review_on,
        minute_reference=minute_reference, reason=reason, by=by, now=now,
    )  # fmt: skip


def re_open(
    need: TrainingNeed, *, decided_on: date, minute_reference: str = "", reason: str,
    by: Person | None, now: datetime,
) -> NeedDecision:  # fmt: skip
    """Re-open a closed need by hand, for a reason. Its closing stays on record."""
    review_on = london_date(now) + rules.LOOK_AGAIN_AFTER
    _hold(need, decided_on, review_on, now)
    if need.status is not NeedStatus.CLOSED:
        raise ReviewRefused("This need is not closed, so there is nothing to re-open.")
    if not reason.strip():
        raise ReviewRefused("Enter the reason for re-opening it.")
    return _decide(
        "re-opened", need, NeedStatus.RE_OPENED, _figure(need, london_date(now)), decided_on=decided_on, review_on=review_on,
        minute_reference=minute_reference, reason=reason, by=by, now=now,
    )  # fmt: skip


def re_open_for(
    need: TrainingNeed, case_audit: CaseAudit | None, *, by: Person | None, now: datetime
) -> NeedDecision | None:
    """Re-open a closed need because of what an audit found since; the audit is kept as the cause.

    Nothing happens to a need that is not closed, so that two findings of one audit re-open it once.
    """
    lock(need)
    closing = queries.last_closing(need)
    if need.status is not NeedStatus.CLOSED or closing is None:
        return None
    if case_audit is None or not rules.re_opens(
        is_re_audit=case_audit.re_audit_of_id is not None,
        month=case_audit.month,
        closed_on=closing.decided_on,
    ):
        raise ReviewRefused(
            f"{need.code} is closed, and was closed after this was found. Re-open it first, with the reason."
        )
    today = london_date(now)
    return _decide(
        "re-opened", need, NeedStatus.RE_OPENED, _figure(need, today), decided_on=today,
        review_on=today + rules.LOOK_AGAIN_AFTER, cause_audit=case_audit, by=by, now=now,
    )  # fmt: skip


def _hold(need: TrainingNeed, decided_on: date, review_on: date | None, now: datetime) -> None:
    lock(need)
    latest = queries.latest_of_the_board(need)
    wrong = rules.wrong_day(
        decided_on, today=london_date(now), begins_on=queries.begins_on(need),
        not_before=latest.decided_on if latest else None,
    )  # fmt: skip
    if wrong:
        raise ReviewRefused(wrong, about="decided_on")
    if review_on is not None and review_on <= decided_on:
        raise ReviewRefused(
            "The date to look again must be after the date of the decision.", about="review_on"
        )


def _figure(need: TrainingNeed, today: date) -> CountyCoverage:
    return county_coverage(need, as_at=today, known_on=today)


def _decide(
    verb: str, need: TrainingNeed, status: NeedStatus, figure: CountyCoverage, *, decided_on: date,
    by: Person | None, now: datetime, **more: Any,
) -> NeedDecision:  # fmt: skip
    """Add a decision. Its number is the need's next, and no two may have the same, whoever forgot the lock."""
    decision = NeedDecision(
        need_id=need.id, number=queries.decisions_so_far(need) + 1, status=status, decided_on=decided_on,
        recorded_at=now, by_id=by.id if by else None, in_force=figure.in_force, headcount=figure.headcount,
        target_percent=need.target_percent, **more,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    need.status = rules.status_after(queries.in_their_order(need))
    settled = {
        name: value for name, value in more.items() if value and name not in {"by_coverage", "cause_audit"}
    }
    cause = more.get("cause_audit")
    if cause is not None:
        settled["cause"] = f"{cause.code}: {cause.title}"
    history.record(
        verb, need, by=by, at=now, decided_on=decided_on, in_force=figure.in_force,
        headcount=figure.headcount, target_percent=need.target_percent, **settled,
    )  # fmt: skip
    return decision
