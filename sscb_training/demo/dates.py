"""Ten years of training dates, and a few near today that are worth a look."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from sscb_training.accreditation import queries as accreditation_queries
from sscb_training.accreditation import service as accreditation
from sscb_training.accreditation.models import Accreditation
from sscb_training.core.db import rows
from sscb_training.core.times import at_london
from sscb_training.courses.copies.service import copy_session
from sscb_training.demo import places, texts
from sscb_training.demo.county import SET_UP, County, Worker
from sscb_training.demo.learning import ANNOUNCED, BRIEFED, LAUNCH, Learning
from sscb_training.demo.places import BOOKABLE, Date, Training

AHEAD, OPENS = timedelta(days=182), timedelta(days=190)
NOBODY_MEETS = (date(2020, 4, 1), date(2021, 7, 31))
ONLINE_SINCE = date(2020, 4, 1)
IS_ONLINE, IS_CALLED_OFF = 0.35, 0.04
LATELY, FEWER = timedelta(days=1200), 3.5  # what earlier dates left has run out since, so a few will do
THREE_YEARS = timedelta(days=1095)
POOL = 7


def build(county: County, learning: Learning) -> None:
    """Put every date on the agenda."""
    training = Training(county, learning)
    pool = _choose_pool(county)
    county.agenda.put(
        at_london(BRIEFED.replace(year=2016, month=9), time(9)),
        partial(places.founding, training, pool),
    )
    planned = [*_regular(county, pool), *_near_today(county, pool)]
    _promise(county, planned)
    for one in planned:
        for worker in one.promised + one.late:
            training.expect(worker, one)
    for one in planned:
        county.agenda.put(_opens(county, one), partial(places.open_date, training, one))
    county.agenda.put(county.moment(county.today - timedelta(days=45)), partial(_revoke_one, county))
    ahead = next(
        one for one in planned if one.day > county.today and not one.online and one.called_off_before is None
    )
    county.agenda.put(
        at_london(county.today - timedelta(days=2), time(11)), partial(_plan_ahead, county, ahead)
    )
    county.agenda.put(
        county.moment(county.today - timedelta(days=3)), partial(_gives_back, training, pool[2])
    )
    _accredit_the_pool(county, learning, training, pool)


def _plan_ahead(county: County, one: Date, now: datetime) -> None:
    """Staff have begun to plan beyond what is published: three drafts of the same."""
    days = [_working_day(county.today + AHEAD + timedelta(weeks=weeks)) for weeks in (2, 8, 14)]
    if one.row is not None:
        copy_session(one.row, days, same_trainers=True, by=county.board, now=now)


def _choose_pool(county: County) -> list[str]:
    """The demonstration's trainer, and others who are there from the beginning to the end."""
    trainer = county.accounts["trainer"].email or ""
    others = [
        worker.email
        for worker in county.workers
        if worker.email
        and worker.leaves is None
        and worker.joins < date(2016, 9, 10)
        and worker.email.endswith("example")
        and worker not in county.accounts.values()
    ]
    return [trainer, *others[:: max(1, len(others) // POOL)][:POOL]]


def _opens(county: County, one: Date) -> datetime:
    """Half a year ahead; never before its course is, and never so late that nobody could have booked by today."""
    entry = next(entry for entry in texts.read("county")["courses"] if entry["code"] == one.course)
    began = entry["versions"][0]["valid_from"]
    first = SET_UP if began <= SET_UP else LAUNCH if began < BRIEFED else max(BRIEFED, began - ANNOUNCED)
    opens = min(one.day - OPENS, county.today - BOOKABLE)
    return at_london(max(opens, first + timedelta(days=1), SET_UP.replace(month=10)), time(10))


def _regular(county: County, pool: list[str]) -> Iterator[Date]:
    """Each course so many times a year, never in August or around Christmas, on working days."""
    for entry in texts.read("county")["courses"]:
        day = max(entry["versions"][0]["valid_from"], date(2016, 11, 1)) + timedelta(days=6)
        gap = 365 / (entry["a_year"] * county.dates)
        thinner = county.today - LATELY
        while day < county.today + AHEAD:
            held = _working_day(day + timedelta(days=county.random.randint(0, int(gap / 3))))
            capacity = county.random.choice(entry["places"])
            if held != county.today:
                yield Date(
                    course=entry["code"],
                    day=held,
                    capacity=capacity,
                    asking=round(capacity * county.random.uniform(0.45, 0.85)),
                    online=NOBODY_MEETS[0] <= held <= NOBODY_MEETS[1]
                    or (held >= ONLINE_SINCE and county.chance(IS_ONLINE)),
                    trainers=county.random.sample(pool, k=2),
                    called_off_before=county.random.randint(1, 9) if county.chance(IS_CALLED_OFF) else None,
                )
            day += timedelta(days=round(gap * (FEWER if held < thinner else 1)))


def _working_day(day: date) -> date:
    while (
        day.weekday() > 4
        or day.month == 8
        or (day.month, day.day) >= (12, 19)
        or (day.month, day.day) <= (1, 4)
    ):
        day += timedelta(days=1)
    return day


def _near_today(county: County, pool: list[str]) -> list[Date]:
    """What the accounts open first: a register today, one not closed, a full date, a nearly empty one, one place left."""
    trainer, other, third = pool[0], pool[1], pool[2]
    today = county.today

    def after(days: int) -> date:
        return _working_day(today + timedelta(days=days))

    def before(days: int) -> date:
        day = today - timedelta(days=days)
        return day - timedelta(days=max(0, day.weekday() - 4))

    dates = [
        Date("GCP2-PRAC", today, capacity=12, asking=10, trainers=[trainer, other]),
        Date("CPC-CG", after(6), capacity=16, asking=10, trainers=[other, trainer]),
        Date("SDC", after(20), capacity=10, asking=13, trainers=[third, other]),
        Date("GCP2-PRAC", after(13), capacity=12, asking=11, online=True, trainers=[trainer, third]),
        Date("EH-SF", after(10), capacity=18, asking=2, trainers=[third]),
        Date("DA-RISK", after(16), capacity=14, asking=12, trainers=[other, third], called_off_before=18),
        Date("GCP2-PRAC", before(5), capacity=12, asking=9, trainers=[other, third], register="saved"),
    ]
    for one in dates:
        one.nobody_gives_up = True
    return dates


def _promise(county: County, planned: list[Date]) -> None:
    """See that the accounts have something: a past, today, a next course, a place on a waiting list, a team that books."""
    professional = county.accounts["professional"]
    team = [
        w
        for w in county.workers
        if w.manager_email == county.accounts["manager"].email and w is not professional
    ]
    today, core_groups, disabled, online = planned[-7:-3]  # the first four of _near_today
    for one in (today, core_groups):
        one.promised.append(professional)
    for one, colleagues in ((core_groups, team[:2]), (disabled, team[4:5])):
        one.promised.extend(colleagues)
    disabled.late.append(professional)
    online.late.extend(team[2:4])  # and so they wait for their manager today
    near_the_end = [
        worker
        for worker in county.workers
        if worker.agency == "SCHT"
        and worker.joins < date(2020, 1, 1)
        and not worker.leaves
        and worker not in county.accounts.values()
    ]
    _promise_past(county, planned, "GCP2-PRAC", THREE_YEARS + timedelta(days=140), [professional])
    _promise_past(county, planned, "GCP2-PRAC", THREE_YEARS - timedelta(days=50), near_the_end[:4])
    _promise_past(county, planned, "DA-RISK", timedelta(days=700), [professional])


def _promise_past(
    county: County, planned: list[Date], course: str, ago: timedelta, workers: list[Worker]
) -> None:
    """These came to the course's date nearest to so long ago."""
    past = [one for one in planned[:-7] if one.course == course and one.called_off_before is None]
    if past:
        nearest = min(past, key=lambda one: abs(county.today - ago - one.day))
        nearest.promised.extend(workers)


def _accredit_the_pool(county: County, learning: Learning, training: Training, pool: list[str]) -> None:
    """A trainer of a tool is accredited in it, and renews in time. Learnt elsewhere, so without a booking."""
    awarded = LAUNCH
    while awarded < county.today:
        county.agenda.put(at_london(awarded, time(16)), partial(_accredit, county, learning, training, pool))
        awarded += timedelta(days=880)  # long enough before it ends: dates are opened half a year ahead


def _accredit(county: County, learning: Learning, training: Training, pool: list[str], now: datetime) -> None:
    for email in pool:
        accreditation.award(
            training.pool[email].person,
            learning.schemes["GCP2"],
            awarded_on=now.date(),
            source="The board’s list of the tool’s trainers",
            by=county.board,
            now=now,
        )


def _gives_back(training: Training, email: str, now: datetime) -> None:
    """A trainer gives up the accreditation while a date with them is to come, so staff are warned."""
    person = training.pool[email].person
    for held in accreditation_queries.accreditations_of(person):
        if held.in_force(now.date()):
            accreditation.revoke(
                held,
                on=now.date(),
                reason="Gave it back: works with adults now and does not use the tool any more.",
                reference="Letter of the holder",
                by=training.county.board,
                now=now,
            )


def _revoke_one(county: County, now: datetime) -> None:
    """One accreditation is revoked, as happens."""
    held = rows(
        select(Accreditation)
        .where(Accreditation.in_force(now.date()), Accreditation.booking_id.is_not(None))
        .order_by(Accreditation.id)
    )
    theirs = [one for one in held if one.person_id != county.person("professional").id]
    if theirs:
        accreditation.revoke(
            county.random.choice(theirs),
            on=now.date(),
            reason="A colleague without training used the tool under this person’s name.",
            reference="Board decision TQ/14",
            by=county.board,
            now=now,
        )
