from math import log2

import pytest

from sscb_training.accreditation.models import EvidenceKind
from sscb_training.bookings.rules import REFERENCE_LETTERS
from sscb_training.certificates import rules


def test_nobody_guesses_a_code() -> None:
    assert rules.LENGTH * log2(len(REFERENCE_LETTERS)) >= 128


def test_in_groups_is_what_somebody_types_from_paper() -> None:
    assert rules.in_groups("ABCDEFGHJK") == "ABCD-EFGH-JK"


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        (EvidenceKind.ATTENDANCE, {"course": "GCP2"}, "All of GCP2 attended"),
        (
            EvidenceKind.ATTEMPT,
            {"course": "GCP2", "passed_on": "3 May 2027"},
            "All of GCP2 attended. The assessment passed on 3 May 2027",
        ),
        (EvidenceKind.ATTEMPT, {"passed_on": "3 May 2027"}, "The assessment passed on 3 May 2027"),
        (EvidenceKind.IMPORTED, {"source": "old.xlsx, row 7"}, "Earlier training in the board’s records"),
        (EvidenceKind.EXTERNAL, {"source": "Telford"}, "An accreditation of Telford, accepted by the board"),
        (EvidenceKind.REINSTATED, {}, "Reinstated by a decision of the board"),
    ],
)
def test_evidence_in_words_says_on_what_it_rests(
    kind: EvidenceKind, given: dict[str, str], words: str
) -> None:
    assert rules.evidence_in_words(kind, **{"course": "", "passed_on": "", "source": ""} | given) == words


CODE = "ABCDEFGHJKLMNPQRSTUVWXYZ2345"


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-2345",
        "  abcd efgh jklm npqr\tstuv wxyz 2345 ",
        "abcd–efgh—jklm.npqr_stuv/wxyz2345".replace("/", ""),
        f"https://training.example.org/check/{CODE}/",
    ],
)
def test_code_from_is_the_code_however_it_was_typed(typed: str) -> None:
    assert rules.code_from(typed) == CODE


@pytest.mark.parametrize("typed", ["", "-", "//", "é" * 50, "\N{FULLWIDTH LATIN CAPITAL LETTER A}" * 28])
def test_code_from_of_no_code_is_nothing(typed: str) -> None:
    assert rules.code_from(typed) == ""


def test_code_from_of_too_much_is_no_code_and_not_long() -> None:
    assert rules.code_from(CODE * 1000) == CODE + "A"
