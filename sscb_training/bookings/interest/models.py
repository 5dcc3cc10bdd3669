"""Interest in a course's new dates, and which dates somebody was told of."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from sscb_training.core.db import KEYS_ONCE, Base, belongs_to
from sscb_training.courses.models import Course, CourseVersion
from sscb_training.people.models import Membership, Person


class Interest(Base):
    """Somebody who asked at `noted_at` to hear of new dates of a course, in one of their roles. Leaving deletes it.

    With `from_version` they hear only of dates of that version and later ones.
    """

    __tablename__ = "interest"

    course_id: Mapped[int] = belongs_to("course.id", index=False)
    person_id: Mapped[int] = belongs_to("person.id")
    membership_id: Mapped[int] = belongs_to("membership.id")
    from_version_id: Mapped[int | None] = belongs_to("course_version.id")
    noted_at: Mapped[datetime]

    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship()
    membership: Mapped[Membership] = relationship()
    from_version: Mapped[CourseVersion | None] = relationship()
    told: Mapped[list["DateTold"]] = relationship(order_by="DateTold.id", cascade="all, delete-orphan")

    __table_args__ = (UniqueConstraint("course_id", "person_id"), KEYS_ONCE)

    def is_from(self, version: CourseVersion | None) -> bool:
        """Whether they hear of every date of this version and later ones; of every date at all without one."""
        first = self.from_version
        return first is None or (version is not None and first.number <= version.number)


class DateTold(Base):
    """That somebody on the list was told of a date: once."""

    __tablename__ = "date_told"

    interest_id: Mapped[int] = belongs_to("interest.id", index=False)
    training_session_id: Mapped[int] = belongs_to("training_session.id")
    told_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("interest_id", "training_session_id"),)
