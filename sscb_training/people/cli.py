"""`flask people …`"""

import click
from flask.cli import AppGroup

from sscb_training.core import clock
from sscb_training.core.errors import Refused
from sscb_training.core.forms import EMAIL
from sscb_training.core.pages import public_link
from sscb_training.core.transaction import transaction
from sscb_training.people.accounts import service

group = AppGroup("people", help="Accounts.")


@group.command("create-admin")
@click.argument("email")
def create_admin(email: str) -> None:
    """Make whoever reads EMAIL an administrator, and print a one-time link with which they choose a password."""
    if not EMAIL.fullmatch(email):
        raise click.ClickException(f"{email} is not an email address. Give one like name@example.org.")
    try:
        with transaction():
            token = service.make_administrator(email, now=clock.now())
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo("Open this link within 7 days. It works once:", err=True)
    click.echo(public_link("people.accept_invitation", token=token))
