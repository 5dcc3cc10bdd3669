"""What headings and cells mean: days come first, passes are said in words, a tool's first version is not the second."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sscb_training.imports.models import Assessment, Kind
from sscb_training.people.rules import is_shared_mailbox

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
IN_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{2}|\d{4})")
IN_WORDS = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ \-/.]?([a-z]{3,9})\.?,?[ \-/.]?(\d{2}|\d{4})"
)
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
WITHOUT_A_DAY = re.compile(r"([a-z]{3,9}\.?[ \-/.]?)?(\d{4}|\d{2})|\d{1,2}[/.\-]\d{4}")
AT_A_TIME = re.compile(r"[ t]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?z?$")
EMAIL = re.compile(r"[^@\s\"(),:;<>\[\\\]]+@[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?\.[a-z]{2,}", re.I)
EXCELS_FIRST = date(1899, 12, 30)
SERIALS = range(20_000, 80_000)  # 1954 to 2119
EARLIEST = date(1990, 1, 1)
LONGEST = {"email": 254}
USUALLY_LONGEST = 200


class Field(StrEnum):
    """What a column of a file can hold."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    FORMER_NAME = "former_name"
    AGENCY = "agency"
    JOB_TITLE = "job_title"
    STAFF_GROUP = "staff_group"
    COURSE = "course"
    ATTENDED_ON = "attended_on"
    SCHEME = "scheme"
    AWARDED_ON = "awarded_on"
    PASSED = "passed"
    SCORE = "score"

    @property
    def label(self) -> str:
        return FIELD_LABELS.get(self, self.value.replace("_", " ").capitalize())


FIELD_LABELS = {
    Field.NAME: "Full name",
    Field.EMAIL: "Email address",
    Field.ATTENDED_ON: "Date attended",
    Field.SCHEME: "Accreditation scheme",
    Field.AWARDED_ON: "Date accredited",
    Field.PASSED: "Assessment passed",
    Field.SCORE: "Assessment score",
}
HEADINGS = {
    Field.NAME: "name, full name, delegate, delegate name, attendee, participant, practitioner, worker, staff name, learner",
    Field.FIRST_NAME: "first name, forename, given name, christian name",
    Field.LAST_NAME: "last name, surname, family name, second name",
    Field.EMAIL: "email, e mail, email address, e mail address, work email, work email address, contact email",
    Field.FORMER_NAME: "former name, maiden name, previous name, previous surname, known as before, nee",
    Field.AGENCY: "agency, organisation, organization, employer, company, school, team organisation, agency name, service",
    Field.JOB_TITLE: "job title, job, role, position, post, job role, designation, occupation",
    Field.STAFF_GROUP: "staff group, workforce group, worker group",
    Field.COURSE: "course, course title, course name, training, event, training course, course code, training attended",
    Field.ATTENDED_ON: "date attended, date, training date, course date, attended on, date of training, date trained, "
    "attended",
    Field.SCHEME: "scheme, accreditation, accreditation scheme, tool, qualification",
    Field.AWARDED_ON: "date accredited, award date, accreditation date, awarded on, date awarded, accredited on, date of "
    "accreditation, date of award",
    Field.PASSED: "passed, pass, result, outcome, assessment passed, pass fail, accredited, assessment result, assessment",
    Field.SCORE: "score, mark, percent, percentage, assessment score, assessment mark, test score",
}
KNOWN_HEADINGS = {words.strip(): kind for kind, said in HEADINGS.items() for words in said.split(",")}

YES = {
    "y",
    "yes",
    "pass",
    "passed",
    "true",
    "1",
    "accredited",
    "achieved",
    "competent",
    "p",
    "✓",
    "✔",
    "complete",
}
NO = {
    "n",
    "no",
    "fail",
    "failed",
    "f",
    "false",
    "0",
    "refer",
    "referred",
    "not passed",
    "did not pass",
    "not accredited",
}
NOT_SAID = {
    "",
    "-",
    "–",
    "n/a",
    "na",
    "none",
    "not recorded",
    "not known",
    "unknown",
    "?",
    "tbc",
    "not assessed",
}
"""Words for yes, for no, and for nothing at all."""


