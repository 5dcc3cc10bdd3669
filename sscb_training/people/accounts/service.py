"""What changes accounts. Passwords are hashed before a transaction begins: hashing is slow, on purpose."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.roles import Role
from sscb_training.people import passwords
from sscb_training.people import service as people
from sscb_training.people.accounts import queries, rules
from sscb_training.people.accounts.rules import Limit
from sscb_training.people.models import FailedAttempt, OneTimeLink, Person, Purpose, SignIn
from sscb_training.people.queries import person_by_email
from sscb_training.people.rules import fold_email, is_shared_mailbox


class PasswordRefused(Refused):
    """A password that will not do."""


class AddressRefused(Refused):
    """An address that cannot be somebody's own."""


TAKEN = "This address cannot be used any more. Sign in and ask again with another one."


class LinkRefused(Refused):
    """A link that was used, is over or belongs to nobody any more."""


# Attempts


def note_attempt(limits: Iterable[Limit], *, now: datetime) -> Sequence[int]:
    """Count an attempt before it is looked at, so that many at once cannot slip past the limit; its keys."""
    noted = [FailedAttempt(key=limit.key, at=now) for limit in limits]
    db.session.add_all(noted)
    db.session.flush()
    return [attempt.id for attempt in noted]


def forget_attempt(noted: Sequence[int]) -> None:
    """Take an attempt back: it was a good one, or it was refused without being looked at."""
    db.session.execute(delete(FailedAttempt).where(FailedAttempt.id.in_(noted)))


def forget_what_is_over(*, now: datetime) -> int:
    """Delete attempts out of their window, links that are over and sign-ins that ended; how many rows."""
    over = [
        delete(FailedAttempt).where(FailedAttempt.at <= now - rules.WINDOW).returning(FailedAttempt.id),
        delete(OneTimeLink)
        .where(OneTimeLink.expires_at <= now, OneTimeLink.made_at <= now - rules.ASKED_FOR_KEPT)
        .returning(OneTimeLink.id),
        delete(SignIn).where(SignIn.started_at <= now - rules.SIGN_INS_KEPT).returning(SignIn.id),
    ]
    return sum(len(db.session.execute(statement).all()) for statement in over)


# Signing in


def whose_password(email: str, password: str, *, now: datetime) -> Person | OneTimeLink | None:
    """The person who signs in with this address and password, or the account that was asked for with them.

    Hashes exactly once whoever asks, and gives nothing for somebody suspended.
    """
    person = person_by_email(email)
    if person is not None and person.password_hash:
        right = passwords.matches(person.password_hash, password)
        return person if right and person.is_active else None
    asked_for = queries.asked_for_account(email, now=now)
    right = passwords.matches(asked_for.answers["password_hash"] if asked_for else None, password)
    return asked_for if right and (person is None or person.is_active) else None


def confirm_again(found: Person | OneTimeLink, *, going_to: str | None = None, now: datetime) -> None:
    """Send a new link to somebody who knows their password and has not confirmed their address.

    It leads to where they are going now, or else to where they were going when they asked for the account.
    """
    person, asked = (found, {}) if isinstance(found, Person) else (None, found.answers)
    answers = {**asked, "going_to": going_to or asked.get("going_to")}
    _send_link(
        "confirm_email",
        Purpose.CONFIRM_EMAIL,
        email=found.email or "",
        person=person,
        answers=answers,
        now=now,
    )


# Asking for an account


def check_password(password: str, *, name: str, email: str) -> None:
    """Refuse a password that is short, often used or made from the person's name. It is not hashed: that is dear."""
    fault = rules.fault_in_password(password, name=name, email=email)
    if fault:
        raise PasswordRefused(fault)


def check_address(email: str) -> None:
    """Refuse a mailbox that several people read."""
    if is_shared_mailbox(email):
        raise AddressRefused(people.shared_mailbox(email))


def ask_for_account(
    *,
    name: str,
    email: str,
    password_hash: str,
    agency: int,
    staff_group: int,
    job_title: str,
    manager_name: str,
    manager_email: str,
    has_no_manager: bool,
    going_to: str | None = None,
    now: datetime,
) -> None:
    """Keep the answers until the reader of this address confirms it, and write to them; either letter tells only them.

    So is kept the page that they were going to. No letter names it: a stranger could have chosen it.
    """
    person = person_by_email(email)
    if person is not None and person.email_confirmed_at:
        mail.queue("people/already_has_account", to=person.email, at=now, person=person)
        return
    answers = {
        "name": name,
        "password_hash": password_hash,
        "agency": agency,
        "staff_group": staff_group,
        "job_title": job_title,
        "manager_name": manager_name,
        "manager_email": manager_email,
        "has_no_manager": has_no_manager,
        "going_to": going_to,
    }
    _send_link("confirm_email", Purpose.CONFIRM_EMAIL, email=email, answers=answers, now=now)


