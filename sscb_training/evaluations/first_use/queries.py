"""Who is to be asked whether they use a tool, what waits for an answer, and what was answered in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from sscb_training.accreditation.models import Accreditation, AccreditationScheme
from sscb_training.core.db import db, row_or_404, rows
from sscb_training.core.times import london_date
from sscb_training.evaluations.first_use import rules
from sscb_training.evaluations.first_use.models import Answer, Asked, FirstUse
from sscb_training.evaluations.models import Obstacle
from sscb_training.people.models import Membership, Person

SIGNED_FOR = "say whether a tool is used"
"""What the link of the question is signed for, with its key: it opens nothing else."""

_IN_FULL = joinedload(FirstUse.accreditation).options(
    joinedload(Accreditation.person), joinedload(Accreditation.scheme)
)


def due(*, now: datetime) -> Sequence[int]:
    """The accreditations in force whose holder and manager are to be asked now: the first of each holder in a scheme."""
    on = london_date(now)
    earlier = aliased(Accreditation)
    found: list[int] = []
    for scheme in rows(select(AccreditationScheme).where(AccreditationScheme.first_use_weeks.is_not(None))):
        first, last = rules.awarded_between(scheme.first_use_weeks or 0, on=on)
        found += rows(
            select(Accreditation.id)
            .where(
                Accreditation.scheme_id == scheme.id,
                Accreditation.awarded_on.between(first, last),
                Accreditation.in_force(on),
                ~exists().where(FirstUse.accreditation_id == Accreditation.id),
                ~exists().where(
                    earlier.person_id == Accreditation.person_id,
                    earlier.scheme_id == scheme.id,
                    earlier.awarded_on < Accreditation.awarded_on,
                    earlier.withdrawn_at.is_(None),
                ),
            )
            .order_by(Accreditation.id)
        )
    return found


def was_asked(accreditation: Accreditation) -> bool:
    """Whether anybody was asked about it, as it is at this moment."""
    query = select(FirstUse.id).where(FirstUse.accreditation_id == accreditation.id)
    return db.session.scalar(query.limit(1)) is not None


def job_with_manager(person: Person, *, now: datetime) -> Membership | None:
    """The current job whose manager can be asked about somebody; nobody is asked about themselves."""
    return db.session.scalars(
        select(Membership)
        .where(
            Membership.person_id == person.id,
            Membership.is_current(london_date(now)),
            Membership.manager_email != "",
            func.lower(Membership.manager_email) != (person.email_key or ""),
        )
        .order_by(Membership.valid_from, Membership.id)
        .limit(1)
    ).first()


def to_remind(*, now: datetime) -> Sequence[int]:
    """The questions that were asked long enough ago, not answered, and not reminded of yet."""
    return rows(
        select(FirstUse.id)
        .where(
            FirstUse.answered_at.is_(None),
            FirstUse.reminded_at.is_(None),
            FirstUse.asked_at <= now - rules.REMINDED_AFTER,
            FirstUse.asked_at > now - rules.OPEN_FOR,
        )
        .order_by(FirstUse.id)
    )


def question_of_link(first_use_id: int) -> FirstUse:
    """The question that a signed link names."""
    return row_or_404(select(FirstUse).where(FirstUse.id == first_use_id).options(_IN_FULL))


def waiting_for(person: Person, *, now: datetime) -> Sequence[FirstUse]:
    """What somebody has still to answer, of themselves and of whom they manage, while the accreditation is in force."""
    if not person.email_key:
        return []
    return rows(
        select(FirstUse)
        .join(FirstUse.accreditation)
        .where(
            FirstUse.email_key == person.email_key,
            FirstUse.answered_at.is_(None),
            FirstUse.asked_at > now - rules.OPEN_FOR,
            Accreditation.in_force(london_date(now)),
            (FirstUse.asked == Asked.MANAGER) | (Accreditation.person_id == person.id),
        )
        .options(contains_eager(FirstUse.accreditation).options(
            joinedload(Accreditation.person), joinedload(Accreditation.scheme)
        ))
        .order_by(FirstUse.id)
    )  # fmt: skip


def why_not_asked(first_use_id: int, now: datetime) -> str:
    """Nobody is asked what they have answered, or about what does not count any more."""
    question = question_of_link(first_use_id)
    if question.answered_at is not None:
        return "It was answered."
    return "" if question.accreditation.in_force(london_date(now)) else "The accreditation is not in force."


WHY_NOT = {"first_use/holder": why_not_asked, "first_use/manager": why_not_asked}
"""What is asked of these letters just before they are sent."""


@dataclass(frozen=True)
class Figures:
    """What was answered about one scheme by holders, or by managers; shown from `rules.FEWEST` answers."""

    scheme: str
    by: Asked
    asked: int
    answered: int
    used: int
    obstacles: Sequence[tuple[Obstacle, int]]

    @property
    def is_shown(self) -> bool:
        return self.answered >= rules.FEWEST

    @property
    def not_yet(self) -> int:
        """How many said what stands in the way."""
        return sum(number for _, number in self.obstacles)


def figures() -> Sequence[Figures]:
    """What was answered, by scheme and by who was asked, in two queries."""
    keys = (AccreditationScheme.name, FirstUse.asked)

    def joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        return query.select_from(FirstUse).join(FirstUse.accreditation).join(Accreditation.scheme)

    answers = db.session.execute(
        joined(
            select(
                *keys,
                func.count(),
                func.count(FirstUse.answered_at),
                func.sum(case((FirstUse.answer == Answer.USED, 1), else_=0)),
            )
        )
        .group_by(*keys)
        .order_by(*keys)
    ).all()
    obstacles: dict[tuple[str, Asked], list[tuple[Obstacle, int]]] = {}
    for name, asked, obstacle, number in db.session.execute(
        joined(select(*keys, FirstUse.obstacle, func.count()))
        .where(FirstUse.obstacle.is_not(None))
        .group_by(*keys, FirstUse.obstacle)
        .order_by(func.count().desc(), FirstUse.obstacle)
    ):
        obstacles.setdefault((name, asked), []).append((obstacle, number))
    return [
        Figures(name, asked, asked_of, answered, int(used), obstacles.get((name, asked), []))
        for name, asked, asked_of, answered, used in answers
    ]
