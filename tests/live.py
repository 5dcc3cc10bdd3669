"""The service as it is really run: several server processes on the tests' own database, and a real Chromium."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer
from werkzeug.serving import WSGIRequestHandler, make_server

from config import DEVELOPMENT_SECRET, from_environment
from sscb_training import create_app
from sscb_training.core.db import db

ROOT = Path(__file__).parent.parent
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@dataclass
class Server:
    """A running WSGI server and where it answers."""

    process: subprocess.Popen[bytes]
    address: str

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


def start(
    database_url: str,
    data_dir: Path,
    *,
    clock: datetime,
    target: str = "wsgi:app",
    workers: int = 2,
    environment_name: str = "test",
) -> Server:
    """Serve the tests' database at a given time; returns once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | _environment(database_url, data_dir, clock, f"http://127.0.0.1:{port}")
    environment |= {"APP_ENV": environment_name}
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--threads", "4", "--preload", "--log-level", "warning", "--no-control-socket", target]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    server = Server(process, f"http://127.0.0.1:{port}")
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{server.address}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            return server
        except OSError:
            time.sleep(0.1)
        else:
            return server
    server.stop()
    raise RuntimeError("the server did not start")


@contextmanager
def served_here(database_url: str, data_dir: Path, *, clock: datetime) -> Iterator[str]:
    """The address of the service at a given time, served by threads of this process: no start to wait for."""
    server = make_server("127.0.0.1", 0, lambda *given: app(*given), threaded=True, request_handler=Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    app = create_app(from_environment(_environment(database_url, data_dir, clock, address)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


class Quiet(WSGIRequestHandler):
    """Connections are kept, and nothing is printed."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        pass


def _environment(database_url: str, data_dir: Path, clock: datetime, address: str) -> dict[str, str]:
    return {
        "APP_ENV": "test",
        "SECRET_KEY": DEVELOPMENT_SECRET,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "TEST_CLOCK": clock.isoformat(),
        "PUBLIC_URL": address,
    }


def signed_cookie(app_secret: str, session: dict[str, str]) -> str:
    """The session cookie that the service itself would have set."""
    from flask import Flask
    from flask.sessions import SecureCookieSessionInterface

    signer = Flask("cookie")
    signer.secret_key = app_secret
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    return serializer.dumps(session)


def csrf_token(app_secret: str, raw: str) -> str:
    """The token that a form of this session would carry."""
    return str(URLSafeTimedSerializer(app_secret, salt="wtf-csrf-token").dumps(raw))
