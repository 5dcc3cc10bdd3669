"""The processes of the race (tests/journeys/test_race.py): attempts at the verbs themselves, through every door.

Started as `python -m tests.journeys.crowd KEYS`, a list with the keys of each process; prints how many attempts did
something, were refused, or failed, as JSON.
Whoever is refused a move tries again later, and nearly every attempt could have been the one that takes a place too many.
"""

import gc
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context

from sqlalchemy import select

from sscb_training import create_app
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.models import Approval, Booking, BookingStatus
from sscb_training.bookings.places import service as places
from sscb_training.bookings.requests import service as requests
from sscb_training.bookings.teams import service as teams
from sscb_training.bookings.teams.rules import Entry
from sscb_training.core import clock
from sscb_training.core.db import db, rows
from sscb_training.core.errors import Refused
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.models import Membership, Person

Attempt = Callable[["Keys"], object]


@dataclass
class Keys:
    """The rows that the crowd is about, by key, and how many attempts to make at each door."""

    session: int
    lead: int
    fewest: int
    most: int
    newcomers: list[int] = field(default_factory=list)
    colleagues: list[int] = field(default_factory=list)
    movers: list[int] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    offered: list[int] = field(default_factory=list)
    approvals: list[int] = field(default_factory=list)
    attempts: dict[str, int] = field(default_factory=dict)
    seed: int = 0


def ask(keys: Keys) -> object:
    role = db.session.get_one(Membership, keys.newcomers.pop())
    return requests.request_place(
        _session(keys),
        role.person,
        membership=role,
        form_key=f"crowd {role.id}",
        by=role.person,
        now=clock.now(),
    )


def book_list(keys: Keys) -> object:
    """Five attempts in one: a lead books five at once, as many as fit."""
    roles = [db.session.get_one(Membership, key) for key in random.sample(keys.colleagues, 5)]
    team = teams.TeamList(
        roles[0].agency, [Entry(0, role.person.name, membership_id=role.id) for role in roles], None
    )
    return teams.book_team(
        _session(keys),
        team,
        all_or_none=False,
        approver=("Mo Manager", "mo@elsewhere.example"),
        form_key=f"list {random.random()}",
        by=db.session.get_one(Person, keys.lead),
        now=clock.now(),
    )


def accept(keys: Keys) -> None:
    """Whoever was offered a place presses again and again; one in ten looks who is offered one now."""
    now_offered = select(Booking.id).where(
        Booking.training_session_id == keys.session, Booking.status == BookingStatus.OFFERED
    )
    chosen = [*rows(now_offered), *keys.offered] if random.random() < 0.1 else keys.offered
    booking = db.session.get_one(Booking, random.choice(chosen))
    requests.accept_offer(booking, by=booking.person, now=clock.now())


def move(keys: Keys) -> object:
    booking = db.session.get_one(Booking, random.choice(keys.movers))
    return changes.move(booking, _session(keys), by=booking.person, now=clock.now())


def substitute(keys: Keys) -> object:
    booking = db.session.get_one(Booking, random.choice(keys.confirmed))
    colleague = db.session.get_one(Membership, random.choice(keys.colleagues))
    return changes.substitute(booking, colleague, by=booking.person, now=clock.now())


def answer(keys: Keys) -> object:
    """Approve or decline; who is declined frees a place for the next."""
    approval = db.session.get_one(Approval, random.choice(keys.approvals))
    return requests.answer(
        approval, approved=random.random() < 0.5, reason="No cover", by=None, by_name="Mo", now=clock.now()
    )


def resize(keys: Keys) -> object:
    return places.change_capacity(
        _session(keys), random.randint(keys.fewest, keys.most), by=None, now=clock.now()
    )


DOORS: dict[str, Attempt] = {
    "ask": ask,
    "list": book_list,
    "accept": accept,
    "move": move,
    "substitute": substitute,
    "answer": answer,
    "resize": resize,
}


def _session(keys: Keys) -> TrainingSession:
    return db.session.get_one(TrainingSession, keys.session)


def main(keys: Keys) -> Counter[str]:
    random.seed(keys.seed)
    queue = [door for door, number in keys.attempts.items() for _ in range(number)]
    random.shuffle(queue)
    became: Counter[str] = Counter()
    for door in queue:
        try:
            with transaction():
                DOORS[door](keys)
        except Refused:
            became[f"{door} refused"] += 1
        except Exception as fault:  # whatever else happens is what the race looks for
            became[f"failed: {type(fault).__name__} {fault}"] += 1
        else:
            became[f"{door} done"] += 1
    return became


if __name__ == "__main__":
    shares = [Keys(**share) for share in json.loads(sys.argv[1])]
    with create_app().app_context():
        gc.freeze()
        with get_context("fork").Pool(len(shares)) as processes:  # the service is made ready once
            print(json.dumps(sum(processes.map(main, shares, chunksize=1), Counter())))
