"""What a scheme's terms mean for one person, in words."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AssessmentAttempt,
    Evidence,
    SchemeTerms,
    standing,
)
from sscb_training.accreditation.queries import terms_on, ways_of
from sscb_training.accreditation.terms import rules
from sscb_training.accreditation.terms.rules import Failed, NoRenewal, Obstacle, Renewal
from sscb_training.core.db import db, rows
from sscb_training.core.times import plain_date

if TYPE_CHECKING:
    from sscb_training.courses.models import CourseVersion


def why_not_assessed(
    scheme: AccreditationScheme, booking: Evidence, *, on: date, together: Collection[int] = ()
) -> str:
    """Why the delegate may not be assessed in the scheme on a day, as "…did not pass on 3 May 2026…"; empty when they may.

    `together` are the bookings which with this one are one attendance: those that make up its parts.
    """
    terms = terms_on(scheme, on)
    failed = [
        Failed(assessed_on, booking_id in {booking.id, *together})
        for assessed_on, booking_id in db.session.execute(
            select(AssessmentAttempt.assessed_on, AssessmentAttempt.booking_id).where(
                AssessmentAttempt.scheme_id == scheme.id,
                AssessmentAttempt.person_id == booking.person_id,
                AssessmentAttempt.passed.is_(False),
                AssessmentAttempt.withdrawn_at.is_(None),
            )
        )
    ]
    return _obstacle_in_words(terms, failed, on=on)


def _obstacle_in_words(terms: SchemeTerms, failed: Sequence[Failed], *, on: date) -> str:
    found = rules.obstacle(terms, failed, on=on)
    if found is None:
        return ""
    last = plain_date(max(one.on for one in failed))
    if found is Obstacle.ATTENDS_AGAIN:
        return f"did not pass on {last}, and must attend again before another assessment"
    if found is Obstacle.NO_ATTEMPT_LEFT:
        used = "the one attempt" if terms.attempts_allowed == 1 else f"all {terms.attempts_allowed} attempts"
        return f"has used {used} that one attendance gives, and must attend again before another assessment"
    again = rules.assessed_again_from(terms, failed)
    wait = "1 day" if terms.waiting_days == 1 else f"{terms.waiting_days} days"
    from_when = f": assessed again from {plain_date(again)}" if again else ""
    return f"did not pass on {last}, and {wait} must go by between attempts{from_when}"


def held_in(
    schemes: Collection[int], people: Collection[int]
) -> Mapping[tuple[int, int], Sequence[Accreditation]]:
    """What these people were ever accredited in, of these schemes, by person and scheme, the earliest first."""
    found: dict[tuple[int, int], list[Accreditation]] = {}
    if schemes:
        query = select(Accreditation).where(
            standing, Accreditation.scheme_id.in_(schemes), Accreditation.person_id.in_(people)
        )
        for one in rows(query.order_by(Accreditation.awarded_on, Accreditation.id)):
            found.setdefault((one.person_id, one.scheme_id), []).append(one)
    return found


def leading_courses(scheme: AccreditationScheme, held: Sequence[Accreditation], *, on: date) -> list[int]:
    """By key, the courses that give it to somebody who held these: refreshers first, and only while one renews it."""
    renews = rules.renewal(terms_on(scheme, on), held, on=on).counts_from is not None
    ways = sorted(scheme.ways, key=lambda way: (not way.is_refresher, way.course_id))
    return [way.course_id for way in ways if renews or not way.is_refresher]


def not_renewed_by(
    version: "CourseVersion", people: Collection[int], *, on: date
) -> Mapping[int, Sequence[str]]:
    """Why this version as a refresher, completed on a day, gives somebody nothing, by person; others are missing."""
    ways = [way for way in ways_of(version) if way.is_refresher]
    held = held_in([way.scheme_id for way in ways], people)
    found: dict[int, list[str]] = {}
    for way in ways:
        for person_id in people:
            theirs = held.get((person_id, way.scheme_id), ())
            if why := why_not_renewed(way.scheme, rules.renewal(terms_on(way.scheme, on), theirs, on=on)):
                found.setdefault(person_id, []).append(why)
    return found


def why_not_renewed(scheme: AccreditationScheme, renewal: Renewal) -> str:
    """Why a refresher gave nothing, as "…has never held GCP2…"; empty when it renews."""
    code, day = scheme.code, plain_date(renewal.day) if renewal.day else ""
    return {
        None: "",
        NoRenewal.NEVER_HELD: f"has never held {code}, and a refresher only renews it: it takes the whole course",
        NoRenewal.NOT_HELD_ANY_MORE: f"does not hold {code} any more, and a refresher only renews it",
        NoRenewal.DOES_NOT_EXPIRE: f"holds {code} without an expiry, so there is nothing to renew",
        NoRenewal.TOO_EARLY: f"can renew {code} from {day}, and this refresher came before",
        NoRenewal.TOO_LATE: f"held {code} until {day}, too long ago for a refresher: it takes the whole course",
    }[renewal.why_not]
