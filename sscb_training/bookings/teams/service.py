"""What books several people at once, and what closes a date to other agencies.

A list is rehearsed with the very decision that books it, and what that needs is looked up for all its people at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sscb_training.accreditation.terms.queries import not_renewed_by
from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.bookings import queries as bookings
from sscb_training.bookings.eligibility import queries as eligibility
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.places import queries as places
from sscb_training.bookings.places.service import offer_free_places
from sscb_training.bookings.requests.service import NotEligible, ask_for_approval, request_place, verdict
from sscb_training.bookings.service import BookingRefused
from sscb_training.bookings.teams import queries, rules
from sscb_training.bookings.teams.queries import Roster
from sscb_training.bookings.teams.rules import Became, Entry, Line
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.models import Membership, Person
from sscb_training.people.queries import leads_of
from sscb_training.people.rules import fold_email, is_shared_mailbox
from sscb_training.people.service import PersonRefused, add_membership, register_person

Book = Callable[[Membership, int], tuple[Became, str]]
"""What becomes of somebody on a list, who stands there at this number; and the reference, where there is a booking."""

BECAME = {
    BookingStatus.CONFIRMED: Became.PLACE,
    BookingStatus.AWAITING_APPROVAL: Became.APPROVAL,
    BookingStatus.WAITLISTED: Became.WAITS,
}


def close_to_others(
    training_session: TrainingSession, agency: Agency | None, *, by: Person | None, now: datetime
) -> None:
    """Keep a date for the staff of one agency, or open it to all again. Nobody loses a place that they hold."""
    lock(training_session)
    if agency is not None and (number := queries.number_from_elsewhere(training_session, agency)):
        people = "1 person" if number == 1 else f"{number} people"
        raise BookingRefused(
            f"{people} from elsewhere booked this date or wait for it. Cancel those bookings first, "
            "or plan another date for this agency."
        )
    before = training_session.only_agency
    if before is agency:
        return
    training_session.only_agency = agency
    words = [one.name if one else "All agencies" for one in (before, agency)]
    history.record("kept for one agency", training_session, by=by, at=now, only_for=words)


@dataclass(frozen=True)
class TeamList:
    """A list as it is booked: whose staff, who is on it, and the staff group of people who are new here."""

    agency: Agency
    entries: Sequence[Entry]
    staff_group: StaffGroup | None


def rehearse(
    training_session: TrainingSession, team: TeamList, *, by: Person, now: datetime
) -> Sequence[Line]:
    """What booking the list as far as it fits would do; nothing of it stays.

    Whoever is known is asked about all at once, and `requests.verdict` decides as it does when booking. Only whoever is
    new here is really recorded, and taken back.
    """
    trial = db.session.begin_nested()
    try:
        lock(training_session)
        offer_free_places(training_session, now=now)  # as the first booking would
        on = london_date(now)
        mix, called = places.mix(training_session, today=on), bookings.somebody_is_called(training_session)
        roster = queries.roster(training_session, team.agency, team.entries, on=on)
        found = eligibility.obstacles_of_each(training_session, roster.current, on=on)
        obstacles = {job.id: each for job, each in zip(roster.current, found, strict=True)}
        ends_on, people = london_date(training_session.ends_at), [job.person_id for job in roster.current]
        in_vain = not_renewed_by(training_session.course_version, people, on=ends_on)
        others = bookings.booked_elsewhere([(one, training_session) for one in people], now=now)
        told: dict[int, str] = {}
        elsewhere: dict[int, str] = {}

        def foresee(membership: Membership, number: int) -> tuple[Became, str]:
            nonlocal mix
            if why := in_vain.get(membership.person_id):
                told[number] = f"{membership.person.name} {'; '.join(why)}."
            elsewhere[number] = "; ".join(
                one.in_words for one in others.get((membership.person_id, training_session.id), [])
            )
            if membership.id not in obstacles:
                obstacles[membership.id] = eligibility.obstacles(training_session, membership, on=on)
            would = verdict(
                training_session,
                membership.person,
                membership,
                obstacles=obstacles[membership.id],
                mix=mix,
                called=called,
                by=by,
                now=now,
            )
            if not would.has_place:
                return Became.WAITS, ""
            mix = mix.with_one(membership.agency_id, membership.agency.sector)
            return Became.APPROVAL if would.asks else Became.PLACE, ""

        lines = _in_turn(team, roster, foresee, by=by, now=now)
        return [
            replace(line, why=line.why or told.get(number, ""), elsewhere=elsewhere.get(number, ""))
            for number, line in enumerate(lines)
        ]
    finally:
        trial.rollback()


def book_team(
    training_session: TrainingSession,
    team: TeamList,
    *,
    all_or_none: bool,
    approver: tuple[str, str],
    override_reason: str = "",
    form_key: str,
    by: Person,
    now: datetime,
) -> Sequence[Line]:
    """Book the list in its order; what became of everybody. The same form sent again does nothing and gives no lines.

    `all_or_none` refuses the whole list unless everybody who has no booking yet gets a place. Otherwise whoever does not
    fit waits. One approval, asked of the `approver` (name, email address) where managers approve, covers the list.
    Of staff the `override_reason` books whom the course's rules or the mix keep out; each such booking keeps it.
    """
    lock(training_session)
    if queries.bookings_of_list(training_session, by, form_key=form_key):
        return []
    style = training_session.course.approval
    if style is ApprovalStyle.MANAGER:
        _refuse_on_the_list(approver, team.entries)
    to_approve: list[Booking] = []

    def book(membership: Membership, number: int) -> tuple[Became, str]:
        booking = request_place(
            training_session,
            membership.person,
            membership=membership,
            form_key=f"{form_key}/{number}",
            override_reason=override_reason,
            mix_override=override_reason,
            together=to_approve,
            by=by,
            now=now,
        )
        return BECAME[booking.status], booking.reference

    roster = queries.roster(training_session, team.agency, team.entries, on=london_date(now))
    lines = _in_turn(team, roster, book, by=by, now=now)
    if all_or_none and not rules.all_fit(lines):
        raise BookingRefused(
            "Not everybody on the list can have a place, so nobody was booked. Choose as many as fit, "
            "book fewer people, or choose another date."
        )
    if not rules.anybody(lines):
        raise BookingRefused("Nobody on the list could be booked.")
    if to_approve:
        ask_for_approval(to_approve, style, approver=approver, by=by, now=now)
    _write_summary(training_session, team.agency, lines, by=by, now=now)
    return lines


def _in_turn(team: TeamList, roster: Roster, book: Book, *, by: Person, now: datetime) -> Sequence[Line]:
    """What `book` makes of each entry that means somebody who has no booking yet, in the order of the list."""
    seen: set[object] = set()
    lines: list[Line] = []
    for number, entry in enumerate(team.entries):
        try:
            with db.session.begin_nested():
                lines.append(_line(team, entry, number, roster, book, seen=seen, by=by, now=now))
        except NotEligible as refusal:
            lines.append(Line(entry, entry.name, Became.REFUSED, str(refusal), by_the_rules=True))
        except (BookingRefused, PersonRefused) as refusal:
            lines.append(Line(entry, entry.name, Became.REFUSED, str(refusal)))
    return lines


def _line(
    team: TeamList,
    entry: Entry,
    number: int,
    roster: Roster,
    book: Book,
    *,
    seen: set[object],
    by: Person,
    now: datetime,
) -> Line:
    membership = _membership_of(entry, team.agency, roster, on=london_date(now))
    who: object = membership.person_id if membership else fold_email(entry.email or entry.name)
    if who in seen:
        return Line(entry, entry.name, Became.DOUBLE)
    seen |= {who, fold_email(entry.name)} if membership is None else {who}
    if membership is not None and (booked := roster.booked.get(membership.person_id)):
        return Line(entry, membership.person.name, Became.BOOKED, f"Reference {booked.reference}")
    is_new = membership is None
    if membership is None:
        membership = _make_person(entry, team, by=by, now=now)
    became, reference = book(membership, number)
    return Line(entry, membership.person.name, became, is_new=is_new, reference=reference)


def _membership_of(entry: Entry, agency: Agency, roster: Roster, *, on: date) -> Membership | None:
    """The job at the agency that an entry means; none for somebody who is not known yet.

    A lead learns of nobody else's staff more than that they cannot book them (promise P8).
    """
    if entry.membership_id is not None:
        if entry.membership_id not in roster.picked:
            raise BookingRefused(f"Does not work at {agency.name} any more.")
        return roster.picked[entry.membership_id]
    if not entry.email:
        named = roster.named.get(entry.name.lower(), [])
        if len({job.person_id for job in named}) > 1:
            raise BookingRefused(
                f"Several people of this name work at {agency.name}. Add the email address, or pick them."
            )
        return named[0] if named else None
    if is_shared_mailbox(entry.email):
        raise BookingRefused(
            "This is a shared mailbox, and a booking is one person’s. Enter their own address; if they have none, "
            "leave the email empty and put the mailbox under “Letters to”."
        )
    person = roster.people.get(fold_email(entry.email))
    if person is None:
        return None
    job = roster.jobs.get(person.id)
    if job is None:
        raise BookingRefused(f"Whoever has this address is not known to work at {agency.name}.")
    if not job.is_current(on) or not person.is_active:
        raise BookingRefused(
            f"Does not work at {agency.name} now, or cannot be booked. Ask the board’s staff."
        )
    return job


def _make_person(entry: Entry, team: TeamList, *, by: Person, now: datetime) -> Membership:
    """A record of somebody who was not known: a person without an account, at work here from today."""
    if not entry.job_title:
        raise BookingRefused("Not known here yet. Enter the job title too.")
    if team.staff_group is None:
        raise BookingRefused("Not known here yet. Select the staff group of people who are new.")
    person = register_person(name=entry.name, email=entry.email or None, now=now, by=by)
    person.contact_email = "" if entry.email else entry.letters_to
    return add_membership(
        person,
        agency=team.agency,
        staff_group=team.staff_group,
        job_title=entry.job_title,
        valid_from=london_date(now),
        confirmed=True,
        by=by,
        now=now,
    )


def _refuse_on_the_list(approver: tuple[str, str], entries: Sequence[Entry]) -> None:
    """Nobody approves for themselves."""
    name, email = approver
    if not name or not email:
        raise BookingRefused("Enter the name and email address of who approves.")
    theirs = {
        fold_email(address) for entry in entries for address in (entry.email, entry.letters_to) if address
    }
    if fold_email(email) in theirs:
        raise BookingRefused("Choose somebody to approve who is not on the list.")


def _write_summary(
    training_session: TrainingSession, agency: Agency, lines: Sequence[Line], *, by: Person, now: datetime
) -> None:
    """One letter that names everybody: to the lead who booked, or to the agency's leads where staff did."""
    leads = [by] if agency.id in by.leads_agency_ids else leads_of(agency.id)
    for lead in leads:
        mail.queue(
            "bookings/team_booked",
            to=lead.email,
            at=now,
            training_session=training_session,
            lead=lead,
            agency=agency,
            lines=lines,
        )
