"""What changes people: who they are, where they work, what they are trusted with, which devices they signed in on."""

import secrets
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.roles import Role
from sscb_training.core.times import london_date, plain_date
from sscb_training.people import passwords, queries, rules
from sscb_training.people.models import FormerName, Membership, OneTimeLink, Person, RoleGrant, SignIn
from sscb_training.people.rules import fold_email

__all__ = ["fold_email"]


class PersonRefused(Refused):
    """A change to a person that cannot be."""


class AgencyWanted(PersonRefused):
    """A role that needs an agency and was given none."""


def register_person(*, name: str, email: str | None, now: datetime, by: Person | None) -> Person:
    """Make a record of somebody. They have no password, and cannot sign in before they confirm their address.

    Refuses an address that somebody has already, however it is spelt, and a shared mailbox.
    """
    if email and rules.is_shared_mailbox(email):
        raise PersonRefused(shared_mailbox(email))
    person = Person(
        name=name, email=email or None, email_key=fold_email(email) if email else None, created_at=now
    )
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        raise PersonRefused(
            f"Somebody with the address {email} is here already. Look for them in the list of people."
        ) from None
    history.record("registered", person, by=by, at=now)
    return person


def shared_mailbox(email: str) -> str:
    """Why an address that several people read is refused, and what to do."""
    return (
        f"{email} looks like a shared mailbox. Use the person’s own work email address: "
        "an account belongs to one person, and so do the bookings and accreditations in it"
    )


def rename_person(person: Person, *, name: str, by: Person | None, now: datetime) -> None:
    """Change the name that is shown. Board staff go on finding the person by the one before."""
    before = person.name
    changes = history.amend(person, name=name)
    if changes:
        db.session.add(FormerName(person=person, name=before, until=now))
        history.record("renamed", person, by=by, at=now, **changes)


def send_letters_to(person: Person, *, contact_email: str, by: Person | None, now: datetime) -> None:
    """Name the mailbox that receives the letters of somebody without an address of their own; empty for none.

    It identifies nobody, lets nobody in, and may be that of several people. A lead names it for those who work for
    them alone: the letters are about every job.
    """
    lock(person)
    today = london_date(now)
    jobs = [
        job for job in queries.every_membership_of(person) if job.valid_to is None or job.valid_to >= today
    ]
    if not (by is None or by.is_board_staff or {job.agency_id for job in jobs} <= set(by.leads_agency_ids)):
        raise PersonRefused(f"Only the board’s staff can say where the letters of {person.name} go.")
    if person.email:
        raise PersonRefused(f"{person.name} has an address of their own, and letters go there.")
    changes = history.amend(person, contact_email=contact_email)
    if changes:
        history.record("changed where letters go", person, by=by, at=now, **changes)


def confirm_email(person: Person, *, now: datetime) -> None:
    """Note that the person showed that the address is theirs."""
    if person.email_confirmed_at is None:
        person.email_confirmed_at = now
        history.record("confirmed their address", person, by=person, at=now)


def set_password(person: Person, password: str, *, now: datetime) -> None:
    """Give the person a new password; links to choose one stop working, and sign-ins go on."""
    set_password_hash(person, passwords.hash_of(password), now=now)


def set_password_hash(person: Person, password_hash: str, *, now: datetime) -> None:
    """As `set_password`, for a password that was hashed when it was typed."""
    person.password_hash = password_hash
    db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )
    history.record("chose a password", person, by=person, at=now)


