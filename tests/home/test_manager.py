"""A manager is found however their people spelt the address."""

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.core.transaction import transaction
from sscb_training.home.today import queries
from sscb_training.people import service
from tests.factories import LONG_AGO, NOW, TODAY, a_staff_group, make_person


@pytest.mark.parametrize(
    "spelt", ["Mary.Jones@hill.example", "MARY.JONES@hill.example", "mary.jones@hill.example"]
)
def test_a_manager_is_known_in_any_capitals(hill_school: Agency, spelt: str) -> None:
    manager = make_person("Mary Jones", email="Mary.Jones@hill.example")
    person, group = make_person(), a_staff_group()
    with transaction():
        service.add_membership(
            person,
            agency=hill_school,
            staff_group=group,
            job_title="Teacher",
            manager_name="Mary Jones",
            manager_email=spelt,
            valid_from=LONG_AGO,
            confirmed=True,
            by=None,
            now=NOW,
        )
    assert queries.manages_somebody(manager, on=TODAY)
