"""`flask badges …`"""

import click
from flask.cli import AppGroup

from sscb_training.certificates.badges import queries, service
from sscb_training.certificates.badges.service import BadgeRefused
from sscb_training.core import clock
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction

group = AppGroup("badges", help="Digital badges.")


@group.command("new-key")
def new_key() -> None:
    """Make the key that signs badges from now on. The first one begins badges; keys of before stay published."""
    with transaction():
        key = service.make_key(now=clock.now())
    click.echo(f"{key.name} signs from now on.")


@group.command("keys")
def keys() -> None:
    """List the published keys; the first signs."""
    for key in queries.published_keys():
        click.echo(f"{key.name}  {plain_date(key.made_at)}")


@group.command("withdraw-key")
@click.argument("name")
def withdraw_key(name: str) -> None:
    """Publish the key NAME no longer, because somebody else may have it: what it signed passes no check any more."""
    try:
        with transaction():
            service.withdraw_key(name, now=clock.now())
    except BadgeRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{name} is published no longer. Holders download their badges again.")
