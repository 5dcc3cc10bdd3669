"""Bookings and access needs."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.core.db import Base, belongs_to, words
from sscb_training.core.times import london_date, plain_date
from sscb_training.courses.models import ApprovalStyle, SessionPart, TrainingSession
from sscb_training.people.models import Membership, Person

if TYPE_CHECKING:
    from sscb_training.bookings.charges.models import Charge, ChargeTerms


booking_missed_part = Table(
    "booking_missed_part",
    Base.metadata,
    Column("booking_id", ForeignKey("booking.id"), primary_key=True),
    Column("session_part_id", ForeignKey("session_part.id"), primary_key=True, index=True),
)


class BookingStatus(StrEnum):
    """What became of a booking."""

    AWAITING_APPROVAL = "awaiting_approval"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    LAPSED = "lapsed"
    DECLINED = "declined"
    CANCELLED_BY_DELEGATE = "cancelled_by_delegate"
    CANCELLED_BY_BOARD = "cancelled_by_board"
    SUBSTITUTED = "substituted"

    @property
    def label(self) -> str:
        return STATUS_LABELS.get(self, self.value.replace("_", " ").capitalize())


STATUS_LABELS = {
    BookingStatus.AWAITING_APPROVAL: "Waiting for approval",
    BookingStatus.WAITLISTED: "On the waiting list",
    BookingStatus.OFFERED: "Place offered",
    BookingStatus.CANCELLED_BY_DELEGATE: "Cancelled",
    BookingStatus.CANCELLED_BY_BOARD: "Cancelled by the board",
}

HOLDS_A_PLACE = (BookingStatus.AWAITING_APPROVAL, BookingStatus.CONFIRMED, BookingStatus.OFFERED)
LIVE = (*HOLDS_A_PLACE, BookingStatus.WAITLISTED)


class Outcome(StrEnum):
    """What became of a delegate on the day. A late cancellation is not a did-not-attend."""

    ATTENDED = "attended"
    PART_ATTENDED = "part_attended"
    DID_NOT_ATTEND = "did_not_attend"
    CANCELLED_BY_BOARD = "cancelled_by_board"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class CancelReason(StrEnum):
    """Why a delegate gave a place up. Illness and bereavement are nobody's business: never in the history or a list."""

    ILLNESS = "illness"
    BEREAVEMENT = "bereavement"
    CARING = "caring"
    WORK_PRIORITIES = "work_priorities"
    LEFT_THE_JOB = "left_the_job"
    OTHER = "other"
    MOVED = "moved"

    @property
    def is_private(self) -> bool:
        """Whether only the delegate's own mailbox may receive it."""
        return self in (CancelReason.ILLNESS, CancelReason.BEREAVEMENT)

    @property
    def label(self) -> str:
        return CANCEL_LABELS.get(self, self.value.replace("_", " ").capitalize())


CANCEL_LABELS = {
    CancelReason.CARING: "Caring for somebody",
    CancelReason.OTHER: "Another reason",
    CancelReason.MOVED: "Moved to another date",
}


class Approval(Base):
    """What somebody was asked to agree to: one booking or several, until `answer_by`, in the course's style of that day.

    `approver_email` is folded, and empty where nobody is asked by name: then the agency's lead and board staff answer.
    `approved` is empty until somebody answers; `answered_by` is their name as they were known then.
    """

    __tablename__ = "approval"

    style: Mapped[ApprovalStyle] = mapped_column(words(ApprovalStyle))
    approver_name: Mapped[str] = mapped_column(default="")
    approver_email: Mapped[str] = mapped_column(default="", index=True)
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None]
    answered_by: Mapped[str] = mapped_column(default="")
    approved: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")

    bookings: Mapped[list["Booking"]] = relationship(back_populates="approval", order_by="Booking.id")

    __table_args__ = (
        CheckConstraint("(approved IS NULL) = (answered_at IS NULL)", name="is_answered_at_a_moment"),
    )


unanswered = Approval.answered_at.is_(None)
Index("ix_approval_unanswered", Approval.answer_by, sqlite_where=unanswered, postgresql_where=unanswered)


