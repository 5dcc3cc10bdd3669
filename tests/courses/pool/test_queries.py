"""Who may join the training pool."""

from sscb_training.courses.pool import queries
from sscb_training.people.models import Person


def test_people_for_the_pool_are_those_not_in_it(tom: Person, asha: Person) -> None:
    assert queries.people_for_the_pool("asha HILL.example") == [asha]
    assert queries.people_for_the_pool("tom") == []
