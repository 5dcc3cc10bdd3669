from dataclasses import replace

from flask import Flask
from sqlalchemy import func, select

from sscb_training.core.db import db
from sscb_training.demo import county
from sscb_training.people.models import Person
from tests.factories import make_person


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["demo", *arguments])
    return result.exit_code, result.output


def test_accounts_prints_one_line_an_account(app: Flask) -> None:
    status, output = run(app, "accounts")

    assert status == 0
    lines = [line.split("  ") for line in output.splitlines()]
    assert [line[0] for line in lines] == [
        f"{name}@demo.example"
        for name in ("professional", "manager", "agencylead", "trainer", "boardstaff", "admin")
    ]
    assert {line[1] for line in lines} == {county.PASSWORD}
    assert len(county.PASSWORD) >= 12
    assert all(len(line) == 3 and line[2] for line in lines)


def test_load_refuses_in_production(app: Flask) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], app_env="production")

    status, output = run(app, "load")

    assert status == 1
    assert "never loaded with APP_ENV=production" in output
    assert db.session.scalar(select(func.count(Person.id))) == 0


def test_load_refuses_where_there_is_data(app: Flask) -> None:
    make_person()

    status, output = run(app, "load")

    assert status == 1
    assert "There is data here already" in output


def test_load_if_empty_is_quiet_where_there_is_data(app: Flask) -> None:
    make_person()

    assert run(app, "load", "--if-empty") == (0, "")
    assert db.session.scalar(select(func.count(Person.id))) == 1
