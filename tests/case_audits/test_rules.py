"""Which findings a note names."""

import pytest

from sscb_training.case_audits import rules


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
