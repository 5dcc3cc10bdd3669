"""Lists come in the same order each time, on either database."""

from typing import Any

import pytest
from sqlalchemy import UnaryExpression, UniqueConstraint, inspect
from sqlalchemy.orm import RelationshipProperty

from sscb_training.core.db import Base


def lists() -> list[RelationshipProperty[object]]:
    found = [
        relationship
        for mapper in Base.registry.mappers
        for relationship in inspect(mapper).relationships
        if relationship.uselist
    ]
    return sorted(found, key=str)  # mappers are a set, and every worker must name the same tests


def tells_rows_apart(column: Any) -> bool:
    """Whether no two rows of a list share a value of this column: its key, or part of what is unique."""
    return column.primary_key or any(
        column.name in unique.columns
        for unique in column.table.constraints
        if isinstance(unique, UniqueConstraint)
    )


@pytest.mark.parametrize("relationship", lists(), ids=str)
def test_every_list_of_a_model_has_a_settled_order(relationship: RelationshipProperty[object]) -> None:
    assert relationship.order_by, "has no order"
    last = relationship.order_by[-1]
    column = last.element if isinstance(last, UnaryExpression) else last  # the latest first
    assert tells_rows_apart(column), "leaves open which of two equal rows comes first"
