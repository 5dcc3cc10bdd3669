"""What the rows of a spreadsheet would become, and what is wrong with each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from sscb_training.case_audits.models import ActionKind, ActionStatus, AuditKind, FindingKind
from sscb_training.case_audits.rules import CODE
from sscb_training.core.identifying import looks_like
from sscb_training.imports.rules import Unread, as_read, day_named, fold, read_day, refuse_far_off

Word = TypeVar("Word", bound=StrEnum)
Cells = Mapping[str, str]
Sheets = Mapping[str, Sequence[tuple[int, Cells]]]

LONG, SHORT, LONGEST_CODE = 4000, 200, 30
MOST_CASES = 100_000


class Part(StrEnum):
    """A sheet of the workbook."""

    AUDIT = "Audit"
    FINDINGS = "Findings"
    INDICATORS = "Indicators"
    ACTIONS = "Actions"


COLUMNS: Mapping[Part, Mapping[str, str]] = {
    Part.AUDIT: {
        "code": "Code", "kind": "Kind", "title": "Title", "theme": "Theme", "month": "Month",
        "period_begin": "First day of the period", "period_end": "Last day of the period", "focus": "Focus",
        "method": "Method", "sample_size": "Number of cases", "agencies": "Agencies that took part",
        "re_audit_of": "Re-audit of", "source": "Source",
    },
    Part.FINDINGS: {
        "code": "Code", "kind": "Kind", "text": "What was found", "agencies": "Agencies", "named": "Who is named",
        "note": "Note", "source": "Source",
    },
    Part.INDICATORS: {
        "code": "Code", "text": "What is true of a case that counts", "better": "Better is", "numerator": "True of",
        "denominator": "Out of", "cannot_tell": "Cannot tell", "note": "Note",
    },
    Part.ACTIONS: {
        "code": "Code", "text": "What will be done", "kind": "Kind of action", "status": "Status", "owner": "Owner",
        "due_on": "Due date", "completed_on": "Completed on", "evidence": "Evidence", "findings": "Answers findings",
        "note": "Note",
    },
}  # fmt: skip
"""The headings of each sheet, by the names of what they hold; on the first they stand one below another."""


BRINGS = {Part.FINDINGS: "no findings", Part.INDICATORS: "no results", Part.ACTIONS: "no actions"}


@dataclass(frozen=True)
class Known:
    """What is here already: what names mean, by how they are folded, and the codes that are taken."""

    themes: Mapping[str, int]
    agencies: Mapping[str, int]
    audits: Mapping[str, tuple[int, date]]
    indicators: Mapping[str, tuple[int, str]]
    findings: frozenset[str]
    actions: frozenset[str]


@dataclass
class Line:
    """A row of the file: what it is, and each reason why it cannot be imported."""

    part: Part
    row: int
    what: str = ""
    problems: list[str] = field(default_factory=list)


@dataclass
class Checked:
    """What a file would become. The values are named as the arguments of the verbs; rows here are named by keys."""

    lines: list[Line] = field(default_factory=list)
    audit: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    without: list[Part] = field(default_factory=list)
    """The sheets that the file has not."""

    @property
    def refused(self) -> Sequence[Line]:
        return [line for line in self.lines if line.problems]

    @property
    def missing(self) -> Sequence[str]:
        """What does not come in for want of a sheet, in words."""
        return [f"There is no sheet {part}: {BRINGS[part]} come in" for part in self.without]

    @property
    def said(self) -> str:
        """How many rows are right of those that stand below headings; the first sheet has none: it is one audit."""
        rows = [line for line in self.lines if line.part is not Part.AUDIT]
        right = len([line for line in rows if not line.problems])
        return f"{right} of {len(rows)} findings, indicators and actions are right" if rows else ""


def check(sheets: Sheets, known: Known, *, today: date) -> Checked:
    """What every row would become; rows are refused one by one, and a file with any refused row is refused whole."""
    checked = Checked(without=[part for part in Part if part not in sheets])
    _check_audit(checked, sheets.get(Part.AUDIT, ()), known, today)
    seen: set[str] = set()
    for number, cells in sheets.get(Part.FINDINGS, ()):
        line = _line(checked, Part.FINDINGS, number, cells)
        checked.findings.append(_finding(_Row(Part.FINDINGS, cells, line), known, seen))
    asked: set[str] = set()
    for number, cells in sheets.get(Part.INDICATORS, ()):
        line = _line(checked, Part.INDICATORS, number, cells)
        checked.results.append(_result(_Row(Part.INDICATORS, cells, line), known, asked))
    decided: set[str] = set()
    for number, cells in sheets.get(Part.ACTIONS, ()):
        line = _line(checked, Part.ACTIONS, number, cells)
        checked.actions.append(_action(_Row(Part.ACTIONS, cells, line), known, decided, seen, today))
    return checked


def _line(checked: Checked, part: Part, number: int, cells: Cells) -> Line:
    line = Line(part, number, " ".join(filter(None, (cells.get("code"), cells.get("text")))))
    checked.lines.append(line)
    return line


def _check_audit(checked: Checked, rows: Sequence[tuple[int, Cells]], known: Known, today: date) -> None:
    """The first sheet has a line for each question, so each reason goes to the line that it is about."""
    lines = {
        key: Line(Part.AUDIT, number, _heading(key, answer))
        for number, row in rows
        for key, answer in row.items()
    }
    missing = Line(Part.AUDIT, 1)
    row = _Row(Part.AUDIT, {key: answer for _, one in rows for key, answer in one.items()}, missing, lines)
    code = row.code("code", known.audits, set())
    month = row.month("month", today)
    before = row.text("re_audit_of", longest=LONGEST_CODE)
    if before and before not in known.audits:
        row.say("re_audit_of", f"There is no audit with the code {before}")
    elif before and month and known.audits[before][1] >= month:
        row.say("re_audit_of", f"{before} is not of an earlier month")
    begin, end = row.day("period_begin", today), row.day("period_end", today)
    if begin and end and end < begin:
        row.say("period_end", "It is before the first day of the period")
    checked.audit = {
        "code": code,
        "kind": row.word("kind", AuditKind, AuditKind.CASE_AUDIT),
        "title": row.text("title", required=True, longest=SHORT),
        "theme_id": row.one_of("theme", known.themes, required=True),
        "month": month,
        "period_begin": begin,
        "period_end": end,
        "focus": row.text("focus", required=True),
        "method": row.text("method"),
        "sample_size": row.number("sample_size", least=1),
        "agency_ids": row.each_of("agencies", known.agencies),
        "re_audit_of_id": known.audits[before][0] if before in known.audits else None,
        "source": row.text("source", longest=SHORT),
    }
    checked.lines += [
        *([missing] if missing.problems else []),
        *sorted(lines.values(), key=lambda one: one.row),
    ]


def _finding(row: "_Row", known: Known, seen: set[str]) -> dict[str, Any]:
    return {
        "code": row.code("code", known.findings, seen),
        "kind": row.word("kind", FindingKind),
        "text": row.text("text", required=True),
        "agency_ids": row.each_of("agencies", known.agencies),
        "named": row.text("named", longest=SHORT),
        "note": row.text("note"),
        "source": row.text("source", longest=SHORT),
    }


def _result(row: "_Row", known: Known, asked: set[str]) -> dict[str, Any]:
    """An indicator that is here keeps its words: a file that puts it otherwise asks something else."""
    code, text = row.code("code", (), asked), row.text("text")
    here = known.indicators.get(code)
    better = fold(row.cells.get("better", ""))
    if here is None:
        if not text:
            row.say("text", f"There is no indicator {code} yet: say what is true of a case that counts")
        if better not in {"higher", "lower"}:
            row.say("better", "Enter Higher or Lower")
    elif text and fold(text) != fold(here[1]):
        row.say("text", f"{code} is here as “{here[1]}”. Use those words, or another code")
    numerator, denominator = row.number("numerator", required=True), row.number("denominator", required=True)
    if numerator is not None and denominator is not None and numerator > denominator:
        row.say("numerator", f"It cannot be true of {numerator} out of {denominator}")
    cannot_tell = row.number("cannot_tell") or 0
    if denominator == cannot_tell == 0:
        row.say("denominator", "Enter how many cases were looked at")
    return {
        "indicator_id": here[0] if here else None,
        "code": code,
        "text": text,
        "higher_is_better": better == "higher",
        "numerator": numerator,
        "denominator": denominator,
        "cannot_tell": cannot_tell,
        "note": row.text("note", longest=SHORT),
    }


def _action(row: "_Row", known: Known, decided: set[str], findings: set[str], today: date) -> dict[str, Any]:
    status = row.word("status", ActionStatus)
    completed_on = row.day("completed_on", today)
    if completed_on and status and status is not ActionStatus.COMPLETED:
        row.say("completed_on", "Only a completed action was completed on a day")
    answers = row.parts("findings")
    for code in answers:
        if code not in findings:
            row.say("findings", f"{code} is not on the sheet {Part.FINDINGS}")
    return {
        "code": row.code("code", known.actions, decided),
        "text": row.text("text", required=True),
        "kind": row.word("kind", ActionKind),
        "status": status,
        "owner": row.text("owner", longest=SHORT),
        "due_on": row.day("due_on", date(today.year + 20, 12, 31)),
        "completed_on": completed_on,
        "evidence": row.text("evidence"),
        "finding_codes": answers,
        "note": row.text("note"),
    }


def _heading(key: str, answer: str) -> str:
    return f"{COLUMNS[Part.AUDIT][key]}: {as_read(answer)}"


class _Row:
    """Reads cells; what is wrong with one is said on its line, and its value is then nothing certain."""

    def __init__(self, part: Part, cells: Cells, line: Line, lines: Mapping[str, Line] | None = None) -> None:
        self.part, self.cells, self.line, self.lines = part, cells, line, lines or {}

    def say(self, key: str, problem: str) -> None:
        self.lines.get(key, self.line).problems.append(f"{COLUMNS[self.part][key]}: {problem}")

    def text(self, key: str, *, required: bool = False, longest: int = LONG) -> str:
        words = self.cells.get(key, "")
        found = looks_like(words)
        if found:
            self.say(key, f"it holds what looks like {found}. Take it out: no child’s details belong here")
        if len(words) > longest:
            self.say(key, f"it must be {longest:,} characters or fewer")
        if required and not words:
            self.say(key, "it is empty")
        return words

    def code(self, key: str, taken: Any, seen: set[str]) -> str:
        code = self.text(key, required=True, longest=LONGEST_CODE)
        if code and not CODE.fullmatch(code):
            self.say(key, "it must be letters, numbers and hyphens, like NEG-8")
        if code.lower() in {one.lower() for one in taken}:
            self.say(key, f"{code} is taken. Choose another one")
        if code.lower() in {one.lower() for one in seen}:
            self.say(key, f"{code} stands in the file twice")
        seen.add(code)
        return code

    def word(self, key: str, kind: type[Word], usual: Word | None = None) -> Word | None:
        said = self.cells.get(key, "")
        labels = {str(getattr(member, "label", member.value)): member for member in kind}
        found = {fold(label): member for label, member in labels.items()}.get(
            fold(said), usual if not said else None
        )
        if found is None:
            self.say(key, f"enter one of: {', '.join(labels)}")
        return found

    def one_of(self, key: str, meanings: Mapping[str, int], *, required: bool = False) -> int | None:
        said = self.text(key, required=required, longest=SHORT)
        found = meanings.get(fold(said))
        if said and found is None:
            self.say(key, f"“{said}” is not known here")
        return found

    def parts(self, key: str) -> list[str]:
        """What stands in one cell, kept apart by semicolons, or by commas where there is none."""
        said = self.text(key)
        parts = said.split(";") if ";" in said else said.split(",")
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def each_of(self, key: str, meanings: Mapping[str, int]) -> list[int]:
        """A name may have a comma in it, so the whole cell is looked up first."""
        said = self.cells.get(key, "")
        parts = [said] if fold(said) in meanings else self.parts(key)
        for part in parts:
            if fold(part) not in meanings:
                self.say(key, f"“{part}” is not an agency here")
        return list(dict.fromkeys(meanings[fold(part)] for part in parts if fold(part) in meanings))

    def number(self, key: str, *, required: bool = False, least: int = 0) -> int | None:
        said = self.cells.get(key, "").replace(",", "")
        if not said:
            if required:
                self.say(key, "it is empty")
            return None
        if not (said.isascii() and said.isdecimal() and len(said) < 8 and least <= int(said) <= MOST_CASES):
            self.say(key, f"it must be a whole number between {least:,} and {MOST_CASES:,}")
            return None
        return int(said)

    def day(self, key: str, latest: date) -> date | None:
        said = self.cells.get(key, "")
        if not said:
            return None
        try:
            return read_day(said, today=latest)
        except Unread as unread:
            self.say(key, str(unread))
            return None

    def month(self, key: str, today: date) -> date | None:
        """A month with or without a day."""
        said = self.cells.get(key, "")
        if not said:
            self.say(key, "it is empty")
            return None
        named = (day_named(whole, today=today) for whole in (said, f"1 {said}", f"1/{said}"))
        found = next((day for day in named if day is not None), None)
        if found is None:
            self.say(key, f"“{as_read(said)}” is not a month. Enter month and year, like 5/2026 or May 2026")
            return None
        try:
            refuse_far_off(found, as_read(said), today=today)
        except Unread as unread:
            self.say(key, str(unread))
            return None
        return found.replace(day=1)
