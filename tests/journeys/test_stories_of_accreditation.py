"""Stories 3 and 11 of the domain, as far as an accreditation goes: what ends, is revoked, given back or brought along."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sscb_training.accreditation import queries, service
from sscb_training.accreditation.external import service as external
from sscb_training.accreditation.reminders import jobs
from sscb_training.accreditation.rules import unbroken_since
from sscb_training.core.mail import Letter
from sscb_training.core.times import at_london
from sscb_training.core.transaction import transaction
from sscb_training.needs.coverage.queries import county_coverage
from sscb_training.needs.models import TrainingNeed
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_agency,
    make_external,
    make_need,
    make_person,
    make_scheme,
    make_staff_group,
)

Outbox = Callable[[], list[Letter]]
MAY = date(2026, 5, 14)


def noon(day: date) -> datetime:
    return at_london(day) + timedelta(hours=12)


def in_force(need: TrainingNeed, as_at: date, known_on: date | None = None) -> int:
    return county_coverage(need, as_at=as_at, known_on=known_on or TODAY).everywhere


def test_story_11_expired_and_revoked(cara: Person, outbox: Outbox) -> None:
    group, scheme = make_staff_group(), make_scheme(reminder_days=[90, 30], window_months=3)
    need = make_need(staff_groups=[group], scheme=scheme)
    nia, vic = (make_person(agency=make_agency(), staff_group=group) for _ in range(2))
    first = make_accreditation(
        nia, scheme, awarded_on=date(2023, 5, 14), expires_on=MAY, recorded_at=noon(date(2023, 5, 14))
    )
    lent = make_accreditation(
        vic,
        scheme,
        awarded_on=date(2025, 1, 8),
        expires_on=date(2028, 1, 8),
        recorded_at=noon(date(2025, 1, 8)),
    )

    told = [day for day in range(-100, 20) if jobs.remind_of_expiry(noon(MAY + timedelta(days=day)))]
    assert told == [-90, -30, 1]
    assert [letter.to_address for letter in outbox()] == [nia.email, "mo@agency.example"] * 3
    assert [in_force(need, MAY + timedelta(days=days)) for days in (0, 1)] == [2, 1]
    with transaction():
        refreshed = service.award(
            nia, scheme, awarded_on=date(2026, 6, 1), by=cara, now=noon(date(2026, 6, 2))
        )
    assert in_force(need, date(2026, 6, 1)) == 2
    assert in_force(need, date(2026, 6, 1), known_on=date(2026, 6, 1)) == 1
    assert unbroken_since(queries.periods([first, refreshed]), on=TODAY) == date(2026, 6, 1)

    decision = {"reason": "A colleague used it on their sign-in", "reference": "QP-7", "by": cara}
    with transaction():
        service.revoke(lent, on=date(2026, 7, 1), now=noon(date(2026, 7, 20)), **decision)  # type: ignore[arg-type]
    assert [in_force(need, day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [2, 1]
    assert in_force(need, date(2026, 7, 1), known_on=date(2026, 7, 19)) == 2
    with transaction():
        service.reinstate(lent, on=date(2026, 9, 1), now=noon(date(2026, 9, 3)), **decision)  # type: ignore[arg-type]
    assert [in_force(need, day) for day in (date(2026, 8, 31), date(2026, 9, 1))] == [1, 2]
    assert in_force(need, date(2026, 9, 1), known_on=date(2026, 9, 2)) == 1


def test_story_3_what_somebody_brings_along_counts_once_it_is_accepted(cara: Person) -> None:
    group, scheme = make_staff_group(), make_scheme(valid_months=36)
    need = make_need(staff_groups=[group], scheme=scheme)
    brought = make_external(make_person(agency=make_agency(), staff_group=group), scheme)
    assert in_force(need, TODAY) == 0
    with transaction():
        external.accept(brought, as_stated=False, reason="", by=cara, now=NOW)
    assert in_force(need, TODAY) == 1
    assert in_force(need, TODAY - timedelta(days=1)) == 1
    assert in_force(need, TODAY, known_on=TODAY - timedelta(days=1)) == 0
