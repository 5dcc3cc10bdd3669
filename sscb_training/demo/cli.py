"""`flask demo …`"""

import time

import click
from flask import current_app
from flask.cli import AppGroup

from sscb_training.certificates.badges import service as badges
from sscb_training.core import clock
from sscb_training.core.transaction import transaction
from sscb_training.demo import county, service

group = AppGroup("demo", help="Demonstration data.")


@group.command("load")
@click.option(
    "--scale", default=1, show_default=True, type=click.IntRange(1, 1000), help="So many times as large."
)
@click.option("--seed", default=9, show_default=True, help="Another seed gives other people and dates.")
@click.option("--if-empty", is_flag=True, help="Do nothing, quietly, when there is data already.")
def load(scale: int, seed: int, if_empty: bool) -> None:
    """Fill an empty database with a county to try the service with."""
    if current_app.extensions["settings"].is_production:
        raise click.ClickException(
            "Demonstration data is never loaded with APP_ENV=production: its passwords are known to everybody."
        )
    if if_empty and not service.is_empty():
        return
    began = time.monotonic()
    try:
        with transaction():
            service.load(seed=seed, today=clock.today(), scale=scale, tell=click.echo)
            badges.make_key(now=clock.now())
    except service.DemoRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"Loaded in {time.monotonic() - began:.0f} seconds. flask demo accounts shows how to sign in.")


@group.command("accounts")
def accounts() -> None:
    """Print the accounts to sign in with, one a line: address, password, what to look at first."""
    for account in county.ACCOUNTS.values():
        click.echo(f"{account.email}  {county.PASSWORD}  {account.look_at}")
