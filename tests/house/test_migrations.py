"""The migrations make exactly the tables that the models describe, and can be undone, with rows in them (P19)."""

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from sscb_training.core.db import db
from tests.factories import (
    make_accreditation,
    make_agency,
    make_booking,
    make_finding,
    make_need,
    make_person,
    make_scheme,
    make_training_session,
)


def test_models_and_migrations_agree(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True, "include_object": _is_ours}
        )
        assert compare_metadata(context, db.metadata) == []


def test_every_migration_goes_down_and_up_again_with_rows_there(app: Flask) -> None:
    person = make_person(agency=make_agency())
    scheme = make_scheme()
    make_booking(make_training_session(parts=2), person=person)
    make_accreditation(person, scheme)
    make_need(make_finding(), scheme=scheme)
    db.session.remove()
    try:
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    finally:
        flask_migrate.upgrade()
    assert "training_need" in inspect(db.engine).get_table_names()


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    return kind != "table" or name != "alembic_version"
