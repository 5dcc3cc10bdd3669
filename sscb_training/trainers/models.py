"""Corrections of the ledger, what trainer days earn, and the places that were used."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.agencies.models import Agency
from sscb_training.bookings.charges.models import Charge, ChargeState
from sscb_training.core.db import Base, belongs_to
from sscb_training.courses.models import Trainer
from sscb_training.people.models import Person


class LedgerCorrection(Base):
    """Half days that an agency is counted more, or less, on a day, for a reason. A wrong one is made good by another."""

    __tablename__ = "ledger_correction"

    agency_id: Mapped[int] = belongs_to("agency.id")
    trainer_id: Mapped[int | None] = belongs_to("trainer.id")
    on: Mapped[date] = mapped_column(index=True)
    half_days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = belongs_to("person.id")

    agency: Mapped[Agency] = relationship()
    trainer: Mapped[Trainer | None] = relationship()
    recorded_by: Mapped[Person | None] = relationship()

    __table_args__ = (CheckConstraint("half_days <> 0", name="corrects_something"),)


class EarningRule(Base):
    """How many free places a trainer day earns its agency, for days from `valid_from` on until a later rule."""

    __tablename__ = "earning_rule"

    valid_from: Mapped[date] = mapped_column(unique=True)
    places_per_day: Mapped[int]

    __table_args__ = (CheckConstraint("places_per_day >= 0", name="earns_no_less_than_nothing"),)


class EarnedPlace(Base):
    """A free place that an agency earned, used for a charge. It is free again when the charge is charged after all."""

    __tablename__ = "earned_place"

    charge_id: Mapped[int] = belongs_to("charge.id", index=False, unique=True)
    agency_id: Mapped[int] = belongs_to("agency.id")
    used_on: Mapped[date]
    used_at: Mapped[datetime]

    charge: Mapped[Charge] = relationship()
    agency: Mapped[Agency] = relationship()

    @property
    def is_in_use(self) -> bool:
        """Whether the charge is still let go for it, and for nothing that was decided since."""
        return self.charge.state is ChargeState.WAIVED and self.charge.decided_at == self.used_at
