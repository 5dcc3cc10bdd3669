from datetime import timedelta

import pytest

from sscb_training.people.models import Person
from tests.browser import Browser
from tests.evaluations.verbs import came
from tests.factories import NOW, TODAY, changed, make_accreditation, make_scheme
from tests.paper import tags, words

LAST_WEEK = NOW - timedelta(days=7)
LONG_SINCE = NOW - timedelta(days=100)


def test_a_delegate_downloads_their_certificate_from_the_record_and_the_booking(
    browser: Browser, asha: Person
) -> None:
    long_name = "Anastasia Wolstanton-Featherstonehaugh of the Multi-Agency Partnership #panic()"
    changed(asha, name=long_name)
    booking = came(asha, starts_at=LONG_SINCE)
    title, booking_id = booking.training_session.course.title, booking.id

    record = browser.signed_in(asha).get("/my-training-record")
    assert "Download certificate" in record.text
    assert "Download certificate" in browser.get(f"/bookings/{booking_id}").text
    answer = browser.get(f"/bookings/{booking_id}/certificate.pdf").response

    assert answer.mimetype == "application/pdf"
    said = " ".join(words(answer.data).split())
    for piece in (long_name, title, "Certificate of attendance", "Shropshire Safeguarding Children Board"):
        assert piece in said
    assert "It is not an accreditation" in said
    assert tags(answer.data)[:6] == ["Document", "P", "Title", "P", "H1", "P"]


def test_who_owes_an_evaluation_is_led_to_it(browser: Browser, asha: Person, cara: Person) -> None:
    booking_id = came(asha, starts_at=LAST_WEEK).id
    address = f"/bookings/{booking_id}/certificate.pdf"

    assert "Once your evaluation is sent in" in browser.signed_in(asha).get("/my-training-record").text
    booking = browser.get(f"/bookings/{booking_id}")
    assert booking.link("Send in your evaluation") == f"/bookings/{booking_id}/evaluation/post"
    assert "Download certificate" not in booking.text
    page = browser.get(address)
    assert page.url == f"/bookings/{booking_id}/evaluation/post"
    assert "released once you have sent in your evaluation" in page.soup.get_text()
    assert "once the delegate has sent in" in browser.signed_in(cara).get(address).soup.get_text()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("who", "status"), [("asha", 200), ("cara", 200), ("ben", 404), ("tom", 404), ("dev", 404)]
)
def test_who_may_download_ashas_certificate(
    request: pytest.FixtureRequest, browser: Browser, asha: Person, tom: Person, who: str, status: int
) -> None:
    booking_id = came(asha, starts_at=LONG_SINCE, trainers=[tom]).id
    viewer = request.getfixturevalue(who)

    browser.signed_in(viewer).get(f"/bookings/{booking_id}/certificate.pdf", status=status)


@pytest.mark.parametrize(
    ("who", "status"), [("asha", 200), ("cara", 200), ("ben", 404), ("tom", 404), ("dev", 404)]
)
def test_who_may_download_the_certificate_of_ashas_accreditation(
    request: pytest.FixtureRequest, browser: Browser, asha: Person, tom: Person, who: str, status: int
) -> None:
    accreditation_id = make_accreditation(asha, make_scheme(name="Graded Care Profile 2")).id
    viewer = request.getfixturevalue(who)
    list_of_theirs = {"asha": "/my-training-record", "cara": "/accreditations"}

    browser.signed_in(viewer)
    if status == 200:
        assert "Download certificate" in browser.get(list_of_theirs[who]).text
    answer = browser.get(f"/accreditations/{accreditation_id}/certificate.pdf", status=status)
    if status == 200:
        said = " ".join(words(answer.response.data).split())
        for piece in (
            "Certificate of accreditation",
            "Asha Patel",
            "Graded Care Profile 2",
            "15 January 2029",
        ):
            assert piece in said


def test_a_revoked_accreditation_offers_no_certificate_and_gives_none(browser: Browser, asha: Person) -> None:
    accreditation = make_accreditation(asha, make_scheme(), revoked_on=TODAY)
    accreditation_id = accreditation.id

    assert "Download certificate" not in browser.signed_in(asha).get("/my-training-record").text
    page = browser.get(f"/accreditations/{accreditation_id}/certificate.pdf", status=409)
    assert "not in force any more" in page.text
