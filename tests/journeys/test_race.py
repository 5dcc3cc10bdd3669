"""A thousand attempts for twenty places, through the real HTTP stack with several server processes (promise P1).

The control is the same service with the lock taken out (tests/journeys/unlocked.py): it must oversell, or this
test would prove nothing.
"""

import http.client
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from config import DEVELOPMENT_SECRET
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Membership, Person, SignIn
from sscb_training.people.service import hashed
from tests import factories, live
from tests.browser import Browser, form_values
from tests.factories import NOW

PLACES = 20
RAW_TOKEN = "the-same-for-all-of-them"


@dataclass
class Crowd:
    """People who all want the same session: their memberships, by number."""

    training_session: TrainingSession
    membership_ids: Sequence[int]
    sample: Person


@pytest.fixture
def crowd(app: Flask, request: pytest.FixtureRequest) -> Crowd:
    size: int = request.param
    agency, group = factories.make_agency(), factories.make_staff_group()
    sample = factories.make_person("Sample", agency=agency, staff_group=group)
    people = range(1_000_000, 1_000_000 + size)
    with transaction():
        db.session.execute(
            insert(Person),
            [
                {
                    "id": i,
                    "name": f"P {i}",
                    "email": f"p{i}@a.example",
                    "email_key": f"p{i}@a.example",
                    "created_at": NOW,
                }
                for i in people
            ],
        )
        role = {"agency_id": agency.id, "staff_group_id": group.id, "job_title": "Nurse", "recorded_at": NOW}
        role |= {
            "valid_from": factories.LONG_AGO,
            "manager_name": "",
            "manager_email": "",
            "has_no_manager": True,
        }
        db.session.execute(insert(Membership), [{"id": i, "person_id": i, **role} for i in people])
        seen = {"started_at": NOW, "last_seen_at": NOW, "device": ""}
        db.session.execute(
            insert(SignIn), [{"person_id": i, "token_hash": hashed(f"token {i}"), **seen} for i in people]
        )
    return Crowd(factories.make_training_session(capacity=PLACES), list(people), sample)


def attempt_all(application: Flask, crowd: Crowd, server: live.Server) -> Counter[int]:
    """Everybody presses *Confirm booking* at once; how often each status came back."""
    session_id = (
        crowd.training_session.id
    )  # asked for first: the form's browser ends the reading that this begins
    action, values = _confirm_form(application, crowd)
    queue = iter(crowd.membership_ids)
    turn = threading.Lock()
    csrf = live.csrf_token(DEVELOPMENT_SECRET, RAW_TOKEN)

    def client(_number: int) -> Counter[int]:
        statuses: Counter[int] = Counter()
        connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
        while True:
            with turn:
                who = next(queue, None)
            if who is None:
                connection.close()
                return statuses
            cookie = live.signed_cookie(
                DEVELOPMENT_SECRET, {"token": f"token {who}", "csrf_token": RAW_TOKEN}
            )
            form = values | {
                "membership_id": str(who),
                "form_key": f"form {session_id} {who}",
                "csrf_token": csrf,
            }
            headers = {"Cookie": f"session={cookie}", "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", action, body=urlencode(form), headers=headers)
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1

    with ThreadPoolExecutor(16) as clients:
        return sum(clients.map(client, range(16)), Counter())


def _confirm_form(application: Flask, crowd: Crowd) -> tuple[str, dict[str, str]]:
    """Where the last page of the booking sends its form, and what the form holds."""
    browser = Browser(application).signed_in(crowd.sample)
    page = browser.get(f"/dates/{crowd.training_session.id}/book")
    for _ in range(3):
        form = page.soup.select_one("main form[method=post]")
        assert form is not None
        if "Confirm booking" in form.get_text() or "Join the waiting list" in form.get_text():
            action = str(form.get("action") or page.url)
            return action, {name: str(value[0]) for name, value in form_values(form).items()} | {
                "declared": "y"
            }
        page = browser.fill(page, button="Continue")
    raise AssertionError("no page with Confirm booking")


def outcome(crowd: Crowd) -> dict[BookingStatus, int]:
    db.session.rollback()
    counts = (
        select(Booking.status, func.count())
        .where(Booking.training_session_id == crowd.training_session.id)
        .group_by(Booking.status)
    )
    return {row[0]: row[1] for row in db.session.execute(counts)}


@pytest.mark.slow
@pytest.mark.parametrize("crowd", [1000], indirect=True)
def test_a_thousand_attempts_for_twenty_places_sell_twenty(
    application: Flask, database_url: str, tmp_path: Path, crowd: Crowd
) -> None:
    server = live.start(database_url, tmp_path, clock=NOW, workers=4)
    try:
        statuses = attempt_all(application, crowd, server)
    finally:
        server.stop()

    assert statuses == {302: 1000}
    assert outcome(crowd) == {BookingStatus.CONFIRMED: PLACES, BookingStatus.WAITLISTED: 1000 - PLACES}
    first_come = db.session.scalars(select(Booking.status).order_by(Booking.id)).all()
    assert set(first_come[:PLACES]) == {BookingStatus.CONFIRMED}
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 1000


@pytest.mark.slow
@pytest.mark.parametrize("crowd", [300], indirect=True)
def test_without_the_lock_the_same_race_oversells(
    application: Flask, database_url: str, tmp_path: Path, crowd: Crowd
) -> None:
    """Three times at most: on a busy machine the processes may happen to take turns."""
    server = live.start(database_url, tmp_path, clock=NOW, workers=4, target="tests.journeys.unlocked:app")
    sold: list[int] = []
    try:
        while len(sold) < 3 and max(sold, default=0) <= PLACES:
            crowd.training_session = factories.make_training_session(capacity=PLACES)
            attempt_all(application, crowd, server)
            sold.append(outcome(crowd)[BookingStatus.CONFIRMED])
    finally:
        server.stop()
    assert max(sold) > PLACES
