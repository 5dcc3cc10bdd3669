"""What we ask of a file of earlier training: the file, what its columns hold, and what an uncertain row means."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from sscb_training.accreditation.queries import schemes
from sscb_training.agencies.queries import every_agency, staff_groups
from sscb_training.core.db import rows
from sscb_training.core.forms import Form, day, pick, radios, text, upload
from sscb_training.courses.described.queries import courses_found
from sscb_training.imports.judging import LEAVE_OUT, NEW
from sscb_training.imports.models import Kind, Verdict
from sscb_training.imports.queries import Filters
from sscb_training.imports.rules import KEEP_WORDS, Field
from sscb_training.people.forms import groups
from sscb_training.people.models import Person

SEVERAL_NAMES = (Field.FIRST_NAME, Field.LAST_NAME)
SHOWN = 60


class UploadForm(Form):
    """Which file?"""

    file = upload(
        "Upload a file",
        required="Select a file",
        hint="An Excel workbook (.xlsx) or a CSV file, smaller than 4 MB, with at most 20,000 rows",
        accept=".xlsx,.csv",
    )
    sheet = text(
        "Name of the sheet (optional)",
        hint="Only for a workbook with more than one filled sheet",
        max_length=31,
        width="20",
    )


def _schemes() -> dict[int, str]:
    return {scheme.id: scheme.name for scheme in schemes()}


def _courses() -> dict[int, str]:
    return {course.id: f"{course.title} ({course.code})" for course in rows(courses_found())}


class _MatchForm(Form):
    scheme = pick(
        "Accreditation scheme of rows that name none",
        _schemes,
        hint="For a file that is about one tool. Whoever passed is accredited under it",
        blank="None: only rows that name a scheme accredit",
    )
    course = pick(
        "Course of rows that name none",
        _courses,
        hint="Each row is then an attendance of this course as well",
        blank="None",
    )
    staff_group = pick(
        "Staff group of people who are new here and whose row names none",
        groups,
        required="Select a staff group for people who are new here",
    )
    jobs_are_current = radios(
        "Do people who are new here still work at the agency of their row?",
        {
            0: "Not known: their agency has to be confirmed before they count in it",
            1: "Yes: they count in their agency’s coverage from the date of their first training",
        },
        required="Select whether they still work there",
    )

    @property
    def columns(self) -> dict[str, int]:
        """Which column holds what, as {"name": 0}."""
        held = ((str(field.data), field) for field in self if field.name.startswith("column_") and field.data)
        return {what: int(field.name.removeprefix("column_")) for what, field in held}

    def accepted(self) -> bool:
        """Whether the columns say enough: a name, a date, and of what."""
        if not super().accepted():
            return False
        chosen = [str(field.data) for field in self if field.name.startswith("column_") and field.data]
        for what in Field:
            if chosen.count(what) > 1:
                self.form_errors.append(f"Select only one column for {what.label.lower()}")
        if Field.NAME not in chosen and not set(SEVERAL_NAMES) <= set(chosen):
            self.form_errors.append("Select the column with the full name, or those with first and last name")
        if not {Field.ATTENDED_ON, Field.AWARDED_ON} & set(chosen):
            self.form_errors.append("Select the column with the date attended or the date accredited")
        names_something = {Field.COURSE, Field.SCHEME} & set(chosen)
        if not names_something and self.scheme.data is None and self.course.data is None:
            self.form_errors.append("Select a column with the course or scheme, or one for every row")
        return not self.form_errors


def match_form(
    headings: Sequence[str], first: Sequence[Sequence[str]], columns: Mapping[str, int], **usual: Any
) -> _MatchForm:
    """A question for each column, with what stands in its first rows."""
    holds = {place: what for what, place in columns.items()}
    choices = {what.value: what.label for what in Field}
    questions = {}
    for place, heading in enumerate(headings):
        shown = dict.fromkeys(cells[place] for cells in first if place < len(cells) and cells[place])
        said = "; ".join(cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…" for cell in list(shown)[:3])
        questions[f"column_{place}"] = pick(
            heading,
            choices,
            hint=f"For example: {said}" if said else "Nothing in the first rows",
            blank="Ignore it",
        )
    asked: Any = type("MatchForm", (_MatchForm,), questions)
    held: _MatchForm = asked.from_request(
        **{f"column_{place}": holds.get(place) for place in range(len(headings))}, **usual
    )
    return held


class DecidePersonForm(Form):
    """Whom does this row mean?"""

    decision = radios(
        "Whom does this row mean?", {}, required="Select whom the row means, or that it is left out"
    )

    def offer(self, people: Sequence[tuple[Person, str]]) -> None:
        """Let one of these be chosen, each with where they work, or somebody new, or nobody."""
        self.decision.choices = [
            *((str(person.id), f"{person.name}, {where}") for person, where in people),
            (NEW, "Somebody who is new here"),
            (LEAVE_OUT, "Leave the row out"),
        ]


class DecideNameForm(Form):
    """What does this name mean?"""

    meaning = pick("What does it mean?", {}, required="Select what it means")

    def offer(self, kind: Kind) -> None:
        """Let one of what is known here be chosen, or what else can become of the rows."""
        known: dict[Any, str] = dict(_KNOWN[kind]())
        if kind in {Kind.COURSE, Kind.SCHEME}:
            known[KEEP_WORDS] = "Something else: keep it as earlier training under this name"
        known[LEAVE_OUT] = "Leave these rows out"
        self.meaning.choices = [("", "Choose one"), *known.items()]


_KNOWN: dict[Kind, Any] = {
    Kind.AGENCY: lambda: {one.id: one.name for one in every_agency()},
    Kind.SCHEME: _schemes,
    Kind.COURSE: _courses,
    Kind.STAFF_GROUP: lambda: {one.id: one.name for one in staff_groups()},
}


class LaunchForm(Form):
    """Since when?"""

    launched_on = day(
        "First day on which the tool was used here (optional)",
        hint="For example, 1 4 2016. A file cannot date an accreditation earlier. Leave it empty if that is not known",
    )


def filters_from(asked: MultiDict[str, str]) -> Filters:
    """What the address asks for; whatever makes no sense is taken as not asked."""
    verdict = asked.get("verdict", "")
    return Filters(
        verdict=Verdict(verdict) if verdict in set(Verdict) else None, search=asked.get("q", "").strip()[:100]
    )
