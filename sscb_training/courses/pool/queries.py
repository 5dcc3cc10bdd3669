"""The training pool, who could join it, and who of it may not train on a date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Agency
from sscb_training.core.db import db, number, row_or_none, rows
from sscb_training.core.times import london_date, plain_date
from sscb_training.courses.models import Course, CourseVersion, Trainer, TrainingSession
from sscb_training.courses.pool import rules
from sscb_training.courses.pool.models import InvitationState, TrainerInvitation, live
from sscb_training.courses.queries import planned, shown_in_lists, to_come
from sscb_training.people.models import Membership, Person


def agencies_of(trainers: Iterable[Trainer], *, on: date) -> Mapping[int, Sequence[str]]:
    """Where each of these trainers works on this day, by their key; one query. Whoever works for nobody is missing."""
    found: dict[int, list[str]] = {}
    query = (
        select(Trainer.id, Agency.name)
        .join(Membership, Membership.person_id == Trainer.person_id)
        .join(Membership.agency)
        .where(Trainer.id.in_([trainer.id for trainer in trainers]), Membership.is_current(on))
        .order_by(Membership.valid_from, Membership.id)
    )
    for trainer_id, name in db.session.execute(query):
        found.setdefault(trainer_id, []).append(name)
    return found


def invitations_to(training_session: TrainingSession) -> Sequence[TrainerInvitation]:
    """Whom staff asked to train on a date, by name; of several invitations of one trainer the latest."""
    latest = (
        select(func.max(TrainerInvitation.id))
        .where(TrainerInvitation.training_session_id == training_session.id)
        .group_by(TrainerInvitation.trainer_id)
    )
    return rows(
        select(TrainerInvitation)
        .join(TrainerInvitation.trainer)
        .join(Trainer.person)
        .where(TrainerInvitation.id.in_(latest))
        .options(contains_eager(TrainerInvitation.trainer).contains_eager(Trainer.person))
        .order_by(Person.name, TrainerInvitation.id)
    )


def every_invitation_to(training_session: TrainingSession) -> Sequence[TrainerInvitation]:
    """All invitations to a date, earlier ones of the same trainer too."""
    return rows(
        select(TrainerInvitation)
        .where(TrainerInvitation.training_session_id == training_session.id)
        .order_by(TrainerInvitation.id)
    )


def open_invitations(trainer: Trainer) -> Sequence[TrainerInvitation]:
    """The invitations that wait for this trainer's answer, the next date first."""
    return rows(
        select(TrainerInvitation)
        .join(TrainerInvitation.training_session)
        .where(TrainerInvitation.trainer_id == trainer.id, TrainerInvitation.state == InvitationState.INVITED)
        .options(contains_eager(TrainerInvitation.training_session).options(*shown_in_lists()))
        .order_by(TrainingSession.starts_at, TrainerInvitation.id)
    )


def live_invitation(training_session: TrainingSession, trainer: Trainer) -> TrainerInvitation | None:
    """The trainer's invitation to the date that waits or was accepted."""
    return row_or_none(
        select(TrainerInvitation).where(
            TrainerInvitation.training_session_id == training_session.id,
            TrainerInvitation.trainer_id == trainer.id,
            live,
        )
    )


def trainers(*, left: bool = False) -> Sequence[Trainer]:
    """The training pool by name, or those who left it."""
    return rows(
        select(Trainer)
        .join(Trainer.person)
        .options(joinedload(Trainer.person), selectinload(Trainer.courses))
        .where(Trainer.left_at.is_not(None) if left else Trainer.left_at.is_(None))
        .order_by(Person.name, Trainer.id)
    )


def trainer_of(person: Person) -> Trainer | None:
    """The person's place in the training pool, past or present."""
    return row_or_none(select(Trainer).where(Trainer.person_id == person.id))


def people_for_the_pool(search: str, *, most: int = 20) -> Sequence[Person]:
    """People whose name or address holds the words and who are not in the pool, by name."""
    in_the_pool = exists().where(Trainer.person_id == Person.id, Trainer.left_at.is_(None))
    query = select(Person).where(~in_the_pool, Person.suspended_at.is_(None))
    for word in search.split():
        query = query.where(
            Person.name.icontains(word, autoescape=True) | Person.email_key.icontains(word, autoescape=True)
        )
    return rows(query.order_by(Person.name, Person.id).limit(most))


