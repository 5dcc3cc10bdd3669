"""Who may be standing at the door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import selectinload

from sscb_training.core.db import rows
from sscb_training.people.models import Membership, Person
from sscb_training.people.rules import fold_email

FOUND_AT_MOST = 20


@dataclass(frozen=True)
class Found:
    """Somebody who may be standing at the door, in one of their jobs; without one when they have none now."""

    person: Person
    membership: Membership | None

    @property
    def key(self) -> str:
        """The person and the job, for a form to name."""
        return f"{self.person.id}-{self.membership.id if self.membership else 0}"


def people_at_the_door(search: str, *, on: date) -> Sequence[Found]:
    """Who has this in their name, or exactly this email address, with each of their current jobs.

    An address must be whole, so that nobody can fish for addresses; it is never shown.
    """
    search = search.strip()
    if len(search) < 2:
        return []
    by_email = Person.email_key == fold_email(search)
    by_name = [Person.name.icontains(word, autoescape=True) for word in search.split()]
    people = rows(
        select(Person)
        .where(by_email if "@" in search else and_(*by_name))
        .options(selectinload(Person.memberships).joinedload(Membership.agency))
        .order_by(func.lower(Person.name), Person.id)
        .limit(FOUND_AT_MOST)
    )
    found: list[Found] = []
    for person in people:
        current = [membership for membership in person.memberships if membership.is_current(on)]
        found += [Found(person, membership) for membership in current] or [Found(person, None)]
    return found
