"""Ten thousand attempts for twenty places, through every door at once (promise P1).

How they are made up: 172 go through the real HTTP stack with several server processes, the other 9,828 through the
verbs themselves in processes beside it (tests/journeys/crowd.py), as ten thousand pages would take minutes. Doors:
asking for oneself, put in by staff, a lead's list of several, accepting an offer, approving and declining, moving
from another date, substitution, and the number of places raised and lowered. On SQLite that is some 30 s of one processor,
and so the dear doors (a move takes four times as long as an offer) are tried less often than the cheap.

The control is the same service with the lock taken out (tests/journeys/unlocked.py): it must oversell, or this
test would prove nothing.
"""

import http.client
import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from config import DEVELOPMENT_SECRET
from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.bookings.models import HOLDS_A_PLACE, LIVE, Approval, Booking, BookingStatus
from sscb_training.bookings.teams.rules import Entry
from sscb_training.core.db import db
from sscb_training.core.encryption import encrypted
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.models import Membership, Person, SignIn
from sscb_training.people.service import hashed
from tests import factories, live
from tests.factories import NOW, SOON
from tests.journeys.crowd import Keys

PLACES = 20
AT_FIRST = 16
RAW_TOKEN = "the-same-for-all-of-them"
NOBODY = 1_000_000
BY_THE_VERBS = {
    "ask": 200, "list": 20, "accept": 6400, "move": 150, "substitute": 900, "answer": 1400, "resize": 678,
}  # fmt: skip


@dataclass
class Press:
    """Somebody presses a button: one attempt, or as many as are on a list."""

    who: int
    path: str
    form: dict[str, str]
    attempts: int = 1


@dataclass
class Race:
    """A date nearly full, everybody who wants a place on it, and whoever may give or take one."""

    training_session: TrainingSession
    agency: Agency
    keys: Keys
    staff: int
    people: Sequence[int]

    def presses(self) -> list[Press]:
        """What the browsers send, in an order that chance decided."""
        session_id, keys, people = self.training_session.id, self.keys, iter(self.people)
        found = [
            *(self.asks(next(people)) for _ in range(40)),
            *(
                self._press(self.staff, f"put-in?search=P+{who}", membership_id=who, form_key=f"in {session_id} {who}")
                for who in (next(people) for _ in range(10))
            ),
            *(self._list([next(people) for _ in range(5)]) for _ in range(8)),
            *(Press(self._delegate(key), f"/bookings/{key}/accept", {}) for key in keys.offered * 4),
            *(
                Press(keys.lead, f"/approvals/{key}", {"answer": answer, "reason": "No cover"})
                for key in keys.approvals
                for answer in ["approve", "decline"] * 2
            ),
            *(
                Press(self._delegate(key), f"/bookings/{key}/move", {"training_session_id": str(session_id)})
                for key in keys.movers[:16]
            ),
            *(
                Press(self._delegate(key), f"/bookings/{key}/substitute?search=P", {"membership_id": str(role)})
                for key in keys.confirmed
                for role in keys.colleagues[:3]
            ),
            *(self._press(self.staff, "places", capacity=number) for number in [17, 18, 19, PLACES, PLACES] * 3),
            self._press(self.staff, "places", capacity=PLACES),
        ]  # fmt: skip
        random.Random(1).shuffle(found)
        return found

    def asks(self, who: int) -> Press:
        """Somebody asks for themselves."""
        session_id = self.training_session.id
        form = {"membership_id": str(who), "form_key": f"form {session_id} {who}", "declared": "y"}
        return Press(who, f"/dates/{session_id}/book/check", form)

    def _press(self, who: int, page: str, **form: object) -> Press:
        fields = {name: str(value) for name, value in form.items()}
        return Press(who, f"/sessions/{self.training_session.id}/{page}", fields)

    def _list(self, people: Sequence[int]) -> Press:
        session_id = self.training_session.id
        entries = [astuple(Entry(0, f"P {who}", membership_id=who)) for who in people]
        listed = encrypted(
            {"for": [session_id, self.agency.id, self.keys.lead], "staff_group": None, "entries": entries}
        )
        form = {"people": listed, "form_key": f"list {session_id} {people[0]}", "how": "fit"}
        form |= {"approver_name": "Mo Manager", "approver_email": "mo@elsewhere.example"}
        return Press(self.keys.lead, f"/dates/{session_id}/book-several/check", form, attempts=len(people))

    def _delegate(self, booking_id: int) -> int:
        return db.session.get_one(Booking, booking_id).person_id