def knows_password(link: OneTimeLink, password: str) -> bool:
    """Whether this is the password that the account was asked for with.

    Somebody could ask for an account with another's address and wait for them to confirm it; the password
    shows that who asked and who reads the letter are one.
    """
    asked_with = link.person.password_hash if link.person else link.answers.get("password_hash")
    return passwords.matches(asked_with, password)


def confirm_account(link: OneTimeLink, *, today: date, now: datetime) -> Person:
    """Make the account that was asked for, or confirm the address of one that there is."""
    _use(link, now=now)
    return _owner_of(link, today=today, now=now)


# A forgotten password


def ask_for_reset(email: str, *, now: datetime) -> None:
    """Write a letter to this address: with a link, or saying that there is no account. Only its reader learns which."""
    person = person_by_email(email)
    asked_for = None if person else queries.asked_for_account(email, now=now)
    if person is not None and not person.is_active:
        mail.queue("people/account_suspended", to=person.email, at=now, person=person)
    elif person is not None:
        _send_link(
            "reset_password", Purpose.RESET_PASSWORD, email=person.email or email, person=person, now=now
        )
    elif asked_for is not None:
        answers = asked_for.answers
        _send_link("reset_password", Purpose.RESET_PASSWORD, email=asked_for.email, answers=answers, now=now)
    else:
        mail.queue("people/no_account", to=email, at=now)


def choose_password(
    link: OneTimeLink, *, password_hash: str, name: str = "", today: date, now: datetime
) -> Person:
    """Give the link's owner the password that they chose, sign them out everywhere and tell them so."""
    _use(link, now=now)
    person = _owner_of(link, today=today, now=now)
    if name:
        people.rename_person(person, name=name, by=person, now=now)
    had_one = person.password_hash is not None
    people.set_password_hash(person, password_hash, now=now)
    people.end_every_sign_in(person, now=now)
    if had_one:
        mail.queue("people/password_changed", to=person.email, at=now, person=person)
    return person


def change_password(person: Person, *, password_hash: str, now: datetime) -> None:
    """Give the person a new password, sign them out everywhere and tell them so."""
    people.set_password_hash(person, password_hash, now=now)
    people.end_every_sign_in(person, now=now)
    mail.queue("people/password_changed", to=person.email, at=now, person=person)


# Another address


def ask_for_new_email(person: Person, *, email: str, now: datetime) -> None:
    """Write to the new address; nothing changes before its reader follows the link."""
    owner = person_by_email(email)
    if owner is not None and owner.id != person.id:
        mail.queue("people/address_has_account", to=owner.email, at=now, person=owner)
    else:
        _send_link("change_email", Purpose.CHANGE_EMAIL, email=email, person=person, now=now)


def change_email(link: OneTimeLink, *, now: datetime) -> Person:
    """Let the person sign in with the link's address, and tell the old one. Refuses an address that is taken by now."""
    _use(link, now=now)
    person, owner = link.person, person_by_email(link.email)
    if person is None or not person.is_active or (owner is not None and owner.id != person.id):
        raise LinkRefused(TAKEN)
    before = person.email
    try:
        with db.session.begin_nested():
            person.email, person.email_key = link.email, link.email_key
            person.email_confirmed_at = now
    except IntegrityError:  # somebody took it at the same moment
        raise LinkRefused(TAKEN) from None
    _end_links(person, now=now)
    history.record("changed their address", person, by=person, at=now, email_before=before)
    mail.queue("people/email_changed", to=before, at=now, person=person)
    return person


# Invitations


def invite(
    *, name: str, email: str, role: Role, agency: Agency | None = None, by: Person, now: datetime
) -> Person:
    """Trust a role to somebody and write to them; whoever has no password yet gets a link to choose one."""
    check_address(email)
    person = person_by_email(email) or people.register_person(name=name, email=email, now=now, by=by)
    people.grant_role(person, role, agency=agency, by=by, now=now)
    given: dict[str, Any] = {"role": role, "agency": agency, "by": by}
    if person.password_hash and person.email_confirmed_at:
        mail.queue("people/role_given", to=person.email, at=now, person=person, **given)
    else:
        _send_link(
            "invitation", Purpose.ACCEPT_INVITATION, email=person.email or email, person=person, now=now, **given
        )  # fmt: skip
    return person


