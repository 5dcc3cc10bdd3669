"""Free text that seems to tell of a child is found out, and what people write of training and practice is left alone."""

import pytest

from sscb_training.core.identifying import is_nhs_number, looks_like


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
    assert is_nhs_number(digits) is is_one


def test_a_number_whose_check_would_be_ten_is_no_nhs_number() -> None:
    assert not any(is_nhs_number(f"100000001{last}") for last in range(10))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NHS 943 476 5919 was seen", "an NHS number"),
        ("943-476-5919", "an NHS number"),
        ("943.476.5919", "an NHS number"),
        ("9434765919", "an NHS number"),
        ("943\xa0476\xa05919", "an NHS number"),
        ("\uff19\uff14\uff13\uff14\uff17\uff16\uff15\uff19\uff11\uff19", "an NHS number"),
        ("943 4765919", "an NHS number"),
        ("The child 943 476 5919 was seen", "an NHS number"),
        ("DOB 3/4/2012", "a date of birth"),
        ("D.O.B.: 03.04.12", "a date of birth"),
        ("The child, born on 3 April 2012, was not seen", "a date of birth"),
        ("the boy (3rd April 2012)", "a date of birth"),
        ("born 9 March 2018", "a date of birth"),
        ("D.O.B: 3rd of May 17", "a date of birth"),
        ("on 03/05/2017 we met", "a date of birth"),
        ("DOB 2011-03-14", "a date of birth"),
        ("born March 14, 2011", "a date of birth"),
        ("born on the 3rd of April 2014", "a date of birth"),
        ("d o b 14/3/11", "a date of birth"),
        ("14/03/2011", "a date of birth"),
        ("14/03/2011 (child A)", "a date of birth"),
        ("aged 7, b. 14/03/2011", "a date of birth"),
        ("brother 14/03/2011", "a date of birth"),
        ("Sam, 14-3-2011, was seen", "a date of birth"),
        ("Seen 2011-03-14", "a date of birth"),
        ("born in 2011", "a date of birth"),
        ("toddler of 3 April 2024", "a date of birth"),
        ("date of birth: 14 03 2011", "a date of birth"),
        ("The meeting saw Sam (14/03/2011)", "a date of birth"),
        ("See case no. AB1234", "a case number"),
        ("Liquidlogic ID: 4471", "a case number"),
        ("See 1234567", "a case number"),
        ("UPN number A123456789012", "a case number"),
        ("case no. A-4471", "a case number"),
        ("It is 20417733", "a case number"),
        ("Case 12345", "a case number"),
        ("case #4471", "a case number"),
        ("Case CP/2016/0041", "a case number"),
        ("LCS 0123456", "a case number"),
        ("Ref: AB1234", "a case number"),
        ("case ref AB12/345", "a case number"),
        ("file 8812/16", "a case number"),
        ("Case no. CP-2016-0041", "a case number"),
        ("ECINS 4471", "a case number"),
        ("LL ref 44712", "a case number"),
        ("ID: SC44712", "a case number"),
        ("Seen as SC-2016/00417 by the team", "a case number"),
    ],
)
def test_what_looks_like_a_childs_is_found(text: str, found: str) -> None:
    assert looks_like(text) == found


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
        "943 476 5918",
        "I used the tool 3 times in 2026, with 2 families, and 10/10 for the trainers",
        "Section 47, chapter 3.2, on page 12 of 140",
        "child protection conference on 3 May 2016",
        "the child protection plan of 12 May 2016",
        "minute 7.2 of 10 March 2027",
        "Board, 10/3/2027, minute 7.2",
        "Minutes of 10/3/27",
        "Case audit, May 2016",
        "In the case of 120 families",
        "record of 2016",
        "ECINS launched in April 2016",
        "From 1/4/2016 to 31/3/2017",
        "between 1/4/16 and 31/3/17",
        "Reference 2016-05, AUD-2016-05",
        "Children seen on 3 May 2026",
        "Ring 0345 678 9000",
        "Working Together 2018",
        "A case file in 2016",
        "the child's plan of 3 May 2016",
        "Updated 3.2.2027",
        "version 2.0.1",
        "WCAG 2.4.11, section 3.2.16",
        "10.30-12.30",
        "Records of 2026/27 show 12-15 of 20",
        "Children's plans (1 May 2026)",
        "The sister agency opened in June 2024",
        "The daughter team met twice",
        "Family reference group 3",
        "Headcount 1,234",
        "Case 3 of 20",
        "File 2016 audits",
    ],
)
def test_what_is_said_of_practice_may_stand(text: str) -> None:
    assert looks_like(text) == ""
