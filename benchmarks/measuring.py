"""Calls a WSGI application in process, and counts what a call costs."""

import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.test import EnvironBuilder

BATCHES = 15
BATCH_SECONDS = 0.12
NOT_QUERIES = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@dataclass(frozen=True)
class Request:
    """An HTTP request, ready to be sent any number of times."""

    environ: dict[str, Any]
    body: bytes = b""

    def again(self) -> dict[str, Any]:
        return {**self.environ, "wsgi.input": BytesIO(self.body)}


@dataclass(frozen=True)
class Answer:
    """What came back, and what it cost."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    cpu: float

    @property
    def location(self) -> str:
        """The path that a redirect leads to; empty for anything else."""
        found = urlsplit(dict(self.headers).get("Location", "")) if 300 <= self.status < 400 else None
        return (f"{found.path}?{found.query}" if found.query else found.path) if found else ""


@dataclass
class Visitor:
    """A browser as far as an application can tell: it keeps cookies and follows redirects."""

    app: Flask
    cookies: dict[str, str] = field(default_factory=dict)

    def request(
        self, path: str, data: dict[str, Any] | None = None, *, json: Any = None, token: str = ""
    ) -> Request:
        builder = EnvironBuilder(
            path,
            base_url="https://training.example.org",
            method="GET" if data is None and json is None else "POST",
            data=data,
            json=json,
            headers=[
                ("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())),
                ("X-CSRFToken", token),
            ],
        )
        environ = builder.get_environ()
        return Request(environ, environ["wsgi.input"].read())

    def send(self, request: Request) -> Answer:
        """Send once; CPU seconds are those from the call to the last byte."""
        environ = request.again()
        started: list[tuple[int, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _trouble: object = None) -> Any:
            started[:] = [(int(status[:3]), headers)]

        began = time.process_time()
        parts: Any = self.app(environ, start_response)
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        cpu = time.process_time() - began
        status, headers = started[0]
        self._keep_cookies(headers)
        return Answer(status, headers, body, cpu)

    def visit(self, path: str, data: dict[str, Any] | None = None) -> tuple[str, Answer, float]:
        """Go there and on as redirects say: the path where it ended, what it showed, CPU seconds in all."""
        answer = self.send(self.request(path, data))
        cpu = answer.cpu
        while answer.location:
            path = answer.location
            answer = self.send(self.request(path))
            cpu += answer.cpu
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return path, answer, cpu

    def _keep_cookies(self, headers: Sequence[tuple[str, str]]) -> None:
        for name, value in headers:
            found = re.match(r"([^=]+)=([^;]*)", value) if name == "Set-Cookie" else None
            if found:
                self.cookies[found[1]] = found[2]


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds, one value a batch, and queries."""

    batches: Sequence[float]
    queries: int

    @property
    def median(self) -> float:
        return statistics.median(self.batches)

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half: the first and the third quartile."""
        first, _, third = statistics.quantiles(self.batches, n=4)
        return first, third


@dataclass(frozen=True)
class Comparison:
    """A page beside its bare counterpart, measured in turns."""

    ours: Cost
    bare: Cost

    @property
    def ratio(self) -> float:
        """The median of the ratios of neighbouring batches, which shared the machine's mood."""
        return statistics.median(
            own / other for own, other in zip(self.ours.batches, self.bare.batches, strict=True)
        )


Act = Callable[[], float]
"""Does something once and gives its CPU seconds."""


def compare(ours: Act, bare: Act, *, batches: int = BATCHES, one_at_a_time: bool = False) -> Comparison:
    """Do each so many times in turns."""
    queries, times = [], []
    for act in (ours, bare):
        with counting() as statements:
            act()
        queries.append(len(statements))
        once = min(act() for _ in range(3))
        times.append(1 if one_at_a_time else max(1, round(BATCH_SECONDS / once)))
    values: tuple[list[float], list[float]] = ([], [])
    for _ in range(batches):
        for which, act in enumerate((ours, bare)):
            values[which].append(sum(act() for _ in range(times[which])) / times[which] * 1000)
    return Comparison(Cost(values[0], queries[0]), Cost(values[1], queries[1]))


@contextmanager
def counting() -> Iterator[list[tuple[str, Any]]]:
    """The statements sent to any database meanwhile, with their values; not those that begin and end transactions."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if not statement.startswith(NOT_QUERIES):
            sent.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
