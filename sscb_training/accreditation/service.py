"""What changes schemes, scores and accreditations."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, TypedDict, TypeVar, Unpack

from sqlalchemy import insert, update

from sscb_training.accreditation import queries, rules
from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AssessmentAttempt,
    Evidence,
    EvidenceKind,
    FailMeans,
    RenewsFrom,
    SchemeCourse,
    SchemeTerms,
)
from sscb_training.accreditation.terms.queries import why_not_assessed
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock, only_if_free
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date, plain_date
from sscb_training.people.models import Person

if TYPE_CHECKING:
    from sscb_training.courses.models import Course, CourseVersion

Sat = TypeVar("Sat", bound=Evidence)


class AccreditationRefused(Refused):
    """A scheme or an accreditation that cannot be made or changed so."""


class TermsAsked(TypedDict, total=False):
    """What terms may say; what is left out is not asked."""

    pass_mark: int | None
    attempts_allowed: int | None
    waiting_days: int
    fail_means: FailMeans
    supervisor_confirms: bool
    valid_months: int | None
    window_months: int | None
    late_months: int
    renews_from: RenewsFrom
    reminder_days: list[int]


def add_scheme(
    *,
    code: str,
    name: str,
    description: str = "",
    trainers_hold_it: bool = False,
    first_use_weeks: int | None = None,
    earlier: AccreditationScheme | None = None,
    courses: Iterable["Course"],
    holds_from: date,
    by: Person | None,
    now: datetime,
    **asked: Unpack[TermsAsked],
) -> AccreditationScheme:
    """Say what people can be accredited in, and the first terms. The numbers are the board's settings."""
    with only_if_free(partial(_refuse_a_double, None, code=code, name=name)):
        scheme = AccreditationScheme(
            code=code,
            name=name,
            description=description,
            trainers_hold_it=trainers_hold_it,
            first_use_weeks=first_use_weeks,
            earlier=earlier,
            courses=list(courses),
            terms=[SchemeTerms(holds_from=holds_from, **asked)],
        )
        db.session.add(scheme)
    history.record("added", scheme, by=by, at=now, **_settings(scheme), **_in_force_from(scheme.terms[0]))
    return scheme


def change_scheme(
    scheme: AccreditationScheme,
    *,
    code: str,
    name: str,
    description: str = "",
    trainers_hold_it: bool = False,
    first_use_weeks: int | None = None,
    earlier: AccreditationScheme | None = None,
    courses: Iterable["Course"],
    by: Person | None,
    now: datetime,
) -> None:
    """Change the scheme from now on, but for its terms; scores and accreditations that were given stand as they are."""
    lock(scheme)
    if earlier is not None and scheme in _itself_and_earlier(earlier):
        raise AccreditationRefused("A scheme cannot come before itself. Choose another earlier scheme.")
    before = _settings(scheme)
    with only_if_free(partial(_refuse_a_double, scheme, code=code, name=name)):
        scheme.code, scheme.name, scheme.description = code, name, description
        scheme.trainers_hold_it = trainers_hold_it
        scheme.first_use_weeks = first_use_weeks
        scheme.earlier = earlier
        scheme.courses = list(courses)
    db.session.expire(scheme, ["ways"])
    after = _settings(scheme)
    changed = {what: [before[what], after[what]] for what in after if before[what] != after[what]}
    if changed:
        history.record("changed", scheme, by=by, at=now, **changed)


def _itself_and_earlier(scheme: AccreditationScheme) -> set[AccreditationScheme]:
    found: set[AccreditationScheme] = set()
    before: AccreditationScheme | None = scheme
    while before is not None and before not in found:
        found.add(before)
        before = before.earlier
    return found


def _settings(scheme: AccreditationScheme) -> dict[str, object]:
    return {
        "code": scheme.code,
        "name": scheme.name,
        "description": scheme.description,
        "trainers_hold_it": scheme.trainers_hold_it,
        "first_use_weeks": scheme.first_use_weeks,
        "earlier": scheme.earlier.code if scheme.earlier else "",
        "courses": sorted(course.code for course in scheme.courses),
    }


def add_terms(
    scheme: AccreditationScheme,
    *,
    holds_from: date,
    by: Person | None,
    now: datetime,
    **asked: Unpack[TermsAsked],
) -> SchemeTerms:
    """Let the scheme ask something else from a day on, today at the earliest: what was decided under others stands."""
    lock(scheme)
    _refuse_the_past(holds_from, now=now)
    with only_if_free(partial(_refuse_the_same_day, scheme, holds_from)):
        terms = SchemeTerms(holds_from=holds_from, **asked)
        scheme.terms.append(terms)
    db.session.refresh(scheme, ["terms"])
    history.record("terms added", scheme, by=by, at=now, **_in_force_from(terms))
    return terms


