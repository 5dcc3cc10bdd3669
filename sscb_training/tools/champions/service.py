"""What names champions, takes their answer, and takes them off."""

from datetime import date, datetime
from functools import partial

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock, only_if_free
from sscb_training.core.times import london_date
from sscb_training.people.models import Membership, Person
from sscb_training.tools.champions import queries
from sscb_training.tools.champions.models import Champion
from sscb_training.tools.service import ToolRefused


def name_champion(
    scheme: AccreditationScheme,
    membership: Membership,
    *,
    valid_from: date,
    valid_to: date | None,
    by: Person,
    now: datetime,
) -> Champion:
    """Ask somebody by letter to be their agency's champion. They are shown once they have agreed.

    Whoever led or staffed the page may have waited: that they still can be named is looked at again.
    """
    lock(membership.person)
    if valid_to is not None and valid_to < valid_from:
        raise ToolRefused("The last day must be the first day or later.")
    today = london_date(now)
    before = queries.standing_champion(scheme, membership)
    if before is not None and before.valid_to is not None and before.valid_to < today:
        _end(before, by=by, now=now)
        db.session.flush()
    if valid_to is not None and valid_to < today:
        raise ToolRefused("The last day must be today or later.")
    _refuse_a_second(scheme, membership)
    if membership not in queries.can_be_named(scheme, membership.agency, on=today):
        raise ToolRefused(
            f"{membership.person.name} cannot be named: a champion works at the agency, is accredited and has an account."
        )
    with only_if_free(partial(_refuse_a_second, scheme, membership)):
        champion = Champion(
            scheme=scheme,
            membership=membership,
            valid_from=valid_from,
            valid_to=valid_to,
            asked_at=now,
            asked_by_id=by.id,
        )
        db.session.add(champion)
    history.record(
        "named a champion", champion, by=by, at=now, scheme=scheme.code, agency=membership.agency.name,
        name=membership.person.name, valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    mail.queue(
        "tools/asked_to_be_champion", to=membership.person.email, at=now, champion=champion, who_asks=by.name
    )
    return champion


def agree(champion: Champion, *, job_title: str, email: str, phone: str, now: datetime) -> None:
    """The champion agrees to be shown so, or changes what is shown."""
    _hold(champion)
    if champion.valid_to is not None and champion.valid_to < london_date(now):
        raise ToolRefused("The days for which you were asked are over.")
    if not email and not phone:
        raise ToolRefused("Enter an email address or a phone number.")
    champion.job_title, champion.email, champion.phone = job_title, email, phone
    verb = "changed what is shown" if champion.agreed_at else "agreed"
    champion.agreed_at = champion.agreed_at or now
    history.record(verb, champion, by=champion.membership.person, at=now)


def decline(champion: Champion, *, now: datetime) -> None:
    """The champion does not want to be one, or not any more; what was shown is forgotten."""
    _hold(champion)
    verb = "stepped back" if champion.agreed_at else "declined"
    _end(champion, by=champion.membership.person, now=now, verb=verb)


def take_off(champion: Champion, *, by: Person, now: datetime) -> None:
    """The agency or the board names somebody no longer; what was shown is forgotten."""
    _hold(champion)
    _end(champion, by=by, now=now)


def _end(champion: Champion, *, by: Person, now: datetime, verb: str = "taken off") -> None:
    champion.ended_at, champion.ended_by_id = now, by.id
    champion.job_title = champion.email = champion.phone = ""
    history.record(verb, champion, by=by, at=now)


def _hold(champion: Champion) -> None:
    lock(champion)
    if champion.ended_at is not None:
        raise ToolRefused("This was ended already. Ask your agency’s lead if that is a mistake.")


def _refuse_a_second(scheme: AccreditationScheme, membership: Membership) -> None:
    if queries.standing_champion(scheme, membership) is not None:
        raise ToolRefused(f"{membership.person.name} is named for {scheme.name} already.")
