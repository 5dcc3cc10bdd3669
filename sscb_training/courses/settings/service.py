"""What changes themes, levels and the board's own numbers."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from sscb_training.core import history
from sscb_training.core.board import BoardNumbers, BoardSetting
from sscb_training.core.db import db, lock, only_if_free, row_or_none
from sscb_training.courses.models import Level, LevelScheme, Theme
from sscb_training.courses.service import CourseRefused, record_change
from sscb_training.courses.settings import queries, rules
from sscb_training.people.models import Person


def add_theme(name: str, slug: str = "", *, by: Person | None, now: datetime) -> Theme:
    """A new theme, last in the board's order; its word in addresses is made from its name unless given."""
    slug = slug or rules.slug_of(name)
    last = max((theme.position for theme in queries.themes()), default=0)
    with only_if_free(partial(_refuse_taken_theme, name, slug)):
        theme = Theme(name=name, slug=slug, position=last + 1)
        db.session.add(theme)
    history.record("added", theme, by=by, at=now, name=name)
    return theme


def rename_theme(theme: Theme, *, name: str, by: Person | None, now: datetime) -> None:
    """Call a theme by another name; its word in addresses stays, so that links keep working."""
    lock(theme)
    with only_if_free(partial(_refuse_taken_theme, name, theme.slug, but=theme)):
        record_change("renamed", theme, by=by, now=now, name=name)


def move_theme_up(theme: Theme, *, by: Person | None, now: datetime) -> None:
    """Put a theme one place earlier in the board's order; the first one stays first."""
    for row in sorted(queries.themes(), key=lambda row: row.id):
        lock(row)
    _move_up(list(queries.themes()), theme, by=by, now=now)


def add_level_scheme(name: str, *, by: Person | None, now: datetime) -> LevelScheme:
    """A new way of grading training, beside the others."""
    with only_if_free(partial(_refuse_taken_scheme, name)):
        scheme = LevelScheme(name=name)
        db.session.add(scheme)
    history.record("added", scheme, by=by, at=now, name=name)
    return scheme


def rename_level_scheme(scheme: LevelScheme, *, name: str, by: Person | None, now: datetime) -> None:
    """Call a scheme of levels by another name."""
    lock(scheme)
    with only_if_free(partial(_refuse_taken_scheme, name, but=scheme)):
        record_change("renamed", scheme, by=by, now=now, name=name)


def add_level(scheme: LevelScheme, *, name: str, by: Person | None, now: datetime) -> Level:
    """A new step, above the scheme's others."""
    lock(scheme)
    _refuse_taken_level(scheme, name)
    last = max((level.position for level in scheme.levels), default=0)
    level = Level(scheme=scheme, name=name, position=last + 1)
    db.session.add(level)
    history.record("added", level, by=by, at=now, name=name, scheme=scheme.name)
    return level


def rename_level(level: Level, *, name: str, by: Person | None, now: datetime) -> None:
    """Call a level by another name."""
    lock(level.scheme)  # it holds the names of all its levels
    lock(level)
    _refuse_taken_level(level.scheme, name, but=level)
    record_change("renamed", level, by=by, now=now, name=name)


def move_level_up(level: Level, *, by: Person | None, now: datetime) -> None:
    """Put a level one place earlier in its scheme; the first one stays first."""
    lock(level.scheme)
    _move_up(list(level.scheme.levels), level, by=by, now=now)


def _move_up(order: list[Any], row: Theme | Level, *, by: Person | None, now: datetime) -> None:
    place = order.index(row)
    if place == 0:
        return
    order[place - 1], order[place] = row, order[place - 1]
    for position, one in enumerate(order, 1):
        one.position = position
    history.record("moved up", row, by=by, at=now)


def set_board_numbers(numbers: Mapping[str, int], *, by: Person | None, now: datetime) -> None:
    """Set the board's numbers. What was promised under earlier ones is stored with it and stays."""
    for name in asdict(BoardNumbers()).keys() & numbers.keys():
        row = row_or_none(select(BoardSetting).where(BoardSetting.name == name))
        if row is None:
            row = BoardSetting(name=name, value=getattr(BoardNumbers(), name))
            db.session.add(row)
        before, row.value = row.value, numbers[name]
        if before != row.value:
            history.record("set", row, by=by, at=now, **{name: [before, row.value]})


def _refuse_taken_theme(name: str, slug: str, *, but: Theme | None = None) -> None:
    for found in queries.themes_like(name, slug):
        if found is not but:
            raise CourseRefused(
                f"There is already a theme called {found.name}. Use that one, or another name."
            )


def _refuse_taken_scheme(name: str, *, but: LevelScheme | None = None) -> None:
    found = queries.level_scheme_named(name)
    if found is not None and found is not but:
        raise CourseRefused(f"There are already levels called {found.name}. Use those, or another name.")


def _refuse_taken_level(scheme: LevelScheme, name: str, *, but: Level | None = None) -> None:
    for level in scheme.levels:
        if level is not but and level.name.casefold() == name.casefold():
            raise CourseRefused(f"{scheme.name} already has a level called {level.name}. Use another name.")
