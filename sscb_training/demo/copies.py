"""More of the same, for measuring: every person, date, booking and accreditation again, so many times.

This does not go through the services: a hundred counties would take an hour. The rows are those that the services
wrote, under new keys, names, addresses and references. Left out are letters, the history, sign-ins, roles and access
needs; the demonstration's trainer does not train on the copied dates.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Table, func, insert, select, text

from sscb_training.core.db import Base, db
from sscb_training.demo.county import County

# Each table with the tables that its keys name, parents first. What is not listed is shared by all copies.
COPIED: dict[str, dict[str, str]] = {
    "person": {},
    "membership": {"person_id": "person"},
    "training_session": {},
    "session_part": {"training_session_id": "training_session"},
    "training_session_trainer": {"training_session_id": "training_session"},
    "booking": {"training_session_id": "training_session", "person_id": "person", "membership_id": "membership",
                "requested_by_id": "person", "replaces_id": "booking"},
    "evaluation": {"booking_id": "booking"},
    "rating": {"evaluation_id": "evaluation"},
    "register": {"training_session_id": "training_session"},
    "attendance_mark": {"session_part_id": "session_part", "booking_id": "booking"},
    "assessment_attempt": {"person_id": "person", "booking_id": "booking"},
    "accreditation": {"person_id": "person", "booking_id": "booking", "attempt_id": "assessment_attempt",
                      "reinstates_id": "accreditation"},
    "expiry_reminder": {"accreditation_id": "accreditation"},
}  # fmt: skip
SAFE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def add(county: County, number: int, *, tell: Callable[[str], None]) -> None:
    """Add so many copies of what there is."""
    db.session.flush()
    tables = {name: Base.metadata.tables[name] for name in COPIED}
    rows = {name: [dict(row) for row in _all(table)] for name, table in tables.items()}
    width = {name: _highest(table) for name, table in tables.items() if "id" in table.c}
    trainers = sorted({row["trainer_id"] for row in rows["training_session_trainer"]})
    busiest = rows["training_session_trainer"] and trainers[0]
    for copy in range(1, number + 1):
        for name, table in tables.items():
            changed = [
                _again(county, name, row, copy, width, spare=trainers[-1] if trainers else 0, own=busiest)
                for row in rows[name]
            ]
            if changed:
                db.session.execute(insert(table), _distinct(name, changed))
        if copy % 10 == 0 or copy == number:
            tell(f"{copy} of {number} copies")
    _restart_sequences(tables[name] for name in width)


def _all(table: Table) -> Iterable[Any]:
    ordered = select(table).order_by(*table.primary_key.columns)
    return db.session.execute(ordered).mappings()


def _highest(table: Table) -> int:
    return db.session.scalar(select(func.max(table.c.id))) or 0


def _again(
    county: County, name: str, row: dict[str, Any], copy: int, width: dict[str, int], *, spare: int, own: Any
) -> dict[str, Any]:
    """The row once more, in the copy of this number."""
    new = dict(row)
    if "id" in new:
        new["id"] += copy * width[name]
    for column, parent in COPIED[name].items():
        if new[column] is not None:
            new[column] += copy * width[parent]
    if name == "person":
        new["password_hash"] = None
        new["name"] = f"{row['name']} {_numeral(copy)}"
        if row["email"]:
            new["email"] = new["email_key"] = f"c{copy}.{row['email']}"
    elif name == "membership" and row["manager_email"]:
        new["manager_email"] = f"c{copy}.{row['manager_email']}"
        new["manager_name"] = f"{row['manager_name']} {_numeral(copy)}"
    elif name == "booking":
        new["reference"] = _reference(county)
        new["form_key"] = None
    elif name == "training_session_trainer" and row["trainer_id"] == own:
        new["trainer_id"] = spare
    return new


def _numeral(copy: int) -> str:
    """Names in copies end in the copy's number, so that nobody takes them for real."""
    return str(copy + 1)


def _reference(county: County) -> str:
    letters = "".join(county.random.choices(SAFE_LETTERS, k=8))
    return f"{letters[:4]}-{letters[4:]}"


def _distinct(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A date that now has one trainer twice has them once."""
    if name != "training_session_trainer":
        return rows
    return list({(row["training_session_id"], row["trainer_id"]): row for row in rows}.values())


def _restart_sequences(tables: Iterable[Table]) -> None:
    """PostgreSQL hands out keys from a counter that has to know of those written here."""
    if db.engine.dialect.name == "postgresql":
        for table in tables:
            last = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"  # noqa: S608
            db.session.execute(text(last))
