"""Imports, their rows, what spellings in files mean, and the earlier training that came of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import StaffGroup
from sscb_training.core.db import KEYS_ONCE, Base, belongs_to, words
from sscb_training.courses.models import Course
from sscb_training.people.models import Person


class ImportState(StrEnum):
    """How far an import is. It *runs* from its confirmation on, also while it waits for the worker."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        return STATE_LABELS.get(self, self.value.capitalize())


STATE_LABELS = {
    ImportState.UPLOADED: "Columns to match",
    ImportState.CHECKED: "To be decided",
    ImportState.UNDOING: "Being undone",
}


class Verdict(StrEnum):
    """What becomes of a row."""

    MATCHED = "matched"
    NEW = "new"
    AMBIGUOUS = "ambiguous"
    REJECTED = "rejected"
    KNOWN = "known"
    LEFT_OUT = "left_out"

    @property
    def label(self) -> str:
        return LABELS.get(self, self.value.replace("_", " ").capitalize())

    @property
    def is_imported(self) -> bool:
        return self in {Verdict.MATCHED, Verdict.NEW}


LABELS = {Verdict.NEW: "New person", Verdict.KNOWN: "Here already"}


class Assessment(StrEnum):
    """What is known of the assessment of somebody who attended."""

    NONE = "none"
    NOT_EVIDENCED = "not_evidenced"
    NOT_PASSED = "not_passed"

    @property
    def label(self) -> str:
        return ASSESSMENT_LABELS[self]


ASSESSMENT_LABELS = {
    Assessment.NONE: "Attended",
    Assessment.NOT_EVIDENCED: "Trained, assessment not evidenced",
    Assessment.NOT_PASSED: "Trained, assessment not passed",
}


class Kind(StrEnum):
    """What a name in a file can be the name of; a spelling that is not known is asked about once for all rows."""

    AGENCY = "agency"
    SCHEME = "scheme"
    COURSE = "course"
    STAFF_GROUP = "staff_group"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


class TrainingImport(Base):
    """One file of earlier training. The file itself is not kept: its cells stand in the rows until they are forgotten.

    `columns` says which column holds what; `scheme`, `course` and `staff_group` hold for rows that name none. New people
    work at their agency now if `jobs_are_current`; otherwise their agency waits to be confirmed and counts nowhere.
    `headings_key` is what files with the same headings share. `trouble` is why it is held up, or why an undoing was
    given up.
    """

    __tablename__ = "training_import"
    __table_args__ = (KEYS_ONCE,)

    name: Mapped[str]
    sheet: Mapped[str] = mapped_column(default="")
    headings: Mapped[list[str]] = mapped_column(JSON)
    headings_key: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(index=True)
    columns: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    scheme_id: Mapped[int | None] = belongs_to("accreditation_scheme.id", index=False)
    course_id: Mapped[int | None] = belongs_to("course.id", index=False)
    staff_group_id: Mapped[int | None] = belongs_to("staff_group.id", index=False)
    jobs_are_current: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ImportState] = mapped_column(words(ImportState), index=True)
    rows_total: Mapped[int]
    rows_done: Mapped[int] = mapped_column(default=0)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int | None] = belongs_to("person.id", index=False)
    confirmed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = belongs_to("person.id", index=False)
    forgotten_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(Text, default="")

    uploaded_by: Mapped[Person | None] = relationship(foreign_keys=[uploaded_by_id])
    scheme: Mapped[AccreditationScheme | None] = relationship()
    course: Mapped[Course | None] = relationship()
    staff_group: Mapped[StaffGroup | None] = relationship()

    @property
    def is_held_up(self) -> bool:
        """Whether the worker could not go on with it, and staff have to say what becomes of it."""
        return bool(self.trouble) and self.state in {ImportState.RUNNING, ImportState.UNDOING}


class ImportRow(Base):
    """One row of a file: its cells, what becomes of it and why, and what it made.

    `number` is the row as the spreadsheet counts, headings first. Of an ambiguous row `asks` and `asks_value` say which
    name must be explained, or `candidates` whom it may mean. `decision` stands when it is checked again: a person's key,
    or a word. `made_person` is true of the row that added its person.
    """

    __tablename__ = "import_row"

    training_import_id: Mapped[int] = belongs_to("training_import.id", index=False)
    number: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(JSON)
    name: Mapped[str] = mapped_column(default="")
    says: Mapped[str] = mapped_column(Text, default="")
    verdict: Mapped[Verdict | None] = mapped_column(words(Verdict))
    why: Mapped[str] = mapped_column(Text, default="")
    asks: Mapped[Kind | None] = mapped_column(words(Kind))
    asks_value: Mapped[str] = mapped_column(Text, default="")
    candidates: Mapped[list[int]] = mapped_column(JSON, default=list)
    decision: Mapped[str] = mapped_column(default="")
    is_done: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = belongs_to("person.id")
    made_person: Mapped[bool] = mapped_column(default=False)
    membership_id: Mapped[int | None] = belongs_to("membership.id")
    accreditation_id: Mapped[int | None] = belongs_to("accreditation.id")

    training_import: Mapped[TrainingImport] = relationship()
    person: Mapped[Person | None] = relationship()

    __table_args__ = (
        UniqueConstraint("training_import_id", "number"),
        Index("ix_import_row_verdict", "training_import_id", "verdict", "asks"),
    )


class Spelling(Base):
    """What a name in files was decided to mean: a row's key, `keep` or `leave_out`. Remembered for later files."""

    __tablename__ = "spelling"

    kind: Mapped[Kind] = mapped_column(words(Kind))
    folded: Mapped[str]
    meaning: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None]

    __table_args__ = (UniqueConstraint("kind", "folded"), KEYS_ONCE)


class SchemeLaunch(Base):
    """When a scheme's tool began to be used here: what a file dates earlier cannot be of this scheme."""

    __tablename__ = "scheme_launch"

    scheme_id: Mapped[int] = mapped_column(ForeignKey("accreditation_scheme.id"), unique=True)
    launched_on: Mapped[date]


class EarlierTraining(Base):
    """An attendance from earlier records, without a booking: of a course, under a scheme, or of what has only a title.

    It accredits nobody. Under a scheme it may count in coverage, where the board says so, until `counts_until`: as long
    as an accreditation of that day would. `key` tells two things of one day apart. `source` is the file and row.
    `recorded_at` is when the service learned of it. `withdrawn_at`: its import was undone, and since then it never counted.
    """

    __tablename__ = "earlier_training"

    person_id: Mapped[int] = belongs_to("person.id", index=False)
    course_id: Mapped[int | None] = belongs_to("course.id")
    scheme_id: Mapped[int | None] = belongs_to("accreditation_scheme.id")
    title: Mapped[str]
    key: Mapped[str]
    attended_on: Mapped[date]
    assessment: Mapped[Assessment] = mapped_column(words(Assessment))
    counts_until: Mapped[date | None]
    source: Mapped[str]
    row_id: Mapped[int | None] = belongs_to("import_row.id")
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    course: Mapped[Course | None] = relationship()


stands = EarlierTraining.withdrawn_at.is_(None)
Index(
    "uq_earlier_training_once",
    EarlierTraining.person_id,
    EarlierTraining.key,
    EarlierTraining.attended_on,
    unique=True,
    sqlite_where=stands,
    postgresql_where=stands,
)
