"""How the database is opened, and that the lock makes two wait for one another."""

import sqlite3
import threading
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import StatementError
from sqlalchemy.pool import NullPool

from sscb_training.agencies.models import Agency
from sscb_training.core.db import db, journal_mode, lock, row_key
from sscb_training.core.jobs import JobBeat
from sscb_training.core.transaction import transaction
from tests.factories import TODAY, make_agency, saved


@pytest.mark.parametrize(
    ("typed", "key"),
    [("7", 7), ("007", 7), ("0", 0), ("999999999", 999999999), ("", None), ("9999999999", None), ("-1", None)]
    + [(typed, None) for typed in (" 7", "7.0", "x", "٧", "²", "1" * 5000)],
)
def test_the_key_of_a_row_is_plain_digits(typed: str, key: int | None) -> None:
    assert row_key(typed) == key


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "DELETE"),
        ((3, 44, 5), "DELETE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "DELETE"),
        ((3, 50, 6), "DELETE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
    ],
)
def test_wal_is_used_only_where_its_bug_is_mended(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode(version) == mode


def test_sqlite_is_opened_durably(app: Flask, tmp_path: object) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("about SQLite")
    with create_engine(f"sqlite:///{tmp_path}/fresh.sqlite3").connect() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA journal_mode")).upper() == journal_mode(
            sqlite3.sqlite_version_info
        )


def test_postgresql_compiles_nothing_and_sorts_in_memory(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        return
    address = db.engine.url.update_query_dict({"options": "-c work_mem=8MB"})
    for url, memory in ((db.engine.url, "32MB"), (address, "8MB")):
        with create_engine(url, poolclass=NullPool).connect() as connection:
            settings = [connection.scalar(text(f"SHOW {name}")) for name in ("jit", "work_mem")]
        assert settings == ["off", memory]


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        saved(JobBeat(name="x", begun_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the point of the test


def test_nothing_of_a_failed_block_is_kept(app: Flask) -> None:
    def fail_half_way() -> None:
        with transaction():
            db.session.add(Agency(name="Half", sector="other", valid_from=TODAY))
            db.session.flush()
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail_half_way()
    assert db.session.scalar(db.select(db.func.count()).select_from(Agency)) == 0


@pytest.mark.parametrize("locking", [True, False])
def test_the_lock_keeps_count_then_write_whole(application: Flask, locking: bool) -> None:
    """Twenty people add one each to a number that they read first; without the lock some are lost."""
    agency_id = make_agency(short_name="0").id
    db.session.remove()
    together = threading.Barrier(4)

    def add_five() -> None:
        with application.app_context():
            together.wait()
            for _ in range(5):
                agency = db.session.get_one(Agency, agency_id)
                if not locking:
                    read = int(agency.short_name)
                    db.session.rollback()
                    together.wait()  # all have read before any writes
                with transaction():
                    if locking:
                        lock(agency)
                        read = int(agency.short_name)
                    agency.short_name = str(read + 1)
            db.session.remove()

    threads = [threading.Thread(target=add_five) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = int(db.session.get_one(Agency, agency_id).short_name)
    assert (total == 20) == locking
