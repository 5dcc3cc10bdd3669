"""What must not stand in free text: a number or a day by which a child could be found.

A guard against slips, and no more: names cannot be told from other words, so a page still asks for none.
"""

import re

from sscb_training.core.errors import Refused

TEN_DIGITS = re.compile(r"(?<!\d)(\d{3})[\s.-]{0,2}(\d{3})[\s.-]{0,2}(\d{4})(?!\d)")

DAY, OF_MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
IN_FIGURES = (
    rf"(?:{DAY}(?P<mark>\s?[/.-]\s?){OF_MONTH}(?P=mark)\d{{4}}"
    rf"|{DAY}(?P<line>\s?[/-]\s?){OF_MONTH}(?P=line)\d{{2}}|\d\d\.\d\d\.\d\d"
    rf"|(?:19|20)\d\d-{OF_MONTH}-{DAY})(?!\d)"
)
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
NUMBERED = r"\d{1,2}(?:st|nd|rd|th)?"
IN_WORDS = rf"(?:{NUMBERED}[\s-](?:of\s)?{MONTH},?[\s-]\d{{2,4}}|{MONTH}\s{NUMBERED},?\s\d{{2,4}})"
ANY_DAY = rf"(?<!\d)(?:{IN_FIGURES}|{IN_WORDS}|\d{{1,2}}\s\d{{1,2}}\s\d{{2,4}})"
BORN = r"(?:d\.?\s?o\.?\s?b\b|date of birth|born|birthday|\bb\.)"
CHILD = (
    r"\b(?:child(?!\s+protection|\s+in\s+need|[’']s\s+plan)"
    r"|baby|infant|toddler|boy|girl|son|daughter|sibling|brother|sister)\b"
)
OF_SOMETHING_ELSE = re.compile(
    r"\b(?:agreed|as at|audit(?:ed)?|began|between|board|by|census|completed|conference|dated|due|from|headcount|held"
    r"|launch(?:ed)?|meeting|minutes?|payroll|period|published|report|return|review(?:ed)?|revised|session|since|to"
    r"|training|until|updated|version|workforce)\b[^.\d(]{0,40}$"
    r"|\d\s*(?:and|to|or|-|–)\s*$"
)
"""Words after which a day in figures is taken for that of a meeting or a paper."""

A_DATE_OF_BIRTH = re.compile(rf"(?:{BORN}|{CHILD})[^\d]{{0,40}}{ANY_DAY}|{BORN}\D{{0,20}}\d")
FIGURES = re.compile(rf"(?<![\d/.-]){IN_FIGURES}")

A_REFERENCE = r"(?:[a-z]{1,4}[/-]?)?\d[\w/-]*"
A_CASE_NUMBER = re.compile(
    r"(?<!\d)(?<!\b0\d\d )(?<!\b0\d{3} )(?<!\b0\d{4} )[1-9]\d{5,}"  # and no telephone number
    r"|(?<!\d)0\d{5,8}(?!\d)"
    r"|\b(?:case|child|client|family|file|person|patient|record|referral|liquidlogic|ll|lcs|ics|ehm|mosaic|ecins|upn|urn|niche)"
    rf"\s*(?:id|no|num|number|ref|reference)\b[\s.:#-]*{A_REFERENCE}"
    r"|(?<!\bin )\b(?:case|file|record|liquidlogic|lcs|mosaic|ecins|niche)\b[\s:#]{0,3}"
    r"(?!(?:19|20)\d\d(?![\w/-]))(?=[\w/-]{0,9}\d{3})"
    + A_REFERENCE
    + r"|\b(?:ref|reference|id)\b[\s.:#-]{0,3}"
    r"(?!(?:19|20)\d\d)(?=[a-z]{0,4}[/-]?\d{4})" + A_REFERENCE + r"|\b[a-z]{1,4}[/-](?:19|20)\d\d[/-]\d{3,}"
)


def looks_like(text: str) -> str:
    """What a text seems to hold: "an NHS number", "a date of birth" or "a case number"; empty for none of them.

    A day in words is a birthday when a word beside it says so. One in figures is, unless a word before it says what else.
    """
    said = text.lower()
    if any(is_nhs_number("".join(found)) for found in TEN_DIGITS.findall(said)):
        return "an NHS number"
    if A_DATE_OF_BIRTH.search(said) or any(
        not OF_SOMETHING_ELSE.search(said[: found.start()]) for found in FIGURES.finditer(said)
    ):
        return "a date of birth"
    return "a case number" if A_CASE_NUMBER.search(said) else ""


def why_not(name: str, text: str) -> str:
    """Why a text of this name must not stand, and what to do; empty where nothing in it looks like a child's."""
    found = looks_like(text)
    if not found:
        return ""
    of_something_else = ". Write any other day in words, like 10 November 2016" if "date" in found else ""
    return f"{name} holds what looks like {found}. Take it out: no child’s details belong here{of_something_else}"


def refuse_a_childs(*texts: str, refused: type[Refused], about: str = "") -> None:
    """Refuse texts of which one holds what looks like a child's."""
    for text in texts:
        if found := looks_like(text):
            raise refused(
                f"This holds what looks like {found}. Take it out: no child’s details belong here.",
                about=about,
            )


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits carry the NHS's own check: weights 10 to 2, modulo 11, and never a check digit of 10."""
    if len(digits) != 10 or not digits.isdecimal():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(digits[9])
