"""One training date from its opening to its register: who asks for a place, who gives it up, who comes, who passes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sscb_training.attendance import service as attendance
from sscb_training.attendance.models import Mark
from sscb_training.bookings import queries as booked
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.models import Approval, Booking, CancelReason
from sscb_training.bookings.places import service as places
from sscb_training.bookings.requests import service as requests
from sscb_training.bookings.service import BookingRefused
from sscb_training.core.db import db
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.dates import service as dates
from sscb_training.courses.dates.service import PartPlan
from sscb_training.courses.models import SessionStatus, Trainer, TrainingSession
from sscb_training.courses.pool import service as pool
from sscb_training.demo import quizzing, texts
from sscb_training.demo.county import County, Worker
from sscb_training.demo.learning import Learning

BOOKABLE = timedelta(days=95)
AGAIN = {"GCP2-PRAC": 1030}  # days until somebody takes a course again: two months before GCP2 runs out
SELDOM, SOON_AGAIN = 2200, 70
A_MORNING = 180  # minutes
GIVES_UP, IS_ELSEWHERE, NEEDS_ACCESS, WALKS_IN, ACCEPTS_AN_OFFER = 0.09, 0.1, 0.06, 0.15, 0.85
SAYS_NOTHING, SAYS_NO = 0.03, 0.04
FAR_AHEAD = timedelta(days=10)  # nearer to the date managers say yes or nothing


@dataclass(eq=False)
class Date:
    """One training date as it is planned."""

    course: str
    day: date
    capacity: int
    asking: int
    online: bool = False
    trainers: list[str] = field(default_factory=list)
    promised: list[Worker] = field(default_factory=list)
    late: list[Worker] = field(default_factory=list)
    called_off_before: int | None = None
    nobody_gives_up: bool = False
    register: str = "closed"  # or "saved": begun and not closed
    row: TrainingSession | None = None

    @property
    def training_session(self) -> TrainingSession:
        assert self.row is not None  # noqa: S101 - it was opened before anybody asked
        return self.row


class Training:
    """The training pool, and who may be asked to what."""

    def __init__(self, county: County, learning: Learning) -> None:
        self.county = county
        self.learning = learning
        self.pool: dict[str, Trainer] = {}
        self.free_from: dict[tuple[Worker, str], date] = {}
        self.comes_on: dict[tuple[Worker, str], date] = {}
        self.busy: set[tuple[Worker, date]] = set()
        told = texts.read("county")
        self.keen = {entry["short_name"]: county.random.uniform(0.3, 1.6) for entry in told["agencies"]}
        self.lengths = {entry["code"]: entry["versions"][0]["length_minutes"] for entry in told["courses"]}
        self.audience = {code: _audience(code) for code in self.lengths}

    def expect(self, worker: Worker, one: Date) -> None:
        """Until this date is over the worker asks for no other of its course, and for nothing else on its days."""
        known = self.comes_on.get((worker, one.course), one.day)
        self.comes_on[worker, one.course] = max(known, one.day)
        self.busy.update((worker, day) for day in self.days_of(one))

    def days_of(self, one: Date) -> list[date]:
        """The days of its parts: a long one online has two, a week apart."""
        weeks = (0, 1) if one.online and self.lengths[one.course] > A_MORNING else (0,)
        return [one.day + timedelta(weeks=week) for week in weeks]


def _audience(course: str) -> set[str]:
    """The staff groups that a course is for: those of the needs that it answers."""
    if course == "GCP2-MGR":
        return {"Managers and board staff", "Designated safeguarding leads"}
    groups: set[str] = set()
    for need in texts.read("briefing")["needs"]:
        if need.get("from_version", ["GCP2-PRAC" if "scheme" in need else ""])[0] == course:
            groups.update(need["staff_groups"])
    return groups


def open_date(training: Training, one: Date, now: datetime) -> None:
    """Plan it, publish it, and put on the agenda who asks, whether it is called off, and the register."""
    county = training.county
    version = training.learning.version_on(one.course, one.day)
    one.row = dates.add_session(
        version,
        capacity=one.capacity,
        parts=_parts(training, one),
        trainers=[training.pool[email] for email in one.trainers],
        joining_instructions=texts.read("county")["joining_instructions"][
            "online" if one.online else "venue"
        ],
        fewest=max(4, one.capacity // 3),
        decide_days=5,
        by=county.board,
        now=now,
    )
    dates.publish_session(one.row, by=county.board, now=now + timedelta(minutes=5))
    asked = max(now + timedelta(hours=1), at_london(one.day - BOOKABLE, time(8)))
    county.agenda.put(asked, partial(_ask, training, one))
    if one.called_off_before is not None:
        county.agenda.put(
            at_london(one.day - timedelta(days=one.called_off_before), time(15)),
            partial(_call_off, training, one),
        )
    over = london_date(one.row.ends_at)
    county.agenda.put(at_london(over, time(17, 30)), partial(_take_register, training, one))


def _parts(training: Training, one: Date) -> Sequence[PartPlan]:
    """A day or less at one place, or online in two mornings a week apart when it is long."""
    length = training.lengths[one.course]
    if not one.online:
        rooms = [venue for venue in training.learning.venues if venue.capacity >= one.capacity]
        venue = training.county.random.choice(rooms)
        start = at_london(one.day, time(9, 30))
        return [PartPlan("", start, start + timedelta(minutes=length), venue, "")]
    meeting = f"https://meet.board.example/{one.course.lower()}-{one.day:%d%b}".lower()
    if length <= A_MORNING:
        start = at_london(one.day, time(13, 30))
        return [PartPlan("", start, start + timedelta(minutes=length), None, meeting)]
    halves = [at_london(day, time(9, 30)) for day in training.days_of(one)]
    return [
        PartPlan(f"Part {place}", start, start + timedelta(minutes=length // 2), None, f"{meeting}-{place}")
        for place, start in enumerate(halves, 1)
    ]


def _ask(training: Training, one: Date, now: datetime) -> None:
    """Choose who will ask, and when. Those to whom the date was promised ask first, those who are late last."""
    county = training.county
    fewer = len(one.promised) + len(one.late)
    takers = one.promised + _chosen(training, one, one.asking - fewer, london_date(now)) + one.late
    left = min(one.training_session.starts_at, at_london(county.today)) - now
    for place, worker in enumerate(takers):
        if worker in one.promised or worker in one.late:
            wait = left * (0.99 if worker in one.late else 0.02)
        else:
            wait = left * county.random.triangular(0.03, 0.97, 0.6)
        training.free_from[worker, one.course] = one.day + timedelta(days=SOON_AGAIN)
        training.expect(worker, one)
        county.agenda.put(
            now + wait + timedelta(seconds=place),
            partial(_request, training, one, worker),
        )


def _chosen(training: Training, one: Date, number: int, day: date) -> list[Worker]:
    """Who has not taken it lately, those of keener agencies rather, and now and then somebody it is not aimed at."""
    county = training.county
    drawn = []
    for worker in county.workers:
        job = worker.job_on(day)
        if (
            job is None
            or worker in county.accounts.values()
            or training.free_from.get((worker, one.course), day) > one.day
            or training.comes_on.get((worker, one.course), date.min) >= day
            or any((worker, day) in training.busy for day in training.days_of(one))
            or worker in one.promised
        ):
            continue
        fits = 1.0 if worker.staff_group in training.audience[one.course] else 0.04
        drawn.append((county.random.random() ** (1 / (fits * training.keen[worker.agency])), worker))
    drawn.sort(key=lambda entry: entry[0], reverse=True)
    return [worker for _, worker in drawn[: max(0, number)]]


def _request(training: Training, one: Date, worker: Worker, now: datetime) -> None:
    county, row = training.county, one.training_session
    job = worker.job_on(london_date(now))
    if job is None or row.status is SessionStatus.CANCELLED:
        return
    needs = ""
    if county.chance(NEEDS_ACCESS):
        needs = county.random.choice(texts.read("county")["access_needs"])
    try:
        with db.session.begin_nested():
            booking = requests.request_place(
                row, job.person, membership=job, access_needs=needs, by=job.person, now=now
            )
    except BookingRefused:  # the rules keep them out, or somebody put them in before
        return
    _answer_approval(training, booking, now, certain=worker in one.promised)
    if not one.nobody_gives_up and worker not in one.promised and county.chance(GIVES_UP):
        at = now + (row.starts_at - now) * county.random.uniform(0.2, 0.98)
        county.agenda.put(at, partial(_give_up, training, booking))


def _give_up(training: Training, booking: Booking, now: datetime) -> None:
    if booking.is_live and booking.training_session.status is SessionStatus.PUBLISHED:
        reason, code = training.county.random.choice(texts.read("county")["cancel_reasons"])
        changes.cancel(booking, reason=reason, reason_code=CancelReason(code), by=booking.person, now=now)
        _answer_offers(training, booking.training_session, now)


def _answer_offers(training: Training, training_session: TrainingSession, now: datetime) -> None:
    """Most accept what they were just offered, within hours; the others let the offer lapse."""
    for booking in booked.live_bookings(training_session):
        if not booking.is_offered or booking.offered_at != now or booking.offer_until is None:
            continue
        if training.county.chance(ACCEPTS_AN_OFFER):
            hours = (booking.offer_until - now) * training.county.random.uniform(0.05, 0.8)
            training.county.agenda.put(now + hours, partial(_accept, training, booking))
        else:
            training.county.agenda.put(booking.offer_until, partial(_lapse, training, booking))


def _accept(training: Training, booking: Booking, now: datetime) -> None:
    if booking.is_offered:
        requests.accept_offer(booking, by=booking.person, now=now)
        _answer_approval(training, booking, now)


def _answer_approval(training: Training, booking: Booking, now: datetime, *, certain: bool = False) -> None:
    """Most managers approve within days; some say no, and some say nothing until it lapses."""
    approval, training_session = booking.approval, booking.training_session
    if approval is None or approval.answer_by is None or not booking.awaits_approval:
        return
    if certain:
        _answer(training, approval, True, now + timedelta(minutes=20))
    elif training.county.chance(SAYS_NOTHING):
        training.county.agenda.put(approval.answer_by, partial(_lapse_approval, training, approval))
    else:
        after = (approval.answer_by - now) * training.county.random.uniform(0.1, 0.9)
        approved = training_session.starts_at - now < FAR_AHEAD or not training.county.chance(SAYS_NO)
        training.county.agenda.put(now + after, partial(_answer, training, approval, approved))


def _answer(training: Training, approval: Approval, approved: bool, now: datetime) -> None:
    if any(booking.awaits_approval for booking in approval.bookings):
        reason = "" if approved else training.county.random.choice(texts.read("county")["decline_reasons"])
        requests.answer(
            approval, approved=approved, reason=reason, by=None, by_name=approval.approver_name, now=now
        )
        _answer_offers(training, approval.bookings[0].training_session, now)


def _lapse_approval(training: Training, approval: Approval, now: datetime) -> None:
    if requests.lapse(approval, now=now):
        _answer_offers(training, approval.bookings[0].training_session, now)


def _lapse(training: Training, booking: Booking, now: datetime) -> None:
    if places.lapse_offer(booking, now=now):
        _answer_offers(training, booking.training_session, now)


def _call_off(training: Training, one: Date, now: datetime) -> None:
    reason = training.county.random.choice(texts.read("county")["board_reasons"])
    changes.cancel_session(one.training_session, reason=reason, by=training.county.board, now=now)


# The day itself


def _take_register(training: Training, one: Date, now: datetime) -> None:
    """Mark everybody, enter scores, let somebody in who came without a place, and close."""
    county, row = training.county, one.training_session
    if row.status is not SessionStatus.PUBLISHED:
        return
    by = training.pool[one.trainers[0]].person
    if county.chance(WALKS_IN):
        _walk_in(training, one, now)
    marks: dict[tuple[int, int], Mark] = {}
    scores: dict[int, int] = {}
    workers = {id(worker.person): worker for worker in county.workers}
    for booking in booked.delegates(row):
        worker = workers[id(booking.person)]
        seen = _marks(training, len(row.parts), certain=worker in one.promised or booking.unscheduled)
        marks.update({(booking.id, part.id): mark for part, mark in zip(row.parts, seen, strict=True)})
        came = Mark.DID_NOT_ATTEND not in seen
        passed = came
        if came and one.course == "GCP2-PRAC":
            scores[booking.id] = _score(training, promised=worker in one.promised)
            passed = scores[booking.id] >= 80
        again = AGAIN.get(one.course, SELDOM) if passed else SOON_AGAIN
        training.free_from[worker, one.course] = one.day + timedelta(days=again)
    online = {
        booking: scores.pop(booking.id)
        for booking in booked.delegates(row)
        if booking.id in scores
        and (quizzing.quiz_of(training.learning, booking))
        and quizzing.came(marks, booking)
    }
    attendance.save_register(row, marks=marks, scores=scores, by=by, now=now)
    if online:
        quizzing.expect(county, training.learning.quizzes[one.course], online, now=now)
    if one.register == "closed":
        attendance.close_register(row, by=by, now=now + timedelta(minutes=20))


def _marks(training: Training, parts: int, *, certain: bool) -> list[Mark]:
    if certain:
        return [Mark.ATTENDED] * parts
    if training.county.chance(IS_ELSEWHERE):
        return [Mark.DID_NOT_ATTEND] * parts
    chances: dict[Mark, float] = {Mark.ATTENDED: 90, Mark.LATE: 5, Mark.LEFT_EARLY: 2, Mark.DID_NOT_ATTEND: 0}
    seen = training.county.random.choices(list(chances), list(chances.values()), k=1)
    chances[Mark.DID_NOT_ATTEND] = 6
    return seen + training.county.random.choices(list(chances), list(chances.values()), k=parts - 1)


def _score(training: Training, *, promised: bool) -> int:
    return 92 if promised else max(45, min(100, round(training.county.random.gauss(88, 7))))


def _walk_in(training: Training, one: Date, now: datetime) -> None:
    for worker in _chosen(training, one, 3, london_date(now)):
        job = worker.job_on(london_date(now))
        if job is not None and booked.live_booking(one.training_session, job.person) is None:
            by = training.pool[one.trainers[0]].person
            at = one.training_session.starts_at + timedelta(minutes=4)
            places.add_walk_in(one.training_session, job.person, membership=job, by=by, now=at)
            return


def founding(training: Training, emails: Sequence[str], now: datetime) -> None:
    """Put the training pool together."""
    by_email: dict[str | None, Any] = {worker.email: worker.person for worker in training.county.workers}
    for email in emails:
        topics = "Neglect and GCP2\nCore groups\nDomestic abuse"
        training.pool[email] = pool.add_trainer(
            by_email[email], topics=topics, by=training.county.person("admin"), now=now
        )
