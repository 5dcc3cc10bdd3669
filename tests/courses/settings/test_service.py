"""Themes and levels are added last, renamed, and not twice the same."""

from collections.abc import Callable

import pytest

from sscb_training.core import history
from sscb_training.core.transaction import transaction
from sscb_training.courses.service import CourseRefused
from sscb_training.courses.settings import queries, service
from sscb_training.people.models import Person
from tests.factories import NOW, a_theme, make_levels


def test_themes_and_levels_are_added_last_and_renamed(ada: Person) -> None:
    with transaction():
        neglect = service.add_theme("Neglect", by=ada, now=NOW)
        abuse = service.add_theme("Domestic abuse", "dv", by=ada, now=NOW)
        scheme = service.add_level_scheme("Health", by=ada, now=NOW)
        service.add_level(scheme, name="Level 1", by=ada, now=NOW)
        level = service.add_level(scheme, name="Level 2", by=ada, now=NOW)
    with transaction():
        service.rename_theme(abuse, name="Abuse at home", by=ada, now=NOW)
        service.rename_level_scheme(scheme, name="Health levels", by=ada, now=NOW)
        service.rename_level(level, name="Level 3", by=ada, now=NOW)

    assert [(theme.slug, theme.name) for theme in queries.themes()] == [
        ("neglect", "Neglect"),
        ("dv", "Abuse at home"),
    ]
    assert [level.name for level in queries.level_schemes()[0].levels] == ["Level 1", "Level 3"]
    assert [entry.verb for entry in history.entries_about(neglect)] == ["added"]
    assert history.entries_about(abuse)[-1].detail == {"name": ["Domestic abuse", "Abuse at home"]}


@pytest.mark.parametrize(
    "again",
    [
        lambda: service.add_theme("neglect", by=None, now=NOW),
        lambda: service.add_theme("Other", "neglect", by=None, now=NOW),
        lambda: service.add_level_scheme("shropshire", by=None, now=NOW),
        lambda: service.add_level(queries.level_schemes()[0], name="one", by=None, now=NOW),
    ],
)
def test_names_that_are_taken_are_refused(again: Callable[[], object]) -> None:
    a_theme()
    make_levels()
    with pytest.raises(CourseRefused), transaction():
        again()


def test_themes_and_levels_move_up_and_the_first_stays_first(ada: Person) -> None:
    one, two = make_levels()
    with transaction():
        first, second, third = (service.add_theme(name, by=ada, now=NOW) for name in ("A", "B", "C"))
    for _ in range(3):
        with transaction():
            service.move_theme_up(third, by=ada, now=NOW)
            service.move_level_up(two, by=ada, now=NOW)

    assert list(queries.themes()) == [third, first, second]
    assert list(queries.levels()) == [two, one]
    assert [entry.verb for entry in history.entries_about(third)] == ["added", "moved up", "moved up"]
    assert [entry.verb for entry in history.entries_about(two)] == ["moved up"]
