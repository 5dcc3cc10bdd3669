"""What must not stand in free text about training: a number or a day by which a child could be found.

A guard against slips, and no more: names cannot be told from other words, so a page still asks for none.
"""

import re

TEN_DIGITS = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?!\d)", re.ASCII)
WHOLE_DATE = re.compile(r"(?<!\d)(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(?:\d{4}|\d{2})(?!\d)", re.ASCII)
BORN = re.compile(r"\b(?:born|birthday|d\.?o\.?b|date of birth)\b\D{0,20}\d", re.I | re.ASCII)
CASE = re.compile(r"\b(?:case|file|record|ref|reference|lcs)\b[^\d\n]{0,15}\d{3}|\d{6}", re.I | re.ASCII)


def looks_like(text: str) -> str:
    """What a text seems to hold: "an NHS number", "a date of birth" or "a case number"; empty for none of them."""
    if any(_is_nhs_number("".join(found)) for found in TEN_DIGITS.findall(text)):
        return "an NHS number"
    dates = ((int(day), int(month)) for day, month in WHOLE_DATE.findall(text))
    if BORN.search(text) or any(1 <= day <= 31 and 1 <= month <= 12 for day, month in dates):
        return "a date of birth"
    return "a case number" if CASE.search(text) else ""


def _is_nhs_number(digits: str) -> bool:
    """Whether the last digit is the check digit of the nine before it (modulus 11)."""
    check = (
        11 - sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    )
    return check % 11 == int(digits[9]) and check != 10