class Unread(Exception):
    """A cell that means nothing certain; the message says why, to be read after the row's number."""


def fold(words: str) -> str:
    """The form in which two spellings are equal: without regard to case, width, spaces and kinds of apostrophe."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().replace("’", "'").split())


def fold_name(name: str) -> str:
    """As `fold`, with "Patel, Asha" turned round."""
    last, comma, first = fold(name).partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else last.strip()


def guessed_columns(headings: Sequence[str]) -> dict[str, int]:
    """Which column holds what, by its heading: {"name": 0}. The first of two that say the same; others are left alone."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        words = " ".join(re.sub(r"[^\w]+", " ", fold(heading)).split())
        if kind := KNOWN_HEADINGS.get(words):
            found.setdefault(kind.value, place)
    return found


def headings_key(headings: Sequence[str]) -> str:
    """What two files with the same headings share."""
    return "|".join(fold(heading) for heading in headings)


def read_day(words: str, *, today: date) -> date:
    """The day that a cell names: day-first, "10/11/16" is 10 November 2016. Refuses one without a day, or to come.

    Two figures of a year are of this century until twenty years from now. A bare number is how Excel keeps a day.
    """
    found = day_named(words, today=today)
    said, read = _without_a_time(words), as_read(words)
    if found is None:
        if WITHOUT_A_DAY.fullmatch(said):
            raise Unread(f"“{read}” has no day. Enter day, month and year, like 10/11/2016")
        if (numbers := IN_NUMBERS.fullmatch(said)) and int(numbers[2]) > 12 >= int(numbers[1]):
            raise Unread(
                f"“{read}” is not a date with the day first. Enter day, month and year, like 10/11/2016"
            )
        raise Unread(f"“{read}” is not a date. Enter day, month and year, like 10/11/2016")
    refuse_far_off(found, read, today=today)
    return found


def day_named(words: str, *, today: date) -> date | None:
    """The day that a cell names, whenever it is; None where it names none."""
    try:
        return _day(_without_a_time(words), today)
    except (ValueError, OverflowError):
        return None


def refuse_far_off(day: date, read: str, *, today: date) -> None:
    """Refuse a day to come, and one so long ago that the year must be wrong."""
    if day > today:
        raise Unread(f"“{read}” is in the future")
    if day < EARLIEST:
        raise Unread(f"“{read}” is before {EARLIEST.year}")


def as_read(words: str) -> str:
    """A cell as whoever filled it in saw it: a day of Excel's arrives as 2016-11-10 and was 10 November 2016."""
    said = _without_a_time(words)
    try:
        return f"{date.fromisoformat(said):%-d %B %Y}" if ISO.fullmatch(said) else words
    except ValueError:
        return words


def _without_a_time(words: str) -> str:
    return AT_A_TIME.sub("", fold(words))


def _day(said: str, today: date) -> date | None:
    if iso := ISO.fullmatch(said):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if numbers := IN_NUMBERS.fullmatch(said):
        return date(_year(numbers[3], today), int(numbers[2]), int(numbers[1]))
    if in_words := IN_WORDS.fullmatch(said):
        return date(_year(in_words[3], today), MONTHS.index(in_words[2][:3]) + 1, int(in_words[1]))
    number = said.partition(".")[0]
    if number.isascii() and number.isdecimal() and len(number) == 5 and int(number) in SERIALS:
        return EXCELS_FIRST + timedelta(days=int(number))
    return None


def _year(figures: str, today: date) -> int:
    year = int(figures)
    if len(figures) == 4:
        return year
    return 2000 + year if 2000 + year <= today.year + 20 else 1900 + year


