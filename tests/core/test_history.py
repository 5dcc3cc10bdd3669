"""The history tells tampering."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from sscb_training.agencies.models import Agency
from sscb_training.core import history
from sscb_training.core.db import db, number
from sscb_training.core.history import HistoryEntry
from sscb_training.core.transaction import transaction
from tests.factories import NOW, make_agency

KEY = "a key"


@pytest.fixture
def five_sealed(app: Flask) -> Agency:
    agency = make_agency()
    with transaction():
        for turn in range(5):
            history.record("changed", agency, by=None, at=NOW, number=turn)
        db.session.flush()
        history.seal_new(key=KEY)
    return agency


def test_an_untouched_history_is_whole(five_sealed: Agency) -> None:
    verdict = history.verify(key=KEY)
    assert (verdict.sealed, verdict.waiting, verdict.broken_at) == (5, 0, None)


def _at(position: int) -> int:
    return number(select(HistoryEntry.id).where(HistoryEntry.seal_position == position))


def _edit() -> None:
    db.session.execute(update(HistoryEntry).where(HistoryEntry.id == _at(3)).values(detail={"number": 99}))


def _remove() -> None:
    db.session.execute(delete(HistoryEntry).where(HistoryEntry.id == _at(3)))


def _swap() -> None:
    third, fourth = _at(3), _at(4)
    for row, position in ((third, 99), (fourth, 3), (third, 4)):
        db.session.execute(update(HistoryEntry).where(HistoryEntry.id == row).values(seal_position=position))


def _insert() -> None:
    for position in (5, 4, 3):
        db.session.execute(
            update(HistoryEntry).where(HistoryEntry.id == _at(position)).values(seal_position=position + 1)
        )
    db.session.add(
        HistoryEntry(
            at=NOW, verb="changed", subject_type="agency", subject_id=1, detail={}, seal_position=3, seal="x"
        )
    )


@pytest.mark.parametrize("tamper", [_edit, _remove, _swap, _insert])
def test_tampering_shows_at_its_place(five_sealed: Agency, tamper: Callable[[], None]) -> None:
    with transaction():
        tamper()
    assert history.verify(key=KEY).broken_at == 3


def test_entries_are_sealed_once_and_in_order(five_sealed: Agency) -> None:
    with transaction():
        history.record("changed", five_sealed, by=None, at=NOW, number=5)
    assert history.verify(key=KEY).waiting == 1
    with transaction():
        assert history.seal_new(key=KEY) == 1
    assert history.verify(key=KEY).sealed == 6


def test_the_history_of_a_row_is_told_oldest_first(five_sealed: Agency) -> None:
    assert [entry.detail["number"] for entry in history.entries_about(five_sealed)] == [0, 1, 2, 3, 4]