def change_terms(
    terms: SchemeTerms, *, holds_from: date, by: Person | None, now: datetime, **asked: Unpack[TermsAsked]
) -> None:
    """Change terms that are still to come. Those in force stay as they are: what replaces them is added."""
    lock(terms.scheme)
    lock(terms)
    _refuse_if_in_force(terms, now=now)
    _refuse_the_past(holds_from, now=now)
    before = _in_force_from(terms)
    with only_if_free(partial(_refuse_the_same_day, terms.scheme, holds_from, besides=terms)):
        terms.holds_from = holds_from
        for what, answer in asked.items():
            setattr(terms, what, answer)
    db.session.refresh(terms.scheme, ["terms"])
    after = _in_force_from(terms)
    changed = {what: [before.get(what), after.get(what)] for what in before | after}
    if changed := {what: pair for what, pair in changed.items() if pair[0] != pair[1]}:
        history.record("terms changed", terms.scheme, by=by, at=now, **changed)


def remove_terms(terms: SchemeTerms, *, by: Person | None, now: datetime) -> None:
    """Take back terms that are still to come."""
    scheme = terms.scheme
    lock(scheme)
    lock(terms)
    _refuse_if_in_force(terms, now=now)
    history.record("terms removed", scheme, by=by, at=now, **_in_force_from(terms))
    scheme.terms.remove(terms)


def change_way(
    way: SchemeCourse,
    *,
    from_version: "CourseVersion | None",
    is_refresher: bool,
    parts: list[int],
    by: Person | None,
    now: datetime,
) -> None:
    """Say how a course leads to its scheme from now on; what a closed register gave stands until it is closed again."""
    lock(way)
    before = _way(way)
    way.from_version, way.is_refresher, way.parts = from_version, is_refresher, sorted(parts)
    after = _way(way)
    if changed := {what: [before[what], after[what]] for what in after if before[what] != after[what]}:
        history.record("way changed", way.scheme, by=by, at=now, course=way.course.title, **changed)


def _way(way: SchemeCourse) -> dict[str, object]:
    return {
        "from_version": way.from_version.number if way.from_version else "any",
        "refresher": way.is_refresher,
        "parts": ", ".join(map(str, way.parts)) or "every part",
    }


def _refuse_the_past(holds_from: date, *, now: datetime) -> None:
    if holds_from < london_date(now):
        raise AccreditationRefused(
            "The day from which terms hold must be today or later. What was decided under earlier terms stands."
        )


def _refuse_if_in_force(terms: SchemeTerms, *, now: datetime) -> None:
    if terms.holds_from <= london_date(now):
        raise AccreditationRefused("These terms are in force already. Add other terms from a day on instead.")


def _refuse_the_same_day(
    scheme: AccreditationScheme, holds_from: date, *, besides: SchemeTerms | None = None
) -> None:
    if any(terms.holds_from == holds_from and terms is not besides for terms in scheme.terms):
        raise AccreditationRefused(
            f"There are terms from {plain_date(holds_from)} already. Choose another day, or change those."
        )


def _in_force_from(terms: SchemeTerms) -> dict[str, object]:
    """What the terms say, without what they leave out, for the history."""
    said = {what: getattr(terms, what) for what in sorted(TermsAsked.__optional_keys__)} | {
        "fail_means": terms.fail_means.label,
        "renews_from": terms.renews_from.label,
        "reminder_days": ", ".join(map(str, terms.reminder_days)),
    }
    return {"holds_from": terms.holds_from} | {what: answer for what, answer in said.items() if answer}


def _refuse_a_double(scheme: AccreditationScheme | None, *, code: str, name: str) -> None:
    for what, found in (
        ("code", queries.scheme_called(code=code)),
        ("name", queries.scheme_called(name=name)),
    ):
        if found is not None and found is not scheme:
            raise AccreditationRefused(f"{found.name} has this {what} already. Choose another {what}.")


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


def award(
    person: Person,
    scheme: AccreditationScheme,
    *,
    awarded_on: date,
    booking: Evidence | None = None,
    attempt: AssessmentAttempt | None = None,
    counts_from: date | None = None,
    evidence: EvidenceKind | None = None,
    source: str = "",
    until: date | None = None,
    tell: bool = True,
    by: Person | None,
    now: datetime,
) -> Accreditation:
    """Accredit somebody, with the expiry settled now; the one that the booking earned already, if it has.

    `counts_from`: the day from which its months count where that is not the day of the award, as in a renewal.
    The evidence is the attempt or else the booking, unless the caller says otherwise; what has neither comes from
    earlier records. It ends by the scheme's terms, or on the day `until` that another area gave. The holder gets a
    letter, unless the caller writes one or the accreditation has run out by the time it is recorded.
    """
    lock(person)
    if booking is not None and (earned := queries.standing_accreditation(booking, scheme)):
        return earned
    accreditation = _record(
        Accreditation(
            person=person,
            scheme=scheme,
            booking_id=booking.id if booking else None,
            attempt=attempt,
            evidence=evidence or _evidence(booking, attempt),
            source=source,
            awarded_on=awarded_on,
            expires_on=until
            or rules.expires_on(
                counts_from or awarded_on, valid_months=queries.terms_on(scheme, awarded_on).valid_months
            ),
            recorded_at=now,
        ),
        by=by,
        tell=tell,
    )
    _end_what_was_revoked([accreditation], now=now)
    return accreditation