def read_passed(words: str) -> bool | None:
    """Whether a cell says that the assessment was passed; None where it does not say."""
    said = fold(words).rstrip(".")
    if said in NOT_SAID:
        return None
    if said in YES or said in NO:
        return said in YES
    raise Unread(f"“{words}” does not say whether the assessment was passed. Enter yes or no")


def read_score(words: str) -> int | None:
    """A score in per cent, rounded down; None where there is none. Excel keeps 85% as 0.85."""
    said = fold(words).removesuffix("%").strip()
    if said in NOT_SAID:
        return None
    try:
        if found := re.fullmatch(r"(\d{1,3})\s*(?:/|out of)\s*(\d{1,3})", said, re.ASCII):
            percent = int(found[1]) / int(found[2]) * 100
        elif re.fullmatch(r"\d{1,3}(\.\d+)?", said, re.ASCII):
            percent = float(said) * (100 if said.startswith("0.") and "%" not in words else 1)
        else:
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise Unread(f"“{words}” is not a score. Enter per cent, like 85") from None
    if percent == 1 and "%" not in words and "/" not in words:
        raise Unread("The score 1 may mean 1 or 100 per cent. Enter 1% or 100%")
    if percent > 100:
        raise Unread(f"The score “{words}” is more than 100 per cent")
    return int(percent + 1e-9)


@dataclass(frozen=True)
class Scheme:
    """What must be known of an accreditation scheme. `pass_marks`: the pass mark from a day on, oldest first."""

    id: int
    code: str
    name: str
    launched_on: date | None
    pass_marks: Sequence[tuple[date, int | None]]

    def pass_mark(self, on: date) -> int | None:
        """The pass mark on a day; before the first terms held, theirs."""
        return self.pass_marks[max(0, bisect_right([since for since, _ in self.pass_marks], on) - 1)][1]


NOBODY_ACCREDITED = "The pass or score accredits nobody, as no accreditation scheme is named"
KEEP_WORDS = "keep"
LEAVE_OUT = "leave_out"


@dataclass(frozen=True)
class Words:
    """The names that are known, folded, by kind; and what was decided of other spellings: a row's key, keep, leave out."""

    named: Mapping[Kind, Mapping[str, int]]
    decided: Mapping[tuple[Kind, str], int | str]
    schemes: Mapping[int, Scheme]
    titles: Mapping[int, str]

    def scheme_called(self, words: str) -> int | None:
        """The scheme of this code or name; "GCP 2" and "GCP-2" are the code GCP2."""
        named, said = self.named[Kind.SCHEME], fold(words)
        return named.get(said) or named.get(re.sub(r"[ \-]", "", said))

    def is_scheme_alone(self, words: str) -> bool:
        """Whether what stands in the column of courses is a scheme and no course: many lists say only GCP2."""
        is_course = fold(words) in self.named[Kind.COURSE] or (Kind.COURSE, fold(words)) in self.decided
        return not is_course and self.scheme_called(words) is not None

    def first_version_of(self, words: str) -> Scheme | None:
        """The scheme whose code or name this is without the number at its end: GCP is not GCP2."""
        said = fold(words)
        for scheme in self.schemes.values():
            for name in (fold(scheme.code), fold(scheme.name)):
                first = re.sub(r"\s*\d+$", "", name)
                if first != name and said in {first, f"{first} 1", f"{first}1", f"{first} (original)"}:
                    return scheme
        return None


class Ask(Exception):
    """A name in the file that is not known: somebody must say what it means."""

    def __init__(self, kind: Kind, words: str) -> None:
        super().__init__(f"The {kind.label} “{words}” is not known here")
        self.kind, self.words = kind, words


class LeftOut(Exception):
    """A row that somebody decided not to import."""


@dataclass(frozen=True)
class Usual:
    """What holds for every row that does not say otherwise."""

    scheme_id: int | None = None
    course_id: int | None = None
    staff_group_id: int | None = None


@dataclass(frozen=True)
class Award:
    """An accreditation that a row evidences."""

    scheme_id: int
    awarded_on: date
    code: str


