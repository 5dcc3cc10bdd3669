"""What we ask of headcounts: whom to ask for them, and the numbers themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wtforms.validators import Optional

from sscb_training.agencies.models import Confidence, StaffGroup
from sscb_training.agencies.queries import GroupHeadcount
from sscb_training.agencies.service import Line
from sscb_training.core import forms
from sscb_training.core.lists import ListRefused
from sscb_training.needs.headcounts import files, rules
from sscb_training.needs.headcounts.files import CANNOT_TELL, KNOWN, NONE
from sscb_training.needs.headcounts.queries import Asked

LONGEST_LIST = 60_000
SOURCE = "For example, staff list of 1 September 2026, or email from the HR department"
TO_LOOK_AT = (
    "Say that the numbers that differ from the last return by more than half are right, or correct them"
)


class AskForm(forms.Form):
    """Whom the board asks, and by when."""

    agencies = forms.checkboxes("Agencies", {}, required="Select at least one agency")
    due_on = forms.day(
        "Send in by", required="Enter the day by which they are to be sent in", hint="Today or a later day"
    )


@dataclass(frozen=True)
class Surprise:
    """A number that differs from the last one by more than half."""

    staff_group: StaffGroup
    number: int
    before: int
    before_as_at: date

    @property
    def key(self) -> str:
        """What is ticked to say that it is right; of another number it is another."""
        return f"{self.staff_group.id}:{self.number}"


def surprises(lines: Sequence[Line], asked: Sequence[GroupHeadcount]) -> list[Surprise]:
    """The numbers that are to be looked at once more."""
    before = {one.staff_group.id: one.headcount for one in asked if one.headcount is not None}
    return [
        Surprise(line.staff_group, line.number, last.number, last.as_at)
        for line in lines
        if line.number is not None
        and (last := before.get(line.staff_group.id)) is not None
        and rules.differs_much(line.number, last.number)
    ]


class ReturnForm(forms.Form):
    """The numbers of an agency, a staff group a row: `number_7` and `known_7` are those of the group whose key is 7."""

    as_at = forms.day("As at", required="Enter the day that the numbers were true of")
    source = forms.text(
        "Source",
        required="Enter where the numbers come from",
        hint=SOURCE,
        checks=[forms.nothing_of_a_childs],
    )
    none_left = forms.tick("We have none of the staff groups above that I left empty")
    sure = forms.checkboxes("Numbers that are right", {})

    asked = Asked((), ())
    today = date.min
    to_look_at: Mapping[int, Surprise] = {}

    @classmethod
    def of(cls, asked: Asked, *, today: date, **usual: Any) -> "ReturnForm":
        """The form with a row for each of these staff groups."""
        rows: dict[str, Any] = {"asked": asked, "today": today}
        for one in asked.all:
            group = one.staff_group
            rows[f"number_{group.id}"] = forms.whole_number(
                "Number", most=files.MOST, name=f"The number of {group.name}"
            )
            rows[f"known_{group.id}"] = forms.pick("How do you know?", KNOWN)
        made: type[ReturnForm] = type(cls)("ReturnForm", (cls,), rows)  # type: ignore[misc]
        return made.from_request(**usual)

    @property
    def others_are_open(self) -> bool:
        """Whether anything was said of the other staff groups, or was wrong there."""
        fields = [field for one in self.asked.others for field in self.row(one.staff_group)]
        return any(field.errors or field.data is not None for field in fields)

    def row(self, staff_group: StaffGroup) -> tuple[Any, Any]:
        """The two questions about a staff group."""
        return self[f"number_{staff_group.id}"], self[f"known_{staff_group.id}"]

    def validate(self, extra_validators: Any = None) -> bool:
        """What cannot be told yet has no source, and needs no day."""
        said = [field.data for one in self.asked.all for field in self.row(one.staff_group)]
        if set(said) == {None, CANNOT_TELL} and not self.none_left.data:
            for field in (self.as_at, self.source):
                field.validators = [Optional(), *field.validators[1:]]
        return bool(super().validate(extra_validators))

    def accepted(self) -> bool:
        """Also that something was said, that it fits together, and that numbers far from the last ones are meant."""
        numbers = [(one.staff_group, *self.row(one.staff_group)) for one in self.asked.all]
        given = {f"{group.id}:{number.data}": "" for group, number, _ in numbers if number.data is not None}
        forms.also_offer(self.sure, given)
        if not super().accepted():
            return False
        for group, number, known in numbers:
            _compare(group, number, known)
        if any(field.errors for _, *fields in numbers for field in fields):
            return False
        if not self.lines:
            self.form_errors.append("Enter at least one number, or say that you have none or cannot tell yet")
            return False
        found = surprises(self.lines, self.asked.all)
        self.to_look_at = {one.staff_group.id: one for one in found if one.key not in (self.sure.data or ())}
        if self.to_look_at:
            self.sure.errors = [TO_LOOK_AT]
        return not self.to_look_at

    @property
    def lines(self) -> list[Line]:
        """What was said of each staff group; one left empty is not among them, unless none is left."""
        lines = []
        for one in self.asked.all:
            number, known = self.row(one.staff_group)
            is_none = self.none_left.data and number.data is None and one in self.asked.groups
            how = known.data or (NONE if is_none else None)
            if how is not None:
                lines.append(
                    files.line_of(
                        one.staff_group,
                        number.data,
                        how,
                        as_at=self.as_at.data or self.today,
                        source=self.source.data,
                    )
                )
        return lines


def _compare(group: StaffGroup, number: Any, known: Any) -> None:
    """A number and how it is known go together; none and what cannot be told have no number."""
    if number.data is None and known.data in list(Confidence):
        number.errors = [f"Enter the number of {group.name}"]
    elif number.data is not None and known.data is None:
        known.errors = [f"Select how you know the number of {group.name}"]
    elif number.data and known.data in {NONE, CANNOT_TELL}:
        number.errors = [f"{group.name} has a number beside “{KNOWN[known.data]}”. Keep one of them"]


class UploadForm(forms.Form):
    """A spreadsheet of numbers."""

    file = forms.upload("Spreadsheet", required="Select a file", accept=".csv,.xlsx")
    form_errors_about = "file"

    def lines(self, groups: Sequence[StaffGroup], *, today: date) -> list[Line]:
        """What the file says; nothing where it cannot be read, which the form then says."""
        try:
            return files.lines_in_file(self.file.data.read(), groups, today=today)
        except ListRefused as refusal:
            if len(refusal.problems) == 1:
                self.file.errors = refusal.problems
            else:
                self.file.errors = ["Nothing was recorded. The list at the top of the page says why"]
                self.form_errors.extend(refusal.problems)
            return []


class CheckedForm(forms.Form):
    """The numbers of a spreadsheet that was looked at; the list comes along unseen."""

    listed = forms.hidden(max_length=LONGEST_LIST)
    sure = forms.tick("The numbers marked “much changed” are right")

    def lines(self, groups: Sequence[StaffGroup], *, today: date) -> list[Line]:
        """What the list says; refused where somebody wrote another into it."""
        return files.lines_in_text(self.listed.data or "", groups, today=today)
