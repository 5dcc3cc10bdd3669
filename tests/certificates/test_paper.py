from datetime import timedelta

import pytest

from sscb_training.certificates.paper import certificate_pdf, certificates_pdf
from sscb_training.people.models import Person
from tests.evaluations.verbs import came
from tests.factories import NOW, make_accreditation, make_certificate, make_scheme
from tests.paper import spoken, tags

pytestmark = pytest.mark.one_database
CODE, IN_GROUPS = "ABCD2345" * 3 + "WXYZ", "ABCD-2345-ABCD-2345-ABCD-2345-WXYZ"


def test_a_certificate_is_read_aloud_as_it_looks(asha: Person) -> None:
    accreditation = make_accreditation(asha, make_scheme(code="GCP2", name="Graded Care Profile 2"))
    certificate = make_certificate(
        accreditation=accreditation, evidence="The assessment passed on 15 January 2026"
    )

    made = certificate_pdf(certificate)
    said = spoken(made)
    assert said[:-2] == [
        "Shropshire Safeguarding Children Board",
        "Certificate of accreditation",
        "This is to certify that",
        "Asha Patel",
        "is accredited in",
        "Graded Care Profile 2",
        "Awarded on",
        "15 January 2026",
        "In force until",
        "15 January 2029",
        "Rests on",
        "The assessment passed on 15 January 2026",
        "Issued",
        "23 November 2026",
        "An accreditation can end early: check whether it is in force.",
        f"Certificate code: {IN_GROUPS}",
    ]
    assert said[-2].startswith("Check it at ")
    assert said[-1].startswith("QR code")
    assert [tag for tag in tags(made) if tag in ("Title", "H1", "H2", "L", "Figure")] == [
        "Title", "H1", "L", "Figure",
    ]  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize(("days", "says"), [(0, "is accredited in"), (-1, "was accredited in")])
def test_a_certificate_of_what_was_over_when_it_was_issued_says_so(
    asha: Person, days: int, says: str
) -> None:
    ended = make_accreditation(asha, make_scheme(), expires_on=NOW.date() + timedelta(days=days))

    assert says in spoken(certificate_pdf(make_certificate(accreditation=ended)))


@pytest.mark.parametrize(
    "name",
    [
        "Anastasia Wolstanton-Featherstonehaugh of the Multi-Agency Partnership " * 2 + "Q",
        "W" * 200,
        "محمد عبد الرحمن الفارسي",
        '#panic() $x$ *b* <tag> [a] \\ "q" @label ${7*7}',
    ],
)
def test_any_name_stands_on_one_page_as_it_was_typed(asha: Person, name: str) -> None:
    booking = came(asha, starts_at=NOW - timedelta(days=9))
    certificate = make_certificate(booking, name=name, course_title="W" * 200)

    said = spoken(certificates_pdf([certificate, certificate], title="Two"))
    assert len(said) == 2 * len(spoken(certificate_pdf(certificate)))
    held = said[3].replace("\u200b", "").replace(" ", "")
    assert sorted(held) == sorted(
        name.replace(" ", "")
    )  # what is written from right to left comes in its own order