def _end_what_was_revoked(awarded: Sequence[Accreditation], *, now: datetime) -> None:
    """What was earned before the board revoked the right, and is recorded only now, ends with it.

    It comes back as the rest did where the board has reinstated it, or when it does.
    """
    decided = queries.revoked_of([one.person.id for one in awarded if one.person.id])
    for one in awarded:
        decision = decided.get((one.person.id, one.scheme.id))
        if decision is None or decision.revoked_on is None:
            continue
        decided_on = london_date(decision.revoked_recorded_at or now)
        if one.awarded_on > decision.revoked_on and one.awarded_on >= decided_on:
            continue  # earned anew
        if one.expires_on is not None and one.expires_on < decision.revoked_on:
            continue
        one.revoked_on = max(decision.revoked_on, one.awarded_on)
        one.revoked_recorded_at = decision.revoked_recorded_at
        one.revoke_reason, one.revoke_reference = decision.revoke_reason, decision.revoke_reference
        db.session.flush()
        history.record("revoked", one, by=None, at=now, on=one.revoked_on, reference=one.revoke_reference)
        back = queries.reinstatement_of(decision)
        if back is not None and (one.expires_on is None or back.awarded_on <= one.expires_on):
            reason, reference = back.decision_reason, back.decision_reference
            _reinstate(one, on=back.awarded_on, reason=reason, reference=reference, by=None, now=now)


def _record(accreditation: Accreditation, *, by: Person | None, tell: bool = True) -> Accreditation:
    """Add it and, unless it has run out, write to the holder."""
    now, expires_on = accreditation.recorded_at, accreditation.expires_on
    db.session.add(accreditation)
    history.record(
        "awarded",
        accreditation,
        by=by,
        at=now,
        scheme=accreditation.scheme.code,
        awarded_on=accreditation.awarded_on,
        expires_on=expires_on,
        evidence=accreditation.evidence,
        source=accreditation.source or None,
        reference=accreditation.decision_reference or None,
    )
    if tell and (expires_on is None or expires_on >= london_date(now)):
        mail.queue(
            "accreditation/awarded", to=accreditation.person.email, at=now, accreditation=accreditation
        )
    return accreditation


def award_by_records(
    earned: Iterable[tuple[Person, AccreditationScheme, date, str]], *, by: Person | None, now: datetime
) -> list[Accreditation]:
    """Accredit people by earlier records, each with the scheme, the day it was earned and the source: file and row.

    Settled as `award` settles one, many at once. Nobody gets a letter, whether it has run out or not: it is no news.
    Refuses by a constraint what the same records gave already.
    """
    awarded = [
        Accreditation(
            evidence=EvidenceKind.IMPORTED,
            source=source,
            person=person,
            scheme=scheme,
            awarded_on=awarded_on,
            expires_on=queries.expiry_of_award(scheme, awarded_on),
            recorded_at=now,
        )
        for person, scheme, awarded_on, source in earned
    ]
    db.session.add_all(awarded)
    history.record_each(
        "awarded",
        (
            (
                one,
                {
                    "scheme": one.scheme.code,
                    "awarded_on": one.awarded_on,
                    "expires_on": one.expires_on,
                    "evidence": one.evidence,
                    "source": one.source,
                },
            )
            for one in awarded
        ),
        by=by,
        at=now,
    )
    _end_what_was_revoked(awarded, now=now)
    return awarded


def _evidence(booking: Evidence | None, attempt: AssessmentAttempt | None) -> EvidenceKind:
    if attempt is not None:
        return EvidenceKind.ATTEMPT
    return EvidenceKind.IMPORTED if booking is None else EvidenceKind.ATTENDANCE


def withdraw(
    accreditation: Accreditation, *, by: Person | None, now: datetime, replaced: bool = False
) -> None:
    """Take back what was recorded in error: it never counted. `replaced`: a corrected one follows.

    The holder, who has a letter that says otherwise, is told.
    """
    lock(
        accreditation.person
    )  # before the row, as every verb does: two in another order would wait for each other
    lock(accreditation)
    if accreditation.withdrawn_at is not None:
        return
    if accreditation.revoked_on is not None:
        raise AccreditationRefused("This accreditation was revoked, and stays on record as it is.")
    accreditation.withdrawn_at = now
    history.record("withdrawn", accreditation, by=by, at=now, awarded_on=accreditation.awarded_on)
    if not replaced:
        mail.queue(
            "accreditation/withdrawn", to=accreditation.person.email, at=now, accreditation=accreditation
        )


