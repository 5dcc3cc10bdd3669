"""What notes scores and corrects them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import insert, update

from sscb_training.accreditation import queries, rules
from sscb_training.accreditation.models import (
    AccreditationScheme,
    AssessmentAttempt,
    Evidence,
)
from sscb_training.accreditation.terms.queries import why_not_assessed
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date
from sscb_training.people.models import Person

if TYPE_CHECKING:
    pass


from sscb_training.accreditation.service import AccreditationRefused

Sat = TypeVar("Sat", bound=Evidence)


def record_score(
    scheme: AccreditationScheme,
    booking: Evidence,
    *,
    percent: int,
    assessed_on: date,
    together: Collection[int] = (),
    is_online: bool = False,
    by: Person | None,
    now: datetime,
) -> AssessmentAttempt:
    """Note one more attempt at the scheme's assessment; the earlier ones are kept.

    Refused where the scheme's terms want a wait or another attendance first; a quiz asked that when it was begun, and
    what it then let begin counts. `together` are the bookings that with this one are one attendance.
    """
    if assessed_on > london_date(now):
        raise AccreditationRefused("The date of an assessment must be today or in the past.")
    lock(
        db.session.get_one(Person, booking.person_id)
    )  # two attempts at once are counted one after the other
    if not is_online:
        _refuse_an_assessment(scheme, booking, on=assessed_on, together=together)
    attempt = AssessmentAttempt(
        **_attempt(
            scheme, booking, percent=percent, assessed_on=assessed_on, is_online=is_online, by=by, now=now
        )
    )
    db.session.add(attempt)
    history.record("scored", attempt, by=by, at=now, percent=percent, passed=attempt.passed)
    return attempt


def enter_scores(
    scheme: AccreditationScheme,
    percents: Mapping[Sat, int | None],
    *,
    assessed_on: date,
    together: Mapping[int, Collection[int]] | None = None,
    by: Person | None,
    now: datetime,
) -> dict[int, list[int | None]]:
    """Write the scores of an open register, several at once: what changed, as booking: [old, new].

    A booking's first score is an attempt, which the terms must allow as in `record_score`; another score corrects it,
    and None takes it back. Whoever calls keeps the old values in the history.
    """
    latest = {key: score.latest for key, score in queries.scores(b.id for b in percents).items()}
    changed: dict[int, list[int | None]] = {}
    new: list[dict[str, object]] = []
    corrected: list[AssessmentAttempt] = []
    corrections: list[dict[str, object]] = []
    for booking, percent in percents.items():
        attempt = latest.get((booking.id, scheme.id))
        before = attempt.percent if attempt else None
        if percent == before:
            continue
        changed[booking.id] = [before, percent]
        if attempt is None and percent is not None:
            _refuse_an_assessment(
                scheme, booking, on=assessed_on, together=(together or {}).get(booking.id, ())
            )
            new.append(_attempt(scheme, booking, percent=percent, assessed_on=assessed_on, by=by, now=now))
        elif attempt is not None:
            corrected.append(attempt)
            corrections.append(_correction(attempt, percent, by=by, now=now))
    if new:
        db.session.execute(insert(AssessmentAttempt), new)
    if corrections:
        db.session.execute(update(AssessmentAttempt), corrections)
    for attempt in corrected:
        db.session.expire(attempt)
    return changed


def _refuse_an_assessment(
    scheme: AccreditationScheme, booking: Evidence, *, on: date, together: Collection[int]
) -> None:
    terms = queries.terms_on(scheme, on)
    if not terms.limits_attempts:
        return
    if why := why_not_assessed(scheme, booking, on=on, together=together):
        name = db.session.get_one(Person, booking.person_id).name
        raise AccreditationRefused(f"{name} {why}. Nothing was saved.")


def _correction(
    attempt: AssessmentAttempt, percent: int | None, *, by: Person | None, now: datetime
) -> dict[str, object]:
    kept = attempt.percent if percent is None else percent
    return {
        "id": attempt.id,
        "percent": kept,
        "passed": rules.passed(kept, attempt.pass_mark),
        "recorded_at": now,
        "recorded_by_id": by.id if by else None,
        "withdrawn_at": now if percent is None else None,
    }


def _attempt(
    scheme: AccreditationScheme,
    booking: Evidence,
    *,
    percent: int,
    assessed_on: date,
    is_online: bool = False,
    by: Person | None,
    now: datetime,
) -> dict[str, object]:
    """The columns of a new attempt."""
    pass_mark = queries.terms_on(scheme, assessed_on).pass_mark
    if pass_mark is None:
        raise AccreditationRefused(f"{scheme.name} has no assessment, so there is no score to record.")
    if not 0 <= percent <= 100:
        raise AccreditationRefused("Assessment score must be between 0 and 100 per cent.")
    return {
        "scheme_id": scheme.id,
        "person_id": booking.person_id,
        "booking_id": booking.id,
        "assessed_on": assessed_on,
        "percent": percent,
        "pass_mark": pass_mark,
        "passed": rules.passed(percent, pass_mark),
        "recorded_at": now,
        "recorded_by_id": by.id if by else None,
        "is_online": is_online,
    }
