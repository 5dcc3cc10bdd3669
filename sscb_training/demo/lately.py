"""What boards and agencies do around bookings: charging rules, rules of who may book, places passed on, lists of a team.

It draws nothing by chance, so that the county around it stays as it is.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from sscb_training.agencies.models import Agency, Sector
from sscb_training.bookings.changes import service as changes
from sscb_training.bookings.charges import service as charges
from sscb_training.bookings.charges.models import Charge, ChargeState, Length
from sscb_training.bookings.eligibility import service as eligibility
from sscb_training.bookings.interest import service as interest
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.bookings.teams import service as teams
from sscb_training.bookings.teams.rules import Entry
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, rows
from sscb_training.core.errors import Refused
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.models import ApprovalStyle, SessionStatus, TrainingSession
from sscb_training.courses.pool import queries as pool_queries
from sscb_training.courses.pool import service as pool_service
from sscb_training.demo.county import County
from sscb_training.demo.learning import Learning
from sscb_training.people.models import Membership, Person
from sscb_training.trainers import queries as ledger_queries
from sscb_training.trainers import service as ledger
from sscb_training.trainers.invitations import queries as invitation_queries
from sscb_training.trainers.invitations import service as invitations
from sscb_training.trainers.own import service as own
from sscb_training.trainers.rules import account_year

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
        (8, partial(_keep_the_ledger, county)),
        (6, partial(_ask_trainers, county, learning)),
        (3, partial(_forgive, county)),
        (2, partial(_use_a_place, county)),
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


def _keep_the_ledger(county: County, now: datetime) -> None:
    """A trainer day earns two free places; somebody stood in who was not put down."""
    today = london_date(now)
    year = account_year(today, first_month=board_numbers().account_year_month)
    ledger.set_earning_rule(valid_from=year.begin, places_per_day=2, by=county.board, now=now)
    lenders = ledger_queries.accounts(year, year=year, now=now)
    lender = next((one for one in lenders if one.agency_id is not None), None)
    if lender is not None:
        ledger.correct_ledger(
            db.session.get_one(Agency, lender.agency_id),
            trainer=None,
            on=today - timedelta(days=4),
            half_days=1,
            reason="A colleague stood in for a trainer who was ill.",
            by=county.board,
            now=now,
        )


def _ask_trainers(county: County, learning: Learning, now: datetime) -> None:
    """The demonstration's trainer has an invitation to answer; another has declined, and one is away."""
    everybody = [learning.courses[code] for code in sorted(learning.courses)]
    pool = sorted(pool_queries.trainers(), key=lambda one: one.id)
    for number, trainer in enumerate(pool):
        pool_service.change_topics(
            trainer, courses=everybody[number % 3 :: 2], topics="", by=county.board, now=now
        )
    asked = county.person("trainer")
    for day_off, trainer in zip((40, 75), pool[-2:], strict=False):
        own.add_time_away(
            trainer,
            starts_at=at_london(county.today + timedelta(days=day_off)),
            ends_at=at_london(county.today + timedelta(days=day_off + 7)),
            note="Annual leave",
            by=trainer.person,
            now=now,
        )
    for training_session in _far_dates(now):
        candidates = [
            one.trainer
            for one in invitation_queries.candidates(training_session, on=london_date(now))
            if one.may_train and one.is_free
        ]
        wanted = next((one for one in candidates if one.person_id == asked.id), None)
        other = next((one for one in candidates if one is not wanted), None)
        if wanted is not None and other is not None:
            invitations.invite(training_session, wanted, by=county.board, now=now)
            declined = invitations.invite(training_session, other, by=county.board, now=now)
            invitations.answer(
                declined, accepts=False, reason="I am on leave that week.", by=other.person, now=now
            )
            return


def _far_dates(now: datetime) -> Sequence[TrainingSession]:
    return rows(
        select(TrainingSession)
        .where(TrainingSession.status == SessionStatus.PUBLISHED, TrainingSession.starts_at > now + FAR)
        .order_by(TrainingSession.starts_at, TrainingSession.id)
        .limit(10)
    )


def _use_a_place(county: County, now: datetime) -> None:
    """An agency that lends trainers uses one of its places."""
    year = account_year(london_date(now), first_month=board_numbers().account_year_month)
    for agency_id, places in sorted(ledger_queries.free_places(year, now=now).items()):
        charges_due = ledger_queries.charges_to_pay_for(db.session.get_one(Agency, agency_id))
        if places.left > 0 and charges_due:
            ledger.use_place(charges_due[0], by=county.board, now=now)
            return
