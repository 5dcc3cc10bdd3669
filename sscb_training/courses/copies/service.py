"""What copies a date to other days, and publishes drafts."""

from collections.abc import Sequence
from datetime import date, datetime

from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.times import plain_date
from sscb_training.courses.copies import queries
from sscb_training.courses.dates.queries import minimum_of
from sscb_training.courses.dates.service import add_session
from sscb_training.courses.models import PlaceFloor, TrainingSession
from sscb_training.courses.service import CourseRefused
from sscb_training.people.models import Person


def copy_session(
    training_session: TrainingSession,
    days: Sequence[date],
    *,
    same_trainers: bool,
    by: Person | None,
    now: datetime,
) -> Sequence[TrainingSession]:
    """Drafts of the date on each of these days on which it can be, with its places, mix and instructions.

    The address of a part online is not taken over: people would go to the wrong meeting. Copying twice is copying
    once, because a day that has the date is left out.
    """
    lock(training_session)
    if training_session.repeats_part is not None:
        raise CourseRefused("This date repeats one part for those who missed it. Copy a whole date instead.")
    of = f"{training_session.course.code} on {plain_date(training_session.starts_at)}"
    made = []
    for copy in queries.copies(training_session, days, same_trainers=same_trainers, now=now):
        if copy.problem or copy.version is None:
            continue
        draft = add_session(
            copy.version,
            capacity=training_session.capacity,
            parts=copy.parts,
            trainers=copy.trainers,
            joining_instructions=training_session.joining_instructions,
            **minimum_of(training_session),
            by=by,
            now=now,
        )
        _take_over_the_mix(training_session, draft)
        history.record("copied", draft, by=by, at=now, of=of)
        made.append(draft)
    db.session.flush()
    return made


def _take_over_the_mix(training_session: TrainingSession, draft: TrainingSession) -> None:
    draft.most_per_agency = training_session.most_per_agency
    draft.release_days = training_session.release_days
    draft.floors_in_percent = training_session.floors_in_percent
    draft.only_agency_id = training_session.only_agency_id
    draft.floors = [PlaceFloor(sector=floor.sector, places=floor.places) for floor in training_session.floors]
