"""`flask history …`"""

import click
from flask import current_app
from flask.cli import AppGroup

from sscb_training.core import history

history_group = AppGroup("history", help="The record of who did what.")


@history_group.command("verify")
def verify() -> None:
    """Check that no sealed entry was edited, deleted, inserted or moved."""
    verdict = history.verify(key=current_app.config["SECRET_KEY"])
    click.echo(f"{verdict.sealed} entries sealed, {verdict.waiting} not sealed yet")
    if verdict.broken_at is not None:
        raise click.ClickException(f"The history was tampered with: entry {verdict.broken_at} does not fit.")
    click.echo(f"The history is whole. Its last seal is {verdict.head or 'none'}")
