"""Themes, levels, courses, versions, venues, trainers, training sessions and their parts."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.agencies.models import Agency, Sector
from sscb_training.core.db import KEYS_ONCE, Base, belongs_to, words
from sscb_training.core.times import london_date
from sscb_training.people.models import Person

course_level = Table(
    "course_level",
    Base.metadata,
    Column("course_id", ForeignKey("course.id"), primary_key=True),
    Column("level_id", ForeignKey("level.id"), primary_key=True, index=True),
)
training_session_trainer = Table(
    "training_session_trainer",
    Base.metadata,
    Column("training_session_id", ForeignKey("training_session.id"), primary_key=True),
    Column("trainer_id", ForeignKey("trainer.id"), primary_key=True, index=True),
)


trainer_course = Table(
    "trainer_course",
    Base.metadata,
    Column("trainer_id", ForeignKey("trainer.id"), primary_key=True),
    Column("course_id", ForeignKey("course.id"), primary_key=True, index=True),
)


class Theme(Base):
    """What audits look at and courses teach: neglect, domestic abuse, core groups. `slug` is its word in addresses."""

    __tablename__ = "theme"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)


class LevelScheme(Base):
    """A way of grading training; Shropshire's own, the competence groups and health's levels live side by side."""

    __tablename__ = "level_scheme"

    name: Mapped[str] = mapped_column(unique=True)

    levels: Mapped[list["Level"]] = relationship(back_populates="scheme", order_by="Level.position, Level.id")


class Level(Base):
    """One step of a scheme of levels."""

    __tablename__ = "level"

    scheme_id: Mapped[int] = belongs_to("level_scheme.id")
    name: Mapped[str]
    position: Mapped[int]

    scheme: Mapped[LevelScheme] = relationship(back_populates="levels")

    __table_args__ = (UniqueConstraint("scheme_id", "name"),)


class ApprovalStyle(StrEnum):
    """Who agrees before a booking stands: the delegate says that the manager does, the manager, or a coordinator."""

    DECLARED = "declared"
    MANAGER = "manager"
    COORDINATOR = "coordinator"

    @property
    def label(self) -> str:
        return APPROVAL_LABELS[self]


APPROVAL_LABELS = {
    ApprovalStyle.DECLARED: "The delegate declares that their manager agrees",
    ApprovalStyle.MANAGER: "The manager approves",
    ApprovalStyle.COORDINATOR: "The agency lead or board staff approve",
}


class Course(Base):
    """The thing described and repeated. Shown to the public once `published_at` is set.

    `most_per_agency` is what its new dates begin with. `has_booking_rules`: not everybody may book it (the rules
    stand in `bookings.eligibility`, which keeps this true); so that most courses cost no look at them.
    Whoever missed a part may make it up on a date within `make_up_months`. A course that demands full attendance says how
    many minutes of a part `may_miss_minutes`; empty for all others.
    A course `is_discreet` when whoever looks over a delegate's shoulder must not see what it is about.
    """

    __tablename__ = "course"

    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    theme_id: Mapped[int] = belongs_to("theme.id")
    summary: Mapped[str] = mapped_column(Text)
    for_whom: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime | None]
    approval: Mapped[ApprovalStyle] = mapped_column(words(ApprovalStyle), default=ApprovalStyle.DECLARED)
    most_per_agency: Mapped[int | None]
    has_booking_rules: Mapped[bool] = mapped_column(default=False)
    is_discreet: Mapped[bool] = mapped_column(default=False)
    make_up_months: Mapped[int] = mapped_column(default=6)
    may_miss_minutes: Mapped[int | None]

    theme: Mapped[Theme] = relationship()
    levels: Mapped[list[Level]] = relationship(
        secondary=course_level, order_by="Level.scheme_id, Level.position, Level.id"
    )
    versions: Mapped[list["CourseVersion"]] = relationship(
        back_populates="course", order_by="CourseVersion.number"
    )

    @property
    def name_outside(self) -> str:
        """What subjects of letters and calendars call it, where others may look on."""
        return "Training" if self.is_discreet else self.title


class CourseVersion(Base):
    """A course's dated content, numbered from 1. `covers` and `outcomes` hold one item a line."""

    __tablename__ = "course_version"

    course_id: Mapped[int] = belongs_to("course.id", index=False)
    number: Mapped[int]
    valid_from: Mapped[date]
    covers: Mapped[str] = mapped_column(Text)
    outcomes: Mapped[str] = mapped_column(Text)
    length_minutes: Mapped[int]
    what_to_bring: Mapped[str] = mapped_column(Text, default="")
    what_changed: Mapped[str] = mapped_column(Text, default="")

    course: Mapped[Course] = relationship(back_populates="versions")
    materials: Mapped[list["Material"]] = relationship(
        order_by="Material.id", cascade="all, delete-orphan", back_populates="course_version"
    )

    __table_args__ = (UniqueConstraint("course_id", "number"),)

    @property
    def taught_since(self) -> date | None:
        """The day from which it holds and its course is published, which may be published later; none for a draft."""
        published_at = self.course.published_at
        return max(self.valid_from, london_date(published_at)) if published_at else None

    def is_taught(self, on: date) -> bool:
        """Whether it holds on this day and its course is published."""
        return self.course.published_at is not None and self.valid_from <= on


