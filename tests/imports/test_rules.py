"""What cells mean."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from sscb_training.imports.identity import Directory, Known
from sscb_training.imports.models import Assessment, Kind, Verdict
from sscb_training.imports.rules import (
    Award,
    Claim,
    Field,
    Scheme,
    Unread,
    Usual,
    Words,
    cells_by_field,
    claim_of,
    fold_name,
    guessed_columns,
    read_day,
    read_passed,
    read_score,
)

pytestmark = pytest.mark.one_database  # no database at all

TODAY = date(2026, 11, 23)
TENTH = date(2016, 11, 10)
GCP2 = Scheme(7, "GCP2", "Graded Care Profile 2", date(2016, 4, 1), [(date(2000, 1, 1), 80)])
KNOWN = Words(
    named={
        Kind.AGENCY: {"hill school": 3},
        Kind.SCHEME: {"gcp2": 7, "graded care profile 2": 7},
        Kind.COURSE: {"working together": 5},
        Kind.STAFF_GROUP: {},
    },
    decided={(Kind.COURSE, "wt day"): 5, (Kind.AGENCY, "closed school"): "leave_out"},
    schemes={7: GCP2},
    titles={5: "Working together"},
)


def test_read_day_has_the_day_first() -> None:
    each = (
        "10/11/16", "10.11.2016", "10-11-16", "10 Nov 2016", "10th November 16", "Thursday 10 November 2016", "10-Nov-16",
        "2016-11-10", "2016-11-10 00:00:00", "42684", "10/11/2016 09:30",
    )  # fmt: skip

    assert {words: read_day(words, today=TODAY) for words in each} == dict.fromkeys(each, TENTH)


def why_not(read: Callable[..., object], words: str, **given: object) -> str:
    with pytest.raises(Unread) as problem:
        read(words, **given)
    return str(problem.value)


def test_read_day_says_why_it_reads_none() -> None:
    reasons = {
        "Nov 2016": "has no day",
        "2016": "has no day",
        "11/2016": "has no day",
        "11/25/2016": "with the day first",
        "31/02/2016": "is not a date",
        "10 Foo 2016": "is not a date",
        "24/11/2026": "is in the future",
        "1/1/27": "is in the future",
        "1/1/1950": "is before 1990",
        "=TODAY()": "is not a date",
        "9\u0660/1/2016": "is not a date",
    }

    assert [words for words, why in reasons.items() if why not in why_not(read_day, words, today=TODAY)] == []


def test_read_day_knows_the_last_century_by_two_figures() -> None:
    assert read_day("5/6/98", today=TODAY) == date(1998, 6, 5)


def test_read_passed_takes_the_words_that_people_use() -> None:
    said = {"Yes": True, "PASS": True, "n": False, "Refer": False, "": None, "N/A": None}

    assert {words: read_passed(words) for words in said} == said
    assert "Enter yes or no" in why_not(read_passed, "perhaps")


def test_read_score_is_in_per_cent() -> None:
    said = {"85": 85, "85%": 85, "0.85": 85, "17/20": 85, "84.9": 84, "100": 100, "-": None}

    assert {words: read_score(words) for words in said} == said
    assert all(why_not(read_score, words) for words in ("1", "120", "good", "5/0"))


def test_guessed_columns_go_by_many_headings() -> None:
    headings = [
        "Forename",
        "SURNAME",
        "E-mail address",
        "Organisation",
        "Date of training",
        "Pass / Fail",
        "Notes",
    ]

    assert guessed_columns(headings) == {
        "first_name": 0, "last_name": 1, "email": 2, "agency": 3, "attended_on": 4, "passed": 5,
    }  # fmt: skip


def claim(usual: Usual = Usual(), /, **cells: str) -> Claim:  # noqa: B008 - it is frozen
    """What a row says whose columns are those given here."""
    given = {"name": "Asha Patel", "agency": "Hill School", **cells}
    columns = {what: place for place, what in enumerate(given)}
    return claim_of(cells_by_field(list(given.values()), columns), columns, KNOWN, usual, today=TODAY)


def test_a_row_accredits_with_evidence_of_a_pass() -> None:
    each: list[dict[str, str]] = [
        {"scheme": "GCP2", "awarded_on": "10/11/16"},
        {"scheme": "gcp2", "attended_on": "10/11/16", "passed": "yes"},
        {"scheme": "Graded  Care Profile 2", "attended_on": "10/11/16", "score": "80"},
    ]
    for found in (claim(**cells) for cells in each):
        assert found.award == Award(7, TENTH, "GCP2")
        assert found.trainings == []


@pytest.mark.parametrize("words", ["GCP2", "gcp 2", "GCP-2", "Graded Care Profile 2"])
def test_a_scheme_in_the_column_of_courses_is_the_scheme(words: str) -> None:
    found = claim(course=words, attended_on="10/11/16", passed="yes")

    assert found.award == Award(7, TENTH, "GCP2")
    assert found.trainings == []


def test_a_pass_that_accredits_nobody_is_said() -> None:
    for cells in ({"passed": "yes"}, {"score": "90"}):
        found = claim(course="Working together", attended_on="10/11/16", **cells)
        assert found.award is None
        assert found.note == "The pass or score accredits nobody, as no accreditation scheme is named"
    assert claim(course="Working together", attended_on="10/11/16").note == ""


def test_attendance_without_a_pass_is_training_alone() -> None:
    each: list[tuple[dict[str, str], Assessment]] = [
        ({"attended_on": "10/11/16"}, Assessment.NOT_EVIDENCED),
        ({"awarded_on": "10/11/16", "passed": ""}, Assessment.NOT_EVIDENCED),
        ({"attended_on": "10/11/16", "passed": "no"}, Assessment.NOT_PASSED),
        ({"attended_on": "10/11/16", "score": "79"}, Assessment.NOT_PASSED),
    ]
    for cells, assessment in each:
        found = claim(Usual(scheme_id=7), **cells)
        assert found.award is None
        assert [(one.scheme_id, one.assessment) for one in found.trainings] == [(7, assessment)]


def test_the_first_version_is_never_the_second() -> None:
    for column, words in product(("scheme", "course"), ("GCP", "gcp 1", "Graded Care Profile")):
        found = claim(Usual(scheme_id=7), **{column: words}, attended_on="10/11/2016", passed="yes")
        assert found.award is None
        assert [(one.title, one.scheme_id, one.course_id) for one in found.trainings] == [(words, None, None)]
        assert "not GCP2" in found.note


def test_the_first_version_is_an_accreditation_where_it_is_a_scheme_of_its_own() -> None:
    first = Scheme(6, "GCP", "Graded Care Profile", None, [(date(2000, 1, 1), None)])
    words = replace(
        KNOWN, named={**KNOWN.named, Kind.SCHEME: {"gcp": 6, "gcp2": 7}}, schemes={6: first, 7: GCP2}
    )
    columns = {"name": 0, "scheme": 1, "attended_on": 2}
    of = cells_by_field(["Asha Patel", "GCP", "10/11/2016"], columns)

    assert claim_of(of, columns, words, Usual(), today=TODAY).award == Award(6, TENTH, "GCP")


def test_a_row_is_rejected_in_plain_words() -> None:
    reasons: dict[str, dict[str, str]] = {
        "no name": {"name": "", "attended_on": "10/11/16"},
        "not a name": {"name": "=1+1", "attended_on": "10/11/16"},
        "formula": {"name": "=cmd|x", "attended_on": "10/11/16"},
        "not an email address": {"email": "asha at hill", "attended_on": "10/11/16"},
        "no date": {"attended_on": ""},
        "began here on 1 April 2016": {"awarded_on": "1/3/2016"},
        "before the date attended": {"attended_on": "10/11/16", "awarded_on": "9/11/16"},
        "pass mark of 80": {"attended_on": "10/11/16", "passed": "yes", "score": "50"},
        "200 characters or fewer": {"job_title": "x" * 201, "attended_on": "10/11/16"},
    }
    for why, cells in reasons.items():
        with pytest.raises(Unread, match=why):
            claim(Usual(scheme_id=7), **cells)


def test_a_shared_mailbox_is_no_identity() -> None:
    found = claim(email="office@hill.example", course="wt day", attended_on="10/11/16")

    assert (found.email, found.letters_to) == ("", "office@hill.example")


def who(
    name: str, *, email: str = "", former: str = "", agency: int | None = 3
) -> tuple[Verdict, int | None]:
    """Whom a row means among Asha Patel (1, once Shah), Ben Lead (2) and two called Kim Jones (3, 4)."""
    directory = Directory({9: 3})
    for person_id, known, address in (
        (1, "Asha Patel", "asha@hill.example"),
        (2, "Ben Lead", ""),
        (3, "Kim Jones", ""),
        (4, "Kim Jones", ""),
    ):
        directory.add(Known(person_id, known, address))
        directory.add_agency(person_id, 3)
    directory.add_name(1, "Asha Shah")
    row = Claim(name, email, "", former, agency, "", None, None)
    meant = directory.who(row)
    return meant.verdict, meant.person_id


def test_who_a_row_means() -> None:
    each: list[tuple[dict[str, Any], tuple[Verdict, int | None]]] = [
        ({"name": "Asha Patel", "email": "ASHA@Hill.example"}, (Verdict.MATCHED, 1)),
        ({"name": "Patel, Asha", "email": "asha@hill.example", "agency": None}, (Verdict.MATCHED, 1)),
        ({"name": "Asha Jones", "email": "asha@hill.example"}, (Verdict.MATCHED, 1)),
        ({"name": "Ravi Patel", "email": "asha@hill.example"}, (Verdict.AMBIGUOUS, None)),
        ({"name": "asha  shah"}, (Verdict.MATCHED, 1)),
        ({"name": "Asha Rao", "former": "Asha Patel"}, (Verdict.MATCHED, 1)),
        ({"name": "Ben Lead", "agency": 9}, (Verdict.MATCHED, 2)),
        ({"name": "Ben Lead", "email": "ben@hill.example"}, (Verdict.MATCHED, 2)),
        ({"name": "Asha Patel", "email": "other@hill.example"}, (Verdict.AMBIGUOUS, None)),
        ({"name": "Ben Lead", "agency": 4}, (Verdict.AMBIGUOUS, None)),
        ({"name": "Ben Lead", "agency": None}, (Verdict.AMBIGUOUS, None)),
        ({"name": "Kim Jones"}, (Verdict.AMBIGUOUS, None)),
        ({"name": "Nia New"}, (Verdict.NEW, None)),
    ]
    assert [row for row, meant in each if who(**row) != meant] == []


def test_fold_name_turns_round_what_has_a_comma() -> None:
    assert fold_name("O’NEILL,  Zoë") == fold_name("Zoë O'Neill")


def test_every_field_can_be_guessed() -> None:
    assert set(guessed_columns([field.label for field in Field])) == set(Field)
