"""What `dev.py` says of the programs that it starts."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import dev

WAITS = "import time; time.sleep(60)"


@contextmanager
def program(code: str) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-c", code])
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def test_nothing_is_said_while_both_run() -> None:
    with program(WAITS) as server, program(WAITS) as worker:
        assert dev.how_one_ended({"server": server, "worker": worker}) == ""


def test_it_is_said_which_ended_and_with_what_code() -> None:
    with program(WAITS) as server, program("raise SystemExit(3)") as worker:
        worker.wait()

        assert dev.how_one_ended({"server": server, "worker": worker}) == (
            "The worker ended by itself with code 3."
        )


def test_it_is_said_which_signal_ended_it() -> None:
    with program(WAITS) as server, program(WAITS) as worker:
        server.send_signal(signal.SIGKILL)
        server.wait()

        said = dev.how_one_ended({"server": server, "worker": worker})
        assert said.startswith("The server was ended by signal 9 (")


def test_checks_that_fail_are_named_and_the_first_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "CHECKS", {"Good": ["true"], "Bad": ["false"], "Good too": ["true"]})

    assert dev.check(keep_going=True) == ["Bad"]
    with pytest.raises(dev.Failed, match="`false` failed"):
        dev.check(keep_going=False)


def test_what_runs_together_is_shown_one_after_the_other(capfd: pytest.CaptureFixture[str]) -> None:
    late = [sys.executable, "-c", "import time; time.sleep(0.1); print('late')"]

    assert dev.together({"Late": late, "Bad": ["false"], "Early": ["echo", "é"]}, keep_going=True) == ["Bad"]
    assert capfd.readouterr().out == "→ Late\nlate\n→ Bad\n→ Early\né\n"


def test_what_fails_ends_what_runs_beside_it() -> None:
    assert dev.together({"Bad": ["false"], "Endless": ["sleep", "60"]}, keep_going=False) == ["Bad"]