@pytest.fixture
def race(app: Flask) -> Race:
    agency, group = factories.make_agency(), factories.make_staff_group()
    people = _insert_people(agency, group, 1000)
    staff = factories.make_person("Cara Board", roles=[Role.BOARD_STAFF])
    lead = factories.make_person("Ben Lead", agency=agency, leads=agency)
    for person in (staff, lead):
        _sign_in([person.id])
    return _nearly_full(agency, people, staff=staff.id, lead=lead.id)


def _nearly_full(agency: Agency, people: Sequence[int], *, staff: int, lead: int) -> Race:
    """Sixteen places of which fourteen are held, to be passed on, accepted and approved."""
    version = factories.make_version(factories.make_course(approval=ApprovalStyle.MANAGER))
    contested = factories.make_training_session(version, capacity=AT_FIRST)
    another = factories.make_training_session(
        version, capacity=1000, starts_at=SOON.replace(month=12, day=20)
    )
    given = iter(people)

    def booked(training_session: TrainingSession, number: int, status: BookingStatus) -> list[int]:
        offer = {"offered_at": NOW, "offer_until": SOON} if status is BookingStatus.OFFERED else {}
        return [
            factories.make_booking(
                training_session, person=db.session.get_one(Person, next(given)), status=status, **offer
            ).id
            for _ in range(number)
        ]

    keys = Keys(contested.id, lead, fewest=AT_FIRST, most=PLACES)
    keys.confirmed = booked(contested, 6, BookingStatus.CONFIRMED)
    keys.offered = booked(contested, 4, BookingStatus.OFFERED)
    waiting = booked(contested, 4, BookingStatus.AWAITING_APPROVAL)
    keys.movers = booked(another, 60, BookingStatus.CONFIRMED)
    keys.approvals = [_asked(key) for key in waiting]
    keys.colleagues = [next(given) for _ in range(60)]
    keys.newcomers = [next(given) for _ in range(BY_THE_VERBS["ask"])]
    return Race(contested, agency, keys, staff, list(given))


def _asked(booking_id: int) -> int:
    approval = Approval(style=ApprovalStyle.MANAGER, asked_at=NOW, answer_by=SOON)
    approval.bookings = [db.session.get_one(Booking, booking_id)]
    return factories.saved(approval).id


def _insert_people(agency: Agency, group: StaffGroup, size: int) -> list[int]:
    people = list(range(NOBODY, NOBODY + size))
    role = {"agency_id": agency.id, "staff_group_id": group.id, "job_title": "Nurse", "recorded_at": NOW}
    role |= {"valid_from": factories.LONG_AGO, "manager_name": "Mo", "manager_email": "mo@elsewhere.example"}
    with transaction():
        db.session.execute(
            insert(Person),
            [
                {"id": i, "name": f"P {i}", "email": f"p{i}@a.example", "email_key": f"p{i}@a.example", "created_at": NOW}
                for i in people
            ],
        )  # fmt: skip
        db.session.execute(
            insert(Membership),
            [{"id": i, "person_id": i, **role, "has_no_manager": i % 2 == 0} for i in people],
        )
    _sign_in(people)
    return people


def _sign_in(people: Sequence[int]) -> None:
    seen = {"started_at": NOW, "last_seen_at": NOW, "device": ""}
    with transaction():
        db.session.execute(
            insert(SignIn), [{"person_id": i, "token_hash": hashed(f"token {i}"), **seen} for i in people]
        )


