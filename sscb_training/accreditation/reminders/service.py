"""What tells holder and managers that an accreditation runs out."""

from datetime import datetime

from sscb_training.accreditation.models import Accreditation
from sscb_training.accreditation.reminders import queries, rules
from sscb_training.accreditation.reminders.models import ExpiryReminder
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date


def see_to(accreditation: Accreditation, days_before: int, *, now: datetime) -> int:
    """Tell holder and current managers, once for this stage, unless the reason is gone; how many letters."""
    lock(accreditation)
    if accreditation.expires_on is None or queries.was_seen_to(accreditation, days_before):
        return 0
    seen_to = ExpiryReminder(
        accreditation_id=accreditation.id, days_before=days_before, seen_to_at=now, letters=0
    )
    db.session.add(seen_to)
    too_late = rules.came_too_late(
        days_before,
        awarded_on=accreditation.awarded_on,
        expires_on=accreditation.expires_on,
        recorded_on=london_date(accreditation.recorded_at),
    )
    if not too_late and not queries.why_nobody(accreditation.id, now):
        seen_to.letters = _write(accreditation, days_before, now=now)
        if seen_to.letters:
            history.record("reminded", accreditation, by=None, at=now, days_before_expiry=days_before)
    return seen_to.letters


def _write(accreditation: Accreditation, days_before: int, *, now: datetime) -> int:
    person, on, is_over = accreditation.person, london_date(now), days_before == rules.OVER
    name = "expired" if is_over else "expiring"
    letters = [(f"accreditation/{name}", "", person.email or person.contact_email)]
    for manager_name, email in queries.managers(person, on=on):
        letters.append((f"accreditation/{name}_manager", manager_name, email))
    courses = queries.courses_to_renew(accreditation.scheme, is_over=is_over, on=on)
    for template, manager_name, to in letters:
        mail.queue(
            template, to=to, at=now, accreditation=accreditation, manager_name=manager_name, courses=courses
        )
    return sum(1 for *_, to in letters if to)
