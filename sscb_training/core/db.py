"""The database: one base class, times kept in UTC, and the lock that works on both databases.

SQLite is opened in the safest way that the linked version allows (see docs/decisions/0003):
writers say BEGIN IMMEDIATE, so two of them queue instead of failing half-way.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import abort
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    CursorResult,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    ForeignKey,
    MetaData,
    Select,
    String,
    event,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An instant. UTC in the database, aware in Python; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> Enum:
    """A column for a StrEnum: its value as text with a check, so a new word is a small migration."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


KEYS_ONCE = {"sqlite_autoincrement": True}
"""The option of a table whose rows are deleted and have a history of their own: SQLite would give the last key again,
and with it the history."""


class _Base(DeclarativeBase):
    """Every table has a whole number as its key."""

    registry = registry(
        metadata=MetaData(naming_convention=CONSTRAINT_NAMES),
        type_annotation_map={datetime: Moment(), date: Date(), str: String()},
    )

    id: Mapped[int] = mapped_column(primary_key=True)


db = SQLAlchemy(
    model_class=_Base,
    session_options={"expire_on_commit": False},
    engine_options={
        "pool_pre_ping": False,
        "hide_parameters": True,
    },  # people’s words stay out of errors and logs
)

if TYPE_CHECKING:
    Base = _Base
else:
    Base = db.Model

Row = TypeVar("Row", bound=_Base)
Value = TypeVar("Value")


def belongs_to(column: str, *, index: bool = True, **options: Any) -> Any:
    """A foreign key with the index that deleting and joining need."""
    return mapped_column(ForeignKey(column), index=index, **options)


def lock(row: _Base) -> None:
    """Hold this row until the transaction ends, and read it afresh.

    It writes the row onto itself, because SQLite ignores SELECT FOR UPDATE. A row that somebody deleted meanwhile
    is not found.
    """
    model, (row_id,) = type(row), inspect(row).identity or (row.id,)
    hold = update(model).where(model.id == row_id).values(id=row_id)
    held = db.session.execute(hold.execution_options(synchronize_session=False))
    if cast("CursorResult[None]", held).rowcount == 0:
        abort(404)
    db.session.refresh(row)


def lock_each(model: type[Row], row_ids: Collection[int]) -> None:
    """Hold many rows of a table until the transaction ends, as `lock` does; rows that were read before are not refreshed.

    They are held in the order of their keys, so that two who want some of the same do not each wait for the other.
    """
    db.session.execute(
        select(model.id).where(model.id.in_(row_ids)).order_by(model.id).with_for_update(key_share=True)
    ).all()
    hold = update(model).where(model.id.in_(row_ids)).values(id=model.id)
    db.session.execute(hold.execution_options(synchronize_session=False))


# A query that nearly every page asks is kept: put together once, with places (`bindparam`) for what is given each
# time. SQLAlchemy needs longer to put one together than SQLite to answer it (docs/performance.md).


def rows(query: Select[Value], **given: object) -> Sequence[Value]:
    """Every row of a query for one thing; `given` fills the places of a kept query."""
    return db.session.scalars(query, given).unique().all()


@contextmanager
def only_if_free(refuse_if_taken: Callable[[], None]) -> Iterator[None]:
    """Write what the block adds or changes, now, once it was refused if its name or code is taken.

    Between the look and the write somebody else may be quicker. Then the database's constraint refuses, and the
    second look says it in the words of the first.
    """
    refuse_if_taken()
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError:
        refuse_if_taken()
        raise


def row_or_none(query: Select[Value], **given: object) -> Value | None:
    """The first row, or nothing; a kept query must not give more than one."""
    return db.session.scalars(query if given else query.limit(1), given).first()


def row_or_404(query: Select[Value], **given: object) -> Value:
    """The row, or the page that says it does not exist."""
    row = row_or_none(query, **given)
    if row is None:
        abort(404)
    return row


def get_or_404(model: type[Row], row_id: int) -> Row:
    """The row by its key. For rows that anybody who may open the page may see; otherwise use `…_seen_by`."""
    if not 0 < row_id < 2**31:
        abort(404)
    row = db.session.get(model, row_id)
    if row is None:
        abort(404)
    return row


def row_key(typed: str) -> int | None:
    """The key of a row as an address or a form gives it; None for what can be none."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def number(query: Select[int]) -> int:
    """The one number that a counting query gives."""
    return db.session.scalar(query) or 0


WAL_MENDED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def journal_mode(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """WAL where the linked SQLite has its WAL-reset bug mended, else the rollback journal."""
    mended = version >= WAL_MENDED[0] or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in WAL_MENDED[1:]
    )
    return "WAL" if mended else "DELETE"


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


@event.listens_for(Engine, "connect")
def _open_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite’s own knows only a to z
    connection.isolation_level = None  # the driver would begin transactions late and by itself
    for pragma in (
        "busy_timeout=30000",
        f"journal_mode={journal_mode()}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "mmap_size=2147418112",  # reading what the system has in memory already, without copying it
    ):
        connection.execute(f"PRAGMA {pragma}")


POSTGRESQL = "-c jit=off -c work_mem=32MB"
"""What each connection asks of PostgreSQL (docs/decisions/0003); the address of the database may say else."""


@event.listens_for(Engine, "do_connect")
def _open_postgresql(dialect: Dialect, _record: object, _given: object, options: dict[str, Any]) -> None:
    if dialect.name == "postgresql":
        options["options"] = f"{POSTGRESQL} {options.get('options', '')}"


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
