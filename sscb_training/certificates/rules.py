"""How a certificate's code is read and written, what its words are, and what can be issued again."""

from sscb_training.accreditation.models import EvidenceKind
from sscb_training.certificates.models import CertificateState

LENGTH = 28
"""Signs of a code. With the letters of a booking's reference that is more than 128 bits (a test counts them)."""


def in_groups(code: str) -> str:
    """ABCD-EFGH-…: as somebody types it from paper."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def code_from(typed: str) -> str:
    """The code in what somebody typed or scanned, however it is grouped and capitalised, and without the address before it.

    It is never longer than a code and one sign, so that whatever was sent costs the same to look up.
    """
    signs = typed.rstrip("/").rpartition("/")[2].upper()
    return "".join(sign for sign in signs if sign.isascii() and sign.isalnum())[: LENGTH + 1]


def evidence_in_words(kind: EvidenceKind, *, course: str, passed_on: str, source: str) -> str:
    """What an accreditation rests on, as its certificate says it; `course` and `passed_on` where there are any.

    The file and the row of an import are the board's own business.
    """
    if kind is EvidenceKind.IMPORTED:
        return "Earlier training in the board’s records"
    if kind is EvidenceKind.EXTERNAL:
        return f"An accreditation of {source or 'another area'}, accepted by the board"
    if kind is EvidenceKind.REINSTATED:
        return "Reinstated by a decision of the board"
    passed = f"The assessment passed on {passed_on}" if passed_on else ""
    if not course:
        return passed or "Attendance"
    return f"All of {course} attended" + (f". {passed}" if passed else "")


def can_be_reissued(state: CertificateState) -> bool:
    """Whether one that stands so can be issued again in another name: what proves nothing any more stays as it is."""
    return state in (CertificateState.VALID, CertificateState.IN_FORCE, CertificateState.EXPIRED)