def add_membership(
    person: Person,
    *,
    agency: Agency,
    staff_group: StaffGroup,
    job_title: str,
    manager_name: str = "",
    manager_email: str = "",
    has_no_manager: bool = False,
    valid_from: date,
    confirmed: bool,
    by: Person | None,
    now: datetime,
) -> Membership:
    """Note that the person works at an agency from a day on. Refuses the same work twice on any day.

    Another agency's mailbox receives no more of their letters: it would read of this one's bookings.
    """
    lock(person)
    _refuse_the_same_job(person, agency, staff_group, job_title, begins=valid_from, ends=None)
    worked_elsewhere = any(job.agency_id != agency.id for job in queries.every_membership_of(person))
    if worked_elsewhere and (changes := history.amend(person, contact_email="")):
        history.record("changed where letters go", person, by=by, at=now, **changes)
    membership = Membership(
        person=person,
        agency=agency,
        staff_group=staff_group,
        job_title=job_title,
        manager_name="" if has_no_manager else manager_name,
        manager_email="" if has_no_manager else fold_email(manager_email),
        has_no_manager=has_no_manager,
        valid_from=valid_from,
        confirmed_at=now if confirmed else None,
        recorded_at=now,
    )
    db.session.add(membership)
    history.record("added a job", membership, by=by, at=now, agency=agency.name, job_title=job_title)
    return membership


def _refuse_the_same_job(
    person: Person,
    agency: Agency,
    staff_group: StaffGroup,
    job_title: str,
    *,
    begins: date,
    ends: date | None,
    but: Membership | None = None,
) -> None:
    for job in queries.every_membership_of(person):
        is_the_same = (
            job is not but
            and job.agency_id == agency.id
            and job.staff_group_id == staff_group.id
            and job.job_title.casefold() == job_title.casefold()
        )
        if is_the_same and rules.overlap(begins, ends, job.valid_from, job.valid_to):
            until = f" until {plain_date(job.valid_to)}" if job.valid_to else ""
            raise PersonRefused(
                f"{person.name} has this job at {agency.name} already, "
                f"from {plain_date(job.valid_from)}{until}. "
                + ("Choose days that do not overlap." if job.valid_to else "End it first to change it.")
            )


def change_manager(
    membership: Membership,
    *,
    manager_name: str,
    manager_email: str,
    has_no_manager: bool,
    by: Person | None,
    now: datetime,
) -> None:
    """Note who approves the person's training in this job, or that nobody does."""
    changes = history.amend(
        membership,
        manager_name="" if has_no_manager else manager_name,
        manager_email="" if has_no_manager else fold_email(manager_email),
        has_no_manager=has_no_manager,
    )
    if changes:
        history.record("changed the manager", membership, by=by, at=now, **changes)


def confirm_membership(membership: Membership, *, by: Person | None, now: datetime) -> None:
    """Note that the agency was checked, where it rested on a walk-in's word."""
    if membership.confirmed_at is None:
        membership.confirmed_at = now
        history.record("confirmed the agency", membership, by=by, at=now)


def correct_membership(
    membership: Membership,
    *,
    agency: Agency,
    staff_group: StaffGroup,
    job_title: str,
    by: Person | None,
    now: datetime,
) -> None:
    """Put right what a walk-in said of their work, and confirm it. What was confirmed is ended and added anew instead."""
    lock(membership.person)
    lock(membership)
    if membership.confirmed_at is not None:
        raise PersonRefused("This agency is confirmed by now. End the job and add another to change it.")
    _refuse_the_same_job(
        membership.person,
        agency,
        staff_group,
        job_title,
        begins=membership.valid_from,
        ends=membership.valid_to,
        but=membership,
    )
    said = history.amend(membership, agency_id=agency.id, staff_group_id=staff_group.id, job_title=job_title)
    membership.confirmed_at = now
    history.record(
        "corrected the agency" if said else "confirmed the agency", membership, by=by, at=now, **said
    )


def end_membership(membership: Membership, *, on: date, by: Person | None, now: datetime) -> None:
    """Note the last day of a job. Nothing is deleted: as at earlier days it still counts.

    A last day that is noted stands, and only board staff correct it: coverage and bookings rest on it.
    """
    lock(membership.person)
    lock(membership)
    if membership.valid_to is not None and by is not None and not by.is_board_staff:
        raise PersonRefused(
            f"The last day of this job is {plain_date(membership.valid_to)} already. "
            "If that is wrong, ask the board’s training team to correct it."
        )
    if on < membership.valid_from:
        raise PersonRefused("The last day must not be before the first one.")
    _refuse_the_same_job(
        membership.person,
        membership.agency,
        membership.staff_group,
        membership.job_title,
        begins=membership.valid_from,
        ends=on,
        but=membership,
    )
    verb = "ended a job" if membership.valid_to is None else "corrected the last day of a job"
    changes = history.amend(membership, valid_to=on)
    if changes:
        membership.ended_recorded_at = now
        history.record(verb, membership, by=by, at=now, last_day=changes["valid_to"])


