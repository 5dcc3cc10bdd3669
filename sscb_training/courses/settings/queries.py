"""Themes and levels."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.core.db import row_or_none, rows
from sscb_training.courses.models import Level, LevelScheme, Theme


def themes() -> Sequence[Theme]:
    """Every theme, in the board's order."""
    return rows(select(Theme).order_by(Theme.position, Theme.name))


def themes_like(name: str, slug: str) -> Sequence[Theme]:
    """The themes of this name, whatever its capitals, or of this word in addresses."""
    return rows(select(Theme).where((func.lower(Theme.name) == name.lower()) | (Theme.slug == slug)))


def level_schemes() -> Sequence[LevelScheme]:
    """Every scheme of levels with its levels."""
    return rows(select(LevelScheme).options(selectinload(LevelScheme.levels)).order_by(LevelScheme.name))


def level_scheme_named(name: str) -> LevelScheme | None:
    """The scheme of levels of this name, whatever its capitals."""
    return row_or_none(select(LevelScheme).where(func.lower(LevelScheme.name) == name.lower()))


def levels() -> Sequence[Level]:
    """Every level with its scheme, scheme by scheme."""
    return rows(
        select(Level)
        .join(Level.scheme)
        .options(joinedload(Level.scheme))
        .order_by(LevelScheme.name, Level.position, Level.id)
    )
