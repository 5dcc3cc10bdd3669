"""The people of the county: where they work, whom they answer to, who moves, leaves or has two jobs."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sscb_training.agencies import service as agencies
from sscb_training.agencies.models import Agency, Sector
from sscb_training.core.roles import Role
from sscb_training.core.times import at_london
from sscb_training.demo import texts
from sscb_training.demo.county import ACCOUNTS, LEADERS, MORNING, PASSWORD, SET_UP, County, Worker
from sscb_training.people import passwords
from sscb_training.people import service as people

HEALTH = {Sector.COMMUNITY_HEALTH, Sector.HOSPITAL, Sector.MENTAL_HEALTH, Sector.PRIMARY_CARE}
LEAVES, MOVES, HAS_TWO_JOBS, HAS_NO_EMAIL = 0.12, 0.5, 0.03, 0.01


def build(county: County) -> None:
    """Invent everybody, let the accounts in, and put on the agenda when the others join."""
    _invent(county)
    _invite_accounts(county, at_london(SET_UP, MORNING))
    for worker in county.workers:
        if worker.person is None:
            county.agenda.put(county.moment(worker.joins), partial(_join, county, worker))
    for entry in texts.agencies():
        if "successor" in entry:
            county.agenda.put(at_london(entry["valid_to"], time(17)), partial(_hand_over, county, entry))


def _invent(county: County) -> None:
    names = _names(county)
    for entry in texts.agencies():
        if not entry.get("share"):
            continue
        number = max(2, round(entry["share"] * county.size / 400))
        leaders = [next(names) for _ in range(max(1, number // 9))]
        for place in range(number):
            is_leader = place < len(leaders)
            first, last = leaders[place] if is_leader else next(names)
            manager = leaders[0] if is_leader else leaders[place % len(leaders)]
            staff_group = _staff_group(county, entry, is_leader=is_leader)
            worker = Worker(
                name=f"{first} {last}",
                email=None if county.chance(HAS_NO_EMAIL) else _address(first, last, entry["domain"]),
                agency=entry["short_name"],
                staff_group=staff_group,
                job_title=county.random.choice(_job_titles(entry, staff_group)),
                manager_name="" if is_leader and place == 0 else " ".join(manager),
                manager_email="" if is_leader and place == 0 else _address(*manager, entry["domain"]),
                joins=_first_day(county),
            )
            if county.chance(LEAVES) and not is_leader:
                worker.leaves = county.day_between(worker.joins + timedelta(days=200), county.today)
                if worker.leaves >= county.today:
                    worker.leaves = None
            county.workers.append(worker)


def _first_day(county: County) -> date:
    """A third were there when the programme began; the rest joined since."""
    if county.chance(0.33):
        return county.day_between(SET_UP + timedelta(days=3), date(2016, 10, 20))
    return county.day_between(date(2016, 10, 20), county.today - timedelta(days=30))


def _names(county: County) -> Iterator[tuple[str, str]]:
    """First and last names, each pair once."""
    told = texts.read("county")
    pairs = [(first, last) for first in told["first_names"].split() for last in told["last_names"].split()]
    county.random.shuffle(pairs)
    return iter(pairs)


def _address(first: str, last: str, domain: str) -> str:
    return f"{first}.{last}@{domain}".lower()


def _staff_group(county: County, entry: dict[str, Any], *, is_leader: bool) -> str:
    if is_leader and LEADERS in entry["staff"]:
        return LEADERS
    groups = list(entry["staff"])
    weights = [entry["staff"][group][0] for group in groups]
    chosen: str = county.random.choices(groups, weights)[0]
    return chosen


def _job_titles(entry: dict[str, Any], staff_group: str) -> list[str]:
    """What somebody of this staff group may be at this agency: nurses lead in health alone."""
    told = texts.read("county")
    in_health = told["job_titles_in_health"].get(staff_group, []) if entry["sector"] in HEALTH else []
    return [*told["job_titles"][staff_group], *in_health]


def _invite_accounts(county: County, now: datetime) -> None:
    """The accounts to sign in with. The manager manages the professional and several more of the same agency."""
    for name, account in ACCOUNTS.items():
        worker = Worker(
            name=account.name,
            email=account.email,
            agency=account.agency,
            staff_group=account.staff_group,
            job_title=account.job_title,
            manager_name="",
            manager_email="",
            joins=SET_UP,
        )
        county.accounts[name] = worker
        county.workers.append(worker)
    manager = county.accounts["manager"]
    team = [county.accounts["professional"]]
    visitors = [
        worker
        for worker in county.workers
        if worker.agency == "SCHT" and worker.staff_group == "Health visitors" and not worker.leaves
    ]
    team += sorted(visitors, key=lambda worker: worker.joins)[:7]
    for worker in team:
        worker.manager_name, worker.manager_email = manager.name, manager.email or ""
    for name in ("admin", "boardstaff", "professional", "manager", "agencylead", "trainer"):
        _join(county, county.accounts[name], now)
    admin = county.person("admin")
    password_hash = passwords.hash_of(PASSWORD)
    for name in sorted(ACCOUNTS, key=lambda name: name != "admin"):  # an administrator gives the other roles
        account, person = ACCOUNTS[name], county.person(name)
        people.set_password_hash(person, password_hash, now=now)
        if account.role is not None and account.role is not Role.TRAINER:
            agency = county.agencies[account.agency] if account.role is Role.AGENCY_LEAD else None
            giver = None if account.role is Role.ADMINISTRATOR else admin
            people.grant_role(person, account.role, agency=agency, by=giver, now=now)


def _join(county: County, worker: Worker, now: datetime) -> None:
    """They get a record and a job; if they will leave or take a second job, that goes on the agenda."""
    # The accounts are called after roles, which looks like shared mailboxes: the verb rightly refuses those.
    is_account = worker in county.accounts.values()
    person = people.register_person(
        name=worker.name, email=None if is_account else worker.email, now=now, by=None
    )
    if is_account:
        person.email = person.email_key = worker.email
    if worker.email:
        people.confirm_email(person, now=now)
    worker.person = person
    day = now.date()
    began = max(county.day_between(date(2008, 1, 1), day), texts.agency(worker.agency)["valid_from"])
    _add_job(county, worker, _agency_on(county, worker.agency, day), worker.staff_group, min(began, day), now)
    if worker.leaves is not None:
        county.agenda.put(at_london(worker.leaves, time(16)), partial(_leave, county, worker))
    elif county.chance(HAS_TWO_JOBS) and worker.agency != "Corvedale" and not is_account:
        county.agenda.put(
            county.moment(county.day_between(day, county.today)), partial(_take_second_job, county, worker)
        )


def _agency_on(county: County, short_name: str, day: date) -> Agency:
    """The agency, or the predecessor that it still was on this day."""
    entry = texts.agency(short_name)
    while entry["valid_from"] > day and "predecessor" in entry:
        entry = texts.agency(entry["predecessor"])
    return county.agencies[entry["short_name"]]


def _leave(county: County, worker: Worker, now: datetime) -> None:
    """They leave; half of them start at another agency a week later."""
    job = worker.job_on(now.date())
    if job is None:
        return
    people.end_membership(job, on=now.date(), by=county.board, now=now)
    starts = now.date() + timedelta(days=8)
    if county.chance(MOVES) and starts < county.today:
        elsewhere = [
            e
            for e in texts.agencies()
            if worker.staff_group in e["staff"] and e["short_name"] != worker.agency
        ]
        if elsewhere:
            entry = county.random.choice(elsewhere)
            worker.agency = entry["short_name"]
            titles = _job_titles(entry, worker.staff_group)
            if worker.job_title not in titles:
                worker.job_title = county.random.choice(titles)
            county.agenda.put(at_london(starts, MORNING), partial(_start, county, worker))


def _start(county: County, worker: Worker, now: datetime) -> None:
    agency = _agency_on(county, worker.agency, now.date())
    _add_job(county, worker, agency, worker.staff_group, now.date(), now)


def _take_second_job(county: County, worker: Worker, now: datetime) -> None:
    """Some afternoons for a charity."""
    assert worker.person is not None  # noqa: S101 - they joined before
    worker.jobs.append(
        people.add_membership(
            worker.person,
            agency=county.agencies["Corvedale"],
            staff_group=county.staff_groups["Voluntary sector family workers"],
            job_title="School counsellor",
            has_no_manager=True,
            valid_from=now.date(),
            confirmed=True,
            by=county.board,
            now=now,
        )
    )


def _hand_over(county: County, entry: dict[str, Any], now: datetime) -> None:
    """An agency ends, and its successor takes over its people the day after."""
    before, after = county.agencies[entry["short_name"]], county.agencies[entry["successor"]]
    last_day = entry["valid_to"]
    agencies.end_agency(before, valid_to=last_day, successor=after, by=county.person("admin"), now=now)
    for worker in county.workers:
        job = worker.jobs[-1] if worker.jobs else None
        if job is not None and job.agency_id == before.id and job.valid_to is None:
            people.end_membership(job, on=last_day, by=county.board, now=now)
            _add_job(county, worker, after, worker.staff_group, last_day + timedelta(days=1), now)


def _add_job(
    county: County, worker: Worker, agency: Agency, staff_group: str, valid_from: date, now: datetime
) -> None:
    assert worker.person is not None  # noqa: S101 - they have just been registered
    worker.jobs.append(
        people.add_membership(
            worker.person,
            agency=agency,
            staff_group=county.staff_groups[staff_group],
            job_title=worker.job_title,
            manager_name=worker.manager_name,
            manager_email=worker.manager_email,
            has_no_manager=not worker.manager_name,
            valid_from=max(valid_from, agency.valid_from),
            confirmed=True,
            by=None,
            now=now,
        )
    )