def grant_role(
    person: Person, role: Role, *, agency: Agency | None = None, by: Person | None, now: datetime
) -> RoleGrant:
    """Trust a role to the person, an agency lead's for one agency. The same role twice is the same grant.

    Only administrators give the roles of board staff and administrators.
    """
    _may_give(by, role)
    if role is Role.AGENCY_LEAD and agency is None:
        raise AgencyWanted("Select the agency that this person leads")
    lock(person)
    agency = agency if role is Role.AGENCY_LEAD else None
    held = queries.grant(person, role, agency=agency)
    if held is not None:
        return held
    grant = RoleGrant(
        person=person, role=role, agency=agency, granted_at=now, granted_by_id=by.id if by else None
    )
    db.session.add(grant)
    history.record("gave a role", grant, by=by, at=now, role=role, agency=agency.name if agency else None)
    return grant


def end_role(grant: RoleGrant, *, by: Person | None, now: datetime) -> None:
    """Take a role away, from the next page on. The last administrator stays."""
    _may_give(by, grant.role)
    lock(grant)
    if grant.ended_at is not None:
        return
    if grant.role is Role.ADMINISTRATOR:
        _keep_an_administrator(besides=grant.person)
    grant.ended_at = now
    history.record("ended a role", grant, by=by, at=now, role=grant.role)


def suspend(person: Person, *, by: Person, now: datetime) -> None:
    """Keep the person from signing in, and sign them out everywhere. Their bookings and records stay."""
    if person.id == by.id:
        raise PersonRefused("You cannot suspend yourself. Ask another administrator to do it.")
    for role in person.roles:
        _may_give(by, role)
    if Role.ADMINISTRATOR in person.roles:
        _keep_an_administrator(besides=person)
    lock(person)
    person.suspended_at = now
    end_every_sign_in(person, now=now)
    history.record("suspended", person, by=by, at=now)


def restore(person: Person, *, by: Person, now: datetime) -> None:
    """Let a suspended person sign in again."""
    for role in person.roles:
        _may_give(by, role)
    lock(person)
    if person.suspended_at is None:
        return
    person.suspended_at = None
    history.record("restored", person, by=by, at=now)


def _may_give(by: Person | None, role: Role) -> None:
    if by is not None and not rules.may_give(by.roles, role):
        raise PersonRefused(
            f"Only an administrator can do this for the role of {role.label.lower()}. Ask one."
        )


def _keep_an_administrator(*, besides: Person) -> None:
    for row in queries.administrators():
        lock(row)
    if not any(
        person.id != besides.id and person.is_active and person.email_confirmed_at
        for person in queries.administrators()
    ):
        raise PersonRefused("The service needs one administrator. Give the role to somebody else first.")


def hashed(token: str) -> str:
    """What the database keeps of a random token."""
    return sha256(token.encode()).hexdigest()


def begin_sign_in(person: Person, *, device: str, now: datetime) -> str:
    """Note a new sign-in; the token that its cookie carries."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignIn(person_id=person.id, token_hash=hashed(token), device=device, started_at=now, last_seen_at=now)
    )
    return token


def end_sign_in(token: str, *, now: datetime) -> None:
    """End the sign-in of this token; nothing when there is none."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.token_hash == hashed(token), SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_every_sign_in(person: Person, *, now: datetime, but: str = "") -> None:
    """Sign the person out everywhere, or everywhere but where this token is."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.token_hash != hashed(but))
        .values(ended_at=now)
    )
