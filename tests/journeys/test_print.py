"""What is printed fits its paper, which only a browser can tell."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from flask import Flask
from playwright.sync_api import Page

from sscb_training.people.models import Person
from tests.factories import NOW, make_course, make_training_session, make_version
from tests.journeys.browsers import Serve, sign_in

APRIL = datetime(2027, 4, 1, 9, tzinfo=UTC)


@pytest.mark.browser
@pytest.mark.one_database
def test_a_year_of_a_hundred_dates_prints_on_one_sheet(
    app: Flask, serve: Serve, new_page: Callable[..., Page], cara: Person
) -> None:
    for course in range(8):
        version = make_version(make_course(title=f"Course {course} with a name that takes two lines"))
        for date in range(13):
            make_training_session(version, starts_at=APRIL + timedelta(days=27 * date), parts=2)
    address = serve(NOW)
    page = new_page()
    sign_in(page, cara, address)
    page.goto(f"{address}/sessions/year?year=2027-28")

    assert page.get_by_text("104 dates").is_visible()
    assert len(pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))) == 1
    page.emulate_media(media="print")
    assert page.locator(".app-footer").is_hidden()  # it would have a last page to itself
