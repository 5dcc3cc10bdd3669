"""What every test stands on: one application and one real database a worker, emptied after each test.

`pytest --database=sqlite` (the usual) or `--database=postgresql`. Time stands still at `NOW` unless a test moves it
with `at`. The cast: asha works at Hill School, ben leads it, dev is from elsewhere, tom trains, cara is board
staff and ada the administrator.
"""

import gc
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

import flask_migrate
import pytest
from argon2 import PasswordHasher
from flask import Flask, has_app_context
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event

from config import from_environment
from sscb_training import create_app
from sscb_training.agencies.models import Agency, Sector
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.roles import Role
from sscb_training.people import passwords
from sscb_training.people.models import Person
from tests import factories, postgres, rendered
from tests.browser import Browser
from tests.factories import NOW

pytest_plugins = ["tests.journeys.browsers", "tests.journeys.visitors"]

SERVER = "TEST_POSTGRES_URL"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


settings.register_profile("a busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("a busy machine")


def pytest_configure(config: pytest.Config) -> None:
    rendered.begin(config)
    if config.getoption("--database") == "postgresql" and not hasattr(config, "workerinput"):
        server = postgres.start()
        config.add_cleanup(server.stop)
        os.environ[SERVER] = server.url("postgres")


def pytest_collection_finish() -> None:
    """What the tests stand on stays: to look through it for garbage again and again took a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What shows the same on either database runs on the first: what a page looks like, above all.

    The longest come first in each of the two halves with which the workers begin, so that neither is left with them.
    """
    on_postgresql = config.getoption("--database") == "postgresql"
    items[:] = [item for item in items if _belongs(item, on_postgresql=on_postgresql)]
    long = [item for item in items if any(map(item.get_closest_marker, ("slow", "browser")))]
    begun = set(long)
    short = [item for item in items if item not in begun]
    cut = len(items) // 2 - len(long[::2])
    items[:] = [*long[::2], *short[:cut], *long[1::2], *short[cut:]]


def _belongs(item: pytest.Item, *, on_postgresql: bool) -> bool:
    """How often something asks is the same on either database; what it is answered, other tests see on both."""
    if not on_postgresql:
        return item.get_closest_marker("other_database") is None
    counts_only = isinstance(item, pytest.Function) and "count_queries" in item.fixturenames
    return not counts_only and item.get_closest_marker("one_database") is None


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if session.config.getoption("--database") == "sqlite":  # where every test runs
        rendered.check(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where the time went, so that a file that grows slow is seen while it is new."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            seconds[report.nodeid.partition("::")[0]] += report.duration
    slowest = sorted(seconds.items(), key=lambda file: -file[1])[:8]
    named = ", ".join(f"{file} {took:.0f} s" for file, took in slowest)
    terminalreporter.write_line(f"{sum(seconds.values()):.0f} s of tests; the slowest files: {named}")


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> str:
    """An empty database of this worker's own."""
    if request.config.getoption("--database") == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database')}/test.sqlite3"
    return factories.new_postgresql_database(os.environ[SERVER], f"test_{worker_id}")


@pytest.fixture(scope="session")
def application(
    request: pytest.FixtureRequest, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application on its migrated database. Tests ask for `app`, which cleans up after them."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # dear only to guessers
    passwords.NOBODYS = passwords.hash_of("the password of nobody")
    app = create_app(
        from_environment(
            {
                "APP_ENV": "test",
                "DATABASE_URL": database_url,
                "DATA_DIR": str(tmp_path_factory.mktemp("data")),
                "TEST_CLOCK": NOW.isoformat(),
                "PUBLIC_URL": "https://training.example.org",
            }
        )
    )
    with app.app_context():
        flask_migrate.upgrade()
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
            db.engine.dispose()
    rendered.watch()
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(request.config.cache.mkdir("templates")))
    app.wsgi_app = _with_its_own_context(app)  # type: ignore[method-assign]
    yield app
    with app.app_context():
        db.engine.dispose()


def _with_its_own_context(app: Flask) -> Any:
    """Each request with a context of its own, as on a server: the test's is not for it to find a signed-in person in."""
    serve = app.wsgi_app

    def answer(*given: Any) -> Any:
        if has_app_context():
            db.session.rollback()  # an open reader would keep SQLite's writer waiting
        with app.app_context():
            response = serve(*given)
        if has_app_context():
            db.session.expire_all()  # what the test holds was perhaps changed by the request
        return response

    return answer


@pytest.fixture(autouse=True)
def app(application: Flask) -> Iterator[Flask]:
    settings = application.extensions["settings"]
    with application.app_context():
        yield application
        db.session.rollback()
        _empty_every_table()
        db.session.remove()
    application.extensions["settings"] = settings


def _empty_every_table() -> None:
    """In one go, and only those that hold something: to ask is ten times as quick as to delete nothing."""
    names = _names_of_tables()
    ask = "SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in names)
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        holds = driver.execute(ask).fetchone()
        deletes = "; ".join(
            f'DELETE FROM "{name}"' for name, any_row in zip(names, holds, strict=True) if any_row
        )
        if connection.dialect.name == "sqlite":
            driver.executescript(f"BEGIN IMMEDIATE; {deletes}; COMMIT")
        else:
            driver.execute(deletes)
            driver.commit()


@cache
def _names_of_tables() -> list[str]:
    """Children before their parents."""
    return [table.name for table in reversed(db.metadata.sorted_tables)]


@pytest.fixture
def at(app: Flask) -> Callable[[datetime], None]:
    """Move the clock: `at(LATER)`."""

    def move(moment: datetime) -> None:
        app.extensions["settings"] = replace(app.extensions["settings"], test_clock=moment)

    return move


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Somebody's browser, signed out. It refuses any page with a fault (see tests/browser.py)."""
    return Browser(app)


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[Letter]]:
    """The letters in the outbox, oldest first: `[letter.subject for letter in outbox()]`."""

    def letters() -> list[Letter]:
        db.session.rollback()
        return list(db.session.scalars(db.select(Letter).order_by(Letter.id)))

    return letters


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], object]], int]:
    """How many statements doing something sends to the database."""
    return lambda act: len(_sent_by(act))