@dataclass(frozen=True)
class Training:
    """An attendance: of a course, or under a scheme, or of what has only a title. `key` tells it apart."""

    title: str
    on: date
    assessment: Assessment
    course_id: int | None = None
    scheme_id: int | None = None

    @property
    def key(self) -> str:
        if self.course_id is not None:
            return f"course {self.course_id}"
        return f"scheme {self.scheme_id}" if self.scheme_id is not None else fold(self.title)


@dataclass(frozen=True)
class Claim:
    """What a row says: of whom, and what they attended or were awarded. `note` is what the reader should know of it."""

    name: str
    email: str
    letters_to: str
    former_name: str
    agency_id: int | None
    job_title: str
    staff_group_id: int | None
    award: Award | None
    trainings: Sequence[Training] = field(default=())
    note: str = ""

    @property
    def first_day(self) -> date:
        return min([*(one.on for one in self.trainings), *([self.award.awarded_on] if self.award else [])])


Cells = Callable[[Field], str]


def cells_by_field(cells: Sequence[str], columns: Mapping[str, int]) -> Cells:
    """A row's cells by what they hold; nothing for what no column holds."""

    def of(kind: Field) -> str:
        place = columns.get(kind.value)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    return of


def name_in(of: Cells) -> str:
    """The name that a row gives, in one cell or two."""
    return of(Field.NAME) or f"{of(Field.FIRST_NAME)} {of(Field.LAST_NAME)}".strip()


def claim_of(of: Cells, columns: Mapping[str, int], words: Words, usual: Usual, *, today: date) -> Claim:
    """What a row says. Raises Unread with the reason to reject it, Ask for a name that is not known, or LeftOut."""
    name = _name(of)
    email = of(Field.EMAIL)
    if email and not EMAIL.fullmatch(email):
        raise Unread(f"“{email}” is not an email address")
    for kind in Field:
        if len(of(kind)) > LONGEST.get(kind.value, USUALLY_LONGEST):
            raise Unread(
                f"{kind.label} must be {LONGEST.get(kind.value, USUALLY_LONGEST)} characters or fewer"
            )
    attended_on = _optional_day(of(Field.ATTENDED_ON), today)
    awarded_on = _optional_day(of(Field.AWARDED_ON), today)
    on = awarded_on or attended_on
    if on is None:
        raise Unread("There is no date. Enter the date attended or the date accredited")
    if attended_on and awarded_on and awarded_on < attended_on:
        raise Unread("The date accredited is before the date attended")
    passed, score = read_passed(of(Field.PASSED)), read_score(of(Field.SCORE))
    is_shared = bool(email) and is_shared_mailbox(email)
    agency = _meant(words, Kind.AGENCY, of(Field.AGENCY))
    group = _meant(words, Kind.STAFF_GROUP, of(Field.STAFF_GROUP)) or usual.staff_group_id
    award, trainings, note = _earned(
        of, columns, words, usual, attended_on=attended_on or on, on=on, passed=passed, score=score
    )
    return Claim(
        name=name,
        email="" if is_shared else email,
        letters_to=email if is_shared else "",
        former_name=of(Field.FORMER_NAME),
        agency_id=agency if isinstance(agency, int) else None,
        job_title=of(Field.JOB_TITLE),
        staff_group_id=group if isinstance(group, int) else None,
        award=award,
        trainings=trainings,
        note=note,
    )


def _name(of: Cells) -> str:
    name = name_in(of)
    if not name:
        raise Unread("There is no name")
    if "@" in name or not any(letter.isalpha() for letter in name):
        raise Unread(f"“{name}” is not a name")
    if name.startswith(("=", "+", "-", "@")):
        raise Unread(f"“{name}” is a formula and not a name")
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else name


def _optional_day(words: str, today: date) -> date | None:
    return None if fold(words) in NOT_SAID else read_day(words, today=today)


