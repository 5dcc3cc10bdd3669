"""Certificates as PDF: what the template is given of each."""

import re
from collections.abc import Sequence
from typing import Any

from sscb_training.certificates import queries, rules
from sscb_training.certificates.models import Certificate
from sscb_training.core.mail import Attachment
from sscb_training.core.pages import public_link
from sscb_training.core.pdf import pdf, qr_code
from sscb_training.core.times import duration, london_date, plain_date

NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")


def certificate_pdf(certificate: Certificate) -> bytes:
    """One certificate."""
    return certificates_pdf([certificate], title=certificate.kind)


def certificates_pdf(certificates: Sequence[Certificate], *, title: str) -> bytes:
    """Several as one file, each on a page of its own and with a bookmark."""
    return pdf("certificates/certificate.typ", title=title, certificates=[_said(one) for one in certificates])


def attached(certificate_ids: Sequence[int]) -> Sequence[Attachment]:
    """The certificates of these keys as files of a letter; without those that were taken back or replaced meanwhile."""
    return [
        Attachment(f"{file_name(one)}.pdf", "application/pdf", certificate_pdf(one))
        for one in queries.standing_certificates(certificate_ids)
    ]


def file_name(certificate: Certificate) -> str:
    """What a certificate's file is called, without its ending."""
    if certificate.booking is not None:
        return f"certificate-{certificate.booking.reference}"
    return f"certificate-{NOT_IN_A_NAME.sub('-', certificate.scheme_code)}-{certificate.accreditation_id}"


def _said(certificate: Certificate) -> dict[str, Any]:
    is_accreditation = certificate.accreditation is not None
    return {
        "kind": certificate.kind,
        "board": certificate.board,
        "holder": certificate.name,
        "says": _says(certificate),
        "what": certificate.title,
        "facts": _accredited(certificate) if is_accreditation else _attended(certificate),
        "note": "An accreditation can end early: check whether it is in force."
        if is_accreditation
        else "This certificate shows attendance. It is not an accreditation.",
        "code": rules.in_groups(certificate.check_code),
        **_check(certificate),
    }


def _says(certificate: Certificate) -> str:
    """What somebody is or did, in words that are true on the day of issue, and so true whenever they are read."""
    if certificate.accreditation is None:
        return "attended all of the course"
    ended = certificate.expires_on and certificate.expires_on < london_date(certificate.issued_at)
    return "was accredited in" if ended else "is accredited in"


def _check(certificate: Certificate) -> dict[str, str]:
    """Where the certificate is checked: `check_address` in words, and `qr`, the address as a picture (SVG)."""
    return {
        "check_address": public_link("certificates.check").split("://")[1],
        "qr": qr_code(public_link("certificates.check_code", code=certificate.check_code)),
    }


def _attended(certificate: Certificate) -> list[list[str]]:
    dates = ", ".join(map(plain_date, certificate.dates))
    return [
        ["Date" if len(certificate.days) == 1 else "Dates", dates],
        ["Length", duration(certificate.minutes or 0)],
        ["Course version", str(certificate.version)],
        ["Issued", _issued(certificate)],
    ]


def _accredited(certificate: Certificate) -> list[list[str]]:
    assert certificate.awarded_on is not None  # noqa: S101 - an accreditation's certificate has it
    until = plain_date(certificate.expires_on) if certificate.expires_on else "Does not expire"
    return [
        ["Awarded on", plain_date(certificate.awarded_on)],
        ["In force until", until],
        ["Rests on", certificate.evidence],
        ["Issued", _issued(certificate)],
    ]


def _issued(certificate: Certificate) -> str:
    return plain_date(london_date(certificate.issued_at))
