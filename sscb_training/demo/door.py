"""What happened at the door of the trainer's latest course: check-ins, two who came without a place, and a late change."""

from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from sscb_training.attendance import queries, service
from sscb_training.attendance.door.service import let_in_newcomer
from sscb_training.attendance.models import CheckIn, Mark, Register
from sscb_training.core.db import db, row_or_none
from sscb_training.core.times import at_london
from sscb_training.courses.models import Trainer, TrainingSession
from sscb_training.demo.county import County

WALKED_IN = (
    ("Carys Probert", "Lantern House", "Family support volunteer", "Voluntary sector family workers"),
    ("Gethin Blount", "Severnside", "Tenancy support officer", "Housing officers"),
)


def build(county: County) -> None:
    """Put it on the agenda, two days ago."""
    county.agenda.put(at_london(county.today - timedelta(days=2), time(11)), partial(_at_the_door, county))


def _at_the_door(county: County, now: datetime) -> None:
    trainer = county.person("trainer")
    held = row_or_none(
        select(TrainingSession)
        .join(Register, Register.training_session_id == TrainingSession.id)
        .where(
            Register.closed_at.is_not(None),
            TrainingSession.repeats_part.is_(None),
            TrainingSession.trainers.any(Trainer.person_id == trainer.id),
        )
        .order_by(TrainingSession.starts_at.desc())
    )
    if held is None:
        return
    sheet = queries.sheet(held)
    came = sorted(cell for cell, mark in sheet.marks.items() if mark is Mark.ATTENDED)
    starts = {part.id: part.starts_at for part in held.parts}
    for place, (booking_id, part_id) in enumerate(came):
        if place % 4:  # the others have no phone with them
            at = starts[part_id] - timedelta(minutes=3 + place % 20)
            db.session.add(CheckIn(booking_id=booking_id, session_part_id=part_id, checked_in_at=at))
    service.reopen_register(
        held, reason="The sign-in sheet names two more, and one who came late", by=trainer, now=now
    )
    marks = {came[0]: Mark.LATE} if came else {}
    for name, agency, job, group in WALKED_IN:
        booking = let_in_newcomer(
            held,
            name=name,
            email="",
            agency=county.agencies[agency],
            staff_group=county.staff_groups[group],
            job_title=job,
            by=trainer,
            now=now,
        )
        marks |= {(booking.id, part.id): Mark.ATTENDED for part in held.parts_on}
    service.save_register(held, marks=marks, scores={}, by=trainer, now=now)
    service.close_register(held, by=trainer, now=now)
