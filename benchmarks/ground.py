"""The databases that pages are measured on: demonstration data, 100 dates in the catalogue, a date to book, a register."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from flask import Flask
from sqlalchemy import func, select

from benchmarks.bare import create_bare
from benchmarks.measuring import Visitor
from config import ROOT, from_environment
from sscb_training import create_app
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core import clock
from sscb_training.core.db import db, number, rows
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates import service as dates
from sscb_training.courses.models import (
    ApprovalStyle,
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    Trainer,
    TrainingSession,
)
from sscb_training.needs.models import TrainingNeed
from sscb_training.people import service as people
from sscb_training.people.models import Membership, Person

DATES = 100
ON_THE_REGISTER = 20
AT_THE_CONFERENCE = 140
OFFERED = 60
ROOM_FOR_EVERYBODY = 10_000


@dataclass(frozen=True)
class Ground:
    """The service as in production and the bare application, both on one filled database."""

    app: Flask
    bare: Flask
    date_id: int
    register_id: int
    hall_id: int
    bare_hall_id: int
    need_id: int
    conference_id: int
    offers_id: int

    def visitor(self, email: str = "") -> Visitor:
        """Somebody's browser; signed in when an address is given."""
        with self.app.app_context():
            found = (
                db.session.scalars(select(Person).where(Person.email_key == email)).one() if email else None
            )
            return self._browser(found) if found else Visitor(self.app)

    def person_id(self, email: str) -> int:
        with self.app.app_context():
            return db.session.scalars(select(Person.id).where(Person.email_key == email)).one()

    def professionals(self) -> Iterator[tuple[int, Visitor]]:
        """People with one job and no booking for the date to book, one after the other, signed in."""
        with self.app.app_context():
            people_ids = rows(
                select(Membership.person_id)
                .where(Membership.valid_to.is_(None), Membership.confirmed_at.is_not(None))
                .where(
                    Membership.person_id.not_in(
                        select(Booking.person_id).where(Booking.training_session_id == self.date_id)
                    )
                )
                .join(Membership.person)
                .where(Person.email_key.is_not(None), Person.suspended_at.is_(None))
                .group_by(Membership.person_id)
                .having(func.count() == 1)
                .order_by(Membership.person_id)
            )
        for person_id in people_ids:
            with self.app.app_context():
                person = db.session.get_one(Person, person_id)
                browser = self._browser(person)
            yield person_id, browser

    def offered(self) -> Iterator[tuple[int, int, Visitor]]:
        """The bookings to which a place is offered, each with its delegate, signed in."""
        with self.app.app_context():
            found = db.session.execute(
                select(Booking.id, Booking.person_id)
                .where(Booking.training_session_id == self.offers_id)
                .order_by(Booking.id)
            ).all()
        for booking_id, person_id in found:
            with self.app.app_context():
                browser = self._browser(db.session.get_one(Person, person_id))
            yield booking_id, person_id, browser

    def _browser(self, person: Person) -> Visitor:
        with transaction():
            token = people.begin_sign_in(person, device="benchmark", now=clock.now())
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return Visitor(self.app, {self.app.config["SESSION_COOKIE_NAME"]: serializer.dumps({"token": token})})


def prepare(database_url: str, folder: Path, *, scale: int, tell: IO[str]) -> Ground:
    """Fill an empty database as `flask demo load` does and open it."""
    load_demonstration(database_url, folder, scale=scale, tell=tell)
    app = open_app(database_url, folder)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        now = clock.now()
        return Ground(
            app=app,
            bare=create_bare(app),
            date_id=_fill_the_catalogue(now),
            register_id=_open_a_register(now),
            hall_id=_open_a_register(now, AT_THE_CONFERENCE, "HALL"),
            bare_hall_id=_open_a_register(now, AT_THE_CONFERENCE, "BARE"),
            conference_id=_fill_a_conference(now),
            offers_id=_offer_places(now),
            need_id=db.session.scalars(select(TrainingNeed.id).where(TrainingNeed.code == "N1")).one(),
        )


def load_demonstration(database_url: str, folder: Path, *, scale: int, tell: IO[str]) -> None:
    """Fill an empty database with so many times the demonstration."""
    environment = {"APP_ENV": "development", "DATABASE_URL": database_url, "DATA_DIR": str(folder)}
    for command in (["db", "upgrade"], ["demo", "load", "--scale", str(scale)]):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=tell, stderr=subprocess.STDOUT,
        )  # fmt: skip


def open_app(database_url: str, folder: Path) -> Flask:
    """The service as in production, on that database."""
    app = create_app(
        from_environment(
            {
                "APP_ENV": "production",
                "DATABASE_URL": database_url,
                "DATA_DIR": str(folder),
                "SECRET_KEY": "only-for-measuring-" * 3,
                "PUBLIC_URL": "https://training.example.org",
            }
        )
    )
    gc.freeze()  # as `wsgi` does
    return app


