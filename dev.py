"""The two commands of this project, for a machine with Python 3.11 and nothing else.

    python3 dev.py run     set up, then serve on http://127.0.0.1:5000 (PORT changes it)
    python3 dev.py test    set up, then every check and every test, on SQLite and PostgreSQL
    python3 dev.py setup   only what a server needs: packages, styles and scripts

`test` stops at the first check that fails, unless --keep-going; what follows -- goes to pytest:
`python3 dev.py test -- -k booking`. A step whose inputs have not changed is skipped.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    "FLASK_APP": "wsgi",
    # What was compiled is kept, out of sight, whatever this machine usually does: a test run starts Python often.
    "PYTHONPYCACHEPREFIX": str(VENV / "compiled"),
    "PYTHONDONTWRITEBYTECODE": "",
}

NODE_NEEDED = (20, 19)  # what sass asks for
NO_NETWORK = ("NameResolutionError", "NewConnectionError", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED")
CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

CHECKS = {
    "Checking the format": ["ruff", "format", "--check", "."],
    "Checking for mistakes": ["ruff", "check", "."],
    "Checking the types": ["mypy"],
    "Checking the order of imports": ["lint-imports"],
    "Checking the templates": ["djlint", "--lint", "templates"],
    # It leaves them compiled, beside the types: else each of the five workers would compile them all for itself.
    "Reading the tests": ["pytest", "--collect-only", "--quiet"],
}
PYTEST = ["pytest", "--dist", "worksteal"]
AT_A_TIME = {"sqlite": "3", "postgresql": "2"}
"""How many tests of each run together. With SQLite are those that wait for browsers."""


def main(arguments: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - dev.py is what an older Python would be given
        stop(f"This needs Python 3.11 or newer, and this is Python {platform.python_version()}.")
    if os.name != "posix":
        stop("This runs on Linux and macOS, and on Windows inside WSL.")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    os.chdir(ROOT)
    command, options, for_pytest = understand(arguments)
    if command == "run":
        run(port=port_from_environment())
    elif command == "test":
        test(for_pytest, keep_going="--keep-going" in options)
    else:
        set_up("requirements.txt")


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """Any signal to stop is taken like Ctrl-C."""
    raise KeyboardInterrupt


def stop(sentence: str) -> NoReturn:
    sys.exit(f"\n{sentence}")


def understand(arguments: list[str]) -> tuple[str, list[str], list[str]]:
    """The command, its options, and what follows "--"."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    own, for_pytest = arguments[:split], arguments[split + 1 :]
    command, options = (own[0], own[1:]) if own else ("", [])
    allowed = {"run": [], "setup": [], "test": ["--keep-going"]}
    if command not in allowed or not set(options) <= set(allowed[command]):
        stop(__doc__ or "")
    return command, options, for_pytest


# The commands


def run(port: int) -> None:
    set_up("requirements.txt")
    with step("Bringing the database up to date"):
        call("flask", "db", "upgrade")
    with step("Loading the demonstration data, if there is none yet"):
        call("flask", "demo", "load", "--if-empty")
    accounts = call("flask", "demo", "accounts")

    worker = ["flask", "jobs", "work"]
    server = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    server += ["--log-level", "warning", "--no-control-socket", "wsgi:app"]
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        with step("Starting the server and the worker"):
            for name, command in (("server", server), ("worker", worker)):
                children[name] = start(command)
            wait_until_it_answers(port, children)
        print(f"\nServing on http://127.0.0.1:{port}\n\n{accounts}\nCtrl-C stops it.", flush=True)
        while not (ended := how_one_ended(children)):
            time.sleep(0.5)
        stop(f"{ended} Its last words are above.")
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
    finally:
        end(children)


def test(for_pytest: list[str], *, keep_going: bool) -> None:
    set_up("requirements-dev.txt")
    ENVIRONMENT["CHROMIUM"] = chromium()
    failed = check(keep_going=keep_going)
    runs = {
        f"Testing on {database}": [*PYTEST, "-n", number, f"--database={database}", *for_pytest]
        for database, number in AT_A_TIME.items()
    }
    failed += together(runs, keep_going=keep_going)
    if failed:
        stop("Failed: " + ", ".join(failed))


def together(commands: Mapping[str, list[str]], *, keep_going: bool) -> list[str]:
    """The commands that fail. All run at once, so that none leaves a processor idle, and are shown one after the other."""
    failed = []
    with ExitStack() as files:
        running = {}
        try:
            for title, command in commands.items():
                said = files.enter_context(tempfile.NamedTemporaryFile())
                running[title] = start(command, said), said.name
            for title, (program, name) in running.items():
                print(f"→ {title}", flush=True)
                show(program, Path(name))
                if program.returncode:
                    failed.append(title)
                    if not keep_going:
                        break
        finally:
            left = {title: program for title, (program, _) in running.items() if program.poll() is None}
            end(left, signal.SIGINT)  # pytest then ends its workers and its PostgreSQL
    return failed


def show(program: subprocess.Popen[bytes], said: Path) -> None:
    """Print what a program writes to a file, as it comes, until the program has ended."""
    with said.open(errors="replace") as lines:
        while program.poll() is None:
            print(lines.read(), end="", flush=True)
            time.sleep(0.2)
        print(lines.read(), end="", flush=True)


def check(*, keep_going: bool) -> list[str]:
    """The checks that fail. They run two at a time: the types alone take as long as all the others."""
    failed = []
    with ThreadPoolExecutor(2) as two:
        checks = {title: two.submit(call, *command) for title, command in CHECKS.items()}
        for title, running in checks.items():
            try:
                with step(title):
                    running.result()
            except Failed as failure:
                failed.append(title)
                if not keep_going:
                    two.shutdown(cancel_futures=True)
                    raise
                print(failure, flush=True)
    return failed