def press_all(presses: Sequence[Press], server: live.Server) -> Counter[int]:
    """Everybody presses at once; how often each status came back."""
    queue = iter(presses)
    db.session.rollback()  # an open reader would keep SQLite's writers waiting
    turn = threading.Lock()
    csrf = live.csrf_token(DEVELOPMENT_SECRET, RAW_TOKEN)

    def client(_number: int) -> Counter[int]:
        statuses: Counter[int] = Counter()
        connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
        while True:
            with turn:
                press = next(queue, None)
            if press is None:
                connection.close()
                return statuses
            cookie = live.signed_cookie(
                DEVELOPMENT_SECRET, {"token": f"token {press.who}", "csrf_token": RAW_TOKEN}
            )
            headers = {"Cookie": f"session={cookie}", "Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode(press.form | {"csrf_token": csrf})
            connection.request("POST", press.path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
            statuses[answer.status] += 1
            assert b"database is locked" not in text

    with ThreadPoolExecutor(8) as clients:
        return sum(clients.map(client, range(8)), Counter())


def _crowd(race: Race, database_url: str, data_dir: Path, *, processes: int) -> subprocess.Popen[str]:
    """The attempts at the verbs, each of so many processes with its share of them."""
    environment = os.environ | {
        "APP_ENV": "test",
        "SECRET_KEY": DEVELOPMENT_SECRET,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "TEST_CLOCK": NOW.isoformat(),
    }
    shares = [
        replace(
            race.keys,
            newcomers=race.keys.newcomers[number::processes],
            attempts={door: attempts // processes for door, attempts in BY_THE_VERBS.items()},
            seed=number,
        )
        for number in range(processes)
    ]
    command = [sys.executable, "-m", "tests.journeys.crowd", json.dumps([asdict(share) for share in shares])]
    return subprocess.Popen(command, env=environment, cwd=live.ROOT, stdout=subprocess.PIPE, text=True)


def outcome(race: Race) -> Counter[BookingStatus]:
    db.session.rollback()
    counts = (
        select(Booking.status, func.count())
        .where(Booking.training_session_id == race.training_session.id)
        .group_by(Booking.status)
    )
    found = Counter({row[0]: row[1] for row in db.session.execute(counts)})
    db.session.rollback()
    return found


def held(race: Race) -> int:
    return sum(outcome(race)[status] for status in HOLDS_A_PLACE)


@pytest.mark.slow
def test_ten_thousand_attempts_for_twenty_places_sell_twenty(
    database_url: str, tmp_path: Path, race: Race
) -> None:
    server = live.start(database_url, tmp_path, clock=NOW, workers=2)
    crowd = _crowd(race, database_url, tmp_path, processes=2)
    try:
        presses = race.presses()
        statuses = press_all(presses, server)
        became = Counter(json.loads(crowd.communicate()[0]))
    finally:
        server.stop()
        crowd.kill()

    assert not {status for status in statuses if status >= 500}
    assert not [fault for fault in became if fault.startswith("failed")], became
    attempts = sum(press.attempts for press in presses) + became.total()
    assert attempts + 4 * BY_THE_VERBS["list"] == 10_000
    assert held(race) == PLACES
    assert outcome(race)[BookingStatus.WAITLISTED] > PLACES
    db.session.refresh(race.training_session)
    assert race.training_session.capacity == PLACES
    twice = (
        select(Booking.person_id)
        .where(Booking.training_session_id == race.training_session.id, Booking.status.in_(LIVE))
        .group_by(Booking.person_id)
        .having(func.count() > 1)
    )
    assert not db.session.scalars(twice).all()


@pytest.mark.slow
def test_without_the_lock_the_same_race_oversells(database_url: str, tmp_path: Path, race: Race) -> None:
    """Three times at most: on a busy machine the processes may happen to take turns."""
    server = live.start(database_url, tmp_path, clock=NOW, workers=4, target="tests.journeys.unlocked:app")
    sold: list[int] = []
    try:
        while len(sold) < 3 and max(sold, default=0) <= PLACES:
            race.training_session = factories.make_training_session(capacity=PLACES)
            press_all([race.asks(who) for who in race.people[:60]], server)
            sold.append(held(race))
    finally:
        server.stop()
    assert max(sold) > PLACES
