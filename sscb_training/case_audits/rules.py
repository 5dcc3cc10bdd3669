"""What may stand in an audit's words (never anything that leads to a child), and which findings they name."""

import re
from collections.abc import Sequence

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
FINDING_CODE = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{1,9}(?:-[A-Z0-9]+)*-\d+\b")
DATE = r"\d{1,2}(?:st|nd|rd|th)?[\s./-]{1,3}(?:\d{1,2}|[a-z]{3,9})[\s./-]{1,3}\d{2,4}"
NHS_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){9}(?!\d)")
DATE_OF_BIRTH = re.compile(
    rf"\b(?:d\.?o\.?b\b|date of birth|born|birthday|child|baby|infant|boy|girl|son|daughter|sibling)\b[^\d]{{0,40}}{DATE}",
    re.IGNORECASE,
)
CASE_NUMBER = re.compile(
    r"(?<!\d)(?<!\b0\d\d )(?<!\b0\d{3} )(?<!\b0\d{4} )[1-9]\d{5,}"  # and no telephone number
    r"|\b(?:case|child|client|person|patient|referral|liquidlogic|lcs|ics|ehm|mosaic|ecins|upn|urn|niche)"
    r"\s*(?:id|no|num|number|ref|reference)\b[\s.:#-]*[a-z]{0,4}[/-]?\d{2,}",
    re.IGNORECASE,
)


def looks_like_a_childs(text: str) -> str:
    """What in the text looks as if it could lead to a child: "an NHS number"; nothing when nothing does.

    A date alone may be a meeting's; it is taken for a birthday when a word beside it says so.
    """
    if any(is_nhs_number(re.sub(r"\D", "", found)) for found in NHS_NUMBER.findall(text)):
        return "an NHS number"
    if DATE_OF_BIRTH.search(text):
        return "a date of birth"
    return "a case number" if CASE_NUMBER.search(text) else ""


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits carry the NHS's own check: weights 10 to 2, modulo 11, and never a check digit of 10."""
    if len(digits) != 10 or not digits.isdecimal():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(digits[9])


def codes_in(note: str) -> Sequence[str]:
    """The codes of findings that a note names, in its order: "Read beside POS-7"."""
    return list(dict.fromkeys(FINDING_CODE.findall(note)))
