"""Policies of charging, the terms of a booking, and charges."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from sscb_training.agencies.models import Agency, Sector
from sscb_training.bookings.models import Booking
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.core.money import pounds
from sscb_training.core.times import plain_date
from sscb_training.people.models import Person


class Length(StrEnum):
    """The sessions that a policy is for, by how many parts they have."""

    ANY = "any"
    ONE_PART = "one_part"
    SEVERAL_PARTS = "several_parts"

    @property
    def label(self) -> str:
        return LENGTH_LABELS[self]


LENGTH_LABELS = {
    Length.ANY: "Sessions of any length",
    Length.ONE_PART: "Sessions of one part",
    Length.SEVERAL_PARTS: "Sessions of several parts",
}


class ChargePolicy(Base):
    """A rule of the board, for an agency, a sector or everybody, from `valid_from` until `valid_to` (the last day).

    Fees are in pence, and 0 means that nobody is charged for that. Cancelling is free until `free_days` before the
    first part. Who `follows_own_rules` is charged nothing at all.
    """

    __tablename__ = "charge_policy"

    agency_id: Mapped[int | None] = belongs_to("agency.id")
    sector: Mapped[Sector | None] = mapped_column(words(Sector))
    length: Mapped[Length] = mapped_column(words(Length), default=Length.ANY)
    follows_own_rules: Mapped[bool] = mapped_column(default=False)
    free_days: Mapped[int] = mapped_column(default=0)
    in_working_days: Mapped[bool] = mapped_column(default=False)
    late_fee: Mapped[int] = mapped_column(default=0)
    absence_fee: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    agency: Mapped[Agency | None] = relationship()

    __table_args__ = (
        CheckConstraint("agency_id IS NULL OR sector IS NULL", name="is_for_an_agency_or_a_sector"),
        CheckConstraint("free_days >= 0 AND late_fee >= 0 AND absence_fee >= 0", name="is_not_negative"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ends_after_it_begins"),
    )

    @property
    def whose(self) -> str:
        """Hill School; Early years; Everybody"""
        if self.agency is not None:
            return self.agency.name
        return self.sector.label if self.sector else "Everybody"

    @property
    def notice(self) -> str:
        """7 days before; 1 working day before; The day itself"""
        if not self.free_days:
            return "The day itself"
        days = "day" if self.free_days == 1 else "days"
        return f"{self.free_days} {'working ' if self.in_working_days else ''}{days} before"


class ChargeTerms(Base):
    """What a booking may cost its agency, settled when it was made: no later policy alters it. Fees are in pence.

    The notice, `free_days`, is kept beside the day that it came to: a date that moves takes that day along.
    """

    __tablename__ = "charge_terms"

    booking_id: Mapped[int] = belongs_to("booking.id", index=False, unique=True)
    policy_id: Mapped[int] = belongs_to("charge_policy.id")
    follows_own_rules: Mapped[bool]
    free_days: Mapped[int] = mapped_column(default=0)
    in_working_days: Mapped[bool] = mapped_column(default=False)
    free_until: Mapped[date]
    late_fee: Mapped[int]
    absence_fee: Mapped[int]

    booking: Mapped[Booking | None] = relationship(backref=backref("charge_terms", uselist=False))

    def words(self, on: date, *, payer: str = "your agency", delegate: str = "you") -> str:
        """The terms as the delegate reads them on this day, or somebody who answers for several."""
        if self.follows_own_rules:
            return f"Nothing is charged here: {payer} follows its own rules, and gets a report of attendance."
        if self.late_fee == self.absence_fee == 0:
            return f"Nothing is charged if {delegate} cancel or do not come."
        if_absent = f"If {delegate} do not come, " + (
            f"{payer} is charged {pounds(self.absence_fee)}." if self.absence_fee else "nothing is charged."
        )
        if self.booking is not None and self.booking.lost_a_part:
            return f"Cancelling is free, because a part was cancelled. {if_absent}"
        if self.late_fee == 0:
            return f"Cancelling is free. {if_absent}"
        begin = f"Free to cancel until {plain_date(self.free_until)}. After that"
        if on > self.free_until:
            begin = f"It is too late to cancel free of charge. If {delegate} cancel"
        if self.late_fee == self.absence_fee:
            return f"{begin}, or if {delegate} do not come, {payer} is charged {pounds(self.late_fee)}."
        return f"{begin}, {payer} is charged {pounds(self.late_fee)}. {if_absent}"


class ChargeKind(StrEnum):
    """What a charge is for."""

    LATE_CANCELLATION = "late_cancellation"
    DID_NOT_ATTEND = "did_not_attend"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class ChargeState(StrEnum):
    """What became of a charge. It is withdrawn when a register that was re-opened says that the delegate came."""

    DUE = "due"
    WAIVED = "waived"
    EXCUSED = "excused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {ChargeState.DUE: "To be charged"}.get(self, self.value.capitalize())


class Charge(Base):
    """What finance asks an agency for. `amount` is in pence; `reason` says why it was waived, or who confirmed an illness.

    `decided_at` and `decided_by` are of the last decision that is not the charge itself.
    """

    __tablename__ = "charge"

    booking_id: Mapped[int] = belongs_to("booking.id")
    agency_id: Mapped[int] = belongs_to("agency.id")
    kind: Mapped[ChargeKind] = mapped_column(words(ChargeKind))
    amount: Mapped[int]
    why: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[ChargeState] = mapped_column(words(ChargeState), default=ChargeState.DUE)
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = belongs_to("person.id")

    booking: Mapped[Booking] = relationship(backref=backref("charges", order_by="Charge.id"))
    agency: Mapped[Agency] = relationship()
    decided_by: Mapped[Person | None] = relationship()

    __table_args__ = (CheckConstraint("amount > 0", name="is_more_than_nothing"),)

    @property
    def is_due(self) -> bool:
        return self.state is ChargeState.DUE

    @property
    def is_forgiven(self) -> bool:
        """Whether staff let it go, and may take that back."""
        return self.state in (ChargeState.WAIVED, ChargeState.EXCUSED)


stands = Charge.state != ChargeState.WITHDRAWN
Index(
    "uq_charge_one_per_booking", Charge.booking_id, unique=True, sqlite_where=stands, postgresql_where=stands
)
