"""Every page and every letter is rendered by some test: what was rendered is noted, and the rest fails the run."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from jinja2 import Template

NOTES = "TEST_RENDERED_NOTES"
TEMPLATES = Path(__file__).parent.parent / "templates"
seen: set[str] = set()


def begin(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="rendered-")
        config.add_cleanup(folder.cleanup)
        os.environ[NOTES] = folder.name


def watch() -> None:
    """Whichever application renders: the tests' own, or the one that serves a browser."""
    template_rendered.connect(_note, weak=False)


def _note(_app: Flask, template: Template, **_: Any) -> None:
    if template.name:
        seen.add(template.name)


def check(session: pytest.Session) -> None:
    """Write down what this process saw; the controller of a whole run compares it with the templates there are."""
    notes = Path(os.environ[NOTES])
    (notes / str(os.getpid())).write_text("\n".join(seen))
    config = session.config
    option = config.option
    whole_run = config.args in ([], ["tests"]) and not (
        option.keyword or option.markexpr or option.collectonly
    )
    if hasattr(config, "workerinput") or not whole_run or session.exitstatus != pytest.ExitCode.OK:
        return
    rendered = {name for note in notes.iterdir() for name in note.read_text().splitlines()}
    missing = sorted(_pages_and_letters() - rendered)
    if missing:
        print("\nNo test renders: " + ", ".join(missing))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _pages_and_letters() -> set[str]:
    names = {
        str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"}
    }
    return {name for name in names if not name.startswith(("layouts/", "components/")) and "/_" not in name}
