"""What may not stand in an audit's words."""

import pytest

from sscb_training.case_audits import rules


@pytest.mark.parametrize(
    ("digits", "is_one"),
    [
        ("9434765919", True),
        ("9434765918", False),
        ("4010232137", True),
        ("0000000000", True),
        ("943476591", False),
        ("94347659190", False),
        ("943476591x", False),
    ],
)
def test_an_nhs_number_carries_its_own_check(digits: str, is_one: bool) -> None:
    assert rules.is_nhs_number(digits) is is_one


def test_a_number_whose_check_would_be_ten_is_no_nhs_number() -> None:
    assert not any(rules.is_nhs_number(f"100000001{last}") for last in range(10))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NHS 943 476 5919 was seen", "an NHS number"),
        ("943-476-5919", "an NHS number"),
        ("DOB 3/4/2012", "a date of birth"),
        ("D.O.B.: 03.04.12", "a date of birth"),
        ("The child, born on 3 April 2012, was not seen", "a date of birth"),
        ("the boy (3rd April 2012)", "a date of birth"),
        ("See case no. AB1234", "a case number"),
        ("Liquidlogic ID: 4471", "a case number"),
        ("See 1234567", "a case number"),
        ("UPN number A123456789012", "a case number"),
    ],
)
def test_what_looks_like_a_childs_is_found(text: str, found: str) -> None:
    assert rules.looks_like_a_childs(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "The strategy was launched at the conference held on 10/11/16",
        "The focus was more on the adult than the child.",
        "In 3 of 10 cases the child was seen alone; 2016-17 was better.",
        "The Graded Care Profile 2 (GCP2) was launched on 10 November 2016.",
        "Children born to parents known to services",
        "Case audit of September 2016",
        "Ring 01743 254259 for advice",
        "",
    ],
)
def test_what_an_audit_says_of_practice_may_stand(text: str) -> None:
    assert rules.looks_like_a_childs(text) == ""


@pytest.mark.parametrize(
    ("note", "codes"),
    [
        ("Read beside POS-7, and POS-7 again.", ["POS-7"]),
        ("Compare NEG4-2 with S11-1", ["NEG4-2", "S11-1"]),
        ("Answered by ACT-NEG-3 in 2016-05", ["ACT-NEG-3"]),
        ("A GCP2 user of team 7", []),
    ],
)
def test_a_note_names_findings_by_their_codes(note: str, codes: list[str]) -> None:
    assert rules.codes_in(note) == codes