@pytest.fixture
def explain(app: Flask) -> Callable[[Callable[[], object]], str]:
    """How the database goes about what doing something asks of it; tables are read whole where there is no other way."""

    def plans(act: Callable[[], object]) -> str:
        sent = _sent_by(act)
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                words = "EXPLAIN QUERY PLAN"
            else:
                words = "EXPLAIN (COSTS OFF)"
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            steps = [connection.exec_driver_sql(f"{words} {statement}", values) for statement, values in sent]
            return "\n".join(str(step[-1]) for plan in steps for step in plan)

    return plans


def _sent_by(act: Callable[[], object]) -> list[tuple[str, Any]]:
    """The statements that doing something sends to the database, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sent


@pytest.fixture
def hill_school(app: Flask) -> Agency:
    return factories.make_agency(name="Hill School", sector=Sector.EDUCATION)


@pytest.fixture
def asha(hill_school: Agency) -> Person:
    return factories.make_person("Asha Patel", agency=hill_school, email="asha@hill.example")


@pytest.fixture
def ben(hill_school: Agency) -> Person:
    return factories.make_person("Ben Lead", agency=hill_school, leads=hill_school, email="ben@hill.example")


@pytest.fixture
def cara(app: Flask) -> Person:
    return factories.make_person("Cara Board", roles=[Role.BOARD_STAFF], email="cara@board.example")


@pytest.fixture
def dev(app: Flask) -> Person:
    return factories.make_person(
        "Dev Outsider", agency=factories.make_agency(name="Vale Housing"), email="dev@vale.example"
    )


@pytest.fixture
def tom(app: Flask) -> Person:
    return factories.make_person("Tom Trainer", roles=[Role.TRAINER], email="tom@pool.example")


@pytest.fixture
def ada(app: Flask) -> Person:
    return factories.make_person("Ada Admin", roles=[Role.ADMINISTRATOR], email="ada@board.example")
