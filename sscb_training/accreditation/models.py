"""Schemes, assessment attempts and accreditations."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, cast

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Index,
    Table,
    Text,
    UniqueConstraint,
    and_,
    case,
    not_,
    or_,
    true,
)
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from sscb_training.core.db import Base, belongs_to, words
from sscb_training.core.times import at_london
from sscb_training.people.models import Person

if TYPE_CHECKING:  # courses stand above: a scheme names theirs as a key does
    from sscb_training.courses.models import Course, CourseVersion


class SchemeCourse(Base):
    """How a course leads to a scheme: from a version on (or all), by its `parts` (their positions; none: every part).

    A refresher renews what somebody holds, and gives nothing to anybody else.
    """

    __tablename__ = "scheme_course"

    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id", index=False)
    course_id: Mapped[int] = belongs_to("course.id")
    from_version_id: Mapped[int | None] = belongs_to("course_version.id")
    is_refresher: Mapped[bool] = mapped_column(default=False)
    parts: Mapped[list[int]] = mapped_column(JSON, default=list)

    scheme: Mapped["AccreditationScheme"] = relationship(viewonly=True)
    course: Mapped["Course"] = relationship(viewonly=True)
    from_version: Mapped["CourseVersion | None"] = relationship()

    __table_args__ = (UniqueConstraint("scheme_id", "course_id"),)


scheme_course = cast("Table", SchemeCourse.__table__)


class Evidence(Protocol):
    """The booking by which a delegate attended, as far as accreditation must know it: bookings stand above it."""

    @property
    def id(self) -> int: ...

    @property
    def person_id(self) -> int: ...


class AccreditationScheme(Base):
    """What people are accredited in. What it takes, and for how long it counts, say its `terms`, each from a day on.

    Where `trainers_hold_it`, nobody trains on a course that leads to it without holding it themselves. So many
    `first_use_weeks` after a first award, holder and manager are asked whether the tool is used; nobody without them.
    Holding the `earlier` scheme gives nothing here. Where holders `must_accept` its licence text, the tool's resources
    open to them only then.
    """

    __tablename__ = "accreditation_scheme"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    trainers_hold_it: Mapped[bool] = mapped_column(default=False)
    first_use_weeks: Mapped[int | None]
    earlier_id: Mapped[int | None] = belongs_to("accreditation_scheme.id")
    must_accept: Mapped[bool] = mapped_column(default=False)

    earlier: Mapped["AccreditationScheme | None"] = relationship(remote_side="AccreditationScheme.id")
    courses: Mapped[list["Course"]] = relationship(secondary=scheme_course, order_by="Course.id")
    ways: Mapped[list[SchemeCourse]] = relationship(viewonly=True, order_by=SchemeCourse.course_id)
    terms: Mapped[list["SchemeTerms"]] = relationship(
        back_populates="scheme", order_by="SchemeTerms.holds_from", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("first_use_weeks BETWEEN 4 AND 6", name="asks_after_four_to_six_weeks"),
    )


class LicenceText(Base):
    """The terms that holders of a scheme accept, as the board wrote them down; the latest number is the present text."""

    __tablename__ = "licence_text"

    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id", index=False)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]

    scheme: Mapped[AccreditationScheme] = relationship()

    __table_args__ = (UniqueConstraint("scheme_id", "number"),)


class Acceptance(Base):
    """That a holder has accepted a text, and when."""

    __tablename__ = "acceptance"

    person_id: Mapped[int] = belongs_to("person.id", index=False)
    licence_text_id: Mapped[int] = belongs_to("licence_text.id")
    accepted_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    licence_text: Mapped[LicenceText] = relationship()

    __table_args__ = (UniqueConstraint("person_id", "licence_text_id"),)


class FailMeans(StrEnum):
    """What becomes of somebody who did not pass."""

    ASSESSED_AGAIN = "assessed_again"
    ATTENDS_AGAIN = "attends_again"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class RenewsFrom(StrEnum):
    """The day from which a renewal counts its months."""

    OWN_DAY = "own_day"
    OLD_EXPIRY = "old_expiry"

    @property
    def label(self) -> str:
        return "The old expiry" if self is RenewsFrom.OLD_EXPIRY else "Its own day"


BEGINNING = date(2000, 1, 1)
"""The day from which terms hold that were there before terms had dates."""


class SchemeTerms(Base):
    """What a scheme asks from a day on, until its next terms hold: the board's settings, and no publisher's rule.

    `pass_mark` is a percentage; without one, attending is enough. Without `valid_months` an accreditation does not
    expire. Each attendance gives so many `attempts_allowed` (without a number, any) with `waiting_days` between them.
    A refresher renews within `window_months` before the expiry (without a number, at any time before it) and until
    `late_months` after it. `reminder_days` are how long before the expiry holder and manager are reminded.
    """

    __tablename__ = "scheme_terms"

    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id", index=False)
    holds_from: Mapped[date]
    pass_mark: Mapped[int | None]
    attempts_allowed: Mapped[int | None]
    waiting_days: Mapped[int] = mapped_column(default=0)
    fail_means: Mapped[FailMeans] = mapped_column(words(FailMeans), default=FailMeans.ASSESSED_AGAIN)
    supervisor_confirms: Mapped[bool] = mapped_column(default=False)
    valid_months: Mapped[int | None]
    window_months: Mapped[int | None]
    late_months: Mapped[int] = mapped_column(default=0)
    renews_from: Mapped[RenewsFrom] = mapped_column(words(RenewsFrom), default=RenewsFrom.OWN_DAY)
    reminder_days: Mapped[list[int]] = mapped_column(JSON, default=list)

    scheme: Mapped[AccreditationScheme] = relationship(back_populates="terms")

    @property
    def limits_attempts(self) -> bool:
        """Whether somebody who has not passed cannot simply be assessed once more."""
        return (
            self.attempts_allowed is not None
            or self.waiting_days > 0
            or self.fail_means is FailMeans.ATTENDS_AGAIN
        )

    @property
    def is_from_the_beginning(self) -> bool:
        return self.holds_from == BEGINNING

    __table_args__ = (
        UniqueConstraint("scheme_id", "holds_from"),
        CheckConstraint("pass_mark BETWEEN 0 AND 100", name="pass_mark_is_a_percentage"),
        CheckConstraint("attempts_allowed > 0", name="one_attempt_at_least"),
        CheckConstraint("waiting_days >= 0", name="waits_forwards"),
        CheckConstraint("valid_months > 0", name="valid_for_some_months"),
        CheckConstraint("window_months > 0", name="window_of_some_months"),
        CheckConstraint("late_months >= 0", name="late_forwards"),
    )


class AssessmentAttempt(Base):
    """One score in a scheme's assessment. `passed` is settled with the pass mark of the day.

    `withdrawn_at`: entered for the wrong person, and since then never having been one of theirs. `is_online`: a quiz
    gave it, so nobody corrects it by hand.
    """

    __tablename__ = "assessment_attempt"

    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id")
    person_id: Mapped[int] = belongs_to("person.id")
    booking_id: Mapped[int | None] = belongs_to("booking.id")
    assessed_on: Mapped[date]
    percent: Mapped[int]
    pass_mark: Mapped[int]
    passed: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]
    is_online: Mapped[bool] = mapped_column(default=False)
    withdrawn_at: Mapped[datetime | None]

    scheme: Mapped[AccreditationScheme] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent_is_a_percentage"),)


class EvidenceKind(StrEnum):
    """What an accreditation rests on."""

    ATTENDANCE = "attendance"
    ATTEMPT = "attempt"
    IMPORTED = "imported"
    EXTERNAL = "external"
    REINSTATED = "reinstated"

    @property
    def label(self) -> str:
        return EVIDENCE_LABELS[self]


EVIDENCE_LABELS = {
    EvidenceKind.ATTENDANCE: "Attendance, without an assessment",
    EvidenceKind.ATTEMPT: "Assessment passed",
    EvidenceKind.IMPORTED: "Earlier records, imported",
    EvidenceKind.EXTERNAL: "Another area’s accreditation, accepted by the board",
    EvidenceKind.REINSTATED: "Reinstated after it was revoked",
}


class AccreditationState(StrEnum):
    """How an accreditation stands on a given day, as far as was known on another.

    *Withdrawn* never counted; *not yet* was awarded, or came to be known, only later.
    """

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    NOT_YET = "not_yet"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    AccreditationState.IN_FORCE: "In force",
    AccreditationState.EXPIRED: "Expired",
    AccreditationState.REVOKED: "Revoked",
    AccreditationState.WITHDRAWN: "Recorded in error",
    AccreditationState.NOT_YET: "Not yet held",
}


class Accreditation(Base):
    """The right to use a scheme's tool from `awarded_on` to `expires_on`, both days included.

    `recorded_at` is when the service learned of it, apart from when it was earned, so that a figure printed
    last year comes out the same. `withdrawn_at`: recorded in error, and since then never having counted.
    `source`: the file and row that it was imported from, or the area that gave it. One that was revoked stays as it
    is; being reinstated is a new one from its own day, which `reinstates_id` says. Why the board accepted or
    reinstated it stands in `decision_reason` and `decision_reference`.
    """

    __tablename__ = "accreditation"

    person_id: Mapped[int] = belongs_to("person.id")
    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id", index=False)
    booking_id: Mapped[int | None] = belongs_to("booking.id")
    attempt_id: Mapped[int | None] = belongs_to("assessment_attempt.id")
    evidence: Mapped[EvidenceKind] = mapped_column(words(EvidenceKind))
    source: Mapped[str] = mapped_column(default="")
    reinstates_id: Mapped[int | None] = belongs_to("accreditation.id", index=False)
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decision_reference: Mapped[str] = mapped_column(default="")
    awarded_on: Mapped[date]
    expires_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    revoked_on: Mapped[date | None]
    revoked_recorded_at: Mapped[datetime | None]
    revoke_reason: Mapped[str] = mapped_column(Text, default="")
    revoke_reference: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    scheme: Mapped[AccreditationScheme] = relationship()
    attempt: Mapped[AssessmentAttempt | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(reinstates_id IS NOT NULL) = (evidence = 'reinstated')", name="reinstates_one_that_was_revoked"
        ),
    )

    def _state(self, on: date, *, known_on: date | None = None) -> AccreditationState:
        """How it stands on this day, as far as was known at the end of another (now); in SQL too."""
        if not _known(self.recorded_at, known_on):
            return AccreditationState.NOT_YET
        if self.withdrawn_at is not None and _known(self.withdrawn_at, known_on):
            return AccreditationState.WITHDRAWN
        if on < self.awarded_on:
            return AccreditationState.NOT_YET
        revoked_on = self.known_revoked_on(known_on)
        if revoked_on is not None and revoked_on <= on:
            return AccreditationState.REVOKED
        if self.expires_on is not None and self.expires_on < on:
            return AccreditationState.EXPIRED
        return AccreditationState.IN_FORCE

    @classmethod
    def _state_in_sql(cls, on: date, *, known_on: date | None = None) -> ColumnElement[str]:
        state = AccreditationState
        return case(
            (not_(_known_in_sql(cls.recorded_at, known_on)), state.NOT_YET.value),
            (
                cls.withdrawn_at.is_not(None) & _known_in_sql(cls.withdrawn_at, known_on),
                state.WITHDRAWN.value,
            ),
            (cls.awarded_on > on, state.NOT_YET.value),
            (cls._known_revoked_on_in_sql(known_on) <= on, state.REVOKED.value),
            (cls.expires_on < on, state.EXPIRED.value),
            else_=state.IN_FORCE.value,
        )

    state = hybrid_method(_state, _state_in_sql.__func__)  # type: ignore[attr-defined]

    def _counts(self, on: date, *, known_on: date | None = None) -> bool:
        """Whether it counts on this day, as far as was known at the end of another (now); in SQL too."""
        return self._state(on, known_on=known_on) is AccreditationState.IN_FORCE

    @classmethod
    def _counts_in_sql(cls, on: date, *, known_on: date | None = None) -> ColumnElement[bool]:
        revoked_on = cls._known_revoked_on_in_sql(known_on)
        return and_(
            cls._is_known_in_sql(known_on),
            cls.awarded_on <= on,
            or_(cls.expires_on.is_(None), cls.expires_on >= on),
            or_(revoked_on.is_(None), revoked_on > on),
        )

    in_force = hybrid_method(_counts, _counts_in_sql.__func__)  # type: ignore[attr-defined]

    def _is_known(self, known_on: date | None = None) -> bool:
        """Whether it was recorded by the end of this day (now) and not withdrawn by then; in SQL too."""
        withdrawn = self.withdrawn_at is not None and _known(self.withdrawn_at, known_on)
        return _known(self.recorded_at, known_on) and not withdrawn

    @classmethod
    def _is_known_in_sql(cls, known_on: date | None = None) -> ColumnElement[bool]:
        not_withdrawn = cls.withdrawn_at.is_(None)
        if known_on is None:
            return not_withdrawn
        return _known_in_sql(cls.recorded_at, known_on) & or_(
            not_withdrawn, not_(_known_in_sql(cls.withdrawn_at, known_on))
        )

    is_known = hybrid_method(_is_known, _is_known_in_sql.__func__)  # type: ignore[attr-defined]

    def known_revoked_on(self, known_on: date | None = None) -> date | None:
        """From when it was revoked, if that was known at the end of this day (now)."""
        recorded_at = self.revoked_recorded_at
        return self.revoked_on if recorded_at is None or _known(recorded_at, known_on) else None

    @classmethod
    def _known_revoked_on_in_sql(cls, known_on: date | None) -> ColumnElement[date | None]:
        if known_on is None:
            return cls.revoked_on.expression
        recorded_at = cls.revoked_recorded_at
        return case((or_(recorded_at.is_(None), _known_in_sql(recorded_at, known_on)), cls.revoked_on))


def _known(moment: datetime, known_on: date | None) -> bool:
    return known_on is None or moment < end_of(known_on)


def _known_in_sql(moment: InstrumentedAttribute[Any], known_on: date | None) -> ColumnElement[bool]:
    return true() if known_on is None else moment < end_of(known_on)


def end_of(day: date) -> datetime:
    """The moment at which London's calendar turns to the next day."""
    return at_london(day + timedelta(days=1))