def _fill_the_catalogue(now: datetime) -> int:
    """Publish dates of each course in turn until there are 100 to come; the last has room for everybody."""
    versions = rows(
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(Course.published_at.is_not(None), CourseVersion.valid_from <= now.date())
        .order_by(CourseVersion.course_id, CourseVersion.number)
    )
    newest = list({version.course_id: version for version in versions}.values())
    with transaction():
        there_are = number(
            select(func.count(TrainingSession.id))
            .join(TrainingSession.course_version)
            .join(CourseVersion.course)
            .where(
                TrainingSession.status == SessionStatus.PUBLISHED,
                TrainingSession.starts_at > now,
                Course.published_at.is_not(None),
            )
        )
        missing = max(1, DATES - there_are)
        for place in range(missing):
            last = place == missing - 1
            begins = (now + timedelta(days=20 + place)).replace(hour=10, minute=0, second=0, microsecond=0)
            parts = [dates.PartPlan("", begins, begins + timedelta(hours=3))]
            added = dates.add_session(
                newest[place % len(newest)],
                capacity=ROOM_FOR_EVERYBODY if last else 20,
                parts=parts,
                by=None,
                now=now,
            )
            dates.publish_session(added, by=None, now=now)
    return added.id


def _open_a_register(now: datetime, number: int = ON_THE_REGISTER, name: str = "MARK") -> int:
    """A date that began an hour ago, with 20 delegates or as many as are asked for, of the demonstration's trainer."""
    trainer = db.session.scalars(
        select(Trainer).join(Trainer.person).where(Person.email_key == "trainer@demo.example")
    ).one()
    version = rows(select(CourseVersion).order_by(CourseVersion.id))[0]
    delegates = rows(
        select(Membership)
        .where(Membership.valid_to.is_(None))
        .order_by(Membership.person_id)
        .limit(2 * number)
    )
    whose = list({membership.person_id: membership for membership in delegates}.values())
    with transaction():
        begins, ends = now - timedelta(hours=1), now + timedelta(hours=1)
        training_session = TrainingSession(
            course_version=version,
            status=SessionStatus.PUBLISHED,
            capacity=number,
            starts_at=begins,
            ends_at=ends,
            parts=[SessionPart(position=1, starts_at=begins, ends_at=ends)],
            trainers=[trainer],
        )
        db.session.add(training_session)
        db.session.add_all(
            Booking(
                reference=f"{name}-{place:04}",
                training_session=training_session,
                person_id=membership.person_id,
                membership_id=membership.id,
                status=BookingStatus.CONFIRMED,
                requested_at=now - timedelta(days=30),
                confirmed_at=now - timedelta(days=30),
            )
            for place, membership in enumerate(whose[:number])
        )
    return training_session.id


def _fill_a_conference(now: datetime) -> int:
    """A date in three months with 140 delegates, of whom each seventh waits."""
    version = rows(select(CourseVersion).order_by(CourseVersion.id))[0]
    roles = rows(
        select(Membership).where(Membership.valid_to.is_(None)).order_by(Membership.person_id, Membership.id)
    )
    whose = list({role.person_id: role for role in roles}.values())[:AT_THE_CONFERENCE]
    begins = now + timedelta(days=90)
    with transaction():
        training_session = TrainingSession(
            course_version=version,
            status=SessionStatus.PUBLISHED,
            capacity=AT_THE_CONFERENCE,
            starts_at=begins,
            ends_at=begins + timedelta(hours=6),
            parts=[SessionPart(position=1, starts_at=begins, ends_at=begins + timedelta(hours=6))],
        )
        db.session.add(training_session)
        for place, role in enumerate(whose):
            waits = place % 7 == 6
            db.session.add(
                Booking(
                    reference=f"CONF-{place:04}",
                    training_session=training_session,
                    person_id=role.person_id,
                    membership_id=role.id,
                    status=BookingStatus.WAITLISTED if waits else BookingStatus.CONFIRMED,
                    requested_at=now,
                    confirmed_at=None if waits else now,
                    waitlisted_at=now if waits else None,
                )
            )
    return training_session.id


def _offer_places(now: datetime) -> int:
    """A date in two months of a course that nobody else approves, with a place offered to each on its waiting list."""
    version = rows(
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(Course.approval == ApprovalStyle.DECLARED)
        .order_by(CourseVersion.id)
    )[0]
    roles = rows(
        select(Membership)
        .join(Membership.person)
        .where(Membership.valid_to.is_(None), Person.email_key.is_not(None), Person.suspended_at.is_(None))
        .order_by(Membership.person_id, Membership.id)
    )
    whose = list({role.person_id: role for role in roles}.values())[:OFFERED]
    begins = now + timedelta(days=60)
    with transaction():
        training_session = TrainingSession(
            course_version=version,
            status=SessionStatus.PUBLISHED,
            capacity=OFFERED,
            starts_at=begins,
            ends_at=begins + timedelta(hours=3),
            parts=[SessionPart(position=1, starts_at=begins, ends_at=begins + timedelta(hours=3))],
        )
        db.session.add(training_session)
        db.session.add_all(
            Booking(
                reference=f"OFFR-{place:04}",
                training_session=training_session,
                person_id=role.person_id,
                membership_id=role.id,
                status=BookingStatus.OFFERED,
                requested_at=now,
                waitlisted_at=now,
                offered_at=now,
                offer_until=now + timedelta(days=2),
            )
            for place, role in enumerate(whose)
        )
    return training_session.id
