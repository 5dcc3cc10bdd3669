"""Resources, their versions, and who had which."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core.db import Base, belongs_to
from sscb_training.core.files import KeptFile
from sscb_training.people.models import Person


class Resource(Base):
    """Something that whoever may use the tool may have: what its present version holds. Retired, it is for staff alone."""

    __tablename__ = "tool_resource"

    scheme_id: Mapped[int] = belongs_to("accreditation_scheme.id", index=False)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
    retired_at: Mapped[datetime | None]

    scheme: Mapped[AccreditationScheme] = relationship()
    versions: Mapped[list["ResourceVersion"]] = relationship(
        back_populates="resource",
        order_by="ResourceVersion.valid_from.desc(), ResourceVersion.id.desc()",
    )

    __table_args__ = (Index("ix_tool_resource_scheme_id", "scheme_id", "position"),)

    def present(self, on: date) -> "ResourceVersion | None":
        """The version that counts on this day: of those that have begun and were not taken back, the latest."""
        if self.retired_at is not None:
            return None
        return next((one for one in self.versions if one.counts(on)), None)


class ResourceVersion(Base):
    """A file or a link, from `valid_from` until the next version begins. `name` is how its publisher calls it.

    `taken_back_at`: the wrong thing was put there, and since then it is for staff alone.
    """

    __tablename__ = "tool_resource_version"

    resource_id: Mapped[int] = belongs_to("tool_resource.id")
    name: Mapped[str]
    valid_from: Mapped[date]
    url: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = belongs_to("kept_file.id")
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None]
    taken_back_at: Mapped[datetime | None]

    resource: Mapped[Resource] = relationship(back_populates="versions")
    file: Mapped[KeptFile | None] = relationship()

    __table_args__ = (CheckConstraint("(url = '') <> (file_id IS NULL)", name="is_a_file_or_a_link"),)

    def counts(self, on: date) -> bool:
        """Whether it has begun by this day and was not taken back."""
        return self.taken_back_at is None and self.valid_from <= on

    @property
    def kind(self) -> str:
        """What a link to it says after its name: "PDF, 120 KB"."""
        return self.file.label if self.file else "Link"


class ResourceReader(Base):
    """That somebody had a version, and since when: once, however often they open it."""

    __tablename__ = "tool_resource_reader"

    version_id: Mapped[int] = belongs_to("tool_resource_version.id", index=False)
    person_id: Mapped[int] = belongs_to("person.id")
    first_at: Mapped[datetime]

    version: Mapped[ResourceVersion] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("version_id", "person_id"),)
