"""What the worker does: each job when it is due, by one worker at a time, with a beat that the health page reads.

A job is a function of the moment that says how many things it did. It opens its own transactions and can be
run twice without harm.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import click
from flask import Flask, current_app
from sqlalchemy import select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from sscb_training.core import clock
from sscb_training.core.db import Base, db, rows
from sscb_training.core.errors import note
from sscb_training.core.transaction import transaction

LATE = timedelta(minutes=10)


class JobBeat(Base):
    """When a job was last begun, and since when it fails, if it does."""

    __tablename__ = "job_beat"

    name: Mapped[str] = mapped_column(unique=True)
    begun_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]


@dataclass(frozen=True)
class Job:
    """Something to do every so often."""

    name: str
    every: timedelta
    run: Callable[[datetime], int]


def run_due(now: datetime, *, all_of_them: bool = False) -> int:
    """Run each job whose time has come; how many things were done. One that fails does not stop the others."""
    done = 0
    for job in current_app.extensions["jobs"]:
        if not _claim(job, now, all_of_them):
            continue
        try:
            done += job.run(now)
        except Exception as failure:
            db.session.rollback()
            note("job failed", failure, job=job.name)
            _note_failure(job, now)
        else:
            _note_failure(job, None)
    return done


@dataclass(frozen=True)
class JobState:
    """How a job stands: `begun_at` is empty before its first run. One that is late has missed its time by minutes."""

    name: str
    begun_at: datetime | None
    next_at: datetime
    failing_since: datetime | None
    is_late: bool


def job_states(now: datetime) -> list[JobState]:
    """Every job with its last and next run, those that need somebody first."""
    beats = {beat.name: beat for beat in rows(select(JobBeat))}
    states = [_state(job, beats.get(job.name), now) for job in current_app.extensions["jobs"]]
    return sorted(states, key=lambda state: (state.failing_since is None, not state.is_late))


def _state(job: Job, beat: JobBeat | None, now: datetime) -> JobState:
    if beat is None:
        return JobState(job.name, None, now, None, is_late=True)
    due_at = beat.begun_at + job.every
    return JobState(
        job.name, beat.begun_at, max(due_at, now), beat.failing_since, is_late=now - due_at > LATE
    )


def last_beat() -> datetime | None:
    """When the worker last began anything."""
    return db.session.scalar(select(JobBeat.begun_at).order_by(JobBeat.begun_at.desc()).limit(1))


def _note_failure(job: Job, at: datetime | None) -> None:
    """Note since when the job fails, or that it does not any more; nothing is written while that stays the same."""
    known = select(JobBeat.failing_since).where(JobBeat.name == job.name)
    if (db.session.scalar(known) is None) is (at is None):
        return
    with transaction():
        db.session.execute(update(JobBeat).where(JobBeat.name == job.name).values(failing_since=at))


def _claim(job: Job, now: datetime, regardless: bool) -> bool:
    with transaction():
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        first = db.session.execute(
            insert(JobBeat).values(name=job.name, begun_at=now).on_conflict_do_nothing().returning(JobBeat.id)
        ).first()
        mine = (
            first
            or db.session.execute(
                update(JobBeat)
                .where(
                    JobBeat.name == job.name, true() if regardless else JobBeat.begun_at <= now - job.every
                )
                .values(begun_at=now)
                .returning(JobBeat.id)
            ).first()
        )
    return mine is not None


def init_app(app: Flask, jobs: list[Job]) -> None:
    app.extensions["jobs"] = jobs

    @app.cli.group("jobs")
    def group() -> None:
        """Letters and all that is due."""

    @group.command("work")
    @click.option("--once", is_flag=True, help="Do what is due now, then end.")
    def work(once: bool) -> None:
        """Send letters and do what is due, until stopped."""
        socket.setdefaulttimeout(30)  # the mail library has no time-out of its own
        if once:
            click.echo(f"{run_due(clock.now(), all_of_them=True)} done")
            return
        while True:
            try:
                run_due(clock.now())
            except Exception as failure:
                note("worker could not reach the database", failure)
            finally:
                db.session.remove()
            time.sleep(2)