def dates_to_come_with(trainer: Trainer, now: datetime) -> int:
    """How many sessions with the trainer, drafts too, are not over."""
    with_them = TrainingSession.trainers.any(Trainer.id == trainer.id)
    return number(select(func.count()).select_from(TrainingSession).where(planned(now), with_them))


@dataclass(frozen=True)
class Unfit:
    """A trainer without an accreditation that whoever trains on the course must hold, and the first day without it."""

    trainer: Trainer
    scheme: AccreditationScheme
    on: date
    ended: date | None

    @property
    def sentence(self) -> str:
        """Tom Trainer is not accredited in GCP2 on 9 March 2027: it ended on 3 March 2027."""
        why = f": it ended on {plain_date(self.ended)}" if self.ended else ""
        name = self.trainer.person.name
        return f"{name} is not accredited in {self.scheme.code} on {plain_date(self.on)}{why}."


def unfit(course: Course, trainers: Iterable[Trainer], days: Iterable[date]) -> Sequence[Unfit]:
    """Who of these may not train on the course on each of these days, and why."""
    [found] = _unfit([(course, list(trainers), list(days))])
    return found


def unfit_on_each(
    course: Course, trainers: Iterable[Trainer], dates: Iterable[Iterable[date]]
) -> Sequence[Sequence[Unfit]]:
    """The same for several dates of the course by their days; two queries for all."""
    pool = list(trainers)
    return _unfit([(course, pool, list(days)) for days in dates])


def lapsed(trainers: Iterable[Trainer], *, on: date) -> Mapping[int, Sequence[str]]:
    """The codes of what each of these, by key, would have to hold for a course that they teach, and does not on this day."""
    teach = [(course, [trainer], [on]) for trainer in trainers for course in trainer.courses]
    found: dict[int, set[str]] = {}
    for lacking in _unfit(teach):
        for one in lacking:
            found.setdefault(one.trainer.id, set()).add(one.scheme.code)
    return {trainer_id: sorted(codes) for trainer_id, codes in found.items()}


def unfit_for_date(training_session: TrainingSession, trainers: Iterable[Trainer]) -> Sequence[Unfit]:
    """Who of these may not train on each day of a date."""
    days = {london_date(part.starts_at) for part in training_session.parts_on}
    return unfit(training_session.course, trainers, days)


def unfit_for(training_sessions: Sequence[TrainingSession], *, on: date) -> Sequence[Sequence[Unfit]]:
    """Of each of these dates, who was put on it and may not train on what is left of it; two queries for all."""
    return _unfit(
        [
            (
                training_session.course,
                training_session.trainers,
                [day for part in training_session.parts_on if (day := london_date(part.starts_at)) >= on],
            )
            for training_session in training_sessions
        ]
    )


def put_on_and_unfit(now: datetime) -> Mapping[Trainer, Sequence[TrainingSession]]:
    """Who is put on published dates to come on which they may not train, with those dates, the next first."""
    must_hold = AccreditationScheme.courses.any(Course.id == CourseVersion.course_id)
    asks = exists().where(AccreditationScheme.trainers_hold_it, must_hold)
    found = rows(
        select(TrainingSession)
        .where(to_come(now), TrainingSession.course_version.has(asks), TrainingSession.trainers.any())
        .options(*shown_in_lists())
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    lacking = unfit_for(found, on=london_date(now))
    dates: dict[Trainer, list[TrainingSession]] = {}
    for training_session, who in zip(found, lacking, strict=True):
        for trainer in dict.fromkeys(one.trainer for one in who):
            dates.setdefault(trainer, []).append(training_session)
    return dates


def _unfit(
    asked: Sequence[tuple[Course, Sequence[Trainer], Sequence[date]]],
) -> list[list[Unfit]]:
    schemes = accreditation.schemes_for_trainers({course.id for course, _, _ in asked})
    if not schemes:
        return [[] for _ in asked]
    held = accreditation.held_by({trainer.person_id for _, trainers, _ in asked for trainer in trainers})
    return [
        [
            Unfit(trainer, scheme, *lacking)
            for trainer in trainers
            for scheme in schemes.get(course.id, ())
            if (
                lacking := rules.gap(
                    [
                        one
                        for one in held
                        if one.person_id == trainer.person_id and one.scheme_id == scheme.id
                    ],
                    days,
                )
            )
        ]
        for course, trainers, days in asked
    ]