class Booking(Base):
    """One person's claim on a place in one training session, made in one of their roles at work.

    A booking that *makes up* another is of one `part` alone, in place of the `makes_up_part` that its delegate missed or
    that was cancelled. It never waits, and counts in no rate beside the booking that it completes.

    `form_key` comes with the form that asked: the same form sent again is the same booking (promise P4).
    `waitlisted_at` orders the waiting list; `passed_over` says why a place went to somebody behind. An offered place
    stands until `offer_until`; who waits and has it too is *called*: a place is free, and the first to accept has it.
    The outcome counts from `outcome_on`; the service learned of it at `outcome_recorded_at`, which only another outcome
    moves. `missed_parts` are those that took place and that a delegate who came to some of the session did not
    complete. `calendar_letters` counts the invitations and cancellations that went to the delegate's calendar.
    It was `cancelled_late` when the delegate gave it up after it was free to, as its terms said, whatever it cost.
    `replaces` is the booking whose place this one took, a colleague's or the same person's on another date.
    The delegate was told last of its session's `edition`.
    """

    __tablename__ = "booking"

    reference: Mapped[str] = mapped_column(unique=True)
    training_session_id: Mapped[int] = belongs_to("training_session.id", index=False)
    person_id: Mapped[int] = belongs_to("person.id")
    membership_id: Mapped[int | None] = belongs_to("membership.id")
    status: Mapped[BookingStatus] = mapped_column(words(BookingStatus))
    unscheduled: Mapped[bool] = mapped_column(default=False)
    form_key: Mapped[str | None] = mapped_column(unique=True)
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    waitlisted_at: Mapped[datetime | None]
    passed_over: Mapped[str] = mapped_column(default="")
    offered_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    approval_id: Mapped[int | None] = belongs_to("approval.id")
    override_reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")
    reason_code: Mapped[CancelReason | None] = mapped_column(words(CancelReason))
    cancelled_late: Mapped[bool] = mapped_column(default=False)
    replaces_id: Mapped[int | None] = belongs_to("booking.id", index=False, unique=True)
    part_id: Mapped[int | None] = belongs_to("session_part.id")
    makes_up_id: Mapped[int | None] = belongs_to("booking.id")
    makes_up_part_id: Mapped[int | None] = belongs_to("session_part.id", index=False)
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome))
    outcome_on: Mapped[date | None]
    outcome_recorded_at: Mapped[datetime | None]
    calendar_letters: Mapped[int] = mapped_column(default=0)
    edition: Mapped[int] = mapped_column(default=0)

    training_session: Mapped[TrainingSession] = relationship()
    person: Mapped[Person] = relationship()
    membership: Mapped[Membership | None] = relationship()
    approval: Mapped[Approval | None] = relationship(back_populates="bookings")
    access_needs: Mapped["AccessNeeds | None"] = relationship(
        back_populates="booking", cascade="all, delete-orphan", uselist=False
    )
    missed_parts: Mapped[list[SessionPart]] = relationship(
        secondary=booking_missed_part, order_by="SessionPart.position", viewonly=True
    )
    replaces: Mapped["Booking | None"] = relationship(
        back_populates="replaced_by", remote_side="Booking.id", foreign_keys=replaces_id
    )
    replaced_by: Mapped["Booking | None"] = relationship(
        back_populates="replaces", uselist=False, foreign_keys=replaces_id
    )
    part: Mapped[SessionPart | None] = relationship(foreign_keys=part_id)
    makes_up: Mapped["Booking | None"] = relationship(
        back_populates="make_ups", remote_side="Booking.id", foreign_keys=makes_up_id
    )
    makes_up_part: Mapped[SessionPart | None] = relationship(foreign_keys=makes_up_part_id)
    make_ups: Mapped[list["Booking"]] = relationship(
        back_populates="makes_up", foreign_keys=makes_up_id, order_by="Booking.id"
    )
    if TYPE_CHECKING:  # charges stand above bookings, and their relationships give a booking these
        charge_terms: Mapped["ChargeTerms | None"]
        charges: Mapped[list["Charge"]]

    __table_args__ = (
        CheckConstraint(
            "(part_id IS NULL) = (makes_up_id IS NULL) AND (part_id IS NULL) = (makes_up_part_id IS NULL)",
            name="of_one_part_makes_one_up",
        ),
        CheckConstraint("part_id IS NULL OR status <> 'waitlisted'", name="of_one_part_never_waits"),
    )

    @property
    def booked_parts(self) -> list[SessionPart]:
        """The parts that it is for, cancelled ones too."""
        return [self.part] if self.part else self.training_session.parts

    @property
    def parts(self) -> list[SessionPart]:
        """The parts that it is for and that take place."""
        return [part for part in self.booked_parts if part.is_on]

    @property
    def starts_at(self) -> datetime:
        return self.part.starts_at if self.part else self.training_session.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.part.ends_at if self.part else self.training_session.ends_at

    @property
    def title(self) -> str:
        """What it is a place on: the course, or one part of it."""
        course = self.training_session.course
        return f"{self.part.name} of {course.title}" if self.part else course.title

    @property
    def lost_a_part(self) -> bool:
        """Whether the board cancelled a part that had been booked."""
        return any(
            part.cancelled_at is not None and part.cancelled_at >= self.requested_at
            for part in self.booked_parts
        )

    @property
    def parts_to_make_up(self) -> list[SessionPart]:
        """The parts that were cancelled, or that a delegate who came to some missed, and that nothing makes up yet."""
        could = self.is_confirmed and self.outcome in (None, Outcome.PART_ATTENDED)
        if self.part_id is not None or not could:
            return []
        made_up = {one.makes_up_part_id for one in self.make_ups if one.makes_up_stands}
        return [
            part
            for part in self.training_session.parts
            if (not part.is_on or part in self.missed_parts) and part.id not in made_up
        ]

    @property
    def makes_up_stands(self) -> bool:
        """Whether it may still make up, or has made up, the part that it is for."""
        return self.is_live and self.outcome in (None, Outcome.ATTENDED)

    @property
    def is_live(self) -> bool:
        """Whether it holds a place or waits for one."""
        return self.status in LIVE

    @property
    def holds_a_place(self) -> bool:
        return self.status in HOLDS_A_PLACE

    @property
    def in_words(self) -> str:
        """What it is and for when, beside another booking of the same person."""
        words = {
            BookingStatus.CONFIRMED: "Booked already on {}",
            BookingStatus.AWAITING_APPROVAL: "Asked for a place on {} already",
            BookingStatus.OFFERED: "Offered a place on {} already",
            BookingStatus.WAITLISTED: "Waits for a place on {} already",
        }
        return words.get(self.status, "").format(plain_date(self.training_session.starts_at))

    @property
    def ever_held_a_place(self) -> bool:
        """Whether it held a place at some time, if only one that was offered, or only ever waited for one."""
        return self.confirmed_at is not None or self.waitlisted_at is None or self.offered_at is not None

    @property
    def follows_a_cancelled_one(self) -> bool:
        """Whether its delegate was offered this date because the board cancelled the one that they had."""
        first = self.replaces
        return (
            first is not None
            and first.person_id == self.person_id
            and first.status is BookingStatus.CANCELLED_BY_BOARD
        )

    @property
    def is_offered(self) -> bool:
        return self.status is BookingStatus.OFFERED

    @property
    def is_called(self) -> bool:
        """Whether it waits, and a place is free that may be theirs or somebody else's, whoever accepts first."""
        return self.is_waiting and self.offer_until is not None

    @property
    def is_confirmed(self) -> bool:
        return self.status is BookingStatus.CONFIRMED

    @property
    def awaits_approval(self) -> bool:
        return self.status is BookingStatus.AWAITING_APPROVAL

    @property
    def is_waiting(self) -> bool:
        return self.status is BookingStatus.WAITLISTED

    @property
    def is_left_behind(self) -> bool:
        """Whether it lives on while the job for which it was made ends before the session does."""
        role = self.membership
        ends_on = london_date(self.training_session.ends_at)
        return self.is_live and role is not None and role.is_over(ends_on)


