"""Whom the staff pages of courses are opened by."""

import pytest

from sscb_training.people.models import Person
from tests.browser import Browser


@pytest.fixture
def staff(browser: Browser, cara: Person) -> Browser:
    return browser.signed_in(cara)