def _meant(words: Words, kind: Kind, said: str) -> int | str | None:
    """The row that a name in the file means, or KEEP_WORDS; nothing where the cell is empty."""
    if not said:
        return None
    found = words.named[kind].get(fold(said)) or words.decided.get((kind, fold(said)))
    if found is None and kind is Kind.SCHEME:
        found = words.scheme_called(said)
    if found is None:
        raise Ask(kind, said)
    if found == LEAVE_OUT:
        raise LeftOut(f"Rows of the {kind.label} “{said}” are left out")
    return found


def _earned(
    of: Cells,
    columns: Mapping[str, int],
    words: Words,
    usual: Usual,
    *,
    attended_on: date,
    on: date,
    passed: bool | None,
    score: int | None,
) -> tuple[Award | None, list[Training], str]:
    """What the row evidences: an accreditation, attendances, or both; and a note where that is not what one may expect."""
    said_scheme, said_course = of(Field.SCHEME), of(Field.COURSE)
    if not said_scheme and said_course and words.is_scheme_alone(said_course):
        said_scheme, said_course = said_course, ""
    is_a_scheme = words.scheme_called(said_scheme) is not None  # the board may have the earlier one, too
    for said in ("" if is_a_scheme else said_scheme, said_course):
        if said and (later := words.first_version_of(said)):
            kept = Training(said, on, Assessment.NOT_EVIDENCED if passed is None else _assessment(passed))
            return (
                None,
                [kept],
                f"{said} is the first version and not {later.code}, so it is kept as earlier training",
            )
    scheme_id = _meant(words, Kind.SCHEME, said_scheme) if said_scheme else usual.scheme_id
    course_id = _meant(words, Kind.COURSE, said_course) if said_course else usual.course_id
    if scheme_id is None and course_id is None:
        raise Unread("There is no course and no accreditation scheme")
    trainings = []
    if isinstance(course_id, int):
        trainings.append(Training(words.titles[course_id], attended_on, Assessment.NONE, course_id=course_id))
    elif course_id is not None:
        trainings.append(Training(said_course, attended_on, Assessment.NONE))
    if not isinstance(scheme_id, int):
        if scheme_id is not None:
            return None, [*trainings, Training(said_scheme, on, Assessment.NOT_EVIDENCED)], ""
        return None, trainings, NOBODY_ACCREDITED if passed or score is not None else ""
    scheme = words.schemes[scheme_id]
    if scheme.launched_on and on < scheme.launched_on:
        raise Unread(
            f"{scheme.code} began here on {_plain(scheme.launched_on)}, and the row says {_plain(on)}"
        )
    has_passed = _is_evidenced(of, columns, scheme, on=on, passed=passed, score=score)
    if has_passed:
        return Award(scheme_id, on, scheme.code), trainings, ""
    assessment = Assessment.NOT_EVIDENCED if has_passed is None else Assessment.NOT_PASSED
    return None, [*trainings, Training(scheme.name, on, assessment, scheme_id=scheme_id)], assessment.label


def _is_evidenced(
    of: Cells, columns: Mapping[str, int], scheme: Scheme, *, on: date, passed: bool | None, score: int | None
) -> bool | None:
    """Whether the row shows that the assessment was passed; None where it does not say.

    A date of accreditation is evidence in a file that has no column for a pass or a score. Where nothing is assessed,
    attending is enough.
    """
    mark = scheme.pass_mark(on)
    if score is not None and mark is not None:
        if passed is not None and passed is not (score >= mark):
            raise Unread(
                f"The score is {score} with a pass mark of {mark}, but the row says {'passed' if passed else 'not passed'}"
            )
        return score >= mark
    if passed is not None:
        return passed
    says_nothing_of_it = Field.PASSED.value not in columns and Field.SCORE.value not in columns
    if mark is None or (of(Field.AWARDED_ON) and says_nothing_of_it):
        return True
    return None


def _assessment(passed: bool) -> Assessment:
    return Assessment.NONE if passed else Assessment.NOT_PASSED


def _plain(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