class Material(Base):
    """What a version is taught with: a link, for its trainers and perhaps for delegates with a place.

    A link and no file: what is lent under licence stays where its owner controls who has it.
    """

    __tablename__ = "material"

    course_version_id: Mapped[int] = belongs_to("course_version.id", index=False)
    name: Mapped[str]
    url: Mapped[str]
    for_delegates: Mapped[bool] = mapped_column(default=False)

    course_version: Mapped[CourseVersion] = relationship(back_populates="materials")

    __table_args__ = (UniqueConstraint("course_version_id", "name"),)


class Venue(Base):
    """Somewhere to train. `capacity` is what the room holds; `access` tells a wheelchair user what to expect.

    `map_url` leads to a map of it; without one its address is looked up.
    """

    __tablename__ = "venue"

    name: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str] = mapped_column(Text)
    capacity: Mapped[int]
    access: Mapped[str] = mapped_column(Text, default="")
    map_url: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]

    @property
    def map(self) -> str:
        """Where to see it on a map."""
        words = ", ".join([self.name, *self.address.splitlines()])
        return self.map_url or f"https://www.openstreetmap.org/search?{urlencode({'query': words})}"


class Trainer(Base):
    """A person in the training pool: the courses that they can train on, and in their own words what else."""

    __tablename__ = "trainer"

    person_id: Mapped[int] = belongs_to("person.id", index=False, unique=True)
    topics: Mapped[str] = mapped_column(Text, default="")
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    courses: Mapped[list[Course]] = relationship(secondary=trainer_course, order_by="Course.id")


