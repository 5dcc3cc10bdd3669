"""Booking rules."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Sector, StaffGroup
from sscb_training.core.db import Base, belongs_to, words
from sscb_training.courses.models import Course


class BookingRule(Base):
    """One thing that a course asks of whoever books it: one of its columns is filled.

    Sectors are alternatives to each other, and so are staff groups. Every course and every scheme is needed, but of
    those with `one_of`, courses and schemes together, one is enough.
    """

    __tablename__ = "booking_rule"

    course_id: Mapped[int] = belongs_to("course.id")
    sector: Mapped[Sector | None] = mapped_column(words(Sector))
    staff_group_id: Mapped[int | None] = belongs_to("staff_group.id")
    attended_course_id: Mapped[int | None] = belongs_to("course.id")
    scheme_id: Mapped[int | None] = belongs_to("accreditation_scheme.id")
    one_of: Mapped[bool] = mapped_column(default=False)

    staff_group: Mapped[StaffGroup | None] = relationship()
    attended_course: Mapped[Course | None] = relationship(foreign_keys=attended_course_id)
    scheme: Mapped[AccreditationScheme | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN sector IS NULL THEN 0 ELSE 1 END) + (CASE WHEN staff_group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN attended_course_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN scheme_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="asks_one_thing",
        ),
    )
