"""Agreements of agencies: where one is missing, which lapse soon, and who may see whose."""

import io
from typing import Any

import pytest

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from sscb_training.tools.agreements import service
from sscb_training.tools.agreements.models import ServiceAgreement
from sscb_training.tools.models import ToolSetting
from sscb_training.tools.service import ToolRefused
from tests.bookings.verbs import verbs
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_accreditation,
    make_agency,
    make_agreement,
    make_membership,
    make_person,
    make_scheme,
    only,
)

SIGNED = b"%PDF-1.7 signed"


@pytest.fixture
def gcp2() -> AccreditationScheme:
    return make_scheme(code="GCP2", name="Graded Care Profile 2")


@pytest.mark.one_database
def test_staff_record_change_and_take_back_an_agreement(
    browser: Browser, asha: Person, ben: Person, cara: Person, dev: Person, gcp2: AccreditationScheme
) -> None:
    make_accreditation(asha, gcp2)
    agency_id = asha.memberships[0].agency_id
    record, listed = f"/tools/{gcp2.id}/agreements/record", f"/tools/{gcp2.id}/agreements"
    answers: dict[str, Any] = {
        "agency": agency_id, "reference": "SLA-7", "signed_by": "Di Director", "responsible": "Rhys Responsible",
        "valid_from": ["1", "4", "2026"], "valid_to": ["31", "3", "2026"],
    }  # fmt: skip
    page = browser.signed_in(cara).get(record)
    assert browser.fill(page, **answers).errors == ["The last day must be the first day or later."]
    macro = browser.fill(
        page, **answers | {"file": (io.BytesIO(b"MZ"), "signed.pdf"), "valid_to": ["31", "3", "2027"]}
    )
    assert "must be a PDF" in macro.errors[0]
    signed: dict[str, Any] = {"file": (io.BytesIO(SIGNED), "signed.pdf"), "valid_to": ["31", "1", "2027"]}
    recorded = browser.fill(page, **answers | signed)
    assert "Hill School 1 Lapses within 90 days until 31 Jan 2027 SLA-7" in recorded.text
    agreement_id = only(ServiceAgreement).id
    file = f"/tools/agreements/{agreement_id}/file"

    own = browser.signed_in(ben).get(f"/tools/{gcp2.id}/agencies/{agency_id}")
    assert "Rhys Responsible" in own.text
    answer = browser.get(file).response
    assert (answer.data, answer.headers["Cache-Control"]) == (SIGNED, "no-store")
    other = dev.memberships[0].agency
    browser.signed_in(make_person(agency=other, leads=other)).get(file, status=404)

    browser.signed_in(cara).submit(
        f"/tools/agreements/{agreement_id}", button="Save changes", valid_to=["31", "3", "2029"]
    )
    assert "In force until 31 Mar 2029" in browser.get(listed).text
    browser.submit(f"/tools/agreements/{agreement_id}", button="Take the agreement back")
    assert verbs(only(ServiceAgreement)) == ["recorded", "changed", "withdrawn"]
    assert "Hill School 1 None" in browser.get(listed).text
    browser.get(file, status=404)


def test_the_list_names_gaps_and_what_lapses_soon(
    browser: Browser, asha: Person, cara: Person, dev: Person, gcp2: AccreditationScheme
) -> None:
    make_accreditation(asha, gcp2)
    make_membership(asha, make_agency(name="Second Agency"))
    make_accreditation(make_person(agency=dev.memberships[0].agency), gcp2, revoked_on=TODAY)
    make_agreement(gcp2, asha.memberships[0].agency, valid_to=TODAY)
    make_agreement(make_scheme(), make_agency(name="Of another tool"))
    listed = f"/tools/{gcp2.id}/agreements"

    assert "has not said that agencies sign" in browser.signed_in(cara).get(listed).text
    refused = browser.submit(f"/tools/{gcp2.id}/settings", agreements="needed")
    assert refused.errors == ["Enter the day from which resources wait for the agreement"]
    browser.submit(f"/tools/{gcp2.id}/settings", agreements="needed", needed_from=["23", "11", "2026"])
    assert only(ToolSetting).needs_agreement(TODAY)
    assert verbs(only(ToolSetting)) == ["changed"]

    page = browser.get(listed)
    assert "1 agency has people accredited and no agreement in force. 1 agreement lapses" in page.text
    agencies = [link.get_text() for link in page.soup.select("tbody th a")]
    assert agencies == ["Hill School", "Second Agency"]
    missing = browser.get(f"{listed}?state=missing")
    assert [link.get_text() for link in missing.soup.select("tbody th a")] == ["Second Agency"]
    assert "No agency is like that" in browser.get(f"{listed}?q=vale").text
    rows = browser.get(f"{listed}?format=csv").response.get_data(as_text=True).splitlines()
    assert rows[2] == "Second Agency,1,None,,,,,,2026-11-23"
    index = browser.get("/tools")
    assert "Resources wait for it" in index.text


def test_the_same_agreement_is_recorded_once(gcp2: AccreditationScheme) -> None:
    agency = make_agency()
    before = make_agreement(gcp2, agency)
    given: dict[str, Any] = {"reference": before.reference, "signed_by": "x", "responsible": "y"}

    with pytest.raises(ToolRefused, match="already"), transaction():
        service.record_agreement(
            gcp2, agency, **given, valid_from=before.valid_from, valid_to=None, by=None, now=NOW
        )


@pytest.mark.one_database
def test_a_lead_finds_their_agency_and_somebody_new_finds_nothing_yet(
    browser: Browser, ben: Person, gcp2: AccreditationScheme
) -> None:
    page = browser.signed_in(ben).get("/tools")
    assert page.link("Hill School : champions and agreement for GCP2")
    assert "Agreements" not in page.text
    assert (
        "No agreement is needed for this tool"
        in browser.click("Hill School : champions and agreement for GCP2").text
    )