live = Booking.status.in_(LIVE)
Index(
    "uq_booking_one_live_per_person",
    Booking.training_session_id,
    Booking.person_id,
    unique=True,
    sqlite_where=live,
    postgresql_where=live,
)
still_to_make_up = live & Booking.outcome.is_(None)
Index(
    "uq_booking_one_live_make_up_of_a_part",
    Booking.makes_up_id,
    Booking.makes_up_part_id,
    unique=True,
    sqlite_where=still_to_make_up,
    postgresql_where=still_to_make_up,
)
Index(
    "ix_booking_use",  # the bookings of a date by status, with all that figures of use and evaluations ask of them
    Booking.training_session_id,
    Booking.status,
    Booking.outcome,
    Booking.part_id,
    Booking.membership_id,
    Booking.unscheduled,
    Booking.confirmed_at,
    Booking.cancelled_late,
    Booking.reason_code,
)
Index(
    "ix_booking_attendance",  # all that coverage asks of who came to a date
    Booking.training_session_id,
    Booking.outcome,
    Booking.person_id,
    Booking.outcome_on,
    Booking.outcome_recorded_at,
    Booking.part_id,
)
offered = Booking.status == BookingStatus.OFFERED
Index("ix_booking_offer_until", Booking.offer_until, sqlite_where=offered, postgresql_where=offered)
Index("ix_booking_outcome_person_id", Booking.outcome, Booking.person_id)


class AccessNeeds(Base):
    """What a delegate needs to take part. Health data: apart from the booking, seen by few, deleted soon after the day."""

    __tablename__ = "access_needs"

    booking_id: Mapped[int] = belongs_to("booking.id", index=False, unique=True)
    text: Mapped[str] = mapped_column(Text)
    delete_after: Mapped[date]

    booking: Mapped[Booking] = relationship(back_populates="access_needs")


class CalendarFeed(Base):
    """The secret address at which somebody's calendar reads their bookings. What is kept opens nothing."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = belongs_to("person.id", index=False, unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
