"""Guess certificate codes at the check page, once as it is and once with its limit switched off: none may be found.

`python -m benchmarks.guess_codes [HOW_MANY]`, 100,000 unless told: twenty minutes of a processor. Half of the guesses are
drawn like real codes, half are real codes with one sign changed, which is what somebody would try who holds one.
"""

import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import event, func, insert, select

from config import from_environment
from sscb_training import create_app
from sscb_training.bookings.rules import REFERENCE_LETTERS
from sscb_training.certificates.models import Certificate
from sscb_training.certificates.rules import LENGTH
from sscb_training.core import clock
from sscb_training.core.db import db, number
from sscb_training.people.accounts import throttle
from sscb_training.people.models import FailedAttempt
from tests import factories

REAL = 10_000
RIGHT = b"This certificate"


def a_code() -> str:
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(LENGTH))


def guesses(real: list[str], how_many: int) -> Iterator[str]:
    for turn in range(how_many):
        if turn % 2:
            yield a_code()
            continue
        code, place = secrets.choice(real), secrets.randbelow(LENGTH)
        others = REFERENCE_LETTERS.replace(code[place], "")
        yield code[:place] + secrets.choice(others) + code[place + 1 :]


def fill(app: Flask) -> list[str]:
    """So many certificates of one booking; their codes."""
    flask_migrate.upgrade(str(Path(__file__).parent.parent / "migrations"))
    booking = factories.make_booking(factories.make_training_session())
    usual = factories.make_certificate(booking)
    row = {
        column.key: getattr(usual, column.key)
        for column in Certificate.__table__.columns
        if column.key != "id"
    }
    codes = [a_code() for _ in range(REAL)]
    with db.engine.begin() as connection:
        connection.execute(
            insert(Certificate), [row | {"check_code": code, "withdrawn_at": clock.now()} for code in codes]
        )
    db.session.rollback()
    return codes


def guess(app: Flask, real: list[str], how_many: int) -> None:
    """Send them all from one address, one after another, and say what came back."""
    client, answers, began = app.test_client(), Counter[str](), time.perf_counter()
    for code in guesses(real, how_many):
        answer = client.get(f"/check/{code}")
        found = RIGHT in answer.data
        answers[f"{answer.status_code}{' FOUND' if found else ''}"] += 1
    seconds = time.perf_counter() - began
    with app.app_context():
        kept = number(select(func.count(FailedAttempt.id)))
    print(f"  {how_many:,} guesses in {seconds:.0f} s: {dict(answers)}; {kept} attempts noted", flush=True)
    assert not any("FOUND" in answer for answer in answers)
    assert RIGHT in client.get(f"/check/{real[0]}", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).data


def main(how_many: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            from_environment(
                {"APP_ENV": "test", "DATABASE_URL": f"sqlite:///{folder}/guess.sqlite3", "DATA_DIR": folder}
            )
        )
        with app.app_context():
            event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
            real = fill(app)
        print(f"{REAL:,} certificates. With the limit:", flush=True)
        guess(app, real, how_many)
        throttle.admit_within = lambda limits: []
        print("Without the limit:", flush=True)
        guess(app, real, how_many)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