class SessionStatus(StrEnum):
    """Where a training session is between being drafted and being over."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class TrainingSession(Base):
    """One dated run of a course version, with places.

    `starts_at` and `ends_at` are those of its first and last part that takes place, kept here to filter and sort by.
    One agency may have `most_per_agency` places and each floor keeps some for a sector, by number or as a share of the
    places in percent (`floors_in_percent`), until `release_days` before the first day. With `only_agency` nobody else
    can book: a date for a whole team.
    A date that `repeats_part` repeats the part of the course with this position alone, for those who missed it: it is not
    in the catalogue, nobody books it as a whole, and it is in no rate.
    `opened_at` is when it was published; empty for dates from before that was kept.
    `earlier_states` are its times, places and trainers before each change since then (`dates.rules.DateState`), the
    first one first; how many there are is its *edition*. Its trainers were told last of the edition `trainers_told`.
    With fewer delegates than `fewest` it is hardly worth holding; whether it is gets decided by the day `decide_by`.
    `closed_at` is when its register was closed (`attendance` keeps this true); empty while it is open.
    """

    __tablename__ = "training_session"

    course_version_id: Mapped[int] = belongs_to("course_version.id")
    status: Mapped[SessionStatus] = mapped_column(words(SessionStatus), default=SessionStatus.DRAFT)
    capacity: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    joining_instructions: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")
    most_per_agency: Mapped[int | None]
    release_days: Mapped[int | None]
    floors_in_percent: Mapped[bool] = mapped_column(default=False)
    only_agency_id: Mapped[int | None] = belongs_to("agency.id")
    earlier_states: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    trainers_told: Mapped[int] = mapped_column(default=0)
    repeats_part: Mapped[int | None]
    fewest: Mapped[int | None]
    decide_by: Mapped[date | None]
    closed_at: Mapped[datetime | None]

    course_version: Mapped[CourseVersion] = relationship()
    parts: Mapped[list["SessionPart"]] = relationship(
        back_populates="training_session", order_by="SessionPart.position", cascade="all, delete-orphan"
    )
    only_agency: Mapped[Agency | None] = relationship()
    trainers: Mapped[list[Trainer]] = relationship(secondary=training_session_trainer, order_by="Trainer.id")
    floors: Mapped[list["PlaceFloor"]] = relationship(
        order_by="PlaceFloor.sector", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("capacity >= 0", name="capacity_is_not_negative"),
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
        CheckConstraint("(fewest IS NULL) = (decide_by IS NULL)", name="fewest_are_decided_by_a_day"),
        Index("ix_training_session_status_starts_at", "status", "starts_at"),
        KEYS_ONCE,
    )

    @property
    def course(self) -> Course:
        return self.course_version.course

    @property
    def parts_on(self) -> list["SessionPart"]:
        """The parts that were not cancelled."""
        return [part for part in self.parts if part.is_on]

    @property
    def state(self) -> str:
        """Draft, Published, Closed once its register is, or Cancelled."""
        return "Closed" if self.closed_at and self.status is SessionStatus.PUBLISHED else self.status.label

    @property
    def edition(self) -> int:
        """How often its times, places or trainers changed since it was published."""
        return len(self.earlier_states)

    @property
    def is_online(self) -> bool:
        """Whether every part is online."""
        return all(part.venue_id is None for part in self.parts_on)

    @property
    def place(self) -> str:
        """Shirehall; Online; Shirehall and online"""
        venues = list(dict.fromkeys(part.venue.name for part in self.parts_on if part.venue))
        online = ["online"] if any(part.venue_id is None for part in self.parts_on) else []
        words = " and ".join(venues + online)
        return words[:1].upper() + words[1:]


class PlaceFloor(Base):
    """So many places of a session, or percent of them, that are kept for one sector."""

    __tablename__ = "place_floor"

    training_session_id: Mapped[int] = belongs_to("training_session.id", index=False)
    sector: Mapped[Sector] = mapped_column(words(Sector))
    places: Mapped[int]

    __table_args__ = (
        UniqueConstraint("training_session_id", "sector"),
        CheckConstraint("places > 0", name="keeps_some"),
    )


class SessionPart(Base):
    """One sitting: day 1, the morning. At a venue, or online at an address that only delegates see.

    A part can be cancelled by itself; the rest of its session goes on.
    """

    __tablename__ = "session_part"

    training_session_id: Mapped[int] = belongs_to("training_session.id", index=False)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    venue_id: Mapped[int | None] = belongs_to("venue.id")
    online_url: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")

    training_session: Mapped[TrainingSession] = relationship(back_populates="parts")
    venue: Mapped[Venue | None] = relationship()

    __table_args__ = (
        UniqueConstraint("training_session_id", "position"),
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
    )

    @property
    def is_on(self) -> bool:
        return self.cancelled_at is None

    @property
    def name(self) -> str:
        return self.title or f"Part {self.position}"