def revoke(
    accreditation: Accreditation,
    *,
    on: date,
    reason: str,
    reference: str,
    by: Person | None,
    now: datetime,
) -> None:
    """End the right to use the tool from a day on, by a decision of the board; only reinstating gives it again.

    The right ends, whichever award it rests on: what else the holder has in the scheme that would count on that day
    or later is revoked too. Nothing is sent: the board tells the holder itself.
    """
    _check_decision("revoke", reason=reason, reference=reference, by=by)
    lock(accreditation.person)
    lock(accreditation)
    if accreditation.withdrawn_at is not None:
        raise AccreditationRefused("This accreditation was recorded in error and taken back already.")
    if accreditation.revoked_on is not None:
        raise AccreditationRefused(
            f"This accreditation was revoked on {plain_date(accreditation.revoked_on)} already."
        )
    if not accreditation.awarded_on <= on <= london_date(now):
        raise AccreditationRefused(
            f"The date must be from {plain_date(accreditation.awarded_on)}, when it was awarded, until today."
        )
    if accreditation.expires_on is not None and accreditation.expires_on < on:
        raise AccreditationRefused(
            f"This accreditation expired on {plain_date(accreditation.expires_on)}, before that date."
        )
    for one in (accreditation, *queries.still_counting(accreditation, on=on)):
        one.revoked_on = max(on, one.awarded_on)
        one.revoked_recorded_at = now
        one.revoke_reason = reason.strip()
        one.revoke_reference = reference.strip()
        history.record("revoked", one, by=by, at=now, on=one.revoked_on, reference=one.revoke_reference)


def reinstate(
    accreditation: Accreditation,
    *,
    on: date,
    reason: str,
    reference: str,
    by: Person | None,
    now: datetime,
) -> Sequence[Accreditation]:
    """Give back from a day on, by a decision of the board, what another decision revoked.

    What was revoked stays as it is. Each accreditation that was revoked with this one and would still count on that
    day is reinstated by one of its own until the old expiry; the holder has a letter about the one that lasts longest.
    """
    _check_decision("reinstate", reason=reason, reference=reference, by=by)
    lock(accreditation.person)
    lock(accreditation)
    if accreditation.withdrawn_at is not None or accreditation.revoked_on is None:
        raise AccreditationRefused("This accreditation is not revoked, so there is nothing to reinstate.")
    if queries.reinstatement_of(accreditation) is not None:
        raise AccreditationRefused("This accreditation is reinstated already.")
    if not accreditation.revoked_on <= on <= london_date(now):
        raise AccreditationRefused(
            f"The date must be from {plain_date(accreditation.revoked_on)}, when it was revoked, until today."
        )
    if accreditation.expires_on is not None and accreditation.expires_on < on:
        raise AccreditationRefused(
            f"This accreditation would have expired on {plain_date(accreditation.expires_on)}, before that date."
        )
    lasting = [
        one
        for one in queries.revoked_together(accreditation)
        if (one.expires_on is None or on <= one.expires_on) and queries.reinstatement_of(one) is None
    ]
    lasting.sort(key=lambda one: one.expires_on or date.max, reverse=True)
    made = []
    for one in lasting:
        tell = one is lasting[0]
        made.append(_reinstate(one, on=on, reason=reason, reference=reference, tell=tell, by=by, now=now))
    return made


def _reinstate(
    revoked: Accreditation,
    *,
    on: date,
    reason: str,
    reference: str,
    tell: bool = False,
    by: Person | None,
    now: datetime,
) -> Accreditation:
    """Another accreditation from a day on, until the old expiry."""
    history.record("reinstated", revoked, by=by, at=now, on=on, reference=reference.strip())
    return _record(
        Accreditation(
            person=revoked.person,
            scheme=revoked.scheme,
            evidence=EvidenceKind.REINSTATED,
            reinstates_id=revoked.id,
            awarded_on=on,
            expires_on=revoked.expires_on,
            recorded_at=now,
            decision_reason=reason.strip(),
            decision_reference=reference.strip(),
        ),
        by=by,
        tell=tell,
    )


def _check_decision(verb: str, *, reason: str, reference: str, by: Person | None) -> None:
    if by is None or not by.is_board_staff:
        raise AccreditationRefused(f"Only board staff can {verb} an accreditation.")
    if not reason.strip() or not reference.strip():
        raise AccreditationRefused("Enter the reason and the reference of the decision.")
