"""Who may not open the staff pages of courses."""

import pytest

from sscb_training.people.models import Person
from tests.browser import Browser


@pytest.mark.parametrize(
    "address", ["/manage/courses", "/manage/venues", "/manage/trainers", "/manage/sessions/new"]
)
def test_those_outside_the_board_manage_nothing(
    browser: Browser, dev: Person, tom: Person, ben: Person, address: str
) -> None:
    for person in (dev, tom, ben):
        browser.signed_in(person).get(address, status=403)
