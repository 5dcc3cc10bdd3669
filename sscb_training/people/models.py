"""Persons, memberships, role grants, sign-ins, one-time links and failed attempts."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, or_
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.core.roles import Role


class Person(Base):
    """One human. The address that they sign in with is kept as typed and, folded, unique in `email_key`.

    Somebody without email (`email` is empty) is a person all the same and cannot sign in. `contact_email` may receive
    their letters instead: a mailbox that several people read, which identifies nobody and lets nobody in.
    `withdrawn_at`: recorded in error, by an import that was undone; kept for the history and shown in no list.
    """

    __tablename__ = "person"

    name: Mapped[str] = mapped_column(index=True)
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(unique=True)
    contact_email: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str | None]
    email_confirmed_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person",
        foreign_keys="Membership.person_id",
        order_by="Membership.valid_from, Membership.id",
    )
    former_names: Mapped[list["FormerName"]] = relationship(
        back_populates="person", order_by="FormerName.until.desc(), FormerName.id.desc()"
    )
    role_grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id", order_by="RoleGrant.id"
    )

    is_authenticated = True
    is_anonymous = False
    manages_somebody = (
        False  # whether anybody names this address as their manager's; known of whoever has signed in
    )

    @property
    def is_active(self) -> bool:
        return self.suspended_at is None and self.withdrawn_at is None

    @property
    def has_account(self) -> bool:
        """Whether an address of theirs was confirmed. Whoever somebody else recorded can sign in only after that."""
        return self.email is not None and self.email_confirmed_at is not None

    @property
    def roles(self) -> frozenset[Role]:
        """The roles in force. An administrator is board staff too."""
        held = {grant.role for grant in self.role_grants if grant.ended_at is None}
        return frozenset(held | {Role.BOARD_STAFF}) if Role.ADMINISTRATOR in held else frozenset(held)

    @property
    def is_board_staff(self) -> bool:
        return Role.BOARD_STAFF in self.roles

    @property
    def is_approver(self) -> bool:
        """Whether bookings may wait for this person's approval."""
        return self.manages_somebody or bool(self.leads_agency_ids) or self.is_board_staff

    @property
    def leads_agency_ids(self) -> frozenset[int]:
        """The agencies that this person leads."""
        return frozenset(
            grant.agency_id
            for grant in self.role_grants
            if grant.role is Role.AGENCY_LEAD and grant.ended_at is None and grant.agency_id
        )


class FormerName(Base):
    """A name that somebody went by until then. Board staff find them by it; nobody else is told."""

    __tablename__ = "former_name"

    person_id: Mapped[int] = belongs_to("person.id")
    name: Mapped[str]
    until: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="former_names")


class Membership(Base):
    """A person's work at an agency, from `valid_from` until `valid_to` (the last day), answering to a manager.

    `has_no_manager` is an answer ("I have no line manager"); an empty manager with it unset is a gap.
    `confirmed_at` is empty while the agency rests on a walk-in's word alone. `ended_recorded_at` is when the
    service learned of the last day; empty with a last day, it knew from the start.
    """

    __tablename__ = "membership"

    person_id: Mapped[int] = belongs_to("person.id", index=False)
    agency_id: Mapped[int] = belongs_to("agency.id", index=False)
    staff_group_id: Mapped[int] = belongs_to("staff_group.id", index=False)
    job_title: Mapped[str]
    manager_name: Mapped[str] = mapped_column(default="")
    manager_email: Mapped[str] = mapped_column(default="", index=True)
    has_no_manager: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    confirmed_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    ended_recorded_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="memberships")
    agency: Mapped[Agency] = relationship()
    staff_group: Mapped[StaffGroup] = relationship()

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ends_after_it_begins"),
        Index(
            "ix_membership_audience",  # and all that coverage asks of who works there
            "staff_group_id",
            "agency_id",
            "valid_from",
            "valid_to",
            "recorded_at",
            "ended_recorded_at",
            "confirmed_at",
            "person_id",
        ),
        Index(
            "ix_membership_person_id",  # and all that coverage asks of a membership
            "person_id",
            "valid_from",
            "valid_to",
            "recorded_at",
            "staff_group_id",
            "agency_id",
            "ended_recorded_at",
            "confirmed_at",
        ),
        Index("ix_membership_agency_id", "agency_id"),
    )

    def _holds(self, on: date) -> bool:
        """Whether it holds on this day; in SQL too."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    @classmethod
    def _holds_in_sql(cls, on: date) -> ColumnElement[bool]:
        return (cls.valid_from <= on) & or_(cls.valid_to.is_(None), cls.valid_to >= on)

    def is_over(self, on: date) -> bool:
        """Whether its last day was before this day."""
        return self.valid_to is not None and self.valid_to < on

    is_current = hybrid_method(_holds, _holds_in_sql.__func__)  # type: ignore[attr-defined]


class RoleGrant(Base):
    """A role given to a person, until it is ended. An agency lead's names the agency."""

    __tablename__ = "role_grant"

    person_id: Mapped[int] = belongs_to("person.id")
    role: Mapped[Role] = mapped_column(words(Role))
    agency_id: Mapped[int | None] = belongs_to("agency.id")
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="role_grants")
    agency: Mapped[Agency | None] = relationship()

    __table_args__ = (
        CheckConstraint("role <> 'agency_lead' OR agency_id IS NOT NULL", name="a_lead_has_an_agency"),
    )


class SignIn(Base):
    """One device from signing in until signing out, idling out or being ended. The cookie holds the token, we its hash."""

    __tablename__ = "sign_in"

    person_id: Mapped[int] = belongs_to("person.id")
    token_hash: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Purpose(StrEnum):
    """What a one-time link is good for."""

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a word, not a secret
    ACCEPT_INVITATION = "accept_invitation"
    CHANGE_EMAIL = "change_email"


class OneTimeLink(Base):
    """A link in a letter: one purpose, once, until it expires. We keep its hash.

    Whoever asks for an account is nobody (`person_id` is empty) until they have shown that the address is
    theirs; what they told us waits in `answers`, their password as its hash.
    """

    __tablename__ = "one_time_link"

    person_id: Mapped[int | None] = belongs_to("person.id")
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    token_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()


class FailedAttempt(Base):
    """A wrong password or code, or too eager a request, remembered for as long as it throttles. Keys are hashed."""

    __tablename__ = "failed_attempt"

    key: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_failed_attempt_key_at", "key", "at"),)
