"""What boards and agencies do around bookings: charging rules, rules of who may book, places passed on, lists of a team.

It draws nothing by chance, so that the county around it stays as it is.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from sscb_training.agencies.models import Sector
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.charges import service as charges
from sscb_training.bookings.charges.models import Charge, ChargeState, Length
from sscb_training.bookings.eligibility import service as eligibility
from sscb_training.bookings.interest import service as interest
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.bookings.teams import service as teams
from sscb_training.bookings.teams.rules import Entry
from sscb_training.core.db import db, rows
from sscb_training.core.errors import Refused
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.models import ApprovalStyle, SessionStatus, TrainingSession
from sscb_training.demo.county import County
from sscb_training.demo.learning import Learning
from sscb_training.people.models import Membership, Person

FAR = timedelta(days=25)  # what lies nearer was planned to be looked at as it is
CHARGING_SINCE = timedelta(days=540)


def build(county: County, learning: Learning) -> None:
    """Put it on the agenda, the longest ago first."""
    acts: list[tuple[int, Callable[[datetime], None]]] = [
        (CHARGING_SINCE.days, partial(_make_charging_rules, county)),
        (28, partial(_say_who_may_book, county, learning)),
        (15, partial(_ask_for_dates, county, learning)),
        (12, partial(_pass_places_on, county)),
        (9, partial(_book_a_team, county)),
        (3, partial(_forgive, county)),
    ]
    for days, act in acts:
        county.agenda.put(at_london(county.today - timedelta(days=days), time(11)), act)


def _make_charging_rules(county: County, now: datetime) -> None:
    """By length for everybody; council social care pays only for not coming, and one trust follows its own rules."""
    add = partial(charges.add_policy, valid_from=london_date(now), by=county.board, now=now)
    add(free_days=7, late_fee=5000, absence_fee=5000, length=Length.ONE_PART)
    add(free_days=14, late_fee=7500, absence_fee=7500, length=Length.SEVERAL_PARTS)
    add(sector=Sector.SOCIAL_CARE, late_fee=0, absence_fee=5000)
    add(sector=Sector.EARLY_YEARS, free_days=7, late_fee=2500, absence_fee=2500)
    trust = county.agencies["SaTH"]
    add(agency_id=trust.id, follows_own_rules=True)


def _say_who_may_book(county: County, learning: Learning, now: datetime) -> None:
    """The briefing is for those who manage, and the course on risk follows any one of two others."""
    groups = ("Managers and board staff", "Designated safeguarding leads")
    eligibility.set_rules(
        learning.courses["GCP2-MGR"],
        approval=learning.courses["GCP2-MGR"].approval,
        sectors=[],
        staff_groups=[county.staff_groups[name] for name in groups],
        attended=[],
        schemes=[],
        most_per_agency=4,
        by=county.board,
        now=now,
    )
    eligibility.set_rules(
        learning.courses["PSM"],
        approval=ApprovalStyle.DECLARED,
        sectors=[],
        staff_groups=[],
        attended=[],
        schemes=[],
        one_of_attended=[learning.courses["CPC-CG"], learning.courses["EH-SF"]],
        one_of_schemes=[learning.schemes["GCP2"]],
        most_per_agency=None,
        by=county.board,
        now=now,
    )


def _ask_for_dates(county: County, learning: Learning, now: datetime) -> None:
    """Eight people ask to hear of new dates of the briefing for managers."""
    for job in _jobs(county, london_date(now))[::9][:8]:
        interest.note_interest(learning.courses["GCP2-MGR"], job.person, membership=job, now=now)


def _pass_places_on(county: County, now: datetime) -> None:
    """Two delegates send a colleague in their place, and two go on another date."""
    jobs = _jobs(county, london_date(now))
    substituted = moved = 0
    for booking in _confirmed_later(now):
        role = booking.membership
        if role is None or booking.person in {worker.person for worker in county.accounts.values()}:
            continue
        colleagues = [
            job for job in jobs if job.agency_id == role.agency_id and job.person_id != role.person_id
        ]
        if substituted < 2:
            substituted += any(
                _done(partial(changes.substitute, booking, job, by=booking.person, now=now))
                for job in colleagues[:5]
            )
        elif moved < 2:
            moved += any(
                _done(partial(changes.move, booking, other, by=booking.person, now=now))
                for other in _later_dates(now)
                if other.course is booking.training_session.course and other is not booking.training_session
            )


def _book_a_team(county: County, now: datetime) -> None:
    """The agency lead books three of their people, one of them new and without an address."""
    lead = county.person("agencylead")
    agency = county.agencies[county.accounts["agencylead"].agency]
    staff = [job for job in _jobs(county, london_date(now)) if job.agency_id == agency.id]
    entries = [Entry(0, job.person.name, job.person.email or "", membership_id=job.id) for job in staff[-2:]]
    entries.append(Entry(3, "Olwen Pryce", "", "Clinic assistant", letters_to="clinic.desk@scht.example"))
    team = teams.TeamList(agency, entries, county.staff_groups["Health visitors"])
    for training_session in _later_dates(now):
        book = partial(
            teams.book_team,
            training_session,
            team,
            all_or_none=False,
            approver=(county.person("manager").name, county.accounts["manager"].email or ""),
            form_key="demonstration",
            by=lead,
            now=now,
        )
        if _done(book):
            return


def _forgive(county: County, now: datetime) -> None:
    """Of the latest charges one is waived, and of those for not coming one is excused."""
    due = rows(select(Charge).where(Charge.state == ChargeState.DUE).order_by(Charge.id.desc()))
    if due:
        charges.waive(due[0], reason="Called to court that morning", by=county.board, now=now)
    absent = [charge for charge in due[1:] if charge.booking.outcome is Outcome.DID_NOT_ATTEND]
    if absent:
        charges.excuse(absent[0], confirmed_by="the team manager", by=county.board, now=now)


def _done(verb: Callable[[], object]) -> bool:
    """Whether the verb was not refused; a refusal leaves nothing behind."""
    try:
        with db.session.begin_nested():
            verb()
    except Refused:
        return False
    return True


def _jobs(county: County, day: date) -> Sequence[Membership]:
    accounts = county.accounts.values()
    return [job for worker in county.workers if worker not in accounts and (job := worker.job_on(day))]


def _confirmed_later(now: datetime) -> Sequence[Booking]:
    return rows(
        select(Booking)
        .join(Booking.training_session)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.status == BookingStatus.CONFIRMED, TrainingSession.starts_at > now + FAR)
        .order_by(Booking.id)
    )


def _later_dates(now: datetime) -> Sequence[TrainingSession]:
    return rows(
        select(TrainingSession)
        .where(TrainingSession.status == SessionStatus.PUBLISHED, TrainingSession.starts_at > now + FAR)
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