def invite_again(person: Person, *, by: Person, now: datetime) -> None:
    """Send a new link to somebody who was invited and has not come yet; the one before stops working."""
    if person.email is None or person.email_confirmed_at or not person.is_active:
        raise LinkRefused(f"{person.name} does not wait for an invitation.")
    given: dict[str, Any] = {"role": None, "agency": None, "by": by}
    _send_link("invitation", Purpose.ACCEPT_INVITATION, email=person.email, person=person, now=now, **given)
    history.record("invited again", person, by=by, at=now)


def make_administrator(email: str, *, now: datetime) -> str:
    """Make whoever reads this address an administrator; the token of the link with which they choose a password."""
    check_address(email)
    person = person_by_email(email)
    if person is None:
        name = email.partition("@")[0].replace(".", " ").title()
        person = people.register_person(name=name, email=email, now=now, by=None)
    people.grant_role(person, Role.ADMINISTRATOR, by=None, now=now)
    return _make_link(Purpose.ACCEPT_INVITATION, email=person.email or email, person=person, now=now)


# One-time links

WITHIN: Mapping[Purpose, timedelta] = {
    Purpose.CONFIRM_EMAIL: rules.CONFIRM_WITHIN,
    Purpose.CHANGE_EMAIL: rules.CONFIRM_WITHIN,
    Purpose.RESET_PASSWORD: rules.RESET_WITHIN,
    Purpose.ACCEPT_INVITATION: rules.ACCEPT_WITHIN,
}


def _make_link(
    purpose: Purpose,
    *,
    email: str,
    now: datetime,
    person: Person | None = None,
    answers: Mapping[str, Any] | None = None,
) -> str:
    """A new link; its token. The person's older links for the same purpose stop working."""
    if person is not None:
        _end_links(person, purpose, now=now)
    token = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeLink(
            person=person,
            purpose=purpose,
            token_hash=people.hashed(token),
            email=email,
            email_key=fold_email(email),
            answers=dict(answers or {}),
            made_at=now,
            expires_at=now + WITHIN[purpose],
        )
    )
    return token


def _send_link(
    letter: str,
    purpose: Purpose,
    *,
    email: str,
    now: datetime,
    person: Person | None = None,
    answers: Mapping[str, Any] | None = None,
    **given: Any,
) -> None:
    token = _make_link(purpose, email=email, person=person, answers=answers, now=now)
    name = person.name if person else (answers or {}).get("name", "")
    mail.queue(f"people/{letter}", to=email, at=now, has_secret_link=True, token=token, name=name, **given)


def _end_links(person: Person, *purposes: Purpose, now: datetime) -> None:
    ended = update(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
    if purposes:
        ended = ended.where(OneTimeLink.purpose.in_(purposes))
    db.session.execute(ended.values(used_at=now))


def _use(link: OneTimeLink, *, now: datetime) -> None:
    """Spend the link. Of two who follow it at once one is refused."""
    lock(link)
    if link.used_at is not None or link.expires_at <= now:
        raise LinkRefused("This link no longer works. Ask for a new one.")
    link.used_at = now


def _owner_of(link: OneTimeLink, *, today: date, now: datetime) -> Person:
    """Whose link it is, with their address confirmed: the link came to it. An account that was asked for is made now."""
    person = link.person or person_by_email(link.email)
    if person is not None and not person.is_active:
        raise LinkRefused("This account is suspended. Get in touch with the board’s training team.")
    if link.person is None and person is not None and person.email_confirmed_at:
        raise LinkRefused("This address has an account already. Sign in, or ask for a new password.")
    if link.person is None:
        person = _make_account(person, link, today=today, now=now)
    if person is None:
        raise LinkRefused("This link no longer works. Ask for a new one.")
    people.confirm_email(person, now=now)
    return person


def _make_account(person: Person | None, link: OneTimeLink, *, today: date, now: datetime) -> Person:
    """The person who asked; a record that somebody else began for them (a walk-in's, an invitation) becomes theirs."""
    answers = link.answers
    if person is None:
        person = people.register_person(name=answers["name"], email=link.email, now=now, by=None)
    else:
        people.rename_person(person, name=answers["name"], by=person, now=now)
    people.set_password_hash(person, answers["password_hash"], now=now)
    agency = db.session.get(Agency, answers["agency"])
    staff_group = db.session.get(StaffGroup, answers["staff_group"])
    works_there = {membership.agency_id for membership in person.memberships if not membership.is_over(today)}
    if agency is not None and staff_group is not None and agency.id not in works_there:
        given = {
            name: answers[name] for name in ("job_title", "manager_name", "manager_email", "has_no_manager")
        }
        people.add_membership(
            person, agency=agency, staff_group=staff_group, valid_from=today, confirmed=True, by=person, now=now, **given
        )  # fmt: skip
    return person
