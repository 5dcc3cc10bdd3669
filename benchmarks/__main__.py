"""`python -m benchmarks [--database postgresql] [--scales 1 10 100] [--write]`"""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

from benchmarks import plans, report
from benchmarks.ground import prepare
from benchmarks.pages import Line, coverage, every_page
from sscb_training.core.db import db
from tests import postgres

NewDatabase = Callable[[int], str]


def main() -> None:
    arguments = _arguments()
    load = os.getloadavg()[0]
    lines: list[Line] = []
    plan = version = ""
    with (
        tempfile.TemporaryDirectory(prefix="benchmarks-") as name,
        _databases(arguments.database, Path(name)) as new,
    ):
        for scale in arguments.scales:
            print(f"Filling a database with {scale} × the demonstration", file=sys.stderr)
            folder = Path(name) / str(scale)
            folder.mkdir()
            with (
                open(os.devnull, "w") as nowhere,
                redirect_stderr(nowhere),
            ):  # a log line a request, as in production
                ground = prepare(new(scale), folder, scale=scale, tell=sys.stdout)
                gc.collect()
                gc.freeze()
                for line in every_page(ground) if scale == arguments.scales[0] else [coverage(ground, scale)]:
                    print(report.row(line), flush=True)
                    lines.append(line)
                plan, version = plans.coverage_plan(ground), plans.database_version(ground)
            with ground.app.app_context():
                db.engine.dispose()
            with ground.bare.app_context():
                db.engine.dispose()
    where = report.circumstances(version, load)
    text = f"{where}\n\n{report.table(lines)}"
    shown = f"```text\n{plan}\n```"
    print(f"\n{text}\n\nThe coverage query at {arguments.scales[-1]} ×:\n\n{shown}")
    if arguments.write:
        report.write(arguments.database, text)
        report.write(f"{arguments.database} plan", shown)


@contextmanager
def _databases(kind: str, folder: Path) -> Iterator[NewDatabase]:
    if kind == "sqlite":
        yield lambda scale: f"sqlite:///{folder / f'{scale}.sqlite3'}"
        return
    server = postgres.start()
    try:
        yield lambda scale: server.create(f"benchmarks_{scale}")
    finally:
        server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--scales", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
