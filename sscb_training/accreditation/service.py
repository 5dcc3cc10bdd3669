"""What gives accreditations, and what ends them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sscb_training.accreditation import queries, rules
from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AssessmentAttempt,
    Evidence,
    EvidenceKind,
)
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date, plain_date
from sscb_training.people.models import Person

if TYPE_CHECKING:
    pass


class AccreditationRefused(Refused):
    """A scheme, a score or an accreditation that cannot be made or changed so."""


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