Index(
    "ix_accreditation_in_force",  # all that coverage asks, person by person
    Accreditation.scheme_id,
    Accreditation.person_id,
    Accreditation.awarded_on,
    Accreditation.expires_on,
    Accreditation.recorded_at,
    Accreditation.revoked_on,
    Accreditation.revoked_recorded_at,
    Accreditation.withdrawn_at,
)
standing = Accreditation.withdrawn_at.is_(None)
ends_by_itself = standing & Accreditation.revoked_on.is_(None)
Index(
    "ix_accreditation_expiring",
    Accreditation.scheme_id,
    Accreditation.expires_on,
    sqlite_where=ends_by_itself,
    postgresql_where=ends_by_itself,
)
Index(
    "uq_accreditation_one_reinstatement",
    Accreditation.reinstates_id,
    unique=True,
    sqlite_where=standing,
    postgresql_where=standing,
)
Index(
    "uq_accreditation_one_per_booking",
    Accreditation.scheme_id,
    Accreditation.booking_id,
    unique=True,
    sqlite_where=standing,
    postgresql_where=standing,
)
imported = and_(standing, Accreditation.evidence == EvidenceKind.IMPORTED, Accreditation.source != "")
Index(
    "uq_accreditation_imported_once",  # the same file twice adds nothing
    Accreditation.person_id,
    Accreditation.scheme_id,
    Accreditation.awarded_on,
    unique=True,
    sqlite_where=imported,
    postgresql_where=imported,
)