# Setting up


def set_up(requirements: str) -> None:
    if not works(BIN / "python"):
        with step("Making the Python environment in .venv"):
            make_environment()
    once(
        "Installing Python packages",
        partial(install, requirements),
        inputs=[requirements],
        made=BIN / "flask",
    )
    if not node_is_new_enough():
        node = "requirements-node.txt"
        once("Installing Node.js", partial(install, node), inputs=[node], made=BIN / "node")
    once(
        "Installing style packages",
        partial(call, "npm", "ci"),
        inputs=["package.json", "package-lock.json", ".npmrc"],
        made=ROOT / "node_modules",
    )
    once(
        "Building styles and scripts",
        partial(call, "node", "assets/build.mjs"),
        inputs=["assets", "package-lock.json"],
        made=ROOT / "static/manifest.json",
    )


def make_environment() -> None:
    try:
        call(sys.executable, "-m", "venv", "--clear", str(VENV))
    except Failed:
        if not apt_install("python3-venv"):
            raise
        call(sys.executable, "-m", "venv", "--clear", str(VENV))


def install(requirements: str) -> None:
    """Only what the file names, only with the hashes it gives, and nothing that would have to be compiled."""
    pip = [str(BIN / "python"), "-m", "pip", "install", "--no-input", "--no-compile", "--retries=2"]
    call(*pip, "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", requirements)


def works(python: Path) -> bool:
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def node_is_new_enough() -> bool:
    if (BIN / "node").exists() or not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    return tuple(int(part) for part in version.lstrip("v").split(".")[:2] if part.isdecimal()) >= NODE_NEEDED


def chromium() -> str:
    """The browser of the browser tests: the one named by CHROMIUM, or found, or installed."""
    for name in (os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES):
        if found := shutil.which(name):
            return found
    with step("Installing Chromium"):
        apt_install("chromium")
    return shutil.which("chromium") or stop(
        "The browser tests need Chromium. Install it (Debian: apt-get install chromium; macOS: Chrome), "
        "or set CHROMIUM to the path of a Chromium or Chrome that you have."
    )


def apt_install(package: str) -> bool:
    """Install one of Debian's packages, where this person may do so without being asked for a password."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if not shutil.which("apt-get") or (
        sudo and subprocess.run([*sudo, "true"], capture_output=True).returncode
    ):
        return False
    apt_get = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    call(*apt_get, "update")
    call(*apt_get, "install", "--yes", "--no-install-recommends", package)
    return True


# The server


def port_from_environment() -> int:
    """The port to serve on, known to be free: it is better to hear of it before the set-up than after."""
    given = os.environ.get("PORT", "5000")
    if not given.isdecimal() or not 0 < int(given) < 65536:
        stop(f"PORT is '{given}'. Set it to a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(given)))
        except PermissionError:
            stop(f"Port {given} needs more rights. Choose another: PORT=5001 python3 dev.py run")
        except OSError:
            stop(f"Port {given} is taken. Stop what uses it, or choose another: PORT=5001 python3 dev.py run")
    return int(given)


def start(command: list[str], said: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C reaches only this program, which then stops its children in order."""
    return subprocess.Popen(
        command, env=ENVIRONMENT, start_new_session=True, stdout=said, stderr=said and subprocess.STDOUT
    )


def how_one_ended(children: Mapping[str, subprocess.Popen[bytes]]) -> str:
    """Which of the programs has ended by itself, and with what; empty while all run."""
    for name, child in children.items():
        code = child.poll()
        if code is not None and code < 0:
            return f"The {name} was ended by signal {-code} ({signal.strsignal(-code)})."
        if code is not None:
            return f"The {name} ended by itself with code {code}."
    return ""


def wait_until_it_answers(port: int, children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Whatever /healthz answers, the server is up; what is wrong then stands on that page."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not how_one_ended(children):
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            server.request("GET", "/healthz")
            server.getresponse()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            server.close()
    ended = how_one_ended(children) or "The server did not answer within a minute."
    stop(f"{ended} Its last words are above.")


def end(children: Mapping[str, subprocess.Popen[bytes]], by: int = signal.SIGTERM) -> None:
    for child in children.values():
        child.send_signal(by)
    for child in children.values():
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()


# Steps


class Failed(Exception):
    """A program that this one called did not succeed; the message is all that it said."""


def call(*command: str) -> str:
    """Run a program to its end and give back what it printed; it is shown only when it fails."""
    try:
        result = subprocess.run(
            command,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    except FileNotFoundError:
        raise Failed(f"There is no program {command[0]} on this machine.") from None
    if result.returncode:
        hint = "\nIs this machine on line?" if any(sign in result.stdout for sign in NO_NETWORK) else ""
        raise Failed(f"{result.stdout.rstrip()}\n\n`{' '.join(command)}` failed.{hint}")
    return result.stdout


@contextmanager
def step(title: str) -> Iterator[None]:
    """A line of progress with the seconds that it took."""
    print(f"→ {title}", end=" ", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print("✗", flush=True)
        raise
    print(f"({time.monotonic() - began:.0f} s)", flush=True)


def once(title: str, action: Callable[[], object], *, inputs: list[str], made: Path) -> None:
    """A step that is skipped while its inputs stay as they were and what it made is there."""
    digest = hashlib.sha256()
    for name in inputs:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    stamp = STAMPS / made.name  # by what is made: two lists of packages that share .venv share the stamp
    if made.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    with step(title):
        action()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Failed as failure:
        stop(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)
