"""A holder accepts the terms of a tool as the board wrote them down, text by text."""

import pytest

from sscb_training.accreditation import queries
from sscb_training.accreditation.licence import service
from sscb_training.accreditation.licence.queries import to_accept
from sscb_training.accreditation.models import Acceptance, AccreditationScheme, LicenceText
from sscb_training.accreditation.service import AccreditationRefused
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import NOW, TODAY, changed, make_accreditation, make_scheme

LONG = "Use it with families whom you work with.\nDo not lend it.\n\nAsk before you copy it."


@pytest.fixture
def scheme(asha: Person) -> AccreditationScheme:
    scheme = make_scheme(code="GCP2", name="Graded Care Profile 2")
    make_accreditation(asha, scheme)
    return scheme


def _write(scheme: AccreditationScheme, text: str = LONG, *, must: bool = True) -> None:
    with transaction():
        service.set_licence(scheme, text=text, must_be_accepted=must, by=None, now=NOW)


def _texts() -> list[LicenceText]:
    db.session.rollback()
    return list(db.session.scalars(db.select(LicenceText).order_by(LicenceText.number)))


def test_a_holder_accepts_and_another_text_is_accepted_anew(
    browser: Browser, scheme: AccreditationScheme, asha: Person, dev: Person, cara: Person
) -> None:
    staff = Browser(browser.app).signed_in(cara)
    page = staff.get(f"/accreditations/schemes/{scheme.id}")
    page = staff.fill(staff.click("Write them down"), button="Save", must_be_accepted="y")
    assert page.errors == ["Enter the text that must be accepted."]
    page = staff.fill(page, button="Save", text=LONG)
    assert (
        "Version 1, from 23 November 2026. 0 of 1 who hold the accreditation today have accepted it."
        in page.text
    )

    page = browser.signed_in(asha).get(f"/tools/{scheme.id}/resources")
    assert "open once you have accepted their terms of use" in page.text
    browser.get("/my-training-record")
    page = browser.click("Read and accept the terms of Graded Care Profile 2")
    url = page.url
    assert "Do not lend it." in page.text
    assert browser.fill(page, button="Accept the terms").errors == ["Tick that you accept the terms"]
    assert not queries.terms_accepted(asha, scheme)
    page = browser.fill(page, button="Accept the terms", accepts="y")
    assert "What you have accepted Version 1, on 23 November 2026" in page.text
    assert queries.terms_accepted(asha, scheme)
    assert browser.get(f"/tools/{scheme.id}/resources").h1 == "Resources of GCP2"
    assert "Read and accept" not in browser.get("/my-training-record").text
    assert (
        "1 of 1 who hold the accreditation today has accepted it"
        in staff.get(f"/accreditations/schemes/{scheme.id}").text
    )

    _write(scheme, "Other terms.")
    assert not queries.terms_accepted(asha, scheme)
    page = browser.get(url)
    assert "Version 2" in page.text
    _write(scheme, "Other terms again.")
    page = browser.fill(page, button="Accept the terms", accepts="y")
    assert page.errors == ["The text has changed since you opened this page. Read the new one."]
    page = browser.fill(page, button="Accept the terms", accepts="y")
    assert "Version 3, on 23 November 2026 Version 1, on 23 November 2026" in page.text
    Browser(browser.app).signed_in(dev).get(url, status=404)


def test_set_licence_keeps_every_text(scheme: AccreditationScheme, asha: Person) -> None:
    _write(scheme, must=False)
    _write(scheme, LONG + "\n")
    assert [text.number for text in _texts()] == [1]
    with transaction():
        for _ in range(2):
            accepted = service.accept(asha, _texts()[0], now=NOW)
    assert history.entries_about(accepted)[-1].detail == {"scheme": "GCP2", "version": 1}
    with pytest.raises(AccreditationRefused, match="so it stays"):
        _write(scheme, "", must=False)


def test_only_holders_of_a_scheme_with_a_text_are_asked(
    scheme: AccreditationScheme, asha: Person, dev: Person
) -> None:
    assert to_accept(asha, on=TODAY) == []
    assert queries.terms_accepted(asha, scheme)  # there is nothing to accept
    _write(scheme, must=False)
    assert (to_accept(asha, on=TODAY), to_accept(dev, on=TODAY)) == ([scheme], [])
    assert queries.terms_accepted(asha, scheme)  # nothing waits for it
    changed(queries.accreditations_of(asha)[0], expires_on=NOW.date().replace(year=2025))
    assert to_accept(asha, on=TODAY) == []
    assert db.session.scalar(db.select(db.func.count(Acceptance.id))) == 0
