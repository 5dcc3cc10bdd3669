"""Certificates."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import Accreditation, AccreditationState
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.core.db import Base, belongs_to
from sscb_training.core.times import plain_date


class CertificateState(StrEnum):
    """How a certificate stands on a day. One of attendance is *valid*: it neither lasts nor ends."""

    VALID = "valid"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Certificate(Base):
    """What one completed booking or one accreditation proves, word for word as it was issued; nothing moves it.

    Of attendance: `course_title`, `version`, `days` (of the parts that the delegate came to, with a part made up in
    place of the missed one) and `minutes` (their length). Of an accreditation: `scheme_code`, `scheme_name`,
    `awarded_on`, `expires_on` and `evidence`, what it rests on in words.

    One that was issued again in another name is *replaced*; the later one `replaces` it and keeps the reason.
    `emailed_at`: when it was put into the outbox for its holder, once.
    """

    __tablename__ = "certificate"

    booking_id: Mapped[int | None] = belongs_to("booking.id")
    accreditation_id: Mapped[int | None] = belongs_to("accreditation.id")
    check_code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    course_title: Mapped[str] = mapped_column(default="")
    version: Mapped[int | None]
    days: Mapped[list[str]] = mapped_column(JSON, default=list)
    minutes: Mapped[int | None]
    scheme_code: Mapped[str] = mapped_column(default="")
    scheme_name: Mapped[str] = mapped_column(default="")
    awarded_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(default="")
    board: Mapped[str]
    issued_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = belongs_to("certificate.id", index=False, unique=True)
    reissue_reason: Mapped[str] = mapped_column(default="")
    emailed_at: Mapped[datetime | None]

    booking: Mapped[Booking | None] = relationship()
    accreditation: Mapped[Accreditation | None] = relationship()
    replaces: Mapped["Certificate | None"] = relationship(
        remote_side="Certificate.id", back_populates="replaced_by"
    )
    replaced_by: Mapped["Certificate | None"] = relationship(back_populates="replaces")

    __table_args__ = (
        CheckConstraint("(booking_id IS NULL) <> (accreditation_id IS NULL)", name="proves_one_thing"),
    )

    @property
    def proves(self) -> Booking | Accreditation:
        found = self.booking or self.accreditation
        assert found is not None  # noqa: S101 - the constraint says so
        return found

    @property
    def person_id(self) -> int:
        return self.proves.person_id

    @property
    def kind(self) -> str:
        return "Certificate of " + ("attendance" if self.accreditation is None else "accreditation")

    @property
    def title(self) -> str:
        """The course or the scheme."""
        return self.scheme_name or self.course_title

    @property
    def in_full(self) -> str:
        """What it is and of which day, by which several of one course or scheme are told apart."""
        day = self.awarded_on or next(iter(self.dates), None)
        return f"{self.kind}: {self.title}" + (f", {plain_date(day)}" if day else "")

    @property
    def dates(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.days]

    @property
    def is_wrong(self) -> bool:
        """Whether what it proves was taken back: by a corrected register, or because it was recorded in error."""
        if self.accreditation is not None:
            return self.accreditation.withdrawn_at is not None
        return self.booking is not None and self.booking.outcome not in (None, Outcome.ATTENDED)

    def state(self, on: date) -> CertificateState:
        """What whoever is shown it on this day has to know, a withdrawal that the worker has yet to write included.

        What ended is told first: a later certificate of it proves no more than this one.
        """
        if self.withdrawn_at is not None or self.is_wrong:
            return CertificateState.WITHDRAWN
        proven = (
            CertificateState.VALID if self.accreditation is None else _STATES[self.accreditation.state(on)]
        )
        holds = proven in {CertificateState.VALID, CertificateState.IN_FORCE}
        return CertificateState.REPLACED if holds and self.replaced_at is not None else proven


_STATES = {
    AccreditationState.IN_FORCE: CertificateState.IN_FORCE,
    AccreditationState.EXPIRED: CertificateState.EXPIRED,
    AccreditationState.REVOKED: CertificateState.REVOKED,
}

stands = Certificate.withdrawn_at.is_(None) & Certificate.replaced_at.is_(None)
for _name, _proven in (
    ("uq_certificate_one_of_a_booking", Certificate.booking_id),
    ("uq_certificate_one_of_an_accreditation", Certificate.accreditation_id),
):
    Index(_name, _proven, unique=True, sqlite_where=stands, postgresql_where=stands)
